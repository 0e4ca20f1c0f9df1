"""N13 balances out of proportion, N19 months without income, N23 margins that jump or turn negative."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from statistics import median
from typing import Any

import polars as pl

from saas.checks import flows
from saas.checks.finding import Finding, Rule, Severity
from saas.checks.positions import positions
from saas.checks.roles import role_in
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.ledgers.frame import REPEATED, Ledger

YEAR, HALF = 12, 6
COSTS = ("selling", "admin", "finance", "cogs", "overhead", "production_cost")
SCALED_MAD = 1.4826


def out_of_proportion(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Other receivables above a fifth of all assets; advances from customers that half a year did not use up.

    Only where balances are known, above a floor, and for books of a year and more: new companies have no proportions.
    """
    over = sorted(flows.closed_months(ledger))
    ends = positions(ledger).ends
    if len(over) < YEAR or ends.is_empty():
        return []
    chart = [(a.code, a.role, a.category) for a in ledger.chart.accounts.values()]
    known = pl.DataFrame(chart, schema=dict.fromkeys(("account", "role", "category"), REPEATED), orient="row")
    last = ends.filter(pl.col("period") == over[-1]).join(known, on="account")
    assets = int(last.filter(pl.col("category") == "asset")["closing"].sum())
    found = []
    lent = last.filter(role_in("other_receivable", "receivable"), pl.col("closing") > 0)
    total = int(lent["closing"].sum())
    if assets > 0 and total >= max(settings["least_fen"], settings["share"] * assets):
        found.append(_proportion("receivable", over[-1], str(lent.sort("closing")["account"][-1]), total, assets))
    advance = -int(last.filter(role_in("advance"))["closing"].sum())
    fresh = flows.flow(ledger, "credit", "advance")
    old = advance - sum(fresh[period] for period in over[-HALF:])
    sold = sum(flows.revenue(ledger)[period] for period in over[-YEAR:])
    if sold > 0 and old >= max(settings["least_fen"], settings["share"] * sold):
        account = next(iter(ledger.chart.having("advance")), "")
        found.append(_proportion("advance", over[-1], account, old, sold))
    return found


def _proportion(what: str, period: str, account: str, fen: int, base: int) -> Finding:
    values: dict[str, Any] = {"period": period, "amount": str(Money(fen)), "share": f"{fen / base:.0%}"}
    message = (
        _("Other receivables at the end of %(period)s are %(amount)s, %(share)s of all assets", **values)
        if what == "receivable"
        else _("Advances older than half a year at the end of %(period)s are %(amount)s, %(share)s of a year’s sales",
               **values)
    )  # fmt: skip
    return Finding(
        rule="N13",
        object=f"{what}@{period[:4]}",
        severity="medium",
        confidence=0.6,
        message=message,
        period=period,
        account=account,
        amount=Money(fen),
        compared={"balance": yuan(fen), "base": yuan(base), "rate": f"{fen / base:.0%}"},
    )


