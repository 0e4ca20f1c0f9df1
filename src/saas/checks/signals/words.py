"""N43 text against account: the words of a summary usually go to another account of this ledger."""

from __future__ import annotations

import polars as pl

from saas.checks.digest import digest
from saas.checks.series import recurring_events
from saas.checks.signals.evidence import evidence
from saas.ledgers.frame import Ledger

LEAST_USES = 4
STOP = "支付|收到|报销|发票|公司|有限|费用"  # pairs of characters that say nothing about the account


def text_against_account(ledger: Ledger) -> pl.DataFrame:
    """Each pair of characters votes for the accounts it usually comes with; the voucher's own vote is left out.

    Strength: how surely the words name other accounts, less how well any of them fits the accounts booked.
    """
    books = digest(ledger)
    events = recurring_events(books.vouchers).filter(pl.col("key").str.len_chars() >= 2, pl.col("kind") != "cost_carry")
    target = _targets(books.lines)
    booked = events.select("voucher", "key").join(target, on="voucher")
    kinds = booked.group_by("key", "target").agg(pl.len().alias("n"))
    grams = _grams(kinds["key"].unique())
    votes = kinds.join(grams, on="key")
    by_account = votes.group_by("gram", "target").agg(pl.col("n").sum().alias("together"))
    by_gram = votes.group_by("gram").agg(pl.col("n").sum().alias("uses"))
    top = by_account.sort("together", "target", descending=[True, False]).unique("gram", keep="first")
    top = top.rename({"target": "usual", "together": "usual_n"})
    judged = (
        votes.join(by_gram, on="gram")
        .join(by_account, on=["gram", "target"])
        .join(top, on="gram")
        .with_columns(rest=pl.col("uses") - 1)
        .filter(pl.col("rest") >= LEAST_USES)
        .with_columns(
            own=(pl.col("together") - 1) / pl.col("rest"),
            other=pl.when(pl.col("usual") != pl.col("target")).then(pl.col("usual_n") / pl.col("rest")).otherwise(0.0),
        )
        .group_by("key", "target")
        .agg(pl.col("own").max(), pl.col("other").max().alias("against"), pl.col("rest").max())
    )
    sure = pl.col("rest") / (pl.col("rest") + 4)
    strength = 0.6 * (pl.col("against") - 1.5 * pl.col("own")).clip(0.0, 1.0) * sure
    odd = booked.join(judged, on=["key", "target"]).filter(pl.col("against") >= 0.6, pl.col("own") < 0.2)
    return evidence(odd, "N43", strength)


def _targets(lines: pl.DataFrame) -> pl.DataFrame:
    """What a voucher is about: its accounts with sides, without cash, bank and the party's account."""
    beside = pl.col("role").str.contains(r"^(?:cash|bank|other_money|ar|ap|other_payable|other_receivable|tax)\b")
    accounts = (pl.col("base") + pl.col("side")).unique().sort().str.join("|")
    return lines.filter(~beside).group_by("voucher").agg(accounts.alias("target"))


def _grams(keys: pl.Series) -> pl.DataFrame:
    """key, gram: the overlapping pairs of characters (for Latin script: the words)."""
    frame = pl.DataFrame({"key": keys}).filter(pl.col("key").str.len_chars() >= 2)
    length = pl.col("key").str.len_chars().cast(pl.Int64)
    pairs = frame.with_columns(at=pl.int_ranges(0, length - 1)).explode("at")
    grams = pairs.select("key", pl.col("key").str.slice(pl.col("at"), 2).alias("gram")).unique()
    return grams.filter(~pl.col("gram").str.contains(f"^(?:{STOP})$"))
