"""Promised jobs: finished once, whatever dies in between. Real PostgreSQL, Redis and arq worker."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from arq.connections import ArqRedis
from arq.constants import job_key_prefix
from arq.worker import Worker
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, embedded, jobs, module, relay, tenancy
from saas.kernel.config import Settings, run_dir
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, Schedule
from saas.kernel.outbox import NO_FIRM, Outbox, enqueue
from saas.kernel.processes import start, stop
from saas.worker import _stopped, arq_worker, serve
from tests.cast import make_kind


async def leave_a_mark(session: AsyncSession, mark: str) -> None:
    """An effect that is a row: another promised job, which nothing runs."""
    enqueue(session, "test.mark", mark=mark)


async def leave_a_mark_and_fail(session: AsyncSession, mark: str) -> None:
    await leave_a_mark(session, mark)
    raise ValueError("no such luck")


async def give_up(session: AsyncSession) -> None:
    raise jobs.HopelessError("the address is not one")


async def report_and_wait(session: AsyncSession) -> None:
    await jobs.report(3, 10, _("Reading the file"))
    await asyncio.sleep(30)


async def report_and_linger(session: AsyncSession) -> None:
    await jobs.report(1, 1, _("Reading the file"))
    await asyncio.sleep(0.5)


async def lose_the_database(session: AsyncSession) -> None:
    await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def nothing(session: AsyncSession, mark: str = "") -> None:
    """Left undone by the tests."""


TEST = Module(
    "test",
    jobs=[
        Job("test.leave", leave_a_mark),
        Job("test.fail", leave_a_mark_and_fail),
        Job("test.give_up", give_up),
        Job("test.wait", report_and_wait),
        Job("test.linger", report_and_linger),
        Job("test.lose", lose_the_database),
        Job("test.mark", nothing, kind="heavy"),
    ],
)


@pytest.fixture(autouse=True)
def _composed() -> Iterator[None]:
    import saas.app

    module.compose([*saas.app.MODULES, TEST])
    yield
    module.compose(saas.app.MODULES)


@pytest.fixture
async def firm(database: Database, relay_database: Database) -> UUID:
    """A firm that has no promises, in a database where nobody else has any."""
    async with relay_database.transaction(tenancy.RELAY) as session:
        await session.execute(update(Outbox).values(finished_at=func.now()))
    firm_id = uuid4()
    code = firm_id.hex[:12]
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(Firm).values(closed_at=func.now()))
        session.add(Firm(id=firm_id, slug=code, code=code, name="测试代理记账", created_at=datetime.now(UTC)))
    return firm_id


async def promise(database: Database, firm: UUID, job: str, **args: str) -> UUID:
    async with database.transaction(tenancy.firm(firm)) as session:
        return enqueue(session, job, **args).id


async def row(database: Database, firm: UUID, job_id: UUID) -> Outbox:
    async with database.transaction(tenancy.firm(firm)) as session:
        return (await session.scalars(select(Outbox).where(Outbox.id == job_id))).one()


async def marks(database: Database, firm: UUID) -> list[str]:
    async with database.transaction(tenancy.firm(firm)) as session:
        rows = await session.scalars(select(Outbox).where(Outbox.job == "test.mark"))
        return [str(r.args["mark"]) for r in rows]


async def work_off(settings: Settings, database: Database) -> None:
    """Let a real worker do what is rung, then stop."""
    worker: Worker = arq_worker("light", settings, database, burst=True, handle_signals=False)
    await worker.async_run()
    await worker.close()


async def test_a_promise_is_rung_for_and_kept_once(
    settings: Settings, database: Database, relay_database: Database, redis: ArqRedis, firm: UUID
) -> None:
    job_id = await promise(database, firm, "test.leave", mark="a")
    await relay.ring_due(relay_database, redis)
    await work_off(settings, database)
    kept = await row(database, firm, job_id)
    assert kept.finished_at is not None
    assert await marks(database, firm) == ["a"]
    assert not await jobs.run_job(database, firm, job_id)
    assert await marks(database, firm) == ["a"]


async def test_a_rolled_back_change_promises_nothing(database: Database, firm: UUID) -> None:
    tenancy.enter(tenancy.firm(firm))
    async with database.sessions() as session, session.begin() as transaction:
        enqueue(session, "test.leave", mark="a")
        await session.flush()
        await transaction.rollback()
    async with database.transaction(tenancy.firm(firm)) as session:
        assert (await session.scalar(select(func.count()).select_from(Outbox))) == 0


async def test_another_firms_promise_is_not_run(database: Database, firm: UUID) -> None:
    job_id = await promise(database, firm, "test.leave", mark="a")
    assert not await jobs.run_job(database, uuid4(), job_id)
    assert await marks(database, firm) == []


async def test_a_job_without_a_firm_fails(database: Database, firm: UUID) -> None:
    job_id = await promise(database, firm, "test.leave", mark="a")
    with pytest.raises(tenancy.Unscoped):
        async with database.transaction() as session:
            await session.scalar(select(Outbox).where(Outbox.id == job_id))


async def test_a_failed_job_leaves_no_effect_and_is_repeated_later(database: Database, firm: UUID) -> None:
    job_id = await promise(database, firm, "test.fail", mark="a")
    before = datetime.now(UTC)
    assert not await jobs.run_job(database, firm, job_id)
    failed = await row(database, firm, job_id)
    assert (failed.attempts, failed.started_at, failed.dead) == (1, None, False)
    assert "no such luck" in failed.last_error
    assert failed.due_at >= before + jobs.backoff(1)
    assert await marks(database, firm) == []


async def test_a_job_that_fails_ten_times_is_dead_and_rung_no_more(
    database: Database, relay_database: Database, redis: ArqRedis, firm: UUID
) -> None:
    job_id = await promise(database, firm, "test.fail", mark="a")
    for _attempt in range(jobs.MOST_ATTEMPTS):
        await jobs.run_job(database, firm, job_id)
    assert (await row(database, firm, job_id)).dead
    assert not await jobs.run_job(database, firm, job_id)
    await promised_long_ago(database, firm, job_id)
    assert await relay.ring_due(relay_database, redis) == 0


async def test_a_hopeless_job_is_dead_at_once(database: Database, firm: UUID) -> None:
    job_id = await promise(database, firm, "test.give_up")
    await jobs.run_job(database, firm, job_id)
    assert (await row(database, firm, job_id)).dead


async def test_two_workers_at_once_have_one_effect(database: Database, firm: UUID) -> None:
    job_id = await promise(database, firm, "test.leave", mark="a")
    done = await asyncio.gather(*(jobs.run_job(database, firm, job_id) for _worker in range(4)))
    assert sum(done) == 1
    assert await marks(database, firm) == ["a"]


async def test_a_worker_faster_than_the_relays_commit_loses_no_ring(
    database: Database, relay_database: Database, redis: ArqRedis, firm: UUID
) -> None:
    """The relay holds the row until it has committed that it rang; the worker hears the bell before."""
    job_id = await promise(database, firm, "test.leave", mark="a")
    async with relay_database.transaction(tenancy.RELAY) as session:
        await session.execute(update(Outbox).where(Outbox.id == job_id).values(rung_at=func.now(), rings=1))
        heard = asyncio.create_task(jobs.run_job(database, firm, job_id, redis))
        await asyncio.sleep(0.1)
        assert not heard.done(), "it waits for the relay"
    assert await heard
    assert (await row(database, firm, job_id)).attempts == 1


async def test_losing_all_of_redis_loses_no_promise(
    settings: Settings, database: Database, relay_database: Database, redis: ArqRedis, firm: UUID
) -> None:
    job_id = await promise(database, firm, "test.leave", mark="a")
    assert await relay.ring_due(relay_database, redis) == 1
    await redis.flushall()
    assert await relay.ring_due(relay_database, redis) == 0  # it was rung a moment ago
    await rung_a_while_ago(database, firm, job_id)
    assert await relay.ring_due(relay_database, redis) == 1
    await work_off(settings, database)
    assert await marks(database, firm) == ["a"]


async def test_a_bell_that_still_hangs_is_left_alone(
    database: Database, relay_database: Database, redis: ArqRedis, firm: UUID
) -> None:
    job_id = await promise(database, firm, "test.leave", mark="a")
    assert await relay.ring_due(relay_database, redis) == 1
    await rung_a_while_ago(database, firm, job_id)
    assert await relay.ring_due(relay_database, redis) == 0


async def test_a_bell_whose_words_are_gone_keeps_no_later_one_away(
    settings: Settings, database: Database, relay_database: Database, redis: ArqRedis, firm: UUID
) -> None:
    """The relay rings again in the instant in which a worker takes the bell: arq calls the job expired."""
    job_id = await promise(database, firm, "test.leave", mark="a")
    await relay.ring_due(relay_database, redis)
    await redis.delete(job_key_prefix + str(job_id))
    await work_off(settings, database)
    assert await marks(database, firm) == []
    await rung_a_while_ago(database, firm, job_id)
    assert await relay.ring_due(relay_database, redis) == 1
    await work_off(settings, database)
    assert await marks(database, firm) == ["a"]


async def rung_a_while_ago(database: Database, firm: UUID, job_id: UUID) -> None:
    """Long enough that a worker would have begun, and not so long that the relay's patience is over."""
    async with database.transaction(tenancy.firm(firm)) as session:
        rung = update(Outbox).where(Outbox.id == job_id).values(rung_at=datetime.now(UTC) - timedelta(seconds=5))
        await session.execute(rung)


