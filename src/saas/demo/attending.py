"""What people attend to beside the cases: limits reached, clients that may leave, rules that end, effects measured."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select

from saas.clients.models import Client
from saas.demo.scene import Scene
from saas.demo.tenant import Tenant
from saas.identity.models import Membership
from saas.improvement.changes import queries as changes
from saas.improvement.regulations import queries as regulations
from saas.kernel.clock import CHINA
from saas.kernel.tenancy import of_this_firm
from saas.risks.relations.watching import KIND as CHURN
from saas.risks.watch.watch_models import Firing
from saas.tasks.models import Task

ROUNDS = range(57, 0, -2)  # working days before the last on which somebody looks round
CALLS = ("-4 17:31", "-2 17:31", "-1 17:31")  # the signs are looked at daily only in the last week
BELL = "-2 18:01"  # when everybody has read what came until then
AHEAD, SOON = 5, 2  # working days
DECIDED = "已逐项查看：涉及的单据都已立单处理，下月复核时再对一次。"
CALLED = "已电话沟通：客户对服务满意，款项本月底前付清，续约报价下周发出。"
KEPT = "实施后同类差错没有再出现，录入人反映可行，保留并写入操作规程。"

Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant) -> Iterator[tuple[str, str, Deed]]:
    """(when, name, deed), in working days before the last."""
    for days in ROUNDS:
        yield f"-{days} 17:21", f"limits/{days}", partial(decide, tenant=tenant)
        yield f"-{days} 17:26", f"rules/{days}", partial(prepare, tenant=tenant)
    for on in CALLS:
        yield on, f"called/{on.partition(' ')[0]}", partial(call, tenant=tenant)
    yield BELL, "bell", partial(read_the_bell, tenant=tenant)


def _until(scene: Scene, days: int) -> datetime:
    """The end of the working day so many working days from now."""
    calendar = scene.stage.days.calendar
    return calendar.close_of(calendar.add_working_days(scene.at.astimezone(CHINA).date(), days))


def _who(tenant: Tenant, role: str) -> str:
    return next(colleague.name for colleague in tenant.staff if colleague.role == role)


async def decide(scene: Scene, tenant: Tenant) -> None:
    """Limits whose task comes due are looked at by whoever has the role."""
    async with scene.stage.reading() as session:
        query = select(Firing.id, Task.role).join(Task, (Task.firm_id == Firing.firm_id) & (Task.id == Firing.task_id))
        due = query.where(of_this_firm(Firing), Task.done_at.is_(None), Task.due_at <= _until(scene, SOON))
        waiting = [(row[0], row[1]) for row in (await session.execute(due)).all()]
    for firing_id, role in waiting:
        browser = await scene.browser_of(_who(tenant, role))
        await browser.post(f"{scene.root}/risks/firings/{firing_id}/settle", {"reason": DECIDED})


async def call(scene: Scene, tenant: Tenant) -> None:
    """Clients with signs of leaving are called by whoever looks after them."""
    async with scene.stage.reading() as session:
        query = (
            select(Client.id, Membership.name)
            .join(Task, (Task.firm_id == Client.firm_id) & (Task.client_id == Client.id))
            .join(Membership, (Membership.firm_id == Task.firm_id) & (Membership.id == Task.assignee_id))
        )
        due = query.where(of_this_firm(Client), Task.subject_kind == CHURN, Task.done_at.is_(None))
        waiting = (await session.execute(due.where(Task.due_at <= _until(scene, SOON)))).all()
    for client_id, name in waiting:
        browser = await scene.browser_of(name)
        await browser.post(f"{scene.root}/clients/{client_id}/signs", {"note": CALLED})


async def read_the_bell(scene: Scene, tenant: Tenant) -> None:
    for colleague in tenant.staff:
        browser = await scene.browser_of(colleague.name)
        await browser.post(f"{scene.root}/notifications/read")


async def prepare(scene: Scene, tenant: Tenant) -> None:
    """The manager is ready for rules that begin or end, reads the register through, and keeps what helped."""
    today, until = scene.at.astimezone(CHINA).date(), _until(scene, AHEAD)
    async with scene.stage.reading() as session:
        query = select(Task.subject_kind, Task.subject_id).where(of_this_firm(Task), Task.done_at.is_(None))
        kinds = Task.subject_kind.in_(("regulation_day", "register"))
        found = (await session.execute(query.where(kinds, Task.due_at <= until))).all()
        turning: list[UUID] = [row[1] for row in found if row[0] == "regulation_day" and row[1] is not None]
        stale = await regulations.to_review(session, today) if any(row[0] == "register" for row in found) else []
        measured = [one.id for one in await changes.in_state(session, "measured")]
    if not (turning or stale or measured):
        return
    manager, at = await scene.browser_of(_who(tenant, "manager")), f"{scene.root}/improvement"
    for regulation_id in turning:
        await manager.post(f"{at}/regulations/{regulation_id}/ready")
    for one in stale:
        await manager.post(f"{at}/regulations/{one.id}/still")
    for change_id in measured:
        await manager.post(f"{at}/changes/{change_id}/keep", {"reason": KEPT})
