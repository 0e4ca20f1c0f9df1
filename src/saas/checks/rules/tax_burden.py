"""N16: a general taxpayer's VAT in relation to sales, against its own past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saas.checks import flows
from saas.checks.finding import Finding, Rule
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.ledgers.frame import Ledger

YEAR = 12


def burden_changed(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding at the file's last month when twelve months' burden left the range of the twelve before.

    VAT payable comes from the returns where they are supplied, else from 转出未交增值税. With fewer than 24 months
    only the firm's benchmark can be compared, and only when it is set.
    """
    if flows.taxpayer(ledger, settings) != "G":
        return []
    moved = flows.flow(ledger, "net", "tax.vat.transfer_unpaid", "tax.vat.transfer_overpaid")
    payable = {**moved, **settings["figures"].get("vat_payable", {})}
    sales = flows.declared_sales(ledger, settings)
    over = sorted(flows.closed_months(ledger))
    now, before = _burden(payable, sales, over[-YEAR:]), _burden(payable, sales, over[-2 * YEAR : -YEAR])
    if now is None or not over:
        return []
    low = settings["benchmark"] and now < settings["benchmark"] * (1 - settings["change"])
    if before is not None and before > 0 and abs(now - before) > settings["change"] * before:
        return [_finding(over[-1], now, before, sum(sales[p] for p in over[-YEAR:]))]
    return [_finding(over[-1], now, settings["benchmark"], sum(sales[p] for p in over[-YEAR:]))] if low else []


def _burden(payable: Mapping[str, int], sales: Mapping[str, int], span: list[str]) -> float | None:
    """VAT ÷ sales over a whole year; None for less than a year or without sales."""
    sold = sum(sales.get(period, 0) for period in span)
    if len(span) < YEAR or sold <= 0:
        return None
    return sum(payable.get(period, 0) for period in span) / sold


def _finding(period: str, now: float, before: float, sales: int) -> Finding:
    return Finding(
        rule="N16",
        object=f"burden@{period}",
        severity="medium",
        confidence=0.5,
        message=_("VAT of the twelve months to %(period)s is %(now)s of sales; it was %(before)s", period=period,
                  now=f"{now:.2%}", before=f"{before:.2%}"),
        period=period,
        amount=Money(round(abs(now - before) * sales)),
        compared={"burden": f"{now:.2%}", "burden_before": f"{before:.2%}", "sales": yuan(sales)},
    )  # fmt: skip


RULES = [
    Rule(
        id="N16",
        name=_("VAT burden"),
        explanation=_("VAT in relation to sales is far from the year before, or below the firm’s benchmark."),
        reason=_("Tax offices watch the burden’s change; large purchases or unbilled sales explain most changes."),
        cure=_("The change is explained by purchases, prices or exempt sales, or the missing sales are booked."),
        severity="medium",
        weight=0.4,
        run=burden_changed,
        settings={"change": 0.3, "benchmark": 0.0, "taxpayer": None, "vat_by": "month", "figures": {}},
        needs=("vat_payable", "vat_sales"),
    ),
]
