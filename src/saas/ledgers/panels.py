"""What other modules' pages show of a client's books."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.kernel.access import Actor
from saas.ledgers import queries, seals

SHOWN = 6  # months


async def of_client(session: AsyncSession, client: Client, actor: Actor) -> dict[str, Any]:
    """The newest months that are stored, on the client's page, and the way to import more."""
    found = seals.periods(await queries.versions(session, client.id, current=False))
    return {
        "template": "ledgers/_panel.html",
        "periods": found[:SHOWN],
        "may_import": actor.may("ledgers.import") and client.archived_at is None,
    }
