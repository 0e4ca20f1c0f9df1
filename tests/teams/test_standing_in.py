"""Absences, deputies and delegated approvals: work is routed, nobody gets a role, and it ends by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from saas.firms.models import Notification
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.errors import Forbidden
from saas.kernel.forms import Submitted, take
from saas.tasks.models import Task
from saas.teams.cover import arranging
from saas.teams.cover.cover_models import Cover
from saas.teams.load import handing
from saas.teams.load.reckoning import lightest, loads, minutes_of
from tests.cases import story
from tests.cast import Cast, member_id


def new(member: Actor, deputy: Actor | None = None, **changes: Any) -> dict[str, Any]:
    today = clock.today()
    given = {
        "member_id": member_id(member), "kind": "leave", "from_on": today, "until_on": today + timedelta(days=3),
        "deputy_id": member_id(deputy) if deputy else None, **changes,
    }  # fmt: skip
    return {name: str(value) for name, value in given.items() if value is not None}


async def record(cast: Cast, actor: Actor, raw: dict[str, Any]) -> Submitted[arranging.NewCover]:
    """What the page does with the form: its errors, or the absence."""
    form = take(raw, arranging.NewCover)
    async with cast.transaction() as session:
        await arranging.check(session, form, actor)
        if form.ok:
            await arranging.arrange(session, actor, form.taken, clock.now())
    return form


async def tasks(cast: Cast, subject_id: Any) -> list[Task]:
    async with cast.transaction() as session:
        query = select(Task).where(Task.subject_id == subject_id, Task.done_at.is_(None))
        return list((await session.scalars(query)).all())


async def told(cast: Cast, actor: Actor) -> list[str]:
    async with cast.transaction() as session:
        query = select(Notification).where(Notification.member_id == actor.id)
        return [f"{n.kind}: {n.text}" for n in (await session.scalars(query)).all()]


async def test_new_work_goes_to_the_deputy_and_comes_back_when_the_absence_ends(cast: Cast) -> None:
    assert (await record(cast, cast.ben, new(cast.ben, cast.lin))).ok
    case, _client, _contact = await story.opened(cast)
    [task] = await tasks(cast, case.id)
    assert (task.assignee_id, task.covered_id) == (cast.lin.id, cast.ben.id)
    assert case.owner_id == cast.ben.id
    assert any("林" in word or "陆予安" in word for word in await told(cast, cast.lin))
    with pytest.raises(Forbidden):  # standing in gives no right that was not there
        await story.act(cast, case, "confirm", cast.lin, story.CONFIRM)
    async with cast.transaction() as session:
        [cover] = (await session.scalars(select(Cover))).all()
        await arranging.end(session, cover, cast.ben, clock.now())
        await arranging.end(session, cover, cast.ben, clock.now())
    [task] = await tasks(cast, case.id)
    assert (task.assignee_id, task.covered_id) == (cast.ben.id, None)


async def test_open_work_moves_on_request_and_personal_duties_stay(cast: Cast) -> None:
    case, _client, _contact = await story.opened(cast)
    async with cast.transaction() as session:
        session.add(Task(subject_kind="course", title=case.title, step=case.title, url="/x", assignee_id=cast.ben.id,
                         created_at=clock.now()))  # fmt: skip
    assert (await record(cast, cast.ben, new(cast.ben, cast.lin, move_open="yes"))).ok
    async with cast.transaction() as session:
        query = select(Task.subject_kind, Task.assignee_id).where(Task.done_at.is_(None), Task.assignee_id.is_not(None))
        found = dict((await session.execute(query)).all())
    assert found["case"] == cast.lin.id
    assert found["course"] == cast.ben.id


async def test_it_ends_by_itself_on_its_day(cast: Cast) -> None:
    assert (await record(cast, cast.mara, new(cast.ben, cast.lin))).ok
    case, _client, _contact = await story.opened(cast)
    async with cast.transaction() as session:
        yesterday = clock.today() - timedelta(days=1)
        await session.execute(update(Cover).values(from_on=yesterday, until_on=yesterday))
    async with cast.transaction() as session:
        await arranging.end_run_out(session)
    [task] = await tasks(cast, case.id)
    assert task.assignee_id == cast.ben.id
    async with cast.transaction() as session:
        [cover] = (await session.scalars(select(Cover))).all()
    assert cover.ended_at is not None
    assert cover.ended_by is None


async def test_every_refusal_is_a_sentence(cast: Cast) -> None:
    ben, lin, mara, quinn = cast.ben, cast.lin, cast.mara, cast.quinn
    today = clock.today()
    cases: list[tuple[Actor, dict[str, Any], str]] = [
        (ben, new(ben, ben), "deputy_id"),
        (ben, new(ben), "deputy_id"),
        (ben, new(ben, lin, from_on=today + timedelta(days=2), until_on=today), "until_on"),
        (ben, new(ben, lin, from_on=date(2020, 1, 1), until_on=date(2020, 1, 2)), "until_on"),
        (quinn, new(quinn, None, kind="delegation", approver_id=ben.id), "approver_id"),
        (quinn, new(quinn, mara, kind="delegation", approver_id=mara.id), "deputy_id"),
        (quinn, new(quinn, None, kind="delegation"), "approver_id"),
    ]
    for actor, raw, name in cases:
        assert name in (await record(cast, actor, raw)).errors, (raw, name)
    with pytest.raises(Forbidden):
        await record(cast, lin, new(ben, mara))
    assert (await record(cast, ben, new(ben, lin))).ok
    assert "from_on" in (await record(cast, ben, new(ben, mara))).errors  # twice at a time
    assert "deputy_id" in (await record(cast, lin, new(lin, ben))).errors  # a circle of two
    assert (await record(cast, lin, new(lin, mara))).ok
    assert "deputy_id" in (await record(cast, mara, new(mara, ben))).errors  # and of three
    later = {"from_on": today + timedelta(days=10), "until_on": today + timedelta(days=12)}
    assert (await record(cast, mara, new(mara, ben, **later))).ok


async def test_the_database_refuses_circles_and_oneself(cast: Cast) -> None:
    insert = text(
        "INSERT INTO team_covers (firm_id, id, member_id, kind, from_on, until_on, deputy_id, note, made_by, made_at)"
        " VALUES (:firm, gen_random_uuid(), :member, 'leave', current_date, current_date, :deputy, '', :member, now())"
    )
    firm, ben, lin = cast.firm.id, cast.ben.id, cast.lin.id
    async with cast.transaction() as session:
        await session.execute(insert, {"firm": firm, "member": ben, "deputy": lin})
    for member, deputy in ((lin, ben), (cast.mara.id, cast.mara.id), (ben, cast.mara.id)):
        with pytest.raises(DBAPIError):
            async with cast.transaction() as session:
                await session.execute(insert, {"firm": firm, "member": member, "deputy": deputy})


async def test_the_load_counts_overdue_today_and_minutes_and_knows_who_has_room(cast: Cast) -> None:
    case, _client, _contact = await story.opened(cast)
    async with cast.transaction() as session:
        found = {load.member.id: load for load in await loads(session, clock.now())}
    [task] = await tasks(cast, case.id)
    assert found[member_id(cast.ben)].open == 1
    assert found[member_id(cast.ben)].minutes == minutes_of(task)
    assert minutes_of(task) == 120 * {"critical": 200, "high": 150, "low": 75}.get(task.severity, 100) // 100
    assert found[member_id(cast.lin)].minutes == 0
    best = lightest(list(found.values()), member_id(cast.ben), ["bookkeeper"])
    assert best is not None
    assert best.member.id == cast.lin.id
    assert (await record(cast, cast.lin, new(cast.lin, cast.mara))).ok
    async with cast.transaction() as session:
        away = {load.member.id: load for load in await loads(session, clock.now())}
        assert lightest(list(away.values()), member_id(cast.ben), ["bookkeeper"]) is None
    assert away[member_id(cast.lin)].free <= found[member_id(cast.lin)].free


async def test_an_item_is_handed_over_by_the_records_own_action(cast: Cast) -> None:
    case, _client, _contact = await story.opened(cast)
    [task] = await tasks(cast, case.id)
    given = handing.Hand(member_id(cast.lin), "比较空")
    for _time in range(2):
        async with cast.transaction() as session:
            row = await handing.task_of(session, task.id)
            await handing.hand(session, row, cast.ben, given, clock.now())
    assert (await story.reload(cast, case)).owner_id == cast.lin.id
    [task] = await tasks(cast, case.id)
    assert task.assignee_id == cast.lin.id
    async with cast.transaction() as session:
        errand = Task(subject_kind="note", title=case.title, step=case.title, url="/x", assignee_id=cast.lin.id,
                      created_at=clock.now())  # fmt: skip
        session.add(errand)
    async with cast.transaction() as session:
        row = await handing.task_of(session, errand.id)
        with pytest.raises(Forbidden):  # not Ben's, and he assigns nobody
            await handing.hand(session, row, cast.ben, handing.Hand(member_id(cast.mara)), clock.now())
    async with cast.transaction() as session:
        row = await handing.task_of(session, errand.id)
        await handing.hand(session, row, cast.mara, handing.Hand(member_id(cast.ben)), clock.now())
        assert row.assignee_id == cast.ben.id
