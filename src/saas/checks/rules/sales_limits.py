"""N28 and N29: the two sales limits of a small-scale taxpayer, the yearly one and the month's or quarter's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from saas.checks import flows
from saas.checks.finding import Finding, Rule, Severity
from saas.checks.roles import role_in
from saas.checks.tax_rates import last_day, rates
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.rates import Row
from saas.ledgers.frame import Ledger

YEAR = 12  # months in which sales are added up
SHARES: tuple[tuple[float, Severity], ...] = ((1.0, "high"), (0.9, "low"), (0.8, "info"), (0.7, "info"))
CLEARLY = 1.05
WHOLE = 0.9  # a relief of so much of the quarter's VAT treats the quarter as exempt


def past_the_limit(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """The highest mark that twelve months' sales have passed (70, 80, 90 or 100 % of the limit), with its first month.

    Sales are those of the VAT return where it is supplied, else the ledger's revenue, which lacks exempt and audited
    amounts: the notice before the limit is for information, the limit itself is a finding.
    """
    if flows.taxpayer(ledger, settings) != "S":
        return []
    sales = flows.declared_sales(ledger, settings)
    months, best = sorted(sales), None
    for at, period in enumerate(months):
        row = rates().find("vat.small_limit", last_day(period))
        if row is None or not isinstance(row.value, Decimal):
            continue  # until 2018 the limit depended on the trade
        passed = sum(sales[month] for month in months[max(0, at - YEAR + 1) : at + 1])
        reached = next(((share, level) for share, level in SHARES if passed > share * row.money.fen), None)
        if reached is not None and (best is None or reached[0] > best[0]):
            best = (*reached, period, passed, row)
    return [_limit(ledger, *best)] if best else []


def _limit(ledger: Ledger, share: float, severity: Severity, period: str, sales: int, row: Row) -> Finding:
    limit = row.money.fen
    values: dict[str, Any] = {"period": period, "sales": str(Money(sales)), "limit": str(row.money)}
    message = (
        _("Sales of the twelve months to %(period)s are %(sales)s, above the limit of %(limit)s", **values)
        if share == 1
        else _("Sales of the twelve months to %(period)s are %(sales)s and near the limit of %(limit)s", **values)
    )
    return Finding(
        rule="N28",
        object=f"limit-{share:.0%}@{period}",
        severity=severity,
        confidence=0.8,
        message=message,
        vouchers=_largest(ledger, period) if share == 1 else [],
        period=period,
        amount=Money(sales),
        compared={"sales": yuan(sales), "limit": yuan(limit), "left": yuan(max(limit - sales, 0)), "law": row.source},
    )


def _largest(ledger: Ledger, period: str) -> list[str]:
    """The largest sale of the month that passed the limit."""
    sales = flows.events(ledger).filter(role_in("revenue"), pl.col("period") == period, pl.col("net") < 0)
    return sales.sort("net")["voucher"].drop_nulls().head(1).to_list()


def near_the_threshold(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Quarters (or months) whose sales are near the threshold, and those exempted although they reached it."""
    if flows.taxpayer(ledger, settings) != "S":
        return []
    sales = flows.declared_sales(ledger, settings)
    by_month = settings["vat_by"] == "month"
    found = []
    for span in _spans(sorted(sales), by_month):
        if not set(span) <= flows.closed_months(ledger):
            continue
        row = _threshold(span[-1], by_month)
        total = sum(sales[period] for period in span)
        if row is None or not total:
            continue
        taxed = total > row.money.fen if row.item.startswith("vat.exempt") else total >= row.money.fen
        relieved = _relieved(ledger, span)
        if taxed and relieved:
            found.append(_exempted(span, total, row, relieved))
        elif abs(total - row.money.fen) <= settings["window"] * row.money.fen:
            found.append(_near(span, total, row))
    return found


def _spans(months: list[str], by_month: bool) -> list[list[str]]:
    """The months, or the quarters that are wholly in the file."""
    if by_month:
        return [[period] for period in months]
    quarters = {tuple(flows.quarter(period)) for period in months}
    return [list(span) for span in sorted(quarters) if set(span) <= set(months)]


def _threshold(period: str, by_month: bool) -> Row | None:
    unit = "month" if by_month else "quarter"
    day = last_day(period)
    return rates().find(f"vat.threshold_{unit}", day, "S") or rates().find(f"vat.exempt_{unit}", day, "S")


def _relieved(ledger: Ledger, span: list[str]) -> list[str]:
    """Vouchers that moved all of the span's VAT to income, as an exempt quarter does."""
    vat = flows.events(ledger).filter(role_in("tax.vat"), pl.col("period").is_in(span))
    owed = vat.filter(pl.col("net") < 0)["net"].sum()
    income = flows.events(ledger).filter(
        role_in("income.nonop", "income.other_gain"), pl.col("period").is_in(span), pl.col("net") < 0
    )
    given = vat.filter(pl.col("voucher").is_in(income["voucher"].unique().implode()), pl.col("net") > 0)
    return given["voucher"].unique().sort().to_list() if int(given["net"].sum()) >= WHOLE * -int(owed) > 0 else []


def _exempted(span: list[str], total: int, row: Row, vouchers: list[str]) -> Finding:
    return Finding(
        rule="N29",
        object=f"exempted@{span[-1]}",
        severity="high" if total > CLEARLY * row.money.fen else "low",  # revenue may still hold its tax
        confidence=0.75,
        message=_("Sales of %(first)s to %(last)s are %(sales)s and reach the threshold of %(limit)s, but the VAT was "
                  "taken to income as exempt", first=span[0], last=span[-1], sales=str(Money(total)),
                  limit=str(row.money)),
        vouchers=vouchers,
        period=span[-1],
        amount=Money(total),
        compared={"sales": yuan(total), "limit": yuan(row.money.fen), "law": row.source},
    )  # fmt: skip


def _near(span: list[str], total: int, row: Row) -> Finding:
    return Finding(
        rule="N29",
        object=f"near@{span[-1]}",
        severity="info",
        confidence=0.5,
        message=_("Sales of %(first)s to %(last)s are %(sales)s, close to the threshold of %(limit)s", first=span[0],
                  last=span[-1], sales=str(Money(total)), limit=str(row.money)),
        period=span[-1],
        amount=Money(total),
        compared={"sales": yuan(total), "limit": yuan(row.money.fen),
                  "difference": yuan(total - row.money.fen), "law": row.source},
    )  # fmt: skip


RULES = [
    Rule(
        id="N28",
        name=_("Small-scale limit"),
        explanation=_("A small-scale taxpayer’s sales of twelve months come near the limit, or pass it."),
        reason=_("Above it the general method applies from the first day of the period that passed it "
                 "(增值税法第九条、实施条例第三十六条)."),
        cure=_("The client is registered as a general taxpayer, or the sales turn out lower."),
        severity="high",
        weight=0.7,
        run=past_the_limit,
        settings={"taxpayer": None, "vat_by": "quarter", "figures": {}},
        needs=("vat_sales",),
    ),
    Rule(
        id="N29",
        name=_("Exemption threshold"),
        explanation=_("Sales are close to the exemption threshold, or the VAT was exempted although they reached it."),
        reason=_("At the threshold the whole amount is taxed, not only what lies above it (增值税法第二十三条)."),
        cure=_("The exempted VAT is booked back, or the sales turn out lower."),
        severity="low",
        weight=0.5,
        run=near_the_threshold,
        settings={"taxpayer": None, "vat_by": "quarter", "window": 0.1, "figures": {}},
        needs=("vat_sales",),
    ),
]  # fmt: skip
