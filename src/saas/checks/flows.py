"""What moved on roles, month by month: revenue, cost, tax. Closing and opening vouchers are no movements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import polars as pl

from saas.checks.once import per_ledger
from saas.checks.positions import months_between
from saas.checks.roles import role_in
from saas.checks.voucher_kinds import lines, vouchers
from saas.ledgers.frame import Ledger

Kind = Literal["G", "S"]
GENERAL = ("tax.vat.input", "tax.vat.output", "tax.vat.transfer_unpaid")  # accounts a small-scale taxpayer never has


# what rules ask of an entry's lines; a copy of the others would cost a large ledger half a gigabyte
COLUMNS = (
    "row", "voucher", "period", "date", "account", "account_name", "aux", "summary", "debit", "credit", "net",
    "category", "side", "role",
)  # fmt: skip


@per_ledger
def events(ledger: Ledger) -> pl.DataFrame:
    """The lines (COLUMNS) of every voucher but closing and opening ones, with the voucher's `kind` and `pair`."""
    heads = vouchers(ledger).filter(~pl.col("kind").is_in(["closing", "opening"])).select("voucher", "kind", "pair")
    own = lines(ledger).select(COLUMNS).filter(pl.col("period").is_not_null())
    return own.join(heads, on="voucher", maintain_order="left")


@per_ledger
def monthly(ledger: Ledger) -> pl.DataFrame:
    """role, category, period, debit, credit, net (fen): sums of `events`."""
    by = ["role", "category", "period"]
    return events(ledger).group_by(by).agg(pl.col("debit", "credit", "net").sum()).sort(by)


@per_ledger
def months(ledger: Ledger) -> list[str]:
    """Every month from the file's first to its last."""
    periods = lines(ledger)["period"]
    return months_between(periods.min(), periods.max())  # type: ignore[arg-type]


@per_ledger
def closed_months(ledger: Ledger) -> set[str]:
    """The months that are over: with a closing voucher, or before the file's last month."""
    heads = vouchers(ledger)
    closing = set(heads.filter(pl.col("kind") == "closing")["period"].drop_nulls().to_list())
    return closing | set(months(ledger)[:-1])


def flow(ledger: Ledger, column: Literal["debit", "credit", "net"], *roles: str) -> dict[str, int]:
    """Fen by month on these roles; every month of the file is there."""
    of = monthly(ledger).filter(role_in(*roles)).group_by("period").agg(pl.col(column).sum())
    return {**dict.fromkeys(months(ledger), 0), **dict(of.iter_rows())}


def revenue(ledger: Ledger) -> dict[str, int]:
    """Income from sales by month, in fen, without VAT."""
    return {period: -net for period, net in flow(ledger, "net", "revenue").items()}


def taxpayer(ledger: Ledger, settings: Mapping[str, Any]) -> Kind | None:
    """General or small-scale: as the client's page says, else as the VAT accounts show; None without any."""
    said = settings.get("taxpayer")
    if said in ("G", "S"):
        return said  # type: ignore[no-any-return]
    used = {account.role for account in ledger.chart.accounts.values() if account.used}
    if used & set(GENERAL):
        return "G"
    return "S" if any(role.startswith("tax.vat") for role in used) else None


def declared_sales(ledger: Ledger, settings: Mapping[str, Any]) -> dict[str, int]:
    """Sales by month: those of the VAT returns where they are supplied, else the ledger's revenue.

    A quarterly return stands in the quarter's last month and takes the place of all three.
    """
    sales = revenue(ledger)
    for period, fen in sorted(settings["figures"].get("vat_sales", {}).items()):
        covered = quarter(period) if settings["vat_by"] == "quarter" and int(period[5:]) % 3 == 0 else [period]
        sales.update(dict.fromkeys(covered, 0))
        sales[period] = fen
    return sales


def quarter(period: str) -> list[str]:
    """The three months of a month's quarter."""
    first = (int(period[5:]) - 1) // 3 * 3 + 1
    return [f"{period[:4]}-{month:02d}" for month in range(first, first + 3)]
