"""The list of cases with its filters, and the two ways in which a member opens one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import listing, opening, queries
from saas.cases.forms import FromFindings, NewCase
from saas.cases.words import SEVERITIES, SOURCES
from saas.cases.workflow import CASE
from saas.checks import queries as checks
from saas.clients import queries as clients
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.perform import calendar_of
from saas.kernel.uploads import keep

PAGE = 50


@get("/f/{slug:str}/cases", opt={"permission": "cases.read"})
async def index(
    request: Req,
    session: Db,
    in_state: Annotated[str, QueryParameter(name="state")] = "open",  # litestar keeps the name state to itself
    severity: FromQuery[str] = "",
    rule: FromQuery[str] = "",
    client: FromQuery[UUID | None] = None,
    owner: FromQuery[UUID | None] = None,
    age: FromQuery[str] = "",
    cause: FromQuery[str] = "",
    source: FromQuery[str] = "",
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    q: FromQuery[str] = "",
    offset: FromQuery[int] = 0,
) -> Response[str]:
    given: dict[str, Any] = {"state": in_state, "severity": severity, "rule": rule, "client": client, "cause": cause}
    given |= {"owner": owner, "source": source, "age": age, "since": since, "until": until, "q": q}
    calendar, now, offset = await calendar_of(session), clock.now(), max(offset, 0)
    wanted = listing.wanted(calendar, given)
    found = await queries.listed(session, wanted, offset=offset, limit=PAGE)
    counts = await queries.counts(session, wanted)
    members = await members_by_id(session)
    url = listing.urls(address_in(request), given)
    named = await clients.names_by_id(session, list({*counts.client, *(case.client_id for case in found)}))
    return await page(
        request,
        "cases/index.html",
        session=session,
        rows=[listing.row(case, calendar, now) for case in found],
        clients=named,
        members=members,
        search=q,
        tabs=listing.tabs(in_state, url),
        filters=listing.filters(counts, given, url, named, members),
        clear_url=url(**dict.fromkeys(given, "")) if any(v for k, v in given.items() if k != "state") else "",
        **window(url, offset, len(found), counts.total),
        may_open=actor_of(request).may("cases.open"),
    )


def window(url: Callable[..., str], offset: int, shown: int, total: int) -> dict[str, Any]:
    """Which of all these are, and the addresses before and after."""
    return {
        "shown": _("%(first)s–%(last)s of %(total)s", first=offset + 1, last=offset + shown, total=total),
        "previous_url": url(offset=max(offset - PAGE, 0)) if offset else "",
        "next_url": url(offset=offset + PAGE) if offset + PAGE < total else "",
    }


@get("/f/{slug:str}/cases/new", opt={"permission": "cases.open"})
async def new(request: Req, session: Db, client: FromQuery[UUID | None] = None) -> Response[str]:
    blank = {"key": str(uuid7()), "client_id": str(client or ""), "severity": "medium"}
    return await _form(request, session, Submitted(blank))


@post("/f/{slug:str}/cases/new", opt={"permission": "cases.open"}, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, NewCase)
    if not form.ok:
        return await _form(request, session, form, status=422)
    known = await queries.case_or_none(session, form.taken.key)
    if known is not None:
        return to(CASE.url(known), request)
    try:
        async with session.begin_nested():
            files = await keep(request, form.taken.files)
            case = await opening.by_hand(session, actor_of(request), form.taken, files, clock.now())
    except Refusal as refusal:
        form.refuse("", refusal.reason)
        return await _form(request, session, form, status=refusal.status)
    return to(CASE.url(case), request)


async def _form(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    return await page(
        request,
        "cases/new.html",
        session=session,
        form=form,
        status=status,
        clients=[(str(c.id), f"{c.number} {c.name}") for c in await clients.clients(session, limit=1000)],
        severities=list(SEVERITIES.items()),
        sources=[(name, label) for name, label in SOURCES.items() if name != "rule"],
    )


@post("/f/{slug:str}/cases/from-findings", opt={"permission": "cases.open"}, status_code=200)
async def from_findings(request: Req, session: Db) -> Response[Any]:
    """The selected findings become one case, which starts at triaged. Pressed twice, it leads to the same case."""
    form = await submitted(request, FromFindings)
    found = await checks.by_ids(session, form.taken.finding) if form.ok else []
    cases = {finding.case_id for finding in found}
    onward = form.taken.next if form.ok and form.taken.next.startswith("/") else ""
    if found and len(cases) == 1 and all(finding.state == "confirmed" for finding in found):
        return to(onward or f"/cases/{found[0].case_id}", request)
    case = await opening.from_findings(session, actor_of(request), found, clock.now())
    return to(onward or CASE.url(case), request)


ROUTES = [index, new, add, from_findings]
