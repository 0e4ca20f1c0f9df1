"""A drill interrupted: a worker killed in the middle, a cancel while it copies, a time limit. Nothing is lost, no score
invented, and of a copy that was given up nothing stays."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from saas.firms.copying import remains_of
from saas.kernel import clock, jobs
from saas.kernel.config import Settings, active
from saas.kernel.directory import Firm
from saas.kernel.files import store_of
from saas.kernel.outbox import Outbox
from saas.risks.drill_models import Drill
from saas.risks.drills.forms import Reason
from saas.risks.drills.workflow import DRILL
from tests.cast import Cast
from tests.firms.test_copying import digests
from tests.risks import drill_story as story

# A worker that says when it is in the middle, and stays there until it is killed.
WORKER = """
import asyncio, sys
from uuid import UUID
import saas.app
from saas.kernel import jobs
from saas.kernel.config import active
from saas.kernel.db import Database

async def report(done, total, what):
    if str(what.msgid).startswith(sys.argv[3]):
        print("here", flush=True)
        await asyncio.sleep(60)

jobs.report = report
asyncio.run(jobs.run_job(Database(active().app_database_url), UUID(sys.argv[1]), UUID(sys.argv[2])))
"""


def killed_in_the_middle(settings: Settings, firm: UUID, job: UUID, where: str) -> None:
    env = {**os.environ, "SAAS_ENV": "test", "SAAS_DATA_DIR": str(settings.data_dir),
           "SAAS_SECRET_KEY": settings.secret_key, "SAAS_DATABASE_URL": settings.database_url,
           "SAAS_APP_DATABASE_URL": settings.app_database_url}  # fmt: skip
    command = [sys.executable, "-c", WORKER, str(firm), str(job), where]
    worker = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "here\n"
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()


async def freed(cast: Cast, job: UUID) -> None:
    """PostgreSQL has noticed that the worker is gone."""
    for _try in range(400):
        async with cast.transaction() as session:
            query = select(Outbox.id).where(Outbox.id == job).with_for_update(skip_locked=True)
            if await session.scalar(query) is not None:
                return
        await asyncio.sleep(0.05)
    raise AssertionError("the job stayed locked")


async def test_a_worker_killed_while_it_prepares_leaves_nothing_and_the_next_begins_anew(
    cast: Cast, settings: Settings
) -> None:
    """It dies with the whole copy made and the first errors written."""
    client = await story.client_with_books(cast)
    drill = await story.act(cast, await story.planned(cast, client), "begin")
    (job,) = await story.jobs_of(cast, drill, "drills.prepare")
    assert drill.sandbox_id is not None
    before = await digests(cast)
    await asyncio.to_thread(killed_in_the_middle, settings, cast.firm.id, job, "Importing books")
    await freed(cast, job)
    drill = await story.fresh(cast, drill)
    assert (drill.state, drill.injected, drill.scored_at, drill.sealed) == ("preparing", 0, None, "")
    async with cast.transaction() as session:
        assert await session.get(Firm, drill.sandbox_id) is None
        remaining = await remains_of(session, drill.sandbox_id or UUID(int=0))
        assert not any(n for name, n in remaining.items() if name != "files")
    after = await digests(cast)
    assert {name for name in after if after[name] != before[name]} <= {"outbox"}

    stray = await store_of(active()).put(drill.sandbox_id, b"left by the worker that was killed")
    await story.work_off(cast, drill, "drills.prepare")
    drill = await story.fresh(cast, drill)
    assert (drill.state, drill.injected) == ("running", 3)
    assert not any(stray in path for path in await store_of(active()).held(drill.sandbox_id))


async def test_a_drill_cancelled_while_it_is_prepared_is_not_opened(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await story.client_with_books(cast)
    drill = await story.act(cast, await story.planned(cast, client), "begin")
    cancelled: list[Drill] = []

    async def cancel_once(done: int, total: int, what: object) -> None:
        if not cancelled:
            cancelled.append(await story.act(cast, drill, "cancel", Reason("客户来访，改期")))

    monkeypatch.setattr(jobs, "report", cancel_once)
    await story.work_off(cast, drill, "drills.prepare")
    monkeypatch.undo()
    drill = await story.fresh(cast, drill)
    assert (drill.state, drill.started_at, drill.injected, drill.scored_at) == ("cancelled", None, 0, None)
    drill = await story.erased(cast, drill)
    assert drill.erased_at is not None
    assert drill.state == "cancelled"
    assert not any(drill.remaining.values())


async def test_books_without_a_place_for_the_errors_say_so_and_can_be_started_again(cast: Cast) -> None:
    client = await story.client_with_books(cast)
    drill = await story.running(cast, await story.planned(cast, client, {"missing_depreciation": 2}))
    assert drill.state == "failed"
    assert drill.failure is not None
    assert "没有" in str(drill.failure) or "找不到" in str(drill.failure)
    assert drill.sandbox_id is not None
    async with cast.transaction() as session:
        assert not any((await remains_of(session, drill.sandbox_id)).values())
        row = await session.get(Drill, (cast.firm.id, drill.id))
        assert row is not None
        row.kinds = {"unbalanced": 1}
    drill = await story.running(cast, drill)
    assert (drill.state, drill.injected, drill.failure) == ("running", 1, None)


async def test_the_time_limit_ends_it_and_jobs_done_twice_change_nothing(cast: Cast) -> None:
    client = await story.client_with_books(cast)
    drill = await story.running(cast, await story.planned(cast, client, limit_minutes=30))
    async with cast.transaction() as session:
        due = await session.scalar(
            select(Outbox.due_at).where(Outbox.job == "drills.end", Outbox.firm_id == cast.firm.id)
        )
    assert due == drill.ends_at
    await story.work_off(cast, drill, "drills.end")
    drill = await story.fresh(cast, drill)
    assert (drill.state, drill.ended_by) == ("scoring", None)
    await story.work_off(cast, drill, "drills.score")
    first = await story.fresh(cast, drill)
    assert (first.state, first.detected, first.injected) == ("scored", 0, 3)
    await again(cast, drill, "drills.prepare", "drills.end", "drills.score")
    done = await story.erased(cast, drill)
    await again(cast, drill, "drills.erase", "drills.verify")
    last = await story.fresh(cast, drill)
    assert (last.state, last.scored_at, last.erased_at) == ("erased", first.scored_at, done.erased_at)


async def again(cast: Cast, drill: Drill, *names: str) -> None:
    """As if Redis and the outbox had forgotten that these were done."""
    async with cast.transaction() as session:
        mine = (Outbox.firm_id == cast.firm.id, Outbox.args["subject_id"].astext == str(drill.id))
        await session.execute(update(Outbox).where(*mine, Outbox.job.in_(names)).values(finished_at=None))
    for name in names:
        await story.work_off(cast, drill, name)


async def test_what_came_into_the_sandbox_after_it_was_erased_is_erased_too(cast: Cast) -> None:
    client = await story.client_with_books(cast)
    drill = await story.scored(cast, await story.running(cast, await story.planned(cast, client)))
    await story.work_off(cast, drill, "drills.erase")
    async with cast.database.transaction(story.inside(drill)) as session:
        session.add(Outbox(job="firms.daily", kind="light", args={}, created_at=clock.now(), due_at=clock.now()))
    await story.work_off(cast, drill, "drills.verify")
    assert (await story.fresh(cast, drill)).state == "scored"
    assert (await story.erased(cast, drill)).state == "erased"


async def test_a_score_is_counted_once_and_never_changed(cast: Cast) -> None:
    """By SQL as the application's role."""
    client = await story.client_with_books(cast)
    running = await story.running(cast, await story.planned(cast, client))
    scored = await story.scored(cast, running)
    other = await story.planned(cast, client)
    for statement, drill, said in (
        ("UPDATE drills SET detected = 3 WHERE id = :id", scored, "never changes"),
        ("UPDATE drills SET scored_at = now(), detected = 0 WHERE id = :id", other, "only a drill that was worked"),
        ("UPDATE drill_errors SET detected_at = now() WHERE drill_id = :id", scored, "permission denied"),
        ("DELETE FROM drill_parts WHERE drill_id = :id", scored, "permission denied"),
    ):
        with pytest.raises(DBAPIError, match=said):
            async with cast.transaction() as session:
                await session.execute(text(statement), {"id": drill.id})
    assert DRILL.named("score")[0].by == "system"
