"""N12 money from shareholders that grows out of proportion, and N51 loans repaid for the year's end and lent again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks import flows
from saas.checks.finding import Finding, Rule
from saas.checks.roles import role_in
from saas.checks.rules.shareholders import owed_by_shareholders
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import next_month
from saas.ledgers.frame import Ledger

PAYABLE = ("other_payable", "payable")
REPAID = 0.8  # of what was open before: cleared for the year's end
FROM_DAY = 20


def owners_money(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per person whose money in the company grew by much within a year, measured by sales."""
    over = sorted(flows.closed_months(ledger))[-12:]
    if len(over) < 12:
        return []
    sold = sum(flows.revenue(ledger)[period] for period in over)
    owed = owed_by_shareholders(ledger, set(settings["shareholders"]))
    lent = owed.filter(role_in(*PAYABLE), pl.col("period").is_in(over), pl.col("owner"))
    found = []
    for (person,), part in sorted(lent.group_by("person"), key=lambda item: str(item[0][0])):
        grown = -int(part["net"].sum())
        if grown >= settings["least_fen"] and grown >= settings["share"] * sold:
            found.append(_grown(str(person), part, over[-1], grown, sold))
    return found


def _grown(person: str, part: pl.DataFrame, period: str, grown: int, sold: int) -> Finding:
    paid_in = part.filter(pl.col("net") < 0).sort("net")
    return Finding(
        rule="N12",
        object=f"{person}@{period[:4]}",
        severity="medium",
        confidence=0.6,
        message=_("The company owes %(person)s %(amount)s more than a year ago; its sales were %(sales)s",
                  person=person, amount=str(Money(grown)), sales=str(Money(sold))),
        vouchers=paid_in["voucher"].unique(maintain_order=True).to_list()[:10],
        rows=paid_in["row"].to_list()[:10],
        period=period,
        account=paid_in["account"][0],
        amount=Money(grown),
        compared={"person": person, "balance": yuan(grown), "sales": yuan(sold)},
    )  # fmt: skip


def lent_again(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per person and year: the loan cleared from 20 December on, and half of it lent again in January."""
    owed = owed_by_shareholders(ledger, set(settings["shareholders"]))
    dates = ledger.lines.select("row", "date")
    owed = owed.join(dates, on="row", how="left").filter(role_in("other_receivable", "receivable"))
    found = []
    for (person,), part in sorted(owed.group_by("person"), key=lambda item: str(item[0][0])):
        for december in [
            p for p in flows.months(ledger) if p.endswith("-12") and next_month(p) in flows.months(ledger)
        ]:
            late = (pl.col("period") == december) & (pl.col("date").dt.day().fill_null(31) >= FROM_DAY)
            back = part.filter(late, pl.col("net") < 0)
            again = part.filter(pl.col("period") == next_month(december), pl.col("net") > 0)
            before = int(
                part.filter((pl.col("period") < december) | ((pl.col("period") == december) & ~late))["net"].sum()
            )
            repaid, lent = -int(back["net"].sum()), int(again["net"].sum())
            cleared = before >= settings["least_fen"] and repaid >= REPAID * before
            if cleared and lent >= settings["share"] * repaid:
                found.append(_again(str(person), pl.concat([back, again]), december, repaid, lent))
    return found


def _again(person: str, part: pl.DataFrame, december: str, repaid: int, lent: int) -> Finding:
    return Finding(
        rule="N51",
        object=f"{person}@{december[:4]}",
        severity="high",
        confidence=0.85,
        message=_("%(person)s repaid %(repaid)s at the end of %(period)s and borrowed %(lent)s again in January",
                  person=person, repaid=str(Money(repaid)), period=december, lent=str(Money(lent))),
        vouchers=part["voucher"].unique(maintain_order=True).to_list(),
        rows=part["row"].to_list(),
        period=next_month(december),
        account=part["account"][-1],
        amount=Money(lent),
        compared={"person": person, "repaid": yuan(repaid), "lent_again": yuan(lent)},
    )  # fmt: skip


RULES = [
    Rule(
        id="N12",
        name=_("Shareholder’s money grows"),
        explanation=_("Within a year a shareholder put in more money than the company’s size explains."),
        reason=_("Sales kept off the books often come back as shareholder loans; tax offices look for it."),
        cure=_("Contract, bank slips and the source of the money are on file, or it is booked as sales or capital."),
        severity="medium",
        weight=0.5,
        run=owners_money,
        settings={"shareholders": (), "share": 0.5, "least_fen": 500_000_00},
    ),
    Rule(
        id="N51",
        name=_("Loan repaid and lent again"),
        explanation=_("A shareholder’s loan was cleared just before the year’s end and lent again in January."),
        reason=_("Repaying for a few days does not end the loan; it may be taxed as a dividend (财税〔2003〕158号)."),
        cure=_("The bank slips prove the repayment, and the new loan serves the business or is repaid."),
        severity="high",
        weight=0.75,
        run=lent_again,
        settings={"shareholders": (), "share": 0.5, "least_fen": 10_000_00},
    ),
]
