"""A finding with its evidence and what a person does with it; the check by button; the panel of a client."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import bulk, findings_export, listing, queries, triage
from saas.checks.evidence import evidence
from saas.checks.listing import LABELS, SCOPES
from saas.checks.workflow import FINDING
from saas.clients import queries as clients
from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.actions import action_routes
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted
from saas.kernel.module import composition
from saas.kernel.outbox import enqueue
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.records import view


@get("/f/{slug:str}/findings/{row_id:uuid}", opt={"permission": "checks.read"})
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
) -> Response[Any]:
    """The evidence of one finding, with the buttons that put it aside."""
    finding = await queries.finding(session, row_id)
    actor = actor_of(request)
    return await page(
        request,
        "checks/finding.html",
        session=session,
        status=status,
        finding=finding,
        evidence=await evidence(session, finding),
        client=await clients.client(session, finding.client_id),
        record=await view(session, FINDING, finding, actor, clock.now()),
        record_url=address_in(request)(FINDING.url(finding)),
        panels=[await panel(session, finding, actor) for panel in composition().panel("findings.detail")],
        may_open=actor.may("cases.open") and finding.state == "open",
        people=[(str(m.id), m.name) for m in await members(session)],
        scopes=SCOPES,
        form=form or Submitted({"owner_id": str(actor.id)}),
        refusal=refusal,
    )


@post("/f/{slug:str}/clients/{client_id:uuid}/check", opt={"permission": "checks.work"})
async def check_now(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    """The button: the rules run over the client's books within seconds."""
    client = await clients.client(session, client_id)
    enqueue(session, "checks.run", client_id=client.id)
    return to(f"/findings?client={client.id}", request)


async def client_panel(session: AsyncSession, client: Any, actor: Actor) -> dict[str, Any]:
    """On a client's page: what waits to be looked at, and when the books were last checked."""
    return {
        "template": "checks/_client.html",
        "client": client,
        "counts": await queries.open_by_severity(session, client.id),
        "labels": LABELS,
        "run": await queries.last_run(session, client.id),
        "may_check": actor.may("checks.work"),
    }


ROUTES = [
    *listing.ROUTES,
    *bulk.ROUTES,
    *triage.ROUTES,
    *findings_export.ROUTES,
    detail,
    check_now,
    *action_routes(FINDING, show),
]
