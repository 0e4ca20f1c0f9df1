"""How refunds are found from elsewhere: the search, a client's page, and what names a member who leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.queries import clients_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.i18n import _
from saas.kernel.module import Hit
from saas.kernel.perform import calendar_of
from saas.refunds.lists import list_queries as queries
from saas.refunds.lists import listing
from saas.refunds.lists.list_queries import Wanted
from saas.refunds.workflow import REFUND

MOST = 10


async def search(session: AsyncSession, actor: Actor, wanted: str) -> Sequence[Hit]:
    """Refunds by number or by their client's name."""
    if not actor.may("refunds.read") or not wanted.strip():
        return []
    narrowed = await queries.searched(session, Wanted(listing.VIEWS["all"]), wanted, clock.today().year)
    found = await queries.listed(session, narrowed, clock.now(), limit=MOST)
    named = await clients_by_id(session, list({refund.client_id for refund in found}))
    return [
        Hit(
            _("Refunds"),
            "receipt-refund",
            refund.number,
            _("%(client)s · %(state)s", client=named[refund.client_id].name, state=REFUND.state(refund.state).label),
            REFUND.url(refund),
        )
        for refund in found
    ]


async def client_panel(session: AsyncSession, client: Any, actor: Actor) -> dict[str, Any]:
    """On a client's page: its refunds, open ones first, and the way to a new request."""
    now, calendar = clock.now(), await calendar_of(session)
    rows = await _of_client(session, client.id)
    named = await listing.reasons(session)
    return {
        "template": "refunds/_client.html",
        "client": client,
        "rows": [listing.row(refund, named, calendar, now) for refund in rows],
        "may_request": actor.may("refunds.request") and client.archived_at is None,
        "may_read": actor.may("refunds.read"),
        "may_share": actor.may("refunds.work") and client.merged_into_id is None,
        "contacts": [(str(contact.id), contact.name) for contact in await clients.contacts(session, client.id)],
    }


async def _of_client(session: AsyncSession, client_id: UUID) -> Sequence[Any]:
    found = await queries.listed(session, Wanted(listing.VIEWS["all"], client_id), clock.now(), limit=MOST)
    return sorted(found, key=lambda refund: REFUND.state(refund.state).final)
