"""The rows of a voucher table: which are lines, which are totals, page marks and signatures, which must be refused."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from saas.kernel.i18n import _
from saas.ledgers.frame import Reject
from saas.ledgers.reading.marks import CARRIED, FORM, TOTALS, VOID_SUMMARY
from saas.ledgers.reading.sheet import Sheet

AMOUNTS = ("debit", "credit", "amount")
LABELS = ("date", "number", "journal", "word", "account", "account_name", "summary", "aux")


@dataclass(frozen=True, slots=True)
class Rows:
    """The table's rows by kind. `lines` holds the lines and the rows that declare a number void; strings only."""

    lines: pl.DataFrame
    totals: pl.DataFrame  # rows with a total, to compare with
    rejects: list[Reject]


def table(sheet: Sheet) -> pl.DataFrame:
    """One String column for each field that the file has, with row (1-based, of the file), leftmost and red_… flags."""
    cells = sheet.grid.cells.with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int64))
    cells = cells.slice(sheet.first_row)
    columns = []
    for field, indexes in sheet.fields.items():
        parts = [pl.col(str(index)) for index in indexes]
        columns.append(
            (parts[0] if len(parts) == 1 else pl.concat_str(parts, separator=";", ignore_nulls=True)).alias(field)
        )
    leftmost = pl.coalesce(pl.all().exclude("row")).alias("leftmost")  # where a label such as 合计 stands
    frame = cells.select("row", *columns, leftmost)
    for field in AMOUNTS:
        if field in frame.columns:
            column = sheet.fields[field][0]
            red = [row + 1 for row, at in sheet.grid.red if at == column]
            frame = frame.with_columns(pl.col("row").is_in(red).alias(f"red_{field}"))
    return frame


def owners(whole: pl.DataFrame, rejects: list[Reject]) -> dict[int, str | None]:
    """The ledger of each rejected row; empty without a ledger column."""
    if "ledger" not in whole.columns:
        return {}
    refused = whole.filter(pl.col("row").is_in([reject.row for reject in rejects]))
    return dict(refused.select("row", "ledger").rows())


def sort(frame: pl.DataFrame, headings: set[str]) -> Rows:
    """Put each row of `table` where it belongs. `headings` are the header's texts: some exports repeat it per page."""
    texts = [c for c in frame.columns if c not in {"row", "leftmost"} and not c.startswith("red_")]
    amounts = [c for c in AMOUNTS if c in frame.columns]
    labels = [c for c in LABELS if c in texts] + ["leftmost"]
    numbers = [pl.col(c) for c in ("number", "journal") if c in texts] or [pl.lit(None, pl.String())]
    has_number = pl.any_horizontal(c.str.contains(r"\d") & ~c.str.contains(FORM) for c in numbers).fill_null(False)
    account = pl.coalesce([c for c in ("account", "account_name") if c in texts])
    unnumbered = ~has_number if {"number", "journal"} & set(texts) else pl.lit(False)
    header = pl.sum_horizontal(pl.col(c).is_in(headings).fill_null(False) for c in texts) >= 3
    booked = account.is_not_null() & ~account.str.contains(TOTALS).fill_null(False)
    plain = frame.select(plain=has_number & booked & ~header)["plain"]  # number and account: nearly every row, a line
    flags = frame.filter(~plain).with_columns(
        number_=has_number,
        amount_=pl.any_horizontal(pl.col(c).is_not_null() for c in amounts),
        total_=pl.any_horizontal(pl.col(c).str.contains(TOTALS).fill_null(False) for c in labels),
        carried_=pl.any_horizontal(pl.col(c).str.contains(CARRIED).fill_null(False) for c in labels),
        form_=pl.any_horizontal(pl.col(c).str.contains(FORM).fill_null(False) for c in (*texts, "leftmost"))
        & unnumbered,
        header_=header,
        account_=booked,
        void_=_void(texts),
        rest_=pl.sum_horizontal(pl.col(c).is_not_null() for c in texts if c not in amounts),
    )
    flags = flags.with_columns(kind_=_kind())
    others = flags.filter(pl.col("kind_") == "line")["row"]
    lines = (
        frame.filter(plain | frame["row"].is_in(others.implode())).drop("leftmost")
        if not plain.all()
        else frame.drop("leftmost")
    )
    to_date = pl.any_horizontal(pl.col(c).str.contains("累") for c in labels).fill_null(
        False
    )  # may begin before the file
    totals = flags.filter((pl.col("kind_") == "total") & ~to_date).select(frame.columns)
    rejects = [
        Reject(row, _("There is an amount but no account.") if amount else _("There is neither account nor amount."))
        for row, amount in flags.filter(pl.col("kind_") == "reject").select("row", "amount_").rows()
    ]
    return Rows(lines, totals, rejects)


def _void(texts: list[str]) -> pl.Expr:
    """Rows that declare their number void: 作废 as the whole summary, or behind the number."""
    said = [pl.col("summary").str.contains(VOID_SUMMARY)] if "summary" in texts else []
    said += [pl.col(c).str.contains("(?i)作废|void") for c in ("number", "journal", "void", "status") if c in texts]
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
