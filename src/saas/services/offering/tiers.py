"""Tiers of clients, and within how much of a workflow's time each tier is served (A11.2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.firms.choices import Choice, choice, offer_choices
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.i18n import _
from saas.kernel.perform import provide_pace
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Workflow
from saas.notices.tiers import provide_tiers
from saas.services.offering.offering_models import ClientTier
from saas.services.words import TIERS

PACED = ("case", "refund")

offer_choices(
    *(
        Choice(
            f"pace_{tier}",
            _("Time for clients of the tier “%(tier)s”, in percent", tier=label),
            _("Of the working time a step of a case or refund has: 100 is the usual time, 50 is half of it. "
              "Never longer than what contract and policy promise."),
            "count",
            100,
            least=25,
            most=100,
        )
        for tier, label in TIERS.items()
    )
)  # fmt: skip


async def tier_of(session: AsyncSession, client_id: UUID, day: date) -> str:
    """The tier in force on a day; "" where none was set."""
    query = select(ClientTier.tier).where(
        of_this_firm(ClientTier), ClientTier.client_id == client_id, ClientTier.since <= day
    )
    return await session.scalar(query.order_by(ClientTier.since.desc()).limit(1)) or ""


async def history(session: AsyncSession, client_id: UUID) -> list[ClientTier]:
    query = select(ClientTier).where(of_this_firm(ClientTier), ClientTier.client_id == client_id)
    return list((await session.scalars(query.order_by(ClientTier.since.desc()))).all())


async def set_tier(
    session: AsyncSession, client: Client, tier: str, since: date, reason: str, actor: Actor, now: datetime
) -> None:
    """From a day on. The same again changes nothing; a second one for the same day is refused."""
    known = await history(session, client.id)
    there = next((one for one in known if one.since == since), None)
    if there is not None:
        if there.tier == tier:
            return
        raise Conflict(_("A tier for this day is already written down. Choose another day."))
    session.add(ClientTier(client_id=client.id, since=since, tier=tier, reason=reason, set_at=now,
                           set_by=actor.id if actor.kind == "member" else None))  # fmt: skip
    record(session, actor, "services.tier", now, subject=client, client_id=client.id, timeline=True,
           summary=str(TIERS[tier]), reason=reason)  # fmt: skip
    await session.flush()


async def pace(session: AsyncSession, workflow: Workflow, row: Any) -> int:
    """In how many percent of its time a step of this row is to be done; 100 where no tier says otherwise."""
    if workflow.name not in PACED or row.subject_client_id is None:
        return 100
    today = clock.today()
    tier = await tier_of(session, row.subject_client_id, today)
    return int(await choice(session, f"pace_{tier}", today)) if tier in TIERS else 100


provide_pace(pace)
provide_tiers(TIERS, tier_of)
