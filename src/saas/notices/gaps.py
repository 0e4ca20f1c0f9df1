"""What a letter still lacks before it may be issued, in one place for rule, page and caller."""

from __future__ import annotations

from saas.kernel.i18n import reader
from saas.notices.content import at, is_empty
from saas.notices.frame import Frame
from saas.notices.letters import Letter
from saas.notices.models import Notice
from saas.notices.wording import label


def missing_slots(notice: Notice) -> list[str]:
    """The required slots that are empty: "facts", "tax.vat"."""
    kind = Letter.kind(notice.kind)
    lists = {slot.name for slot in kind.slots if slot.editor == "list"}  # an empty list is an answer: none
    values = {name: at(notice.content, name) for name in kind.required}
    return [name for name, value in values.items() if is_empty(value) and not (name in lists and value == [])]


def missing(notice: Notice) -> list[str]:
    """Their names in the reader's language."""
    words = {slot.name: slot.word for slot in Letter.kind(notice.kind).slots}
    return [label(words[name], reader()) if name in words else name for name in missing_slots(notice)]


def all_missing(notice: Notice, frame: Frame) -> list[str]:
    """Those, and what the register of firm and client does not say."""
    return missing(notice) + [str(text) for text in frame.missing]
