"""What the choice of method needs to know about an error (accounting.md §1.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from saas.kernel.i18n import Text, _
from saas.kernel.months import month_end
from saas.ledgers.frame import Standard

Posting = Literal["draft", "posted"]
Year = Literal["same", "earlier_open", "earlier_closed"]
Kind = Literal[
    "account",
    "side",
    "amount_high",
    "amount_low",
    "tax_split",
    "auxiliary",
    "duplicate",
    "omission",
    "early",
    "late",
    "descriptive",
    "ledger_slip",
    "asset_surplus",
    "not_an_error",
]
Touch = Literal["pl", "vat", "cash", "stock", "fixed_asset"]

POSTINGS: dict[Posting, Text] = {"draft": _("not posted yet"), "posted": _("posted")}
YEARS: dict[Year, Text] = {
    "same": _("this year"),
    "earlier_open": _("an earlier year whose December is still open"),
    "earlier_closed": _("an earlier year, closed"),
}
KINDS: dict[Kind, Text] = {
    "account": _("wrong account"),
    "side": _("debit and credit exchanged"),
    "amount_high": _("right accounts, amount too high"),
    "amount_low": _("right accounts, amount too low"),
    "tax_split": _("tax not split off, or wrongly"),
    "auxiliary": _("wrong customer, supplier, person or department"),
    "duplicate": _("booked twice"),
    "omission": _("not booked"),
    "early": _("booked before its month"),
    "late": _("booked after its month"),
    "descriptive": _("wrong words, date within the month, or number; no money changes"),
    "ledger_slip": _("slip of the pen in a paper ledger"),
    "asset_surplus": _("fixed asset found that the books do not have"),
    "not_an_error": _("not an error: an estimate, a reversal of an accrual, or a settlement"),
}


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A month, or a whole year when `month` is 0."""

    year: int
    month: int = 0

    @classmethod
    def of(cls, day: date) -> Period:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Period:
        """ "2026-03" or "2026"; ValueError otherwise."""
        year, _dash, month = text.partition("-")
        period = cls(int(year), int(month or 0))
        if not 0 <= period.month <= 12:
            raise ValueError(f"not a period: {text!r}")
        return period

    @property
    def first(self) -> date:
        return date(self.year, self.month or 1, 1)

    @property
    def last(self) -> date:
        return month_end(date(self.year, self.month or 12, 1))

    @property
    def next(self) -> Period:
        """The month after this one."""
        return Period(self.year + self.month // 12, self.month % 12 + 1)

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}" if self.month else str(self.year)


@dataclass(frozen=True, slots=True)
class Settings:
    """The firm's and the client's options; the defaults are those of accounting.md §1."""

    line_only: bool = False  # one voucher with only the wrong lines, instead of a full red copy
    pl_reverse: Literal["opposite_side", "same_side_negative"] = "opposite_side"
    reopen: bool = False  # the firm allows 反结账 under its conditions
    surplus_reserve: Decimal | None = None  # share of profit put into 盈余公积, where the client accrues it (0.1)
    by_month: bool = False  # one error in many vouchers: one summary pair a month with a list, instead of n pairs
    prior_year_to_nonoperating: bool = False  # earlier years' items all to 营业外收入/支出 instead of the same nature


@dataclass(frozen=True, slots=True)
class Facts:
    """One error as a person has confirmed it. Nothing here is guessed; the case records who said so."""

    posting: Posting
    year: Year
    kind: Kind
    standard: Standard
    material: bool = False  # enterprise and npo only; a person decides and writes why
    touches: frozenset[Touch] = frozenset()
    turned_round: bool = False  # early/late across years: the other year already holds the opposite
    right_month_over: bool = False  # early: the month it belongs to has been closed meanwhile
    statements_approved: bool = True  # enterprise: False between year-end and approval of the statements
    delivered: bool = True  # a return or statement of that or a later period is filed, or something was handed over
    settings: Settings = field(default_factory=Settings)


def year_of(fault: date, open_period: Period, today: date, annual_return_filed: bool) -> Year:
    """Which year an error of that date belongs to, seen from the books.

    earlier_open: the year is over, its December is the open period, and its annual return and statements are not filed.
    Books that lag behind (November still open in January) are simply in the same year.
    """
    if fault.year < open_period.year:
        return "earlier_closed"
    if today.year <= open_period.year or open_period.month != 12:
        return "same"
    return "earlier_closed" if annual_return_filed else "earlier_open"
