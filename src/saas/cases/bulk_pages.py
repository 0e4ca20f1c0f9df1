"""The page that opens one matter for many clients, chosen by what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import bulk, queries
from saas.cases.forms import ForMany
from saas.cases.words import SEVERITIES, SOURCES
from saas.cases.workflow import CASE
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.clients.pages import STANDARDS, TAXPAYERS
from saas.kernel import clock
from saas.kernel.errors import Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, page, to

PATH = "/f/{slug:str}/cases/for-many"
FILING = {"month": _("files monthly"), "quarter": _("files quarterly")}
FILTERS = ("taxpayer_kind", "standard", "filing_period", "industry")


@get(PATH, opt={"permission": "cases.open"})
async def ask(
    request: Req,
    session: Db,
    taxpayer_kind: FromQuery[str] = "",
    standard: FromQuery[str] = "",
    filing_period: FromQuery[str] = "",
    industry: FromQuery[str] = "",
) -> Response[str]:
    given = dict(zip(FILTERS, (taxpayer_kind, standard, filing_period, industry), strict=True))
    return await _form(request, session, Submitted({"key": str(uuid7()), "severity": "medium"}), given)


@post(PATH, opt={"permission": "cases.open"}, status_code=200)
async def promise(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, ForMany)
    known = await clients.clients_by_id(session, form.taken.client_ids) if form.ok else {}
    if form.ok and len(known) < len(set(form.taken.client_ids)):
        raise Missing()
    if not form.ok:
        return await _form(request, session, form, {}, status=422)
    made = await bulk.promise(session, actor_of(request), form.taken, clock.now())
    return to(f"/cases/for-many/{made.id}", request)


@get(f"{PATH}/{{bulk_id:uuid}}", opt={"permission": "cases.read"})
async def detail(request: Req, session: Db, bulk_id: FromPath[UUID]) -> Response[str]:
    """How far the opening is, and every case of it with where it stands."""
    made = await bulk.opening(session, bulk_id)
    if made is None:
        raise Missing()
    cases = await queries.of_bulk(session, made.id)
    named = await clients.clients_by_id(session, [UUID(one) for one in made.client_ids])
    return await page(
        request,
        "cases/for_many_opened.html",
        session=session,
        made=made,
        cases=cases,
        clients=named,
        left_out=[named[UUID(one)] for one in made.left_out if UUID(one) in named],
        states={state.name: state for state in CASE.states},
        waiting=made.opened_at is None,
        open=sum(case.closed_at is None for case in cases),
    )


async def _form(
    request: Req, session: AsyncSession, form: Submitted[Any], given: dict[str, str], status: int = 200
) -> Response[str]:
    every = await clients.clients(session, limit=5000)
    return await page(
        request,
        "cases/for_many.html",
        session=session,
        form=form,
        status=status,
        given=given,
        clients=[one for one in every if _wanted(one, given)],
        chosen={str(one) for one in _listed(form.raw.get("client_ids", []))},
        filters=_filters(every, given),
        severities=list(SEVERITIES.items()),
        sources=[(name, SOURCES[name]) for name in ("authority", "staff")],
    )


def _filters(every: Sequence[Client], given: dict[str, str]) -> list[dict[str, Any]]:
    """The selects above the table; each narrows which clients are offered."""
    industries = sorted({one.industry for one in every if one.industry})
    offered = {
        "taxpayer_kind": (_("Taxpayer"), list(TAXPAYERS.items())),
        "standard": (_("Accounting standard"), list(STANDARDS.items())),
        "filing_period": (_("VAT filing"), list(FILING.items())),
        "industry": (_("Industry"), [(one, one) for one in industries]),
    }
    return [
        {"name": name, "label": label, "options": options, "value": given.get(name, "")}
        for name, (label, options) in offered.items()
    ]


def _wanted(client: Client, given: dict[str, str]) -> bool:
    return all(not value or getattr(client, name) == value for name, value in given.items())


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


ROUTES = [ask, promise, detail]
