"""The relay: rings for due work, rings again for what was never finished, and promises each firm its scheduled jobs.

Several may run: rows are taken with SKIP LOCKED, and a schedule's slot is the id of the row it makes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from arq.connections import ArqRedis
from sqlalchemy import and_, case, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, jobs, sealing, tenancy
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.module import Schedule, composition
from saas.kernel.outbox import NO_FIRM, Outbox, not_paused

log = logging.getLogger("saas.relay")

BATCH = 200
CHANNEL = "outbox"
PAUSE = 1.0  # seconds between two looks at the outbox; new promises ring (guards.sql) and are seen at once
JUST_BEGUN = timedelta(seconds=3)  # between counting an attempt and locking its row a worker holds no lock
FIRST_PATIENCE = 10.0  # seconds until a bell that nobody answered is rung again; doubled each time
LONGEST_PATIENCE = 40.0
BETWEEN_SCHEDULES = 5.0  # seconds
BETWEEN_SWEEPS = 6 * 3600.0


async def serve(relay: Database, app: Database, redis: ArqRedis, kept: timedelta) -> None:
    """Relay, schedule, seal and forget jobs finished for longer than `kept`, until cancelled.

    A database or Redis that is away is waited for.
    """
    async with asyncio.TaskGroup() as group:
        group.create_task(_relaying(relay, redis))
        group.create_task(_scheduling(app))
        group.create_task(sealing.serve(app))
        group.create_task(_forgetting(app, kept))


async def ring_due(relay: Database, redis: ArqRedis) -> int:
    """Ring for one batch of due jobs; how many it were. The rows say so only if Redis took them."""
    async with relay.transaction(tenancy.RELAY) as session:
        due = await _due(session)
        rows = [*due, *await _silenced(session, redis, {row.id for row in due})]
        for row in rows:
            await jobs.ring(redis, row)
            row.rung_at = func.now()
            row.rings += 1
            row.started_at = None
        return len(rows)


async def promise_scheduled(app: Database, schedule: Schedule) -> int:
    """Give every open firm (or nobody) its job of the current slot, unless it has it; how many were promised."""
    slot = slot_of(schedule, clock.now())
    if schedule.for_nobody:
        async with app.transaction(tenancy.firm(NO_FIRM)) as session:
            return await _promise(session, schedule, NO_FIRM, slot)
    async with app.transaction(tenancy.PLATFORM) as session:
        firms = (
            await session.scalars(
                select(Firm.id).where(Firm.closed_at.is_(None), Firm.suspended_at.is_(None), ~Firm.replaying)
            )
        ).all()
    promised = 0
    for firm_id in firms:
        async with app.transaction(tenancy.firm(firm_id)) as session:
            promised += await _promise(session, schedule, firm_id, slot)
    return promised


async def promise_missed(app: Database, firm_id: UUID) -> None:
    """Give a firm that was not open when the current slots began its job of each: the next may be a day away."""
    async with app.transaction(tenancy.firm(firm_id)) as session:
        for schedule in composition().schedules:
            await _promise(session, schedule, firm_id, slot_of(schedule, clock.now()))


async def forget_finished(app: Database, kept: timedelta) -> int:
    """Remove what was finished longer ago than `kept`, also of people without a firm; dead jobs wait for a person."""
    async with app.transaction(tenancy.PLATFORM) as session:
        firms = (await session.scalars(select(Firm.id))).all()
    forgotten = 0
    for firm_id in (*firms, NO_FIRM):
        async with app.transaction(tenancy.firm(firm_id)) as session:
            old = (Outbox.firm_id == firm_id, Outbox.finished_at < clock.now() - kept)
            forgotten += len((await session.scalars(delete(Outbox).where(*old).returning(Outbox.id))).all())
    return forgotten


def slot_of(schedule: Schedule, now: datetime) -> datetime:
    """The start of the period `now` is in; a daily slot begins at midnight in China."""
    epoch = datetime(2000, 1, 1, tzinfo=clock.CHINA).astimezone(UTC)
    return epoch + (now - epoch) // schedule.every * schedule.every


async def _relaying(relay: Database, redis: ArqRedis) -> None:
    bell = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(_listening(relay, bell))
        while True:
            bell.clear()
            try:
                while await ring_due(relay, redis) >= BATCH:
                    pass
            except Exception as error:
                log.warning("the relay waits: %s: %s", type(error).__name__, error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), PAUSE)


async def _listening(relay: Database, bell: asyncio.Event) -> None:
    """Hear of each commit that promised work. Without it (a pooler that passes no NOTIFY) the pause is the delay."""
    while True:
        try:
            async with relay.engine.connect() as connection:
                await _until_lost((await connection.get_raw_connection()).driver_connection, bell)
        except Exception as error:
            log.warning("the relay hears no bell: %s: %s", type(error).__name__, error)
        await asyncio.sleep(1)


async def _until_lost(connection: Any, bell: asyncio.Event) -> None:
    lost = asyncio.Event()
    connection.add_termination_listener(lambda *_: lost.set())
    await connection.add_listener(CHANNEL, lambda *_: bell.set())
    bell.set()  # for what was promised before we listened
    await lost.wait()


async def _forgetting(app: Database, kept: timedelta) -> None:
    while True:
        try:
            await forget_finished(app, kept)
        except Exception as error:
            log.warning("the sweeping of finished jobs waits: %s: %s", type(error).__name__, error)
        await asyncio.sleep(BETWEEN_SWEEPS)


async def _scheduling(app: Database) -> None:
    served: dict[str, datetime] = {}
    while True:
        for schedule in (*composition().schedules, *composition().own_schedules):
            slot = slot_of(schedule, clock.now())
            if served.get(schedule.job) == slot:
                continue
            try:
                await promise_scheduled(app, schedule)
                served[schedule.job] = slot
            except Exception as error:
                log.warning("the schedule of %s waits: %s: %s", schedule.job, type(error).__name__, error)
        await asyncio.sleep(BETWEEN_SCHEDULES)


async def _due(session: AsyncSession) -> list[Outbox]:
    """Open rows whose time has come and that no worker holds: never rung, begun by a worker that died, or unheard.

    Times are the database's, except `due_at`. A clock set back leaves times that lie ahead: what was due at once when
    it was promised is due, and a ring or a beginning in the future says nothing.
    """
    now = func.now()
    has_come = or_(Outbox.due_at <= now, Outbox.due_at <= Outbox.created_at)
    patience = func.least(FIRST_PATIENCE * func.power(2.0, func.greatest(Outbox.rings - 1, 0)), LONGEST_PATIENCE)
    died = and_(
        Outbox.started_at.is_not(None),
        or_(Outbox.started_at < now - JUST_BEGUN, Outbox.started_at > now + JUST_BEGUN),
    )
    stale = or_(
        Outbox.rung_at < now - func.make_interval(0, 0, 0, 0, 0, 0, patience), Outbox.rung_at > now + JUST_BEGUN
    )
    unheard = and_(Outbox.started_at.is_(None), stale)
    due = (
        select(Outbox)
        .where(Outbox.finished_at.is_(None), Outbox.dead.is_(False), has_come)
        .where(Outbox.held.is_(False), not_paused())
        .where(or_(Outbox.rung_at.is_(None), died, unheard))
        .order_by(case((died, 0), else_=1), Outbox.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return list(await session.scalars(due))


async def _silenced(session: AsyncSession, redis: ArqRedis, known: set[UUID]) -> list[Outbox]:
    """Rung rows that wait for a worker and whose bell is gone: Redis was emptied, or lost its last words in a crash."""
    waiting = (Outbox.finished_at.is_(None), Outbox.dead.is_(False), Outbox.started_at.is_(None), not_paused())
    wanted = select(Outbox.id, Outbox.kind).where(*waiting, Outbox.rung_at < func.now() - JUST_BEGUN)
    rows = (await session.execute(wanted.order_by(Outbox.due_at).limit(BATCH))).all()
    async with redis.pipeline(transaction=False) as pipe:
        for job_id, kind in rows:
            pipe.zscore(jobs.queue(kind), str(job_id))
        bells = await pipe.execute() if rows else []
    gone = [job_id for (job_id, _kind), bell in zip(rows, bells, strict=True) if bell is None and job_id not in known]
    found = select(Outbox).where(Outbox.id.in_(gone), *waiting).with_for_update(skip_locked=True)
    return list(await session.scalars(found)) if gone else []


async def _promise(session: AsyncSession, schedule: Schedule, firm_id: UUID, slot: datetime) -> int:
    row = insert(Outbox).values(
        firm_id=firm_id,
        id=uuid5(NAMESPACE_URL, f"schedule:{schedule.job}@{slot.isoformat()}"),
        job=schedule.job,
        kind=composition().job(schedule.job).kind,
        args={},
        created_at=clock.now(),
        due_at=clock.now(),
        rings=0,
        attempts=0,
        last_error="",
        dead=False,
        held=False,
    )
    promised = await session.execute(row.on_conflict_do_nothing().returning(Outbox.id))
    return len(promised.all())
