"""The filing register as a firm keeps it: returns recorded as they are accepted, two of them a little late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from uuid import UUID

from sqlalchemy import select

from saas.clients.models import Client
from saas.demo.scene import Scene
from saas.demo.story import Days
from saas.demo.tenant import Tenant
from saas.filings import planning, recording
from saas.filings.models import RegisteredFiling as Filing
from saas.filings.standing import is_open
from saas.identity.actors import actor_for
from saas.identity.queries import members_by_id
from saas.kernel.clock import CHINA
from saas.kernel.months import month_before, month_name, month_number
from saas.kernel.tenancy import of_this_firm

DAYS = tuple(range(-57, 0, 4))  # every fourth working day somebody sits down and records what was accepted
AHEAD = 6  # working days: returns due within them are handed in by then
EVERY, FURTHER_AHEAD = 15, 20  # the same in the months before this quarter
SLOW = ("知味小馆", "听澜设计")  # one return of each came late: of the last complete month, and of the one before
CODE = "iit_withholding"

Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant, days: Days) -> Iterator[tuple[str, str, Deed]]:
    """(when, name, deed), in working days before the last."""
    for number in range(days.founded + 3, DAYS[0], EVERY):
        yield f"{number} 16:20", str(-number), partial(record, tenant=tenant, ahead=FURTHER_AHEAD)
    for number in DAYS:
        yield f"{number} 16:20", str(-number), partial(record, tenant=tenant)


async def record(scene: Scene, tenant: Tenant, ahead: int = AHEAD) -> None:
    """The register is planned; each bookkeeper enters what was accepted, the slow ones' once their day is over."""
    today, slow = scene.at.astimezone(CHINA).date(), _slow(scene, tenant)
    until = scene.stage.days.calendar.add_working_days(today, ahead)
    async with scene.stage.reading() as session:
        await planning.plan_for(session, await _clients(scene))
        people = await members_by_id(session)
        query = select(Filing, Client).join(
            Client, (Client.firm_id == Filing.firm_id) & (Client.id == Filing.client_id)
        )
        accepted: dict[UUID, list[UUID]] = defaultdict(list)
        for row, client in await session.execute(query.where(of_this_firm(Filing), is_open(), Filing.due_on <= until)):
            early = row.due_on >= today and (client.name, row.code, row.period) in slow
            if client.bookkeeper_id is not None and not early:
                accepted[client.bookkeeper_id].append(row.id)
        for keeper_id, ids in accepted.items():
            await recording.accept_many(session, actor_for(people[keeper_id]), ids, today, scene.at)


async def _clients(scene: Scene) -> list[Client]:
    """Everybody in the register."""
    async with scene.stage.reading() as session:
        query = select(Client).where(of_this_firm(Client), Client.archived_at.is_(None))
        return list((await session.scalars(query)).all())


def _slow(scene: Scene, tenant: Tenant) -> set[tuple[str, str, str]]:
    """(client, code, period) of the returns that came late."""
    month, found = month_name(month_number(scene.stage.days.last)), set()
    for short in SLOW:
        month = month_before(month)
        found |= {(client.name, CODE, month) for client in tenant.clients if client.short == short}
    return found
