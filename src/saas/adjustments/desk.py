"""The client's books as the correction engine wants them: where they stand, what a voucher holds, what balances are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import polars as pl

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.vouchers import Key, Line, Voucher
from saas.adjustments.own_accounts import supplied
from saas.adjustments.tax import Filings, Taxpayer
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.money import Money
from saas.kernel.pages import ROOT
from saas.kernel.rates import Rates, load
from saas.ledgers.charts import Chart
from saas.ledgers.frame import Ledger


@cache
def rates() -> Rates:
    """The tax table as shipped; its rows carry their dates and sources."""
    return load(ROOT / "tenants" / "_starter" / "tax_table.toml")


def open_books(client: Client, ledger: Ledger, chosen: str = "") -> OpenBooks:
    """Where the books stand today: the open period is the one a person chose, else this month or a later stored one."""
    today = clock.today()
    period = Period.parse(chosen) if chosen else _open_period(ledger, today)
    current = ledger.lines.filter((pl.col("period") == str(period)) & pl.col("number").is_not_null())
    last = current.group_by("word").agg(pl.col("number").max(), pl.col("date").max())
    numbers = {str(word or "记"): int(number) for word, number, _date in last.iter_rows()}
    dates = {str(word or "记"): day for word, _number, day in last.iter_rows() if day is not None}
    words = tuple(str(w) for w in ledger.lines["word"].drop_nulls().unique().sort() if w) or ("记",)
    chart = supplied(ledger.chart, client.settings.get("accounts", {}))
    return OpenBooks(today, period, chart, numbers, dates, words)


def _open_period(ledger: Ledger, today: date) -> Period:
    stored = ledger.lines["period"].drop_nulls().max()
    this_month = Period.of(today)
    return max(this_month, Period.parse(str(stored))) if stored else this_month


def voucher(ledger: Ledger, key: str) -> Voucher | None:
    """A voucher of the books by its key ("2026-03 记-12"); None when they do not hold it."""
    rows = ledger.lines.filter(pl.col("voucher") == key).sort("line", "row").to_dicts()
    if not rows or rows[0]["date"] is None:
        return None
    first = rows[0]
    lines = tuple(_line(row) for row in rows)
    return Voucher(first["date"], first["word"] or "记", first["number"], first["summary"] or "", lines)


def _line(row: Mapping[str, Any]) -> Line:
    return Line(
        account=row["account"],
        debit=Money(row["debit"]),
        credit=Money(row["credit"]),
        aux=row["aux"] or "",
        name=row["account_name"] or "",
    )


def balances(ledger: Ledger) -> dict[Key, Money]:
    """Debit minus credit per (account, auxiliary): the last stated closing and what moved since, else all movements."""
    closing = ledger.balances.drop_nulls("closing")
    last = str(closing["period"].max()) if closing.height else ""
    start = closing.filter(pl.col("period") == last) if last else closing
    found = {(row["account"], row["aux"] or ""): row["closing"] for row in start.iter_rows(named=True)}
    moved = ledger.lines.filter((pl.col("period") > last) & ~pl.col("void").fill_null(False))
    sums = moved.group_by("account", pl.col("aux").fill_null("")).agg((pl.col("debit") - pl.col("credit")).sum())
    for account, aux, fen in sums.iter_rows():
        found[(account, aux)] = found.get((account, aux), 0) + fen
    return {key: Money(int(fen)) for key, fen in found.items()}


def taxpayer(client: Client) -> Taxpayer:
    """What the client's record says; what it does not say stays unknown."""
    said = client.settings.get("tax", {})
    return Taxpayer(
        kind="G" if client.taxpayer_kind == "general" else "S",
        vat_by="month" if client.filing_period == "month" else "quarter",
        urban=said.get("urban"),
        small_profit=said.get("small_profit"),
        one_off_deduction=said.get("one_off_deduction"),
        sales={date.fromisoformat(day): Money(fen) for day, fen in said.get("sales", {}).items()},
        taxable_income={int(year): Money(fen) for year, fen in said.get("taxable_income", {}).items()},
    )


def filings(client: Client, paid_on: date | None) -> Filings:
    """What was filed, as far as the client's record says."""
    through = client.settings.get("tax", {}).get("vat_filed_through")
    return Filings(vat_through=date.fromisoformat(through) if through else None, paid_on=paid_on)


def account_options(chart: Chart) -> Sequence[str]:
    """The leaf accounts as the voucher editor offers them: "560201 管理费用—办公费"."""
    leaves = [account for account in chart.accounts.values() if account.leaf]
    return [f"{account.code} {account.name}" for account in sorted(leaves, key=lambda a: a.code)]
