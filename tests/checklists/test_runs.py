"""Runs of checklists: made once by their schedule, ticked with evidence, signed off by another."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.checklists import making, measures, queries
from saas.checklists.editing import NextVersion, publish
from saas.checklists.forms import Reason, StepRef, Take, Void
from saas.checklists.models import ChecklistRun
from saas.checklists.plan import Words
from saas.checklists.workflow import RUN
from saas.firms.models import Notification
from saas.kernel import clock
from saas.kernel.errors import Conflict, Forbidden
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.perform import tell
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task
from tests.cases.story import make_client
from tests.cast import member_id
from tests.checklists.conftest import PAPER, Desk


async def open_tasks(desk: Desk, run: ChecklistRun) -> list[Task]:
    async with desk.cast.transaction() as session:
        query = select(Task).where(of_this_firm(Task), Task.subject_id == run.id, Task.done_at.is_(None))
        return list((await session.scalars(query)).all())


async def test_the_schedule_makes_each_run_once(desk: Desk) -> None:
    first = await desk.make("month-end-general")
    assert f"{clock.today():%Y-%m}" in [run.period for run in first]
    again = await desk.make("month-end-general")
    assert [run.id for run in again] == [run.id for run in first]
    assert await desk.make("month-end-small") == []  # the client is a general taxpayer
    run = first[-1]
    assert run.preparer_id == member_id(desk.cast.ben)
    assert run.due_at is not None
    assert run.due_at > clock.now()
    steps = await desk.steps(run)
    assert len(steps) == 13
    assert all(step.due_at is None or step.due_at <= run.due_at for step in steps)
    own = [task for task in await open_tasks(desk, run) if task.workflow == RUN.name]
    assert [(task.assignee_id, task.due_at) for task in own] == [(member_id(desk.cast.ben), run.due_at)]


async def test_a_step_of_another_role_is_that_roles_task_until_it_is_ticked(desk: Desk) -> None:
    found = await desk.checklist("leaving")
    async with desk.cast.transaction() as session:
        client = await session.get(type(desk.client), (desk.client.firm_id, desk.client.id))
        assert client is not None
        client.archived_at = clock.now()
        await tell(session, Event("client.archived", client, desk.cast.paula, clock.now()))
    run = (await desk.runs("leaving"))[0]
    assert found.plan.after_leaving
    aside = [task for task in await open_tasks(desk, run) if not task.workflow]
    assert [(task.role, task.url) for task in aside] == [("manager", f"{RUN.url(run)}#step-3")]
    with pytest.raises(Forbidden):
        await desk.tick(run, 3, desk.cast.ben, link="/f/x")
    with pytest.raises(Forbidden):
        await desk.tick(run, 1, desk.cast.cash, note="x")


async def test_a_step_needs_its_evidence_or_a_reason(desk: Desk) -> None:
    run, ben = await desk.run(), desk.cast.ben
    for given in ({}, {"outcome": "not_applicable"}):
        with pytest.raises(Forbidden):
            await desk.tick(run, 2, ben, **given)
    await desk.tick(run, 2, ben, files=[PAPER])
    with pytest.raises(Forbidden):  # ticked already
        await desk.tick(run, 2, ben, files=[PAPER])
    await desk.tick(run, 3, ben, note="平台维护，明日补")  # a figure is missing, and the note says why
    await desk.tick(run, 5, ben, outcome="not_applicable", note="本月无不得抵扣项目")
    steps = {step.position: step for step in await desk.steps(run)}
    assert steps[2].files == [PAPER]
    assert (steps[2].has_evidence, steps[3].has_evidence) == (True, False)
    await desk.act(run, "untick", ben, StepRef(2))
    assert (await desk.steps(run))[1].files == [PAPER]  # evidence stays


async def test_nobody_signs_off_what_they_did(desk: Desk) -> None:
    run = await desk.run()
    with pytest.raises(Forbidden):  # steps are open
        await desk.act(run, "finish", desk.cast.ben)
    await desk.tick(run, 1, desk.cast.quinn, note="复核人代收")
    done = await desk.prepared(run)
    assert done.state == "prepared"
    for actor in (desk.cast.ben, desk.cast.quinn):  # who finished it, and who did one step
        with pytest.raises(Forbidden):
            await desk.act(run, "sign_off", actor)
    back = await desk.act(run, "send_back", desk.cast.mara, Reason("缺银行对账单"))
    assert (back.state, back.prepared_by) == ("returned", None)
    async with desk.cast.transaction() as session:
        told = await session.scalars(select(Notification).where(of_this_firm(Notification)))
        assert member_id(desk.cast.ben) in {n.member_id for n in told}
    await desk.act(run, "finish", desk.cast.ben)
    signed = await desk.act(run, "sign_off", desk.cast.mara)
    assert (signed.state, signed.signed_by) == ("signed_off", member_id(desk.cast.mara))
    assert await open_tasks(desk, run) == []


async def test_a_step_for_two_people_waits_for_the_second(desk: Desk) -> None:
    await _switch_on(desk)
    run = await desk.run("invoices-and-certification")
    two = next(step.position for step in await desk.steps(run) if step.two_person)
    for step in await desk.steps(run):
        await desk.tick(run, step.position, desk.cast.ben, note="x", number=1, files=[PAPER], link="/f/x")
    with pytest.raises(Forbidden):
        await desk.act(run, "finish", desk.cast.ben)
    with pytest.raises(Forbidden):
        await desk.act(run, "confirm", desk.cast.ben, StepRef(two))
    await desk.act(run, "confirm", desk.cast.lin, StepRef(two))
    assert (await desk.act(run, "finish", desk.cast.ben)).state == "prepared"


async def _switch_on(desk: Desk) -> None:
    found = await desk.checklist("invoices-and-certification")
    assert await desk.make("invoices-and-certification") == []  # it begins switched off
    async with desk.cast.transaction() as session:
        row = await queries.one(session, found.checklist.id)
        row.checklist.active = True


async def test_the_books_keeper_does_not_inspect_them(desk: Desk) -> None:
    found = await desk.checklist("quarterly-inspection")
    async with desk.cast.transaction() as session:
        window = await making.window_by_hand(session, found.plan, f"{clock.today().year}-Q1", clock.today())
        assert window is not None
        run = await making.begin(session, found, desk.client, window, desk.cast.mara)
    assert run.preparer_id == member_id(desk.cast.quinn)
    with pytest.raises(Forbidden):
        await desk.act(run, "take", desk.cast.mara, Take(member_id(desk.cast.ben)))
    await desk.tick_all(run, desk.cast.quinn, desk.cast.lin)
    assert (await desk.act(run, "finish", desk.cast.quinn)).state == "with_manager"


async def test_a_client_that_leaves_closes_its_runs_and_loses_nothing(desk: Desk) -> None:
    run = await desk.run()
    known = len(await desk.make("month-end-general"))
    await desk.tick(run, 1, desk.cast.ben, note="已收齐")
    await _archive(desk, desk.client.id)
    async with desk.cast.transaction() as session:
        after = await queries.run(session, run.id)
    assert after.state == "void"
    assert "离开" in after.reason
    assert (await desk.steps(run))[0].note == "已收齐"
    assert [r.state for r in await desk.runs("leaving")] == ["open"]
    assert await open_tasks(desk, run) == []
    with pytest.raises(Forbidden):
        await desk.act(run, "reopen", desk.cast.mara, Reason("客户回来了"))
    made = await desk.make("month-end-general")
    assert {r.state for r in made} == {"void"}
    assert len(made) == known, "none is made anew"


async def _archive(desk: Desk, client_id: UUID) -> None:
    async with desk.cast.transaction() as session:
        client = await session.get(type(desk.client), (desk.client.firm_id, client_id))
        assert client is not None
        client.archived_at = clock.now()
        await tell(session, Event("client.archived", client, desk.cast.paula, clock.now()))


async def test_a_merged_clients_runs_go_with_it(desk: Desk) -> None:
    run = await desk.run()
    other, _contact = await make_client(desk.cast)
    found = await desk.checklist("take-over")
    async with desk.cast.transaction() as session:
        occasion = making.Occasion("2026-01-05")
        alone = await making.begin_by_occasion(session, found, desk.client, occasion, desk.cast.mara, clock.today())
        assert alone is not None
    await desk.make("month-end-general")  # the other client has the same month too
    async with desk.cast.transaction() as session:
        into = await session.get(type(other), (other.firm_id, other.id))
        event = Event("client.merged", into, desk.cast.paula, clock.now(), {"merged_id": desk.client.id})
        await tell(session, event)
    async with desk.cast.transaction() as session:
        kept, moved = await queries.run(session, run.id), await queries.run(session, alone.id)
    assert (kept.state, kept.client_id) == ("void", desk.client.id)
    assert (moved.state, moved.client_id) == ("open", other.id)


async def test_a_client_that_does_not_get_it_is_left_out(desk: Desk) -> None:
    run = await desk.run()
    known = [r.id for r in await desk.make("month-end-general")]
    await desk.act(run, "void", desk.cast.mara, Void("零申报，不需要", never_again=True))
    with clock.at(clock.now() + timedelta(days=40)):
        assert [r.id for r in await desk.make("month-end-general")] == known


async def test_a_running_run_keeps_its_version(desk: Desk) -> None:
    run = await desk.run()
    found = await desk.checklist("month-end-general")
    plan = found.plan
    changed = msgspec.structs.replace(plan, name=Words("新月结", "New close"), steps=plan.steps[:8])
    key = uuid7()
    for _twice in range(2):
        async with desk.cast.transaction() as session:
            new = NextVersion(key, 1, changed, "精简")
            await publish(session, found.checklist, desk.cast.mara, new, clock.now())
    with pytest.raises(Conflict):
        async with desk.cast.transaction() as session:
            await publish(session, found.checklist, desk.cast.mara, NextVersion(uuid7(), 1, plan, ""), clock.now())
    async with desk.cast.transaction() as session:
        assert [v.version for v in await queries.versions(session, found.checklist.id)] == [2, 1]
        assert (await queries.run(session, run.id)).name_zh == plan.name.zh
    assert len(await desk.steps(run)) == 13
    await _second_client(desk)
    newer = [r for r in await desk.make("month-end-general") if r.client_id != desk.client.id]
    assert {r.name_zh for r in newer} == {"新月结"}


async def _second_client(desk: Desk) -> None:
    await make_client(desk.cast, filing_period="month")


async def test_on_time_and_complete(desk: Desk) -> None:
    run = await desk.run()
    await desk.tick(run, 3, desk.cast.ben, note="数字待补")
    await desk.prepared(run)
    since, until = clock.now() - timedelta(days=100), clock.now() + timedelta(days=100)
    async with desk.cast.transaction() as session:
        whole = await measures.whole(session, since, until, clock.now())
        people = await measures.by_person(session, since, until, clock.now())
        lists = await measures.by_checklist(session, since, until, clock.now())
    assert (whole.on_time.hits, whole.on_time.n, whole.on_time.percent) == (1, 1, None)
    asked = [step for step in await desk.steps(run) if step.evidence != "none"]
    assert (whole.completeness.hits, whole.completeness.n) == (len(asked) - 1, len(asked))
    assert [line.key for line in people] == [member_id(desk.cast.ben)]
    assert [line.key for line in lists] == [run.checklist_id]


async def refused(desk: Desk, statement: str, **values: object) -> str:
    with pytest.raises(DBAPIError) as caught:
        async with desk.cast.transaction() as session:
            await session.execute(text(statement), values)
    return str(caught.value.orig)


async def test_the_database_refuses_the_same(desk: Desk) -> None:
    run = await desk.run()
    await desk.tick(run, 1, desk.cast.quinn, note="x")
    said = await refused(desk, "UPDATE checklist_runs SET state = 'prepared', prepared_by = :m WHERE id = :id",
                         m=member_id(desk.cast.ben), id=run.id)  # fmt: skip
    assert "open steps" in said
    await desk.prepared(run)
    own = "UPDATE checklist_runs SET state = 'signed_off', signed_by = :m, signed_at = now() WHERE id = :id"
    for actor in (desk.cast.ben, desk.cast.quinn):
        said = await refused(desk, own, m=member_id(actor), id=run.id)
        assert "own work" in said or "two_people" in said
    assert "needs a second person" in await refused(
        desk, "UPDATE checklist_runs SET state = 'completed' WHERE id = :id", id=run.id
    )
    assert "never change" in await refused(desk, "UPDATE checklist_steps SET note = '改' WHERE run_id = :id", id=run.id)
    assert "never deleted" in await refused(desk, "DELETE FROM checklist_runs WHERE id = :id", id=run.id)
    same = (
        "INSERT INTO checklist_steps (firm_id, id, run_id, position, title_zh, title_en, help_zh, help_en, evidence,"
        " role, two_person, outcome, done_by, confirmed_by, note, link, files)"
        " SELECT firm_id, gen_random_uuid(), id, 99, 'x', 'x', '', '', 'none', 'bookkeeper', true, 'done', :m, :m, '',"
        " '', '[]' FROM checklist_runs WHERE id = :id"
    )
    assert "two_people" in await refused(desk, same, m=member_id(desk.cast.ben), id=run.id)
    await desk.act(run, "sign_off", desk.cast.mara)
    assert "signed off never changes" in await refused(
        desk, "UPDATE checklist_runs SET state = 'open' WHERE id = :id", id=run.id
    )
