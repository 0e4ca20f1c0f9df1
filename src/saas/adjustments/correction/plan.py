"""A correction plan: the vouchers, and what a person has to know and do beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.method import Choice
from saas.adjustments.correction.vouchers import Entry, Line, Stage, Voucher
from saas.kernel.i18n import Text, _
from saas.kernel.money import ZERO, Money

Statement = Literal["balance_sheet", "income_statement", "cash_flow", "comparatives", "net_assets"]

STATEMENTS: dict[Statement, Text] = {
    "balance_sheet": _("balance sheet"),
    "income_statement": _("income statement"),
    "cash_flow": _("cash flow statement"),
    "comparatives": _("comparative figures and notes"),
    "net_assets": _("opening net assets"),
}
RESULT_STAGES = (Stage.CORRECTION, Stage.CATCH_UP)


@dataclass(frozen=True, slots=True)
class Reminder:
    """An adjustment to make in the annual return of `year`: without it the amount is taxed or deducted twice."""

    year: int
    direction: Literal["increase", "decrease"]  # 纳税调增 / 纳税调减
    amount: Money
    cause: Literal["prior_year", "late_fee"]
    text: Text


@dataclass(frozen=True, slots=True)
class Plan:
    """What is going to be booked, and everything that follows from it. Compared and hashed by value."""

    choice: Choice
    vouchers: tuple[Voucher, ...]  # in number order; those that wait for their month last
    rewritten: tuple[Voucher, ...] = ()  # drafts to fill in again (D1)
    reminders: tuple[Reminder, ...] = ()
    statements: frozenset[Statement] = frozenset()
    warnings: tuple[Text, ...] = ()  # what a reviewer should look at
    advice: tuple[Text, ...] = ()  # what else the correction calls for
    notional: tuple[Entry, ...] = ()  # cut-off errors without a voucher: what moved between periods, for tax only
    corrects: tuple[tuple[str, str], ...] = ()  # (key, fingerprint) of the wrong vouchers at analysis

    @property
    def waits_for(self) -> Period | None:
        """The month a voucher of this plan waits for; the case's clock pauses until it opens."""
        return max((Period.of(v.date) for v in self.vouchers if v.waiting), default=None)

    @property
    def touches_prior_year(self) -> bool:
        return self.choice.facts.year != "same"

    @property
    def amount(self) -> Money:
        """The largest voucher of the plan, for the blind re-entry of large amounts."""
        return max((v.amount for v in (*self.vouchers, *self.rewritten)), default=ZERO)

    @property
    def lines(self) -> list[Line]:
        """Every line that will stand in the books, the waiting vouchers' included."""
        return [line for voucher in self.vouchers for line in voucher.lines]

    def changes(self, *stages: Stage) -> Iterator[tuple[Period, Line]]:
        """Each line that takes effect now with the period whose figures it changes, notional entries included."""
        for voucher in self.vouchers:
            if voucher.stage in stages and not voucher.waiting:
                about = voucher.about or Period.of(voucher.date)
                yield from ((about, line) for line in voucher.lines)
        for entry in self.notional:
            if entry.about is not None:
                yield from ((entry.about, line) for line in entry.lines)


def profit_by_year(plan: Plan, books: OpenBooks) -> dict[int, Money]:
    """Change of each year's profit before income tax by this plan, positive where the year earned more.

    An earlier year's share stands on 6901, on net assets, or (small enterprises) in this year's P&L with `about` naming
    the year it belongs to. Taxes that follow are not counted: they are computed from this.
    """
    change: dict[int, Money] = {}
    for about, line in plan.changes(*RESULT_STAGES):
        of = _year_of_result(line, plan, books, about.year)
        if of is not None:
            change[of] = change.get(of, ZERO) - line.net
    return {year: amount for year, amount in change.items() if amount}


def _year_of_result(line: Line, plan: Plan, books: OpenBooks, about: int) -> int | None:
    if line.stands_for or books.has_role(line.account, "prior_year"):
        return about
    if books.is_pl(line.account) and not books.has_role(line.account, "income_tax"):
        restated = any(other.stands_for for other in plan.lines)
        return books.open_period.year if restated else about
    return None


def statements_of(vouchers: Sequence[Voucher], books: OpenBooks) -> frozenset[Statement]:
    """Which statements change once these are posted; what cancels out, or still waits, changes nothing."""
    plan_lines = [line for voucher in vouchers for line in voucher.lines if not voucher.waiting]
    sums: dict[str, int] = {}
    for line in plan_lines:
        sums[line.account] = sums.get(line.account, 0) + line.net.fen
    changed = [code for code, fen in sums.items() if fen]
    found: set[Statement] = set()
    for code in changed:
        found.add("income_statement" if books.is_pl(code) else "balance_sheet")
        if books.has_role(code, "cash", "bank", "other_money"):
            found.add("cash_flow")
    if any(books.has_role(line.account, "retained.restricted", "retained.unrestricted") for line in plan_lines):
        found.add("net_assets")
    if any(books.has_role(line.account, "prior_year") for line in plan_lines):
        found.add("comparatives")
    return frozenset(found)
