"""What most rules need to know about a voucher, worked out once per ledger: month, wording, pattern of accounts.

Only Polars expressions run over lines; Python walks over accounts and distinct texts at most.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from saas.checks import voucher_kinds
from saas.checks.once import per_ledger
from saas.checks.roles import role_in
from saas.checks.wording import (
    CORRECTION,
    REFERENCE,
    REFUND,
    REVERSAL,
    month_index,
    month_said,
    nearest,
    plain,
    skeleton,
)
from saas.ledgers.charts import Chart
from saas.ledgers.frame import REPEATED, Ledger
from saas.ledgers.texts import of_each, spelled

MONEY_ROLES = ("cash", "bank", "other_money")
PARTY_ROLES = ("ar", "ap", "prepaid", "advance", "other_receivable", "other_payable", "receivable", "payable")
# detail accounts of these are kept per party, bank, article or asset class, so a series may move between them
POOLED_ROLES = (
    *MONEY_ROLES,
    *PARTY_ROLES,
    "inventory",
    "revenue",
    "cogs",
    "depreciation",
    "amortisation",
    "fixed_asset",
)
_SEPARATORS = re.compile(r"[/\\\-_—–|·.]+")


@dataclass(frozen=True, slots=True)
class Digest:
    """Two frames on the same vouchers.

    lines: row, voucher, month, date, account, account_name, side ("D"/"C"), fen (signed; red is negative), family,
    base, role, aux, text, reference, preparer. A line's account is its code, or its name where the file has no codes.
    vouchers: voucher, month, date, text, words (all texts), key (skeleton of the text), named (month the text names),
    form (base accounts with sides), pattern (families with sides), mirror (the pattern with its sides exchanged),
    party, amount (fen, never negative), rows, preparer, red (some line is), money (moves cash or bank), own_money
    (moves nothing else), reversal, correction, referenced, refund (by words); from voucher_kinds: kind, pair, corrects,
    refers_to.
    """

    lines: pl.DataFrame
    vouchers: pl.DataFrame
    months: list[int]  # months with vouchers, ascending


@per_ledger
def digest(ledger: Ledger) -> Digest:
    """Both frames of a ledger; void vouchers and lines without an amount or a voucher are left out."""
    lines = _lines(ledger)
    kinds = voucher_kinds.vouchers(ledger).select("voucher", "kind", "pair", "corrects", "refers_to")
    vouchers = _vouchers(lines, _texts(ledger, lines)).join(kinds, on="voucher", how="left", maintain_order="left")
    return Digest(lines, vouchers, vouchers["month"].drop_nulls().unique().sort().to_list())


def _lines(ledger: Ledger) -> pl.DataFrame:
    debit, credit = pl.col("debit").fill_null(0), pl.col("credit").fill_null(0)
    account = pl.when(pl.col("account").fill_null("") == "").then("account_name").otherwise("account").fill_null("")
    counts = pl.col("voucher").is_not_null() & ~pl.col("void").fill_null(False) & ((debit != 0) | (credit != 0))
    own = ledger.lines if ledger.lines.select(counts.all()).item() else ledger.lines.filter(counts)
    lines = (
        own.lazy()
        .select(
            "row",
            "voucher",
            of_each("period", month_index, pl.Int32()).alias("month"),
            "date",
            account.alias("account"),
            pl.col("account_name").fill_null(""),
            pl.when(debit != 0).then(pl.lit("D")).otherwise(pl.lit("C")).cast(REPEATED).alias("side"),
            pl.when(debit != 0).then(debit - credit).otherwise(credit).alias("fen"),
            pl.col("aux").fill_null(""),
            "summary",
            of_each("reference", lambda text: text.str.strip_chars(), REPEATED).fill_null(""),
            pl.col("preparer").fill_null(""),
        )
        .collect()
    )
    said = lines["summary"].unique()  # each distinct text once, and shared by its lines
    plainly = said.cast(pl.String).to_frame().select(plain()).to_series()
    text = lines["summary"].replace_strict(said, plainly, return_dtype=REPEATED)
    accounts = lines["account"].unique()
    known = _families(accounts.to_list(), ledger.chart)
    return lines.drop("summary").with_columns(
        text.alias("text"),
        *(lines["account"].replace_strict(accounts, known[name], return_dtype=REPEATED).alias(name) for name in known),
    )


def _families(codes: list[str], chart: Chart) -> dict[str, pl.Series]:
    """Per account its role; its family: the level-1 account, but for taxes the detail, since input and output differ;
    and its base: the family where details are kept per party or article, else the account itself."""
    families, bases, roles = [], [], []
    for code in codes:
        account = chart.accounts.get(code)
        role = account.role if account else ""
        top = account
        while top and top.parent in chart.accounts and not top.role.startswith("tax."):
            top = chart.accounts[top.parent]
        family = top.code if top else code[:4] if code[:4].isdigit() else _SEPARATORS.split(code)[0]
        families.append(family)
        bases.append(family if role.split(".")[0] in POOLED_ROLES else code)
        roles.append(role)
    return {
        "family": pl.Series(families, dtype=pl.String),
        "base": pl.Series(bases, dtype=pl.String),
        "role": pl.Series(roles, dtype=pl.String),
    }


def _texts(ledger: Ledger, lines: pl.DataFrame) -> pl.DataFrame:
    """Everything read from wording, once per distinct text: text, key, and the flags."""
    text = pl.col("said")
    dated, bare = month_said(text)
    return (
        lines.lazy()
        .select("text", said=pl.col("text").cast(pl.String))
        .unique("text")
        .with_columns(
            skeleton(text, _names(ledger, lines)).cast(REPEATED).alias("key"),
            dated.alias("dated"),
            bare.alias("month_said"),
            text.str.contains(REVERSAL).alias("reversal"),
            text.str.contains(CORRECTION).alias("correction"),
            text.str.contains(REFERENCE).alias("referenced"),
            text.str.contains(REFUND).alias("refund"),
        )
        .drop("said")
        .collect()
    )


def _names(ledger: Ledger, lines: pl.DataFrame) -> list[str]:
    """Names of parties, which vary inside one series: auxiliary items and the detail accounts kept per party."""
    aux = lines["aux"].unique().to_list()
    owed = set(ledger.chart.having(*PARTY_ROLES))
    of_party = pl.col("account").is_in(list(owed))
    accounts = lines.filter(of_party)["account_name"].unique().to_list()
    names = {part.strip() for item in aux for part in re.split(r"[/,;|]", item)}
    names |= {_SEPARATORS.split(name)[-1].strip() for name in accounts}
    general = {account.name for account in ledger.chart.accounts.values() if account.level == 1}
    return sorted((name for name in names - general if len(name) > 1 and not name.isdigit()), key=len, reverse=True)


def _vouchers(lines: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """One row per voucher in the file's order. Grouping by a number, and joining texts once, keep it fast."""
    side, fen = pl.col("side"), pl.col("fen")
    numbered = lines.sort("row").with_columns(
        id=pl.col("voucher").to_physical(),
        on_debit=pl.when(side == "D").then(fen).otherwise(0),
        moves_money=role_in(*MONEY_ROLES),
    )
    vouchers = numbered.group_by("id", maintain_order=True).agg(
        pl.col("voucher").first(),
        pl.col("month").max(),
        pl.col("date").min(),
        pl.max_horizontal(
            pl.col("on_debit").sum().abs(), (fen.sum() - pl.col("on_debit").sum()).abs(), fen.abs().max()
        ).alias("amount"),
        pl.col("row").alias("rows"),
        pl.col("preparer").first(),
        (fen.min() < 0).alias("red"),
        pl.col("moves_money").any().alias("money"),
        pl.col("moves_money").all().alias("own_money"),
    )
    parts = (
        spelled(numbered, "id", "form", "base", "side"),
        spelled(numbered, "id", "pattern", "family", "side"),
        spelled(numbered.filter(pl.col("aux") != ""), "id", "party", "aux"),
        _said(numbered, texts),
    )
    for part in parts:
        vouchers = vouchers.join(part, on="id", how="left", maintain_order="left")
    vouchers = vouchers.with_columns(pl.col("party", "text", "key", "words").fill_null(""))
    patterns = vouchers["pattern"].unique().to_list()
    return vouchers.with_columns(
        mirror=pl.col("pattern").replace_strict({p: _mirror(p) for p in patterns}, return_dtype=REPEATED),
        named=pl.coalesce("dated", nearest(pl.col("month_said"), pl.col("month"))),
    ).drop("id", "dated", "month_said")


def _said(lines: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """The first text of each voucher with its key, all its texts, and the flags any of them raises."""
    flags = ["reversal", "correction", "referenced", "refund"]
    said = lines.select("id", "text").unique(maintain_order=True)
    first = said.filter(pl.col("text") != "").unique("id", keep="first", maintain_order=True)
    of_first = first.join(texts.select("text", "key", "dated", "month_said"), on="text")
    raised = said.join(texts.filter(pl.any_horizontal(flags)).select("text", *flags), on="text")
    raised = raised.group_by("id").agg(pl.col(flags).any())
    several = said.filter(pl.col("id").is_duplicated()).group_by("id").agg(pl.col("text").cast(pl.String))
    every = pl.concat(
        [
            said.filter(pl.col("id").is_unique()).select("id", words=pl.col("text").cast(pl.String)),
            several.select("id", words=pl.col("text").list.join("\n")),
        ]
    )
    told = every.join(raised, on="id", how="left").with_columns(pl.col(flags).fill_null(False))
    return told.join(of_first, on="id", how="left")


def _mirror(pattern: str) -> str:
    turned = {"D": "C", "C": "D"}
    return "|".join(sorted(part[:-1] + turned[part[-1]] for part in pattern.split("|") if part))
