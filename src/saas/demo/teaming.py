"""Deeds of the team: an absence with a deputy, a question answered, thanks, a goal, a hand-over list, skills seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from saas.cases.models import Case
from saas.clients.models import Client
from saas.demo.browser import Browser
from saas.demo.scene import NotThere, Scene
from saas.demo.tenant import Tenant
from saas.kernel.clock import CHINA
from saas.kernel.identifiers import uuid7
from saas.kernel.tenancy import of_this_firm
from saas.teams.skills.skill_models import Skill
from saas.teams.spirit.spirit_models import Goal
from saas.teams.starter import begin

QUESTION = "这张凭证跨了年度，用红字冲销还是走以前年度损益调整？金额不大，怕改错了影响汇算清缴。"
ANSWER = "金额没有超过重要性标准，小企业会计准则下用未来适用法，直接在当期更正；摘要写明原凭证日期和号数。"
THANKS = "客户等着要的更正函，当天就复核完了，还把依据写得清清楚楚，帮了大忙。"
GOAL = ("每月 8 个工作日内结完上月的账", "42 家客户全部按期结账")
KEYS = (("keys", "客户税务 UKey", "2 把"), ("papers", "上年度纸质凭证（已装订）", "6 册"))
SEEN = {  # by role: skill and level that the manager saw at work
    "reviewer": (("find-errors", 4), ("correct-vouchers", 4), ("tax-updates", 3)),
    "bookkeeper": (("correct-vouchers", 3), ("month-end", 3), ("filing", 3)),
}

Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant) -> Iterator[tuple[str, str, Deed]]:
    """(when, name, deed), in working days before the last."""
    for on, key, do in (
        ("-44 16:50", "goal", goal),
        ("-24 17:20", "skills", skills),
        ("-22 09:25", "list", hand_over),
        ("-14 11:20", "ask", ask),
        ("-14 15:45", "answer", answer),
        ("-13 09:10", "thank", thank),
        ("-3 17:25", "moved_on", moved_on),
        ("-2 17:40", "away", away),
    ):
        yield on, key, partial(do, tenant=tenant)


def _named(tenant: Tenant, role: str, place: int = 0) -> str:
    return [colleague.name for colleague in tenant.staff if colleague.role == role][place]


async def _by(scene: Scene, tenant: Tenant, role: str, place: int = 0) -> tuple[Browser, str]:
    """The browser of the colleague, and the id of the membership."""
    name = _named(tenant, role, place)
    return await scene.browser_of(name), str((await scene.member(name)).id)


def _day(scene: Scene) -> date:
    return scene.at.astimezone(CHINA).date()


async def goal(scene: Scene, tenant: Tenant) -> None:
    manager, _me = await _by(scene, tenant, "manager")
    sentence, target = GOAL
    form = {"key": str(uuid7()), "sentence": sentence, "target": target, "until_on": str(_day(scene) + timedelta(120))}
    await manager.post(f"{scene.root}/teams/goals", form)


async def moved_on(scene: Scene, tenant: Tenant) -> None:
    manager, _me = await _by(scene, tenant, "manager")
    async with scene.stage.reading() as session:
        row = await session.scalar(select(Goal.id).where(of_this_firm(Goal)))
    form = {"percent": "70", "progress": "上月按期 39 家；其余等客户补单据。"}
    await manager.post(f"{scene.root}/teams/goals/{row}/progress", form)


async def skills(scene: Scene, tenant: Tenant) -> None:
    """What the manager saw at work, beyond what certificates show."""
    manager, _me = await _by(scene, tenant, "manager")
    async with scene.stage.reading() as session:
        await begin(session)  # the skills come by a job, which the replay may still owe
        known = {one.key: one.id for one in (await session.scalars(select(Skill).where(of_this_firm(Skill)))).all()}
    for colleague in tenant.staff:
        member = await scene.member(colleague.name)
        for key, level in SEEN.get(colleague.role, ()):
            form = {"skill_id": str(known[key]), "level": str(level), "seen_on": str(_day(scene)),
                    "note": "看过本月结账和更正的底稿"}  # fmt: skip
            await manager.post(f"{scene.root}/teams/skills/people/{member.id}/marks", form)


async def hand_over(scene: Scene, tenant: Tenant) -> None:
    """One client's books go over to be learned by the other bookkeeper; all three sign."""
    giver, giver_id = await _by(scene, tenant, "bookkeeper", -1)
    taker, taker_id = await _by(scene, tenant, "bookkeeper", 0)
    watcher, watcher_id = await _by(scene, tenant, "reviewer")
    async with scene.stage.reading() as session:
        client = await session.scalar(
            select(Client.id).where(of_this_firm(Client)).order_by(Client.number.desc()).limit(1)
        )
    key = str(uuid7())
    form = {"key": key, "occasion": "absence", "from_id": giver_id, "to_id": taker_id, "supervisor_id": watcher_id,
            "effective_on": str(_day(scene)), "clients": str(client),
            "remark": "休假期间由对方结账和申报，回来后交回。"}  # fmt: skip
    await giver.post(f"{scene.root}/teams/handovers/new", form)
    one = f"{scene.root}/teams/handovers/{key}"
    for section, what, count in KEYS:
        await giver.post(f"{one}/lines", {"section": section, "what": what, "count": count, "note": "已当面点清"})
    for browser, deed in ((giver, "hand_over"), (taker, "receive"), (watcher, "supervise")):
        await browser.post(f"{one}/{deed}")


async def ask(scene: Scene, tenant: Tenant) -> None:
    browser, _me = await _by(scene, tenant, "bookkeeper", -1)
    _helper, helper_id = await _by(scene, tenant, "reviewer")
    async with scene.stage.reading() as session:
        case = await session.scalar(select(Case.id).where(of_this_firm(Case)).order_by(Case.id.desc()).limit(1))
    if case is None:
        return  # nothing to ask about yet
    key = str(uuid7())
    form = {"key": key, "kind": "case", "subject_id": str(case), "whom": helper_id, "question": QUESTION, "days": "1"}
    await browser.post(f"{scene.root}/teams/help/new", form)
    scene.known["help"] = key


async def answer(scene: Scene, tenant: Tenant) -> None:
    if "help" in scene.known:
        browser, _me = await _by(scene, tenant, "reviewer")
        await browser.post(f"{scene.root}/teams/help/{scene.known['help']}/answer", {"answer": ANSWER})


async def thank(scene: Scene, tenant: Tenant) -> None:
    browser, _me = await _by(scene, tenant, "bookkeeper", -1)
    _other, whom = await _by(scene, tenant, "reviewer")
    await browser.post(f"{scene.root}/teams/thanks", {"key": str(uuid7()), "to_id": whom, "text": THANKS})


async def away(scene: Scene, tenant: Tenant) -> None:
    """The younger bookkeeper's leave in two weeks; the other one stands in."""
    browser, me = await _by(scene, tenant, "bookkeeper", -1)
    _other, deputy = await _by(scene, tenant, "bookkeeper", 0)
    if me == deputy:
        raise NotThere("nobody can stand in")
    calendar = scene.stage.days.calendar
    first = calendar.add_working_days(scene.stage.days.last, 10)
    form = {"member_id": me, "kind": "leave", "from_on": str(first),
            "until_on": str(calendar.add_working_days(first, 4)), "deputy_id": deputy, "note": "年休假"}  # fmt: skip
    await browser.post(f"{scene.root}/teams/absences", form)
