"""Asking to leave, thinking again, and sealing what the law obliges to keep."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.kernel import tenancy
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.config import active
from saas.kernel.errors import Conflict
from saas.kernel.files import store_of
from saas.kernel.i18n import _
from saas.privacy.erasure import ARCHIVED_YEARS, ARCHIVES, GRACE
from saas.privacy.exporting import archived_tables, export_to
from saas.privacy.models import Departure
from saas.privacy.sealing import new_key, seal


async def departure_of(session: AsyncSession, *, lock: bool = False) -> Departure | None:
    """The current firm's, also one that was called off."""
    return await session.get(Departure, tenancy.current_firm_id(), with_for_update=lock or None)


async def ask(session: AsyncSession, actor: Actor, now: datetime) -> tuple[Departure, str]:
    """The days of grace begin; the key of the archive, which nobody can show again. Conflict while they run."""
    profile = await queries.profile(session)
    firm, found = await queries.firm(session), await departure_of(session, lock=True)
    if found is not None and found.cancelled_at is None:
        raise Conflict(_("This firm is leaving already."))
    key, public = new_key()
    departure = found or Departure(id=tenancy.current_firm_id())
    departure.slug, departure.firm_name, departure.uscc = firm.slug, firm.name, profile.uscc
    departure.asked_by_name, departure.asked_at, departure.erase_after = actor.name, now, now + GRACE
    departure.cancelled_at, departure.public_key = None, public
    session.add(departure)
    record(session, actor, "privacy.leave", now, subject=profile, erase_after=departure.erase_after.isoformat())
    return departure, key


async def call_off(session: AsyncSession, actor: Actor, now: datetime) -> None:
    """Nothing happened. Possible until the archive is sealed; a second time it changes nothing."""
    departure = await departure_of(session, lock=True)
    if departure is None or departure.cancelled_at is not None:
        return
    if departure.archived_at is not None:
        raise Conflict(_("The archive is sealed and the erasure has begun."))
    departure.cancelled_at = now
    record(session, actor, "privacy.stay", now, subject=await queries.profile(session))


async def seal_archive(session: AsyncSession, departure: Departure, now: datetime) -> None:
    """Close the firm and put its archive where it stays for thirty years, read back before anything is erased."""
    record(session, SYSTEM, "privacy.archive", now, subject=await queries.profile(session), key=departure.public_key)
    await session.flush()  # the archive's last line says that it was made
    with TemporaryDirectory() as folder:
        path = Path(folder, "archive.zip")
        await export_to(session, path, archived_tables(), now, only_named_files=True)
        content = seal(await asyncio.to_thread(path.read_bytes), departure.public_key)
    store = store_of(active())
    departure.archive_sha256 = await store.put(ARCHIVES, content)
    departure.archive_size = len(await store.get(ARCHIVES, departure.archive_sha256))
    departure.archive_until, departure.archived_at = _years_on(now.astimezone(CHINA).date()), now
    firm = await queries.firm(session)
    firm.closed_at = now


def _years_on(day: date) -> date:
    """The last day of the year in which thirty full years are over: archive rules count from the next January."""
    return date(day.year + ARCHIVED_YEARS, 12, 31)


def firm_name_matches(typed: str, name: str) -> bool:
    """Whether the owner typed the firm's name; gaps at the ends do not matter."""
    return typed.strip() == name.strip() != ""
