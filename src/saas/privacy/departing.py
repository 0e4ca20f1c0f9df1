"""Asking to leave, thinking again, and sealing what the law obliges to keep."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

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
from saas.kernel.sending import scratch_folder
from saas.privacy.erasure import ARCHIVES, GRACE
from saas.privacy.exporting import archived_tables, export_to
from saas.privacy.models import Departure
from saas.privacy.sealing import new_key, seal
from saas.privacy.terms import term


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
    """Close the firm and put its archive where it stays for as long as the law says; it is read back first."""
    record(session, SYSTEM, "privacy.archive", now, subject=await queries.profile(session), key=departure.public_key)
    await session.flush()  # the archive's last line says that it was made
    store, day = store_of(active()), now.astimezone(CHINA).date()
    with scratch_folder() as folder:
        plain, sealed = Path(folder, "archive.zip"), Path(folder, "archive.sealed")
        await export_to(session, plain, archived_tables(), now, only_named_files=True)
        await asyncio.to_thread(seal, plain, sealed, departure.public_key)
        departure.archive_sha256 = await store.put_file(ARCHIVES, sealed)
    back = await store.stream(ARCHIVES, departure.archive_sha256)
    departure.archive_size = sum([len(piece) async for piece in back.pieces])
    law = term("archives", day)
    departure.archive_until, departure.archive_rule = law.last_day_for(day), law.source.zh
    departure.archived_at, departure.owner_email = now, (await queries.owner(session)).email
    firm = await queries.firm(session)
    firm.closed_at = now


def firm_name_matches(typed: str, name: str) -> bool:
    """Whether the owner typed the firm's name; gaps at the ends do not matter."""
    return typed.strip() == name.strip() != ""
