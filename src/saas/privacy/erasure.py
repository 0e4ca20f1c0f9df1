"""Leaving: asked for by the owner, thirty days to think again, the legal archive sealed, then nothing else is left.

What goes: every row of every table with the firm's id, its sandboxes, its files, letters in the embedded mailbox, keys
in Redis, the accounts of people who belong to no other firm, and the firm's name in the directory. What stays: the
sealed archive, and the `departures` row that says where it is. Backups made before run out by their own rotation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from arq.connections import ArqRedis
from arq.constants import in_progress_key_prefix, job_key_prefix, retry_key_prefix
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.copying import close_sandbox, erase_sandbox, strike_out
from saas.firms.models import SignUp
from saas.identity.models import Confirmation, Membership, Person, Session
from saas.kernel import mailbox, sandboxes, tenancy
from saas.kernel.config import active
from saas.kernel.db import acting_in
from saas.kernel.directory import Firm
from saas.kernel.files import store_of
from saas.kernel.outbox import Outbox
from saas.operations.models import Operator, Subscription, UsageTotal
from saas.privacy.models import Departure
from saas.risks.drill_models import Drill

GRACE = timedelta(days=30)
ARCHIVES = UUID(int=1)  # where sealed archives are in the file store: no firm ever has this id
OF_FIRM = (Subscription, UsageTotal)  # global rows whose id is the firm's


async def erase(session: AsyncSession, firm_id: UUID, redis: ArqRedis | None, now: datetime) -> Departure:
    """Delete everything of a firm whose days are over and whose archive is sealed; the database refuses any other.

    Runs outside the firm's scope. Safe to repeat. Raises RuntimeError when something is left afterwards.
    """
    departure = await session.get_one(Departure, firm_id, with_for_update=True)
    if departure.erased_at is not None:
        return departure
    people, jobs, copies = await _found_inside(session, firm_id)
    for copy in copies:
        await erase_sandbox(session, copy)
        await strike_out(session, copy)
    async with acting_in(session, tenancy.firm(firm_id)):
        rows: dict[str, int] = await session.scalar(
            text("SELECT erase_firm(:firm)").columns(erase_firm=JSONB), {"firm": firm_id}
        )
    files = await store_of(active()).erase(firm_id)
    letters = mailbox.letters_of(active().mailbox_dir, firm_id)
    for letter in letters:
        letter.unlink(missing_ok=True)
    keys = await _forget_keys(redis, firm_id, jobs)
    gone = await _forget_people(session, people, now)
    await _leave_the_directory(session, departure, now)
    departure.erased = {**rows, "files": files, "letters": len(letters), "keys": keys, "people": gone}
    departure.remains = await remains_of(session, firm_id, redis)
    left = {name: n for name, n in departure.remains.items() if n}
    if left:
        raise RuntimeError(f"of firm {firm_id} something is left: {left}")
    departure.erased_at = now
    return departure


async def remains_of(session: AsyncSession, firm_id: UUID, redis: ArqRedis | None) -> dict[str, int]:
    """The verifier: what is left, counted in every table of the database that has a firm's id, and everywhere else."""
    rows = await sandboxes.left(session, firm_id)
    directory = await session.scalar(select(func.count()).where(Firm.id == firm_id, Firm.name != ""))
    found = {model.__tablename__: await _count(session, model, firm_id) for model in OF_FIRM}
    files = len(await store_of(active()).held(firm_id))
    letters = len(mailbox.letters_of(active().mailbox_dir, firm_id))
    keys = len(await _keys(redis, firm_id, ())) if redis is not None else 0
    return {**rows, **found, "directory": directory or 0, "files": files, "letters": letters, "keys": keys}


async def _found_inside(session: AsyncSession, firm_id: UUID) -> tuple[list[UUID], list[UUID], list[UUID]]:
    """The firm's people, its promised jobs, and the copies it practised in."""
    async with acting_in(session, tenancy.firm(firm_id)):
        people = (await session.scalars(select(Membership.person_id).where(Membership.firm_id == firm_id))).all()
        jobs = (await session.scalars(select(Outbox.id).where(Outbox.firm_id == firm_id))).all()
        drills = select(Drill.sandbox_id).where(Drill.firm_id == firm_id, Drill.sandbox_id.is_not(None))
        copies = (await session.scalars(drills)).all()
    return list(people), list(jobs), [copy for copy in copies if copy is not None]


async def _forget_people(session: AsyncSession, people: Iterable[UUID], now: datetime) -> int:
    """Accounts of those who are in no other firm and do not look after the product; how many.

    A copy of the demo firm in which one of them looks around ends: a worker erases it.
    """
    gone = 0
    for person_id in people:
        async with acting_in(session, tenancy.person(person_id)):
            query = select(Firm).join(Membership, Membership.firm_id == Firm.id)
            firms = (await session.scalars(query.where(Membership.person_id == person_id))).all()
        elsewhere = any(firm.kind != "sandbox" for firm in firms)
        async with acting_in(session, tenancy.PLATFORM):
            person = await session.get(Person, person_id)
            if person is None or elsewhere or await session.get(Operator, person_id) is not None:
                continue
            for model in (Session, Confirmation):
                await session.execute(delete(model).where(model.person_id == person_id))
            await session.execute(delete(SignUp).where(SignUp.email == person.email))
            await session.delete(person)
            for copy in firms:
                await close_sandbox(session, copy.id, now)
            gone += 1
    return gone


async def _leave_the_directory(session: AsyncSession, departure: Departure, now: datetime) -> None:
    """The id and the code stay, so that neither is given to another firm; the name goes."""
    async with acting_in(session, tenancy.PLATFORM):
        firm = await session.get_one(Firm, departure.id)
        firm.name = firm.name_en = ""
        firm.slug, firm.suspended_for = f"erased-{firm.code}".lower(), None
        firm.closed_at = firm.closed_at or now
        for model in OF_FIRM:
            await session.execute(delete(model).where(model.id == departure.id))
        await session.execute(delete(SignUp).where(SignUp.uscc == departure.uscc, SignUp.uscc != ""))


async def _count(session: AsyncSession, model: Any, firm_id: UUID) -> int:
    return await session.scalar(select(func.count()).where(model.id == firm_id)) or 0


async def _forget_keys(redis: ArqRedis | None, firm_id: UUID, jobs: Iterable[UUID]) -> int:
    keys = await _keys(redis, firm_id, jobs) if redis is not None else []
    if redis is not None and keys:
        await redis.delete(*keys)
    return len(keys)


async def _keys(redis: ArqRedis, firm_id: UUID, jobs: Iterable[UUID]) -> list[bytes]:
    """Keys that carry the firm's id, and the bells of its jobs: known by the job's id, or by what they say."""
    found = [key async for key in redis.scan_iter(match=f"*{firm_id}*")]
    for job in jobs:
        names = [f"{prefix}{job}".encode() for prefix in (in_progress_key_prefix, job_key_prefix, retry_key_prefix)]
        found += [name for name in names if await redis.exists(name)]
    mark = str(firm_id).encode()
    async for key in redis.scan_iter(match=f"{job_key_prefix}*"):
        if key not in found and mark in (await redis.get(key) or b""):
            found.append(key)
    return found
