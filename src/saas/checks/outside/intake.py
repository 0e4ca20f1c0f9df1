"""Taking in a statement or an invoice list: read in a thread, refused in words, stored line by line, then checked."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks.outside import bank_reading, invoice_reading, supplied
from saas.checks.outside.bank_reading import Statement
from saas.checks.outside.forms import Pair, Upload
from saas.checks.outside.invoice_reading import InvoiceList
from saas.checks.outside.outside_models import BankLine, BankPair, InvoiceLine, OutsideFile
from saas.clients.models import Client
from saas.kernel import tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.files import store_of
from saas.kernel.i18n import _, listed
from saas.kernel.identifiers import uuid7
from saas.kernel.outbox import enqueue
from saas.kernel.tenancy import of_this_firm
from saas.ledgers.reading import Unreadable


async def take_in(
    session: AsyncSession, client: Client, actor: Actor, form: Upload, content: bytes, now: datetime
) -> OutsideFile:
    """Store what a file says. Invalid with the reason where it cannot be read or is of another account.

    The same bytes again for the same purpose lead to the file that is there.
    """
    digest = sha256(content).hexdigest()
    account = form.account if form.kind == "bank" else ""
    every = await supplied.files(session, client.id)
    same = [one for one in every if (one.kind, one.account, one.file_sha256) == (form.kind, account, digest)]
    if same:
        return same[0]
    found = await asyncio.to_thread(_read, form.kind, form.file_name, content)
    printed = found.account[-4:] if isinstance(found, Statement) else ""
    _refuse_other_account(form, printed, [one for one in every if one.kind == "bank"])
    if found.lines.is_empty():
        raise Invalid(_("The file holds no line that can be read. %(n)s rows were refused.", n=len(found.rejects)))
    await store_of(active()).put(tenancy.current_firm_id(), content)
    made = OutsideFile(
        id=uuid7(), client_id=client.id, kind=form.kind, account=account, printed=printed, file_name=form.file_name,
        file_sha256=digest, uploaded_by=actor.id, uploaded_at=now, first_day=found.lines["date"].min(),
        last_day=found.lines["date"].max(), line_count=found.lines.height, rejects=found.rejects,
        notes=found.notes if isinstance(found, Statement) else [],
        opening_fen=found.opening_fen if isinstance(found, Statement) else None,
        closing_fen=found.closing_fen if isinstance(found, Statement) else None,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    await _write(session, BankLine if form.kind == "bank" else InvoiceLine, made, found.lines)
    record(session, actor, "checks.supply_file", now, subject=made, client_id=client.id, timeline=True,
           name=form.file_name, kind=form.kind, lines=made.line_count)  # fmt: skip
    enqueue(session, "checks.run", client_id=client.id)
    return made


def _read(kind: str, name: str, content: bytes) -> Statement | InvoiceList:
    """In a thread; workbooks are parsed in a limited process of their own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name).name or "file")
        path.write_bytes(content)
        try:
            return bank_reading.read(path) if kind == "bank" else invoice_reading.read(path)
        except Unreadable as error:
            raise Invalid(error.reason) from None  # the sentence is for whoever gave the file


def _refuse_other_account(form: Upload, printed: str, statements: list[OutsideFile]) -> None:
    """The bank prints the account's number: it must be the one of the earlier statements of this ledger account."""
    if form.kind != "bank" or not printed or form.anyway:
        return
    known = {one.printed for one in statements if one.account == form.account and one.printed}
    if known and printed not in known:
        raise Invalid(
            _(
                "This statement is of the account ending in %(printed)s; earlier ones of %(account)s end in %(known)s. "
                "Choose the other account, or confirm that the number changed.",
                printed=printed, account=form.account, known=listed(sorted(known)),
            )
        )  # fmt: skip


async def undo(session: AsyncSession, client: Client, actor: Actor, file_id: UUID, now: datetime) -> None:
    """The file's lines count no more; they stay readable. Undone twice changes nothing."""
    found = await supplied.file(session, client.id, file_id)
    if found.undone_at is None:
        found.undone_at = now
        record(session, actor, "checks.undo_file", now, subject=found, client_id=client.id, timeline=True,
               name=found.file_name)  # fmt: skip
        enqueue(session, "checks.run", client_id=client.id)


async def pair(session: AsyncSession, client: Client, actor: Actor, form: Pair, known: set[str], now: datetime) -> None:
    """Say that a statement's line is an entry. `known` are the keys of both rests; Conflict where one is gone."""
    if not {form.statement_key, form.books_key} <= known:
        raise Conflict(_("One of the two lines is matched already. Nothing was changed."))
    session.add(
        BankPair(client_id=client.id, account=form.account, statement_key=form.statement_key,
                 books_key=form.books_key, made_by=actor.id, made_at=now)
    )  # fmt: skip
    await session.flush()
    record(session, actor, "checks.pair", now, subject=client, client_id=client.id,
           statement=form.statement_key, books=form.books_key)  # fmt: skip
    enqueue(session, "checks.run", client_id=client.id)


async def unpair(session: AsyncSession, client: Client, actor: Actor, statement_key: str, now: datetime) -> None:
    """Take a pair back; nothing where there is none."""
    query = delete(BankPair).where(
        of_this_firm(BankPair), BankPair.client_id == client.id, BankPair.statement_key == statement_key
    )
    done = await session.execute(query.returning(BankPair.id))
    if done.scalars().first() is not None:
        record(session, actor, "checks.unpair", now, subject=client, client_id=client.id, statement=statement_key)
        enqueue(session, "checks.run", client_id=client.id)


async def _write(
    session: AsyncSession, table: type[BankLine | InvoiceLine], made: OutsideFile, lines: pl.DataFrame
) -> None:
    rows: list[dict[str, Any]] = [
        {**row, "id": uuid7(), "firm_id": made.firm_id, "file_id": made.id} for row in lines.iter_rows(named=True)
    ]
    for start in range(0, len(rows), 2000):
        await session.execute(insert(table), rows[start : start + 2000])