async def test_what_is_days_late_is_done_with_the_rest(
    settings: Settings, database: Database, relay_database: Database, redis: ArqRedis, firm: UUID
) -> None:
    """After a weekend without power; the queue once refused such a job, and with it the whole batch."""
    late, fresh = [await promise(database, firm, "test.leave", mark=mark) for mark in ("late", "fresh")]
    async with database.transaction(tenancy.firm(firm)) as session:
        past = datetime.now(UTC) - timedelta(days=3)
        await session.execute(update(Outbox).where(Outbox.id == late).values(created_at=past, due_at=past))
    assert await relay.ring_due(relay_database, redis) == 2
    await work_off(settings, database)
    assert sorted(await marks(database, firm)) == ["fresh", "late"]
    assert (await row(database, firm, fresh)).finished_at is not None


async def test_a_clock_set_back_holds_no_promise_up(
    database: Database, relay_database: Database, redis: ArqRedis, firm: UUID
) -> None:
    """What was promised, rung or begun while it was an hour ahead is rung for now; what was meant for later is not."""
    ahead = datetime.now(UTC) + timedelta(hours=1)
    stamps = ({}, {"rung_at": ahead, "rings": 1}, {"rung_at": ahead, "rings": 1, "started_at": ahead, "attempts": 1})
    hasty = [(await promise(database, firm, "test.leave", mark=str(n)), stamp) for n, stamp in enumerate(stamps)]
    later = await promise(database, firm, "test.leave", mark="later")
    async with database.transaction(tenancy.firm(firm)) as session:
        for job_id, stamp in hasty:
            await session.execute(
                update(Outbox).where(Outbox.id == job_id).values(created_at=ahead, due_at=ahead, **stamp)
            )
        await session.execute(update(Outbox).where(Outbox.id == later).values(due_at=ahead))
    assert await relay.ring_due(relay_database, redis) == 3
    waiting = await redis.zrange(jobs.queue("light"), 0, -1, withscores=True)
    assert {UUID(key.decode()) for key, _score in waiting} == {job_id for job_id, _stamp in hasty}
    assert max(score for _key, score in waiting) <= datetime.now(UTC).timestamp() * 1000


