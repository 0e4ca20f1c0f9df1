"""What the page of an incident shows: clock, parts, steps by phase, call tree, duties, notices, timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel.access import Actor
from saas.kernel.i18n import Text, _, listed
from saas.kernel.pages import show_datetime
from saas.risks.incidents import queries
from saas.risks.incidents.incident_models import Call, Entry, Incident, LegalDuty, Part, Step
from saas.risks.incidents.mass_queries import of_incident
from saas.risks.incidents.working import DUTY_RESULTS, RESULTS
from saas.risks.playbooks import queries as playbooks
from saas.risks.playbooks.plan import AUDIENCES, PHASES, MessageOf, plan_of, worded
from saas.risks.wording import said

ICONS = {"step": "check", "call": "phone", "duty": "gavel", "state": "flag", "notice": "mail", "note": "message"}


async def dossier(session: AsyncSession, incident: Incident, actor: Actor, now: datetime) -> dict[str, Any]:
    """Everything of an incident, in a number of queries that does not grow with it."""
    members = await members_by_id(session)
    parts = await queries.parts(session, incident.id)
    names = {part.role: said(part.name) for part in parts}
    steps, calls = await queries.steps(session, incident.id), await queries.calls(session, incident.id)
    duties = await queries.duties(session, incident.id)
    version = await playbooks.version_by_id(session, incident.version_id)
    over = incident.state in ("closed", "called_off")
    return {
        "playbook": await playbooks.playbook(session, incident.playbook_id),
        "version": version,
        "times": times(incident, now),
        "parts": [_part(part, members) for part in parts],
        "phases": _phases(steps, names, members, now),
        "progress": (sum(s.done_at is not None for s in steps), len(steps)),
        "calls": [_call(call, members, now) for call in calls],
        "duties": [_duty(duty, members, now) for duty in duties],
        "mass": await of_incident(session, incident.id),
        "messages": messages(plan_of(version).messages, await known(session, incident)),
        "entries": [_entry(entry) for entry in reversed(await queries.entries(session, incident.id))],
        "files": [f for e in await queries.entries(session, incident.id) for f in e.files],
        "people": [(str(m.id), m.name) for m in members.values() if m.left_at is None],
        "lead": members.get(incident.lead_id) if incident.lead_id else None,
        "may_work": actor.may("incidents.work") and not over,
        "may_decide": (actor.id == incident.lead_id or actor.may("incidents.manage")) and not over,
        "may_notify": actor.may("incidents.work") and actor.may("notices.write") and not over,
        "may_print": actor.may("incidents.work") or actor.may("risks.export"),
    }


def times(incident: Incident, now: datetime) -> list[dict[str, Any]]:
    """T0 and how long it took; what has not happened yet counts up. Minutes of the clock, not of working hours."""
    rows: list[dict[str, Any]] = [{"label": _("T0"), "value": show_datetime(incident.declared_at)}]
    if incident.began_at is not None:
        rows.append({"label": _("Until it was noticed"), "value": lasted(incident.began_at, incident.declared_at)})
    over = incident.state in ("closed", "called_off")
    for label, moment in ((_("Until contained"), incident.contained_at), (_("Until recovered"), incident.recovered_at)):
        value = lasted(incident.declared_at, moment) if moment else "—" if over else _running(incident, now)
        rows.append({"label": label, "value": value})
    return rows


def _running(incident: Incident, now: datetime) -> str:
    return str(_("%(time)s so far", time=lasted(incident.declared_at, now)))


def lasted(start: datetime, end: datetime) -> str:
    """Time by the clock: 2 d 3 h 20 min."""
    total = max(0, int((end - start).total_seconds() // 60))
    days, rest = divmod(total, 1440)
    hours, minutes = divmod(rest, 60)
    if days:
        return str(_("%(days)s d %(hours)s h %(minutes)s min", days=days, hours=hours, minutes=minutes))
    if hours:
        return str(_("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes))
    return str(_("%(minutes)s min", minutes=minutes))


def messages(given: Sequence[MessageOf], values: Mapping[str, str]) -> list[dict[str, Any]]:
    """The plan's texts with what is known of this incident filled in."""
    return [
        {
            "key": one.key,
            "audience": AUDIENCES[one.audience],
            "for_clients": one.audience == "clients",
            "subject": said(one.subject),
            "text": worded(said(one.text), **values),
        }
        for one in given
    ]


