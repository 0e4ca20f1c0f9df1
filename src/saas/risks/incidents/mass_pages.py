"""Mass notices: choosing clients and drafting, the draft's page with its list, approving it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members, members_by_id
from saas.kernel import clock
from saas.kernel.actions import action_routes, noted
from saas.kernel.errors import Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.records import view
from saas.risks.incidents import mass, mass_queries, queries
from saas.risks.incidents.incident_models import Incident
from saas.risks.incidents.mass import MASS, Filter, NewMass
from saas.risks.incidents.pages import ONE
from saas.risks.incidents.view import known, message_for
from saas.risks.incidents.workflow import INCIDENT
from saas.risks.wording import said

WHO: dict[str, Text] = {
    "all": _("Every active client"),
    "open_cases": _("Clients with an open case"),
    "bookkeeper": _("Clients of one bookkeeper"),
    "picked": _("Clients ticked below"),
}
TAXPAYERS: dict[str, Text] = {"general": _("General taxpayer"), "small": _("Small-scale taxpayer")}
CHANNELS = (
    ("letter", _("Letter: numbered, with PDF and proof of delivery")),
    ("message", _("Message: a mail or text message with a link")),
)
WRITE = {"permission": "notices.write"}


@get(f"{ONE}/notices/new", opt=WRITE)
async def new(request: Req, session: Db, row_id: FromPath[UUID], message: FromQuery[str] = "clients") -> Response[str]:
    """Filled in with the plan's text for clients."""
    incident = await queries.incident(session, row_id)
    raw: dict[str, Any] = {"key": str(uuid7()), "channel": "letter", "who": "open_cases"}
    raw |= await message_for(session, incident, message, await known(session, incident))
    return await _form(request, session, incident, Submitted(raw))


@post(f"{ONE}/notices/new", opt=WRITE, status_code=200)
async def create(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    incident, form = await queries.incident(session, row_id), await submitted(request, NewMass)
    if form.ok and form.taken.who == "bookkeeper" and form.taken.bookkeeper_id is None:
        form.refuse("bookkeeper_id", _("Choose whose clients."))
    if not form.ok:
        return await _form(request, session, incident, form, 422)
    try:
        async with session.begin_nested():
            row = await mass.draft(session, incident, form.taken, actor_of(request), clock.now())
    except Refusal as refusal:
        await noted(request, refusal)
        form.refuse("who", refusal.reason)
        return await _form(request, session, incident, form, refusal.status)
    return to(MASS.url(row), request)


async def _form(
    request: Req, session: AsyncSession, incident: Incident, form: Submitted[Any], status: int = 200
) -> Response[str]:
    picked = form.raw.get("clients", [])
    every = await mass.chosen(session, Filter())
    return await page(
        request,
        "incidents/mass_new.html",
        session=session,
        status=status,
        incident=incident,
        form=form,
        who=list(WHO.items()),
        channels=[{"value": value, "label": label, "detail": ""} for value, label in CHANNELS],
        taxpayers=list(TAXPAYERS.items()),
        people=[(str(m.id), m.name) for m in await members(session)],
        clients=[(str(c.id), c.name) for c in every],
        picked=[picked] if isinstance(picked, str) else picked,
    )


@get(f"{ONE}/notices/{{mass_id:uuid}}", opt={"permission": "risks.read"})
async def detail(request: Req, session: Db, row_id: FromPath[UUID], mass_id: FromPath[UUID]) -> Response[str]:
    if (await mass_queries.mass_notice(session, mass_id)).incident_id != row_id:
        raise Missing()
    return await show(request, session, mass_id)


async def show(
    request: Req,
    session: AsyncSession,
    row_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response[Any]:
    """One mass notice: what it says, to whom, what became of each."""
    found = await mass_queries.mass_notice(session, row_id)
    incident = await queries.incident(session, found.incident_id)
    people = await members_by_id(session)
    return await page(
        request,
        "incidents/mass.html",
        session=session,
        status=status,
        mass=found,
        incident=incident,
        incident_url=INCIDENT.url(incident),
        subject=said(found.subject),
        paragraphs=[line for line in said(found.text).splitlines() if line.strip()],
        who=WHO.get(found.chosen.get("who", ""), Text("")),
        channel=dict(CHANNELS)[found.channel],
        told=await mass_queries.told(session, found.id),
        counts=await mass_queries.counts(session, found.id),
        prepared_by=people[found.prepared_by].name,
        approved_by=people[found.approved_by].name if found.approved_by else "",
        record=await view(session, MASS, found, actor_of(request), clock.now()),
        record_url=address_in(request)(f"/mass-notices/{found.id}"),
        form=form or Submitted(),
        refusal=refusal,
    )


ROUTES = [new, create, detail, *action_routes(MASS, show)]
