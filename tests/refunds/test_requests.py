"""A request is written down once, with the policy pinned that was promised."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from saas.kernel import clock
from saas.kernel.errors import Conflict, Forbidden, Invalid
from saas.kernel.money import Money
from saas.refunds.models import Refund
from tests.cast import member_id
from tests.refunds.house import TERMS, House, make_contract, make_policy


async def test_a_request_gets_its_number_its_policy_and_its_preparer(house: House) -> None:
    refund = await house.asked()
    year = clock.today().year
    assert refund.number == f"TF-{year}-0001"
    assert refund.state == "submitted"
    assert refund.policy_id == house.policy.id
    assert refund.preparer_id == member_id(house.cast.ben)
    assert refund.requested_by == member_id(house.cast.lin)
    assert refund.contact_id == house.contact.id
    assert refund.due_at is not None


async def test_the_same_key_opens_one_request(house: House) -> None:
    form = house.form()
    first = await house.asked(key=form.key)
    again = await house.asked(key=form.key)
    assert first.id == again.id == form.key


async def test_one_contract_has_one_open_request(house: House) -> None:
    first = await house.asked()
    with pytest.raises(Conflict, match="still open") as refused:
        await house.asked()
    assert first.number in str(refused.value.reason)


async def test_no_more_is_asked_than_was_received(house: House) -> None:
    with pytest.raises(Forbidden, match="more than the"):
        await house.asked(asked=Money(3600_01))
    with pytest.raises(Invalid, match="how much"):
        await house.asked(asked=Money(0))
    assert (await house.asked(asked=Money(3600_00))).state == "submitted"


async def test_days_outside_the_contract_and_unknown_reasons_are_refused(house: House) -> None:
    for day in (clock.today() + timedelta(days=1), house.contract.starts_on - timedelta(days=1)):
        with pytest.raises(Invalid, match="day of notice"):
            await house.asked(notice_on=day)
    with pytest.raises(Invalid, match="does not know this reason"):
        await house.asked(reason="mood")


async def test_a_later_policy_does_not_reach_an_open_request(house: House) -> None:
    refund = await house.asked()
    later = await make_policy(house.cast, TERMS, version=2, valid_from=clock.today())
    assert (await house.fresh(refund)).policy_id == house.policy.id != later.id
    house.contract = await make_contract(house.cast, house.client)
    assert (await house.asked()).policy_id == later.id


async def test_money_of_nobody_is_not_asked_back(house: House) -> None:
    house.contract = await make_contract(house.cast, house.client, received=0, starts_on=date(2020, 1, 1))
    with pytest.raises(Forbidden):
        await house.asked(asked=Money(1))


async def test_the_file_is_complete_after_talk_and_three_checks(house: House) -> None:
    assert (await house.completed()).state == "complete"


async def test_two_requests_in_the_same_instant_become_one(house: House) -> None:
    results = await asyncio.gather(*(house.asked() for _turn in range(5)), return_exceptions=True)
    opened = [one for one in results if isinstance(one, Refund)]
    assert len(opened) == 1
    assert all(isinstance(one, Conflict) for one in results if one not in opened)
