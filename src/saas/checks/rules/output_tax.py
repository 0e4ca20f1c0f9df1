"""N17 revenue against output VAT, month by month, and N45 sales without the tax line such sales always have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from saas.checks import flows
from saas.checks.finding import Finding, Rule
from saas.checks.once import per_ledger
from saas.checks.roles import role_in
from saas.checks.tax_rates import last_day, rates
from saas.checks.wording import REFUND, yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.ledgers.frame import Ledger
from saas.ledgers.texts import says

OUTPUT = ("tax.vat.output", "tax.vat.simple")  # 待转销项 is judged by nobody: its day has not come
LEVY = "tax.vat"  # a small-scale taxpayer's only column
ROUNDING = 100  # fen a line: each invoice rounds its tax
PER_SALE = 0.005  # of the tax, beyond rounding


@dataclass(frozen=True, slots=True)
class Sales:
    """Every voucher with revenue: voucher, period, rows, account (of the largest revenue line), net, tax (fen, as
    credits), money, customer, refund; and the share of sales without correction that carry a tax line."""

    frame: pl.DataFrame
    taxed: float
    rate: float | None  # what nearly all sales of the ledger were taxed at, a lawful rate; None when they differ


@per_ledger
def sales(ledger: Ledger) -> Sales:
    """The sales of a ledger with their tax. Reversed and red sales count in the months, not in the habits."""
    general = flows.taxpayer(ledger, {}) == "G"
    taxed_on = role_in(*OUTPUT) if general else pl.col("role") == LEVY
    income, account = role_in("revenue"), pl.col("account")
    own = flows.events(ledger).filter(pl.col("voucher").is_not_null())
    selling = own.filter(income)["voucher"].unique()
    frame = (
        own.filter(pl.col("voucher").is_in(selling.implode()))
        .group_by("voucher", maintain_order=True)
        .agg(
            pl.col("period", "pair", "kind").first(),
            pl.col("row").alias("rows"),
            account.filter(income).first().alias("account"),
            (-pl.col("net").filter(income).sum()).alias("net"),
            (-pl.col("net").filter(taxed_on).sum()).alias("tax"),
            role_in("tax.vat").any().alias("has_tax"),
            role_in("cash", "bank", "other_money", "ar", "advance", "other_receivable").any().alias("settled"),
            says("summary", REFUND).any().alias("refund"),
        )
    )
    usual = frame.filter(_ordinary())
    share = usual["has_tax"].mean()
    return Sales(frame, float(share) if isinstance(share, float) else 0.0, _usual_rate(usual))


def _ordinary() -> pl.Expr:
    return pl.col("net").gt(0) & pl.col("pair").is_null() & ~pl.col("refund")


def _usual_rate(usual: pl.DataFrame) -> float | None:
    """The lawful rate of nine in ten taxed sales."""
    taxed = usual.filter(pl.col("tax") > 0)
    if taxed.height < 6:
        return None
    shares = taxed.with_columns(r=(pl.col("tax") / pl.col("net") * 1000).round() / 1000)
    common, n = shares["r"].value_counts(sort=True).row(0)
    lawful = {float(value) for value in lawful_rates(str(taxed["period"].max()))}
    return float(common) if common in lawful and n >= 0.95 * taxed.height else None


def lawful_rates(period: str) -> set[Any]:
    """Every rate above zero at which a sale of the month may be taxed."""
    day = last_day(period)
    rows = [rates().find("vat.rate", day, "G"), rates().find("vat.levy", day, "S"), rates().find("vat.levy5", day)]
    rows.append(rates().find("vat.levy_relief", day, "S"))
    return {value for row in rows if row for value in row.numbers if value > 0}


def untaxed_sales(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per sale without a tax line where the sales on its account have one, unless its month ties anyway."""
    known = sales(ledger)
    if known.taxed < settings["usual"] or known.rate is None:
        return []
    own = known.frame.with_columns(
        habit=(pl.col("has_tax") & _ordinary()).sum().over("account") / _ordinary().sum().over("account"),
        n=_ordinary().sum().over("account"),
    )
    odd = own.filter(
        _ordinary(), ~pl.col("has_tax"), pl.col("settled"), pl.col("habit") >= settings["usual"],
        pl.col("n") >= settings["least"], pl.col("kind") == "ordinary",
    )  # fmt: skip
    short = {period: fen for period, fen, _rows in _short(known)}
    return [
        _untaxed(ledger, row, known.rate)
        for row in odd.iter_rows(named=True)
        if short.get(row["period"], 0) * 2 >= row["net"] * known.rate / (1 + known.rate)
    ]


def _short(known: Sales) -> list[tuple[str, int, list[str]]]:
    """(month, fen of output VAT that is missing, vouchers whose tax is not what the rate gives)."""
    rate = known.rate or 0.0
    found = []
    for (period,), part in sorted(known.frame.group_by("period"), key=lambda item: str(item[0][0])):
        due = pl.col("net") * rate
        off = part.filter((pl.col("tax") - due).abs() > ROUNDING + PER_SALE * due.abs())
        missing = round(int(part["net"].sum()) * rate) - int(part["tax"].sum())
        found.append((str(period), missing, off["voucher"].to_list()))
    return found


