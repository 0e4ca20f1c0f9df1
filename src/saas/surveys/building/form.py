"""A questionnaire as typed: its own fields, and up to ten questions whose fields are numbered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from saas.kernel.forms import Submitted, take
from saas.kernel.i18n import Text, _
from saas.surveys.models import Questionnaire
from saas.surveys.questions import KINDS, Question, asked

MOST = 10
MOST_OPTIONS = 12
Line = Annotated[str, Meta(max_length=120)]
Long = Annotated[str, Meta(max_length=500)]
Days = Annotated[int, Meta(ge=0, le=365)]


class Sheet(Struct, kw_only=True):
    """`base` is the version that was changed: sent twice, the form makes one new version."""

    base: int = 0
    occasion: Literal["cure", "payment", "pulse", "quarterly", "yearly", "lost"]
    is_on: bool = False
    valid_from: date
    quiet_days: Days
    wait_days: Days
    share: Annotated[int, Meta(ge=1, le=100)] = 100
    name_zh: Line
    name_en: Line = ""
    subject_zh: Line
    subject_en: Line = ""
    intro_zh: Long
    intro_en: Long = ""


class Row(Struct, kw_only=True):
    """One question; without a Chinese text it is not asked."""

    name: Annotated[str, Meta(max_length=24)] = ""
    kind: Literal["1-5", "0-10", "1-7", "choice", "text"] = "1-5"
    text_zh: Long = ""
    text_en: Long = ""
    short_zh: Annotated[str, Meta(max_length=20)] = ""
    short_en: Annotated[str, Meta(max_length=30)] = ""
    options: Annotated[str, Meta(max_length=2000)] = ""
    required: bool = False


def read(raw: Mapping[str, Any], today: date) -> tuple[Submitted[Sheet], list[Question]]:
    """The sheet and its questions; faults stand under the numbered fields."""
    sheet, questions = take(raw, Sheet), []
    if sheet.value is not None and sheet.value.valid_from < today:
        sheet.refuse("valid_from", _("Surveys already sent keep what was asked: choose today or a later day."))
    for number in range(MOST):
        row = take({name: raw.get(f"{name}_{number}", "") for name in Row.__struct_fields__}, Row)
        for name, reason in row.errors.items():
            sheet.refuse(f"{name}_{number}", reason)
        if row.ok and row.taken.text_zh:
            questions.append(_question(sheet, number, row.taken))
    if not questions:
        sheet.refuse("text_zh_0", _("Ask at least one question."))
    names = [one.name for one in questions]
    if len(set(names)) < len(names):
        sheet.refuse("", _("Two questions have one name. Please open the page again."))
    return sheet, questions


def _question(sheet: Submitted[Sheet], number: int, row: Row) -> Question:
    options = _options(row.options) if row.kind == "choice" else ()
    if row.kind == "choice" and not 2 <= len(options) <= MOST_OPTIONS:
        sheet.refuse(f"options_{number}", _("Write between 2 and %(most)s options, one a line.", most=MOST_OPTIONS))
    return Question(
        row.name if row.name.isidentifier() else f"q{number + 1}", row.kind,
        {"zh": row.text_zh, "en": row.text_en or row.text_zh},
        {"zh": row.short_zh or row.text_zh[:20], "en": row.short_en or row.text_en[:30] or row.text_zh[:20]},
        options, row.required,
    )  # fmt: skip


def _options(typed: str) -> tuple[Mapping[str, str], ...]:
    """One a line: "收费偏高 | Fees", before it "price = " where the option is to keep its name."""
    found: list[Mapping[str, str]] = []
    for number, line in enumerate(one for one in typed.splitlines() if one.strip()):
        value, equals, words = line.partition("=")
        zh, _bar, en = (words if equals else line).partition("|")
        named = value.strip() if equals and value.strip().isidentifier() else f"o{number + 1}"
        found.append({"value": named, "zh": zh.strip(), "en": en.strip() or zh.strip()})
    return tuple({one["value"]: one for one in found if one["zh"]}.values())


def as_typed(one: Questionnaire, today: date) -> dict[str, str]:
    """The fields of a form that changes this version."""
    raw = {"base": str(one.version), "occasion": one.occasion, "is_on": "yes" if one.is_on else "",
           "valid_from": max(today, one.valid_from).isoformat(), "quiet_days": str(one.quiet_days),
           "wait_days": str(one.wait_days), "share": str(one.share)}  # fmt: skip
    for name in ("name", "subject", "intro"):
        raw |= {f"{name}_{locale}": getattr(one, name).get(locale, "") for locale in ("zh", "en")}
    for number, question in enumerate(asked(one.questions)):
        raw |= _row_as_typed(question, number)
    return raw


def _row_as_typed(question: Question, number: int) -> dict[str, str]:
    options = "\n".join(f"{one['value']} = {one['zh']} | {one['en']}" for one in question.options)
    row = {"name": question.name, "kind": question.kind, "options": options,
           "required": "yes" if question.required else ""}  # fmt: skip
    for name, texts in (("text", question.text), ("short", question.short)):
        row |= {f"{name}_{locale}": texts.get(locale, "") for locale in ("zh", "en")}
    return {f"{name}_{number}": value for name, value in row.items()}


def kinds() -> Sequence[tuple[str, Text]]:
    return list(KINDS.items())
