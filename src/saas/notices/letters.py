"""The kinds of letters. A module registers its own; notices knows nothing else about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from saas.kernel.i18n import Text

Editor = Literal["", "line", "text", "date", "amount", "list"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of a letter's content: where it stands ("tax.vat" is content["tax"]["vat"]), and how it is edited.

    `word` is its name in the [slot] table of the notice wording; `editor` "" means that only its owner fills it.
    """

    name: str
    word: str
    required: bool = True
    editor: Editor = "text"


@dataclass(frozen=True, slots=True)
class LetterKind:
    """A kind of letter. `required` are the slots without which it is not issued.

    `template` is the body in one language (templates/documents/notices), `mail_template` the mail that carries it;
    `mark` is the kind's character in the serial (衡调字), `wording` its table in the notice wording.
    """

    name: str
    label: Text
    required: Sequence[str]
    template: str
    mail_template: str = "mail/notices/letter"
    mark: str = "函"
    wording: str = ""
    slots: Sequence[Slot] = ()
    about: Text | None = None  # what the mail says it is about; else the client's books
    asks: bool = True  # the client is asked to confirm by a day; else the letter only informs


class Letter:
    """The registry."""

    _kinds: dict[str, LetterKind] = {}

    @classmethod
    def register_kind(cls, kind: LetterKind) -> LetterKind:
        if cls._kinds.setdefault(kind.name, kind) != kind:
            raise ValueError(f"two kinds of letters are called {kind.name}")
        return kind

    @classmethod
    def kind(cls, name: str) -> LetterKind:
        return cls._kinds[name]

    @classmethod
    def kinds(cls) -> list[LetterKind]:
        return list(cls._kinds.values())
