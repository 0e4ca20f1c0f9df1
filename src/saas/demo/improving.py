"""Deeds of improvement: a rule rolled out and read, a change, competitors read, an idea, a lesson shared."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select

from saas.demo.scene import NotThere, Scene
from saas.demo.tenant import Tenant
from saas.identity.models import Membership
from saas.improvement.changes import queries as changes
from saas.improvement.jobs import begin
from saas.improvement.lessons import queries as lessons
from saas.improvement.lessons.lesson_models import Improvement
from saas.improvement.regulations import queries as regulations
from saas.improvement.regulations.kinds import Filter
from saas.improvement.regulations.regulation_models import Regulation
from saas.kernel.clock import CHINA
from saas.kernel.identifiers import uuid7
from saas.kernel.tenancy import of_this_firm

RULE, QUIZ = "platform-reporting", "vat-small-scale-2026"  # keys of the register
IDEA = "大额费用入账时弹出“是否跨期或应资本化”的提示，录入时就能拦住，不用等检查。"
LEARNED = "先看合同期限和金额，再决定费用还是资产；拿不准的当天问复核，不要等到月末。"
DONE = ("已下载三季度平台流水，与账面收入一致，差额为平台扣费。", "平台流水缺 8 月，已请客户补发。")
NOTHING = "客户没有平台收入，不涉及；已在客户档案中注明。"
ACTED = "已经照办，并写进了本客户的操作要点。"
RIVALS = (
    ("同城甲所", "官网价目页", {"unused": "按剩余月份退 80%", "deduction": "扣 20% 手续费"}),
    ("线上乙平台", "服务协议第 7 条", {"unused": "不退", "cooling_off": "7 天", "hand_over": "结清费用后移交"}),
)
Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant) -> Iterator[tuple[str, str, Deed]]:
    """(when, name, deed), in working days before the last."""
    for on, key, do in (
        ("-50 09:20", "roll_out", roll_out),
        ("-49 15:20", "read", read),
        ("-48 16:30", "change", change),
        ("-47 09:10", "approve", approve),
        ("-30 15:40", "market", market),
        ("-6 16:40", "idea", idea),
        ("-2 15:30", "share", share),
    ):
        yield on, key, partial(do, tenant=tenant)
    for days in range(45, 0, -4):
        yield f"-{days} 17:30", f"acted/{days}", partial(act, tenant=tenant)


async def _entry(scene: Scene, key: str) -> UUID:
    async with scene.stage.reading() as session:
        await begin(session)  # the register comes by a job, which the replay may still owe
        found = await session.scalar(select(Regulation.id).where(of_this_firm(Regulation), Regulation.key == key))
    if found is None:
        raise NotThere(f"the register has no {key}")
    return found


def _who(tenant: Tenant, role: str) -> str:
    return next(colleague.name for colleague in tenant.staff if colleague.role == role)


async def roll_out(scene: Scene, tenant: Tenant) -> None:
    """A task for each client with sales on platforms; what was found is written down for each."""
    entry, manager = await _entry(scene, RULE), await scene.browser_of(_who(tenant, "manager"))
    at = f"{scene.root}/improvement/regulations/{entry}"
    due = scene.at.astimezone(CHINA).date() + timedelta(days=14)
    async with scene.stage.reading() as session:
        rule = await regulations.regulation(session, entry)
        if not await regulations.matching(session, Filter.of(rule.clients)):
            return  # a firm with few clients: the rule touches nobody
    await manager.post(f"{at}/tasks", {"due_on": str(due)})
    async with scene.stage.reading() as session:
        clients = [one.client.id for one in await regulations.touched(session, entry)]
    results = (*DONE, *(NOTHING for _client in clients[len(DONE) :]))
    for client_id, result in zip(clients, results, strict=False):
        await manager.post(f"{at}/clients/{client_id}/done", {"result": result})


async def read(scene: Scene, tenant: Tenant) -> None:
    """Bookkeepers and reviewers are asked; all answer the quiz, one of them not quite right."""
    entry, manager = await _entry(scene, QUIZ), await scene.browser_of(_who(tenant, "manager"))
    at = f"{scene.root}/improvement/regulations/{entry}"
    await manager.post(f"{at}/ask", {"roles": ["bookkeeper", "reviewer"], "days": "5"})
    readers = [colleague.name for colleague in tenant.staff if colleague.role in ("bookkeeper", "reviewer")]
    for place, name in enumerate(readers):
        answers = ("1", "0") if place == 1 else ("1", "1")
        reader = await scene.browser_of(name)
        await reader.post(f"{at}/read", {f"answer_{place}": value for place, value in enumerate(answers)})


async def change(scene: Scene, tenant: Tenant) -> None:
    """The reviewer drafts what is done differently and proposes it."""
    browser = await scene.browser_of(_who(tenant, "reviewer"))
    day = scene.at.astimezone(CHINA).date() + timedelta(days=4)
    form = {
        "key": str(uuid7()), "kind": "process", "title": "一次性大额费用入账前先看合同期限",
        "problem": "跨期租金、服务费和设备款一次性计入费用，月末检查才发现。",
        "proposal": "单笔 5,000 元以上的费用，录入人填写受益期间；超过一个月的由复核当日确认。",
        "target": "rule:N41", "effective_on": str(day), "measure_days": "30",
    }  # fmt: skip
    await browser.post(f"{scene.root}/improvement/changes/new", form)
    await browser.post(f"{scene.root}/improvement/changes/{form['key']}/propose")


async def approve(scene: Scene, tenant: Tenant) -> None:
    """The manager approves what waits; the day's job does the rest."""
    browser = await scene.browser_of(_who(tenant, "manager"))
    async with scene.stage.reading() as session:
        waiting = [one.id for one in await changes.in_state(session, "proposed")]
    for change_id in waiting:
        await browser.post(f"{scene.root}/improvement/changes/{change_id}/approve")


