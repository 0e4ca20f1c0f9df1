"""Deeds of surveys: the manager telephones after a low answer, and the client hears what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from sqlalchemy import ColumnElement, select

from saas.demo.browser import Browser
from saas.demo.scene import Scene
from saas.demo.tenant import Tenant
from saas.kernel.identifiers import uuid7
from saas.kernel.tenancy import of_this_firm
from saas.surveys.inbox_models import FollowUp

REPLY = {"channel": "phone", "reply": "已致电戴文修先生致歉：今后记账日期先与客户商定，再写入通知函。"}
SAID = "通知函里的记账日期应当先和我们商量。"
DID = "即日起，每封账目调整通知发出前，经办会计先电话与客户商定记账日期，并记入案件。"
Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant) -> Iterator[tuple[str, str, Deed]]:
    """(when, name, deed), in working days before the last: the low answer of story 05 came on the day before."""
    for on, key, do in (("-36 10:20", "replied", replied), ("-34 16:10", "noted", noted)):
        yield on, key, partial(do, tenant=tenant)


async def replied(scene: Scene, tenant: Tenant) -> None:
    """Each open follow-up; nothing where no client of these was dissatisfied."""
    manager = await _manager(scene, tenant)
    for survey_id in await _surveys(scene, FollowUp.replied_at.is_(None)):
        await manager.post(f"{scene.root}/surveys/{survey_id}/reply", REPLY)


async def noted(scene: Scene, tenant: Tenant) -> None:
    """Those who said so are told what was changed."""
    surveys = await _surveys(scene, FollowUp.replied_at.is_not(None))
    if surveys:
        form = {"key": str(uuid7()), "said": SAID, "did": DID, "survey": surveys}
        await (await _manager(scene, tenant)).post(f"{scene.root}/surveys/notes", form)


async def _manager(scene: Scene, tenant: Tenant) -> Browser:
    return await scene.browser_of(next(colleague.name for colleague in tenant.staff if colleague.role == "manager"))


async def _surveys(scene: Scene, condition: ColumnElement[bool]) -> list[str]:
    async with scene.stage.reading() as session:
        query = select(FollowUp.survey_id).where(of_this_firm(FollowUp), condition)
        return [str(survey_id) for survey_id in (await session.scalars(query)).all()]
