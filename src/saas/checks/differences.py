"""What changed between two imports of the same books, voucher by voucher, in a canonical form.

Only what the books say counts: date, accounts, auxiliary items and amounts, and apart from them the words. New columns,
another order of lines or of the file, and names of accounts change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from saas.ledgers.frame import Ledger


@dataclass(frozen=True, slots=True)
class Changed:
    """A voucher that kept its number but not its content. what: "date", "amount", "account", "auxiliary" or "lines"."""

    voucher: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """Voucher ids; void vouchers count as not in the books."""

    added: list[str]
    deleted: list[str]
    changed: list[Changed]
    renumbered: dict[str, str]  # old id → new id
    reworded: list[str]


def differences(before: Ledger, after: Ledger) -> Differences:
    """Differences in the periods that `before` holds; later periods are new business, not a change."""
    periods = before.lines["period"].unique()
    old = _canonical(before.lines)
    new = _canonical(after.lines.filter(pl.col("period").is_in(periods.implode())))
    both = old.join(new, on="voucher", suffix="_new")
    same = both.filter(pl.col("content") == pl.col("content_new"))
    reworded = same.filter(pl.col("words") != pl.col("words_new"))["voucher"].to_list()
    settled = same["voucher"].implode()
    old = old.filter(~pl.col("voucher").is_in(settled))
    new = new.filter(~pl.col("voucher").is_in(settled))
    renumbered = _renumbered(old, new)
    old = old.filter(~pl.col("voucher").is_in(list(renumbered)))
    new = new.filter(~pl.col("voucher").is_in(list(renumbered.values())))
    changed = [_changed(row) for row in old.join(new, on="voucher", suffix="_new").iter_rows(named=True)]
    kept = [c.voucher for c in changed]
    return Differences(
        added=[v for v in new["voucher"].to_list() if v not in set(kept)],
        deleted=[v for v in old["voucher"].to_list() if v not in set(kept)],
        changed=changed,
        renumbered=renumbered,
        reworded=reworded,
    )


def _canonical(lines: pl.DataFrame) -> pl.DataFrame:
    """voucher, content, words and the parts of content: date, accounts, auxiliaries, amounts (texts, lines sorted)."""
    account = pl.when(pl.col("account") == "").then("account_name").otherwise("account").fill_null("")
    parts = (
        lines.filter(pl.col("voucher").is_not_null(), pl.col("void").fill_null(False).not_())
        .with_columns(account=account, aux=pl.col("aux").fill_null(""), net=pl.col("debit") - pl.col("credit"))
        .with_columns(line_text=pl.format("{}|{}|{}|{}", "account", "aux", "debit", "credit"))
        .sort("line_text")
        .group_by("voucher", maintain_order=True)
        .agg(
            pl.coalesce(pl.col("date").cast(pl.String), "period").first().alias("date"),
            pl.col("row").min(),
            accounts=pl.col("account").sort().cast(pl.String).str.join(";"),
            auxiliaries=pl.format("{}|{}", "account", "aux").sort().str.join(";"),
            amounts=pl.format("{}|{}", "debit", "credit").sort().str.join(";"),
            entry=pl.col("line_text").str.join(";"),
            words=pl.col("summary").fill_null("").sort().cast(pl.String).str.join(";"),
        )
    )
    return parts.with_columns(content=pl.format("{} {}", "date", "entry")).sort("row")


def _renumbered(old: pl.DataFrame, new: pl.DataFrame) -> dict[str, str]:
    """Vouchers with the same content under another number, each paired once, in the order of the file."""
    keyed = [f.with_columns(nth=pl.int_range(pl.len()).over("content")) for f in (old, new)]
    pairs = keyed[0].join(keyed[1], on=["content", "nth"], suffix="_new")
    return dict(pairs.select("voucher", "voucher_new").iter_rows())


def _changed(row: dict[str, str]) -> Changed:
    named = {"date": "date", "accounts": "account", "auxiliaries": "auxiliary", "amounts": "amount"}
    what = [name for part, name in named.items() if row[part] != row[f"{part}_new"]]
    if "account" in what and "auxiliary" in what:
        what.remove("auxiliary")
    return Changed(row["voucher"], tuple(what) or ("lines",))
