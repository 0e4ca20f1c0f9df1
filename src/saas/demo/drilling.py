"""A drill of the demo firm: planned by the manager, worked by three colleagues in the copy, scored, its lesson kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select

from saas.checks.models import FoundAnomaly
from saas.demo.scene import NotThere, Scene
from saas.demo.story import Days
from saas.demo.tenant import Tenant
from saas.kernel import tenancy
from saas.kernel.clock import CHINA
from saas.kernel.identifiers import uuid7
from saas.kernel.tenancy import of_this_firm
from saas.risks.drill_models import BOOKS
from saas.risks.drills import queries

Deed = Callable[[Scene], Awaitable[None]]
TITLE = "账簿差错演练"
HIDDEN = {"duplicate_voucher": 1, "slip_of_ten": 1, "equipment_expensed": 1, "missing_number": 1, "wrong_account": 1}
LESSON = "没有发现的差错都不是一眼能看出来的：导入后先逐条看检查发现，复核时对照上月同类凭证的科目和金额。"
YEAR = timedelta(days=350)


async def plan(scene: Scene, tenant: Tenant) -> None:
    """Five errors in one client's books, for the bookkeepers and the reviewer; every year again."""
    members = [str((await scene.member(name)).id) for name in _workers(tenant)]
    async with scene.stage.reading() as session:
        clients = await queries.clients_of(session, await queries.with_books(session))
    if not clients:
        return  # nobody's books are there yet: no drill
    key = str(uuid7())
    form = {"key": key, "title": TITLE, "scenario": BOOKS, "limit_minutes": "120", "clients": str(clients[0].id),
            "participants": members, **{f"n-{kind}": str(n) for kind, n in HIDDEN.items()}}  # fmt: skip
    browser = await scene.browser_of(_manager(tenant))
    await browser.post(f"{scene.root}/risks/drills/new", form)
    again = {"title": f"年度{TITLE}", "scenario": BOOKS, "every_months": "12", "keeper_id": members[0],
             "next_on": str(scene.at.astimezone(CHINA).date() + YEAR)}  # fmt: skip
    await browser.post(f"{scene.root}/risks/drills/plans", again)
    await browser.post(f"{scene.root}/risks/drills/{key}/begin")
    scene.known["drill"] = key


async def work(scene: Scene, tenant: Tenant, name: str) -> None:
    """In the copy, this colleague makes a case of the new finding that stands highest."""
    if "drill" not in scene.known:
        return
    async with scene.stage.reading() as session:
        drill = await queries.drill(session, UUID(scene.known["drill"]))
    if drill.sandbox_id is None or drill.copied_at is None:
        raise NotThere("the sandbox is not open")
    async with scene.stage.database.transaction(tenancy.firm(drill.sandbox_id)) as session:
        new = (of_this_firm(FoundAnomaly), FoundAnomaly.state == "open", FoundAnomaly.found_at >= drill.copied_at)
        query = select(FoundAnomaly.id).where(*new).order_by(FoundAnomaly.priority.desc(), FoundAnomaly.id).limit(1)
        found = await session.scalar(query)
    if found is None:
        return  # the draw hid nothing more that the rules see
    browser = await scene.browser_of(name)
    await browser.post(f"/f/{drill.sandbox_slug}/cases/from-findings", {"finding": str(found)})


async def finish(scene: Scene, tenant: Tenant) -> None:
    await _lead(scene, tenant, "finish", {})


async def learn(scene: Scene, tenant: Tenant) -> None:
    await _lead(scene, tenant, "learn", {"lessons": LESSON})


async def _lead(scene: Scene, tenant: Tenant, deed: str, form: dict[str, str]) -> None:
    if "drill" in scene.known:
        browser = await scene.browser_of(_manager(tenant))
        await browser.post(f"{scene.root}/risks/drills/{scene.known['drill']}/{deed}", form)


def _workers(tenant: Tenant) -> list[str]:
    """The reviewer and the bookkeepers."""
    return [c.name for role in ("bookkeeper", "reviewer") for c in tenant.staff if c.role == role][:3]


def _manager(tenant: Tenant) -> str:
    return next(c.name for c in tenant.staff if c.role == "manager")


def steps(tenant: Tenant, days: Days) -> Iterator[tuple[datetime, str, Deed]]:
    """(when, key, what): a morning two weeks before the story ends."""
    colleagues = _workers(tenant)
    told = partial(work, tenant=tenant)
    for on, key, do in (
        ("-9 09:10", "plan", partial(plan, tenant=tenant)),
        ("-9 09:31", "first", partial(told, name=colleagues[0])),
        ("-9 09:48", "second", partial(told, name=colleagues[-1])),
        ("-9 10:20", "third", partial(told, name=colleagues[0])),
        ("-9 10:45", "finish", partial(finish, tenant=tenant)),
        ("-9 15:05", "learn", partial(learn, tenant=tenant)),
    ):
        yield days.moment(on), key, do
