"""A system fault: the books are frozen when it is declared, and what was restored is compared with what was lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.fault_models import SystemFault
from saas.cases.forms import RestoreTest, VendorTicket
from saas.cases.models import Case
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Invalid, Missing
from saas.kernel.i18n import _
from saas.kernel.module import Event
from saas.kernel.tenancy import of_this_firm
from saas.ledgers import queries as ledgers
from saas.ledgers import snapshots
from saas.ledgers.differences import compare
from saas.ledgers.models import Import, PeriodVersion
from saas.ledgers.store import books_of

STORED = "stored"


async def standing(session: AsyncSession, case_id: UUID) -> SystemFault | None:
    """The newest fault of a case."""
    query = select(SystemFault).where(of_this_firm(SystemFault), SystemFault.case_id == case_id)
    return (await session.scalars(query.order_by(SystemFault.declared_at.desc()).limit(1))).first()


async def freeze(session: AsyncSession, event: Event) -> None:
    """On `case.fault_declared`: everything stored of the client under one hash, before anybody repairs anything."""
    case: Case = event.row
    fault = await standing(session, case.id)
    client = await clients.client(session, case.client_id)
    current = await ledgers.versions(session, client.id)
    if fault is None or not current:
        return
    ledger = await books_of(session, client)
    snapshot = await snapshots.take(
        session, ledger, set(ledger.lines["account"].unique().to_list()), client_id=client.id, subject_kind="case",
        subject_id=case.id, moment="fault", import_ids=sorted({str(v.import_id) for v in current}), now=event.now,
    )  # fmt: skip
    fault.snapshot_id = snapshot.id


async def name_ticket(session: AsyncSession, case: Case, actor: Actor, form: VendorTicket, now: datetime) -> None:
    """The vendor's number; a later one takes its place, the trail keeps both."""
    fault = await _open(session, case)
    fault.vendor, fault.ticket = form.vendor, form.ticket
    record(session, actor, "cases.ticket", now, subject=case, client_id=case.client_id, timeline=True,
           summary=f"{form.vendor} {form.ticket}")  # fmt: skip


async def compare_restored(session: AsyncSession, case: Case, actor: Actor, form: RestoreTest, now: datetime) -> None:
    """Compare the repaired books with those from before the fault, voucher by voucher.

    Invalid where the restored file is not newer than the fault, or both are the same import.
    """
    fault = await _open(session, case)
    trusted = await _of_client(session, case, form.trusted_id)
    restored = await _of_client(session, case, form.restored_id)
    if restored.uploaded_at <= fault.declared_at:
        raise Invalid(_("The restored books have to be imported after the fault was declared."))
    client = await clients.client(session, case.client_id)
    before, after = await _lines(session, client, trusted), await _lines(session, client, restored)
    found = compare(before, after)
    gone = sorted(set(before["period"].drop_nulls()) - set(after["period"].drop_nulls()))
    if gone and case.period in gone:
        raise Invalid(_("The restored file does not hold %(period)s, the month of this case.", period=case.period))
    fault.trusted_id, fault.restored_id = trusted.id, restored.id
    fault.difference, fault.remark = found.shown() | {"periods_gone": gone}, form.remark
    fault.tested_by, fault.tested_at = actor.id, now
    record(session, actor, "cases.restore_test", now, subject=case, client_id=case.client_id, timeline=True,
           summary=f"= {found.same} ≠ {fault.differing}")  # fmt: skip


async def importable(session: AsyncSession, case: Case, fault: SystemFault) -> dict[str, Sequence[Import]]:
    """What may be compared: stored imports of the client from before the fault, and those after it."""
    stored = [one for one in await ledgers.imports(session, case.client_id) if one.state == STORED]
    return {
        "trusted": [one for one in stored if one.uploaded_at <= fault.declared_at],
        "restored": [one for one in stored if one.uploaded_at > fault.declared_at],
    }


async def _open(session: AsyncSession, case: Case) -> SystemFault:
    fault = await standing(session, case.id)
    if case.state != "incident" or fault is None or not fault.is_open:
        raise Conflict(_("The system fault of this case is settled; nothing was changed."))
    return fault


async def _of_client(session: AsyncSession, case: Case, import_id: UUID) -> Import:
    found = await ledgers.imported(session, import_id)
    if found.client_id != case.client_id or found.state != STORED:
        raise Missing()
    return found


async def _lines(session: AsyncSession, client: Client, imported: Import) -> pl.DataFrame:
    query = select(PeriodVersion.id).where(of_this_firm(PeriodVersion), PeriodVersion.import_id == imported.id)
    return (await books_of(session, client, versions=(await session.scalars(query)).all())).lines
