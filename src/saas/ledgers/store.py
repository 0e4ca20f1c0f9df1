"""Canonical lines and balances in PostgreSQL: written in bulk, read back as frames, versioned by client and period."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, cast, get_args
from uuid import UUID

import polars as pl
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.kernel import tenancy
from saas.kernel.identifiers import uuid7
from saas.ledgers.charts import assigned, build
from saas.ledgers.frame import BALANCES, LINES, Ledger, Standard
from saas.ledgers.models import Import, LedgerBalance, LedgerLine, PeriodVersion

ROLES = "roles"  # in Client.settings: what a person said each account of an unknown chart stands for (code → role)
FEN = {"debit", "credit", "year_opening", "opening", "year_debit", "year_credit", "closing"}
# What makes two versions of a period the same books: text, numbering and amounts; not row numbers or print columns.
CANONICAL = ["voucher", "date", "line", "summary", "account", "aux", "debit", "credit", "currency", "void"]


async def write(session: AsyncSession, imported: Import, ledger: Ledger) -> None:
    """Keep an import's rows and make its periods the current version; older versions stay."""
    await _insert(session, LedgerLine, ledger.lines, list(LINES), imported)
    await _insert(session, LedgerBalance, ledger.balances, list(BALANCES), imported)
    for content, frame in (("lines", ledger.lines), ("balances", ledger.balances)):
        for period, digest in period_digests(frame, content):
            await _supersede(session, imported, period, content, digest)


async def _insert(
    session: AsyncSession, table: type[LedgerLine | LedgerBalance], frame: pl.DataFrame, columns: list[str], of: Import
) -> None:
    """Through a temporary table: COPY does not serve tables with row security, an INSERT from one does."""
    if frame.is_empty():
        return
    names = [f"{name}_fen" if name in FEN else name for name in columns]
    every = ["firm_id", "id", "import_id", "client_id", *names]
    firm_id = tenancy.current_firm_id()
    rows = ((firm_id, uuid7(), of.id, of.client_id, *row) for row in frame.select(columns).iter_rows())
    target = table.__tablename__
    await session.execute(text(f"CREATE TEMP TABLE incoming (LIKE {target}) ON COMMIT DROP"))
    raw = await (await session.connection()).get_raw_connection()
    driver: Any = raw.driver_connection
    await driver.copy_records_to_table("incoming", records=rows, columns=every)
    listed = ", ".join(f'"{name}"' for name in every)
    await session.execute(text(f"INSERT INTO {target} ({listed}) SELECT {listed} FROM incoming"))  # noqa: S608 - own names
    await session.execute(text("DROP TABLE incoming"))


def period_digests(frame: pl.DataFrame, content: str) -> list[tuple[str, str]]:
    """(period, SHA-256 of its canonical rows), in order. Rows without a period belong to none."""
    columns = CANONICAL if content == "lines" else [c for c in BALANCES if c not in ("row", "period")]
    return [
        (str(period), canonical_digest(part.select(columns)))
        for (period,), part in frame.filter(pl.col("period").is_not_null())
        .sort("period")
        .group_by("period", maintain_order=True)
    ]


def canonical_digest(rows: pl.DataFrame) -> str:
    """Independent of the order of rows in the file, of its layout and of the columns it happens to have."""
    return sha256(rows.sort(rows.columns).write_csv(include_header=False).encode()).hexdigest()


async def _supersede(session: AsyncSession, imported: Import, period: str, content: str, digest: str) -> None:
    mine = (
        PeriodVersion.firm_id == imported.firm_id,
        PeriodVersion.client_id == imported.client_id,
        PeriodVersion.period == period,
        PeriodVersion.content == content,
    )
    current = await session.scalar(select(PeriodVersion).where(*mine, PeriodVersion.is_current).with_for_update())
    newest = await session.scalar(select(func.max(PeriodVersion.version)).where(*mine)) or 0
    if current is not None:
        current.is_current = False
        await session.flush()
    session.add(
        PeriodVersion(
            client_id=imported.client_id,
            period=period,
            content=content,
            version=newest + 1,
            import_id=imported.id,
            sha256=digest,
            is_current=True,
            sealed_at=current.sealed_at if current else None,
            sealed_by=current.sealed_by if current else None,
        )
    )


