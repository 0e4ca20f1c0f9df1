"""Corporate income tax of earlier years that a plan changes (accounting.md §1.4, §1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.plan import Plan, profit_by_year
from saas.adjustments.correction.vouchers import Stage
from saas.adjustments.tax.figures import CannotKnow, Figure, Known, none, total
from saas.adjustments.tax.surcharges import Surcharges
from saas.adjustments.tax.taxpayer import Taxpayer
from saas.kernel.i18n import Text, _
from saas.kernel.money import ZERO, Money
from saas.kernel.rates import Rates, percent

# Deductible only up to a limit of the year's sales, wages or profit: a change of profit is not a change of tax.
LIMITED = (
    "admin.entertainment",
    "selling.entertainment",
    "admin.welfare",
    "selling.welfare",
    "admin.advertising",
    "selling.advertising",
    "loss.fine",
)


@dataclass(frozen=True, slots=True)
class IncomeTax:
    """The sum, each earlier year's share, and what each way of deducting an asset would give."""

    figure: Figure
    by_year: Mapping[int, Money] = field(default_factory=dict)
    choices: tuple[tuple[Text, Figure], ...] = ()


def income_tax_of(plan: Plan, books: OpenBooks, surcharges: Surcharges, taxpayer: Taxpayer, rates: Rates) -> IncomeTax:
    """Change of tax per assessed year: the year's tax after the correction minus the tax as assessed."""
    profits = profit_by_year(plan, books)
    assessed = plan.choice.facts.year == "earlier_closed"
    earlier = {year: profit for year, profit in profits.items() if assessed and year < books.open_period.year}
    if not earlier:
        return IncomeTax(_not_assessed(plan, profits))
    if isinstance(surcharges.figure, CannotKnow):
        return IncomeTax(surcharges.figure)
    if needs := _limited(plan, books):
        return IncomeTax(CannotKnow((needs,)))
    changes = {year: profit - surcharges.of_year(year) for year, profit in earlier.items()}
    asset = _asset(plan, books, rates)
    depreciated = {year: _year(year, change, taxpayer, books, rates) for year, change in changes.items()}
    if not asset:
        return _result(depreciated)
    at_once = {year: _year(year, change - asset, taxpayer, books, rates) for year, change in changes.items()}
    choices = (
        (_("Deducted at once for tax"), total(at_once.values())),
        (_("Deducted as it is depreciated"), total(depreciated.values())),
    )
    if taxpayer.one_off_deduction is None:
        needs = _("whether the one-off deduction was chosen for the equipment")
        return IncomeTax(CannotKnow((needs,)), choices=choices)
    chosen = _result(at_once if taxpayer.one_off_deduction else depreciated)
    return IncomeTax(chosen.figure, chosen.by_year, choices)


def _result(years: Mapping[int, Figure]) -> IncomeTax:
    by_year = {year: figure.amount for year, figure in years.items() if isinstance(figure, Known) and figure.amount}
    return IncomeTax(total(years.values()), by_year)


def _not_assessed(plan: Plan, profits: Mapping[int, Money]) -> Figure:
    if not profits:
        return none(_("The profit does not change."))
    if plan.choice.facts.year == "earlier_open":
        return none(_("The annual return of that year is not filed yet and will carry the right figures."))
    return none(
        _(
            "Prepayments are cumulative: the next one carries the change of %(amount)s of profit.",
            amount=sum(profits.values(), ZERO),
        )
    )


def _limited(plan: Plan, books: OpenBooks) -> Text | None:
    for line in plan.lines:
        if books.has_role(line.stands_for or line.account, *LIMITED) and line.net:
            name = books.named(line)
            return _("the year's total and limit for %(account)s, which is deductible only in part", account=name)
    return None


def _asset(plan: Plan, books: OpenBooks, rates: Rates) -> Money:
    """Book value of equipment that enters fixed assets and may be deducted at once; zero when there is none."""
    price = value = ZERO
    bought: date | None = None
    for about, line in plan.changes(Stage.CORRECTION):
        if books.has_role(line.account, "fixed_asset"):
            price, bought = price + line.net, about.last
        if books.has_role(line.account, "fixed_asset", "depreciation"):
            value += line.net
    row = rates.find("cit.one_off_asset", bought) if bought else None
    return value if row and ZERO < price <= row.money else ZERO


