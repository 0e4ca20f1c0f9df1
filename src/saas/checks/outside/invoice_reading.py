"""Read an invoice list of the electronic tax office (进项, 销项): one line an invoice, goods lines added up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from saas.checks.outside import columns
from saas.checks.outside.columns import Table
from saas.kernel.i18n import _
from saas.ledgers.frame import Reject
from saas.ledgers.reading import Unreadable, container
from saas.ledgers.reading.amounts import fen
from saas.ledgers.reading.cells import parse
from saas.ledgers.reading.dates import day, order_of

LINES = {
    "row": pl.Int64(), "number": pl.String(), "date": pl.Date(), "seller": pl.String(), "buyer": pl.String(),
    "amount_fen": pl.Int64(), "tax_fen": pl.Int64(), "status": pl.String(), "claimed": pl.String(),
    "goods": pl.List(pl.String()),
}  # fmt: skip
TEXTS = ("number", "code", "seller", "buyer", "status", "positive", "use", "period", "item", "code_of_goods")
MONEY = ("amount", "tax", "total")
VOID = r"作废|失控|(?i)void|cancel"
RED = r"红冲|红字|冲红|(?i)red|credit note"
CLAIMED = r"^(?:已勾选|已认证|已确认|已抵扣|是|抵扣|y|yes)$"
GOODS_NAME = r"^\*([^*]+)\*"  # *餐饮服务*餐费: the class of the invoice platform


@dataclass(frozen=True, slots=True)
class InvoiceList:
    """The invoices of a file, and the rows that could not be read.

    status is "" (valid), "red" (it is a red invoice or was reversed in full) or "void"; claimed is the month in which
    its input VAT was used, "yes" where the list only says so, else "".
    """

    lines: pl.DataFrame  # schema LINES
    rejects: list[Reject]


def read(path: Path) -> InvoiceList:
    """The invoices of a file (XLSX, XLS, CSV). Unreadable, in words, where no table of invoices is found."""
    for grid in container.grids(path):
        table = columns.find(grid, "invoices")
        if table is not None:
            return invoices(table)
    raise Unreadable(_("No table of invoices was found: it needs columns for the invoice number, amount and tax."))


def invoices(table: Table) -> InvoiceList:
    """The invoices of a recognised table. Goods lines of one invoice are one invoice."""
    rows = _filled(table.rows)
    order = order_of([str(text) for text in rows["date"].drop_nulls().to_list()])
    dates = parse(rows["date"], lambda text: day(text, order=order), pl.Date())
    money = {name: parse(rows[name], fen, pl.Int64()) for name in MONEY if name in rows.columns}
    rejects = columns.refused(rows, {"date": dates.problems, **{name: one.problems for name, one in money.items()}})
    values = {name: one.values.fill_null(0) for name, one in money.items()}
    tax = values.get("tax", pl.Series([0] * rows.height, dtype=pl.Int64()))
    amount = values["amount"] if "amount" in values else values["total"] - tax
    whole = rows.select("row", *TEXTS).with_columns(
        dates.values.alias("date"), amount.alias("amount_fen"), tax.alias("tax_fen")
    )
    rejects += [Reject(row, _("no invoice number")) for row in whole.filter(pl.col("number") == "")["row"]]
    bad = [reject.row for reject in rejects]
    good = whole.filter(~pl.col("row").is_in(bad))
    return InvoiceList(_by_invoice(good), sorted(rejects, key=lambda reject: reject.row))


def _by_invoice(lines: pl.DataFrame) -> pl.DataFrame:
    goods = pl.coalesce(pl.col("item").str.extract(GOODS_NAME, 1), pl.col("code_of_goods").str.slice(0, 3))
    status = pl.col("status") + pl.col("positive").replace_strict({"否": "红字"}, default="")
    merged = lines.group_by("code", "number", maintain_order=True).agg(
        pl.col("row", "date", "seller", "buyer", "period", "use").first(),
        pl.col("amount_fen", "tax_fen").sum(),
        status.first().alias("said"),
        goods.drop_nulls().unique(maintain_order=True).alias("goods"),
    )
    void = pl.col("said").str.contains(VOID)
    red = pl.col("said").str.contains(RED) | (pl.col("amount_fen") < 0)
    claimed = pl.when(pl.col("use").str.contains(CLAIMED)).then(pl.lit("yes")).otherwise(pl.lit(""))
    month = pl.col("period").str.replace_all(r"\D", "").str.slice(0, 6)
    period = (
        pl.when(month.str.len_chars() == 6).then(month.str.slice(0, 4) + "-" + month.str.slice(4)).otherwise(claimed)
    )
    return merged.with_columns(
        status=pl.when(void).then(pl.lit("void")).when(red).then(pl.lit("red")).otherwise(pl.lit("")),
        claimed=period,
    ).select(list(LINES))


def _filled(rows: pl.DataFrame) -> pl.DataFrame:
    """Every text column, blanks as ""; the number that a paper invoice has beside an electronic one; no totals."""
    rows = rows.with_columns(pl.lit(None, pl.String()).alias(name) for name in TEXTS if name not in rows.columns)
    if "date" not in rows.columns:
        rows = rows.with_columns(date=pl.lit(None, pl.String()))
    if "paper_number" in rows.columns:
        rows = rows.with_columns(number=pl.coalesce("number", "paper_number"))
    rows = rows.with_columns(pl.col(name).fill_null("").str.strip_chars() for name in TEXTS)
    rows = rows.with_columns(pl.col("number", "code").str.replace_all(r"[\s\-]|\.0+$", ""))
    return columns.without_totals(rows)