def _untaxed(ledger: Ledger, row: dict[str, Any], rate: float) -> Finding:
    tax = round(row["net"] * rate / (1 + rate))
    columns = ledger.chart.having("tax.vat.output") or ledger.chart.having(LEVY)
    leaves = [code for code in columns if ledger.chart.accounts[code].leaf]
    expected = [
        {"account": row["account"], "debit": yuan(tax), "credit": "0.00"},
        {"account": leaves[0], "debit": "0.00", "credit": yuan(tax)},
    ]
    return Finding(
        rule="N45",
        object=row["voucher"],
        severity="medium",
        confidence=0.8,
        message=_("%(voucher)s credits revenue of %(amount)s without VAT; sales on this account carry it",
                  voucher=row["voucher"], amount=str(Money(row["net"]))),
        vouchers=[row["voucher"]],
        rows=row["rows"],
        period=row["period"],
        account=row["account"],
        amount=Money(tax),
        compared={"booked": yuan(row["net"]), "tax_due": yuan(tax), "rate": f"{rate:.0%}", "expected": expected},
    )  # fmt: skip


def output_ties(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per month whose output VAT is not the revenue at the ledger's rate.

    Judged only where nearly all sales carry one lawful rate: then a month that does not tie has a wrong or missing
    line. Books with several rates, exempt sales or tax split at the month's end are left alone.
    """
    known = sales(ledger)
    found = _returns(ledger, settings)
    if known.rate is None or known.taxed < settings["usual"]:
        return found
    counted = dict(known.frame.group_by("period").len().iter_rows())
    for period, missing, off in _short(known):
        due = int(known.frame.filter(pl.col("period") == period)["net"].sum()) * known.rate
        if abs(missing) > max(ROUNDING * counted[period], PER_SALE * abs(due)) and off:
            found.append(_untied(known, period, missing, off))
    return found


def _untied(known: Sales, period: str, missing: int, off: list[str]) -> Finding:
    part = known.frame.filter(pl.col("period") == period)
    net, tax = int(part["net"].sum()), int(part["tax"].sum())
    rate = known.rate or 0.0
    return Finding(
        rule="N17",
        object=f"output@{period}",
        severity="high",
        confidence=0.8,
        message=_("Output VAT of %(period)s is %(tax)s; revenue of %(net)s at %(rate)s gives %(due)s", period=period,
                  tax=str(Money(tax)), net=str(Money(net)), rate=f"{rate:.0%}", due=str(Money(round(net * rate)))),
        vouchers=off[:20],
        rows=[row for rows in part.filter(pl.col("voucher").is_in(off[:20]))["rows"] for row in rows],
        period=period,
        amount=Money(abs(missing)),
        compared={"revenue": yuan(net), "rate": f"{rate:.0%}", "tax_due": yuan(round(net * rate)),
                  "tax_booked": yuan(tax), "difference": yuan(-missing)},
    )  # fmt: skip


def _returns(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Years whose sales by VAT return and by income tax return lie more than a tenth apart."""
    vat, cit = (settings["figures"].get(name, {}) for name in ("vat_sales", "cit_revenue"))
    found = []
    for period, declared in sorted(cit.items()):
        year = [vat.get(month) for month in vat if month[:4] == period[:4] and month <= period]
        told = sum(fen for fen in year if fen)
        if told and abs(told - declared) > settings["returns"] * max(told, declared):
            found.append(
                Finding(
                    rule="N17",
                    object=f"returns@{period}",
                    severity="high",
                    confidence=0.7,
                    message=_(
                        "The VAT returns to %(period)s show sales of %(vat)s, the income tax return %(cit)s",
                        period=period,
                        vat=str(Money(told)),
                        cit=str(Money(declared)),
                    ),
                    period=period,
                    amount=Money(abs(told - declared)),
                    compared={
                        "vat_sales": yuan(told),
                        "cit_revenue": yuan(declared),
                        "difference": yuan(told - declared),
                    },
                )
            )
    return found


RULES = [
    Rule(
        id="N17",
        name=_("Revenue against output VAT"),
        explanation=_("The month’s output VAT is not its revenue at the rate the books use, or the VAT and income tax "
                      "returns tell different sales."),
        reason=_("Every taxable sale carries VAT at its rate (增值税法第十条); tax offices compare both returns."),
        cure=_("The missing VAT is booked, or the difference is explained (exempt, timing, other rate)."),
        severity="high",
        weight=0.7,
        run=output_ties,
        settings={"usual": 0.95, "returns": 0.1, "taxpayer": None, "figures": {}},
        needs=("vat_sales", "cit_revenue"),
    ),
    Rule(
        id="N45",
        name=_("Sale without tax line"),
        explanation=_("Revenue was credited without VAT although the sales on that account carry it."),
        reason=_("Revenue booked gross hides output VAT; the month’s return then lacks it."),
        cure=_("The VAT is split from the revenue, or the sale is shown to be exempt."),
        severity="medium",
        weight=0.75,
        run=untaxed_sales,
        settings={"usual": 0.95, "least": 8, "taxpayer": None},
    ),
]  # fmt: skip
