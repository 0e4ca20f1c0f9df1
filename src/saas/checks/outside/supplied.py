"""What was imported of a client from outside the ledger, as the rules take it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks.outside import bank_reading, invoice_reading
from saas.checks.outside.outside_models import BankLine, BankPair, InvoiceLine, OutsideFile
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm

Settings = dict[str, dict[str, Any]]
RULES = frozenset({"N18", "N46", "N55"})  # those that look at statements and lists


async def settings_of(session: AsyncSession, client_id: UUID) -> Settings:
    """rule → its settings: statements by account with the pairs made by hand for N55, invoice lists for N18 and N46."""
    every = await files(session, client_id)
    accounts = sorted({one.account for one in every if one.kind == "bank"})
    statements = {account: await statement(session, every, account) for account in accounts}
    lists = {kind: await invoices(session, every, kind) for kind in ("in", "out")}
    found: Settings = {}
    if statements:
        found["N55"] = {"bank_lines": statements, "bank_pairs": await pairs(session, client_id)}
    known = {kind: lines for kind, lines in lists.items() if lines.height}
    if known:
        found["N46"] = found["N18"] = {"invoices": known}
    return found


async def files(session: AsyncSession, client_id: UUID, *, undone: bool = False) -> Sequence[OutsideFile]:
    """The newest first."""
    query = select(OutsideFile).where(of_this_firm(OutsideFile), OutsideFile.client_id == client_id)
    if not undone:
        query = query.where(OutsideFile.undone_at.is_(None))
    return (await session.scalars(query.order_by(OutsideFile.uploaded_at.desc(), OutsideFile.id.desc()))).all()


async def file(session: AsyncSession, client_id: UUID, file_id: UUID) -> OutsideFile:
    return await own_row(session, OutsideFile, file_id, OutsideFile.client_id == client_id)


async def statement(session: AsyncSession, every: Sequence[OutsideFile], account: str) -> pl.DataFrame:
    """One account's lines. Where files overlap, the newest one says what happened on the days it covers."""
    parts: list[pl.DataFrame] = []
    covered: list[OutsideFile] = []
    for one in (f for f in every if f.kind == "bank" and f.account == account):
        lines = await _frame(session, BankLine, one.id, bank_reading.LINES)
        for newer in covered:
            lines = lines.filter(~pl.col("date").is_between(newer.first_day, newer.last_day))
        parts.append(lines)
        covered.append(one)
    empty = pl.DataFrame(schema=bank_reading.LINES)
    return pl.concat([empty, *parts]).sort("date", maintain_order=True)


async def invoices(session: AsyncSession, every: Sequence[OutsideFile], kind: str) -> pl.DataFrame:
    """All invoices of one direction; the newest list decides about an invoice that stands in several."""
    parts = [await _frame(session, InvoiceLine, one.id, invoice_reading.LINES) for one in every if one.kind == kind]
    empty = pl.DataFrame(schema=invoice_reading.LINES)
    return pl.concat([empty, *parts]).unique("number", keep="first", maintain_order=True)


async def pairs(session: AsyncSession, client_id: UUID) -> dict[str, dict[str, str]]:
    """account → statement key → entry key."""
    query = select(BankPair).where(of_this_firm(BankPair), BankPair.client_id == client_id)
    found: dict[str, dict[str, str]] = {}
    for pair in (await session.scalars(query)).all():
        found.setdefault(pair.account, {})[pair.statement_key] = pair.books_key
    return found


async def _frame(
    session: AsyncSession, table: type[BankLine | InvoiceLine], file_id: UUID, schema: dict[str, Any]
) -> pl.DataFrame:
    query = select(*(getattr(table, name) for name in schema)).where(table.file_id == file_id, of_this_firm(table))
    rows = (await session.execute(query.order_by(table.row))).all()
    return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
