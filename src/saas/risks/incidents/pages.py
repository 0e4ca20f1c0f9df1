"""Incidents: the list, declaring one, and the page on which it is worked."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries as cases
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.actions import action_routes, noted
from saas.kernel.errors import Invalid, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.records import view
from saas.kernel.uploads import attachment, download, keep
from saas.risks.incidents import measures, queries, working
from saas.risks.incidents.declaring import declare
from saas.risks.incidents.forms import Called, CastPart, Declare, DutySettled, Note, StepDone
from saas.risks.incidents.incident_models import Incident
from saas.risks.incidents.report import report
from saas.risks.incidents.view import dossier, lasted
from saas.risks.incidents.workflow import INCIDENT
from saas.risks.playbooks import queries as playbooks
from saas.risks.tabs import tabs
from saas.risks.wording import said

INCIDENTS = "/f/{slug:str}/incidents"
ONE = f"{INCIDENTS}/{{row_id:uuid}}"
WORK = {"permission": "incidents.work"}
SEVERITIES: dict[str, Text] = {
    "critical": _("Critical"), "high": _("High"), "medium": _("Medium"), "low": _("Low"),
}  # fmt: skip


@get(INCIDENTS, opt={"permission": "risks.read"})
async def index(request: Req, session: Db) -> Response[str]:
    """What runs, what is over, and how long it took (n shown)."""
    now, members = clock.now(), await members_by_id(session)

    def row(one: Incident) -> dict[str, Any]:
        return {
            "incident": one,
            "state": INCIDENT.state(one.state),
            "severity": SEVERITIES[one.severity],
            "lead": members.get(one.lead_id) if one.lead_id else None,
            "contained": lasted(one.declared_at, one.contained_at) if one.contained_at else "",
            "running": lasted(one.declared_at, now),
        }

    found = await queries.declared_since(session, now - timedelta(days=365))
    return await page(
        request,
        "incidents/index.html",
        session=session,
        tabs=tabs(request, "incidents"),
        running=[row(one) for one in await queries.incidents(session)],
        over=[row(one) for one in await queries.incidents(session, running=False)],
        figures=measures.figures(found),
        may_declare=actor_of(request).may("incidents.declare"),
    )


@get(f"{INCIDENTS}/new", opt={"permission": "incidents.declare"})
async def new(
    request: Req, session: Db, playbook: FromQuery[str] = "", risk: FromQuery[str] = "", case: FromQuery[str] = ""
) -> Response[str]:
    raw = {"key": str(uuid7()), "playbook": playbook, "severity": "high", "risk_id": risk, "case_id": case}
    return await _form(request, session, Submitted(raw))


@post(f"{INCIDENTS}/new", opt={"permission": "incidents.declare"}, status_code=200)
async def create(request: Req, session: Db) -> Response[Any]:
    """The clock starts. Pressed twice, it is the same incident."""
    form = await submitted(request, Declare)
    if not form.ok:
        return await _form(request, session, form, 422)
    given = form.taken
    try:
        async with session.begin_nested():
            if given.case_id is not None:
                await cases.case(session, given.case_id)
            row = await declare(
                session, actor_of(request), given.playbook, given.title, clock.now(), severity=given.severity,
                description=given.description, began_at=given.began_at, lead_id=given.lead_id, case_id=given.case_id,
                risk_id=given.risk_id, incident_id=given.key,
            )  # fmt: skip
    except Refusal as refusal:
        await noted(request, refusal)
        form.refuse("began_at" if isinstance(refusal, Invalid) else "playbook", refusal.reason)
        return await _form(request, session, form, refusal.status)
    return to(INCIDENT.url(row), request)


async def _form(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    plans = await playbooks.playbooks(session)
    here = [m for m in (await members_by_id(session)).values() if m.left_at is None]
    return await page(
        request,
        "incidents/new.html",
        session=session,
        status=status,
        form=form,
        plans=[{"value": p.key, "label": p.title, "detail": said(p.when)} for p in plans],
        severities=list(SEVERITIES.items()),
        people=[(str(m.id), m.name) for m in here],
    )


@get(ONE, opt={"permission": "risks.read"})
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(
    request: Req,
    session: AsyncSession,
    row_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
    opened: str = "",
) -> Response[Any]:
    """The page of one incident. `form` brings back what was refused; `opened` names its dialog."""
    incident = await queries.incident(session, row_id)
    actor, now = actor_of(request), clock.now()
    return await page(
        request,
        "incidents/detail.html",
        session=session,
        status=status,
        incident=incident,
        severity=SEVERITIES[incident.severity],
        case=await cases.case_or_none(session, incident.case_id) if incident.case_id else None,
        record=await view(session, INCIDENT, incident, actor, now),
        record_url=address_in(request)(INCIDENT.url(incident)),
        results=list(working.RESULTS.items()),
        duty_results=list(working.DUTY_RESULTS.items()),
        form=form if form is not None and not opened else Submitted(),
        forms={opened: form} if form is not None and opened else {},
        blank=Submitted(),
        refusal=refusal,
        **await dossier(session, incident, actor, now),
    )


async def _do(
    request: Req, session: AsyncSession, row_id: UUID, kind: type[Struct], opened: str, deed: Any, anchor: str
) -> Response[Any]:
    """One deed of the page: its form, then what it does; the page again with the reason where it is refused."""
    form: Submitted[Any] = await submitted(request, kind)
    if not form.ok:
        return await show(request, session, row_id, form=form, status=422, opened=opened)
    try:
        async with session.begin_nested():
            work: Awaitable[Any] = deed(form.taken)
            await work
    except Refusal as refusal:
        await noted(request, refusal)
        if isinstance(refusal, Invalid):
            form.refuse("remark" if hasattr(form.taken, "remark") else "files", refusal.reason)
            return await show(request, session, row_id, form=form, status=422, opened=opened)
        return await show(request, session, row_id, refusal=refusal, status=refusal.status)
    return to(f"/incidents/{row_id}#{anchor}", request)


@post(f"{ONE}/steps/{{step_id:uuid}}", opt=WORK, status_code=200)
async def finish_step(request: Req, session: Db, row_id: FromPath[UUID], step_id: FromPath[UUID]) -> Response[Any]:
    actor, now = actor_of(request), clock.now()

    async def deed(given: Any) -> None:
        await working.finish_step(session, row_id, step_id, given, actor, now)

    return await _do(request, session, row_id, StepDone, f"step-{step_id}", deed, "steps")


@post(f"{ONE}/calls/{{call_id:uuid}}", opt=WORK, status_code=200)
async def tick_call(request: Req, session: Db, row_id: FromPath[UUID], call_id: FromPath[UUID]) -> Response[Any]:
    actor, now = actor_of(request), clock.now()

    async def deed(given: Any) -> None:
        await working.tick_call(session, row_id, call_id, given, actor, now)

    return await _do(request, session, row_id, Called, f"call-{call_id}", deed, "calls")


@post(f"{ONE}/duties/{{duty_id:uuid}}", opt=WORK, status_code=200)
async def settle_duty(request: Req, session: Db, row_id: FromPath[UUID], duty_id: FromPath[UUID]) -> Response[Any]:
    actor, now = actor_of(request), clock.now()

    async def deed(given: Any) -> None:
        await working.settle_duty(session, row_id, duty_id, given, actor, now)

    return await _do(request, session, row_id, DutySettled, f"duty-{duty_id}", deed, "duties")


@post(f"{ONE}/parts/{{part_id:uuid}}", opt={"permission": "incidents.manage"}, status_code=200)
async def recast(request: Req, session: Db, row_id: FromPath[UUID], part_id: FromPath[UUID]) -> Response[Any]:
    actor, now = actor_of(request), clock.now()

    async def deed(given: Any) -> None:
        await working.recast(session, row_id, part_id, given, actor, now)

    return await _do(request, session, row_id, CastPart, f"part-{part_id}", deed, "parts")


@post(f"{ONE}/notes", opt=WORK, status_code=200)
async def note(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """A line of the timeline, with files."""
    actor, now = actor_of(request), clock.now()

    async def deed(given: Note) -> None:
        await working.note(session, row_id, given.text, await keep(request, given.files), actor, now)

    return await _do(request, session, row_id, Note, "note", deed, "log")


@get(f"{ONE}/files/{{digest:str}}", opt={"permission": "risks.read"})
async def attached(session: Db, row_id: FromPath[UUID], digest: FromPath[str]) -> Response[bytes]:
    """One of the files of this incident, always for saving."""
    incident = await queries.incident(session, row_id)
    return await download([f for e in await queries.entries(session, incident.id) for f in e.files], digest)


@get(f"{ONE}/report.pdf", opt={"permission": "risks.read"})
async def printed(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[bytes]:
    """The report as it stands now."""
    incident = await queries.incident(session, row_id)
    return attachment(await report(session, incident, clock.now()), f"{incident.number}.pdf", "application/pdf")


ROUTES = [
    index, new, create, detail, finish_step, tick_call, settle_duty, recast, note, attached, printed,
    *action_routes(INCIDENT, show),
]  # fmt: skip