def _year(year: int, change: Money, taxpayer: Taxpayer, books: OpenBooks, rates: Rates) -> Figure:
    if not change:
        return none(_("Taxable income of %(year)s does not change.", year=year))
    window = rates.at("cit.omitted_cost_years", books.today)
    if change < ZERO and books.open_period.year - year > window.number:
        # counted in whole years from the year the cost belongs to
        reason = _("Cost of %(year)s may be claimed for %(years)s years only.", year=year, years=window.number)
        return Known(ZERO, (reason,), window.source, frozenset({window.mark}))
    assessed = taxpayer.taxable_income.get(year)
    needs = []
    if assessed is None:
        needs.append(_("the taxable income of %(year)s as assessed", year=year))
    if taxpayer.small_profit is None:
        needs.append(_("whether the client is a small low-profit enterprise in %(year)s", year=year))
    if assessed is None or needs:
        return CannotKnow(tuple(needs))
    before, after = _tax(assessed, year, taxpayer, rates), _tax(assessed + change, year, taxpayer, rates)
    difference = _difference(year, assessed, change, before, after)
    return _claimed_back(difference, year, books.today, rates) if difference.amount < ZERO else difference


def _claimed_back(tax: Known, year: int, today: date, rates: Rates) -> Known:
    """The conditions under which overpaid tax of an earlier year comes back."""
    window, refund = rates.at("cit.omitted_cost_years", today), rates.at("tax.refund_years", today)
    basis = [
        *tax.basis,
        _("Claimed for %(year)s by a special declaration, within %(years)s years.", year=year, years=window.number),
    ]
    if today > date(year + 1 + int(refund.number), 5, 31):
        basis.append(_("Refunds end %(years)s years after payment: set it off against later tax.", years=refund.number))
    laws = "；".join(dict.fromkeys(law for law in (tax.law, window.source, refund.source) if law))
    return replace(tax, basis=tuple(basis), law=laws, marks=tax.marks | {window.mark, refund.mark})


def _difference(year: int, assessed: Money, change: Money, before: Known, after: Known) -> Known:
    amount = after.amount - before.amount
    basis = [
        _(
            "Taxable income of %(year)s from %(before)s to %(after)s",
            year=year,
            before=assessed,
            after=assessed + change,
        ),
        *after.basis,
        _("Tax %(after)s − %(before)s = %(amount)s", after=after.amount, before=before.amount, amount=amount),
    ]
    return Known(amount, tuple(basis), after.law, before.marks | after.marks)


def _tax(taxable: Money, year: int, taxpayer: Taxpayer, rates: Rates) -> Known:
    """Tax of a year's taxable income; the small rates end for the whole amount once the limit is passed."""
    if taxable <= ZERO:
        return Known(ZERO, (_("A loss: no tax, the loss carried forward changes."),))
    on = date(year, 12, 31)
    small = rates.find("cit.small", on, "small_profit") if taxpayer.small_profit else None
    if small and taxable <= Money.round(small.slices[-1][0]):
        amount, floor, steps = ZERO, ZERO, []
        for limit, share in small.slices:
            part = min(taxable, Money.round(limit)) - floor
            if part > ZERO:
                amount += part * share
                steps.append(f"{part} × {percent(share)}")
                floor += part
        basis = _("%(steps)s = %(amount)s (small low-profit enterprise)", steps=" + ".join(steps), amount=amount)
        return Known(amount, (basis,), small.source, frozenset({small.mark}))
    row = rates.at("cit.rate", on)
    amount = taxable * row.number
    basis = _("%(taxable)s × %(rate)s = %(amount)s", taxable=taxable, rate=percent(row.number), amount=amount)
    return Known(amount, (basis,), row.source, frozenset({row.mark}))
