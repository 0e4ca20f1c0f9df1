"""A policy as a form sends it, and as a form is filled with it. Errors stand at their fields, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from saas.kernel.forms import Submitted
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.refunds.policies.fields import DEADLINE_FIELDS, FIELDS, Field
from saas.refunds.policies.reasons import raw_reasons, read_reasons
from saas.refunds.terms import Terms

LISTS = {"basis": "basis_zh", "basis_en": "basis_en", "further_zh": "further_zh", "further_en": "further_en"}
LONGEST_NAME, LONGEST_LINE, MOST_LINES = 60, 300, 20


def read_terms(form: Submitted[Any]) -> Terms | None:
    """The terms that were sent, or None with the errors in `form`. Reads `form.raw`."""
    names = {name: _name(form, name) for name in ("name_zh", "name_en")}
    values = {name: _value(form, field) for name, field in FIELDS.items()}
    deadlines = {state: _value(form, field) for state, field in DEADLINE_FIELDS.items()}
    lists = {term: _lines(form, name) for term, name in LISTS.items()}
    _same_length(form, lists)
    reasons = read_reasons(form)
    if not form.ok:
        return None
    return msgspec.convert({**names, **values, **lists, "deadlines": deadlines, "reasons": reasons}, Terms)


def raw_terms(terms: Terms) -> dict[str, Any]:
    """The fields of a form filled with a policy."""
    built = msgspec.to_builtins(terms)
    raw: dict[str, Any] = {"name_zh": terms.name_zh, "name_en": terms.name_en}
    raw |= {name: _typed(field, built[name]) for name, field in FIELDS.items()}
    raw |= {field.name: str(terms.deadlines.get(state, "")) for state, field in DEADLINE_FIELDS.items()}
    raw |= {name: "\n".join(built[term]) for term, name in LISTS.items()}
    return {**raw, **raw_reasons(terms)}


def _typed(field: Field, value: Any) -> str:
    return str(Money(value)) if field.unit == "fen" else str(value)


def _name(form: Submitted[Any], name: str) -> str:
    text = _text(form.raw, name)
    if not text:
        form.refuse(name, _("Please fill this in."))
    elif len(text) > LONGEST_NAME:
        form.refuse(name, _("This is too long: at most %(n)s characters.", n=LONGEST_NAME))
    return text


def _value(form: Submitted[Any], field: Field) -> Any:
    """A number, an amount in fen or a choice; what cannot be taken is refused at its field."""
    text = _text(form.raw, field.name)
    if field.unit == "choice":
        if text not in field.options:
            form.refuse(field.name, _("This cannot be taken: please choose or correct it."))
        return text
    number = whole(text, fen=field.unit == "fen")
    if number is None:
        form.refuse(field.name, not_a_number(field.unit))
        return 0
    if not field.least <= number <= field.most:
        least, most = (Money(n) if field.unit == "fen" else n for n in (field.least, field.most))
        form.refuse(field.name, _("Choose something between %(least)s and %(most)s.", least=least, most=most))
    return number


def whole(text: str, *, fen: bool = False) -> int | None:
    try:
        return Money.of(text).fen if fen else int(text)
    except ValueError:
        return None


def not_a_number(unit: str) -> Text:
    if unit == "fen":
        return _("This is not an amount. Write it like 1,234.50.")
    return _("This is not a number.")


def _lines(form: Submitted[Any], name: str) -> list[str]:
    lines = [line.strip() for line in _text(form.raw, name).splitlines() if line.strip()]
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        form.refuse(name, _("At most %(lines)s lines of %(n)s characters each.", lines=MOST_LINES, n=LONGEST_LINE))
    return lines


def _same_length(form: Submitted[Any], lists: Mapping[str, list[str]]) -> None:
    """Both languages say the same, line by line."""
    for zh, en in (("basis", "basis_en"), ("further_zh", "further_en")):
        if len(lists[zh]) != len(lists[en]) and LISTS[en] not in form.errors:
            form.refuse(LISTS[en], _("Chinese has %(zh)s lines and English %(en)s: each line needs its other language.",
                                     zh=len(lists[zh]), en=len(lists[en])))  # fmt: skip
    if not lists["basis"] and LISTS["basis"] not in form.errors:
        form.refuse(LISTS["basis"], _("Please fill this in."))


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name, "")
    return str(value[0] if isinstance(value, list) else value).strip()
