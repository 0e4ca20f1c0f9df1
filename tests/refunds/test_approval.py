"""Approval: fast lane, levels, money and budget; nobody approves their own, and of fifty in one instant one wins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.firms.models import Notification, Qualification
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import AuditEntry
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.errors import Conflict, Forbidden, FreshSignInNeeded
from saas.kernel.money import Money
from saas.kernel.perform import perform
from saas.refunds import queries
from saas.refunds.forms import Agreed, Reason
from saas.refunds.models import Refund
from saas.refunds.payment import budget
from saas.refunds.workflow import REFUND
from saas.tasks.models import Task
from tests.cast import member_id
from tests.refunds import payment_story as story
from tests.refunds.house import APPROVER, TERMS, House, contract_day, disqualify, make_policy, qualify


@pytest.fixture
async def crowd(settings: Settings, house: House) -> AsyncIterator[House]:
    """The same firm through a pool wide enough for fifty transactions at once."""
    database = Database(settings.app_database_url, pool_size=50)
    yield replace(house, cast=replace(house.cast, database=database))
    await database.close()


async def set_budget(house: House, amount: Money) -> None:
    async with house.cast.transaction() as session:
        await budget.set_budget(session, house.cast.paula, amount, clock.today().replace(day=1), clock.now())


async def tasks(house: House, kind: str = "refund") -> list[Task]:
    async with house.cast.transaction() as session:
        query = select(Task).where(Task.subject_kind == kind, Task.workflow == "", Task.done_at.is_(None))
        return list(await session.scalars(query))


def as_approver(house: House, person: Actor) -> Actor:
    """The same person with a manager's permissions."""
    return replace(person, permissions=house.cast.mara.permissions)


async def test_a_small_clean_request_is_approved_by_its_countersignature(house: House) -> None:
    refund = await story.agreed(house, story.small())
    assert (refund.state, refund.level_1_by) == ("approved", None)
    assert refund.approved_at is not None
    async with house.cast.transaction() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.action == "refund.approve_fast"))
        assert entry is not None
        assert entry.actor_kind == "system"
        assert await queries.committed(session, house.contract.id) == Money(300_00)


async def test_the_yes_by_link_approves_reserves_and_alerts(house: House) -> None:
    """The client's page acts in the link's scope: fast lane, budget and alert work from there too."""
    await set_budget(house, Money(350_00))
    refund = await story.assessed(house, story.small())
    await house.act(refund, "countersign", house.cast.quinn)
    async with house.cast.database.transaction(tenancy.link(house.cast.firm.id)) as session:
        await perform(session, REFUND, refund.id, "agree", story.contact_of(house), Agreed("link"))
    assert (await house.fresh(refund)).state == "approved"
    [alert] = await tasks(house, "refund_budget")
    assert "80" in alert.step.to("zh")


async def test_a_closed_fast_lane_is_a_managers_task_with_the_reason(house: House) -> None:
    await set_budget(house, Money(100_00))
    refund = await story.agreed(house, story.small())
    assert (refund.state, refund.fast_lane) == ("agreed", True)
    [task] = await tasks(house)
    assert task.role == "manager"
    assert "100.00" in task.step.to("zh")
    await set_budget(house, Money(1000_00))
    done = await house.act(refund, "approve", house.cast.mara)
    assert done.state == "approved"
    assert [t for t in await tasks(house) if t.subject_id == refund.id] == []


async def test_the_task_of_a_closed_lane_ends_with_the_refund(house: House) -> None:
    await set_budget(house, Money(100_00))
    refund = await story.agreed(house, story.small())
    assert len(await tasks(house)) == 1
    await house.act(refund, "send_back", house.cast.mara, Reason("金额有误"))
    assert await tasks(house) == []


async def test_one_level_up_to_the_limit_two_above(house: House) -> None:
    refund = await story.agreed(house)
    assert (await house.act(refund, "approve", house.cast.mara)).state == "approved"
    other = await story.another(house)
    large = await story.agreed(other, story.large())
    assert (await other.act(large, "approve", house.cast.mara)).state == "approved_l1"
    assert (await other.fresh(large)).approved_at is None
    assert (await other.act(large, "approve", house.cast.paula)).state == "approved"


async def test_an_override_needs_a_second_level(house: House) -> None:
    refund = await story.agreed(house, story.usual(), Money(2000_00))
    assert (await house.act(refund, "approve", house.cast.mara)).state == "approved_l1"


