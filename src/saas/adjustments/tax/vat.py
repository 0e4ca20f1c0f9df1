"""VAT of a plan, period by period (accounting.md §1.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.vouchers import Stage
from saas.adjustments.tax.figures import CannotKnow, Figure, Known, none, total
from saas.adjustments.tax.taxpayer import Filings, Taxpayer
from saas.kernel.i18n import _
from saas.kernel.money import ZERO, Money
from saas.kernel.rates import Rates, Row, percent

INPUT = ("tax.vat.input",)
# Columns that only move tax between periods or wait for their day: no tax arises on them.
NOT_YET = (
    "tax.vat.pending",
    "tax.vat.unverified",
    "tax.vat.output_pending",
    "tax.vat.paid",
    "tax.vat.transfer_unpaid",
    "tax.vat.transfer_overpaid",
    "tax.vat.prepaid",
)


@dataclass(frozen=True, slots=True)
class PeriodVat:
    """VAT of one period that the plan changes."""

    first: date
    last: date
    figure: Figure
    amended: bool  # its return is filed, so it is filed again

    @property
    def amount(self) -> Money:
        return self.figure.amount if isinstance(self.figure, Known) else ZERO


@dataclass(frozen=True, slots=True)
class Vat:
    """The plan's VAT: the sum and its periods."""

    figure: Figure
    periods: tuple[PeriodVat, ...] = ()


@dataclass(slots=True)
class _Touched:
    output: Money = ZERO
    revenue: Money = ZERO


def vat_of(plan: Plan, books: OpenBooks, taxpayer: Taxpayer, filings: Filings, rates: Rates) -> Vat:
    """VAT by the period it arose in. Vouchers that wait for their month declare theirs in that month."""
    touched, used_input = _collect(plan, books, taxpayer)
    periods = tuple(
        _period(first, last, sums, taxpayer, filings, rates) for (first, last), sums in sorted(touched.items())
    )
    figures = [period.figure for period in periods]
    if used_input:
        figures.append(_input(used_input))
    if not figures:
        return Vat(none(_("No VAT account and no revenue is touched.")))
    return Vat(total(figures), periods)


def _collect(plan: Plan, books: OpenBooks, taxpayer: Taxpayer) -> tuple[dict[tuple[date, date], _Touched], Money]:
    """Output tax and revenue per VAT period; input tax apart, since it counts when its use is confirmed."""
    touched: dict[tuple[date, date], _Touched] = {}
    used_input = ZERO
    for about, line in plan.changes(Stage.CORRECTION):
        if books.has_role(line.account, *INPUT):
            used_input -= line.net
            continue
        output = books.has_role(line.account, "tax.vat") and not books.has_role(line.account, *NOT_YET)
        revenue = books.has_role(line.stands_for or line.account, "revenue")
        if output or revenue:
            sums = touched.setdefault(taxpayer.vat_period(about), _Touched())
            sums.output -= line.net if output else ZERO
            sums.revenue -= line.net if revenue else ZERO
    return {period: sums for period, sums in touched.items() if sums.output or sums.revenue}, used_input


def _input(amount: Money) -> Figure:
    """Negative `amount`: more input tax to deduct."""
    if amount < ZERO:
        return Known(
            amount, (_("Input tax of %(amount)s is deducted in the period its use is confirmed.", amount=-amount),)
        )
    return CannotKnow(
        (_("whether the input tax was deducted already: then it is transferred out, or the return amended"),)
    )


def _period(first: date, last: date, sums: _Touched, taxpayer: Taxpayer, filings: Filings, rates: Rates) -> PeriodVat:
    if filings.vat_through is None:
        return PeriodVat(first, last, CannotKnow((_("up to which period the VAT returns are filed"),)), amended=False)
    amended = last <= filings.vat_through
    if not sums.output and taxpayer.kind == "G":
        needs = _("whether the revenue of %(period)s is taxed, and at which rate", period=_name(first, last))
        return PeriodVat(first, last, CannotKnow((needs,)), amended)
    if taxpayer.kind == "S":
        return PeriodVat(first, last, _small_scale(first, last, sums, taxpayer, rates), amended)
    return PeriodVat(first, last, _general(first, last, sums, amended), amended)


def _general(first: date, last: date, sums: _Touched, amended: bool) -> Figure:
    period = _name(first, last)
    if amended:
        basis = _(
            "Output tax of %(period)s changes by %(amount)s; the return is filed and has to be amended.",
            period=period,
            amount=sums.output,
        )
    else:
        basis = _(
            "Output tax of %(period)s changes by %(amount)s; its return is still open.",
            period=period,
            amount=sums.output,
        )
    return Known(sums.output, (basis,))


def _small_scale(first: date, last: date, sums: _Touched, taxpayer: Taxpayer, rates: Rates) -> Figure:
    """A small-scale taxpayer pays nothing under the limit and on everything above it: both sides are compared."""
    period = _name(first, last)
    declared = taxpayer.sales.get(last)
    if declared is None:
        return CannotKnow((_("the sales of %(period)s, which decide whether it is exempt", period=period),))
    corrected = declared + sums.revenue
    row, exempt_before = _exempt(declared, last, taxpayer, rates)
    exempt_after = _exempt(corrected, last, taxpayer, rates)[1]
    relief = rates.find("vat.levy_relief", last, "S")
    levy = relief.number if relief else rates.at("vat.levy", last, "S").part("base")
    if exempt_before and exempt_after:
        amount, basis = ZERO, _("Sales of %(period)s stay at %(sales)s: exempt.", period=period, sales=corrected)
    elif exempt_after:
        amount = -(declared * levy)
        basis = _("Sales of %(period)s fall to %(sales)s: exempt now.", period=period, sales=corrected)
    elif exempt_before:
        amount = corrected * levy
        basis = _(
            "Sales of %(period)s reach %(sales)s: the whole amount is taxed at %(rate)s.",
            period=period,
            sales=corrected,
            rate=percent(levy),
        )
    else:
        amount = sums.output
        basis = _(
            "VAT of %(period)s changes by %(amount)s as booked; the limit is passed before and after.",
            period=period,
            amount=amount,
        )
    return Known(amount, (basis,), row.source, frozenset({row.mark}))


def _exempt(sales: Money, last: date, taxpayer: Taxpayer, rates: Rates) -> tuple[Row, bool]:
    """Until 2025 the limit itself was exempt; from 2026 sales have to stay below the threshold."""
    threshold = rates.find(f"vat.threshold_{taxpayer.vat_by}", last, "S")
    if threshold:
        return threshold, sales < threshold.money
    limit = rates.at(f"vat.exempt_{taxpayer.vat_by}", last, "S")
    return limit, sales <= limit.money


def _name(first: date, last: date) -> str:
    start, end = Period.of(first), Period.of(last)
    return str(start) if start == end else f"{start}–{end}"
