"""The tax effect of a plan: VAT, surcharges, income taxes, late fee, and the returns to file again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.vouchers import Stage
from saas.adjustments.tax.figures import CannotKnow, Figure, Known
from saas.adjustments.tax.income import IncomeTax, income_tax_of
from saas.adjustments.tax.late_fee import Owed, late_fee_of
from saas.adjustments.tax.surcharges import Surcharges, surcharges_of
from saas.adjustments.tax.taxpayer import AmendedReturn, Filings, Taxpayer
from saas.adjustments.tax.vat import Vat, vat_of
from saas.adjustments.tax.wages import WageTax, wage_tax_of
from saas.kernel.i18n import Text
from saas.kernel.money import ZERO, Money
from saas.kernel.rates import Rates


@dataclass(frozen=True, slots=True)
class TaxEffect:
    """Every tax has a figure with its basis, or says what is missing to give one."""

    vat: Figure
    surcharges: Figure
    cit: Figure
    iit: Figure
    late_fee: Figure
    amended_returns: tuple[AmendedReturn, ...]
    surcharge_parts: Mapping[Period, Mapping[str, Money]] = field(default_factory=dict)  # by month or quarter's end
    cit_by_year: Mapping[int, Money] = field(default_factory=dict)
    choices: tuple[tuple[Text, Figure], ...] = ()  # ways the client may choose between, with their tax

    @property
    def any(self) -> bool:
        """Does anything change, or might it? Then a manager approves as well."""
        figures = (self.vat, self.surcharges, self.cit, self.iit, self.late_fee)
        return bool(self.amended_returns) or any(isinstance(f, CannotKnow) or bool(f.amount) for f in figures)

    @property
    def needs(self) -> tuple[Text, ...]:
        """Every missing fact once, to be asked of the client in one go."""
        figures = (self.vat, self.surcharges, self.cit, self.iit, self.late_fee)
        return tuple(dict.fromkeys(need for f in figures if isinstance(f, CannotKnow) for need in f.needs))


def tax_effect(plan: Plan, books: OpenBooks, taxpayer: Taxpayer, filings: Filings, rates: Rates) -> TaxEffect:
    """What the plan's corrections mean for tax; entries for the tax itself are not counted again."""
    vat = vat_of(plan, books, taxpayer, filings, rates)
    wages = wage_tax_of(plan, books)
    surcharges = surcharges_of(vat, _revenue(plan, books, taxpayer), taxpayer, rates)
    cit = income_tax_of(plan, books, surcharges, taxpayer, rates)
    return TaxEffect(
        vat=vat.figure,
        surcharges=surcharges.figure,
        cit=cit.figure,
        iit=wages.figure,
        late_fee=_late_fee(vat, surcharges, cit, wages, filings, rates),
        amended_returns=_amended(vat, cit, wages),
        surcharge_parts={Period.of(period.last): period.parts for period in surcharges.periods if period.parts},
        cit_by_year=cit.by_year,
        choices=cit.choices,
    )


def _revenue(plan: Plan, books: OpenBooks, taxpayer: Taxpayer) -> dict[date, Money]:
    """Change of sales by the last day of the VAT period."""
    sums: dict[date, Money] = {}
    for about, line in plan.changes(Stage.CORRECTION):
        if books.has_role(line.stands_for or line.account, "revenue"):
            last = taxpayer.vat_period(about)[1]
            sums[last] = sums.get(last, ZERO) - line.net
    return sums


def _late_fee(
    vat: Vat, surcharges: Surcharges, cit: IncomeTax, wages: WageTax, filings: Filings, rates: Rates
) -> Figure:
    owed = [Owed("vat", period.last, period.amount) for period in vat.periods if period.amended]
    more_vat = any(debt.amount > ZERO for debt in owed)
    for figure in (vat.figure, surcharges.figure if more_vat else vat.figure, cit.figure):
        if isinstance(figure, CannotKnow):
            return figure
    for period in surcharges.periods:
        amount = period.figure.amount if isinstance(period.figure, Known) else ZERO
        owed.append(Owed("surcharges", period.last, amount))
    owed += [Owed("cit", date(year, 12, 31), amount) for year, amount in cit.by_year.items()]
    owed += [Owed("iit", month.last, amount) for month, amount in wages.by_month.items()]
    return late_fee_of(owed, filings, rates)


def _amended(vat: Vat, cit: IncomeTax, wages: WageTax) -> tuple[AmendedReturn, ...]:
    """VAT returns carry the surcharges; annual returns of years whose tax changes; withholding returns by month."""
    periods = [AmendedReturn("vat", period.first, period.last) for period in vat.periods if period.amended]
    years = [AmendedReturn("cit", date(year, 1, 1), date(year, 12, 31)) for year in sorted(cit.by_year)]
    months = [AmendedReturn("iit", month.first, month.last) for month in wages.by_month]
    return (*periods, *years, *months)
