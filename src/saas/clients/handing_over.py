"""Clients of a member who leaves, clients in the search, and the first step of a new firm."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries
from saas.kernel.access import Actor
from saas.kernel.errors import Conflict
from saas.kernel.i18n import _, listed, reader
from saas.kernel.module import Event, Hit, Holding, StartStep

MOST = 10


async def holdings(session: AsyncSession, member_id: UUID) -> Sequence[Holding]:
    """Clients this member keeps the books of, and those they review."""
    named = await queries.of_member(session, member_id)
    return [
        Holding(_("Clients as bookkeeper"), sum(c.bookkeeper_id == member_id for c in named)),
        Holding(_("Clients as reviewer"), sum(c.reviewer_id == member_id for c in named)),
    ]


async def follow_leaving(session: AsyncSession, event: Event) -> None:
    """Their clients go to the successor, unless that made one person bookkeeper and reviewer of a client."""
    leaving, successor = UUID(event.detail["member_id"]), UUID(event.detail["to_id"])
    named = await queries.of_member(session, leaving)
    both = [c.name for c in named if successor in (c.bookkeeper_id, c.reviewer_id)]
    if both:
        names = listed(both[:MOST])
        raise Conflict(
            _("Nobody reviews their own books: whoever takes over has the other part for %(names)s.", names=names)
        )
    for client in named:
        if client.bookkeeper_id == leaving:
            client.bookkeeper_id = successor
        if client.reviewer_id == leaving:
            client.reviewer_id = successor


async def search(session: AsyncSession, actor: Actor, wanted: str) -> Sequence[Hit]:
    """Clients by name, pinyin, code or number."""
    if not actor.may("clients.read"):
        return []
    found = await queries.clients(session, wanted, limit=MOST)
    return [Hit(_("Clients"), "building", c.name_in(reader()), c.number, f"/clients/{c.id}") for c in found]


async def has_clients(session: AsyncSession) -> bool:
    return await queries.count(session) > 0


FIRST_STEP = StartStep(
    "clients",
    _("Bring your clients"),
    _("Import a list from a spreadsheet, or type the first one."),
    "/clients",
    "clients.write",
    has_clients,
    10,
)
