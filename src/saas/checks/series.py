"""Recurring entries: the same accounts and a summary that differs only in its month, number or party (domain.md F7).

A ledger is looked at three times, from the most specific to the most general: the same words and party, the same words,
the same accounts. The words come first, so that a member booked to a wrong account still belongs to its series.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from saas.checks.digest import Digest, digest
from saas.checks.once import per_ledger
from saas.ledgers.frame import REPEATED, Ledger

Level = Literal["party", "words", "accounts"]
LEVELS: dict[Level, list[str]] = {"party": ["key", "party"], "words": ["key"], "accounts": ["form"]}

NOT_RECURRING = ("opening", "closing", "vat_transfer", "estimate", "estimate_reversal", "own_transfer")
LEAST_MEMBERS = 4
OWN_FORM = (
    0.6  # share of a wording's vouchers that must agree on the accounts, else each pattern is a series of its own
)
COMPLETE_MONTH = 0.25  # a month with fewer vouchers than this share of the median month is only partly in the file


@dataclass(frozen=True, slots=True)
class Recurring:
    """Two frames.

    members: series, level, voucher, month, counted (the month it stands for), date, amount, form, usual_form, key,
    party, text, named, rows; one row per series and voucher.
    series: series, level, form, key, party, text (the latest summary), n, first, last (months), span (complete months
    from first to last), present (of them with a member), per_month (the usual number), dispersion (variance ÷ mean of
    the monthly numbers; 0 = like clockwork), usual (median fen), spread (scaled MAD of ln fen), fixed (the commonest
    fen), fixed_n (how often).
    """

    members: pl.DataFrame
    series: pl.DataFrame
    months: list[int]  # the complete months, ascending


@per_ledger
def find(ledger: Ledger) -> Recurring:
    """Every series with four members or more, whatever its rhythm; the rules ask for more."""
    books = digest(ledger)
    months = complete_months(books)
    events = recurring_events(ledger)
    members = pl.concat([_members(events, level) for level in LEVELS])
    return Recurring(members, _described(members, months), months)


def complete_months(books: Digest) -> list[int]:
    """The months that are wholly in the file, judged by their number of vouchers."""
    counts = books.vouchers.drop_nulls("month").group_by("month").len("n").sort("month")
    floor = (counts["n"].median() or 0) * COMPLETE_MONTH  # type: ignore[operator]
    return counts.filter(pl.col("n") >= floor)["month"].to_list()


@per_ledger
def recurring_events(ledger: Ledger) -> pl.DataFrame:
    """The vouchers that can be members: business events that nothing reverses and that correct nothing."""
    return digest(ledger).vouchers.filter(
        pl.col("month").is_not_null(),
        pl.col("kind").is_in(NOT_RECURRING).not_(),
        pl.col("pair").is_null(),
        pl.col("corrects").fill_null("") == "",
        pl.col("correction").not_(),
    )


def _members(events: pl.DataFrame, level: Level) -> pl.DataFrame:
    by = LEVELS[level]
    if level != "accounts":
        events = events.filter(pl.col("key") != "")
    patterns = events.group_by([*by, "form"] if "form" not in by else by).len("n")
    usual = patterns.sort("n", "form", descending=[True, False]).group_by(by, maintain_order=True)
    shares = usual.agg(
        pl.col("form").first().alias("usual_form"), (pl.col("n").first() / pl.col("n").sum()).alias("share")
    )
    joined = events.join(shares.select(*by, "usual_form", "share"), on=by, maintain_order="left")
    form = pl.when(pl.col("share") >= OWN_FORM).then("usual_form").otherwise("form")
    own = [*(c for c in by if c != "form"), "usual_form"]
    members = joined.with_columns(usual_form=form).filter(pl.len().over(own) >= LEAST_MEMBERS)
    name = pl.concat_str(pl.lit(level), *own, separator="·").cast(REPEATED)
    members = members.join(members.select(own).unique().with_columns(series=name), on=own, maintain_order="left")
    lag = (pl.col("named") - pl.col("month")).mode().sort().first().over("series")
    return members.select(
        "series",
        pl.lit(level, REPEATED).alias("level"),
        *("voucher", "month"),
        pl.when(pl.col("named").is_null()).then("month").otherwise(pl.col("named") - lag).alias("counted"),
        *("date", "amount", "form", "usual_form", "key", "party", "text", "named", "rows"),
    )


def _described(members: pl.DataFrame, months: list[int]) -> pl.DataFrame:
    order = pl.DataFrame({"month": months, "place": range(len(months))}, schema={"month": pl.Int32, "place": pl.Int64})
    regular = pl.col("form") == pl.col("usual_form")
    log = pl.col("amount").filter(regular, pl.col("amount") > 0).log()
    described = members.group_by("series", maintain_order=True).agg(
        pl.col("level", "usual_form").first(),
        pl.col("key").filter(regular).last(),
        pl.col("party").filter(regular).last(),
        pl.col("text").filter(regular).last(),
        pl.len().alias("n"),
        pl.col("month").min().alias("first"),
        pl.col("month").max().alias("last"),
        pl.col("amount").filter(regular).median().alias("usual"),
        ((log - log.median()).abs().median() * 1.4826).alias("spread"),
        pl.col("amount").filter(regular).mode().sort().first().alias("fixed"),
    )
    fixed = members.join(described.select("series", "fixed"), on="series").filter(pl.col("amount") == pl.col("fixed"))
    described = described.join(fixed.group_by("series").len("fixed_n"), on="series", how="left")
    rhythm = (
        members.join(order, on="month")
        .group_by("series", "place")
        .len("c")
        .with_columns(pl.col("c").cast(pl.Int64))
        .group_by("series")
        .agg(
            (pl.col("place").max() - pl.col("place").min() + 1).alias("span"),
            pl.col("c").sum().alias("counted_n"),
            (pl.col("c") ** 2).sum().alias("squares"),
            pl.col("c").mode().sort().first().alias("per_month"),
            pl.len().alias("present"),
        )
        .with_columns(mean=pl.col("counted_n") / pl.col("span"))
        .with_columns(dispersion=(pl.col("squares") / pl.col("span") - pl.col("mean") ** 2) / pl.col("mean"))
    )
    kept = rhythm.select("series", "span", "present", "per_month", "dispersion")
    return described.rename({"usual_form": "form"}).join(kept, on="series")
