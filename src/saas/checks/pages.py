"""The list of findings, a finding's evidence, and what a person does with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import queries
from saas.checks.catalogue import BY_ID
from saas.checks.evidence import evidence
from saas.checks.forms import DismissSeveral
from saas.checks.models import FoundAnomaly
from saas.checks.queries import SEVERITIES, Wanted
from saas.checks.report import SEVERITIES as SEVERITY_LABELS
from saas.checks.workflow import FINDING
from saas.clients import queries as clients
from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.actions import action_routes
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.module import composition
from saas.kernel.outbox import enqueue
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.perform import perform
from saas.kernel.records import view

PAGE = 50
LABELS: dict[str, Text] = {str(name): label for name, (label, _style) in SEVERITY_LABELS.items()}
STATES: dict[str, Text] = {
    "open": _("To be looked at"),
    "quiet": _("In the digest"),
    "confirmed": _("In a case"),
    "dismissed": _("Dismissed"),
    "excepted": _("Excepted"),
    "cured": _("Cured"),
    "gone": _("No longer found"),
    "all": _("All"),
}
SCOPES: dict[str, Text] = {
    "object": _("This finding only"),
    "account": _("Every finding of this rule on this account"),
    "rule": _("This rule, for this client"),
}


@get("/f/{slug:str}/findings", opt={"permission": "checks.read"})
async def index(
    request: Req,
    session: Db,
    shown: Annotated[str, QueryParameter(name="state")] = "open",  # litestar keeps the name state to itself
    severity: FromQuery[str] = "",
    rule: FromQuery[str] = "",
    client: FromQuery[UUID | None] = None,
    offset: FromQuery[int] = 0,
) -> Response[str]:
    wanted = Wanted(shown if shown in STATES else "open", severity, rule, client)
    return await _list(request, session, wanted, max(offset, 0))


async def _list(
    request: Req,
    session: AsyncSession,
    wanted: Wanted,
    offset: int = 0,
    *,
    form: Submitted[Any] | None = None,
    refusals: Sequence[tuple[FoundAnomaly, Text]] = (),
    status: int = 200,
) -> Response[str]:
    found = await queries.findings(session, wanted, offset=offset, limit=PAGE)
    total = await queries.count(session, wanted)
    by_client = await queries.facet(session, wanted, "client")
    named = await clients.clients_by_id(session, list(by_client))
    at = address_in(request)
    actor = actor_of(request)
    return await page(
        request,
        "checks/index.html",
        session=session,
        status=status,
        findings=found,
        total=total,
        clients=named,
        rules=BY_ID,
        states={s.name: s for s in FINDING.states},
        tabs=_tabs(request, wanted),
        filters=await _filters(request, session, wanted, by_client, named),
        clear_url=at(_url(Wanted(wanted.state))) if wanted != Wanted(wanted.state) else "",
        **_window(request, wanted, offset, len(found), total),
        show_state=wanted.state in ("all", "confirmed", "gone"),
        may_work=actor.may("checks.work") and wanted.state in ("open", "quiet"),
        may_open=actor.may("cases.open"),
        client=await clients.client(session, wanted.client_id) if wanted.client_id else None,
        run=await queries.last_run(session, wanted.client_id) if wanted.client_id else None,
        running=wanted.client_id is not None and await queries.promised(session, wanted.client_id) is not None,
        form=form or Submitted(),
        refusals=refusals,
    )


def _tabs(request: Req, wanted: Wanted) -> list[dict[str, Any]]:
    at = address_in(request)
    return [
        {"label": label, "url": at(_url(wanted, state=name)), "active": name == wanted.state}
        for name, label in STATES.items()
    ]


def _window(request: Req, wanted: Wanted, offset: int, shown: int, total: int) -> dict[str, Any]:
    """Which of all these are, and the addresses before and after."""
    at = address_in(request)
    return {
        "shown": _("%(first)s–%(last)s of %(total)s", first=offset + 1, last=offset + shown, total=total),
        "previous_url": at(_url(wanted, offset=max(offset - PAGE, 0))) if offset else "",
        "next_url": at(_url(wanted, offset=offset + PAGE)) if offset + PAGE < total else "",
    }


async def _filters(
    request: Req, session: AsyncSession, wanted: Wanted, by_client: dict[Any, int], named: dict[UUID, Any]
) -> list[dict[str, Any]]:
    """Three drop-downs that live in the address; each choice says how many it would show."""
    at = address_in(request)
    severities = await queries.facet(session, wanted, "severity")
    by_rule = await queries.facet(session, wanted, "rule")

    def choices(name: str, values: Sequence[tuple[Any, Any, int]]) -> list[dict[str, Any]]:
        return [{"label": label, "count": n, "url": at(_url(wanted, **{name: value}))} for value, label, n in values]

    listed = sorted(by_client.items(), key=lambda pair: -pair[1])
    return [
        {
            "label": _("Severity"),
            "value": LABELS.get(wanted.severity, ""),
            "clear_url": at(_url(wanted, severity="")),
            "choices": choices("severity", [(s, LABELS[s], severities[s]) for s in SEVERITIES if s in severities]),
        },
        {
            "label": _("Rule"),
            "value": f"{wanted.rule} {BY_ID[wanted.rule].name}" if wanted.rule in BY_ID else "",
            "clear_url": at(_url(wanted, rule="")),
            "choices": choices("rule", [(r, f"{r} {BY_ID[r].name}", n) for r, n in by_rule.items() if r in BY_ID]),
        },
        {
            "label": _("Client"),
            "value": named[wanted.client_id].name if wanted.client_id in named else "",
            "clear_url": at(_url(wanted, client="")),
            "choices": choices("client", [(c, named[c].name, n) for c, n in listed if c in named][:30]),
        },
    ]


def _url(wanted: Wanted, **changes: Any) -> str:
    given = {
        "state": wanted.state if wanted.state != "open" else "",
        "severity": wanted.severity,
        "rule": wanted.rule,
        "client": wanted.client_id or "",
        **changes,
    }
    if given["state"] == "open":
        given["state"] = ""
    query = urlencode({name: value for name, value in given.items() if value})
    return f"/findings?{query}" if query else "/findings"


@post("/f/{slug:str}/findings/dismiss", opt={"permission": "checks.work"})
async def dismiss_several(request: Req, session: Db) -> Response[Any]:
    """Put several aside with one reason; those that need a reviewer stay, and the page says which."""
    form = await submitted(request, DismissSeveral)
    if form.ok and not form.taken.finding:
        form.refuse("finding", _("Select at least one finding."))
    if not form.ok:
        return await _list(request, session, Wanted(), form=form, status=422)
    refusals = []
    for finding in await queries.by_ids(session, form.taken.finding):
        try:
            async with session.begin_nested():
                await perform(session, FINDING, finding.id, "dismiss", actor_of(request), form.taken)
        except Refusal as refusal:
            refusals.append((finding, refusal.reason))
    if refusals:
        return await _list(request, session, Wanted(), refusals=refusals, status=422)
    return to("/findings", request)


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


ROUTES = [index, dismiss_several, detail, check_now, *action_routes(FINDING, show)]