async def test_a_worker_that_died_is_replaced_although_arq_thinks_it_is_at_work(
    settings: Settings, database: Database, relay_database: Database, redis: ArqRedis, firm: UUID
) -> None:
    """The state a killed worker leaves: row begun and free, arq's in-progress key set for another minute."""
    job_id = await promise(database, firm, "test.leave", mark="a")
    await relay.ring_due(relay_database, redis)
    await redis.set(f"arq:in-progress:{job_id}", b"1", ex=60)
    async with database.transaction(tenancy.firm(firm)) as session:
        begun = update(Outbox).where(Outbox.id == job_id)
        await session.execute(begun.values(attempts=1, started_at=datetime.now(UTC) - timedelta(seconds=4)))
    assert await relay.ring_due(relay_database, redis) == 1
    await work_off(settings, database)
    assert await marks(database, firm) == ["a"]
    assert (await row(database, firm, job_id)).attempts == 2


async def test_a_worker_that_starts_takes_over_what_a_killed_one_had_only_taken(
    settings: Settings, database: Database, relay_database: Database, redis: ArqRedis, firm: UUID
) -> None:
    job_id = await promise(database, firm, "test.leave", mark="a")
    await relay.ring_due(relay_database, redis)
    await redis.set(f"arq:in-progress:{job_id}", b"1", ex=60)
    await work_off(settings, database)
    assert await marks(database, firm) == ["a"]


