"""Deeds of insights: manager and owner subscribe to figures, and a partner without an account gets a link to them.

The report of the last month is printed by the schedule as soon as the replay is over.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from saas.demo.browser import Browser
from saas.demo.scene import Scene
from saas.demo.tenant import Tenant
from saas.insights.digest.telling import of_week
from saas.kernel.identifiers import uuid7

PARTNER = "郑国栋（股东）"
WISHES = {"monthly": "yes", "weekly": "yes", "quiet_from": "20", "quiet_until": "8"}
Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant) -> Iterator[tuple[str, str, Deed]]:
    """(when, name, deed), in working days before the last."""
    for on, key, do in (
        ("-7 09:05", "subscribed", subscribed),
        ("-3 11:45", "linked", linked),
        ("0 11:50", "read", read),
    ):
        yield on, key, partial(do, tenant=tenant)


async def subscribed(scene: Scene, tenant: Tenant) -> None:
    """Owner and manager want the month's report and the week's digest."""
    for browser in await _readers(scene, tenant):
        await browser.post(f"{scene.root}/insights/reports/subscription", WISHES)


async def read(scene: Scene, tenant: Tenant) -> None:
    """Both have read the last digest."""
    async with scene.stage.reading() as session:
        digest = await of_week(session)
    if digest is None:
        return
    for browser in await _readers(scene, tenant):
        await browser.post(f"{scene.root}/insights/digest/{digest.week}/read")


async def _readers(scene: Scene, tenant: Tenant) -> list[Browser]:
    names = {colleague.role: colleague.name for colleague in reversed(tenant.staff)}
    return [await scene.browser_of(names[role]) for role in ("owner", "manager")]


async def linked(scene: Scene, tenant: Tenant) -> None:
    """A partner who does not work in the product looks at the figures for a year; the address is handed on."""
    owner = next(colleague.name for colleague in tenant.staff if colleague.role == "owner")
    form = {"key": str(uuid7()), "for_name": PARTNER, "days": "365", "locale": "zh"}
    await (await scene.browser_of(owner)).post(f"{scene.root}/insights/links", form)
