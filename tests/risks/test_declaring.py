"""An incident from its declaration on: parts, steps, calls, duties, the clock, and who may say that it is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.kernel import clock
from saas.kernel.errors import Conflict, Forbidden, Invalid, Missing
from saas.kernel.identifiers import uuid7
from saas.kernel.perform import perform
from saas.risks.incidents import queries, working
from saas.risks.incidents.declaring import declare
from saas.risks.incidents.forms import Called, DutySettled, HandOver, Reason, Review, StepDone
from saas.risks.incidents.incident_models import Incident
from saas.risks.incidents.workflow import INCIDENT
from saas.risks.starter import begin, give_playbooks, starter_playbooks
from saas.tasks.models import Task
from tests.cast import Cast

T0 = datetime.fromisoformat("2026-11-21T02:00:00+00:00")  # a Saturday: the plan's minutes do not wait for Monday
WHY = Reason("停用模板，清单已出。")


async def running(cast: Cast, key: str = "mass_error") -> UUID:
    """Declared by Ben; Mara, the only manager, leads."""
    async with cast.transaction() as session:
        await give_playbooks(session, T0)
        found = await declare(session, cast.ben, key, "折旧模板错误", T0, severity="high")
        return found.id


async def settle_everything(cast: Cast, incident_id: UUID, phases: set[str], now: datetime) -> None:
    async with cast.transaction() as session:
        for step in await queries.steps(session, incident_id):
            if step.phase in phases:
                await working.finish_step(session, incident_id, step.id, StepDone("已完成"), cast.mara, now)


async def test_what_a_declaration_starts(cast: Cast) -> None:
    incident_id = await running(cast)
    async with cast.transaction() as session:
        incident = await queries.incident(session, incident_id)
        steps, calls = await queries.steps(session, incident_id), await queries.calls(session, incident_id)
        parts = {part.role: part for part in await queries.parts(session, incident_id)}
        plan = next(p for p in starter_playbooks() if p.key == "mass_error").plan
        assert (incident.number[:8], incident.state, incident.lead_id) == ("SJ-2026-", "declared", cast.mara.id)
        assert {s.key: s.due_at - T0 for s in steps} == {s.key: timedelta(minutes=s.minutes) for s in plan.steps}
        tasks = (await session.scalars(select(Task).where(Task.subject_id.in_([s.id for s in steps])))).all()
        assert {t.due_at for t in tasks} == {s.due_at for s in steps}
        assert {t.assignee_id for t in tasks} <= {p.member_id for p in parts.values()}
        assert parts["quality"].member_id == cast.quinn.id
        assert parts["head"].member_id == cast.paula.id
        assert parts["lead"].deputy_id == cast.paula.id
        assert len(calls) == len(plan.calls)
        assert any(call.callee.startswith("主管税务所") for call in calls)
        assert len(await queries.duties(session, incident_id)) == len(plan.duties)
        assert (await queries.entries(session, incident_id))[0].by == cast.ben.id


async def test_declared_twice_it_is_one(cast: Cast) -> None:
    await running(cast)
    key = uuid7()
    async with cast.transaction() as session:
        first = await declare(session, cast.ben, "leak", "发错邮件", T0, incident_id=key)
    async with cast.transaction() as session:
        again = await declare(session, cast.lin, "leak", "发错邮件", T0, incident_id=key)
        assert again.number == first.number
        with pytest.raises(Missing):
            await declare(session, cast.ben, "no_such_plan", "x", T0)
        with pytest.raises(Invalid):
            await declare(session, cast.ben, "leak", "x", T0, began_at=T0 + timedelta(minutes=1))


async def test_from_declared_to_closed(cast: Cast) -> None:
    incident_id = await running(cast)
    later = T0 + timedelta(minutes=95)
    async with cast.transaction() as session:
        with pytest.raises(Forbidden, match=r"没有完成|not done yet"):
            await perform(session, INCIDENT, incident_id, "contain", cast.mara, WHY, now=later)
    await settle_everything(cast, incident_id, {"contain"}, later)
    async with cast.transaction() as session:
        with pytest.raises(Forbidden):  # neither lead nor manager
            await perform(session, INCIDENT, incident_id, "contain", cast.lin, WHY, now=later)
    async with cast.transaction() as session:
        await perform(session, INCIDENT, incident_id, "contain", cast.mara, WHY, now=later)
    await settle_everything(cast, incident_id, {"inform", "recover", "review"}, later)
    async with cast.transaction() as session:
        await perform(session, INCIDENT, incident_id, "recover", cast.mara, WHY, now=later + timedelta(hours=5))
    given = Review("复核没有抽查到。", "模板改动要两人看。", "新增规则，12月培训。")
    async with cast.transaction() as session:
        with pytest.raises(Forbidden):  # duties are open
            await perform(session, INCIDENT, incident_id, "review", cast.paula, given, now=later)
        for duty in await queries.duties(session, incident_id):
            await working.settle_duty(session, incident_id, duty.id, DutySettled("done", "已告知"), cast.mara, later)
    async with cast.transaction() as session:
        with pytest.raises(Forbidden):  # she led it
            await perform(session, INCIDENT, incident_id, "review", cast.mara, given, now=later)
        await perform(session, INCIDENT, incident_id, "hand_over", cast.paula, HandOver(cast.ben.id), now=later)  # type: ignore[arg-type]
        with pytest.raises(Forbidden):  # and handing it over does not change that
            await perform(session, INCIDENT, incident_id, "review", cast.mara, given, now=later)
        await perform(session, INCIDENT, incident_id, "review", cast.quinn, given, now=later)
    async with cast.transaction() as session:
        with pytest.raises(Forbidden):
            await perform(session, INCIDENT, incident_id, "close", cast.quinn, WHY, now=later)
        row = await perform(session, INCIDENT, incident_id, "close", cast.mara, WHY, now=later)
        assert (row.state, row.contained_at, row.lessons) == ("closed", later, "模板改动要两人看。")
        states = [e for e in await queries.entries(session, incident_id) if e.kind == "state"]
        assert len(states) == 6
        with pytest.raises(Conflict):
            await working.note(session, incident_id, "迟到的一句", [], cast.ben, later)


async def test_steps_calls_and_notes_happen_once(cast: Cast) -> None:
    incident_id = await running(cast, "leak")
    now = T0 + timedelta(minutes=10)
    async with cast.transaction() as session:
        step = (await queries.steps(session, incident_id))[0]
        with pytest.raises(Invalid):
            await working.finish_step(session, incident_id, step.id, StepDone("", skipped=True), cast.ben, now)
        await working.finish_step(session, incident_id, step.id, StepDone("已停用"), cast.ben, now)
        again = await working.finish_step(session, incident_id, step.id, StepDone("x"), cast.lin, now)
        assert (again.done_by, again.remark) == (cast.ben.id, "已停用")
        task = (await session.scalars(select(Task).where(Task.subject_id == step.id))).one()
        assert task.done_by == cast.ben.id
        call = (await queries.calls(session, incident_id))[0]
        await working.tick_call(session, incident_id, call.id, Called("nobody"), cast.ben, now)
        await working.tick_call(session, incident_id, call.id, Called("deputy", "李四接听"), cast.ben, now)
        await working.tick_call(session, incident_id, call.id, Called("nobody"), cast.lin, now)
        assert call.result == "deputy"
        for _again in range(2):
            await working.note(session, incident_id, "误收人已删除", [], cast.ben, now)
        kinds = [e.kind for e in await queries.entries(session, incident_id)]
        assert (kinds.count("step"), kinds.count("call"), kinds.count("note")) == (1, 2, 1)


async def test_the_database_holds_it_too(cast: Cast) -> None:
    """Round the program, as the application's role."""
    incident_id = await running(cast)
    for statement in (
        "UPDATE incidents SET reviewed_by = lead_id WHERE id = :id",
        "UPDATE incidents SET declared_at = declared_at - interval '1 hour' WHERE id = :id",
        f"UPDATE incidents SET state = 'closed', closed_at = now(), closed_by = '{cast.quinn.id}' WHERE id = :id",
        "UPDATE incident_entries SET by_name = 'x' WHERE incident_id = :id",
        "DELETE FROM incident_entries WHERE incident_id = :id",
        "UPDATE playbook_versions SET steps = '[]' WHERE id = (SELECT version_id FROM incidents WHERE id = :id)",
        "UPDATE incident_steps SET what = '{}' WHERE incident_id = :id",
    ):
        with pytest.raises(DBAPIError):
            async with cast.transaction() as session:
                await session.execute(text(statement), {"id": incident_id})


async def test_otto_sees_nothing(cast: Cast) -> None:
    incident_id = await running(cast)
    async with cast.transaction(otto=True) as session:
        with pytest.raises(Missing):
            await queries.incident(session, incident_id)
        assert (await session.scalars(select(Incident))).all() == []


async def test_beginning_twice_changes_nothing(cast: Cast) -> None:
    async with cast.transaction() as session:
        await begin(session)
        first = (await session.execute(text("SELECT count(*), max(number) FROM risks"))).one()
        plans = (await session.execute(text("SELECT count(*) FROM playbook_versions"))).scalar_one()
    async with cast.transaction() as session:
        with clock.at(T0):
            await begin(session)
        assert (await session.execute(text("SELECT count(*), max(number) FROM risks"))).one() == first
        assert (await session.execute(text("SELECT count(*) FROM playbook_versions"))).scalar_one() == plans == 7
        assert first[0] >= 20
