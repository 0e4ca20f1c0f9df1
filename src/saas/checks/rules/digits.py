"""N31 round sums, N32 first digits, N40 sums split to stay under a limit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule
from saas.checks.roles import role_like
from saas.checks.series import recurring_events
from saas.checks.signals.amounts import EXPENSE
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import month_name
from saas.ledgers.frame import Ledger

STEP = 10_000_00  # fen: what counts as round
DIGITS = range(1, 10)


def round_sums(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Large expenses of a round sum, where the ledger's expenses are hardly ever round. For information."""
    books = digest(ledger)
    events = recurring_events(ledger).filter(pl.col("kind") == "ordinary").select("voucher")
    large = books.lines.filter(role_like(EXPENSE), pl.col("side") == "D", pl.col("fen") >= STEP)
    large = large.join(events, on="voucher", how="semi")
    is_round = large.filter(pl.col("fen") % STEP == 0)
    if large.height < settings["least"] or is_round.height > settings["share"] * large.height:
        return []
    return [
        Finding(
            rule="N31",
            object=f"{row['voucher']}·{row['account']}",
            severity="info",
            confidence=0.3,
            message=_("%(voucher)s charges a round %(amount)s", voucher=row["voucher"],
                      amount=str(Money(row["fen"]))),
            vouchers=[row["voucher"]],
            rows=[row["row"]],
            period=month_name(row["month"]) if row["month"] is not None else None,
            account=row["account"],
            amount=Money(row["fen"]),
            compared={"amount": yuan(row["fen"])},
        )
        for row in is_round.sort("row").iter_rows(named=True)
    ]  # fmt: skip


def first_digits(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One remark on the whole ledger when the first digits of its amounts are not Benford's.

    Only with enough amounts over two orders of magnitude, without the program's own vouchers and repeated prices.
    """
    amounts = recurring_events(ledger).filter(pl.col("amount") > 0)["amount"].unique()
    if amounts.len() < settings["least"] or amounts.quantile(0.95) < 100 * (amounts.quantile(0.05) or 1):  # type: ignore[operator]
        return []
    digits = amounts.cast(pl.String).str.slice(0, 1).cast(pl.Int64)
    shares = {digit: int((digits == digit).sum()) / digits.len() for digit in DIGITS}
    off = sum(abs(shares[digit] - math.log10(1 + 1 / digit)) for digit in DIGITS) / len(DIGITS)
    if off <= settings["distance"]:
        return []
    return [
        Finding(
            rule="N32",
            object="digits",
            severity="info",
            confidence=0.2,
            message=_("The first digits of %(count)s amounts depart from Benford’s law by %(off)s on average",
                      count=amounts.len(), off=f"{off:.1%}"),
            compared={"count": amounts.len(), "rate": f"{off:.1%}"},
        )
    ]  # fmt: skip


def split_sums(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Several payments to one party, each a little under the limit, within a few days and together above it.

    Instalments of a contract and monthly dues have their own rhythm: more than a few such payments a year are a habit.
    """
    limit = settings["limit_fen"]
    books = digest(ledger)
    events = recurring_events(ledger).filter(pl.col("party") != "", pl.col("money"), pl.col("date").is_not_null())
    out = books.lines.filter(role_like(r"^(?:cash|bank|other_money)\b"), pl.col("side") == "C")
    near = events.filter(pl.col("amount") < limit, pl.col("amount") >= settings["near"] * limit)
    near = near.join(out.select("voucher").unique(), on="voucher", how="semi").sort("party", "date")
    near = near.filter(pl.len().over("party") <= 4)
    close = (pl.col("date") - pl.col("date").shift(1)).dt.total_days().over("party") <= settings["days"]
    near = near.with_columns(block=(~close.fill_null(False)).cum_sum().over("party"))
    found = []
    for (party, _block), group in near.group_by("party", "block", maintain_order=True):
        total = int(group["amount"].sum())
        if group.height >= 2 and total > limit:
            found.append(
                Finding(
                    rule="N40",
                    object=f"{party}@{group['date'][0]}",
                    severity="medium",
                    confidence=0.5,
                    message=_("%(count)s payments to %(person)s, each under %(limit)s, make %(amount)s within days",
                              count=group.height, person=str(party), limit=str(Money(limit)),
                              amount=str(Money(total))),
                    vouchers=group["voucher"].to_list(),
                    rows=[row for rows in group["rows"] for row in rows],
                    period=month_name(group["month"][-1]),
                    amount=Money(total),
                    compared={"amount": yuan(total), "limit": yuan(limit), "person": str(party)},
                )
            )  # fmt: skip
    return found


RULES = [
    Rule(
        id="N31",
        name=_("Round sums"),
        explanation=_("A large expense is a round sum where this ledger’s expenses are not."),
        reason=_("Real invoices are seldom round; estimates and invented entries often are."),
        cure=_("The document shows the round price."),
        severity="info",
        weight=0.15,
        run=round_sums,
        settings={"least": 20, "share": 0.1},
    ),
    Rule(
        id="N32",
        name=_("First digits"),
        explanation=_("The first digits of the ledger’s amounts are not distributed as natural amounts are."),
        reason=_("Natural amounts follow Benford’s law; fixed prices do not. It proves nothing by itself."),
        cure=_("Fixed prices or limits explain it."),
        severity="info",
        weight=0.05,
        run=first_digits,
        settings={"least": 500, "distance": 0.015},
    ),
    Rule(
        id="N40",
        name=_("Split to stay under a limit"),
        explanation=_("Several payments to one party lie just under a limit and together above it."),
        reason=_("Splitting goes round approval and reporting limits."),
        cure=_("Contract or deliveries explain the instalments, or the sum was approved."),
        severity="medium",
        weight=0.4,
        run=split_sums,
        settings={"limit_fen": 50_000_00, "near": 0.9, "days": 7},
    ),
]