async def test_taking_over_leaves_a_living_colleague_its_job(
    settings: Settings, database: Database, relay_database: Database, redis: ArqRedis, firm: UUID
) -> None:
    job_id = await promise(database, firm, "test.wait")
    await relay.ring_due(relay_database, redis)
    at_work = asyncio.create_task(jobs.run_job(database, firm, job_id, redis))
    await begun(redis, firm, job_id)
    await work_off(settings, database)
    assert (await row(database, firm, job_id)).attempts == 1
    at_work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await at_work


async def test_a_job_at_work_is_not_rung_again(
    database: Database, relay_database: Database, redis: ArqRedis, firm: UUID
) -> None:
    job_id = await promise(database, firm, "test.wait")
    await promised_long_ago(database, firm, job_id)
    at_work = asyncio.create_task(jobs.run_job(database, firm, job_id, redis))
    await begun(redis, firm, job_id)
    assert await relay.ring_due(relay_database, redis) == 0
    at_work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await at_work


async def test_a_stopping_worker_hands_its_job_back(database: Database, redis: ArqRedis, firm: UUID) -> None:
    job_id = await promise(database, firm, "test.wait")
    at_work = asyncio.create_task(jobs.run_job(database, firm, job_id, redis))
    report = await begun(redis, firm, job_id)
    assert (report.done, report.total, str(report.text.to("en"))) == (3, 10, "Reading the file")
    at_work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await at_work
    handed_back = await row(database, firm, job_id)
    assert (handed_back.attempts, handed_back.started_at, handed_back.rung_at) == (1, None, None)


async def test_a_bell_for_a_job_it_is_at_harms_no_worker(
    settings: Settings, database: Database, relay_database: Database, redis: ArqRedis, firm: UUID
) -> None:
    """The relay may ring between a job's beginning and its lock, on a busy machine: arq would call the job failed."""
    job_id = await promise(database, firm, "test.linger")
    await relay.ring_due(relay_database, redis)
    worker: Worker = arq_worker("light", settings, database, handle_signals=False)
    at_work = asyncio.create_task(worker.async_run())
    await begun(redis, firm, job_id)
    await jobs.ring(redis, await row(database, firm, job_id))
    async with asyncio.timeout(20):
        while (done := await row(database, firm, job_id)).finished_at is None:  # noqa: ASYNC110 - a row has no event
            await asyncio.sleep(0.05)
    assert done.attempts == 1
    await asyncio.sleep(0.3)  # it looks for bells twenty times a second
    assert (at_work.done(), worker.jobs_failed) == (False, 0)
    at_work.cancel()
    await asyncio.gather(at_work, return_exceptions=True)
    await worker.close()


