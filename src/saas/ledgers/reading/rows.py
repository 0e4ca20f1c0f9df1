"""The rows of a voucher table: which are lines, which are totals, page marks and signatures, which must be refused."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from saas.kernel.i18n import _
from saas.ledgers.frame import REPEATED, Reject
from saas.ledgers.reading.marks import CARRIED, FORM, TOTALS, VOID_SUMMARY
from saas.ledgers.reading.sheet import Sheet
from saas.ledgers.texts import says

AMOUNTS = ("debit", "credit", "amount")
LABELS = ("date", "number", "journal", "word", "account", "account_name", "summary", "aux")


@dataclass(frozen=True, slots=True)
class Rows:
    """The table's rows by kind. `lines` holds the lines and the rows that declare a number void; strings only."""

    lines: pl.DataFrame
    totals: pl.DataFrame  # rows with a total, to compare with
    rejects: list[Reject]


def table(sheet: Sheet) -> pl.DataFrame:
    """One column of texts for each field that the file has, with row (1-based, of the file) and red_… flags."""
    cells = sheet.grid.cells.slice(sheet.first_row)
    columns = []
    for field, indexes in sheet.fields.items():
        parts = [pl.col(str(index)) for index in indexes]
        several = pl.concat_str(parts, separator=";", ignore_nulls=True).cast(REPEATED)
        columns.append((parts[0] if len(parts) == 1 else several).alias(field))
    rows = pl.int_range(sheet.first_row + 1, sheet.first_row + 1 + pl.len(), dtype=pl.Int64).alias("row")
    frame = cells.select(rows, *columns)
    for field in AMOUNTS:
        if field in frame.columns:
            column = sheet.fields[field][0]
            red = [row + 1 for row, at in sheet.grid.red if at == column]
            frame = frame.with_columns(pl.col("row").is_in(red).alias(f"red_{field}"))
    return frame


def with_leftmost(frame: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """Rows of `table` with the text of their first cell that has one: where a label such as 合计 stands."""
    cells = sheet.grid.cells.select(pl.all().gather(frame["row"] - 1)).cast(pl.String)
    return frame.hstack(cells.select(pl.coalesce(pl.all()).alias("leftmost")))


def owners(whole: pl.DataFrame, rejects: list[Reject]) -> dict[int, str | None]:
    """The ledger of each rejected row; empty without a ledger column."""
    if "ledger" not in whole.columns:
        return {}
    refused = whole.filter(pl.col("row").is_in([reject.row for reject in rejects]))
    return dict(refused.select("row", "ledger").rows())


def sort(frame: pl.DataFrame, sheet: Sheet) -> Rows:
    """Put each row of `table` where it belongs."""
    titles = headings(sheet)
    texts = [c for c in frame.columns if c != "row" and not c.startswith("red_")]
    amounts = [c for c in AMOUNTS if c in frame.columns]
    labels = [c for c in LABELS if c in texts] + ["leftmost"]
    numbered = [says(c, r"\d") & ~says(c, FORM) for c in ("number", "journal") if c in texts]
    has_number = pl.any_horizontal(*numbered, pl.lit(False)).fill_null(False)
    accounts = [c for c in ("account", "account_name") if c in texts]
    unnumbered = ~has_number if {"number", "journal"} & set(texts) else pl.lit(False)
    header = pl.sum_horizontal(pl.col(c).is_in(titles).fill_null(False) for c in texts) >= 3
    is_total = pl.coalesce(says(c, TOTALS) for c in accounts)
    booked = pl.any_horizontal(pl.col(accounts).is_not_null()) & ~is_total.fill_null(False)
    plain = frame.select(plain=has_number & booked & ~header)["plain"]  # number and account: nearly every row, a line
    flags = with_leftmost(frame.filter(~plain), sheet).with_columns(
        number_=has_number,
        amount_=pl.any_horizontal(pl.col(c).is_not_null() for c in amounts),
        total_=pl.any_horizontal(says(c, TOTALS).fill_null(False) for c in labels),
        carried_=pl.any_horizontal(says(c, CARRIED).fill_null(False) for c in labels),
        form_=pl.any_horizontal(says(c, FORM).fill_null(False) for c in (*texts, "leftmost")) & unnumbered,
        header_=header,
        account_=booked,
        void_=_void(texts),
        rest_=pl.sum_horizontal(pl.col(c).is_not_null() for c in texts if c not in amounts),
    )
    flags = flags.with_columns(kind_=_kind())
    others = flags.filter(pl.col("kind_") == "line")["row"]
    lines = frame if plain.all() else frame.filter(plain | frame["row"].is_in(others.implode()))
    to_date = pl.any_horizontal(says(c, "累") for c in labels).fill_null(False)  # may begin before the file
    totals = flags.filter((pl.col("kind_") == "total") & ~to_date).select(frame.columns)
    rejects = [
        Reject(row, _("There is an amount but no account.") if amount else _("There is neither account nor amount."))
        for row, amount in flags.filter(pl.col("kind_") == "reject").select("row", "amount_").rows()
    ]
    return Rows(lines, totals, rejects)


def headings(sheet: Sheet) -> set[str]:
    """The header's texts, which some exports repeat on every page; those of two-row headers also part by part."""
    return {part for column in sheet.columns for part in (column.heading, *column.heading.split("/")) if part}


def _void(texts: list[str]) -> pl.Expr:
    """Rows that declare their number void: 作废 as the whole summary, or behind the number."""
    said = [says("summary", VOID_SUMMARY)] if "summary" in texts else []
    said += [says(c, "(?i)作废|void") for c in ("number", "journal", "void", "status") if c in texts]
    return pl.any_horizontal(said).fill_null(False) if said else pl.lit(False)


def _kind() -> pl.Expr:
    """line, total, reject, or skip; the first condition that holds."""
    number, amount, account = pl.col("number_"), pl.col("amount_"), pl.col("account_")
    return (
        pl.when(pl.col("header_") | pl.col("form_"))
        .then(pl.lit("skip"))
        .when(pl.col("total_") & ~(number & account))
        .then(pl.lit("total"))
        .when(pl.col("carried_") & ~number)
        .then(pl.lit("skip"))
        .when(account & (amount | number))
        .then(pl.lit("line"))
        .when(pl.col("void_") & number)
        .then(pl.lit("line"))
        .when(~account & amount & (pl.col("rest_") == 0))
        .then(pl.lit("total"))
        .when(~account & (amount | (number & (pl.col("rest_") > 1))))
        .then(pl.lit("reject"))
        .otherwise(pl.lit("skip"))
    )
