"""What goes to a colleague when somebody leaves, and how cases are found by the search."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries
from saas.cases.forms import HandTo
from saas.cases.queries import Wanted
from saas.cases.workflow import CASE
from saas.kernel.access import Actor
from saas.kernel.i18n import _
from saas.kernel.module import Event, Hit, Holding
from saas.kernel.perform import perform

MOST = 10


async def holdings(session: AsyncSession, member_id: UUID) -> Sequence[Holding]:
    """Open cases this member owns."""
    return [Holding(_("Open cases"), await queries.count(session, Wanted(owner_id=member_id)))]


async def follow_leaving(session: AsyncSession, event: Event) -> None:
    """Each open case goes to whoever takes the work over; a refusal (they approved it) stops the leaving."""
    form = HandTo(UUID(event.detail["to_id"]), str(_("%(name)s leaves the firm", name=event.row.name)))
    for case in await queries.cases(session, Wanted(owner_id=UUID(event.detail["member_id"])), limit=10_000):
        await perform(session, CASE, case.id, "hand_to", event.actor, form, now=event.now)


async def search(session: AsyncSession, actor: Actor, wanted: str) -> Sequence[Hit]:
    """Cases by number, by the words of their title, or by what was noticed."""
    if not actor.may("cases.read"):
        return []
    found = await queries.cases(session, Wanted(state="all", search=wanted), limit=MOST)
    return [Hit(_("Anomalies"), "alert-triangle", case.title, case.number, CASE.url(case)) for case in found]
