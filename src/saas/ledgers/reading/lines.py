"""From the strings of a voucher table to the canonical lines."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from saas.kernel.i18n import Text
from saas.ledgers.frame import LINES, REPEATED, Reject, joined
from saas.ledgers.reading import account_columns, amounts, filling, money_columns, red, rows, timing, voucher_columns
from saas.ledgers.reading.cells import translate
from saas.ledgers.reading.sheet import Sheet
from saas.ledgers.texts import answered

TEXTS = ("currency", "reviewer", "source", "reference", "counter_account", "preparer")


@dataclass(slots=True)
class Part:
    """The lines of one sheet. `lines` has the schema LINES without voucher and line, plus "ledger" and "journal"."""

    lines: pl.DataFrame
    totals: pl.DataFrame
    rejects: list[Reject]
    owners: dict[int, str | None]  # row → ledger, of the rejected rows
    notes: list[Text] = field(default_factory=list)


def read(sheet: Sheet, *, year: int | None) -> Part:
    """`year` is the last resort where neither a column nor the sheet nor any text says it."""
    whole = rows.table(sheet)
    sorted_rows = rows.sort(whole, sheet)
    raw = filling.fill(sorted_rows.lines)
    timed = timing.read(raw, titled=sheet.year, guessed=year)
    money, problems = money_columns.read(raw)
    frame = timed.frame.hstack(money).with_columns(_texts(raw)).with_columns(account_columns.read(raw))
    frame = frame.with_columns(*voucher_columns.numbers_of(raw), *voucher_columns.marks_of(raw), *_wholes(raw))
    rejects = sorted([*sorted_rows.rejects, *_refused(raw, timed, problems)], key=lambda reject: reject.row)
    frame, notes = red.apply(frame)
    frame = frame.filter(~pl.col("row").is_in([reject.row for reject in rejects]))
    return Part(
        frame, sorted_rows.totals, rejects, rows.owners(whole, rejects), [*sheet.grid.notes, *timed.notes, *notes]
    )


def _texts(raw: pl.DataFrame) -> list[pl.Expr | pl.Series]:
    columns: list[pl.Expr | pl.Series] = []
    for name in TEXTS:
        columns.append(raw[name].cast(REPEATED).replace("", None) if name in raw.columns else _no_text(name))
    summaries = [raw[name].cast(REPEATED) for name in ("summary", "header_summary") if name in raw.columns]
    summary = summaries[0].fill_null(summaries[-1]) if summaries else None
    columns.append(_or_empty(summary, raw.height, "summary"))
    columns.append(raw["ledger"].cast(REPEATED) if "ledger" in raw.columns else _no_text("ledger"))
    quantity = translate(raw["quantity"], _quantity, pl.Float64()) if "quantity" in raw.columns else None
    columns.append(quantity if quantity is not None else pl.lit(None, pl.Float64()).alias("quantity"))
    return columns


def _no_text(name: str) -> pl.Expr:
    return pl.lit(None, REPEATED).alias(name)


def _quantity(text: str) -> float | None:
    try:
        value = amounts.fen(text)
    except amounts.NotAnAmount:
        return None
    return None if value is None else value / 100


def _or_empty(column: pl.Series | None, height: int, name: str) -> pl.Series:
    return (column if column is not None else pl.Series([""] * height, dtype=REPEATED)).fill_null("").alias(name)


def _wholes(raw: pl.DataFrame) -> list[pl.Series]:
    name = "attachments"
    if name not in raw.columns:
        return [pl.Series(name, [None] * raw.height, dtype=pl.Int64())]
    whole = answered(raw[name], lambda text: text.str.extract(r"^(\d{1,6})(?:\.0+)?").cast(pl.Int64), pl.Int64())
    return [whole.alias(name)]


def _refused(raw: pl.DataFrame, timed: timing.Timed, money: dict[str, dict[str, Text]]) -> list[Reject]:
    """Rows whose amount or date cannot be read, each with its reason."""
    reasons: dict[int, list[Text]] = {}
    for name, problems in {**money, **timed.problems}.items():
        if problems:
            source = timed.frame[name] if name == "parts_" else raw[name]
            bad = pl.DataFrame([raw["row"], source]).filter(pl.col(name).is_in(list(problems)))
            for row, text in bad.rows():
                reasons.setdefault(row, []).append(problems[text])
    return [Reject(row, joined(texts)) for row, texts in sorted(reasons.items())]


def finish(lines: pl.DataFrame) -> pl.DataFrame:
    """The canonical schema, once voucher and line are known."""
    return lines.with_columns(void=pl.col("void_mark") | pl.col("void_number")).select(
        pl.col(name).cast(dtype) for name, dtype in LINES.items()
    )
