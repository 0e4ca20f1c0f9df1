"""The week's digest: when it is told, what it says, to whom, and that reading it ends the task."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from saas.insights.alerts.alert_models import KpiAlarm, KpiAlert
from saas.insights.digest.digest_models import DigestReader, WeekDigest
from saas.insights.digest.telling import weekly
from saas.insights.digest.weeks import first_working_day, is_time, week_of
from saas.insights.reports.report_models import FigureSubscription
from saas.kernel import clock
from saas.kernel.calendar import Calendar
from saas.kernel.clock import CHINA
from saas.kernel.holidays import Days
from saas.kernel.outbox import Outbox
from saas.tasks.models import Task
from tests.cases import story
from tests.cast import Browser, Cast, member_id
from tests.identity.post import mails_to, run_promised

People = Callable[[str], Awaitable[Browser]]
GOLDEN = frozenset(date(2026, 10, day) for day in range(1, 9))  # Thursday to Thursday


def at(day: str, hour: int, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour, 30), ZoneInfo(zone))


def calendar(zone: str = "Asia/Shanghai") -> Calendar:
    return Calendar(Days(rest=GOLDEN, work=frozenset(), published=frozenset({2026})), zone=zone)


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (at("2026-11-23", 8), False),  # Monday, before work
        (at("2026-11-23", 9), True),
        (at("2026-11-23", 18), False),  # after work
        (at("2026-11-24", 10), True),  # for a Monday that was missed
        (at("2026-11-22", 10), False),  # Sunday
        (at("2026-10-05", 10), False),  # a Monday of the holidays
        (at("2026-10-09", 9), True),  # the first working day of that week
        (at("2026-11-23", 9, "America/New_York"), False),  # the firm in China is at home
    ],
)
def test_the_first_working_morning_of_a_week(moment: datetime, told: bool) -> None:
    assert is_time(calendar(), moment) is told
    assert is_time(calendar("America/New_York"), at("2026-11-23", 9, "America/New_York"))


def test_a_week_of_holidays_has_no_first_day() -> None:
    rest = frozenset(date(2026, 10, day) for day in range(5, 12))
    idle = Calendar(Days(rest=rest, work=frozenset(), published=frozenset({2026})))
    assert first_working_day(idle, date(2026, 10, 7)) is None
    assert not is_time(idle, at("2026-10-07", 10))
    assert (week_of(date(2027, 1, 1)), week_of(date(2026, 11, 23))) == ("2026-W53", "2026-W48")


async def rows(cast: Cast, table: Any) -> list[Any]:
    async with cast.transaction() as session:
        return list((await session.scalars(select(table))).all())


async def look(cast: Cast, moment: datetime) -> None:
    with clock.at(moment):
        async with cast.transaction() as session:
            await weekly(session)


async def crossed(cast: Cast, moment: datetime) -> None:
    """A subscriber, one with other quiet hours, one who may not see figures; a figure beyond its limit; late work."""
    await story.opened(cast)
    async with cast.transaction() as session:
        for task in (await session.scalars(select(Task))).all():
            task.due_at = moment - timedelta(days=9)
        for person, until in ((cast.mara, 8), (cast.paula, 11), (cast.ben, 8)):
            session.add(FigureSubscription(member_id=member_id(person), weekly=True, quiet_from=20, quiet_until=until,
                                           changed_at=clock.now()))  # fmt: skip
        alert = KpiAlert(measure="backlog_age", kind="limit", side="above", bound=Decimal(0), days=30, window="week",
                         owner_id=member_id(cast.mara), quiet_from=20, quiet_until=8, made_at=moment)  # fmt: skip
        session.add(alert)
        await session.flush()
        session.add(
            KpiAlarm(alert_id=alert.id, window="2026-W01", value=Decimal(1), n=1, at=moment - timedelta(days=2))
        )


async def test_it_is_told_once_a_week_outside_quiet_hours_and_read_once(
    cast: Cast, as_person: People, mailbox_folder: Path
) -> None:
    today = clock.today()
    monday = today + timedelta(days=7 - today.weekday())
    while monday.month in (1, 2, 5, 10):  # not among the holidays
        monday += timedelta(days=28)
    morning = datetime.combine(monday, time(9, 30), CHINA)
    await crossed(cast, morning)
    for moment in (morning - timedelta(days=1), morning - timedelta(hours=2), morning, morning):
        await look(cast, moment)
    [digest] = await rows(cast, WeekDigest)
    assert digest.week == week_of(monday)
    assert [row.member_id for row in await rows(cast, DigestReader)] == [cast.mara.id]
    await look(cast, morning + timedelta(hours=2))  # Paula's quiet hours are over
    await look(cast, morning + timedelta(days=1))
    assert {row.member_id for row in await rows(cast, DigestReader)} == {cast.mara.id, cast.paula.id}
    assert (digest.made_at, len(digest.content["figures"])) == (morning.astimezone(UTC), 10)
    assert digest.content["late"] == len(digest.content["oldest"]) > 0
    tasks = {task.assignee_id: task for task in await rows(cast, Task) if task.subject_kind == "week_digest"}
    assert tasks[cast.mara.id].due_at == datetime.combine(monday, time(18), CHINA)
    jobs = [job for job in await rows(cast, Outbox) if job.job == "insights.mail_digest"]
    assert len(jobs) == 2
    await run_promised(cast.database, cast.firm.id)
    [letter] = mails_to(mailbox_folder, cast.persons["mara"].email)
    assert "1 项指标越过限值，其中 1 项尚待说明" in letter.text
    assert f"/insights/digest/{digest.week}" in letter.text
    assert not mails_to(mailbox_folder, cast.persons["ben"].email)
    mara, one = await as_person("mara"), f"/f/{cast.firm.slug}/insights/digest/{digest.week}"
    shown = (await mara.get(one)).text
    assert shown.count('class="tile"') == 10
    assert "高于 0" in shown
    for _time in range(2):
        assert (await mara.post(f"{one}/read")).status_code == 303
    done = {task.assignee_id: task.done_at for task in await rows(cast, Task) if task.subject_kind == "week_digest"}
    assert done[cast.mara.id] is not None
    assert done[cast.paula.id] is None


async def test_who_may_and_what_stands_there_before_the_first(cast: Cast, as_person: People) -> None:
    at = f"/f/{cast.firm.slug}/insights/digest"
    for name, status in (("paula", 200), ("ada", 200), ("ben", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).get(at)).status_code == status, name
    shown = (await (await as_person("mara")).get(at)).text
    assert "尚未生成过摘要" in shown
    assert shown.count('class="tile"') == 10
    mara = await as_person("mara")
    assert (await mara.get(f"{at}/2026-W01")).status_code == 404
    assert (await mara.post(f"{at}/2026-W01/read")).status_code == 404