def no_income(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per stretch of months with costs and no sales, after the first sale and not of a season.

    Before the first sale a company is being set up; that is said for information.
    """
    if ledger.standard == "npo" or not ledger.chart.having("revenue"):
        return []
    sold, spent = flows.revenue(ledger), flows.flow(ledger, "debit", *COSTS)
    over = [period for period in flows.months(ledger) if period in flows.closed_months(ledger)]
    found, stretch = [], list[str]()
    for period in [*over, ""]:
        if period and sold[period] == 0 and spent[period] >= settings["least_fen"]:
            stretch.append(period)
            continue
        if len(stretch) >= settings["months"]:
            earlier = any(sold[p] for p in over if p < stretch[0])
            costs = sum(spent[p] for p in stretch)
            found.append(_idle(stretch, costs, started=earlier, long=settings["long"]))
        stretch = []
    return found


def _idle(stretch: list[str], costs: int, *, started: bool, long: int) -> Finding:
    severity: Severity = "info" if not started else "high" if len(stretch) >= long else "low"
    return Finding(
        rule="N19",
        object=f"idle@{stretch[0]}",
        severity=severity,
        confidence=0.7,
        message=_("No sales from %(first)s to %(last)s, and costs of %(amount)s", first=stretch[0], last=stretch[-1],
                  amount=str(Money(costs))),
        period=stretch[-1],
        amount=Money(costs),
        compared={"months": len(stretch), "cost": yuan(costs), "since": stretch[0]},
    )  # fmt: skip


def odd_margin(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Two quarters running with cost above sales; months whose margin stands apart from a year of steady ones.

    Costs carried once a quarter make months meaningless: then only quarters are looked at.
    """
    sold, cost = flows.revenue(ledger), flows.flow(ledger, "net", "cogs")
    over = [period for period in flows.months(ledger) if period in flows.closed_months(ledger)]
    quarters = [q for q in dict.fromkeys(tuple(flows.quarter(p)) for p in over) if set(q) <= set(over)]
    sums = [(q, sum(sold[p] for p in q), sum(cost[p] for p in q)) for q in quarters]
    found = [_inverted(q, s, c) for (_quarter, s0, c0), (q, s, c) in pairwise(sums) if c0 > s0 > 0 and c > s > 0]
    active = [period for period in over if sold[period] > 0]
    if len(active) < YEAR or any(cost[period] <= 0 for period in active):
        return found
    margins = {period: 1 - cost[period] / sold[period] for period in active}
    usual = median(margins.values())
    spread = max(SCALED_MAD * median(abs(m - usual) for m in margins.values()), settings["steady"] / settings["z"])
    for period, margin in margins.items():
        off = abs(margin - usual)
        if off > settings["z"] * spread and off >= settings["points"]:
            found.append(_jump(period, margin, usual, sold[period]))
    return found


def _inverted(quarter: tuple[str, ...], sold: int, cost: int) -> Finding:
    return Finding(
        rule="N23",
        object=f"inverted@{quarter[-1]}",
        severity="medium",
        confidence=0.7,
        message=_("Cost of %(first)s to %(last)s is %(cost)s and above sales of %(sales)s, the second quarter running",
                  first=quarter[0], last=quarter[-1], cost=str(Money(cost)), sales=str(Money(sold))),
        period=quarter[-1],
        amount=Money(cost - sold),
        compared={"cost": yuan(cost), "sales": yuan(sold), "difference": yuan(cost - sold)},
    )  # fmt: skip


def _jump(period: str, margin: float, usual: float, sold: int) -> Finding:
    return Finding(
        rule="N23",
        object=f"margin@{period}",
        severity="low",
        confidence=0.5,
        message=_("The gross margin of %(period)s is %(margin)s; it is usually %(usual)s", period=period,
                  margin=f"{margin:.0%}", usual=f"{usual:.0%}"),
        period=period,
        amount=Money(round(abs(margin - usual) * sold)),
        compared={"margin": f"{margin:.1%}", "margin_usual": f"{usual:.1%}", "sales": yuan(sold)},
    )  # fmt: skip


RULES = [
    Rule(
        id="N13",
        name=_("Balance out of proportion"),
        explanation=_("Other receivables are a large part of all assets, or customers’ advances stay open."),
        reason=_("Large open balances often hide loans to owners, costs without invoice, or sales not booked."),
        cure=_("The balances are explained party by party, settled, or booked as sales or cost."),
        severity="medium",
        weight=0.4,
        run=out_of_proportion,
        settings={"share": 0.2, "least_fen": 500_000_00},
    ),
    Rule(
        id="N19",
        name=_("Months without income"),
        explanation=_("For months there were costs and no sales."),
        reason=_("Long zero returns with costs are looked at by the tax office; sales may be missing."),
        cure=_("The missing sales are booked, or season, set-up or standstill explains it."),
        severity="low",
        weight=0.5,
        run=no_income,
        settings={"months": 3, "long": 6, "least_fen": 3_000_00},
    ),
    Rule(
        id="N23",
        name=_("Gross margin"),
        explanation=_("Cost is above sales for two quarters, or one month’s margin is far from all others."),
        reason=_("Cost follows the sales it belongs to; a jump shows cost or sales in the wrong month or missing."),
        cure=_("The cost calculation explains the margin, or cost or sales are corrected."),
        severity="medium",
        weight=0.5,
        run=odd_margin,
        settings={"z": 6.0, "points": 0.3, "steady": 0.15},
    ),
]
