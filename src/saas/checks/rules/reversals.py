"""N39: a voucher with its sides exchanged.

The accounts are the mirror image of what this ledger always books, and no word speaks of a refund, return or reversal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule
from saas.checks.roles import role_like
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import month_name
from saas.ledgers.frame import Ledger
from saas.ledgers.texts import says

SYSTEM = ("opening", "closing", "vat_transfer", "estimate", "estimate_reversal")
TWO_WAY = "还款|借款|归还|冲抵|转回|备用金|押金|保证金|多付|多收|往来|对冲|抵账|核销|坏账|清理|报废"
EXPENSE = r"^(?:selling|admin|overhead|rd|finance|cogs|production_cost)\b"
IN = r"^(?:收到|收回|收[^入]|回款|到账|(?i:receipt|received))"
OUT = r"^(?:支付|付|缴纳|缴|交纳|发放|偿还|购买|购|报销|(?i:pay|paid|purchase))"


def reversed_sides(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Vouchers whose pattern is rare while its mirror is common, where the wording agrees with the mirror.

    The wording agrees when the same words, or the same leading verb, usually have the mirrored accounts, or when it
    says that money came in while the bank is credited (or went out while it is debited). An expense credited against
    incoming money needs no words.
    """
    suspects = _suspects(ledger, settings)
    return [_finding(ledger, voucher) for voucher in suspects.iter_rows(named=True)]


def _suspects(ledger: Ledger, settings: Mapping[str, Any]) -> pl.DataFrame:
    books = digest(ledger)
    money = books.lines.filter(role_like(r"^(?:cash|bank|other_money)\b"))
    money_in = money.group_by("voucher").agg(
        pl.when(pl.col("side") == "D").then("fen").otherwise(-pl.col("fen")).sum().alias("money_in")
    )
    events = books.vouchers.filter(
        pl.col("month").is_not_null(),
        pl.col("kind").is_in(SYSTEM).not_(),
        pl.col("pair").is_null(),
        pl.col("corrects").fill_null("") == "",
        ~(pl.col("refund") | pl.col("reversal") | pl.col("red")),
        pl.col("words").str.contains(TWO_WAY).not_(),
    ).with_columns(pl.col("key").cat.slice(0, 2).alias("verb"))
    suspects = events.filter(pl.col("pattern") != pl.col("mirror")).join(money_in, on="voucher", how="left")
    for by in ("", "key", "verb"):
        suspects = _with_counts(suspects, events, by)
    inward, outward = says("text", IN), says("text", OUT)
    against = (inward & (pl.col("money_in") < 0)) | (outward & (pl.col("money_in") > 0))
    same_words = (pl.col("key") != "") & (pl.col("key_mirror") >= 2) & (pl.col("key_mirror") >= 4 * pl.col("key_own"))
    same_verb = (pl.col("verb") != "") & (pl.col("verb_mirror") >= settings["common"])
    credited = books.lines.filter(role_like(EXPENSE), pl.col("side") == "C", role_like("interest").not_())
    suspects = suspects.with_columns(expense_credited=pl.col("voucher").is_in(credited["voucher"].unique().to_list()))
    backwards = pl.col("expense_credited") & (pl.col("money_in") > 0)
    rare = pl.col("own") <= pl.max_horizontal(
        1, pl.min_horizontal(settings["at_most"], pl.col("mirrored") * settings["rare"])
    )
    return suspects.with_columns(against=against.fill_null(False), same_words=same_words).filter(
        (rare & (pl.col("mirrored") >= settings["common"]) & (same_words | same_verb | pl.col("against") | backwards))
        | (rare & same_words)
        | (rare & pl.col("against") & (pl.col("mirrored") >= 2))
    )


def _with_counts(suspects: pl.DataFrame, events: pl.DataFrame, by: str) -> pl.DataFrame:
    """How many events have this pattern and its mirror: of the ledger, of the same words, of the same verb."""
    keys = [by] if by else []
    own, mirrored = (f"{by}_own", f"{by}_mirror") if by else ("own", "mirrored")
    counts = events.group_by([*keys, "pattern"]).agg(pl.len().cast(pl.Int64).alias("n"))
    direct = counts.rename({"n": own})
    turned = counts.rename({"n": mirrored, "pattern": "mirror"})
    joined = suspects.join(direct, on=[*keys, "pattern"], how="left").join(turned, on=[*keys, "mirror"], how="left")
    return joined.with_columns(pl.col(own, mirrored).fill_null(0))


def _finding(ledger: Ledger, voucher: dict[str, Any]) -> Finding:
    lines = digest(ledger).lines.filter(pl.col("voucher") == voucher["voucher"])
    swapped = [
        {
            "account": line["account"],
            "account_name": line["account_name"],
            "aux": line["aux"],
            "credit" if line["side"] == "D" else "debit": yuan(line["fen"]),
        }
        for line in lines.iter_rows(named=True)
    ]
    confidence = 0.5 + 0.25 * voucher["same_words"] + 0.2 * voucher["against"]
    return Finding(
        rule="N39",
        object=voucher["voucher"],
        severity="high" if confidence >= 0.7 else "medium",
        confidence=round(min(confidence, 0.95), 2),
        message=_(
            "%(voucher)s “%(summary)s” has its sides exchanged: %(mirrored)s vouchers book it the other way round.",
            voucher=voucher["voucher"],
            summary=voucher["text"],
            mirrored=voucher["mirrored"],
        ),
        vouchers=[voucher["voucher"]],
        rows=voucher["rows"],
        period=month_name(voucher["month"]),
        account=lines["account"][0],
        amount=Money(voucher["amount"]),
        compared={
            "this_way": voucher["own"],
            "other_way": voucher["mirrored"],
            "other_way_same_words": voucher["key_mirror"],
            "expected": {"summary": voucher["text"], "lines": swapped},
        },
    )


RULES = [
    Rule(
        id="N39",
        name=_("Debit and credit exchanged"),
        explanation=_(
            "The voucher books accounts the other way round than this ledger always does with this wording, and "
            "nothing says refund, return or reversal."
        ),
        reason=_("Double entry: an exchanged entry misstates both accounts by twice its amount."),
        cure=_("The voucher is cancelled in red and booked again with its sides right."),
        severity="high",
        weight=0.8,
        run=reversed_sides,
        settings={"common": 5, "rare": 0.1, "at_most": 3},
    )
]
