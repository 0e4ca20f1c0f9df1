"""Versions of the policy: which one counts, how the first comes to be, how the next is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contract
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Invalid, Missing
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.perform import tell
from saas.kernel.tenancy import of_this_firm
from saas.refunds import queries
from saas.refunds.policies.policy_models import RefundPolicy
from saas.refunds.policies.starter import starter
from saas.refunds.terms import Terms

FIRST_DAY = date(2000, 1, 1)  # the first version has no version before it: it counts for whatever was agreed earlier


@dataclass(frozen=True, slots=True)
class Validity:
    """A version and its days in force; `until` is None for the last, and before `since` for one never used."""

    policy: RefundPolicy
    since: date
    until: date | None

    def state(self, today: date) -> str:
        """in_force, coming, past; replaced: another version took its place before it ever began."""
        if self.until is not None and self.until < self.since:
            return "replaced"
        if self.since > today:
            return "coming"
        return "in_force" if self.until is None or today <= self.until else "past"


async def pinned_for(session: AsyncSession, contract: Contract, on: date) -> RefundPolicy:
    """The version accepted in the contract, else the one in force on that day; a firm without any gets its first."""
    accepted = await queries.accepted_policy(session, contract.id)
    if accepted is not None:
        return await by_id(session, accepted.policy_id)
    return await in_force(session, on)


async def in_force(session: AsyncSession, on: date) -> RefundPolicy:
    """The version that counts on a day."""
    found = await queries.policy_on(session, on)
    if found is None:
        await begin(session)
        found = await queries.policy_on(session, on) or (await versions(session))[-1]
    return found


async def begin(session: AsyncSession) -> None:
    """Version 1 from the starter, if the firm has none; the same moment in two requests makes one."""
    row = insert(RefundPolicy).values(
        firm_id=tenancy.current_firm_id(), id=uuid7(), version=1, valid_from=FIRST_DAY,
        terms=msgspec.to_builtins(starter()), note="", made_by=None, made_at=clock.now(),
    )  # fmt: skip
    await session.execute(row.on_conflict_do_nothing())


async def begin_with_firm(session: AsyncSession, event: Event) -> None:
    """A new firm begins with a policy (firm.created)."""
    await begin(session)


async def versions(session: AsyncSession) -> Sequence[RefundPolicy]:
    """All of them, the newest first."""
    query = select(RefundPolicy).where(of_this_firm(RefundPolicy)).order_by(RefundPolicy.version.desc())
    return (await session.scalars(query)).all()


async def all_of_firm(session: AsyncSession) -> list[Validity]:
    """All versions with their days, the newest first. Later versions never begin before earlier ones (`publish`)."""
    await in_force(session, clock.today())  # a firm without any gets its first
    rows: list[Validity] = []
    for policy in await versions(session):
        until = rows[-1].since - timedelta(days=1) if rows else None
        rows.append(Validity(policy, policy.valid_from, until))
    return rows


async def by_number(session: AsyncSession, version: int) -> RefundPolicy:
    """One version of this firm; Missing for any other number."""
    query = select(RefundPolicy).where(of_this_firm(RefundPolicy), RefundPolicy.version == version)
    found = (await session.scalars(query)).first()
    if found is None:
        raise Missing()
    return found


async def by_id(session: AsyncSession, policy_id: UUID) -> RefundPolicy:
    found = await or_none(session, policy_id)
    if found is None:
        raise Missing()
    return found


async def or_none(session: AsyncSession, policy_id: UUID) -> RefundPolicy | None:
    query = select(RefundPolicy).where(of_this_firm(RefundPolicy), RefundPolicy.id == policy_id)
    return (await session.scalars(query)).first()


def terms_of(policy: RefundPolicy) -> Terms:
    return msgspec.convert(policy.terms, Terms)


@dataclass(frozen=True, slots=True)
class NextVersion:
    """What is to be published. `key`, made with the page, makes one version of two posts; `after` was edited."""

    key: UUID
    after: int
    terms: Terms
    valid_from: date
    note: str


async def publish(session: AsyncSession, actor: Actor, new: NextVersion, now: datetime) -> RefundPolicy:
    """The next version. Conflict: another was published since the page was opened. Invalid: a day that cannot be."""
    known = await or_none(session, new.key)
    if known is not None:
        return known
    last = (await versions(session))[0]
    if last.version != new.after:
        raise _overtaken(last.version)
    earliest = max(clock.today(), last.valid_from)
    if new.valid_from < earliest:
        raise Invalid(fields={"valid_from": _("Choose %(day)s or a later day.", day=earliest.isoformat())})
    policy = RefundPolicy(
        id=new.key, version=last.version + 1, valid_from=new.valid_from, terms=msgspec.to_builtins(new.terms),
        note=new.note, made_by=actor.id, made_at=now,
    )  # fmt: skip
    try:
        async with session.begin_nested():
            session.add(policy)
    except IntegrityError as error:  # of two that publish in the same moment, the number lets one win
        raise _overtaken(policy.version) from error
    record(session, actor, "refunds.policy", now, subject=policy, version=policy.version,
           since=new.valid_from.isoformat(), reason=new.note)  # fmt: skip
    await tell(session, Event("refund_policy.published", policy, actor, now))
    return policy


def _overtaken(version: int) -> Conflict:
    return Conflict(_("Version %(n)s was published meanwhile. Look at it, then make your change again.", n=version))
