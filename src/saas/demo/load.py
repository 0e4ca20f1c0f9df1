"""Loading the demo firm: once per database, from where an interrupted load stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update

from saas.demo.models import DemoStep
from saas.demo.opening import FOUNDED, found_firm
from saas.demo.progress import Tell
from saas.demo.replay import Replay, release
from saas.demo.scene import Stage
from saas.demo.steps import steps_of
from saas.demo.story import Days, Story, founding
from saas.demo.tenant import Tenant
from saas.firms.calendar import state_days
from saas.identity.models import Membership, Session
from saas.kernel import clock, sealing, tenancy
from saas.kernel.calendar import Calendar, hours
from saas.kernel.db import Database, acting_in
from saas.kernel.directory import Firm
from saas.kernel.outbox import holding
from saas.kernel.passwords import hash_password
from saas.kernel.relay import promise_missed

FOUNDING = "firm"  # the key of the first step; it keeps the story's last day
LOCK = 71_015


class SlugTakenError(RuntimeError):
    """Another firm has the demo's address: nothing was loaded."""


@dataclass(slots=True)
class Loaded:
    """What a load did. `made` is 0 when the firm was complete already."""

    made: int = 0
    refused: list[str] = field(default_factory=list)


async def load(
    app: Any, database: Database, tenant: Tenant, stories: Sequence[Story], password: str, tell: Tell
) -> Loaded:
    """Replay what is missing. SlugTakenError when a firm that is no demo has the address; two loads never overlap."""
    async with _alone(database) as mine:
        if not mine:
            return Loaded()
        firm = await _known(database, tenant)
        if firm is not None and not firm.replaying:
            return Loaded()
        stage = await _stage(app, database, tenant, founding(stories), password, firm)
        steps = steps_of(tenant, stories, stage.days)
        replay = Replay(stage, steps, tell, stage.days.moment(FOUNDED))
        await replay.run()
        await _finish(stage)
        return Loaded(len(steps), replay.refused)


async def is_loaded(database: Database, tenant: Tenant) -> bool:
    """Whether the firm is there with its whole story."""
    firm = await _known(database, tenant)
    return firm is not None and not firm.replaying


async def _known(database: Database, tenant: Tenant) -> Firm | None:
    async with database.transaction(tenancy.PLATFORM) as session:
        firm: Firm | None = await session.scalar(select(Firm).where(Firm.slug == tenant.firm.slug))
    if firm is not None and firm.kind != "demo":
        raise SlugTakenError(f"the address {tenant.firm.slug} belongs to a firm that is no demo")
    return firm


async def _stage(app: Any, database: Database, tenant: Tenant, founded: int, password: str, firm: Firm | None) -> Stage:
    """The firm as it was founded, or founded now; the story ends with the last working day before that moment."""
    calendar = Calendar(state_days(), hours(", ".join(tenant.firm.hours)), tenant.firm.timezone)
    if firm is not None:
        async with database.transaction(tenancy.firm(firm.id)) as session:
            query = select(DemoStep).where(DemoStep.firm_id == firm.id, DemoStep.key == FOUNDING)
            known = (await session.scalars(query)).one().known
        return Stage(app, database, tenant, Days(calendar, date.fromisoformat(known["last"]), founded), password, firm)
    days = Days.before(calendar, clock.now(), founded)
    firm = await _found(database, tenant, days, await hash_password(password))
    return Stage(app, database, tenant, days, password, firm)


async def _found(database: Database, tenant: Tenant, days: Days, password_hash: str) -> Firm:
    at: datetime = days.moment(FOUNDED)
    with clock.at(at), holding():  # what modules fill a new firm with comes first in the replay
        async with database.transaction(tenancy.PLATFORM) as session:
            firm = await found_firm(session, tenant, password_hash, clock.now())
            async with acting_in(session, tenancy.firm(firm.id)):
                session.add(DemoStep(key=FOUNDING, at=at, known={"last": str(days.last)}))
    return firm


async def _finish(stage: Stage) -> None:
    """The past is over: held jobs go to the workers, the people's browsers are closed, the trail is sealed, and today's
    scheduled jobs are promised as every other firm had them this morning (the report of last month is one of them).
    """
    await release(stage)
    async with stage.database.transaction(tenancy.firm(stage.firm_id)) as session:
        people = (await session.scalars(select(Membership.person_id).where(Membership.firm_id == stage.firm_id))).all()
        while await sealing.seal(session):
            await session.flush()
    async with stage.database.transaction(tenancy.PLATFORM) as session:
        ended = update(Session).where(Session.person_id.in_(people), Session.browser == "demo")
        await session.execute(ended.values(ended_at=Session.created_at))
        await session.execute(update(Firm).where(Firm.id == stage.firm_id).values(replaying=False))
    await promise_missed(stage.database, stage.firm_id)


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[bool]:
    """Whether this is the only load; the lock lasts as long as the transaction that took it."""
    async with database.transaction(tenancy.PLATFORM) as session:
        yield bool(await session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))))