async def test_nobody_approves_twice_nor_what_they_prepared_or_countersigned(house: House) -> None:
    refund = await story.agreed(house, story.large())
    for name in ("ben", "lin", "quinn"):
        await qualify(house.cast, name, APPROVER)
    for own in (house.cast.ben, house.cast.lin, house.cast.quinn):
        with pytest.raises(Forbidden):
            await house.act(refund, "approve", as_approver(house, own))
    await house.act(refund, "approve", house.cast.mara)
    with pytest.raises(Forbidden, match="approved this refund already"):
        await house.act(refund, "approve", house.cast.mara)
    with pytest.raises(Forbidden):
        await house.act(refund, "approve", as_approver(house, house.cast.quinn))
    assert (await house.fresh(refund)).state == "approved_l1"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ("level_1_by = :ben", "nobody approves a refund they prepared|first_level_is_a_third_person"),
        ("level_1_by = :lin", "nobody approves a refund they prepared"),  # Lin wrote the request down
        ("level_1_by = :quinn", "first_level_is_a_third_person"),
        ("level_1_by = :mara, level_2_by = :mara", "levels_are_two_people"),
        ("level_1_by = :mara, level_2_by = :quinn", "another person than the countersigner"),
        ("level_1_by = :mara, approved_at = now(), state = 'approved'", "needs a second level"),
        ("approved_at = now(), state = 'approved'", "by others than its preparer"),
        ("fast_lane = true, approved_at = now(), state = 'approved'", "fast lane ends"),
        ("policy_id = gen_random_uuid()", "never change"),
    ],
)
async def test_the_database_refuses_it_too(house: House, changes: str, said: str) -> None:
    refund = await story.agreed(house, story.large())
    people = {name: member_id(house.cast.actors[name]) for name in ("ben", "lin", "quinn", "mara")}
    given = {name: value for name, value in people.items() if f":{name}" in changes}
    with pytest.raises(DBAPIError, match=said):
        async with house.cast.transaction() as session:
            await session.execute(text(f"UPDATE refunds SET {changes} WHERE id = :id"), {"id": refund.id, **given})


async def test_without_the_qualification_nobody_approves(house: House) -> None:
    refund = await story.agreed(house)
    await disqualify(house.cast, "mara")
    with pytest.raises(Forbidden, match="qualification"):
        await house.act(refund, "approve", house.cast.mara)


async def test_a_certificate_that_lapses_between_the_levels_stops_the_second(
    house: House, as_person: story.People
) -> None:
    refund = await story.agreed(house, story.large())
    url = f"/f/{house.cast.firm.slug}/refunds/{refund.id}/approve"
    assert (await (await as_person("mara")).post(url)).status_code == 303
    async with house.cast.transaction() as session:
        held = await session.scalar(select(Qualification).where(Qualification.member_id == member_id(house.cast.paula)))
        assert held is not None
        held.valid_until = clock.today() - timedelta(days=1)
    answer = await (await as_person("paula")).post(url)
    assert answer.status_code == 403
    assert "资格" in answer.text
    after = await house.fresh(refund)
    assert (after.state, after.level_1_by, after.level_2_by) == ("approved_l1", member_id(house.cast.mara), None)


async def test_approval_asks_for_a_fresh_sign_in(house: House) -> None:
    refund = await story.agreed(house)
    tired = house.cast.mara.signed_in(clock.now() - timedelta(minutes=16))
    with pytest.raises(FreshSignInNeeded):
        await house.act(refund, "approve", tired)


async def test_a_policy_changed_in_between_changes_nothing_for_this_refund(house: House) -> None:
    refund = await story.agreed(house, story.large())
    await house.act(refund, "approve", house.cast.mara)
    lax = msgspec.structs.replace(TERMS, level_2_from=100_000_000, fast_lane_up_to=100_000_000)
    await make_policy(house.cast, lax, version=2, valid_from=date(2020, 1, 2))
    after = await house.fresh(refund)
    assert (after.policy_id, after.state) == (house.policy.id, "approved_l1")
    with pytest.raises(Forbidden):  # two levels, as it was agreed
        await house.act(refund, "approve", house.cast.mara)
    assert (await house.act(refund, "approve", house.cast.paula)).state == "approved"


async def test_a_published_policy_cannot_be_rewritten_behind_an_approval(house: House) -> None:
    await story.agreed(house)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with house.cast.transaction() as session:
            await session.execute(
                text("UPDATE refund_policies SET terms = '{}' WHERE id = :id"), {"id": house.policy.id}
            )


async def test_of_fifty_approvals_in_one_instant_one_wins(crowd: House) -> None:
    refund = await story.agreed(crowd)
    people = [crowd.cast.mara, crowd.cast.paula] * 25
    results = await asyncio.gather(
        *(story.perform_in(crowd, refund.id, "approve", actor) for actor in people), return_exceptions=True
    )
    assert sum(isinstance(one, Refund) for one in results) == 1
    assert sum(isinstance(one, Conflict) for one in results) == 49
    async with crowd.cast.transaction() as session:
        assert await queries.committed(session, crowd.contract.id) == Money(2100_00)


async def test_of_fifty_refunds_in_one_instant_the_budget_lets_one_through(crowd: House) -> None:
    refunds = [await story.agreed(await story.another(crowd)) for _one in range(50)]
    await set_budget(crowd, Money(2100_00))
    results = await asyncio.gather(
        *(story.perform_in(crowd, refund.id, "approve", crowd.cast.mara) for refund in refunds),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Refund) for one in results) == 1
    assert {type(one) for one in results if not isinstance(one, Refund)} == {Forbidden}
    async with crowd.cast.transaction() as session:
        assert await queries.budget(session, clock.today()) == (Money(2100_00), Money(2100_00))


