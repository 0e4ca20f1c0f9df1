"""N43 text against account: the words of a summary usually go to another account of this ledger."""

from __future__ import annotations

import polars as pl

from saas.checks.digest import digest
from saas.checks.once import per_ledger
from saas.checks.roles import role_like
from saas.checks.series import recurring_events
from saas.checks.signals.evidence import evidence
from saas.ledgers.frame import REPEATED, Ledger
from saas.ledgers.texts import spelled

LEAST_USES = 3
EXPENSE = r"^(?:selling|admin|overhead|finance|rd)\b"
UNANIMOUS = 0.55
STOP = "支付|收到|报销|发票|公司|有限|费用"  # pairs of characters that say nothing about the account


def text_against_account(ledger: Ledger) -> pl.DataFrame:
    """Each pair of characters votes for the accounts it usually comes with; the voucher's own vote is left out.

    Strength: how unanimously all the words name one other kind of account, less how well they fit the one booked. A
    pair of characters seen nowhere else votes for nobody, so a new kind of business is no wrong account. An expense
    account's own name votes like a few summaries.
    """
    events = recurring_events(ledger).filter(pl.col("key").cat.len_chars() >= 2, pl.col("kind") != "cost_carry")
    booked = events.select("voucher", "key").join(booked_on(ledger), on="voucher")
    kinds = booked.group_by("key", "target").agg(pl.len().alias("n"))
    named = pl.concat([kinds, _account_names(ledger)])
    votes = named.join(_grams(named["key"].unique()), on="key")
    together = votes.group_by("gram", "target").agg(pl.col("n").sum().alias("together"))
    uses = votes.group_by("gram").agg((pl.col("n").sum() - 1).alias("rest"))
    rare = kinds.filter(pl.col("n") <= 2).join(_grams(kinds["key"].unique()), on="key").join(uses, on="gram")
    rare = rare.with_columns(grams=pl.len().over("key", "target"))
    ballots = rare.filter(pl.col("rest") >= LEAST_USES).join(together, on="gram", suffix="_by")
    own = pl.col("target_by") == pl.col("target")
    share = pl.when(own).then(pl.col("together") - 1).otherwise("together") / pl.col("rest") / pl.col("grams")
    polls = (
        ballots.with_columns(share=share)
        .group_by("key", "target", "target_by")
        .agg(pl.col("share").sum(), pl.col("rest").median())
    )
    fits = polls.filter(pl.col("target_by") == pl.col("target")).select("key", "target", own="share")
    rivals = polls.filter(pl.col("target_by") != pl.col("target")).sort("share", descending=True)
    judged = rivals.unique(["key", "target"], keep="first").join(fits, on=["key", "target"], how="left")
    odd = booked.join(judged, on=["key", "target"]).with_columns(pl.col("own").fill_null(0.0))
    odd = odd.filter(pl.col("share") >= UNANIMOUS, pl.col("own") < 0.2)
    sure = pl.col("rest") / (pl.col("rest") + 3)
    return evidence(odd, "N43", 0.65 * (pl.col("share") - 1.5 * pl.col("own")).clip(0.0, 1.0) * sure)


def _account_names(ledger: Ledger) -> pl.DataFrame:
    """key, target, n: the last part of each expense account's name (通讯费), as if written LEAST_USES times."""
    expenses = digest(ledger).lines.filter(role_like(EXPENSE)).select("base", "account_name").unique()
    leaf = pl.col("account_name").cast(pl.String).str.split("-").list.last().str.strip_chars()
    named = expenses.select(leaf.alias("key").cast(REPEATED), (pl.col("base") + "D").alias("target").cast(REPEATED))
    return named.with_columns(n=pl.lit(LEAST_USES, dtype=pl.UInt32))


@per_ledger
def booked_on(ledger: Ledger) -> pl.DataFrame:
    """voucher, target: its accounts with sides, without money, taxes and what is owed by or to a party."""
    beside = role_like(r"^(?:cash|bank|other_money|ar|ap|other_payable|other_receivable|tax)\b")
    return spelled(digest(ledger).lines.filter(~beside), "voucher", "target", "base", "side")


def _grams(keys: pl.Series) -> pl.DataFrame:
    """key, gram: the overlapping pairs of characters (for Latin script: the words)."""
    frame = pl.DataFrame({"key": keys, "text": keys.cast(pl.String)}).filter(pl.col("text").str.len_chars() >= 2)
    length = pl.col("text").str.len_chars().cast(pl.Int64)
    pairs = frame.with_columns(at=pl.int_ranges(0, length - 1)).explode("at")
    grams = pairs.select("key", pl.col("text").str.slice(pl.col("at"), 2).alias("gram")).unique()
    return grams.filter(~pl.col("gram").str.contains(f"^(?:{STOP})$"))
