"""The client is silent: after three working days and a call a manager goes on, with the firm's own slips only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from saas.adjustments import execution, review
from saas.cases.models import Case
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.i18n import Text
from saas.notices import sweeping
from saas.notices.models import Notice
from saas.tasks.models import Task
from tests.adjustments.test_letters_of_plans import approve, case_of
from tests.adjustments.test_round import analysed, deed, drafted, effective, state, tea
from tests.cast import Browser, Cast

__all__ = ["tea"]
pytestmark = pytest.mark.usefixtures("mailbox_folder")
People = Callable[[str], Awaitable[Browser]]
GROUND = {"ground": "更正的是本所录入差错，不涉及客户事实和税款；已电话说明并登记。"}


async def notified(cast: Cast, client: Client, *, needs_yes: bool = False) -> tuple[Case, Notice]:
    """The letter is with the client."""
    case = await analysed(cast, client)
    await drafted(cast, client, case)
    await deed(cast, case, client, review.submit, cast.ben, replace(effective(), needs_yes=needs_yes))
    await approve(cast, client, case)
    async with cast.transaction() as session:
        return case, (await session.scalars(select(Notice))).one()


def after(days: int) -> datetime:
    """Noon in China, so many days later."""
    return clock.now().replace(hour=4, minute=0) + timedelta(days=days)


def paths(cast: Cast, case: Case, notice: Notice) -> tuple[str, str]:
    firm = f"/f/{cast.firm.slug}"
    return f"{firm}/cases/{case.id}/go_on", f"{firm}/notices/{notice.id}/deliveries"


async def call(as_person: People, path: str, now: datetime) -> None:
    said: dict[str, Any] = {
        "channel": "phone", "contact_name": "许承泽", "at": now.strftime("%Y-%m-%dT%H:%M"), "reply": "已告知内容",
        "reference": "0571-8888",
    }  # fmt: skip
    assert (await (await as_person("ben")).post(path, said)).status_code == 303


async def open_calls(cast: Cast, notice: Notice) -> int:
    async with cast.transaction() as session:
        mine = select(Task).where(Task.subject_id == notice.id, Task.workflow == "", Task.done_at.is_(None))
        return len((await session.scalars(mine)).all())


async def test_a_manager_goes_on_after_silence_and_a_call(cast: Cast, tea: Client, as_person: People) -> None:
    case, notice = await notified(cast, tea)
    go_on, deliveries = paths(cast, case, notice)
    with clock.at(after(2)):
        early = await (await as_person("mara")).post(go_on, GROUND)
        assert early.status_code == 403
        assert "3 个工作日" in early.text
    with clock.at(after(9)):
        mara = await as_person("mara")
        unheard = await mara.post(go_on, GROUND)
        assert unheard.status_code == 403
        assert "请先致电客户" in unheard.text
        async with cast.transaction() as session:
            await sweeping.sweep(session, clock.now())
        assert await open_calls(cast, notice) == 1
        await call(as_person, deliveries, clock.now())
        assert await open_calls(cast, notice) == 0
        for name, status in (("ben", 403), ("quinn", 403), ("ada", 403), ("otto", 404), ("nobody", 303)):
            assert (await (await as_person(name)).post(go_on, GROUND)).status_code == status, name
        assert (await mara.post(go_on, {"ground": ""})).status_code == 422
        assert await state(cast, case) == "notified"
        assert (await mara.post(go_on, GROUND)).status_code == 303
        assert (await mara.post(go_on, GROUND)).status_code == 409  # pressed twice
        fresh = await case_of(cast, case)
        assert (fresh.state, fresh.acknowledged_how) == ("acknowledged", "silence")
        assert fresh.acknowledged_ground == GROUND["ground"]
        assert GROUND["ground"] in (await mara.get(go_on.removesuffix("/go_on"))).text


async def test_what_was_gone_on_with_is_booked(cast: Cast, tea: Client, as_person: People) -> None:
    case, notice = await notified(cast, tea)
    go_on, deliveries = paths(cast, case, notice)
    with clock.at(after(5)):
        await call(as_person, deliveries, clock.now())
        assert (await (await as_person("mara")).post(go_on, GROUND)).status_code == 303
        await deed(cast, case, tea, execution.begin, cast.ben)
    assert await state(cast, case) == "executing"


async def test_what_needs_the_clients_yes_never_goes_on_in_silence(cast: Cast, tea: Client, as_person: People) -> None:
    case, notice = await notified(cast, tea, needs_yes=True)
    go_on, deliveries = paths(cast, case, notice)
    with clock.at(after(9)):
        await call(as_person, deliveries, clock.now())
        refused = await (await as_person("mara")).post(go_on, GROUND)
        assert refused.status_code == 403
        assert "沉默不等于同意" in refused.text
        assert await state(cast, case) == "notified"


async def test_a_tax_effect_needs_the_yes_whatever_the_preparer_ticked(cast: Cast, tea: Client) -> None:
    case = await analysed(cast, tea)
    adjustment = await drafted(cast, tea, case)
    async with cast.transaction() as session:
        fresh = await session.merge(adjustment)
        fresh.tax = {**fresh.tax, "vat": {"needs": [Text("the sales of the period").store()]}}
    await deed(cast, case, tea, review.submit, cast.ben, replace(effective(), needs_yes=False))
    assert (await case_of(cast, case)).extra["client_must_say_yes"] is True


async def test_an_expired_letter_asks_for_a_call_until_somebody_goes_on(
    cast: Cast, tea: Client, as_person: People
) -> None:
    case, notice = await notified(cast, tea)
    go_on, deliveries = paths(cast, case, notice)
    with clock.at(after(30)):
        async with cast.transaction() as session:
            await sweeping.sweep(session, clock.now())
            expired = (await session.scalars(select(Notice))).one()
        assert expired.state == "expired"
        assert await case_chores(cast, case) == ["open"]
        await call(as_person, deliveries, clock.now())
        assert (await (await as_person("mara")).post(go_on, GROUND)).status_code == 303
        assert await case_chores(cast, case) == ["done"]


async def case_chores(cast: Cast, case: Case) -> list[str]:
    """The tasks beside the case's own step."""
    async with cast.transaction() as session:
        mine = select(Task).where(Task.subject_id == case.id, Task.workflow == "")
        return ["done" if task.done_at else "open" for task in (await session.scalars(mine)).all()]
