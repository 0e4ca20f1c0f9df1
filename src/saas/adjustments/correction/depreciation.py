"""Depreciation to catch up when a fixed asset appears late (E11, E18): a suggestion the bookkeeper accepts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from saas.adjustments.correction import wording
from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.vouchers import Entry, Stage, credit, debit
from saas.kernel.i18n import _
from saas.kernel.money import ZERO, Money
from saas.kernel.months import months_after
from saas.kernel.rates import percent


@dataclass(frozen=True, slots=True)
class Asset:
    """A fixed asset depreciated on a straight line."""

    cost: Money
    months: int
    in_service: date
    expense: str  # account that bears the depreciation
    residual: Decimal = Decimal(0)  # share of the cost
    aux: str = ""
    name: str = ""  # printed in the summary, where several assets are corrected

    @property
    def depreciable(self) -> Money:
        return self.cost * (1 - self.residual)

    @property
    def monthly(self) -> Money:
        """The amount the monthly entry carries, rounded to the fen."""
        return self.cost * ((1 - self.residual) / self.months)

    def accumulated(self, through: Period) -> Money:
        """Sum of the monthly entries from the month after `in_service` to `through`; the last one takes the rest."""
        elapsed = (through.year - self.in_service.year) * 12 + through.month - self.in_service.month
        if elapsed >= self.months:
            return self.depreciable
        return self.monthly * max(0, elapsed)


def catch_up(asset: Asset, method: Method, books: OpenBooks) -> list[Entry]:
    """What the closed months should have carried; the open month's own share comes with its month-end.

    Months of earlier years come first: under a restatement they go through 6901, else into this year's expense with
    `about` naming their year (the next annual return then takes them back).
    """
    through = _before(books.open_period)
    year_end = Period(books.open_period.year - 1, 12)
    earlier = asset.accumulated(year_end)
    this_year = asset.accumulated(through) - earlier
    entries = []
    if earlier:
        start = Period.of(asset.in_service).next
        entries.append(_entry(asset, earlier, start, _last(asset, year_end), method, books))
    if this_year:
        start = max(Period.of(asset.in_service).next, year_end.next)
        entries.append(_entry(asset, this_year, start, _last(asset, through), method, books))
    return entries


def _before(period: Period) -> Period:
    return Period.of(months_after(period.first, -1))


def _last(asset: Asset, through: Period) -> Period:
    """The last month that still bears depreciation."""
    return min(through, Period.of(months_after(asset.in_service, asset.months)))


def _entry(asset: Asset, amount: Money, first: Period, last: Period, method: Method, books: OpenBooks) -> Entry:
    earlier = last.year < books.open_period.year
    worn = books.account("depreciation")
    expense = debit(asset.expense, amount, asset.aux, books.named(debit(asset.expense, ZERO)))
    if earlier and method is Method.RESTATE:
        prior = books.account("prior_year")
        expense = debit(prior.code, amount, name=prior.name)
    return Entry(
        wording.depreciation(first, last, asset.name),
        (expense, credit(worn.code, amount, name=worn.name)),
        stage=Stage.CORRECTION if earlier else Stage.CATCH_UP,
        about=last,
        basis=_(
            "%(cost)s less %(residual)s residual value over %(months)s months: %(monthly)s a month from the month "
            "after %(start)s",
            cost=asset.cost,
            monthly=asset.monthly,
            residual=percent(asset.residual),
            months=asset.months,
            start=asset.in_service.isoformat(),
        ),
    )
