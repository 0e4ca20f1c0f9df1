"""The list of clients and a client's page: one timeline, with everything the firm knows beside it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries, timeline
from saas.clients.forms import ClientForm
from saas.clients.models import Client
from saas.clients.register import as_submitted, check, fill, next_number
from saas.identity.queries import members, members_by_id
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.forms import Submitted, submitted
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, page, to

PAGE = 50


@get("/f/{slug:str}/clients", opt={"permission": "clients.read"})
async def index(
    request: Req, session: Db, q: FromQuery[str] = "", after: FromQuery[str] = "", archived: FromQuery[bool] = False
) -> Response[str]:
    found = await queries.clients(session, q, archived=archived, limit=PAGE + 1, after=after)
    shown = found[:PAGE]
    return await page(
        request,
        "clients/index.html",
        session=session,
        clients=shown,
        search=q,
        archived=archived,
        count=await queries.count(session),
        next_after=shown[-1].sort_key if len(found) > PAGE else "",
        members=await members_by_id(session),
    )


@get("/f/{slug:str}/clients/new", opt={"permission": "clients.write"})
async def new(request: Req, session: Db) -> Response[str]:
    return await _form_page(request, session, Submitted({"taxpayer_kind": "small", "standard": "small"}))


@post("/f/{slug:str}/clients/new", opt={"permission": "clients.write"})
async def add(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, ClientForm)
    await check(session, form)
    if not form.ok:
        return await _form_page(request, session, form, status=422)
    client = Client(number=await next_number(session), created_at=clock.now())
    fill(client, form.taken)
    session.add(client)
    await session.flush()
    _note(session, request, "clients.add", client, name=client.name)
    return to(f"/clients/{client.id}", request)


@get("/f/{slug:str}/clients/{client_id:uuid}", opt={"permission": "clients.read"})
async def detail(request: Req, session: Db, client_id: FromPath[UUID], kind: FromQuery[str] = "") -> Response[str]:
    return await show(request, session, client_id, kind=kind)


async def show(
    request: Req,
    session: AsyncSession,
    client_id: UUID,
    *,
    kind: str = "",
    form: Submitted[Any] | None = None,
    opened: str = "",
    status: int = 200,
) -> Response[str]:
    """A client's page; `form` and `opened` bring back what was typed into one of its dialogs."""
    client = await queries.client(session, client_id)
    actor = actor_of(request)
    panels = [await panel(session, client, actor) for panel in composition().panel("clients.detail")]
    return await page(
        request,
        "clients/detail.html",
        session=session,
        status=status,
        client=client,
        contacts=await queries.contacts(session, client.id),
        contracts=await queries.contracts(session, client.id),
        communications=await queries.communications(session, client_id=client.id, limit=20),
        entries=timeline.lines(await queries.timeline(session, client.id, kind)),
        kinds=timeline.kinds(kind),
        members=await members_by_id(session),
        panels=panels,
        form=form or Submitted(),
        opened=opened,
        merge_targets=[c for c in await queries.clients(session, limit=500) if c.id != client.id],
        may_write=actor.may("clients.write") and client.merged_into_id is None,
        into=await queries.client(session, client.merged_into_id) if client.merged_into_id else None,
    )


@get("/f/{slug:str}/clients/{client_id:uuid}/edit", opt={"permission": "clients.write"})
async def edit(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[str]:
    client = await queries.client(session, client_id)
    return await _form_page(request, session, as_submitted(client), client=client)


@post("/f/{slug:str}/clients/{client_id:uuid}/edit", opt={"permission": "clients.write"})
async def save(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client = await queries.client(session, client_id)
    form = await submitted(request, ClientForm)
    await check(session, form, client)
    if not form.ok:
        return await _form_page(request, session, form, client=client, status=422)
    changed = fill(client, form.taken)
    if changed:
        _note(session, request, "clients.change", client, changed=changed)
    return to(f"/clients/{client.id}", request)


def _note(session: AsyncSession, request: Req, deed: str, client: Client, **detail: Any) -> None:
    record(session, actor_of(request), deed, clock.now(), subject=client, client_id=client.id, timeline=True, **detail)


async def _form_page(
    request: Req, session: AsyncSession, form: Submitted[Any], *, client: Client | None = None, status: int = 200
) -> Response[str]:
    people = [(str(m.id), m.name) for m in await members(session)]
    return await page(
        request, "clients/form.html", session=session, form=form, client=client, people=people, status=status
    )


ROUTES = [index, new, add, detail, edit, save]
