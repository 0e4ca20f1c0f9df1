"""Who is away and who stands in, as other pages ask."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _
from saas.kernel.pages import show_date
from saas.teams.cover import cover_queries as queries
from saas.teams.cover.cover_models import Cover


async def deputy_of(session: AsyncSession, member_id: UUID, now: datetime) -> UUID:
    """Who gets what is meant for this member today: themselves, or their deputy, or the deputy's deputy.

    Nobody who has left: then it stays with the member, and a manager sees it as overdue.
    """
    active = {c.member_id: c for c in await queries.on_day(session, now.astimezone(CHINA).date()) if c.deputy_id}
    if member_id not in active:
        return member_id
    names = await members_by_id(session)
    found, seen = member_id, {member_id}
    while (cover := active.get(found)) is not None and cover.deputy_id is not None:
        if cover.deputy_id in seen or names[cover.deputy_id].left_at is not None:
            break
        found = cover.deputy_id
        seen.add(found)
    return found


async def absent_on(session: AsyncSession, day: date) -> dict[UUID, Cover]:
    """By member; a mere delegation of approvals is no absence."""
    return {c.member_id: c for c in await queries.on_day(session, day) if c.kind != "delegation"}


async def away_words(session: AsyncSession) -> dict[UUID, Text]:
    """What stands next to a name today."""
    absent = await absent_on(session, clock.today())
    if not absent:
        return {}
    names = await members_by_id(session)
    return {
        member: _("away until %(day)s, %(name)s stands in", day=show_date(c.until_on), name=names[c.deputy_id].name)
        if c.deputy_id in names
        else _("away until %(day)s", day=show_date(c.until_on))
        for member, c in absent.items()
    }