async def known(session: AsyncSession, incident: Incident) -> dict[str, str]:
    """What the texts may name: {number}, {began}, {lead}."""
    members = await members_by_id(session)
    lead = members.get(incident.lead_id) if incident.lead_id else None
    return {
        "number": incident.number,
        "began": show_datetime(incident.began_at or incident.declared_at),
        "lead": f"{lead.name} {lead.phone}".strip() if lead else "",
    }


async def message_for(session: AsyncSession, incident: Incident, key: str, values: Mapping[str, str]) -> dict[str, str]:
    """One of the plan's texts in both languages, as the fields of a mass notice; {} where there is none."""
    plan = plan_of(await playbooks.version_by_id(session, incident.version_id))
    one = next((message for message in plan.messages if message.key == key), None)
    if one is None:
        return {}
    return {
        f"{field}_{locale}": worded(words.get(locale, ""), **values)
        for field, words in (("subject", one.subject), ("text", one.text))
        for locale in ("zh", "en")
    }


def _part(part: Part, members: Mapping[UUID, Membership]) -> dict[str, Any]:
    player = members.get(part.member_id) if part.member_id else None
    deputy = members.get(part.deputy_id) if part.deputy_id else None
    return {
        "part": part, "name": said(part.name), "task": said(part.task), "player": player, "deputy": deputy,
        "changeable": part.role != "lead",
    }  # fmt: skip


def _phases(
    steps: Sequence[Step], names: Mapping[str, str], members: Mapping[UUID, Membership], now: datetime
) -> list[dict[str, Any]]:
    """Steps by phase, as they fall due."""
    lines = {
        step.id: {
            "step": step,
            "what": said(step.what),
            "role": names.get(step.role, step.role),
            "who": _name(step.done_by, members),
            "late": step.done_at is None and step.due_at < now,
            "dialog": f"step-{step.id}",
        }
        for step in steps
    }
    found = []
    for phase, label in PHASES.items():
        mine = [lines[step.id] for step in steps if step.phase == phase]
        done = sum(step.phase == phase and step.done_at is not None for step in steps)
        if mine:
            found.append({"label": label, "lines": mine, "done": done, "of": len(mine)})
    return found


def _call(call: Call, members: Mapping[UUID, Membership], now: datetime) -> dict[str, Any]:
    return {
        "call": call,
        "about": said(call.about),
        "result": RESULTS.get(call.result, Text("")),
        "by": _name(call.called_by, members),
        "settled": call.result in ("reached", "deputy"),
        "late": not call.result and call.due_at < now,
        "dialog": f"call-{call.id}",
    }


def _duty(duty: LegalDuty, members: Mapping[UUID, Membership], now: datetime) -> dict[str, Any]:
    return {
        "duty": duty,
        "what": said(duty.what),
        "deadline": said(duty.deadline),
        "result": DUTY_RESULTS.get(duty.result, Text("")),
        "by": _name(duty.settled_by, members),
        "late": duty.settled_at is None and duty.due_at is not None and duty.due_at < now,
        "dialog": f"duty-{duty.id}",
    }


def _name(member_id: UUID | None, members: Mapping[UUID, Membership]) -> str:
    return members[member_id].name if member_id is not None and member_id in members else ""


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "icon": ICONS.get(entry.kind, "point"),
        "tone": "accent" if entry.by else "",
        "who": entry.by_name,
        "what": entry.text,
        "when": show_datetime(entry.at),
        "detail": listed(str(file["name"]) for file in entry.files),
    }