async def test_a_worker_outlives_the_loss_of_redis(
    settings: Settings, database: Database, relay_database: Database, firm: UUID, tmp_path: Path
) -> None:
    """With what it has loaded: a process that has to print would need seconds to be ready again."""

    async def seen() -> list[str]:
        """Meanwhile the relay rings for what died with Redis."""
        assert not at_work.done(), at_work.exception()
        await relay.ring_due(relay_database, redis)
        return await marks(database, firm)

    own = replace(settings, data_dir=tmp_path, redis_url=f"unix://{run_dir(tmp_path)}/valkey.sock")
    server = await asyncio.to_thread(start, embedded.valkey(own))
    at_work = asyncio.create_task(serve("light", own))
    for mark in ("before", "after"):
        redis = await jobs.connect(own.redis_url)
        await promise(database, firm, "test.leave", mark=mark)
        await until(seen, ["before", "after"][: 1 if mark == "before" else 2])
        await redis.aclose()
        await asyncio.to_thread(stop, server, signal.SIGKILL)
        if mark == "before":
            await asyncio.sleep(0.3)  # it asks in vain
            server = await asyncio.to_thread(start, embedded.valkey(own))
    assert not at_work.done()
    at_work.cancel()
    await asyncio.gather(at_work, return_exceptions=True)


@pytest.mark.parametrize("told", [True, False])
async def test_a_worker_told_to_stop_while_redis_goes_does_not_begin_anew(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    """Whoever ends everything tells the worker and Redis in one instant; Redis may be gone before the worker is."""
    worker: Worker = arq_worker("light", settings, database, handle_signals=False)

    async def lose_redis() -> None:
        worker.allow_pick_jobs = not told  # what arq's handler of the signal does
        raise ConnectionError("gone")

    monkeypatch.setattr(worker, "async_run", lose_redis)
    assert await _stopped(worker) is told


async def until(found: Callable[[], Awaitable[list[str]]], wanted: list[str]) -> None:
    async with asyncio.timeout(20):
        while True:
            if await found() == wanted:
                return
            await asyncio.sleep(0.05)


async def test_a_job_that_the_database_left_begins_again_at_once(database: Database, firm: UUID) -> None:
    """It is not at fault: no pause, and never dead of it."""
    job_id = await promise(database, firm, "test.lose")
    promised = (await row(database, firm, job_id)).due_at
    assert await jobs.run_job(database, firm, job_id) is False
    left = await row(database, firm, job_id)
    assert (left.attempts, left.started_at, left.rung_at, left.due_at, left.last_error) == (1, None, None, promised, "")


async def test_the_relay_sees_the_outbox_and_nothing_else(relay_database: Database, firm: UUID) -> None:
    async with relay_database.transaction(tenancy.RELAY) as session:
        tables = await session.scalars(
            text("SELECT table_name FROM information_schema.table_privileges WHERE grantee = 'qz_relay'")
        )
    assert set(tables) <= {"outbox", "firms"}


async def test_a_schedule_promises_each_firm_its_slot_once(database: Database, firm: UUID) -> None:
    daily = Schedule("test.mark", timedelta(days=1))
    with clock.at(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)):  # 23:59 in China
        assert [await relay.promise_scheduled(database, daily) for _time in range(2)] == [1, 0]
    with clock.at(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)):  # the next day there
        assert await relay.promise_scheduled(database, daily) == 1


async def test_a_schedule_of_the_product_is_one_job_of_no_firm(database: Database, firm: UUID) -> None:
    own = Schedule("test.mark", timedelta(days=1), for_nobody=True)
    with clock.at(datetime(2026, 4, 1, 15, 59, tzinfo=UTC)):
        assert [await relay.promise_scheduled(database, own) for _time in range(2)] == [1, 0]
    async with database.transaction(tenancy.firm(NO_FIRM)) as session:
        promised = select(Outbox.firm_id).where(Outbox.firm_id == NO_FIRM, Outbox.job == own.job)
        assert (await session.scalars(promised)).all() == [NO_FIRM]


