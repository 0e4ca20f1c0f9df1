"""The month's budget: set from a month on, what is over keeps its figure, everybody sees what is left (R6.2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.money import Money
from saas.refunds import queries
from saas.refunds.payment import budget
from saas.refunds.payment.payment_models import RefundBudget
from tests.cast import member_id
from tests.refunds import payment_story as story
from tests.refunds.house import House


def this_month() -> date:
    return clock.today().replace(day=1)


def url(house: House) -> str:
    return f"/f/{house.cast.firm.slug}/settings/refund-budget"


async def rows(house: House) -> list[RefundBudget]:
    async with house.cast.transaction() as session:
        return list(await session.scalars(select(RefundBudget).order_by(RefundBudget.valid_from)))


async def test_owner_and_manager_set_it_everybody_sees_it(house: House, as_person: story.People) -> None:
    fields = {"monthly": "5,000.00", "valid_from": f"{this_month():%Y-%m}"}
    for name, status in (("cash", 403), ("ben", 403), ("ada", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(url(house), fields)).status_code == status
    assert await rows(house) == []
    for name in ("paula", "paula", "mara"):
        assert (await (await as_person(name)).post(url(house), fields)).status_code == 303
    [row] = await rows(house)
    assert (row.monthly, row.valid_from) == (Money(5000_00), this_month())
    async with house.cast.transaction() as session:
        told = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "refunds.budget"))).all()
    assert len(told) == 1  # the same figure again changes nothing
    for name, status in (("ada", 200), ("cash", 200), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).get(url(house))).status_code == status


@pytest.mark.parametrize(
    ("monthly", "month"),
    [
        ("viel", ""),
        ("-1.00", ""),
        ("100", "2026-13"),
        ("100", "November"),
        ("100", "2020-01"),
    ],
)
async def test_what_is_no_budget_is_refused_and_stays_in_the_form(
    house: House, as_person: story.People, monthly: str, month: str
) -> None:
    sent = {"monthly": monthly, "valid_from": month or f"{this_month():%Y-%m}"}
    answer = await (await as_person("paula")).post(url(house), sent)
    assert answer.status_code == 422
    assert monthly in answer.text
    assert await rows(house) == []


async def test_a_later_figure_counts_from_its_month(house: House) -> None:
    this = this_month()
    following = (this + timedelta(days=32)).replace(day=1)
    async with house.cast.transaction() as session:
        await budget.set_budget(session, house.cast.paula, Money(5000_00), this, clock.now())
        await budget.set_budget(session, house.cast.paula, Money(8000_00), following, clock.now())
    async with house.cast.transaction() as session:
        assert (await queries.budget(session, this))[0] == Money(5000_00)
        assert (await queries.budget(session, following + timedelta(days=20)))[0] == Money(8000_00)
        assert (await queries.budget(session, this - timedelta(days=1)))[0] is None


async def test_the_budget_of_a_month_that_is_over_never_changes(house: House) -> None:
    async with house.cast.transaction() as session:
        session.add(RefundBudget(valid_from=date(2025, 1, 1), monthly=Money(1), set_by=member_id(house.cast.paula),
                                 set_at=clock.now()))  # fmt: skip
    for statement in ("UPDATE refund_budgets SET monthly = 2", "DELETE FROM refund_budgets"):
        with pytest.raises(DBAPIError, match=r"never changes|stays on record"):
            async with house.cast.transaction() as session:
                await session.execute(text(statement))


async def test_the_page_shows_what_is_used_left_and_reserved(house: House, as_person: story.People) -> None:
    async with house.cast.transaction() as session:
        await budget.set_budget(session, house.cast.paula, Money(5000_00), this_month(), clock.now())
    refund = await story.checked(house)
    await story.pay(house, refund, Money(600_00))
    await story.settle(house, refund)
    page = await (await as_person("ada")).get(url(house))
    for figure in ("5,000.00", "2,100.00", "2,900.00", "1,500.00"):  # budget, approved, left, reserved and not paid
        assert figure in page.text
