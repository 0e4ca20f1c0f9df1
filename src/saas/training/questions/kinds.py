"""What a question of each kind holds, as course files write it and the bank keeps it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import msgspec

from saas.kernel.i18n import Text, _

Kind = Literal["single", "several", "truefalse", "number", "order", "scenario", "voucher"]
NAMES: dict[str, Text] = {
    "single": _("One right answer"),
    "several": _("Several right answers"),
    "truefalse": _("True or false"),
    "number": _("A number"),
    "order": _("Put in order"),
    "scenario": _("A talk or case in steps"),
    "voucher": _("Voucher exercise"),
}


class Both(msgspec.Struct, forbid_unknown_fields=True):
    """One text in both languages."""

    zh: str
    en: str = ""


class Option(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    zh: str
    en: str = ""
    right: bool = False


class Options(msgspec.Struct, forbid_unknown_fields=True):
    """single: one of them is right. several: at least two are, and all of them and no other count."""

    options: list[Option]


class TrueFalse(msgspec.Struct, forbid_unknown_fields=True):
    answer: bool


class Number(msgspec.Struct, forbid_unknown_fields=True):
    """`answer` and `tolerance` are written as text, so that no amount is ever a float."""

    answer: str
    tolerance: str = "0"
    unit: Both | None = None


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """The options in their right order."""

    options: list[Both]


class Choice(msgspec.Struct, forbid_unknown_fields=True):
    """One way to go on. `next` is a step's id, "" where it ends; `say` is what it led to, shown after the exam."""

    zh: str
    points: int
    say: Both
    en: str = ""
    next: str = ""


class Step(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    text: Both
    options: list[Choice]


class Scenario(msgspec.Struct, forbid_unknown_fields=True):
    """A talk or a case in steps; full marks for the best way through it."""

    start: str
    steps: list[Step]
    rubric: Both

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.id == name), None)


class Found(msgspec.Struct, forbid_unknown_fields=True):
    """A voucher as it stands in the books; lines like "D 5602 1200.00" or "C 1122[甲] 5000.00"."""

    date: str
    number: int
    summary: str
    lines: list[str]
    word: str = "记"


class Further(msgspec.Struct, forbid_unknown_fields=True):
    """A voucher the correction calls for beside its own: depreciation caught up, tax, a carry-forward."""

    summary: str
    lines: list[str]
    stage: Literal["catch_up", "tax", "restatement", "carry_forward", "payment"] = "catch_up"


class Given(msgspec.Struct, forbid_unknown_fields=True):
    """The books and the error of a voucher exercise; from these the engine drafts what is right."""

    error: str  # a kind of error: saas.adjustments.correction.facts.KINDS
    standard: Literal["small", "enterprise", "npo"] = "small"
    posting: Literal["draft", "posted"] = "posted"
    year: Literal["same", "earlier_open", "earlier_closed"] = "same"
    material: bool = False
    today: str = "2026-05-12"
    open_period: str = "2026-05"
    last_number: int = 37
    accounts: list[tuple[str, str]] = []  # details beside the standard's own accounts: [["222101", "进项税额"]]
    wrong: Found | None = None  # None: it was never booked
    right: list[str] = []  # the entry as it should have been; empty for a duplicate
    subject: str = ""  # what was omitted, or why an earlier year's voucher is wrong; in the books' language
    period: str = ""  # "2026-03": where it belongs, when not in the month of `wrong`
    original: Found | None = None  # of a duplicate: the copy that stays
    added: list[Further] = []


class Voucher(msgspec.Struct, forbid_unknown_fields=True):
    given: Given


Content = Options | TrueFalse | Number | Order | Scenario | Voucher
CONTENT: dict[str, type[Content]] = {
    "single": Options,
    "several": Options,
    "truefalse": TrueFalse,
    "number": Number,
    "order": Order,
    "scenario": Scenario,
    "voucher": Voucher,
}


def content_of(kind: str, stored: dict[str, Any]) -> Any:
    """The content as its type; msgspec.ValidationError names the field where it is not one."""
    return msgspec.convert(stored, CONTENT[kind])


def as_stored(content: Content) -> dict[str, Any]:
    stored: dict[str, Any] = msgspec.to_builtins(content)
    return stored


def decimal_of(typed: str) -> Decimal | None:
    """A number as people type it: 1,234.50, １２３４.5, 5%; None when it is none."""
    tidy = typed.translate(str.maketrans("０１２３４５６７８９．，－％", "0123456789.,-%")).strip()
    tidy = tidy.replace(",", "").replace("−", "-").removesuffix("%").strip()
    try:
        value = Decimal(tidy)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
