"""Exports, the nightly look at what is due, the sealed archive and the erasure."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.models import SignUp
from saas.firms.notifications import notify
from saas.identity.models import Confirmation, Session
from saas.kernel import clock, tenancy
from saas.kernel.access import SYSTEM
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.kernel.i18n import _
from saas.kernel.jobs import report, running
from saas.kernel.outbox import enqueue, enqueue_for_nobody
from saas.kernel.sending import scratch_folder
from saas.privacy import archives, departing, requests, retention
from saas.privacy.erasure import erase as erase_firm
from saas.privacy.exporting import export_to, exported_tables
from saas.privacy.models import Departure, FirmExport
from saas.privacy.queries import exports
from saas.privacy.terms import term

FETCHED_WITHIN = timedelta(days=7)
OVER = timedelta(days=30)  # since a link or a sign-up ended


async def make_export(session: AsyncSession, export_id: str) -> None:
    """Write the ZIP and tell whoever asked. A second run finds it made."""
    wanted = await session.get(FirmExport, (tenancy.current_firm_id(), UUID(export_id)))
    if wanted is None or wanted.made_at is not None:
        return
    now = clock.now()
    with scratch_folder() as folder:
        path = Path(folder, "export.zip")
        made = await export_to(session, path, exported_tables(), now, tell=report)
        wanted.sha256 = await store_of(active()).put_file(tenancy.current_firm_id(), path)
    wanted.size, wanted.made_at = made.size, now
    wanted.tables, wanted.rows, wanted.files = made.tables, made.rows, made.files
    record(session, SYSTEM, "privacy.exported", now, subject=wanted, rows=made.rows, files=made.files)
    told = _("The firm’s data is ready: fetch it within seven days.")
    await notify(session, [wanted.asked_by], "security", told, "/settings/privacy/leaving", now)


async def nightly(session: AsyncSession) -> None:
    """Once a day for each firm: old exports go, clocks are looked at, and a firm whose days are over is sealed."""
    now = clock.now()
    await _forget_exports(session, now)
    await requests.remind(session, now)
    await retention.look(session, now)
    departure = await departing.departure_of(session)
    if departure is not None and _is_due(departure, now):
        enqueue(session, "privacy.archive")


async def archive(session: AsyncSession) -> None:
    """Seal what must be kept, close the firm, and promise the erasure."""
    now, departure = clock.now(), await departing.departure_of(session, lock=True)
    if departure is None or not _is_due(departure, now):
        return
    await departing.seal_archive(session, departure, now)
    await enqueue_for_nobody(session, "privacy.erase", leaving=departure.id)


async def erase(session: AsyncSession, leaving: str) -> None:
    """Runs in the scope of no firm: nothing of its own is in the way. Then the owner gets the link to the archive."""
    now = clock.now()
    departure = await erase_firm(session, UUID(leaving), running().redis, now)
    await archives.send_link(session, departure, now)


async def daily(session: AsyncSession) -> None:
    """Once a day for the whole product: archives whose term is over, and what nobody's sign-in has forgotten."""
    await archives.end_due(session)
    await _forget_sign_ins(session, clock.now())


async def _forget_sign_ins(session: AsyncSession, now: datetime) -> None:
    """Of people who do not come back; whoever signs in forgets their own. Links and sign-ups that came to nothing."""
    months = term("sessions", now.astimezone(CHINA).date()).months
    await session.execute(delete(Session).where(Session.created_at < retention.months_before(now, months)))
    await session.execute(delete(Confirmation).where(Confirmation.expires_at < now - OVER))
    await session.execute(delete(SignUp).where(SignUp.expires_at < now - OVER))


async def _forget_exports(session: AsyncSession, now: datetime) -> None:
    for export in await exports(session):
        if export.made_at is not None and export.deleted_at is None and now - export.made_at > FETCHED_WITHIN:
            await store_of(active()).remove(tenancy.current_firm_id(), export.sha256)
            export.deleted_at = now


def _is_due(departure: Departure, now: datetime) -> bool:
    return departure.cancelled_at is None and departure.archived_at is None and departure.erase_after <= now
