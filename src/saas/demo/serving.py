"""Deeds of services: a partner, leads lost, consents, a review, a support policy applied for, a plan, a gift."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from saas.clients import queries as clients
from saas.clients.models import Client, Contact
from saas.demo.browser import Browser
from saas.demo.scene import NotThere, Scene
from saas.demo.tenant import Tenant
from saas.kernel.clock import CHINA
from saas.kernel.identifiers import uuid7
from saas.kernel.tenancy import of_this_firm
from saas.services.offering import proposing
from saas.services.offering.offering_models import Service
from saas.services.sources.source_models import Partner, Review
from saas.services.starter import begin
from saas.services.support.support_models import SupportPolicy

PLANNED = ("柏舟文化", "南浔丝绸")  # clients that took a plan: without a story of their own
SHARED = ("股权激励协议需要律师看一遍", "想做一次劳动合同合规检查")
PARTNER = "杭州明理律师事务所"
FACTS = {
    "headcount": "14",
    "assets": "260",
    "taxable_income": "48",
    "entity": "company",
    "rd_spending": "yes",
    "rd_excluded": "no",
}
SAID = "有一笔他们自己先发现、先告诉我，改得清清楚楚。"
LOST = (
    ("禾木空间设计工作室", "小规模代账和工资", "platform", {"why": "price", "words": "觉得比平台价贵一百元"}),
    ("南星跨境电商", "跨境电商出口退税申报", "walk_in", {"why": "not_offered", "words": "需要出口退税，我们目前不做"}),
)
Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant) -> Iterator[tuple[str, str, Deed]]:
    """(when, name, deed), in working days before the last."""
    for on, key, do in (
        ("-40 10:20", "partners", partners),
        ("-7 10:25", "plan_written", plan_written),
        ("-6 16:20", "plan_given", plan_given),
        ("-32 10:30", "handed_on", handed_on),
        ("-33 11:10", "leads", leads),
        ("-21 15:10", "review", review),
        ("-8 10:40", "support", support),
        ("-2 16:20", "offer", offer),
        ("-3 17:10", "gift", gift),
    ):
        yield on, key, partial(do, tenant=tenant)


async def _first(scene: Scene) -> tuple[Client, Contact]:
    """The first client that has somebody to talk to."""
    async with scene.stage.reading() as session:
        for client in await clients.clients(session, limit=50):
            people = await clients.approvers(session, client.id)
            if people:
                return client, people[0]
    raise NotThere("no client has a contact")


async def _by(scene: Scene, tenant: Tenant, role: str) -> Browser:
    return await scene.browser_of(next(colleague.name for colleague in tenant.staff if colleague.role == role))


async def partners(scene: Scene, tenant: Tenant) -> None:
    """A law firm recommends us; how the first client came is written down."""
    manager, (client, _contact) = await _by(scene, tenant, "manager"), await _first(scene)
    form = {"name": PARTNER, "kind": "law", "contact": "王律师", "commission": "share", "commission_permille": "50",
            "contract_number": "HZ-2026-03"}  # fmt: skip
    await manager.post(f"{scene.root}/services/partners/new", form)
    async with scene.stage.reading() as session:
        partner = await session.scalar(select(Partner.id).where(of_this_firm(Partner)))
    form = {"source": "partner", "partner_id": str(partner), "words": "股权咨询时介绍"}
    await manager.post(f"{scene.root}/services/clients/{client.id}/origin", form)


async def leads(scene: Scene, tenant: Tenant) -> None:
    """Two that did not become clients: one found it dear, one wanted what we do not offer."""
    colleague = next(one.name for one in tenant.staff if one.role == "bookkeeper")
    member, browser = await scene.member(colleague), await scene.browser_of(colleague)
    for company, wants, source, why in LOST:
        key = str(uuid7())
        form = {"key": key, "company": company, "contact": "负责人", "wants": wants, "source": source,
                "owner_id": str(member.id), "month": "300"}  # fmt: skip
        await browser.post(f"{scene.root}/services/leads/new", form)
        await browser.post(f"{scene.root}/services/leads/{key}/lose", why)


async def review(scene: Scene, tenant: Tenant) -> None:
    """What a client said, public with their consent; reminders with another."""
    manager, (client, contact) = await _by(scene, tenant, "manager"), await _first(scene)
    here = f"{scene.root}/services/clients/{client.id}"
    for purpose, what in (("review", "可以公开，不写公司名"), ("care", "每月申报期提醒，随时可退订")):
        form = {"contact_id": str(contact.id), "purpose": purpose, "way": "wechat", "what": what}
        await manager.post(f"{here}/consents", form)
    day = str(scene.at.astimezone(CHINA).date())
    form = {"contact_id": str(contact.id), "text": SAID, "shown_as": "一位制造业客户", "said_on": day}
    await manager.post(f"{here}/reviews", form)
    async with scene.stage.reading() as session:
        said = await session.scalar(select(Review.id).where(of_this_firm(Review)))
    await manager.post(f"{here}/reviews/{said}/publish")


async def support(scene: Scene, tenant: Tenant) -> None:
    """What is known of the first client, and an application for the policy it fits."""
    browser, (client, _contact) = await _by(scene, tenant, "bookkeeper"), await _first(scene)
    day = str(scene.at.astimezone(CHINA).date())
    for name, value in FACTS.items():
        form = {"name": name, "value": value, "as_of": day}
        await browser.post(f"{scene.root}/services/clients/{client.id}/facts", form)
    async with scene.stage.reading() as session:
        await begin(session)  # the register comes by a job, which the replay may still owe
        query = select(SupportPolicy.id).where(of_this_firm(SupportPolicy), SupportPolicy.key == "rd_super")
        policy = await session.scalar(query)
    await browser.post(f"{scene.root}/services/support/{policy}/apply", {"clients": str(client.id)})


async def offer(scene: Scene, tenant: Tenant) -> None:
    """A plan with payroll, waiting for the manager."""
    browser, (client, _contact) = await _by(scene, tenant, "bookkeeper"), await _first(scene)
    async with scene.stage.reading() as session:
        found = {one.key: one.id for one in (await session.scalars(select(Service).where(of_this_firm(Service)))).all()}
    today = scene.at.astimezone(CHINA).date()
    name = "plan_general" if client.taxpayer_kind == "general" else "plan_small"
    form = {"key": str(uuid7()), "client_id": str(client.id), "plan_id": str(found[name]),
            "extras": str(found["payroll"]), "months": "12", "effective_on": str(today + timedelta(30)),
            "answer_by": str(today + timedelta(14)), "discount": "20",
            "discount_reason": "新增工资核算，首年优惠"}  # fmt: skip
    await browser.post(f"{scene.root}/services/proposals/new", form)


async def gift(scene: Scene, tenant: Tenant) -> None:
    """Two hours for founders, without an invoice."""
    colleague = next(one.name for one in tenant.staff if one.role == "bookkeeper")
    member, browser = await scene.member(colleague), await scene.browser_of(colleague)
    form = {"key": str(uuid7()), "on_day": str(scene.at.astimezone(CHINA).date()), "to_whom": "大学生创业园",
            "what": "小微企业税收优惠讲座", "why": "public", "hours": "2", "value": "800",
            "done_by": str(member.id)}  # fmt: skip
    await browser.post(f"{scene.root}/services/given", form)


async def plan_written(scene: Scene, tenant: Tenant) -> None:
    """For two clients, of what they need and at the prices of the catalogue; the manager approves them later."""
    browser = await _by(scene, tenant, "bookkeeper")
    async with scene.stage.reading() as session:
        found = {one.key: one.id for one in (await session.scalars(select(Service).where(of_this_firm(Service)))).all()}
        chosen = [one for one in await clients.clients(session, limit=100) if one.name in _planned(tenant)]
    today = scene.at.astimezone(CHINA).date()
    for client in chosen:
        name = "plan_general" if client.taxpayer_kind == "general" else "plan_small"
        form = {"key": str(uuid7()), "client_id": str(client.id), "plan_id": str(found[name]),
                "extras": str(found["payroll"]), "months": "12", "effective_on": str(today + timedelta(30)),
                "answer_by": str(today + timedelta(14))}  # fmt: skip
        await browser.post(f"{scene.root}/services/proposals/new", form)


async def plan_given(scene: Scene, tenant: Tenant) -> None:
    """The manager approves the plans, their letters go out; one client says yes on the telephone."""
    manager, bookkeeper = await _by(scene, tenant, "manager"), await _by(scene, tenant, "bookkeeper")
    async with scene.stage.reading() as session:
        waiting = [one.id for one in await proposing.proposals(session, state="draft")]
    for proposal_id in waiting:
        await manager.post(f"{scene.root}/services/proposals/{proposal_id}/approve")
    for proposal_id in waiting[:1]:
        yes = {"name": "客户负责人", "way": "phone"}
        await bookkeeper.post(f"{scene.root}/services/proposals/{proposal_id}/accept", yes)


def _planned(tenant: Tenant) -> set[str]:
    return {one.name for one in tenant.clients if one.short in PLANNED}


async def handed_on(scene: Scene, tenant: Tenant) -> None:
    """Two contacts agreed that their name goes to the law firm."""
    manager = await _by(scene, tenant, "manager")
    async with scene.stage.reading() as session:
        partner = await session.scalar(select(Partner.id).where(of_this_firm(Partner)))
        found = []
        for client in await clients.clients(session, limit=6):
            found += [(client, one) for one in (await clients.approvers(session, client.id))[:1]]
    for (client, contact), what in zip(found[-2:], SHARED, strict=False):
        here = f"{scene.root}/services/clients/{client.id}"
        named = {"contact_id": str(contact.id), "partner_id": str(partner), "what": what}
        await manager.post(f"{here}/consents", {**named, "purpose": "share", "way": "phone"})
        await manager.post(f"{here}/hand-on", named)
