"""A sandbox of the firm: the same people, clients and records under new ids, a place to practise or look around in.

Nothing that leads outside is taken along (promised jobs, links, invitations, notifications); its audit trail begins
with one entry that says what was copied.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.identity.models import Membership, Person
from saas.kernel import mailbox, sandboxes, tenancy
from saas.kernel.access import SYSTEM
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.copying import Selection
from saas.kernel.db import acting_in
from saas.kernel.directory import TOUR, Firm
from saas.kernel.files import store_of
from saas.kernel.identifiers import firm_code
from saas.kernel.identities import Identities


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a copy is for: how its address begins, and what its names end with."""

    address: str
    zh: str
    en: str


DRILL = Purpose("drill-", "（演练 DRILL）", " (DRILL 演练)")
LOOK = Purpose(TOUR, "（参观副本）", " (copy to look around)")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A copy: its place in the directory, from which old id each new one comes, and how many rows of each table."""

    firm: Firm
    ids: Identities
    counts: dict[str, int]


async def open_sandbox(
    session: AsyncSession,
    sandbox_id: UUID,
    *,
    people: Collection[UUID] | None,
    selection: Selection,
    tell: sandboxes.Tell,
    now: datetime,
    purpose: Purpose = DRILL,
) -> Sandbox:
    """Copy the current firm, in this transaction. Only these members and the owner may enter the copy.

    With None nobody may: all work on in it by name only, and whoever is to enter is made a member by the caller.
    Whoever calls keeps `sandbox_id` beforehand: files written for a copy that is then given up are erased by it.
    """
    origin = await queries.firm(session)
    firm = Firm(
        id=sandbox_id,
        slug=f"{purpose.address}{firm_code()}",
        code=firm_code(),
        name=f"{origin.name}{purpose.zh}",
        name_en=f"{origin.name_en}{purpose.en}" if origin.name_en else "",
        kind="sandbox",
        zone=origin.zone,
        locale=origin.locale,
        created_at=now,
    )
    session.add(firm)
    await session.flush()
    ids, counts = await sandboxes.fill(session, firm.id, selection, tell, strangers=people is None)
    async with acting_in(session, tenancy.firm(firm.id)):
        if people is None:
            await _stay_by_name(session, firm, now)
        else:
            await _leave(session, {ids.of(member) for member in people}, now)
        profile = await queries.profile(session)
        profile.name = f"{profile.name}{purpose.zh}"  # what its letters are headed with
        profile.name_en = f"{profile.name_en}{purpose.en}" if profile.name_en else ""
        record(session, SYSTEM, "firms.copied", now, subject=profile, name=origin.name, rows=sum(counts.values()))
    return Sandbox(firm, ids, counts)


async def close_sandbox(session: AsyncSession, firm_id: UUID, now: datetime) -> None:
    """Nobody enters any more and no schedule begins; its rows are still there."""
    closing = update(Firm).where(Firm.id == firm_id, Firm.kind == "sandbox", Firm.closed_at.is_(None))
    await session.execute(closing.values(closed_at=now))


async def erase_sandbox(session: AsyncSession, firm_id: UUID) -> dict[str, int]:
    """Delete rows, files and letters in the mailbox; how many of each there were. Safe to repeat."""
    erased = await sandboxes.erase(session, firm_id) if await _is_there(session, firm_id) else {}
    await session.execute(delete(Person).where(Person.email.endswith(_nowhere(firm_id))))
    files = await store_of(active()).erase(firm_id)
    letters = mailbox.letters_of(active().mailbox_dir, firm_id)
    for letter in letters:
        letter.unlink(missing_ok=True)
    return {**erased, "files": files, "letters": len(letters)}


async def remains_of(session: AsyncSession, firm_id: UUID) -> dict[str, int]:
    """What is left of it: rows by table (all tables are named), files, letters."""
    rows = await sandboxes.left(session, firm_id)
    files = len(await store_of(active()).held(firm_id))
    letters = len(mailbox.letters_of(active().mailbox_dir, firm_id))
    return {**rows, "files": files, "letters": letters}


async def strike_out(session: AsyncSession, firm_id: UUID) -> None:
    """Out of the directory, once nothing is left."""
    await session.execute(delete(Firm).where(Firm.id == firm_id, Firm.kind == "sandbox"))


async def _is_there(session: AsyncSession, firm_id: UUID) -> bool:
    found = await session.get(Firm, firm_id)
    return found is not None and found.kind == "sandbox"


async def _leave(session: AsyncSession, staying: Collection[UUID], now: datetime) -> None:
    """Everybody but these and the owner."""
    outside = (tenancy.of_this_firm(Membership), Membership.id.not_in(staying), Membership.is_owner.is_(False))
    await session.execute(update(Membership).where(*outside, Membership.left_at.is_(None)).values(left_at=now))


async def _stay_by_name(session: AsyncSession, firm: Firm, now: datetime) -> None:
    """An account behind each member that nobody can sign in with: never confirmed, at an address no mail reaches."""
    for member in (await session.scalars(select(Membership).where(tenancy.of_this_firm(Membership)))).all():
        email = f"{member.id.hex}{_nowhere(firm.id)}"
        session.add(Person(id=member.person_id, email=email, name=member.name, locale=firm.locale, created_at=now))
    await session.flush()


def _nowhere(firm_id: UUID) -> str:
    """The domain of a copy's accounts; ".invalid" belongs to nobody (RFC 2606)."""
    return f"@{firm_id.hex}.invalid"
