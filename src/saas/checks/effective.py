"""The books as they stand once corrections are read together with what they correct.

A red-letter correction leaves the wrong voucher in the books. Here original, red and blue become one voucher with the
original's date and number and the sum of their lines, and a late booking counts for the month it names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from saas.checks.corrections import Correction
from saas.checks.positions import months_between
from saas.checks.voucher_kinds import vouchers
from saas.ledgers.frame import LINES, REPEATED, Ledger

LATE = re.compile(r"补[记提计录]")
MONTHS = re.compile(r"(?:(?P<year>\d{4})年)?(?P<first>\d{1,2})月?(?:份)?(?:\s*[-—~～至到、]\s*(?P<last>\d{1,2}))?月")


def effective(after: Ledger, corrections: Sequence[Correction] = (), missed: str | None = None) -> Ledger:
    """`missed` is the month that a linked late booking without a named month makes up for."""
    posted = posted_as(after, corrections)
    folded = _folded(after, posted)
    return _late(folded, {v for v, c in posted.items() if c.refers_to is None and c.kind == "blue"}, missed)


def posted_as(after: Ledger, corrections: Sequence[Correction]) -> dict[str, Correction]:
    """The voucher under which each correction stands in the books: equal on account, auxiliary, side and fen.

    Of several equal vouchers the one with its number is taken, else the last that is free.
    """
    entries = dict(
        after.lines.filter(pl.col("void").fill_null(False).not_())
        .group_by("voucher", maintain_order=True)
        .agg(pl.struct("account", pl.col("aux").fill_null(""), "debit", "credit"), pl.col("number").first())
        .select("voucher", pl.struct("account", "number"))
        .iter_rows()
    )
    found: dict[str, Correction] = {}
    for correction in corrections:
        wanted = sorted((line.account, line.aux, line.debit, line.credit) for line in correction.lines)
        fit = [
            v
            for v, e in entries.items()
            if v not in found and wanted == sorted(tuple(x.values()) for x in e["account"])
        ]
        if correction.kind == "refill":
            fit = [v for v in fit if v == correction.refers_to]
        numbered = [v for v in fit if correction.number is not None and entries[v]["number"] == correction.number]
        dated = [v for v in numbered if v.startswith(f"{correction.date:%Y-%m}")] or numbered
        if fit:
            found[(dated or fit)[-1]] = correction
    return found


def _folded(after: Ledger, posted: dict[str, Correction]) -> Ledger:
    """Corrections summed into the voucher they refer to; a voucher that comes to nothing disappears."""
    onto = _targets(after, posted)
    if not onto:
        return after
    touched = set(onto) | set(onto.values())
    head = ("period", "date", "word", "number", "number_text", "summary", "preparer", "source")
    lines = after.lines
    heads = lines.unique("voucher", keep="first").select("voucher", *head)
    moved = lines.filter(pl.col("voucher").is_in(list(touched))).with_columns(pl.col("voucher").replace(onto))
    summed = (
        moved.with_columns(pl.col("aux").fill_null(""))
        .group_by("voucher", "account", "aux", maintain_order=True)
        .agg(pl.all().exclude("debit", "credit", *head).first(), pl.col("debit", "credit").sum())
        .filter((pl.col("debit") != 0) | (pl.col("credit") != 0))
        .with_columns(net=pl.col("debit") - pl.col("credit"), both=(pl.col("debit") != 0) & (pl.col("credit") != 0))
        .with_columns(
            debit=pl.when("both").then(pl.col("net").clip(lower_bound=0)).otherwise("debit"),
            credit=pl.when("both").then((-pl.col("net")).clip(lower_bound=0)).otherwise("credit"),
        )
        .filter((pl.col("debit") != 0) | (pl.col("credit") != 0))
        .join(heads, on="voucher")
        .select(list(LINES))
    )
    rest = lines.filter(~pl.col("voucher").is_in(list(touched)))
    return replace(after, lines=pl.concat([rest, summed]).sort("row"))


def _targets(after: Ledger, posted: dict[str, Correction]) -> dict[str, str]:
    """correcting voucher → the voucher it belongs to, through chains of corrections.

    Equal amounts alone make no pair here: the correction must name what it corrects, or be linked to it.
    """
    found = vouchers(after).filter(pl.col("corrects") != "", pl.col("refers_to").is_not_null())
    onto = dict(found.select("voucher", "refers_to").iter_rows())
    onto |= {v: c.refers_to for v, c in posted.items() if c.refers_to and c.refers_to != v}
    onto |= {v: c.refers_to for c in posted.values() if c.refers_to for v in c.also}
    there = set(after.lines["voucher"].to_list())
    return {v: root for v in onto if (root := _root(v, onto)) != v and root in there}


def _root(voucher: str, onto: dict[str, str]) -> str:
    seen = {voucher}
    while voucher in onto and onto[voucher] not in seen:
        voucher = onto[voucher]
        seen.add(voucher)
    return voucher


def _late(ledger: Ledger, linked: set[str], missed: str | None) -> Ledger:
    """Late bookings moved to the month they name, or split over the months they name."""
    periods = set(ledger.lines["period"].drop_nulls().to_list())
    words = ledger.lines.group_by("voucher", maintain_order=True).agg(pl.col("summary", "period").first())
    moved = []
    for voucher, summary, period in words.iter_rows():
        months = named_months(summary or "", period or "") if voucher in linked or LATE.search(summary or "") else []
        if voucher in linked and not months and missed:
            months = [missed]
        months = [m for m in months if m in periods]
        if months and months != [period]:
            moved.append((voucher, months))
    if not moved:
        return ledger
    late = [v for v, _months in moved]
    parts = [_spread(ledger.lines.filter(pl.col("voucher") == v), months) for v, months in moved]
    return replace(ledger, lines=pl.concat([ledger.lines.filter(~pl.col("voucher").is_in(late)), *parts]).sort("row"))


def _spread(lines: pl.DataFrame, months: list[str]) -> pl.DataFrame:
    """One voucher in equal parts over these months, the odd fen in the last, dated on the month's 28th."""
    parts = []
    for at, month in enumerate(months):
        last = at == len(months) - 1
        share = [
            (pl.col(c) - pl.col(c) // len(months) * at if last else pl.col(c) // len(months)).alias(c)
            for c in ("debit", "credit")
        ]
        day = pl.lit(f"{month}-28").str.to_date()
        named = pl.format("{} → {}", "voucher", pl.lit(month)) if len(months) > 1 else pl.col("voucher")
        placed = {"voucher": named.cast(REPEATED), "period": pl.lit(month, REPEATED), "date": day}
        parts.append(lines.with_columns(*share, **placed).select(lines.columns))
    return pl.concat(parts)


def named_months(summary: str, period: str) -> list[str]:
    """The months a summary names: 补提2026年3—4月折旧 → 2026-03, 2026-04; without a year, that of the voucher."""
    found = MONTHS.search(summary)
    if not found:
        return []
    year = found["year"] or period[:4]
    first, last = int(found["first"]), int(found["last"] or found["first"])
    if not (1 <= first <= last <= 12):
        return []
    return months_between(f"{year}-{first:02d}", f"{year}-{last:02d}")
