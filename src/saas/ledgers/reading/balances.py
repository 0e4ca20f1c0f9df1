"""From a table of balances (科目余额表) to the canonical balances: signed fen, debit positive."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from saas.kernel.i18n import Text
from saas.ledgers.frame import BALANCES, REPEATED, Reject, joined
from saas.ledgers.reading import account_columns, amounts, context, dates
from saas.ledgers.reading.cells import parse, translate
from saas.ledgers.reading.marks import CARRIED, FORM, TOTALS, side
from saas.ledgers.reading.rows import headings, owners, table, with_leftmost
from saas.ledgers.reading.sheet import Sheet
from saas.ledgers.texts import says

STOCKS = ("year_opening", "opening", "closing")
FLOWS = ("debit", "credit", "year_debit", "year_credit")


@dataclass(slots=True)
class Part:
    """The balances of one sheet, schema BALANCES plus "ledger"."""

    balances: pl.DataFrame
    rejects: list[Reject]
    owners: dict[int, str | None]  # row → ledger, of the rejected rows
    notes: list[Text] = field(default_factory=list)


def read(sheet: Sheet, *, year: int | None) -> Part:
    """`year` is used where the sheet names a month without a year."""
    raw = _rows(sheet)
    values: dict[str, pl.Series] = {}
    problems: dict[str, dict[str, Text]] = {}
    for name in raw.columns:
        if not name.startswith("red_") and name.rpartition("_")[2] in {"debit", "credit", "opening", "closing"}:
            column = parse(raw[name], amounts.fen, pl.Int64())
            values[name], problems[name] = column.values, column.problems
    rejects = _refused(raw, problems)
    frame = raw.select("row").with_columns(account_columns.read(raw)).with_columns(_period(raw, sheet, year))
    frame = frame.with_columns(
        raw["ledger"].cast(REPEATED).fill_null(strategy="forward")
        if "ledger" in raw.columns
        else pl.lit(None, REPEATED).alias("ledger")
    )
    zeros = {name: column.fill_null(0) for name, column in values.items()}
    frame = frame.with_columns(zeros.get(name, _nothing(raw.height)).alias(name) for name in FLOWS)
    frame = frame.with_columns(_stock(raw, values, name) for name in STOCKS)
    if not {"side", "opening_side", "closing_side"} & set(raw.columns):
        frame = _by_normal_side(frame, values)
    frame = frame.filter(~pl.col("row").is_in([reject.row for reject in rejects]))
    return Part(
        frame.select("ledger", *(pl.col(n).cast(t) for n, t in BALANCES.items())),
        rejects,
        owners(raw, rejects),
        list(sheet.grid.notes),
    )


def _rows(sheet: Sheet) -> pl.DataFrame:
    """The rows that are accounts: no totals, page marks, signatures, repeated headers."""
    raw = with_leftmost(table(sheet), sheet)
    titles = headings(sheet)
    texts = [c for c in raw.columns if c not in {"row", "leftmost"} and not c.startswith("red_")]
    names = [c for c in ("account", "account_name") if c in texts]
    no_line = [says(c, pattern).fill_null(False) for c in (*names, "leftmost") for pattern in (TOTALS, CARRIED)]
    form = [says(c, FORM).fill_null(False) for c in texts]
    category = [
        says(c, r"^(?:[一二三四五六七]、)?(?:资产|负债|权益|所有者权益|成本|损益|共同)(?:类|类合计|合计|小计)?[:：]?$")
        for c in names
    ]
    return raw.filter(
        pl.any_horizontal(pl.col(c).is_not_null() for c in names)
        & ~pl.any_horizontal([*no_line, *form, *category]).fill_null(False)
        & (pl.sum_horizontal(pl.col(c).is_in(titles).fill_null(False) for c in texts) < 2)
        & (pl.sum_horizontal(pl.col(c).is_not_null() for c in texts) > 1)
    )


def _period(raw: pl.DataFrame, sheet: Sheet, year: int | None) -> pl.Series:
    """The period column; else the last month that title or sheet name give; else null."""
    titled = context.months([*sheet.titles, sheet.name], year=sheet.year or year)
    fallback = f"{titled[-1].year}-{titled[-1].month:02}" if titled else None
    if "period" not in raw.columns:
        return pl.Series("period", [fallback] * raw.height, dtype=pl.String())
    years = translate(raw["year"], dates.year, pl.Int64()).to_list() if "year" in raw.columns else [None] * raw.height
    periods = []
    for text, own in zip(raw["period"].to_list(), years, strict=True):
        month = dates.month(text.split("至")[-1].split("~")[-1].strip()) if text else None
        known = (month and month.year) or own or sheet.year or year
        periods.append(f"{known}-{month.month:02}" if month and known else fallback)
    return pl.Series("period", periods, dtype=pl.String())


def _stock(raw: pl.DataFrame, values: dict[str, pl.Series], name: str) -> pl.Series:
    """A balance from its debit and credit columns, or from its amount and side. Null when the file has none."""
    debit, credit = values.get(f"{name}_debit"), values.get(f"{name}_credit")
    if debit is not None or credit is not None:
        zero = pl.Series([0] * raw.height, dtype=pl.Int64())
        both = (debit.fill_null(0) if debit is not None else zero) - (
            credit.fill_null(0) if credit is not None else zero
        )
        return both.alias(name)
    if name not in values:
        return _nothing(raw.height).alias(name)
    amount = values[name].fill_null(0)
    own = [c for c in (f"{name}_side", "side") if c in raw.columns]
    source = next(iter(own or [c for c in raw.columns if c.endswith("_side")]), None)
    if source is None:
        return amount.alias(name)
    sides = translate(raw[source], side, REPEATED)
    return pl.select(pl.when(sides == "C").then(-amount).otherwise(amount)).to_series().alias(name)


def _by_normal_side(frame: pl.DataFrame, values: dict[str, pl.Series]) -> pl.DataFrame:
    """Balances without a side are often written positive on the account's normal side: the roll-forward tells.

    An account whose closing equals opening − debit + credit is a credit account; one that did not move follows the
    others of its class (first digit of the code).
    """
    if not {"opening", "closing"} <= set(values):
        return frame
    moved = pl.col("debit") != pl.col("credit")
    as_credit = moved & (pl.col("opening") - pl.col("debit") + pl.col("credit") == pl.col("closing"))
    as_debit = moved & (pl.col("opening") + pl.col("debit") - pl.col("credit") == pl.col("closing"))
    class_ = pl.col("account").cast(REPEATED).cat.slice(0, 1)
    votes = (as_credit.cast(pl.Int64) - as_debit.cast(pl.Int64)).sum().over(class_)
    credit = as_credit | (~as_debit & (votes > 0))
    return frame.with_columns(pl.when(credit).then(-pl.col(name)).otherwise(name).alias(name) for name in STOCKS)


def _refused(raw: pl.DataFrame, problems: dict[str, dict[str, Text]]) -> list[Reject]:
    reasons: dict[int, list[Text]] = {}
    for name, refused in problems.items():
        for row, text in raw.select("row", name).filter(pl.col(name).is_in(list(refused))).rows():
            reasons.setdefault(row, []).append(refused[text])
    return [Reject(row, joined(texts)) for row, texts in sorted(reasons.items())]


def _nothing(height: int) -> pl.Series:
    return pl.Series([None] * height, dtype=pl.Int64())
