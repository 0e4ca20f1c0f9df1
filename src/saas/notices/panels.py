"""What other modules' pages show of letters."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.kernel.access import Actor
from saas.kernel.i18n import reader
from saas.notices import proofs, queries


async def of_client(session: AsyncSession, client: Client, actor: Actor) -> dict[str, Any]:
    """A client's latest letters, on the client's page."""
    found = await queries.of_client(session, client.id)
    sent = await queries.deliveries(session, [notice.id for notice in found])
    return {
        "template": "notices/_panel.html",
        "lines": [proofs.line(notice, client, sent[notice.id], reader()) for notice in found],
        "may_write": actor.may("notices.write"),
    }
