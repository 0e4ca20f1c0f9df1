"""The months before this quarter, beside their stories: what lessons asked for is done, and later judged; risks are
looked at again. A firm whose stories all belong to this quarter has none of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from sqlalchemy import select

from saas.demo.improving import act
from saas.demo.scene import Scene
from saas.demo.story import THIS_QUARTER, Days
from saas.demo.tenant import Tenant
from saas.identity.actors import actor_for
from saas.improvement.lessons.lesson_models import Improvement
from saas.improvement.lessons.workflow import check_on
from saas.kernel import clock
from saas.kernel.months import months_after
from saas.kernel.tenancy import of_this_firm
from saas.risks.register import deeds, queries
from saas.risks.register.forms import Reviewed

FIRST, EVERY = 24, 12  # working days: after the founding, and from one afternoon to the next
HELPED = "观察期内没有再出现同类问题，保留这一做法。"
SAME = "与上次评估相比没有变化，措施仍在执行。"
Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant, days: Days) -> Iterator[tuple[str, str, Deed]]:
    """(when, key, deed)."""
    afternoons = range(days.founded + FIRST, THIS_QUARTER, EVERY)
    for day in afternoons:
        yield f"{day} 15:40", f"acted/{-day}", partial(act, tenant=tenant)
        yield f"{day} 16:25", f"reviewed/{-day}", partial(review, tenant=tenant)
    for day in range(afternoons.start, 0, EVERY) if afternoons else ():
        yield f"{day} 16:05", f"judged/{-day}", partial(judge, tenant=tenant)


async def judge(scene: Scene, tenant: Tenant) -> None:
    """The manager looks at the figure before and after, and says that it helped."""
    manager = await scene.browser_of(next(c.name for c in tenant.staff if c.role == "manager"))
    async with scene.stage.reading() as session:
        query = select(Improvement).where(of_this_firm(Improvement), Improvement.state == "watched")
        watched = (await session.scalars(query.order_by(Improvement.due_at, Improvement.id))).all()
    for row in watched:
        day = check_on(row)
        if day is not None and day <= clock.today():
            await manager.post(f"{scene.root}/improvement/actions/{row.id}/helped", {"reason": HELPED})


async def review(scene: Scene, tenant: Tenant) -> None:
    """The register's entries whose day comes before the next afternoon of this kind."""
    manager = await scene.member(next(c.name for c in tenant.staff if c.role == "manager"))
    until = scene.stage.days.calendar.add_working_days(clock.today(), EVERY)
    async with scene.stage.reading() as session:
        for risk in await queries.due_for_review(session, until):
            given = Reviewed(SAME, months_after(clock.today(), risk.review_months))
            await deeds.review(session, risk.id, given, actor_for(manager), scene.at)
