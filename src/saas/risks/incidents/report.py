"""The report of an incident on paper: times, what was done, calls, duties, notices, causes, actions, timeline."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.letterhead import firm_head
from saas.firms.queries import profile as profile_of
from saas.identity.queries import members_by_id
from saas.kernel.access import SYSTEM
from saas.kernel.documents import render_pdf
from saas.kernel.i18n import Text, _, reader
from saas.kernel.pages import STATIC, environment, show_date, show_datetime
from saas.risks.incidents import queries
from saas.risks.incidents.incident_models import Call, Incident, LegalDuty, Step
from saas.risks.incidents.view import dossier
from saas.risks.incidents.workflow import INCIDENT
from saas.risks.incidents.working import DUTY_RESULTS, RESULTS
from saas.risks.wording import said

TEMPLATE = "incidents/report.html"
MOST_LINES = 300  # of the timeline; a document has at most 500 rows


async def report(session: AsyncSession, incident: Incident, now: datetime) -> bytes:
    """PDF/A in the reader's language; a closed incident always gives the same pages."""
    printed = incident.closed_at or now
    html = environment().get_template(TEMPLATE).render(**await _context(session, incident, printed), locale=reader())
    return await render_pdf(html, css=_css(), created=printed)


async def _context(session: AsyncSession, incident: Incident, printed: datetime) -> dict[str, Any]:
    found = await dossier(session, incident, SYSTEM, printed)
    members = await members_by_id(session)
    names = {member.id: member.name for member in members.values()}
    entries = await queries.entries(session, incident.id)
    return {
        "letter": await _letter(session, incident, printed),
        "facts": _facts(incident, found, names),
        "steps": [_step(step, names) for step in await queries.steps(session, incident.id)],
        "calls": [_call(call) for call in await queries.calls(session, incident.id)],
        "duties": [_duty(duty, names) for duty in await queries.duties(session, incident.id)],
        "mass": [
            [said(m["mass"].subject), str(m["settled"]), str(m["unreached"]), names.get(m["mass"].approved_by, "")]
            for m in found["mass"]
        ],
        "written": _written(incident),
        "entries": [[show_datetime(e.at), e.by_name, str(e.text)] for e in entries[-MOST_LINES:]],
        "left_out": max(0, len(entries) - MOST_LINES),
        "signers": _signers(incident, found, names),
        "day": show_date(printed),
    }


async def _letter(session: AsyncSession, incident: Incident, printed: datetime) -> dict[str, Any]:
    profile = await profile_of(session)
    return {
        "firm": firm_head(profile),
        "title": str(_("Incident report")),
        "serial": incident.number,
        "version": str(INCIDENT.state(incident.state).label),
        "date": show_date(printed),
    }  # fmt: skip


def _facts(incident: Incident, found: dict[str, Any], names: dict[Any, str]) -> list[tuple[str, str]]:
    rows: list[tuple[Text | str, Text | str]] = [
        (_("What happened"), incident.title),
        (_("Playbook"), _("%(name)s, version %(n)s", name=found["playbook"].title, n=found["version"].number)),
        (_("Declared by"), names.get(incident.declared_by, "")),
        (_("Lead"), found["lead"].name if found["lead"] else ""),
    ]
    if incident.description:
        rows.append((_("Description"), incident.description))
    rows += [(row["label"], row["value"]) for row in found["times"]]
    return [(str(label), str(value)) for label, value in rows]


def _signers(incident: Incident, found: dict[str, Any], names: dict[Any, str]) -> list[tuple[Text, str]]:
    """Who stands for it; a part that nobody has taken yet is left out."""
    parts = (
        (_("Lead"), found["lead"].name if found["lead"] else ""),
        (_("Reviewed by"), names.get(incident.reviewed_by, "")),
        (_("Closed by"), names.get(incident.closed_by, "")),
    )
    return [(label, name) for label, name in parts if name]


def _written(incident: Incident) -> list[tuple[str, str]]:
    given = (
        (_("How it was contained"), incident.containment), (_("How normal work came back"), incident.recovery),
        (_("Causes"), incident.causes), (_("Lessons"), incident.lessons), (_("Actions"), incident.actions),
    )  # fmt: skip
    return [(str(label), text) for label, text in given if text]


def _step(step: Step, names: dict[Any, str]) -> list[str]:
    """What, until when, and when by whom; a remark stands with the step, so that times keep their line."""
    remark = str(_("skipped: %(why)s", why=step.remark)) if step.skipped else step.remark
    what = f"{said(step.what)} — {remark}" if step.done_at and remark else said(step.what)
    done = f"{show_datetime(step.done_at)} {names.get(step.done_by, '')}" if step.done_at else str(_("open"))
    return [what, show_datetime(step.due_at), done]


def _call(call: Call) -> list[str]:
    result = RESULTS.get(call.result)
    return [call.caller, call.callee, show_datetime(call.called_at), str(result) if result else "—", call.remark]


def _duty(duty: LegalDuty, names: dict[Any, str]) -> list[str]:
    result = DUTY_RESULTS.get(duty.result)
    by = names.get(duty.settled_by, "")
    settled = f"{show_datetime(duty.settled_at)} {by}" if duty.settled_at else str(_("open"))
    what = f"{said(duty.what)} — {result}. {duty.remark}" if result else said(duty.what)
    return [what, duty.source, settled]


@cache
def _css() -> str:
    return (STATIC / "css" / "document.css").read_text("utf-8")