@pytest.mark.parametrize("every", [timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)])
def test_a_slot_begins_at_or_before_its_time(every: timedelta) -> None:
    now = datetime(2026, 7, 7, 7, 7, 7, tzinfo=UTC)
    slot = relay.slot_of(Schedule("test.mark", every), now)
    assert slot <= now < slot + every
    assert relay.slot_of(Schedule("test.mark", every), slot) == slot


async def begun(redis: ArqRedis, firm: UUID, job_id: UUID) -> jobs.Progress:
    """The first report of a job that runs in a task of this process."""
    async with asyncio.timeout(20):
        while True:
            if report := await jobs.progress(redis, firm, job_id):
                return report
            await asyncio.sleep(0.01)


async def promised_long_ago(database: Database, firm: UUID, job_id: UUID) -> None:
    """As if nobody had answered for ten minutes."""
    then = datetime.now(UTC) - timedelta(minutes=10)
    async with database.transaction(tenancy.firm(firm)) as session:
        waiting = update(Outbox).where(Outbox.id == job_id)
        await session.execute(waiting.values(due_at=then, rung_at=then))


async def test_what_is_long_finished_is_forgotten_and_what_waits_for_a_person_is_not(
    database: Database, firm: UUID
) -> None:
    kept = timedelta(days=30)
    old, new, dead = [await promise(database, firm, "test.mark", mark=mark) for mark in "abc"]
    nobodys = await promise(database, NO_FIRM, "test.mark", mark="d")
    for firm_id, job_id, changes in (
        (firm, old, {"finished_at": clock.now() - kept - timedelta(hours=1)}),
        (firm, new, {"finished_at": clock.now() - kept + timedelta(hours=1)}),
        (firm, dead, {"dead": True, "created_at": clock.now() - 2 * kept}),
        (NO_FIRM, nobodys, {"finished_at": clock.now() - 2 * kept}),
    ):
        async with database.transaction(tenancy.firm(firm_id)) as session:
            await session.execute(update(Outbox).where(Outbox.id == job_id).values(**changes))
    assert await relay.forget_finished(database, kept) == 2
    async with database.transaction(tenancy.firm(firm)) as session:
        assert set(await session.scalars(select(Outbox.id))) == {new, dead}


async def test_a_promise_is_rung_for_as_soon_as_it_is_committed(
    database: Database, relay_database: Database, redis: ArqRedis, firm: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "PAUSE", 30.0)  # only the bell can be the reason
    at_work = asyncio.create_task(relay._relaying(relay_database, redis))
    await asyncio.sleep(0.5)
    job_id = await promise(database, firm, "test.leave", mark="a")
    async with asyncio.timeout(20):
        while not await redis.zscore(jobs.queue("light"), str(job_id)):  # noqa: ASYNC110 - Redis has no event for it
            await asyncio.sleep(0.01)
    at_work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await at_work


async def test_the_database_lets_only_live_firms_mail_leave(settings: Settings, database: Database, firm: UUID) -> None:
    async def outlet_of(job_id: UUID) -> str:
        return (await row(database, firm, job_id)).outlet

    assert await outlet_of(await promise(database, firm, "test.mark", mark="a")) == "relay"
    async with database.transaction(tenancy.PLATFORM) as session:
        here = await session.get_one(Firm, firm)
    await make_kind(settings, here, "demo")
    kept = await promise(database, firm, "test.mark", mark="b")
    assert await outlet_of(kept) == "mailbox"
    for sql in (
        "UPDATE outbox SET outlet = 'relay'",
        "INSERT INTO outbox SELECT (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(),"
        " 'outlet', 'relay'))).* FROM outbox o",
        "UPDATE outbox SET outlet = 'elsewhere'",
    ):
        with pytest.raises(DBAPIError, match=r"outlet|embedded mailbox only"):
            async with database.transaction(tenancy.firm(firm)) as session:
                await session.execute(text(sql))
    with pytest.raises(DBAPIError, match="a firm stays demo"):
        async with database.transaction(tenancy.PLATFORM) as session:
            await session.execute(text("UPDATE firms SET kind = 'live' WHERE id = :id"), {"id": firm})
