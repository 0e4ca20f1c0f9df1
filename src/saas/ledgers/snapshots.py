"""Freezing the accounts a correction touches: canonical rows in the file store, known by their hash."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import tenancy
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.ledgers.frame import Ledger
from saas.ledgers.models import Snapshot

COLUMNS = ["period", "date", "voucher", "summary", "account", "account_name", "aux", "debit", "credit"]


async def take(
    session: AsyncSession,
    ledger: Ledger,
    accounts: set[str],
    *,
    client_id: UUID,
    subject_kind: str,
    subject_id: UUID,
    moment: str,
    import_ids: list[str],
    now: datetime,
) -> Snapshot:
    """Every line on these accounts as CSV under its SHA-256; the same books give the same hash, whatever the layout."""
    content = canonical(ledger, accounts)
    digest = await store_of(active()).put(tenancy.current_firm_id(), content)
    snapshot = Snapshot(
        client_id=client_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        moment=moment,
        taken_at=now,
        import_ids=import_ids,
        sha256=digest,
        line_count=content.count(b"\n") - 1,
    )
    session.add(snapshot)
    await session.flush()
    return snapshot


def canonical(ledger: Ledger, accounts: set[str]) -> bytes:
    """The rows in one order, amounts in fen, with a heading."""
    rows = ledger.lines.filter(pl.col("account").is_in(sorted(accounts))).select(COLUMNS)
    return rows.sort(COLUMNS).write_csv().encode()
