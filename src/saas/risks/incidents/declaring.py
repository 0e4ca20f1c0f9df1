"""Declaring an incident: the clock starts, parts are given out, steps become tasks, calls and duties stand ready."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.firms.queries import profile
from saas.identity.models import Membership
from saas.identity.queries import members
from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.errors import Conflict, Invalid, Missing
from saas.kernel.i18n import Text, _
from saas.kernel.perform import start
from saas.kernel.serials import next_serial
from saas.kernel.tenancy import of_this_firm
from saas.risks.incidents import queries
from saas.risks.incidents.cast import cast
from saas.risks.incidents.incident_models import Call, Incident, LegalDuty, Part, Step
from saas.risks.incidents.timeline import write
from saas.risks.incidents.workflow import INCIDENT
from saas.risks.playbooks.plan import CallOf, Plan, plan_of
from saas.risks.playbooks.playbook_models import Playbook, PlaybookVersion
from saas.tasks.models import Task

Players = dict[str, list[Membership]]  # by the key of a part: who plays it, then the deputy


async def declare(
    session: AsyncSession,
    actor: Actor,
    playbook_key: str,
    title: str,
    now: datetime,
    *,
    severity: str = "high",
    description: str = "",
    began_at: datetime | None = None,
    lead_id: UUID | None = None,
    case_id: UUID | None = None,
    risk_id: UUID | None = None,
    incident_id: UUID | None = None,
) -> Incident:
    """Start an incident by the newest version of a playbook; T0 is `now`.

    `incident_id` makes it happen once: a second call with the same id gives back the first incident. Missing where
    the firm has no such playbook, Conflict where it is switched off, Invalid where it began after now.
    """
    if incident_id is not None and (known := await queries.incident_or_none(session, incident_id)) is not None:
        return known
    if began_at is not None and began_at > now:
        raise Invalid(_("It cannot have begun after it was declared."))
    playbook, version = await playbook_by_key(session, playbook_key)
    plan = plan_of(version)
    players = cast(plan, list(await members(session)), lead_id)
    lead = players.get("lead", [])
    incident = Incident(
        number=await _number(session, now), title=title, scenario=playbook.key, playbook_id=playbook.id,
        version_id=version.id, severity=severity, description=description, began_at=began_at, declared_at=now,
        declared_by=actor.id, lead_id=lead[0].id if lead else None, case_id=case_id, risk_id=risk_id,
        **({"id": incident_id} if incident_id else {}),
    )  # fmt: skip
    await start(session, INCIDENT, incident, actor, now=now, summary=title)
    await _set_going(session, incident, plan, players)
    words = _("Declared by playbook “%(name)s”, version %(version)s", name=playbook.title, version=version.number)
    write(session, incident, actor, now, "state", words)
    await _tell(session, incident, players, actor)
    return incident


async def _number(session: AsyncSession, now: datetime) -> str:
    year = now.astimezone(CHINA).year
    return f"SJ-{year}-{await next_serial(session, 'incident', year):04d}"


async def _set_going(session: AsyncSession, incident: Incident, plan: Plan, players: Players) -> None:
    """Parts, tasks, calls and duties; what is frozen as text is in the firm's language."""
    locale = "en" if (await profile(session)).locale == "en" else "zh"
    _give_parts(session, incident, plan, players)
    await _give_steps(session, incident, plan, players, locale)
    _give_calls(session, incident, plan, players, locale)
    _give_duties(session, incident, plan)


async def _tell(session: AsyncSession, incident: Incident, players: Players, actor: Actor) -> None:
    """Everybody who has a part, and their deputies, at once and by mail."""
    told = dict.fromkeys(player.id for role in players.values() for player in role if player.id != actor.id)
    words = _("Incident %(number)s: %(title)s", number=incident.number, title=incident.title)
    await session.flush()
    await notify(session, told, "escalation", words, INCIDENT.url(incident), incident.declared_at)


async def playbook_by_key(session: AsyncSession, key: str) -> tuple[Playbook, PlaybookVersion]:
    """The playbook and its newest version."""
    playbook = await session.scalar(select(Playbook).where(of_this_firm(Playbook), Playbook.key == key))
    if playbook is None:
        raise Missing()
    if not playbook.is_on:
        raise Conflict(_("This playbook is switched off: choose another one."))
    query = select(PlaybookVersion).where(
        of_this_firm(PlaybookVersion), PlaybookVersion.playbook_id == playbook.id,
        PlaybookVersion.number == playbook.version,
    )  # fmt: skip
    return playbook, (await session.execute(query)).scalar_one()


def _give_parts(session: AsyncSession, incident: Incident, plan: Plan, players: Players) -> None:
    for position, role in enumerate(plan.roles):
        here = players[role.key]
        session.add(
            Part(
                incident_id=incident.id, role=role.key, name=role.name, task=role.task, position=position,
                member_id=here[0].id if here else None, deputy_id=here[1].id if len(here) > 1 else None,
            )
        )  # fmt: skip


async def _give_steps(session: AsyncSession, incident: Incident, plan: Plan, players: Players, locale: str) -> None:
    """Each step with its task, due so many minutes after T0, nights and holidays counted."""
    for position, step in enumerate(plan.steps):
        due = incident.declared_at + timedelta(minutes=step.minutes)
        here = players.get(step.role, [])
        row = Step(
            incident_id=incident.id, key=step.key, phase=step.phase, position=position, role=step.role,
            what=step.what, due_at=due,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        task = Task(
            subject_kind="incident", subject_id=row.id, title=Text("%(what)s", what=INCIDENT.title(incident)),
            step=Text("%(what)s", what=step.what.get(locale) or step.what["zh"]), url=INCIDENT.url(incident),
            role="" if here else "manager", assignee_id=here[0].id if here else None, severity=incident.severity,
            created_at=incident.declared_at, due_at=due,
        )  # fmt: skip
        session.add(task)
        await session.flush()
        row.task_id = task.id


def _give_calls(session: AsyncSession, incident: Incident, plan: Plan, players: Players, locale: str) -> None:
    for position, call in enumerate(plan.calls):
        callee, phone, deputy, deputy_phone = _called(call, players, locale)
        caller = players.get(call.caller, [])
        if call.callee and caller[:1] == players.get(call.callee, [])[:1]:
            continue  # one person plays both parts: nobody calls themselves
        session.add(
            Call(
                incident_id=incident.id, position=position, caller=caller[0].name if caller else "", callee=callee,
                phone=phone, deputy=deputy, deputy_phone=deputy_phone, about=call.about,
                due_at=incident.declared_at + timedelta(minutes=call.minutes),
            )
        )  # fmt: skip


def _called(call: CallOf, players: Players, locale: str) -> tuple[str, str, str, str]:
    """(name, telephone, deputy, deputy's telephone)."""
    if not call.callee:
        return call.outside.get(locale) or call.outside.get("zh", ""), call.phone, "", ""
    here = players.get(call.callee, [])
    first, second = [*here, None, None][:2]
    return (
        first.name if first else call.callee, (call.phone or first.phone) if first else call.phone,
        second.name if second else "", second.phone if second else "",
    )  # fmt: skip


def _give_duties(session: AsyncSession, incident: Incident, plan: Plan) -> None:
    for position, duty in enumerate(plan.duties):
        due = incident.declared_at + timedelta(minutes=duty.minutes) if duty.minutes is not None else None
        session.add(
            LegalDuty(
                incident_id=incident.id, key=duty.key, position=position, what=duty.what, deadline=duty.deadline,
                source=duty.source, to_confirm=duty.mark == "K", due_at=due,
            )
        )  # fmt: skip