async def market(scene: Scene, tenant: Tenant) -> None:
    """Two competitors' terms, read in the open."""
    browser = await scene.browser_of(_who(tenant, "owner"))
    day = str(scene.at.astimezone(CHINA).date())
    for competitor, source, terms in RIVALS:
        known = {"competitor": competitor, "seen_on": day, "source": source}
        await browser.post(f"{scene.root}/improvement/market", {**known, **terms})


async def idea(scene: Scene, tenant: Tenant) -> None:
    browser = await scene.browser_of(_who(tenant, "bookkeeper"))
    await browser.post(f"{scene.root}/improvement/inbox", {"key": str(uuid7()), "text": IDEA, "tags": "录入，提示"})


async def share(scene: Scene, tenant: Tenant) -> None:
    """The newest lesson of a closed case is put into words and shared."""
    browser = await scene.browser_of(_who(tenant, "manager"))
    async with scene.stage.reading() as session:
        found = await lessons.lessons(session, kind="case", limit=1)
    for lesson in found:
        at = f"{scene.root}/improvement/lessons/{lesson.id}"
        await browser.post(f"{at}/learned", {"learned": LEARNED})
        await browser.post(f"{at}/causes", {"text": "录入时没有受益期间这一栏", "kind": "system", "is_root": "yes"})
        await browser.post(f"{at}/share", {"roles": ["bookkeeper", "reviewer"], "days": "5"})


async def act(scene: Scene, tenant: Tenant) -> None:
    """What a lesson asked of somebody is done before its day."""
    until = scene.stage.days.calendar.close_of(
        scene.stage.days.calendar.add_working_days(scene.at.astimezone(CHINA).date(), 5)
    )
    async with scene.stage.reading() as session:
        query = select(Improvement.id, Membership.name).join(
            Membership, (Membership.firm_id == Improvement.firm_id) & (Membership.id == Improvement.owner_id)
        )
        due = query.where(of_this_firm(Improvement), Improvement.state == "open", Improvement.due_at <= until)
        waiting = [(row[0], row[1]) for row in (await session.execute(due)).all()]
    for action_id, name in waiting:
        browser = await scene.browser_of(name)
        await browser.post(f"{scene.root}/improvement/actions/{action_id}/finish", {"note": ACTED})
