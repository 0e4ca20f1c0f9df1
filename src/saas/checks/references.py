"""Vouchers that belong together: what a summary refers to, and reversals with their originals."""

from __future__ import annotations

import polars as pl

from saas.ledgers.frame import REPEATED
from saas.ledgers.texts import says

CORRECTS_RED = "注销|冲销|冲回|红冲|红字|冲减|冲账|(?i:revers|void of|cancel)"
CORRECTS_BLUE = "订正|更正|补记|(?i:correct|reposting of)"
VERBS = "补记|补提|注销|订正|更正|冲销|冲回|红冲"  # taken out first: the 记 of 补记 is no voucher word
# 注销2026年3月15日记-12号凭证 · 冲销2026年3月31日记字第31号 · 3月记-12号 · 记-12
REFERENCE = (
    r"(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?:\d{1,2}日)?\s*"
    r"(?P<word>[\p{Han}]{0,2}?[记收付转银现账])\s*(?:字)?\s*(?:第)?[-－—#]?\s*(?P<number>\d{1,6})\s*号?"
)
ENGLISH_REFERENCE = (
    r"(?i)(?:revers\w*|cancel\w*|correct\w*|void)\W+(?:of\W+)?"
    r"(?:(?:journal|je|voucher|entry)\W*)*(?P<id>[A-Z]{0,4}[-_]?\d[\w-]*)"
)


def referred(lines: pl.DataFrame, vouchers: pl.DataFrame) -> pl.DataFrame:
    """voucher, refers_to (null when it names none that exists), corrects: of vouchers that say they correct."""
    words = says("summary", CORRECTS_RED)
    blue = says("summary", CORRECTS_BLUE)
    found = (
        lines.select("voucher", "period", "word", "summary")
        .filter(words | blue)
        .unique("voucher", keep="first", maintain_order=True)
        .with_columns(
            pl.col("summary").cast(pl.String), corrects=pl.when(words).then(pl.lit("red")).otherwise(pl.lit("blue"))
        )
        .with_columns(
            named=pl.col("summary").str.replace_all(VERBS, " ").str.extract_groups(REFERENCE),
            english=pl.col("summary").str.extract(ENGLISH_REFERENCE, 1),
        )
        .unnest("named", separator="_")
        .with_columns(
            of=pl.concat_str(
                pl.coalesce("named_year", pl.col("period").cat.slice(0, 4)),
                pl.lit("-"),
                pl.coalesce("named_month", pl.col("period").cat.slice(5)).str.zfill(2),
            ).cast(REPEATED),
            named_number=pl.col("named_number").cast(pl.Int64),
            named_word=pl.col("named_word").cast(REPEATED),
            english=pl.col("english").cast(REPEATED),
        )
    )
    keys = vouchers.select(of="period", named_word="word", named_number="number", target="voucher").unique(
        ["of", "named_word", "named_number"], keep="first"
    )
    ids = vouchers.select(english="voucher", journal="voucher")
    found = found.join(keys, on=["of", "named_word", "named_number"], how="left").join(ids, on="english", how="left")
    return found.select("voucher", "corrects", refers_to=pl.coalesce("target", "journal")).with_columns(
        refers_to=pl.when(pl.col("refers_to") != pl.col("voucher")).then("refers_to")
    )


def pairs(lines: pl.DataFrame, vouchers: pl.DataFrame) -> pl.DataFrame:
    """voucher, pair: a reversal and its original name each other, by reference or by exactly opposite amounts.

    `vouchers` needs voucher, first_row, red, kind, corrects and refers_to. Each reversal takes the nearest equal
    original before it that no other reversal took.
    """
    undone = vouchers.filter(
        pl.col("red") | (pl.col("kind") == "estimate_reversal") | (pl.col("corrects").fill_null("") == "red")
    )
    unnamed = undone.filter(pl.col("refers_to").is_null()).select("voucher", "first_row")
    signed = _entries(_maybe_opposite(lines, unnamed))
    matched = (
        unnamed.join(signed.select("voucher", "undo"), on="voucher")
        .join(signed.select(undo="entry", original="voucher"), on="undo")
        .join(vouchers.select(original="voucher", before="first_row", is_red="red"), on="original")
        .filter(pl.col("before") < pl.col("first_row"), pl.col("is_red").not_())
        .sort(["first_row", "before"], descending=[False, True])
    )
    named = undone.filter(pl.col("refers_to").is_not_null()).select("voucher", "refers_to").rows()
    taken = _one_to_one([*named, *matched.select("voucher", "original").rows()])
    both = {**{b: a for a, b in taken.items()}, **taken}
    return pl.DataFrame([*both.items()], schema={"voucher": REPEATED, "pair": REPEATED}, orient="row")


def _maybe_opposite(lines: pl.DataFrame, undone: pl.DataFrame) -> pl.DataFrame:
    """The lines of these vouchers and of all that may be exactly opposite to one of them.

    An opposite entry turns Σ net × (a number for account and auxiliary item) into its negative, however the lines are
    grouped: one pass over numbers in place of every voucher's entry as text. Equal sums by chance cost a comparison.
    """
    place = (pl.struct("account", "aux").hash() % 2_147_483_647).cast(pl.Int64)
    sums = lines.group_by("voucher").agg(sum_=(pl.col("net") * place).sum())
    of_undone = undone.join(sums, on="voucher").select("voucher", "sum_")
    opposite = sums.join(of_undone.select(sum_=-pl.col("sum_")).unique(), on="sum_", how="semi")
    asked = pl.concat([of_undone["voucher"], opposite["voucher"]]).unique()
    return lines.filter(pl.col("voucher").is_in(asked.implode()))


def _entries(lines: pl.DataFrame) -> pl.DataFrame:
    """voucher, entry, undo: its net amount per account and auxiliary as text, and the same with the signs turned."""
    nets = (
        lines.filter(pl.col("voucher").is_not_null())
        .group_by("voucher", "account", "aux")
        .agg(pl.col("net").sum())
        .filter(pl.col("net") != 0)
        .sort("voucher", "account", "aux")
    )
    return nets.group_by("voucher").agg(
        entry=pl.format("{}|{}|{}", "account", "aux", "net").str.join(";"),
        undo=pl.format("{}|{}|{}", "account", "aux", -pl.col("net")).str.join(";"),
    )


def _one_to_one(candidates: list[tuple[str, str]]) -> dict[str, str]:
    taken: dict[str, str] = {}
    used: set[str] = set()
    for reversal, original in candidates:
        if reversal not in taken and original not in used:
            taken[reversal] = original
            used.add(original)
    return taken
