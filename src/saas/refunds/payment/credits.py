"""Service credits a client took instead of money, with the day until which each counts (R9.2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.tenancy import of_this_firm
from saas.refunds.models import Refund


async def client_panel(session: AsyncSession, client: Client, actor: Actor) -> dict[str, Any]:
    """The credits on a client's page, those that still count first."""
    query = select(Refund).where(of_this_firm(Refund), Refund.client_id == client.id, Refund.credit.is_not(None))
    found = (await session.scalars(query.order_by(Refund.credit_until.desc(), Refund.id).limit(20))).all()
    today = clock.today()
    return {
        "template": "refunds/_credits.html",
        "rows": [
            {
                "number": refund.number,
                "url": f"/refunds/{refund.id}",
                "amount": refund.credit,
                "until": refund.credit_until,
                "counts": refund.credit_until is None or today <= refund.credit_until,
            }
            for refund in found
        ]
        if actor.may("refunds.read")
        else [],
    }
