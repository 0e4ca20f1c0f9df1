"""A drill from plan to score: what is hidden is found and timed, the real firm stays, the sandbox goes."""

from __future__ import annotations

from datetime import timedelta

from arq.connections import ArqRedis
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import opening
from saas.checks.models import FoundAnomaly
from saas.identity.models import Membership
from saas.identity.visitors import member_actor
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.jobs import progress
from saas.kernel.perform import perform
from saas.risks.drills import queries
from saas.risks.drills.shown import figures, result_of
from saas.risks.incidents import queries as incidents
from saas.risks.incidents.declaring import declare
from saas.risks.incidents.forms import Reason
from saas.risks.incidents.incident_models import Incident
from saas.risks.incidents.workflow import INCIDENT
from saas.risks.starter import begin
from tests.cast import Cast
from tests.firms.test_copying import digests
from tests.risks import drill_story as story

OWN = {"drills", "drill_errors", "drill_parts", "outbox", "audit_entries", "audit_seals", "stage_log", "tasks",
       "notifications", "counters"}  # fmt: skip


async def in_the_sandbox(cast: Cast, session: AsyncSession, name: str) -> Actor:
    """Somebody as a member of the copy."""
    person = cast.persons[name]
    here = (Membership.firm_id == tenancy.current_firm_id(), Membership.person_id == person.id)
    member = (await session.scalars(select(Membership).where(*here))).one()
    return member_actor(member, person).signed_in(clock.now())


async def found_in(session: AsyncSession, rule: str) -> list[FoundAnomaly]:
    query = select(FoundAnomaly).where(FoundAnomaly.rule == rule, FoundAnomaly.firm_id == tenancy.current_firm_id())
    return list((await session.scalars(query)).all())


async def test_from_plan_to_score_to_nothing_left(cast: Cast, redis: ArqRedis) -> None:
    client = await story.client_with_books(cast)
    before = await digests(cast)
    drill = await story.running(cast, await story.planned(cast, client), redis)
    assert (drill.state, drill.injected) == ("running", 3)
    async with cast.transaction() as session:
        job = await queries.newest_job(session, drill, "drills.prepare")
    told = await progress(redis, cast.firm.id, job) if job else None
    assert told is not None  # done, total and what, for the page that waits
    assert 0 <= told.done <= told.total
    async with cast.database.transaction(story.inside(drill)) as session:
        ben = await in_the_sandbox(cast, session, "ben")
        case = await opening.from_findings(session, ben, await found_in(session, "N01"), clock.now())
        assert case.number
    drill = await story.scored(cast, drill)
    assert (drill.state, drill.injected, drill.detected, drill.handled, drill.false_alarms) == ("scored", 3, 1, 0, 0)
    async with cast.transaction() as session:
        errors = {error.kind: error for error in await queries.errors(session, drill.id)}
        parts = {part.name: part for part in await queries.parts(session, drill.id)}
    assert errors["unbalanced"].detected_by == "陆予安"
    assert errors["unbalanced"].client_id == client.id
    assert errors["equipment_expensed"].detected_at is None
    assert (parts["陆予安"].detected, parts["沈知微"].detected, parts["沈知微"].first_at) == (1, 0, None)
    drill = await story.erased(cast, drill)
    assert drill.state == "erased"
    assert len(drill.remaining) > 60
    assert not any(drill.remaining.values())
    after = await digests(cast)
    assert {name for name in after if after[name] != before[name]} <= OWN


async def test_an_emergency_is_rehearsed_against_the_clock(cast: Cast) -> None:
    """No error is injected: what counts is how soon the team declares the incident in the copy, and contains it."""
    client = await story.client_with_books(cast)
    async with cast.transaction() as session:
        await begin(session)
    drill = await story.running(cast, await story.planned(cast, client, {}, scenario="leak"))
    assert (drill.state, drill.injected, drill.started_at is not None) == ("running", 0, True)
    assert drill.started_at is not None
    declared, contained = drill.started_at + timedelta(minutes=12), drill.started_at + timedelta(minutes=50)
    async with cast.database.transaction(story.inside(drill)) as session:
        ben = await in_the_sandbox(cast, session, "ben")
        incident = await declare(session, ben, "leak", "账套发错客户", declared, lead_id=ben.id)
        for step in await incidents.steps(session, incident.id):
            step.done_at, step.done_by = contained, ben.id
        await perform(session, INCIDENT, incident.id, "contain", ben, Reason("已撤回并确认删除"), now=contained)
    drill = await story.scored(cast, drill)
    assert (drill.injected, drill.detected, drill.false_alarms) == (0, 0, 0)
    assert (drill.declared_at, drill.contained_at) == (declared, contained)
    shown = {str(row["label"].to("en")): row["value"] for row in figures(drill)}
    assert (shown["Time to declare"], shown["Time to contain"]) == ("12 分钟", "50 分钟")
    assert result_of(drill) == "—"
    async with cast.transaction() as session:
        assert (await session.scalars(select(Incident).where(Incident.firm_id == cast.firm.id))).all() == []
