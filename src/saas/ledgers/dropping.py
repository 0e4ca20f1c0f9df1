"""The page of all ledgers, where a file is dropped for a client, or for a new one that only has a name yet."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients import register
from saas.clients.forms import ClientForm
from saas.kernel import clock
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.ledgers import queries
from saas.ledgers.intake import NotTaken, receive
from saas.ledgers.models import Import
from saas.ledgers.workflow import IMPORT

LEDGERS = "/f/{slug:str}/ledgers"
CHOICES = 500  # clients of the list; whoever has more starts from the client's page


class Drop(Struct):
    """A file of the client that is chosen, else of a new client of this name."""

    file: UploadFile
    client_id: UUID | None = None
    name: Annotated[str, Meta(max_length=120)] = ""


@get(LEDGERS, opt={"permission": "ledgers.read"})
async def index(request: Req, session: Db) -> Response[str]:
    return await _show(request, session)


@post(LEDGERS, opt={"permission": "ledgers.import"})
async def drop(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, Drop)
    if "file" in form.errors:
        form.errors["file"] = _("Choose a file first.")
    if form.ok:
        await _check_name(session, request, form)
    if not form.ok:
        return await _show(request, session, form=form, status=422)
    wanted, actor, now = form.taken, actor_of(request), clock.now()
    known = await clients.client(session, wanted.client_id) if wanted.client_id else None
    content = await wanted.file.read()
    try:
        async with session.begin_nested():  # a file that is not taken leaves no client behind
            client = known or await register.add(session, actor, _named(wanted.name), now)
            imported = await receive(session, client, wanted.file.filename, content, actor, now)
    except NotTaken as refusal:
        form.refuse("file", refusal.reason)
        return await _show(request, session, form=form, earlier=refusal.earlier, status=422)
    except Refusal as refusal:
        form.refuse("name", refusal.reason)
        return await _show(request, session, form=form, status=422)
    return to(f"/ledgers/imports/{imported.id}", request)


async def _check_name(session: AsyncSession, request: Req, form: Submitted[Drop]) -> None:
    """A new client needs a name that no client has, and somebody who may add clients."""
    if form.taken.client_id is not None:
        return
    name = form.taken.name.strip()
    if not name or not actor_of(request).may("clients.write"):
        form.refuse("client_id", _("Say whose ledger it is."))
    elif any(client.name == name for client in await clients.clients(session, name)):
        form.refuse("client_id", _("There is a client of this name already: choose it here."))


def _named(name: str) -> ClientForm:
    return ClientForm(name.strip(), taxpayer_kind="small", standard="small")


async def _show(
    request: Req,
    session: AsyncSession,
    *,
    form: Submitted[Drop] | None = None,
    earlier: Import | None = None,
    status: int = 200,
) -> Response[str]:
    found = await queries.imports(session)
    return await page(
        request,
        "ledgers/index.html",
        session=session,
        status=status,
        imports=found,
        clients=await clients.clients_by_id(session, [i.client_id for i in found]),
        choices=await clients.clients(session, limit=CHOICES),
        states={s.name: s for s in IMPORT.states},
        form=form or Submitted(),
        earlier=earlier,
        may_add=actor_of(request).may("clients.write"),
    )


ROUTES = [index, drop]
