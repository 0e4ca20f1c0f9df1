"""Deeds of surveys: whoever looks after a low answer telephones, and the client hears what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from sqlalchemy import select

from saas.demo.scene import Scene
from saas.demo.tenant import Tenant
from saas.identity.models import Membership
from saas.kernel.identifiers import uuid7
from saas.kernel.tenancy import of_this_firm
from saas.surveys.inbox_models import FollowUp

REPLY = {"channel": "phone", "reply": "已致电戴文修先生致歉：今后记账日期先与客户商定，再写入通知函。"}
SAID = "通知函里的记账日期应当先和我们商量。"
DID = "即日起，每封账目调整通知发出前，经办会计先电话与客户商定记账日期，并记入案件。"
Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant) -> Iterator[tuple[str, str, Deed]]:
    """(when, name, deed), in working days before the last: the low answer of story 05 came on the day before."""
    yield "-36 10:20", "replied", replied
    yield "-34 16:10", "noted", partial(noted, tenant=tenant)


async def replied(scene: Scene) -> None:
    """Each open follow-up, by its owner; nothing where no client of these was dissatisfied."""
    async with scene.stage.reading() as session:
        query = select(FollowUp.survey_id, Membership.name).join(
            Membership, (Membership.id == FollowUp.owner_id) & of_this_firm(Membership)
        )
        found = (await session.execute(query.where(of_this_firm(FollowUp), FollowUp.replied_at.is_(None)))).all()
    for survey_id, owner in found:
        await (await scene.browser_of(owner)).post(f"{scene.root}/surveys/{survey_id}/reply", REPLY)


async def noted(scene: Scene, tenant: Tenant) -> None:
    """The manager tells those who said so what was changed."""
    async with scene.stage.reading() as session:
        answered = (of_this_firm(FollowUp), FollowUp.replied_at.is_not(None))
        surveys = [str(one) for one in (await session.scalars(select(FollowUp.survey_id).where(*answered))).all()]
    if not surveys:
        return
    manager = next(colleague.name for colleague in tenant.staff if colleague.role == "manager")
    form = {"key": str(uuid7()), "said": SAID, "did": DID, "survey": surveys}
    await (await scene.browser_of(manager)).post(f"{scene.root}/surveys/notes", form)
