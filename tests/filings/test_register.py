"""The register: planned once, in step with the calendar, told to people, recorded, measured."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from saas.clients.models import Client
from saas.filings import measures, planning, queries, recording
from saas.filings.measures import Cohort, Rate
from saas.filings.models import RegisteredFiling as Filing
from saas.firms.models import Notification
from saas.kernel import clock
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.filing import Due, FilingCalendar
from saas.kernel.money import Money
from saas.tasks.models import Task
from tests.cases.story import make_client
from tests.cast import Browser, Cast, member_id

AsPerson = Callable[[str], Awaitable[Browser]]
DUE = date(2026, 11, 16)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.CHINA).astimezone(UTC)


async def planned(cast: Cast, at: str) -> Sequence[Filing]:
    with clock.at(moment(at)):
        async with cast.transaction() as session:
            await planning.plan(session)
    async with cast.transaction() as session:
        return (await session.scalars(select(Filing).order_by(Filing.due_on, Filing.code))).all()


async def tasks(cast: Cast) -> Sequence[Task]:
    async with cast.transaction() as session:
        return (await session.scalars(select(Task).where(Task.subject_kind == "filing"))).all()


async def told(cast: Cast, person: str) -> list[str]:
    async with cast.transaction() as session:
        mine = select(Notification).where(Notification.member_id == member_id(getattr(cast, person)))
        return [str(row.text) for row in await session.scalars(mine.order_by(Notification.created_at))]


async def client_of(cast: Cast, at: str = "2026-11-02T09:00", **known: object) -> Client:
    with clock.at(moment(at)):
        return (await make_client(cast, filing_period="month", **known))[0]


async def test_rows_are_planned_once_and_follow_the_calendar(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await client_of(cast)
    rows = await planned(cast, "2026-11-02T09:30")
    assert [(r.code, r.period, r.due_on) for r in rows] == [
        ("iit_withholding", "2026-10", DUE),
        ("vat", "2026-10", DUE),
        ("iit_withholding", "2026-11", date(2026, 12, 15)),
        ("vat", "2026-11", date(2026, 12, 15)),
    ]
    assert (rows[0].base_on, rows[0].basis, rows[0].provisional) == (date(2026, 11, 15), "table", False)
    assert [r.id for r in await planned(cast, "2026-11-02T10:00")] == [r.id for r in rows]
    async with cast.transaction() as session:
        await session.execute(update(Filing).where(Filing.id == rows[1].id).values(filed_on=DUE))
    moved = lambda self, code, period: Due(date(2026, 11, 15), date(2026, 11, 18), False, "new", "table")  # noqa: E731
    monkeypatch.setattr(FilingCalendar, "due", moved)
    after = {r.id: r.due_on for r in await planned(cast, "2026-11-03T09:00")}
    assert (after[rows[0].id], after[rows[1].id]) == (date(2026, 11, 18), DUE)  # what was filed stays
    assert client.id == rows[0].client_id


async def test_profile_and_switches_take_planned_rows_back(cast: Cast, as_person: AsPerson) -> None:
    client = await client_of(cast)
    await planned(cast, "2026-11-02T09:30")
    at = f"/f/{cast.firm.slug}/clients/{client.id}/filings"
    form = {"code": "iit_withholding", "every": "", "from_month": "2026-11"}
    with clock.at(moment("2026-11-02T09:40")):
        for name, status in (("ben", 403), ("ada", 403), ("otto", 404), ("nobody", 303), ("quinn", 303)):
            assert (await (await as_person(name)).post(f"{at}/switch", form)).status_code == status, name
        wrong = await (await as_person("quinn")).post(f"{at}/switch", {**form, "code": "vat", "every": "year"})
        assert wrong.status_code == 422
    rows = await planned(cast, "2026-11-02T10:00")
    assert ("iit_withholding", "2026-11") not in {(r.code, r.period) for r in rows}
    assert ("iit_withholding", "2026-10") in {(r.code, r.period) for r in rows}
    assert (await (await as_person("ada")).get(at)).status_code == 200


async def test_one_task_a_due_day_reminders_by_the_ladder_and_the_manager_once(cast: Cast) -> None:
    await client_of(cast)
    rows = await planned(cast, "2026-11-02T09:30")
    [task] = await tasks(cast)
    assert (task.assignee_id, task.due_at) == (cast.ben.id, moment("2026-11-12T18:00"))
    assert len(await told(cast, "ben")) == 1
    for day in ("2026-11-03", "2026-11-05"):
        await planned(cast, f"{day}T09:30")
    assert len(await told(cast, "ben")) == 1  # between two rungs nothing is said again
    await planned(cast, "2026-11-09T09:30")
    await planned(cast, "2026-11-11T09:30")
    assert len(await told(cast, "ben")) == 3
    assert await told(cast, "mara") == []
    for _n in range(2):
        await planned(cast, "2026-11-13T09:30")
    assert len(await told(cast, "mara")) == 1
    with clock.at(moment("2026-11-13T10:00")):
        async with cast.transaction() as session:
            first, second = rows[0].id, rows[1].id
            assert await recording.accept_many(session, cast.ben, [first], date(2026, 11, 13), clock.now()) == 1
            await recording.waive(session, cast.ben, await queries.filing(session, second), DUE, "非必报", clock.now())
    [task] = await tasks(cast)
    assert task.done_at is not None
    assert len([t for t in await tasks(cast) if t.done_at is None]) == 0


async def test_what_is_recorded_is_judged_and_twice_changes_nothing(cast: Cast) -> None:
    await client_of(cast)
    rows = await planned(cast, "2026-11-02T09:30")
    now = moment("2026-11-18T09:00")
    with clock.at(now):
        async with cast.transaction() as session:
            filing = await queries.filing(session, rows[0].id)
            given = {"filed_on": None, "accepted_on": date(2026, 11, 17), "zero": False, "payable": Money(12345)}
            assert await recording.set_days(session, cast.ben, filing, now, **given)
            assert not await recording.set_days(session, cast.ben, filing, now, **given)
            assert filing.filed_on == date(2026, 11, 17)
            with pytest.raises(Conflict):
                await recording.waive(session, cast.ben, filing, now.date(), "不用报", now)
            with pytest.raises(Invalid):
                await recording.set_days(session, cast.ben, filing, now, **{**given, "zero": True})
            with pytest.raises(Invalid):
                await recording.amend(session, cast.ben, filing, date(2026, 11, 16), "own", "错", now)
            assert await recording.amend(session, cast.ben, filing, date(2026, 11, 18), "own", "税额", now)
            found = await queries.evidence(session, filing.client_id, "2026-10", "2026-10")
            assert [(f["code"], f["standing"]) for f in found] == [("iit_withholding", "amended"), ("vat", "missed")]
    assert recording.fault(rows[0], None, date(2026, 9, 30), DUE) is not None
    assert recording.fault(rows[0], date(2026, 11, 12), date(2026, 11, 11), DUE) is not None
    assert recording.fault(rows[0], None, date(2026, 11, 17), DUE) is not None


async def test_rates_count_each_due_day_against_its_own_target(cast: Cast) -> None:
    rows = []
    for _n in range(3):
        await client_of(cast)
    rows = [r for r in await planned(cast, "2026-11-02T09:30") if r.due_on == DUE]
    days = (date(2026, 11, 12), date(2026, 11, 13), date(2026, 11, 17), None, None)
    with clock.at(moment("2026-11-20T09:00")):
        async with cast.transaction() as session:
            for row, day in zip(rows[:5], days, strict=True):
                stored = await queries.filing(session, row.id)
                if day is not None:
                    await recording.set_days(session, cast.ben, stored, clock.now(), filed_on=None, accepted_on=day,
                                             zero=day.day == 12, payable=None)  # fmt: skip
            late = await queries.filing(session, rows[3].id)
            late.filed_on = DUE  # sent in time, never accepted
            await recording.waive(
                session, cast.ben, await queries.filing(session, rows[5].id), DUE, "非必报", clock.now()
            )
            cohort = Cohort(date(2026, 11, 1), date(2026, 11, 30))
            assert await measures.measure(session, "missed_rate", cohort) == Rate(2, 5)  # the 17th's and the last one
            assert await measures.measure(session, "late_rate", cohort) == Rate(3, 5)
            assert await measures.measure(session, "in_time_rate", cohort) == Rate(1, 5)  # by 12 November
            assert await measures.measure(session, "zero_rate", cohort) == Rate(1, 3)
            other = replace(cohort, bookkeeper_id=member_id(cast.lin))
            assert await measures.measure(session, "late_rate", other) == Rate(0, 0)
            assert (await measures.tally(session, cohort)).accepted_by == {5: 0, 10: 0, 13: 2}
