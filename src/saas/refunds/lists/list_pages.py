"""/refunds as a list and as a board, and the same rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Missing
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, address_in, page
from saas.kernel.perform import calendar_of
from saas.kernel.uploads import attachment
from saas.refunds.lists import board, list_export, listing
from saas.refunds.lists import list_queries as queries
from saas.refunds.lists.listing import Given
from saas.refunds.models import Refund

LIST = "/f/{slug:str}/refunds"
PAGE = 50
EXPORTED = 20_000  # rows of one file; more is several files, by period


@get(LIST, opt={"permission": "refunds.read"})
async def index(request: Req, session: Db, after: FromQuery[str] = "", before: FromQuery[str] = "") -> Response[str]:
    """One page of requests; it goes on from its last row, so the thousandth page costs what the first does."""
    given, now = listing.given(request.query_params), clock.now()
    wanted = await given.wanted(session)
    place = listing.place_of(after, before)
    found = list(await queries.listed(session, wanted, now, place=place, limit=PAGE + 1))
    more = len(found) > PAGE
    back = place is not None and place.back
    found = found[1:] if more and back else found[:PAGE]
    counted = await queries.figures(session, wanted, now, listing.VIEWS["all"])
    url = given.url(address_in(request))
    shown = listing.total(given.view, counted)
    return await page(
        request,
        "refunds/index.html",
        session=session,
        **await _around(request, session, given, found),
        tabs=listing.tabs(given, counted, url),
        figures=shown,
        shown=_("%(shown)s of %(total)s", shown=len(found), total=shown.words),
        previous_url=url(before=listing.mark_of(found[0], wanted)) if found and place and (more or not back) else "",
        next_url=url(after=listing.mark_of(found[-1], wanted)) if found and (more or back) else "",
        other_label=_("Board"),
        other_icon="layout-list",
        other_url=given.url(address_in(request), "/refunds/board")(view=""),
    )


@get(f"{LIST}/board", opt={"permission": "refunds.read"})
async def columns(request: Req, session: Db) -> Response[str]:
    """The stages side by side, each with what is most urgent in it."""
    given, now = listing.given(request.query_params), clock.now()
    wanted = await given.wanted(session)
    states = [state for names in board.columns().values() for state in names]
    counted = await queries.figures(session, wanted, now, states)
    odd = await queries.figures(session, replace(wanted, unusual=True), now, states)
    stages = await board.board(session, wanted, now, counted)
    around = await _around(request, session, given, [r for stage in stages for r in stage.refunds], "/refunds/board")
    rows = {row["refund"].id: row for row in around["rows"]}
    url = given.url(address_in(request))
    return await page(
        request,
        "refunds/board.html",
        session=session,
        **around,
        columns=[board.shown(stage, [rows[r.id] for r in stage.refunds], odd, url) for stage in stages],
        other_label=_("List"),
        other_icon="list",
        other_url=url(view=""),
    )


async def _around(
    request: Req, session: AsyncSession, given: Given, found: Sequence[Refund], path: str = "/refunds"
) -> dict[str, Any]:
    """Rows, names and filters, as list and board both show them."""
    now, calendar = clock.now(), await calendar_of(session)
    members, named = await members_by_id(session), await listing.reasons(session)
    asked = [refund.client_id for refund in found] + ([given.client] if given.client else [])
    who = await clients.clients_by_id(session, list(set(asked)))
    client = who[given.client].name if given.client in who else ""
    url, actor = given.url(address_in(request), path), actor_of(request)
    return {
        "rows": [listing.row(refund, named, calendar, now) for refund in found],
        "clients": who,
        "members": members,
        "search": given.q,
        "kept": [(name, v) for name in listing.FILTERS if name != "q" and (v := getattr(given, name))],
        "filters": listing.menus(given, url, named, members, client),
        "clear_url": url(**{name: "" for name in listing.FILTERS if name != "view"}) if given.filtered else "",
        "export_urls": [
            (kind, given.url(address_in(request), f"/refunds/export/{kind}")()) for kind in ("xlsx", "csv")
        ],
        "may_request": actor.may("refunds.request"),
        "may_export": actor.may("refunds.export"),
        "may_watch": actor.may("refunds.watch"),
    }


@get(f"{LIST}/export/{{kind:str}}", opt={"permission": "refunds.export"})
async def export(request: Req, session: Db, kind: FromPath[str]) -> Response[bytes]:
    """The filtered rows as a workbook or as CSV; cells that look like formulas are harmless texts."""
    if kind not in list_export.KINDS:
        raise Missing()
    given, now = listing.given(request.query_params), clock.now()
    wanted = await given.wanted(session)
    found = await queries.listed(session, wanted, now, limit=EXPORTED)
    names = await _names(session, found)
    calendar, reasons = await calendar_of(session), await listing.reasons(session)
    rows = [listing.row(refund, reasons, calendar, now) for refund in found]
    content, media_type = list_export.KINDS[kind](list_export.table(rows, *names))
    record(session, actor_of(request), "refunds.export", now, rows=len(found), kind=kind)
    return attachment(content, f"{_('Refunds')}-{clock.today()}.{kind}", media_type)


async def _names(session: AsyncSession, found: Sequence[Refund]) -> tuple[dict[UUID, Client], dict[UUID, Membership]]:
    return await clients.clients_by_id(session, list({r.client_id for r in found})), await members_by_id(session)


ROUTES = [index, columns, export]
