"""Finding a letter by its serial, its client or its title."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor
from saas.kernel.i18n import _
from saas.kernel.module import Hit
from saas.notices import queries
from saas.notices.queries import Filters

MOST = 10


async def letters(session: AsyncSession, actor: Actor, text: str) -> Sequence[Hit]:
    """At most ten, the newest first."""
    if not actor.may("notices.read"):
        return []
    found = await queries.register(session, Filters(search=text), limit=MOST)
    return [
        Hit(_("Notices"), "mail-forward", notice.number or notice.title, client.name, f"/notices/{notice.id}")
        for notice, client in found
    ]
