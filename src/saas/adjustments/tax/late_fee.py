"""Late fee: so much a day, from the day after the deadline to the day of payment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from saas.adjustments.tax.figures import CannotKnow, Figure, Known, none, total
from saas.adjustments.tax.taxpayer import TAXES, Filings, Tax
from saas.kernel.i18n import _
from saas.kernel.money import ZERO, Money
from saas.kernel.rates import Rates, percent


@dataclass(frozen=True, slots=True)
class Owed:
    """Tax found to be missing from a return that is filed."""

    tax: Tax
    last: date  # last day of its period
    amount: Money


def late_fee_of(owed: Iterable[Owed], filings: Filings, rates: Rates) -> Figure:
    """The sum over every tax that was owed earlier; nothing on what is claimed back."""
    figures = [_of(debt, filings, rates) for debt in owed if debt.amount > ZERO]
    return total(figures) if figures else none(_("Nothing was owed earlier, so there is no late fee."))


def _of(debt: Owed, filings: Filings, rates: Rates) -> Figure:
    due = filings.due.get((debt.tax, debt.last))
    needs = []
    if due is None:
        needs.append(_("the due date of %(tax)s for the period to %(last)s", tax=TAXES[debt.tax], last=debt.last))
    if filings.paid_on is None:
        needs.append(_("the day on which the tax will be paid"))
    if due is None or filings.paid_on is None:
        return CannotKnow(tuple(needs))
    row = rates.at("late_fee", filings.paid_on)
    days = max(0, (filings.paid_on - due).days)
    amount = debt.amount * (row.number * days)
    basis = _(
        "%(tax)s %(owed)s × %(rate)s × %(days)s days = %(amount)s",
        tax=TAXES[debt.tax],
        owed=debt.amount,
        rate=percent(row.number),
        days=days,
        amount=amount,
    )
    return Known(amount, (basis,), row.source, frozenset({row.mark}))
