"""Deeds of scorecards: a quarter judged, one figure disputed and answered, one bonus proposed, approved, accepted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from sqlalchemy import select

from saas.demo.browser import Browser
from saas.demo.scene import NotThere, Scene
from saas.demo.tenant import Tenant
from saas.insights.dashboards.periods import period_of
from saas.insights.scorecards.card_models import Scorecard, ScoreDispute, ScoreLine
from saas.insights.scorecards.reckoning import last_complete
from saas.kernel.clock import CHINA
from saas.kernel.identifiers import uuid7
from saas.kernel.tenancy import of_this_firm

DISPUTED = "sla_hit"
WHY = "有一件是等客户补发票时到期的，不应算逾期，请核对明细。"
ANSWER = "已逐件核对明细：等待客户的时间按规则顺延，统计无误，维持原数。"
BONUS = "本季度带教新人，客户交接清单一次通过监交，三方签字无遗漏。"
AMOUNT = "500"
HERE = -55  # working days before the last: everybody had joined by then

Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant) -> Iterator[tuple[str, str, Deed]]:
    """(when, name, deed), in working days before the last; the window of five working days is over by the end."""
    for on, key, do in (
        ("-9 10:40", "cards", cards),
        ("-8 16:35", "dispute", dispute),
        ("-7 09:50", "answer", answer),
        ("-7 14:20", "agree", agree),
        ("-5 11:10", "bonus", bonus),
        ("-4 10:05", "approve", approve),
        ("-4 17:15", "accept", accept),
    ):
        yield on, key, partial(do, tenant=tenant)


async def _by(scene: Scene, tenant: Tenant, role: str, place: int = 0) -> tuple[Browser, str]:
    """The browser of the colleague, and the id of the membership."""
    name = [colleague.name for colleague in tenant.staff if colleague.role == role][place]
    return await scene.browser_of(name), str((await scene.member(name)).id)


async def cards(scene: Scene, tenant: Tenant) -> None:
    """The quarter that ended last; the month, where the firm was founded after that quarter."""
    manager, _me = await _by(scene, tenant, "manager")
    today = scene.at.astimezone(CHINA).date()
    quarter = period_of(last_complete("quarter", today), today)
    known = quarter is not None and quarter.until >= scene.stage.days.day(HERE)
    key = last_complete("quarter" if known else "month", today)
    await manager.post(f"{scene.root}/insights/scorecards", {"period": key})


async def _card(scene: Scene, member_id: str) -> str:
    async with scene.stage.reading() as session:
        query = select(Scorecard.id).where(of_this_firm(Scorecard), Scorecard.member_id == member_id)
        found = await session.scalar(query)
    if found is None:
        raise NotThere("nobody was judged")
    return str(found)


async def dispute(scene: Scene, tenant: Tenant) -> None:
    keeper, me = await _by(scene, tenant, "bookkeeper")
    card = await _card(scene, me)
    async with scene.stage.reading() as session:
        query = select(ScoreLine.id).where(
            of_this_firm(ScoreLine), ScoreLine.card_id == card, ScoreLine.measure == DISPUTED
        )
        line = (await session.scalars(query)).one()
    await keeper.post(f"{scene.root}/insights/scorecards/{card}/dispute", {"line": str(line), "reason": WHY})
    scene.known["card"] = card


async def answer(scene: Scene, tenant: Tenant) -> None:
    manager, _me = await _by(scene, tenant, "manager")
    card = scene.known["card"]
    async with scene.stage.reading() as session:
        query = select(ScoreDispute.id).where(of_this_firm(ScoreDispute), ScoreDispute.card_id == card)
        raised = (await session.scalars(query)).one()
    form = {"dispute": str(raised), "answer": ANSWER}
    await manager.post(f"{scene.root}/insights/scorecards/{card}/answer", form)


async def agree(scene: Scene, tenant: Tenant) -> None:
    """The other bookkeeper has nothing to say against it: that card is closed at once."""
    keeper, me = await _by(scene, tenant, "bookkeeper", -1)
    await keeper.post(f"{scene.root}/insights/scorecards/{await _card(scene, me)}/agree")


async def bonus(scene: Scene, tenant: Tenant) -> None:
    """The reviewer proposes by hand; the manager approves the next day."""
    reviewer, _me = await _by(scene, tenant, "reviewer")
    _keeper, whom = await _by(scene, tenant, "bookkeeper", -1)
    key = str(uuid7())
    month = f"{scene.at.astimezone(CHINA):%Y-%m}"
    form = {"key": key, "kind": "bonus", "member": whom, "month": month, "amount": AMOUNT, "reason": BONUS}
    await reviewer.post(f"{scene.root}/insights/pay/new", form)
    scene.known["entry"] = key


async def approve(scene: Scene, tenant: Tenant) -> None:
    manager, _me = await _by(scene, tenant, "manager")
    await manager.post(f"{scene.root}/insights/pay/{scene.known['entry']}/approve")


async def accept(scene: Scene, tenant: Tenant) -> None:
    keeper, _me = await _by(scene, tenant, "bookkeeper", -1)
    await keeper.post(f"{scene.root}/insights/pay/{scene.known['entry']}/accept")
