"""What stands in a cell: one function per notation, from a canonical line to text, number, date or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from saas.demo.books.accounts import BookAccount
from saas.demo.books.voucher import journal_id

Cell = str | int | Decimal | date | None
AUX_TITLE = {"customer": "客户", "supplier": "供应商", "person": "职员"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line with what its file knows besides: the company's name, the account, its place in the file."""

    line: dict[str, Any]
    company: str
    account: BookAccount | None
    serial: int

    def names(self, separator: str) -> str:
        return str(self.line["account_name"]).replace("-", separator)

    def auxiliary(self, kind: str) -> str:
        return self.line["aux"] if self.account and self.account.auxiliary == kind else ""


def yuan(fen: int) -> Decimal | None:
    """Programs leave the empty side empty."""
    return Decimal(fen) / 100 if fen else None


def text_amount(fen: int) -> str:
    """With thousands separators; red in brackets."""
    if not fen:
        return ""
    return f"({Decimal(-fen) / 100:,.2f})" if fen < 0 else f"{Decimal(fen) / 100:,.2f}"


def kingdee_aux(row: Row) -> str:
    if not row.line["aux"]:
        return ""
    title = AUX_TITLE.get(row.account.auxiliary, "项目") if row.account else "项目"
    return f"{title}---{row.line['aux']}"


def nc_aux(row: Row) -> str:
    title = AUX_TITLE.get(row.account.auxiliary, "项目") if row.account else "项目"
    return f"【{title}：{row.line['aux']}】" if row.line["aux"] else ""


def _of(key: str) -> Callable[[Row], Cell]:
    return lambda row: row.line[key]


def _always(value: Cell) -> Callable[[Row], Cell]:
    return lambda _: value


CELLS: dict[str, Callable[[Row], Cell]] = {
    "month": lambda row: row.line["date"].month,
    "day": lambda row: row.line["date"].day,
    "year": lambda row: row.line["date"].year,
    "iso_date": lambda row: row.line["date"],
    "slash_date": lambda row: f"{row.line['date']:%Y/%m/%d}",
    "period": _of("period"),
    "book": lambda row: row.company,
    "word": _of("word"),
    "number": _of("number"),
    "word_number": lambda row: f"{row.line['word']}-{row.line['number']}",
    "word_number4": lambda row: f"{row.line['word']}-{row.line['number']:04d}",
    "journal": lambda row: journal_id(row.line["period"], row.line["word"], row.line["number"]),
    "line": _of("line"),
    "line0": lambda row: row.line["line"] - 1,
    "serial": lambda row: row.serial,
    "summary": _of("summary"),
    "account": _of("account"),
    "leaf_name": lambda row: row.line["account_name"].rpartition("-")[2],
    "path_dash": lambda row: row.names("-"),
    "path_underscore": lambda row: row.names("_"),
    "path_backslash": lambda row: row.names("\\"),
    "counter": _of("counter_account"),
    "aux": _of("aux"),
    "aux_item": nc_aux,
    "aux_kingdee": kingdee_aux,
    "customer": lambda row: row.auxiliary("customer"),
    "supplier": lambda row: row.auxiliary("supplier"),
    "person": lambda row: row.auxiliary("person"),
    "debit": lambda row: yuan(row.line["debit"]),
    "credit": lambda row: yuan(row.line["credit"]),
    "debit0": lambda row: Decimal(row.line["debit"]) / 100,
    "credit0": lambda row: Decimal(row.line["credit"]) / 100,
    "debit_text": lambda row: text_amount(row.line["debit"]),
    "credit_text": lambda row: text_amount(row.line["credit"]),
    "amount": lambda row: Decimal(row.line["debit"] or row.line["credit"]) / 100,
    "size": lambda row: Decimal(row.line["debit"] or row.line["credit"]) / 100,
    "indicator": lambda row: "D" if row.line["debit"] else "C",
    "preparer": _of("preparer"),
    "reviewer": _of("reviewer"),
    "poster": _of("poster"),
    "attachments": _of("attachments"),
    "document_date": _of("document_date"),
    "entered_date": _of("entered_date"),
    "entered_time": _of("entered_time"),
    "reference": _of("reference"),
    "source": lambda row: "GL",
    "rmb": _always("RMB"),
    "yuan_name": _always("人民币"),
    "rate_type": _always("公司汇率"),
    "one": _always(1),
    "zero": _always(0),
    "empty": _always(None),
}
