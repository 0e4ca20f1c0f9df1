"""Deeds of insights: manager and owner subscribe to figures, a figure beyond its limit is told and answered, and a
partner without an account gets a link.

The report of the last month is printed by the schedule as soon as the replay is over.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from sqlalchemy import select

from saas.demo.browser import Browser
from saas.demo.scene import Scene
from saas.demo.tenant import Tenant
from saas.insights.alerts.alert_models import KpiAlarm
from saas.insights.digest.telling import of_week
from saas.kernel.identifiers import uuid7
from saas.kernel.tenancy import of_this_firm

PARTNER = "郑国栋（股东）"
WISHES = {"monthly": "yes", "weekly": "yes", "quiet_from": "20", "quiet_until": "8"}
LIMIT = {"measure": "sla_hit", "kind": "limit", "side": "below", "bound": "95", "days": "90", "window": "week"}
TREND = {"measure": "rule_precision", "kind": "trend", "side": "below", "days": "30", "window": "month"}
ANSWER = "已逐件核对：逾期均因等待单据。自本周起，到期前两个工作日仍未结的案件由经理每日过一遍。"
Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant) -> Iterator[tuple[str, str, Deed]]:
    """(when, name, deed), in working days before the last."""
    for on, key, do in (
        ("-7 09:05", "subscribed", subscribed),
        ("-4 09:45", "limits", limits),
        ("-3 10:30", "answered", answered),
        ("-3 11:45", "linked", linked),
        ("0 11:50", "read", read),
    ):
        yield on, key, partial(do, tenant=tenant)


async def subscribed(scene: Scene, tenant: Tenant) -> None:
    """Owner and manager want the month's report and the week's digest."""
    for browser in await _readers(scene, tenant):
        await browser.post(f"{scene.root}/insights/reports/subscription", WISHES)


async def limits(scene: Scene, tenant: Tenant) -> None:
    """Two rules of the manager: one figure below its target, one that keeps getting worse."""
    owner = str((await scene.member(_name(tenant, "manager"))).id)
    manager = await scene.browser_of(_name(tenant, "manager"))
    for rule in (LIMIT, TREND):
        form = {**rule, "owner": owner, "quiet_from": "20", "quiet_until": "8"}
        await manager.post(f"{scene.root}/insights/alerts", form)


async def answered(scene: Scene, tenant: Tenant) -> None:
    """What is done about it, the next day; nothing where too little was closed to say."""
    async with scene.stage.reading() as session:
        alarms = (await session.scalars(select(KpiAlarm.id).where(of_this_firm(KpiAlarm)))).all()
    for alarm in alarms:
        manager = await scene.browser_of(_name(tenant, "manager"))
        await manager.post(f"{scene.root}/insights/alerts/alarms/{alarm}", {"answer": ANSWER})


async def read(scene: Scene, tenant: Tenant) -> None:
    """Both have read the last digest."""
    async with scene.stage.reading() as session:
        digest = await of_week(session)
    if digest is None:
        return
    for browser in await _readers(scene, tenant):
        await browser.post(f"{scene.root}/insights/digest/{digest.week}/read")


async def _readers(scene: Scene, tenant: Tenant) -> list[Browser]:
    return [await scene.browser_of(_name(tenant, role)) for role in ("owner", "manager")]


def _name(tenant: Tenant, role: str) -> str:
    return next(colleague.name for colleague in tenant.staff if colleague.role == role)


async def linked(scene: Scene, tenant: Tenant) -> None:
    """A partner who does not work in the product looks at the figures for a year; the address is handed on."""
    form = {"key": str(uuid7()), "for_name": PARTNER, "days": "365", "locale": "zh"}
    await (await scene.browser_of(_name(tenant, "owner"))).post(f"{scene.root}/insights/links", form)
