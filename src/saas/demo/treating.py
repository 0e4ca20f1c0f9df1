"""The register of risks in use: everybody's own risks, measures with a day, treated one after the other, some accepted.

By the functions behind the pages, in one transaction each time: some fifty pages would take the load two seconds.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.demo.scene import Scene
from saas.demo.tenant import Tenant
from saas.identity.actors import actor_for
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel.clock import CHINA
from saas.kernel.perform import perform
from saas.kernel.tenancy import of_this_firm
from saas.risks.models import Measure, Risk
from saas.risks.register import deeds, queries
from saas.risks.register.forms import Described, NewMeasure, Reason
from saas.risks.register.workflow import RISK
from saas.risks.starter import begin
from saas.risks.wording import said

KEEPERS = {"tax": "manager", "accounting": "reviewer", "money": "manager", "client": "manager"}  # else the firm's owner
STILL_OPEN = ("wrong_tax", "shareholder_loans", "key_person")  # keys whose measure takes longer than the story
LONGEST = 70  # working days for those
DAYS = (8, 16, 24, 32)  # working days for the others, one after the other
LOOKED = tuple(f"-{56 - days + 1} 10:50" for days in DAYS)  # the day before each of them
DONE = "已按措施执行：留有检查记录，相关人员已知悉。"
IN_PLACE = "措施已落实并检查过一个月，剩余风险可接受，按期复评。"
ACCEPTED = "发生频率和金额有限，再降低的成本高于收益；按既定口径处理，到复评日再看。"
Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant) -> Iterator[tuple[str, str, Deed]]:
    """(when, name, deed), in working days before the last."""
    yield "-56 10:20", "risks/begun", partial(undertake, tenant=tenant)
    for on in LOOKED:
        yield on, f"risks/{on.partition(' ')[0]}", finish


async def undertake(scene: Scene, tenant: Tenant) -> None:
    """Each risk gets an owner and what is done about it by when; what costs more than it saves is accepted."""
    today = scene.at.astimezone(CHINA).date()
    people = {role: await scene.member(_who(tenant, role)) for role in ("owner", "manager", "reviewer")}
    async with scene.stage.reading() as session:
        await begin(session)  # the register comes by a job, which the replay may still owe
        for place, risk in enumerate(await queries.risks(session)):
            keeper = people[KEEPERS.get(risk.category, "owner")]
            await deeds.describe(session, risk.id, _owned(risk, keeper), actor_for(people["manager"]), scene.at)
            if risk.treatment == "accept":
                await perform(session, RISK, risk.id, "accept", actor_for(people["owner"]), Reason(ACCEPTED))
                continue
            days = LONGEST if risk.key in STILL_OPEN else DAYS[place % len(DAYS)]
            due = scene.stage.days.calendar.add_working_days(today, days)
            measure = NewMeasure(said(risk.plan), keeper.id, due)
            await deeds.add_measure(session, risk.id, measure, actor_for(keeper), scene.at)


def _owned(risk: Risk, keeper: Membership) -> Described:
    """The entry as it stands, with its owner."""
    known: dict[str, Any] = {name: said(getattr(risk, name)) for name in deeds.TEXTS}
    known |= {name: getattr(risk, name) for name in deeds.PLAIN} | {"owner_id": keeper.id}
    return Described(**known)


async def finish(scene: Scene) -> None:
    """Measures whose day is near are done, and their risks treated."""
    until = scene.stage.days.calendar.add_working_days(scene.at.astimezone(CHINA).date(), 1)
    async with scene.stage.reading() as session:
        people = await members_by_id(session)
        for risk_id, measure_id, owner_id in await _near(session, until):
            actor = actor_for(people[owner_id])
            await deeds.finish_measure(session, risk_id, measure_id, DONE, actor, scene.at)
            await perform(session, RISK, risk_id, "treat", actor, Reason(IN_PLACE))


async def _near(session: AsyncSession, until: date) -> list[tuple[UUID, UUID, UUID]]:
    query = select(Measure.risk_id, Measure.id, Measure.owner_id).where(
        of_this_firm(Measure), Measure.done_at.is_(None), Measure.due_on <= until
    )
    return [(row[0], row[1], row[2]) for row in (await session.execute(query)).all()]


def _who(tenant: Tenant, role: str) -> str:
    return next(colleague.name for colleague in tenant.staff if colleague.role == role)
