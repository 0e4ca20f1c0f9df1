"""From a tax effect to the entries that book it: suggestions the bookkeeper accepts and passes to `draft`."""

from __future__ import annotations

from saas.adjustments.correction import taxes
from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.vouchers import Entry
from saas.adjustments.tax.effect import TaxEffect


def suggested(effect: TaxEffect, plan: Plan, books: OpenBooks) -> list[Entry]:
    """Surcharges and income tax of closed years; taxes of open periods come with their own month-end.

    Payment is not among them: it is booked when it is made (`correction.taxes.payment`).
    """
    method = plan.choice.method
    if plan.choice.facts.year != "earlier_closed":
        return []
    entries = [
        taxes.surcharges(parts, about, method, books)
        for about, parts in effect.surcharge_parts.items()
        if about.year < books.open_period.year
    ]
    entries += [taxes.income_tax(year, amount, method, books) for year, amount in effect.cit_by_year.items()]
    return entries
