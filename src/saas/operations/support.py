"""Support that a firm lets in: asked for with a reason and hours, decided by the owner, over by itself or a click."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.firms.queries import owner
from saas.identity.models import Membership
from saas.kernel import clock, tenancy
from saas.kernel.access import SYSTEM, Actor, permissions_of
from saas.kernel.audit import record
from saas.kernel.directory import Firm
from saas.kernel.errors import Conflict, Missing
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.module import composition
from saas.kernel.outbox import enqueue
from saas.kernel.rows import own_row
from saas.kernel.support import Admitted
from saas.kernel.tenancy import of_this_firm
from saas.operations.models import SupportAccess

READS = "auditor"  # the role that sees everything and does nothing
WRITES = "manager"  # without what the firm never lends: decisions, people, money, and support itself
NEVER = ("support.", "firms.people", "firms.own", "api.", "privacy.")


async def ask(
    session: AsyncSession, actor: Actor, reason: str, hours: int, writes: bool, now: datetime
) -> SupportAccess:
    """In the firm's scope: one open request for each operator. Conflict while one is open, or for one of its people."""
    person_id = actor.person_id
    if person_id is None:
        raise Missing()
    member = await _member(session, person_id)
    if member is not None and member.left_at is None:
        raise Conflict(_("You work in this firm yourself; go in as who you are there."))
    for earlier in await _open(session, person_id, lock=True):
        if earlier.ends_at is None or earlier.runs(now):
            raise Conflict(_("You have asked this firm already."))
        earlier.ended_at = earlier.ends_at
        await session.flush()
    row = SupportAccess(id=uuid7(), operator_id=person_id, operator_name=actor.name, reason=reason, hours=hours,
                        writes=writes, asked_at=now)  # fmt: skip
    session.add(row)
    record(session, actor, "support.ask", now, subject=row, name=actor.name, reason=reason, hours=hours, writes=writes)
    text = _("Support (%(name)s) asks to look into the firm for %(n)s h: %(reason)s", name=actor.name, n=hours,
             reason=reason)  # fmt: skip
    await notify(session, [(await owner(session)).id], "support", text, "/settings/support", now)
    return row


async def approve(session: AsyncSession, row_id: UUID, actor: Actor, writes: bool, now: datetime) -> SupportAccess:
    """It begins now. The owner may grant less than was asked for, never more. Twice changes nothing."""
    row = await _locked(session, row_id)
    if row.approved_at is not None:
        return row
    if row.refused_at is not None or row.ended_at is not None:
        raise Conflict(_("This request is over. Nothing was changed."))
    row.approved_at, row.decided_by, row.writes = now, actor.id, row.writes and writes
    row.ends_at = now + timedelta(hours=row.hours)
    await _guest(session, row, now)
    record(session, actor, "support.approve", now, subject=row, name=row.operator_name, writes=row.writes,
           until=row.ends_at.isoformat())  # fmt: skip
    enqueue(session, "operations.end_support", due_at=row.ends_at, access_id=row.id)
    await _show(session, now)
    return row


async def refuse(session: AsyncSession, row_id: UUID, actor: Actor, now: datetime) -> None:
    row = await _locked(session, row_id)
    if row.approved_at is not None:
        raise Conflict(_("This request is approved already; end it instead."))
    if row.refused_at is None:
        row.refused_at, row.decided_by = now, actor.id
        record(session, actor, "support.refuse", now, subject=row, name=row.operator_name)


async def end(session: AsyncSession, row_id: UUID, actor: Actor, now: datetime) -> None:
    """Over at once: with its next request the operator is a stranger again. Twice changes nothing."""
    row = await _locked(session, row_id)
    if row.ended_at is None and row.refused_at is None:
        row.ended_at = now
        record(session, actor, "support.end", now, subject=row, name=row.operator_name)
        if row.approved_at is not None:
            text = _("Support (%(name)s) has ended.", name=row.operator_name)
            await notify(session, [(await owner(session)).id], "support", text, "/settings/support", now)
    await _show(session, now)


async def end_by_itself(session: AsyncSession, access_id: str) -> None:
    """The job at its end. Entering is refused from that minute on, whether this ran or not."""
    await end(session, UUID(access_id), SYSTEM, clock.now())


async def accesses(session: AsyncSession) -> Sequence[SupportAccess]:
    """Every request of the current firm, the newest first."""
    query = select(SupportAccess).where(of_this_firm(SupportAccess)).order_by(SupportAccess.asked_at.desc())
    return (await session.scalars(query.limit(100))).all()


async def admission(session: AsyncSession, person_id: UUID, now: datetime) -> Admitted | None:
    """The door's question, in the firm's scope: whether this operator is let in at this moment."""
    for row in await _open(session, person_id):
        member = await _member(session, person_id)
        if row.ends_at is not None and row.runs(now) and member is not None:
            permissions = lent() if row.writes else permissions_of([READS], composition().grants)
            roles = frozenset({WRITES if row.writes else READS})
            return Admitted(member.id, roles, permissions, row.ends_at, row.writes)
    return None


@cache
def lent() -> frozenset[str]:
    """What support may do where a firm lets it write: a manager's work, but no step that takes a fresh sign-in."""
    decisions = {a.permission for w in composition().workflows.values() for a in w.actions if a.fresh_sign_in}
    granted = permissions_of([READS, WRITES], composition().grants)
    return frozenset(p for p in granted - decisions if not p.startswith(NEVER))


async def _guest(session: AsyncSession, row: SupportAccess, now: datetime) -> Membership:
    """The operator's place in the firm's records, so that what they did keeps its name: one that has left already."""
    member = await _member(session, row.operator_id)
    if member is None:
        member = Membership(
            person_id=row.operator_id, name=row.operator_name, email="", roles=[READS], joined_at=now, left_at=now
        )
        session.add(member)
    return member


async def _show(session: AsyncSession, now: datetime) -> None:
    """Every page of the firm says until when somebody of support is in."""
    await session.flush()
    running = [row.ends_at for row in await accesses(session) if row.ends_at is not None and row.runs(now)]
    firm = await session.get(Firm, tenancy.current_firm_id())
    if firm is not None:
        firm.support_until = max(running, default=None)


async def _member(session: AsyncSession, person_id: UUID) -> Membership | None:
    found: Membership | None = await session.scalar(
        select(Membership).where(of_this_firm(Membership), Membership.person_id == person_id)
    )
    return found


async def _open(session: AsyncSession, person_id: UUID, *, lock: bool = False) -> Sequence[SupportAccess]:
    query = select(SupportAccess).where(
        of_this_firm(SupportAccess),
        SupportAccess.operator_id == person_id,
        SupportAccess.refused_at.is_(None),
        SupportAccess.ended_at.is_(None),
    )
    return (await session.scalars(query.with_for_update() if lock else query)).all()


async def _locked(session: AsyncSession, row_id: UUID) -> SupportAccess:
    return await own_row(session, SupportAccess, row_id, lock=True)
