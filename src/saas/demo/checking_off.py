"""Deeds of checklists: which ones the firm uses, a month worked through with evidence, procedures read by everybody."""

from __future__ import annotations

from typing import Any

from saas.checklists import filling, queries
from saas.checklists.models import ChecklistStep
from saas.checklists.procedures import procedure_queries
from saas.demo.papers import paper
from saas.demo.scene import NotThere, Scene
from saas.demo.tenant import Tenant
from saas.kernel.clock import CHINA
from saas.kernel.months import month_before

WORKED = {"small": "month-end-small", "general": "month-end-general"}  # by kind of taxpayer
RESTED = ("year", "month", "quarter", "filing", "event")  # made by themselves elsewhere; here by hand until the end
SAID = "已与原始凭证及平台数据核对，无差异。"


async def by_hand(scene: Scene, tenant: Tenant) -> None:
    """The story's months are started by hand: nobody of the demo works through forty clients each month."""
    async with scene.stage.reading() as session:
        await filling.begin(session)  # the job of a new firm may not have come to it in the replayed time
    await _switch(scene, tenant, active=False)


async def by_itself(scene: Scene, tenant: Tenant) -> None:
    """Who looks at the demo sees them made by their schedule from now on."""
    await _switch(scene, tenant, active=True)


async def _switch(scene: Scene, tenant: Tenant, *, active: bool) -> None:
    browser = await scene.browser_of(next(c.name for c in tenant.staff if c.role == "owner"))
    async with scene.stage.reading() as session:
        found = [c for c in await queries.current(session) if c.plan.every in RESTED and c.checklist.active != active]
    for one in found:
        if one.plan.event != "case.submitted":  # a correction has its own review
            url = f"{scene.root}/checklists/templates/{one.checklist.id}/switch"
            await browser.post(url, {"active": "yes" if active else "no"})


async def read_procedures(scene: Scene, tenant: Tenant) -> None:
    """Everybody reads what concerns their role and confirms it."""
    async with scene.stage.reading() as session:
        library = [(v.procedure_id, set(v.readers)) for v in await procedure_queries.in_force(session)]
    for colleague in tenant.staff:
        browser = await scene.browser_of(colleague.name)
        for procedure_id, readers in library:
            if colleague.role in readers:
                await browser.post(f"{scene.root}/checklists/procedures/{procedure_id}/read")


async def close_month(scene: Scene) -> None:
    """The month before this one, step by step, with evidence, signed off by the reviewer."""
    client, data = await scene.client(), scene.client_data
    async with scene.stage.reading() as session:
        found = await queries.by_key(session, WORKED[client.taxpayer_kind])
    if found is None:
        raise NotThere("the firm has no checklist for the month's end")
    day = scene.at.astimezone(CHINA).date()
    month = month_before(day)
    bookkeeper, reviewer = await scene.browser_of(data.bookkeeper), await scene.browser_of(data.reviewer)
    form = {"checklist_id": str(found.checklist.id), "client": str(client.id), "period": month}
    run = await bookkeeper.post(f"{scene.root}/checklists/start", form)
    async with scene.stage.reading() as session:
        made = next(r for r in await queries.open_of_client(session, client.id) if r.period == month)
        steps = (await queries.steps(session, [made.id]))[made.id]
    for step in steps:
        await bookkeeper.post(f"{run}/tick", *_evidence(scene, step))
    await bookkeeper.post(f"{run}/finish")
    await reviewer.post(f"{run}/sign_off")


def _evidence(scene: Scene, step: ChecklistStep) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """What the step asks for."""
    form = {"step": str(step.position), "outcome": "done", "note": SAID if step.evidence in ("note", "none") else ""}
    if step.evidence == "number":
        form["number"] = "0.00"
    if step.evidence == "link":
        form["link"] = f"{scene.root}/findings"
    day = scene.at.astimezone(CHINA).date()
    return form, (("files", paper("核对资料.png", scene.client_data.name, day)),) if step.evidence == "file" else ()
