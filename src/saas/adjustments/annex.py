"""The plans of a case inside its case file: every version, with vouchers, signatures and both snapshots."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments import export, planning
from saas.adjustments.models import Adjustment
from saas.cases.models import Case
from saas.kernel import tenancy
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.ledgers import queries as ledgers

COLUMNS = tuple(column.key for column in Adjustment.__table__.columns if column.key not in ("firm_id", "law"))


async def of_case(session: AsyncSession, case: Case) -> list[tuple[str, bytes]]:
    """[(path, bytes)]: one JSON and one workbook a version, and the snapshots under their moment."""
    query = select(Adjustment).where(Adjustment.firm_id == case.firm_id, Adjustment.case_id == case.id)
    papers: list[tuple[str, bytes]] = []
    for adjustment in (await session.scalars(query.order_by(Adjustment.version))).all():
        rows = await planning.vouchers_of(session, adjustment)
        told: dict[str, Any] = {name: getattr(adjustment, name) for name in COLUMNS}
        told |= {"law": str(adjustment.law), "total": adjustment.total.fen, "status": adjustment.status}
        content = msgspec.json.format(msgspec.json.encode(told, enc_hook=str), indent=1)
        papers.append((f"adjustments/v{adjustment.version}.json", content))
        papers.append(
            (f"adjustments/v{adjustment.version}.xlsx", export.workbook(rows, planning.listed(adjustment, rows)))
        )
    store = store_of(active())
    for snapshot in await ledgers.snapshots(session, case.id):
        content = await store.get(tenancy.current_firm_id(), snapshot.sha256)
        papers.append((f"snapshots/{snapshot.moment}-{snapshot.sha256[:12]}.csv", content))
    return papers
