"""Archiving a client, bringing one back, and merging two that are the same company."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries
from saas.clients.forms import MergeForm
from saas.clients.models import Client, Contact, Contract
from saas.clients.pages import CLIENT, note, show
from saas.kernel import clock
from saas.kernel.forms import submitted
from saas.kernel.i18n import _
from saas.kernel.module import Event
from saas.kernel.pages import Db, Req, actor_of, to
from saas.kernel.perform import tell


@post(f"{CLIENT}/archive", opt={"permission": "clients.manage"})
async def archive(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client = await queries.client(session, client_id)
    if client.archived_at is None:
        client.archived_at = clock.now()
        note(session, request, "clients.archive", client)
        await tell(session, Event("client.archived", client, actor_of(request), clock.now()))
    return to(f"/clients/{client.id}", request)


@post(f"{CLIENT}/restore", opt={"permission": "clients.manage"})
async def restore(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client = await queries.client(session, client_id)
    if client.archived_at is not None and client.merged_into_id is None:
        client.archived_at = None
        note(session, request, "clients.restore", client)
    return to(f"/clients/{client.id}", request)


@post(f"{CLIENT}/merge", opt={"permission": "clients.manage"})
async def merge(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    """Everything of this client goes to the other one; this one stays as a signpost. Exchanges stay where they are."""
    client = await queries.client(session, client_id)
    form = await submitted(request, MergeForm)
    if form.ok:
        into = await queries.client(session, form.taken.into_id)
        if into.id == client.id or into.merged_into_id is not None or into.archived_at is not None:
            form.refuse("into_id", _("Choose another client that is active."))
        elif client.uscc and into.uscc and client.uscc != into.uscc:
            form.refuse("into_id", _("These are two companies: their USCCs differ."))
    if not form.ok:
        return await show(request, session, client_id, form=form, opened="merge", status=422)
    if client.merged_into_id is None:
        await _move(session, client, into)
        client.merged_into_id, client.archived_at = into.id, clock.now()
        number, client.uscc = client.uscc, ""
        await session.flush()  # two clients never hold one number, not even between two statements
        into.uscc = into.uscc or number
        note(session, request, "clients.merge", into, name=client.name)
        note(session, request, "clients.merge", client, name=into.name)
        await tell(session, Event("client.merged", into, actor_of(request), clock.now(), {"merged_id": client.id}))
    return to(f"/clients/{into.id}", request)


async def _move(session: AsyncSession, client: Client, into: Client) -> None:
    """What clients owns; later modules move their own rows when they hear of `client.merged`."""
    for table in (Contact, Contract):
        await session.execute(
            update(table).where(table.firm_id == client.firm_id, table.client_id == client.id).values(client_id=into.id)
        )


ROUTES = [archive, restore, merge]
