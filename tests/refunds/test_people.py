"""Refunds follow people and companies: a colleague takes over, somebody leaves, two clients become one."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from saas.clients.models import Client, Contract
from saas.kernel import clock
from saas.kernel.errors import Forbidden
from saas.kernel.module import Event
from saas.kernel.perform import tell
from saas.refunds import reactions
from saas.refunds.forms import Take
from saas.tasks.models import Task
from tests.cases import story
from tests.cast import member_id
from tests.refunds.conftest import RefundIn
from tests.refunds.house import House, make_client


async def errands_of(house: House, refund_id: UUID) -> list[Task]:
    async with house.cast.transaction() as session:
        query = select(Task).where(Task.subject_id == refund_id, Task.workflow == "", Task.done_at.is_(None))
        return list((await session.scalars(query)).all())


async def test_a_colleague_takes_over_with_the_errands_and_is_told(house: House, refund_in: RefundIn) -> None:
    refund = await refund_in("submitted")
    taken = await house.act(refund, "take", house.cast.mara, Take(member_id(house.cast.lin)))
    assert (taken.preparer_id, taken.past_preparers) == (house.cast.lin.id, [str(house.cast.ben.id)])
    assert [errand.assignee_id for errand in await errands_of(house, refund.id)] == [house.cast.lin.id]
    assert [n.kind for n in await story.notifications(house.cast, house.cast.lin)] == ["assigned"]


async def test_whoever_leaves_hands_open_refunds_on(house: House, refund_in: RefundIn) -> None:
    refund = await refund_in("complete")
    detail = {"member_id": str(house.cast.ben.id), "to_id": str(house.cast.lin.id)}
    async with house.cast.transaction() as session:
        [held] = await reactions.holdings(session, member_id(house.cast.ben))
        assert held.count == 1
        await tell(session, Event("member.leaving", house.cast.persons["ben"], house.cast.paula, clock.now(), detail))
    assert (await house.fresh(refund)).preparer_id == house.cast.lin.id


async def test_a_reviewer_does_not_inherit_what_they_reviewed(house: House, refund_in: RefundIn) -> None:
    refund = await refund_in("countersigned")
    with pytest.raises(Forbidden, match="cannot prepare it too"):
        await house.act(refund, "take", house.cast.mara, Take(member_id(house.cast.quinn)))


async def test_refunds_follow_a_merged_client(house: House, refund_in: RefundIn) -> None:
    refund = await refund_in("submitted")
    into, _contact = await make_client(house.cast, name="杭州澄屿茶业集团有限公司")
    async with house.cast.transaction() as session:
        moved = await session.get(Contract, (refund.firm_id, refund.contract_id))
        kept = await session.get(Client, (refund.firm_id, into.id))
        assert moved is not None
        assert kept is not None
        moved.client_id = into.id
        detail = {"merged_id": refund.client_id}
        await tell(session, Event("client.merged", kept, house.cast.mara, clock.now(), detail))
    assert (await house.fresh(refund)).client_id == into.id
    assert {errand.client_id for errand in await errands_of(house, refund.id)} == {into.id}
