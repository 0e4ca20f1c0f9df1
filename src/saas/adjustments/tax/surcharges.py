"""Urban construction tax and the two education fees that follow an amended VAT return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from saas.adjustments.tax.figures import CannotKnow, Figure, Known, none, total
from saas.adjustments.tax.taxpayer import Taxpayer
from saas.adjustments.tax.vat import PeriodVat, Vat
from saas.kernel.i18n import Text, _
from saas.kernel.money import ZERO, Money
from saas.kernel.rates import Rates, Row, percent

EDUCATION = {"tax.edu": "education", "tax.local_edu": "local_education"}


@dataclass(frozen=True, slots=True)
class PeriodSurcharges:
    """Surcharges on one amended VAT period."""

    first: date
    last: date
    figure: Figure
    parts: Mapping[str, Money] = field(default_factory=dict)  # by role: tax.urban, tax.edu, tax.local_edu


@dataclass(frozen=True, slots=True)
class Surcharges:
    """Over all periods."""

    figure: Figure
    periods: tuple[PeriodSurcharges, ...] = ()

    def of_year(self, year: int) -> Money:
        return Money(sum(part.fen for p in self.periods if p.last.year == year for part in p.parts.values()))


def surcharges_of(vat: Vat, revenue: Mapping[date, Money], taxpayer: Taxpayer, rates: Rates) -> Surcharges:
    """`revenue` is the change of sales by the last day of the VAT period: it may pass the education fees' limit."""
    if isinstance(vat.figure, CannotKnow):
        return Surcharges(vat.figure)
    amended = [period for period in vat.periods if period.amended and period.amount]
    if not amended:
        return Surcharges(none(_("Surcharges follow the VAT of returns still open; no return is amended.")))
    periods = tuple(_period(period, revenue.get(period.last, ZERO), taxpayer, rates) for period in amended)
    return Surcharges(total(period.figure for period in periods), periods)


def _period(vat: PeriodVat, revenue: Money, taxpayer: Taxpayer, rates: Rates) -> PeriodSurcharges:
    row = rates.at("surcharge", vat.last)
    share = _share_left(vat.last, taxpayer, rates)
    education = _education_due(vat, revenue, taxpayer, rates)
    needs = [fact for fact in (share, education) if isinstance(fact, Text)]
    if taxpayer.urban is None:
        needs.append(_("whether the client is in a city, a county town or elsewhere"))
    if needs or isinstance(share, Text) or isinstance(education, Text):
        return PeriodSurcharges(vat.first, vat.last, CannotKnow(tuple(needs)))
    shares = {"tax.urban": row.part(f"urban_{taxpayer.urban}")}
    if education:
        shares |= {role: row.part(name) for role, name in EDUCATION.items()}
    parts = {role: vat.amount * (rate * share) for role, rate in shares.items()}
    return PeriodSurcharges(vat.first, vat.last, _known(vat.amount, shares, share, parts, row), parts)


def _known(vat: Money, shares: Mapping[str, Decimal], left: Decimal, parts: Mapping[str, Money], row: Row) -> Known:
    amount = Money(sum(part.fen for part in parts.values()))
    rate = percent(sum(shares.values(), Decimal(0)))
    if left == 1:
        basis = _("%(vat)s × %(rate)s = %(amount)s", vat=vat, rate=rate, amount=amount)
    else:
        basis = _(
            "%(vat)s × %(rate)s, reduced by %(relief)s = %(amount)s",
            vat=vat,
            rate=rate,
            relief=percent(1 - left),
            amount=amount,
        )
    return Known(amount, (basis,), row.source, frozenset({row.mark}))


def _share_left(last: date, taxpayer: Taxpayer, rates: Rates) -> Decimal | Text:
    """What the relief on six taxes leaves to pay, or which fact decides it."""
    if taxpayer.kind == "S":
        row = rates.find("six_taxes_relief", last, "S")
    else:
        row = rates.find("six_taxes_relief", last, "small_profit")
        if row and taxpayer.small_profit is None:
            return _("whether the client is a small low-profit enterprise in %(year)s", year=last.year)
        row = row if taxpayer.small_profit else None
    return 1 - row.number if row else Decimal(1)


def _education_due(vat: PeriodVat, revenue: Money, taxpayer: Taxpayer, rates: Rates) -> bool | Text:
    """The fees are exempt up to a limit of sales; passing it makes them due on the whole VAT of the period."""
    row = rates.at(f"surcharge.education_exempt_{taxpayer.vat_by}", vat.last)
    sales = taxpayer.sales.get(vat.last)
    if sales is None:
        return _("the sales of the period: both education fees are exempt up to %(limit)s", limit=row.money)
    before, after = sales > row.money, sales + revenue > row.money
    if before != after and sales:
        return _("the VAT declared for the whole period: the education fees' limit is passed by this correction")
    return after
