"""The beginning of every story about a drill: a client with a quarter of books, and a drill planned over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arq.connections import ArqRedis
from sqlalchemy import select

from saas.clients.models import Client
from saas.kernel import clock, tenancy
from saas.kernel.identifiers import uuid7
from saas.kernel.jobs import run_job
from saas.kernel.outbox import Outbox
from saas.kernel.perform import perform
from saas.risks.drill_models import BOOKS, Drill
from saas.risks.drills import planning, queries
from saas.risks.drills.forms import NewDrill
from saas.risks.drills.workflow import DRILL
from tests.cases import story
from tests.cast import Cast, member_id

KINDS = {"unbalanced": 1, "equipment_expensed": 1, "unknown_account": 1}


def quarter() -> str:
    """Three months of a small trading company, right in every voucher."""
    lines = []
    for month in (7, 8, 9):
        day = f"2026-{month:02d}"
        lines += [
            f"{day}-01 记-1 收到投资款 | D 1002 500000.00 | C 3001 500000.00" if month == 7
            else f"{day}-01 记-1 收甲公司货款 | D 1002 31200.00 | C 1122 31200.00",
            f"{day}-05 记-2 销售商品给乙公司 | D 1122 80000.00 | C 5001 80000.00",
            f"{day}-08 记-3 付房租 | D 5602 6000.00 | C 1002 6000.00",
            f"{day}-12 记-4 付办公用品款 | D 5602 {1860 + month}.30 | C 1002 {1860 + month}.30",
            f"{day}-16 记-5 付物流运费 | D 5601 2140.00 | C 1002 2140.00",
            f"{day}-20 记-6 购商品入库 | D 1405 45000.00 | C 1002 45000.00",
            f"{day}-28 记-7 付电话费 | D 5602 {700 + month}.40 | C 1002 {700 + month}.40",
        ]  # fmt: skip
    return "\n".join(lines)


async def client_with_books(cast: Cast, **known: Any) -> Client:
    client, _contact = await story.make_client(cast, **known)
    await story.check(cast, client, await story.import_text(cast, client, quarter()))
    return client


async def planned(cast: Cast, client: Client, kinds: Mapping[str, int] | None = None, **changes: Any) -> Drill:
    """Over this client's books, with Ben and Quinn."""
    known: dict[str, Any] = {
        "key": uuid7(), "title": "账簿差错演练", "scenario": BOOKS, "limit_minutes": 60, "clients": [client.id],
        "participants": [member_id(cast.ben), member_id(cast.quinn)],
    }  # fmt: skip
    async with cast.transaction() as session:
        given = NewDrill(**{**known, **changes})
        return await planning.plan(session, cast.mara, given, KINDS if kinds is None else kinds, clock.now())


async def act(cast: Cast, drill: Drill, action: str, form: Any = None) -> Drill:
    async with cast.transaction() as session:
        done: Drill = await perform(session, DRILL, drill.id, action, cast.mara, form)
        return done


async def fresh(cast: Cast, drill: Drill) -> Drill:
    async with cast.transaction() as session:
        return await queries.drill(session, drill.id)


async def jobs_of(cast: Cast, drill: Drill, name: str) -> list[UUID]:
    """Promised and not finished."""
    async with cast.transaction() as session:
        query = select(Outbox.id).where(
            Outbox.firm_id == cast.firm.id, Outbox.job == name, Outbox.finished_at.is_(None),
            Outbox.args["subject_id"].astext == str(drill.id),
        )  # fmt: skip
        return list((await session.scalars(query)).all())


async def work_off(cast: Cast, drill: Drill, name: str, redis: ArqRedis | None = None) -> None:
    """A worker does every promised job of this name."""
    for job in await jobs_of(cast, drill, name):
        assert await run_job(cast.database, cast.firm.id, job, redis), await error_of(cast, job)


async def error_of(cast: Cast, job: UUID) -> str:
    async with cast.transaction() as session:
        return await session.scalar(select(Outbox.last_error).where(Outbox.id == job)) or ""


async def running(cast: Cast, drill: Drill, redis: ArqRedis | None = None) -> Drill:
    await act(cast, drill, "begin")
    await work_off(cast, drill, "drills.prepare", redis)
    return await fresh(cast, drill)


async def scored(cast: Cast, drill: Drill) -> Drill:
    await act(cast, drill, "finish")
    await work_off(cast, drill, "drills.score")
    return await fresh(cast, drill)


async def erased(cast: Cast, drill: Drill) -> Drill:
    await work_off(cast, drill, "drills.erase")
    await work_off(cast, drill, "drills.verify")
    return await fresh(cast, drill)


def inside(drill: Drill) -> tenancy.Scope:
    assert drill.sandbox_id is not None
    return tenancy.firm(drill.sandbox_id)
