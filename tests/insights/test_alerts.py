"""Alerts: made by managers, told once a window outside the quiet hours, answered by their owner."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from saas.identity.queries import member
from saas.insights.alerts.alert_models import KpiAlarm, KpiAlert
from saas.insights.alerts.watching import crossed, watch, window_of, words
from saas.insights.measures.catalogue import MEASURES
from saas.insights.measures.measure import Figure, Measure, Scope
from saas.kernel import clock
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text
from saas.kernel.outbox import Outbox
from saas.tasks.models import Task
from tests.cases import story
from tests.cast import Browser, Cast, member_id

People = Callable[[str], Awaitable[Browser]]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=CHINA)


async def rows(cast: Cast, table: Any) -> list[Any]:
    async with cast.transaction() as session:
        return list((await session.scalars(select(table))).all())


def rule(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {"measure": "backlog_age", "kind": "limit", "side": "above", "bound": "0", "owner": str(cast.mara.id),
            "days": "30", "window": "week", "quiet_from": "20", "quiet_until": "8", **changes}  # fmt: skip


def looked_at(cast: Cast, **changes: Any) -> KpiAlert:
    values: dict[str, Any] = {
        "measure": "backlog_age", "kind": "limit", "side": "above", "bound": Decimal(0), "days": 30, "window": "week",
        "owner_id": member_id(cast.mara), "quiet_from": 20, "quiet_until": 8, "made_at": NOON,
    }  # fmt: skip
    return KpiAlert(**{**values, **changes})


async def test_a_crossing_is_told_once_a_window_and_answered_by_its_owner(cast: Cast, as_person: People) -> None:
    await story.opened(cast)
    mara, ben, at = await as_person("mara"), await as_person("ben"), f"/f/{cast.firm.slug}/insights/alerts"
    for _time in range(2):
        assert (await mara.post(at, rule(cast))).status_code == 303
    assert len(await rows(cast, KpiAlert)) == 1
    now = max(NOON, clock.now() + timedelta(days=1)).astimezone(CHINA).replace(hour=12)
    for hours in (23, 12, 13):  # in the night nothing is told
        with clock.at(now.replace(hour=hours)):
            async with cast.transaction() as session:
                await watch(session)
        assert len(await rows(cast, KpiAlarm)) == (0 if hours == 23 else 1)
    [alarm] = await rows(cast, KpiAlarm)
    assert (alarm.value, alarm.n) == (1, 1)
    [task] = [t for t in await rows(cast, Task) if t.subject_kind == "kpi_alarm"]
    assert (task.assignee_id, task.done_at) == (cast.mara.id, None)
    assert [o.args for o in await rows(cast, Outbox) if o.job == "insights.tell"] == [{"alarm_id": str(alarm.id)}]
    assert "高于 0" in (await mara.get(at)).text
    one = f"{at}/alarms/{alarm.id}"
    assert (await ben.post(one, {"answer": "x"})).status_code == 403  # a bookkeeper does not see the firm's figures
    assert (await mara.post(one, {"answer": ""})).status_code == 422
    for answer in ("明天全部派工", "第二次"):
        assert (await mara.post(one, {"answer": answer})).status_code == 303
    [alarm] = await rows(cast, KpiAlarm)
    assert alarm.answer == "明天全部派工"
    assert all(t.done_at for t in await rows(cast, Task) if t.subject_kind == "kpi_alarm")


async def test_who_may_and_what_is_refused(cast: Cast, as_person: People) -> None:
    at = f"/f/{cast.firm.slug}/insights/alerts"
    for name, read, make in (("paula", 200, 303), ("ada", 200, 403), ("ben", 403, 403), ("otto", 404, 404)):
        person = await as_person(name)
        assert (await person.get(at)).status_code == read, name
        assert (await person.post(at, rule(cast, bound="9"))).status_code == make, name
    assert (await (await as_person("nobody")).get(at)).status_code == 303
    mara = await as_person("mara")
    wrong: tuple[dict[str, str], ...] = (
        {"bound": ""}, {"bound": "viele"}, {"measure": "mood"}, {"kind": "trend"}, {"quiet_from": "25"},
        {"owner": str(UUID(int=1))}, {"owner": str(cast.ben.id)}, {"window": "hour"},
    )  # fmt: skip
    for changes in wrong:
        assert (await mara.post(at, rule(cast, **changes))).status_code == 422, changes
    [alert] = await rows(cast, KpiAlert)
    for name, status in (("ada", 403), ("otto", 404), ("mara", 303), ("mara", 303)):
        assert (await (await as_person(name)).post(f"{at}/{alert.id}/end")).status_code == status, name
    assert (await mara.post(f"{at}/{UUID(int=1)}/end")).status_code == 404


async def test_an_owner_who_left_leaves_the_task_to_the_managers(cast: Cast) -> None:
    await story.opened(cast)
    async with cast.transaction() as session:
        session.add(looked_at(cast, quiet_from=0, quiet_until=0))
        (await member(session, member_id(cast.mara))).left_at = clock.now()
        await session.flush()
        await watch(session)
    [task] = [t for t in await rows(cast, Task) if t.subject_kind == "kpi_alarm"]
    assert (task.role, task.assignee_id) == ("manager", None)
    assert not [o for o in await rows(cast, Outbox) if o.job == "insights.tell"]


def test_the_words_of_an_alarm_are_kept_for_readers_of_either_language() -> None:
    """Stored by a job that reads Chinese, its unit too is English for an English reader."""
    alert = KpiAlert(measure="first_response", kind="limit", side="above", bound=Decimal("4.5"))
    kept = Text.restore(words(alert, KpiAlarm(value=Decimal(6), n=12)).store())
    assert kept.to("en") == "First response: 6 working hours is above 4.5 working hours (n = 12)"
    assert kept.to("zh") == "首次响应：6 工时，高于 4.5 工时（n = 12）"


def course(*values: int | None) -> Measure:
    """A measure whose figures come one after another."""
    left = list(values)

    async def figure(_session: Any, _scope: Scope) -> Figure:
        value = left.pop(0)
        return Figure(9, Decimal(value) if value is not None else None)

    plain = MEASURES["first_response"]
    fields = {name: getattr(plain, name) for name in plain.__dataclass_fields__}
    return Measure(**{**fields, "figure": figure})


@pytest.mark.parametrize(
    ("values", "alarms"),
    [((1, 2, 3, 4), True), ((1, 2, 2, 4), False), ((4, 3, 2, 1), False), ((1, 2, None, 4), False)],
)
async def test_a_trend_is_three_steps_in_a_row(cast: Cast, values: tuple[int | None, ...], alarms: bool) -> None:
    async with cast.transaction() as session:
        found = await crossed(session, course(*values), looked_at(cast, kind="trend", bound=None), NOON)
        falling = await crossed(session, course(*values), looked_at(cast, kind="trend", side="below", bound=None), NOON)
    assert (found is not None) == alarms
    assert (falling is not None) == (values == (4, 3, 2, 1))


async def test_a_limit_is_crossed_only_beyond_it(cast: Cast) -> None:
    async with cast.transaction() as session:
        for value, side, alarms in ((5, "above", False), (6, "above", True), (5, "below", False), (4, "below", True)):
            found = await crossed(session, course(value), looked_at(cast, bound=Decimal(5), side=side), NOON)
            assert (found is not None) == alarms, (value, side)


def test_windows_and_quiet_hours(cast: Cast) -> None:
    assert [window_of(looked_at(cast, window=w), NOON) for w in ("day", "week", "month")] == [
        "2026-11-24", "2026-W48", "2026-11",
    ]  # fmt: skip
    night, day = looked_at(cast), looked_at(cast, quiet_from=12, quiet_until=14)
    assert [night.is_quiet(hour) for hour in (19, 20, 7, 8)] == [False, True, True, False]
    assert [day.is_quiet(hour) for hour in (11, 12, 13, 14)] == [False, True, True, False]
    assert not any(looked_at(cast, quiet_from=3, quiet_until=3).is_quiet(hour) for hour in range(24))
