"""N26: red entries that refer to nothing and crowd at the end of a period.

Innocent red stays silent: reversals of estimates, referenced corrections, red invoices with their number, returns and
refunds, interest income as a red debit, input VAT transferred out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule
from saas.checks.once import per_ledger
from saas.checks.roles import role_like
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import month_name
from saas.ledgers.frame import Ledger

SYSTEM = ("opening", "closing", "vat_transfer", "estimate", "estimate_reversal")
# red debits of 财务费用 are interest income; red input VAT is a transfer out
RESULT = r"^(?:revenue|income|cogs|selling|admin|loss|surcharge)\b"  # a single red entry here moves the profit
# 计提差异 is an ordinary voucher (accounting.md D22): its words say what was accrued too much
EXPLAINED = "转出|暂估|利息|多提|多计|多记|多转|少提|差异|尾差"
RED_BY_CUSTOM = r"^(?:finance|tax\.vat)"


def red_at_period_end(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding for each month whose last days hold more unexplained red vouchers than this ledger is used to."""
    red = unexplained_red(ledger)
    last_day = pl.col("date").dt.month_end().dt.day()
    in_month = pl.col("date").dt.year() * 12 + pl.col("date").dt.month() - 1 == pl.col("month")
    late = in_month & (last_day - pl.col("date").dt.day() < settings["last_days"])
    months = max(len(digest(ledger).months), 1)
    findings = []
    for (month,), group in red.filter(late).sort("month").group_by("month", maintain_order=True):
        elsewhere = (red.height - group.height) / months
        weighty = group["result"].any()
        if (group.height >= settings["least"] or weighty) and group.height >= 3 * elsewhere:
            findings.append(_crowd(group, int(str(month)), elsewhere))
    return findings


@per_ledger
def unexplained_red(ledger: Ledger) -> pl.DataFrame:
    """Vouchers with red lines that neither words nor accounts explain, with red_rows, red_fen, result (hits profit)."""
    books = digest(ledger)
    candidates = books.vouchers.filter(
        pl.col("red"),
        pl.col("month").is_not_null(),
        pl.col("kind").is_in(SYSTEM).not_(),
        pl.col("refers_to").is_null(),
        ~(pl.col("referenced") | pl.col("refund") | pl.col("correction")),
        pl.col("words").str.contains(EXPLAINED).not_(),
    )
    candidates = candidates.filter(~_names_its_original(candidates, books.vouchers))
    lines = books.lines.filter(pl.col("fen") < 0, role_like(RED_BY_CUSTOM).not_(), pl.col("reference") == "")
    red = lines.group_by("voucher").agg(
        pl.col("row").alias("red_rows"),
        pl.col("account").sort_by(role_like(RESULT), descending=True).first(),
        (-pl.col("fen")).max().alias("red_fen"),
        role_like(RESULT).any().alias("result"),
    )
    return candidates.join(red, on="voucher", maintain_order="left")


def _names_its_original(red: pl.DataFrame, vouchers: pl.DataFrame) -> pl.Expr:
    """A red copy of a voucher in these books that says so and repeats its words: 冲销计提4月房租."""
    originals = vouchers.filter(pl.col("voucher").is_in(red["pair"].drop_nulls().implode()), pl.col("key") != "")
    keys = dict(originals.select("voucher", "key").iter_rows())
    original = pl.col("pair").replace_strict(keys, default=None, return_dtype=pl.String)
    repeated = pl.col("key").cast(pl.String).str.contains(original, literal=True) & (pl.col("key") != original)
    return pl.col("reversal") & repeated.fill_null(False)


def _crowd(group: pl.DataFrame, month: int, elsewhere: float) -> Finding:
    total = Money(int(group["red_fen"].sum()))
    period = month_name(month)
    return Finding(
        rule="N26",
        object=f"red@{period}",
        severity="medium",
        confidence=round(min(0.55 + 0.1 * group.height, 0.9), 2),
        message=_(
            "%(count)s red vouchers without a reference (%(amount)s yuan) stand in the last days of %(period)s.",
            count=group.height,
            amount=str(total),
            period=period,
        ),
        vouchers=group["voucher"].to_list(),
        rows=sorted(row for rows in group["red_rows"] for row in rows),
        period=period,
        account=group["account"][0],
        amount=total,
        compared={
            "red_vouchers": [
                {"voucher": v, "date": str(d), "summary": s, "amount": yuan(-f)}
                for v, d, s, f in group.select("voucher", "date", "text", "red_fen").iter_rows()
            ],
            "usual_per_month": round(elsewhere, 2),
        },
    )


RULES = [
    Rule(
        id="N26",
        name=_("Red entries crowded at period end"),
        explanation=_(
            "Red (negative) vouchers without a reference to a voucher, an invoice or a return stand in the last days "
            "of a month: results may have been adjusted to a wish."
        ),
        reason=_(
            "A red entry must name the voucher it cancels and the reason "
            "(Basic Work Norms of Accounting, Art. 51); the auditing standards test entries made at the period's end."
        ),
        cure=_("Each red voucher names what it cancels, or is cancelled itself."),
        severity="medium",
        weight=0.7,
        run=red_at_period_end,
        settings={"last_days": 3, "least": 2},
    )
]