async def take_back(session: AsyncSession, imported: Import) -> None:
    """Undo: each period of this import goes back to the newest version of an import that still stands."""
    current = select(PeriodVersion).where(
        PeriodVersion.firm_id == imported.firm_id, PeriodVersion.import_id == imported.id, PeriodVersion.is_current
    )
    for version in (await session.scalars(current)).all():
        version.is_current = False
        await session.flush()
        before = (
            select(PeriodVersion.id)
            .join(Import, (Import.firm_id == PeriodVersion.firm_id) & (Import.id == PeriodVersion.import_id))
            .where(
                PeriodVersion.firm_id == version.firm_id,
                PeriodVersion.client_id == version.client_id,
                PeriodVersion.period == version.period,
                PeriodVersion.content == version.content,
                Import.undone_at.is_(None),
                Import.id != imported.id,
            )
            .order_by(PeriodVersion.version.desc())
            .limit(1)
        )
        await session.execute(
            update(PeriodVersion)
            .where(PeriodVersion.firm_id == version.firm_id, PeriodVersion.id == before.scalar_subquery())
            .values(is_current=True)
        )


async def books(
    session: AsyncSession,
    client_id: UUID,
    standard: Standard,
    *,
    versions: Sequence[UUID] | None = None,
    sealed: bool = False,
) -> Ledger:
    """A client's books as one canonical ledger: the current version of every period, or the given versions.

    With `sealed`, of every sealed period the version that was sealed, whatever was imported later.
    """
    chosen = await _versions(session, client_id, versions, sealed)
    lines = await _frame(session, LedgerLine, LINES, [v for v in chosen if v.content == "lines"])
    balances = await _frame(session, LedgerBalance, BALANCES, [v for v in chosen if v.content == "balances"])
    names = pl.concat([lines.select("account", "account_name"), balances.select("account", "account_name")])
    pairs = [(str(code), str(name)) for code, name in names.unique(maintain_order=True).iter_rows()]
    mapped = await session.scalar(
        select(Client.settings[ROLES]).where(Client.firm_id == tenancy.current_firm_id(), Client.id == client_id)
    )
    return Ledger(None, "stored", standard, assigned(build(standard, pairs), mapped or {}), lines, balances)


async def books_of(
    session: AsyncSession,
    client: Client,
    *,
    standard: Standard | None = None,
    versions: Sequence[UUID] | None = None,
    sealed: bool = False,
) -> Ledger:
    """A client's books, as `books`; by its own standard unless another is named."""
    return await books(session, client.id, standard or standard_of(client), versions=versions, sealed=sealed)


def standard_of(client: Client) -> Standard:
    """The standard a client follows, "other" where it is none that we know."""
    return cast(Standard, client.standard) if client.standard in get_args(Standard) else "other"


async def _versions(
    session: AsyncSession, client_id: UUID, versions: Sequence[UUID] | None, sealed: bool
) -> Sequence[PeriodVersion]:
    query = select(PeriodVersion).where(
        PeriodVersion.firm_id == tenancy.current_firm_id(), PeriodVersion.client_id == client_id
    )
    if versions is not None:
        query = query.where(PeriodVersion.id.in_(versions))
    elif sealed:
        first = PeriodVersion.sealed_at.is_not(None)
        query = query.where(first).ext(distinct_on(PeriodVersion.period, PeriodVersion.content))
        query = query.order_by(PeriodVersion.period, PeriodVersion.content, PeriodVersion.version)
    else:
        query = query.where(PeriodVersion.is_current)
    return (await session.scalars(query)).all()


async def _frame(
    session: AsyncSession,
    table: type[LedgerLine | LedgerBalance],
    schema: dict[str, pl.DataType],
    versions: Sequence[PeriodVersion],
) -> pl.DataFrame:
    """The rows of these versions, in the order of their files, under the canonical schema."""
    if not versions:
        return pl.DataFrame(schema=schema)
    names = [f"{name}_fen" if name in FEN else name for name in schema]
    wanted = select(*(getattr(table, name) for name in names)).where(
        table.firm_id == tenancy.current_firm_id(),
        func.row(table.import_id, table.period).in_([func.row(v.import_id, v.period) for v in versions]),
    )
    rows = (await session.execute(wanted.order_by(table.period, table.import_id, table.row))).all()
    return pl.DataFrame([tuple(r) for r in rows], schema=schema, orient="row", infer_schema_length=None)
