"""Vouchers as lines of the canonical ledger (saas.ledgers.frame.LINES), before any layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from saas.demo.books.accounts import BookAccount, BookChart
from saas.demo.books.company import Company
from saas.demo.books.voucher import Entry, Voucher

NAME_SEPARATOR = "-"


def voucher_lines(vouchers: Iterable[Voucher], company: Company, chart: BookChart) -> list[dict[str, Any]]:
    """One dictionary per line, in file order; what the file lost is left out."""
    lines = [line for voucher in vouchers if voucher.exported for line in _lines(voucher, company, chart)]
    for row, line in enumerate(lines, 2):  # row 1 is the header
        line["row"] = row
    return lines


def right_entry(entry: Entry, chart: BookChart) -> dict[str, Any]:
    account = chart.by_role[entry.role]
    return {
        "account": account.code,
        "name": NAME_SEPARATOR.join(account.names),
        "aux": entry.aux,
        "debit": entry.debit,
        "credit": entry.credit,
    }


def account_name(code: str, chart: BookChart) -> str:
    """The full name from the top; a code that is in no chart was typed with the name of its nearest parent."""
    while code and code not in chart.by_code:
        code = code[:-1]
    return NAME_SEPARATOR.join(chart.by_code[code].names) if code else ""


def _lines(voucher: Voucher, company: Company, chart: BookChart) -> Iterator[dict[str, Any]]:
    summary, in_summary = voucher.text, company.invoices_in == "summary"
    if voucher.reference and in_summary:
        summary = f"{summary} 发票号{voucher.reference}"
    shared = {
        "period": voucher.period,
        "date": voucher.date,
        "voucher": voucher.id,
        "word": voucher.word,
        "number": voucher.number,
        "number_text": str(voucher.number),
        "summary": summary,
        "currency": "",
        "quantity": None,
        "preparer": voucher.preparer,
        "reviewer": company.reviewer,
        "poster": company.preparers[0],
        "posted": True,
        "void": False,
        "attachments": voucher.attachments,
        "source": "",
        "entered_date": voucher.entered and voucher.entered.date(),
        "entered_time": f"{voucher.entered:%H:%M:%S}" if voucher.entered else "",
        "document_date": voucher.document_date,
        "reference": "" if in_summary else voucher.reference,
    }
    accounts = [_account(entry, chart) for entry in voucher.entries]
    for at, (entry, account) in enumerate(zip(voucher.entries, accounts, strict=True)):
        code = entry.code or account.code
        yield {
            "row": 0,
            **shared,
            "line": at + 1,
            "account": code,
            "account_name": account_name(code, chart),
            "aux": entry.aux,
            "debit": entry.debit,
            "credit": entry.credit,
            "counter_account": _counter(voucher.entries, accounts, at),
        }


def _account(entry: Entry, chart: BookChart) -> BookAccount:
    return chart.by_role[entry.role]


def _counter(entries: list[Entry], accounts: list[BookAccount], at: int) -> str:
    """The first account of the other side, as one-line exports print it."""
    mine = bool(entries[at].debit)
    others = [account for entry, account in zip(entries, accounts, strict=True) if bool(entry.debit) != mine]
    return NAME_SEPARATOR.join(others[0].names) if others else ""
