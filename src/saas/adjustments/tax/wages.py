"""Individual income tax withheld from wages (accounting.md §1.6): by month, from what the corrected entries withhold.

The tax of a month follows from each employee's cumulative pay of the year (国家税务总局公告2018年第61号 第六条), which
books do not hold. So it is known only where the right entries say what should have been withheld; else it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.vouchers import Key, Stage
from saas.adjustments.tax.figures import CannotKnow, Figure, Known, none
from saas.kernel.i18n import _
from saas.kernel.money import ZERO, Money

LAW = "个人所得税扣缴申报管理办法（试行）（国家税务总局公告2018年第61号）第六条"


@dataclass(frozen=True, slots=True)
class WageTax:
    """The sum, and the change of each month whose withholding return is filed; its return is filed again."""

    figure: Figure
    by_month: Mapping[Period, Money] = field(default_factory=dict)


def wage_tax_of(plan: Plan, books: OpenBooks) -> WageTax:
    """Change of the tax withheld, by the month of the wages; positive where too little was withheld."""
    withheld = _changes(plan, books, "tax.iit")
    if withheld:
        by_month: dict[Period, Money] = {}
        for (_key, month), net in withheld.items():
            by_month[month] = by_month.get(month, ZERO) - net
        by_month = {month: amount for month, amount in sorted(by_month.items()) if amount}
        total = sum(by_month.values(), ZERO)
        if not by_month:
            return WageTax(none(_("The tax withheld does not change in any month.")))
        basis = tuple(
            _("Withheld for %(month)s as the right entry says: %(amount)s more (minus: less)", month=m, amount=amount)
            for m, amount in by_month.items()
        )
        filed = {month: amount for month, amount in by_month.items() if month < books.open_period}
        return WageTax(Known(total, basis, LAW, frozenset({"K"})), filed)
    if _changes(plan, books, "payroll"):
        needs = _("the corrected wages of each employee: withheld tax and the social-insurance base follow")
        return WageTax(CannotKnow((needs,)))
    return WageTax(none(_("No wages are touched.")))


def _changes(plan: Plan, books: OpenBooks, role: str) -> dict[tuple[Key, Period], Money]:
    """Debit minus credit by account and month, zeros left out: a red and a blue that agree change nothing."""
    sums: dict[tuple[Key, Period], Money] = {}
    for about, line in plan.changes(Stage.CORRECTION):
        if books.has_role(line.account, role):
            sums[line.key, about] = sums.get((line.key, about), ZERO) + line.net
    return {key: net for key, net in sums.items() if net}
