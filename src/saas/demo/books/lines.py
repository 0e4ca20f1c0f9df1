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
    account = chart.account(entry.account)
    return {
        "account": account.code,
        "name": NAME_SEPARATOR.join(account.names),
        "aux": entry.aux,
        "debit": entry.debit,
        "credit": entry.credit,
    }


def _lines(voucher: Voucher, company: Company, chart: BookChart) -> Iterator[dict[str, Any]]:
    summary, in_summary = voucher.text, company.invoices_in == "summary"
    if voucher.reference and in_summary:
        summary = f"{summary} 发票号{voucher.reference}"
    shared = {
        "period": voucher.period,
        "date": voucher.date,
        "voucher": voucher.id(journal_ids=company.journal_ids),
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
    accounts = [chart.account(entry.account) for entry in voucher.entries]
    for at, (entry, account) in enumerate(zip(voucher.entries, accounts, strict=True)):
        yield {
            "row": 0,
            **shared,
            "line": at + 1,
            "account": entry.misprint or account.code,
            "account_name": NAME_SEPARATOR.join(account.names),
            "aux": entry.aux,
            "debit": entry.debit,
            "credit": entry.credit,
            "counter_account": _counter(voucher.entries, accounts, at),
        }


def _counter(entries: list[Entry], accounts: list[BookAccount], at: int) -> str:
    """The first account of the other side, as one-line exports print it."""
    mine = bool(entries[at].debit)
    others = [account for entry, account in zip(entries, accounts, strict=True) if bool(entry.debit) != mine]
    return NAME_SEPARATOR.join(others[0].names) if others else ""
