"""N30: expenses that income tax accepts only up to a share of sales or wages."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from saas.checks import flows
from saas.checks.finding import Finding, Rule, Severity
from saas.checks.tax_rates import last_day, rates
from saas.checks.wording import yuan
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.kernel.rates import Row
from saas.ledgers.frame import Ledger

FROM = 9  # the limits mean something from the third quarter on
ENTERTAINMENT = ("admin.entertainment", "selling.entertainment")
OF_WAGES: dict[str, tuple[str, ...]] = {
    "cit.welfare": ("admin.welfare", "selling.welfare", "overhead.welfare"),
    "cit.union": ("payroll.union",),
    "cit.education": ("payroll.education",),
}
ADVERTISING = ("admin.advertising", "selling.advertising")
LABELS: dict[str, Text] = {
    "cit.entertainment": _("entertainment"),
    "cit.welfare": _("staff welfare"),
    "cit.union": _("union fund"),
    "cit.education": _("staff education"),
    "cit.advertising": _("advertising"),
}


def over_the_limits(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """For each year that is in the file from January, what exceeds a limit at its last month from September on.

    Part of entertainment is added back every year, in the return and not in the books: that is for information.
    """
    found = []
    for year in sorted({period[:4] for period in flows.months(ledger)}):
        over = sorted(p for p in flows.closed_months(ledger) if p[:4] == year)
        if not over or over[0] != f"{year}-01" or int(over[-1][5:]) < FROM:
            continue
        found += _year(ledger, over, settings)
    return found


def _year(ledger: Ledger, span: list[str], settings: Mapping[str, Any]) -> list[Finding]:
    day, period = last_day(span[-1]), span[-1]

    def spent(*roles: str, column: str = "net") -> int:
        moved = flows.flow(ledger, column, *roles)  # type: ignore[arg-type]  # one of its three columns
        return sum(moved[month] for month in span)

    sales = -spent("revenue")
    wages = spent("payroll.wage", column="credit")
    found = []
    row = rates().find("cit.entertainment", day)
    treated = spent(*ENTERTAINMENT)
    if row and treated > 0 and sales > 0:
        allowed = min(_share(treated, row.part("of_spending")), _share(sales, row.part("of_sales")))
        found.append(_finding("cit.entertainment", period, treated, allowed, row, "info"))
    for item, roles in OF_WAGES.items():
        row = rates().find(item, day)
        used = spent(*roles, column="net" if roles[0].startswith("admin") else "credit")
        if row and wages > 0 and used > _share(wages, row.number):
            found.append(_finding(item, period, used, _share(wages, row.number), row, "medium"))
    row = rates().find("cit.advertising", day)
    told, trade = spent(*ADVERTISING), "cosmetics_pharma_drinks" if settings["high_advertising"] == "yes" else "base"
    if row and sales > 0 and told > _share(sales, row.part(trade)):
        found.append(_finding("cit.advertising", period, told, _share(sales, row.part(trade)), row, "medium"))
    return found


def _share(fen: int, share: Decimal) -> int:
    return int((fen * share).to_integral_value())


def _finding(item: str, period: str, spent: int, allowed: int, row: Row, severity: Severity) -> Finding:
    return Finding(
        rule="N30",
        object=f"{item}@{period[:4]}",
        severity=severity,
        confidence=0.8,
        message=_("%(what)s to %(period)s: %(spent)s spent, %(allowed)s deductible, %(excess)s to add back",
                  what=LABELS[item], period=period, spent=str(Money(spent)), allowed=str(Money(allowed)),
                  excess=str(Money(spent - allowed))),
        period=period,
        amount=Money(spent - allowed),
        compared={"booked": yuan(spent), "limit": yuan(allowed), "difference": yuan(spent - allowed),
                  "law": row.source},
    )  # fmt: skip


RULES = [
    Rule(
        id="N30",
        name=_("Deduction limit exceeded"),
        explanation=_("Entertainment, welfare, union, education or advertising of the year exceed what income tax "
                      "deducts."),
        reason=_("Income tax accepts them up to a share of sales or wages (企业所得税法实施条例第四十条至第四十四条)."),
        cure=_("The excess is added back in the annual return, or part of the expense belongs elsewhere."),
        severity="medium",
        weight=0.4,
        run=over_the_limits,
        settings={"high_advertising": "no"},
    )
]  # fmt: skip