async def test_the_database_holds_the_budget_round_python(house: House) -> None:
    refund = await story.agreed(house)
    await set_budget(house, Money(2099_99))
    with pytest.raises(Forbidden, match="budget"):
        await house.act(refund, "approve", house.cast.mara)
    with pytest.raises(DBAPIError, match="than the budget of the month"):
        async with house.cast.transaction() as session:
            await session.execute(
                text("UPDATE refunds SET level_1_by = :mara, approved_at = :now, state = 'approved' WHERE id = :id"),
                {"mara": member_id(house.cast.mara), "now": clock.now(), "id": refund.id},
            )


async def test_never_more_is_promised_than_was_received(house: House) -> None:
    """A second request for a contract whose money is promised already: in words, and by the database."""
    first = await story.paid(house)
    assert first.amount == Money(2100_00)
    async with house.cast.transaction() as session:
        await session.execute(text("UPDATE refunds SET bundle_sha256 = '' WHERE id = :id"), {"id": first.id})
        assert await queries.committed(session, house.contract.id) == Money(2100_00)
        assert await queries.committed(session, house.contract.id, without=first.id) == Money(0)
    other = await story.another(house, received=3000_00)
    refund = await story.agreed(other, asked=Money(1500_00))
    async with house.cast.transaction() as session:
        await session.execute(
            text("UPDATE receipts SET amount = :less WHERE contract_id = :id"),
            {"less": 100_00, "id": other.contract.id},
        )
    with pytest.raises(Forbidden, match="cannot be approved"):
        await other.act(refund, "approve", house.cast.mara)
    with pytest.raises(DBAPIError, match="more would be paid back than was received"):
        async with house.cast.transaction() as session:
            await session.execute(
                text("UPDATE refunds SET level_1_by = :mara, approved_at = now(), state = 'approved' WHERE id = :id"),
                {"mara": member_id(house.cast.mara), "id": refund.id},
            )


@pytest.mark.parametrize(
    "statement",
    ["UPDATE receipts SET amount = 209999 WHERE contract_id = :id", "DELETE FROM receipts WHERE contract_id = :id"],
)
async def test_what_was_received_never_falls_below_what_is_promised(house: House, statement: str) -> None:
    await story.approved(house)
    with pytest.raises(DBAPIError, match="promised or paid from this receipt"):
        async with house.cast.transaction() as session:
            await session.execute(text(statement), {"id": house.contract.id})
    async with house.cast.transaction() as session:
        await session.execute(
            text("UPDATE receipts SET amount = 210000 WHERE contract_id = :id"), {"id": house.contract.id}
        )


async def test_an_approved_amount_never_changes(house: House) -> None:
    refund = await story.approved(house)
    with pytest.raises(DBAPIError, match="an approved amount never changes"):
        async with house.cast.transaction() as session:
            await session.execute(text("UPDATE refunds SET amount = amount + 1 WHERE id = :id"), {"id": refund.id})


async def test_a_cancelled_refund_gives_its_reservation_back(house: House) -> None:
    from saas.refunds.forms import Cancel

    refund = await story.approved(house)
    await house.act(refund, "cancel", house.cast.mara, Cancel("客户撤回", "phone"))
    async with house.cast.transaction() as session:
        assert await queries.committed(session, house.contract.id) == Money(0)
        assert (await queries.budget(session, clock.today()))[1] == Money(0)


async def test_sent_back_everybody_signs_again(house: House) -> None:
    refund = await story.agreed(house, story.large())
    await house.act(refund, "approve", house.cast.mara)
    await house.act(refund, "send_back", house.cast.paula, Reason("工时计算有误"))
    after = await house.fresh(refund)
    assert (after.countersigned_by, after.level_1_by, after.state) == (None, None, "complete")


async def test_owner_and_managers_hear_at_80_and_at_100_percent_once(house: House) -> None:
    await set_budget(house, Money(4200_00))
    await story.approved(house)  # 50 %
    assert await tasks(house, "refund_budget") == []
    other = await story.another(house)
    small = await story.agreed(other, contract_day(7, 18))  # 1,500.00: 3,600.00 of 4,200.00, 85 %
    await other.act(small, "approve", house.cast.mara)
    [at_80] = await tasks(house, "refund_budget")
    assert "80" in at_80.step.to("zh")
    third = await story.another(house)
    rest = await story.agreed(third, contract_day(10, 18))  # 600.00: all of it
    await third.act(rest, "approve", house.cast.mara)
    told = await tasks(house, "refund_budget")
    assert len(told) == 2
    assert any("100" in task.step.to("zh") for task in told)
    async with house.cast.transaction() as session:
        heard = (await session.scalars(select(Notification).where(Notification.kind == "budget"))).all()
    assert {row.member_id for row in heard} == {member_id(house.cast.paula), member_id(house.cast.mara)}
    assert len(heard) == 4
