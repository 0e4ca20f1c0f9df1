"""The words of a draft as a form, made from the slots of its kind; a letter in both languages has two fields a slot."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from saas.kernel.i18n import Locale, Text, _
from saas.kernel.money import Money
from saas.notices.content import at, is_empty
from saas.notices.letters import Letter, Slot
from saas.notices.models import Notice
from saas.notices.wording import label, say

PEOPLE = ("handler", "head", "contact")  # names are the same in both languages
LANGUAGES: dict[str, Text] = {"zh": _("Chinese"), "en": _("English")}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form."""

    name: str  # "tax.vat", "facts.en"
    label: str
    language: Text | str
    editor: str
    value: str
    required: bool


def fields_of(notice: Notice, locale: Locale) -> list[Field]:
    """A field for each slot that people fill, with what it says now."""
    found = []
    for slot in Letter.kind(notice.kind).slots:
        if slot.editor:
            value = at(notice.content, slot.name)
            for name, language in _names(notice, slot):
                shown = _shown(value, slot, language or ("en" if notice.locale == "en" else "zh"))
                words = LANGUAGES[language] if language else ""
                found.append(Field(name, label(slot.word, locale), words, slot.editor, shown, slot.required))
    answer_by = notice.answer_by.isoformat() if notice.answer_by else ""
    needed = "answer_by" in Letter.kind(notice.kind).required
    return [*found, Field("answer_by", label("reply_by", locale), "", "date", answer_by, needed)]


def taken(
    notice: Notice, raw: Mapping[str, str], locale: Locale
) -> tuple[dict[str, Any], date | None, dict[str, Text]]:
    """The content with the form's words, the day of answer, and what could not be taken. What was not asked stays."""
    content, errors = deepcopy(notice.content), dict[str, Text]()
    for slot in Letter.kind(notice.kind).slots:
        if slot.editor:
            names = _names(notice, slot)
            given = {language: raw.get(name, "").strip() for name, language in names}
            if _same(at(notice.content, slot.name), slot, given, notice):
                continue
            try:
                _put(content, slot.name, _value(slot, given))
            except ValueError:
                errors[names[0][0]] = _unreadable(slot)
    answer_by = None
    if raw.get("answer_by"):
        try:
            answer_by = date.fromisoformat(raw["answer_by"])
        except ValueError:
            errors["answer_by"] = _("This is not a date. Write it like 2026-11-21.")
    content["answer_by"] = answer_by.isoformat() if answer_by else ""
    return content, answer_by, errors


def _names(notice: Notice, slot: Slot) -> list[tuple[str, str]]:
    """(field name, language): two for words in a letter of both languages."""
    if notice.locale == "both" and slot.editor in ("text", "line", "list") and slot.name not in PEOPLE:
        return [(f"{slot.name}.zh", "zh"), (f"{slot.name}.en", "en")]
    return [(slot.name, "")]


def _shown(value: Any, slot: Slot, language: Any) -> str:
    if is_empty(value):
        return ""
    if slot.editor == "list" and isinstance(value, list):
        return "\n".join(_item(item, language) for item in value)
    if slot.editor == "amount" and isinstance(value, int):
        return str(Money(value))
    return say(value, language)


def _item(item: Any, language: Any) -> str:
    if isinstance(item, dict) and "what" in item:
        what = say(item["what"], language)
        return f"{what} | {item['by']}" if item.get("by") else what
    return say(item, language)


def _same(value: Any, slot: Slot, given: dict[str, str], notice: Notice) -> bool:
    """Nothing was changed: stored Texts and amounts stay what they are."""
    default = "en" if notice.locale == "en" else "zh"
    return all(
        _shown(value, slot, language or default) == text.replace("\r\n", "\n") for language, text in given.items()
    )


def _value(slot: Slot, given: dict[str, str]) -> Any:
    if slot.editor == "list":
        return _list(given)
    if "" not in given:
        return {language: text for language, text in given.items() if text}
    text = given[""]
    if slot.editor == "date" and text:
        return date.fromisoformat(text).isoformat()
    if slot.editor == "amount" and text:
        return _amount(text)
    return text


def _amount(text: str) -> Any:
    """Fen where it is an amount, else the words why it is not known yet."""
    try:
        return Money.of(text).fen
    except ValueError:
        if any(character.isdigit() for character in text[:1]):
            raise
        return text


def _list(given: dict[str, str]) -> list[Any]:
    """One item a line, "what | 2026-11-30"; the two languages line by line."""
    lines = {language: [line.strip() for line in text.splitlines() if line.strip()] for language, text in given.items()}
    found: list[Any] = []
    for place in range(max(map(len, lines.values()), default=0)):
        words, by = dict[str, str](), ""
        for language, of_language in lines.items():
            what, _bar, day = (of_language[place] if place < len(of_language) else "").partition("|")
            words[language] = what.strip()
            by = by or (date.fromisoformat(day.strip()).isoformat() if day.strip() else "")
        what_value: Any = words.get("", words)
        found.append({"what": what_value, "by": by} if by else what_value)
    return found


def _put(content: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    place = content
    for name in way:
        place = place.setdefault(name, {})
    place[last] = value


def _unreadable(slot: Slot) -> Text:
    if slot.editor == "amount":
        return _("This is not an amount. Write it like 1,234.50.")
    return _("This is not a date. Write it like 2026-11-21.")
