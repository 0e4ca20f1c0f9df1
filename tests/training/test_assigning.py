"""Who has to learn what by when: every occasion, one open row a member and course, reminders, waivers, leaving."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.cases.forms import Answered, WithoutVoucher
from saas.firms.leaving import remove
from saas.firms.models import Notification
from saas.identity.models import Membership, Person
from saas.kernel import clock, tenancy
from saas.kernel.access import SYSTEM
from saas.kernel.calendar import Calendar
from saas.kernel.errors import Forbidden
from saas.kernel.holidays import load_days
from saas.kernel.i18n import Text
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import ROOT
from saas.kernel.perform import calendar_of
from saas.tasks.models import Task
from saas.training.assigning import bulk, occasions, queries, reminders, settling
from saas.training.assigning.assign import Why, assign, assign_many
from saas.training.duty_models import Assignment
from tests.cases import story
from tests.cast import Browser, Cast, member_id
from tests.training.school import assignments, certify, in_days, make_course, work

People = Callable[[str], Awaitable[Browser]]
BY_HAND = Why("manual", Text("for the tests"))
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=clock.CHINA)  # a Monday


async def tasks_of(cast: Cast, name: str) -> list[Task]:
    async with cast.transaction() as session:
        query = select(Task).where(
            Task.assignee_id == member_id(cast.actors[name]), Task.subject_kind == "course", Task.done_at.is_(None)
        )
        return list(await session.scalars(query))


async def test_one_open_assignment_a_member_and_course(cast: Cast) -> None:
    course = await make_course(cast)
    ben = member_id(cast.ben)
    for _turn in range(2):
        async with cast.transaction() as session:
            row = await assign(session, ben, course.slug, BY_HAND, clock.now())
            assert row is not None
            calendar = await calendar_of(session)
            assert row.due_at == calendar.close_of(calendar.add_working_days(clock.today(), 10))
            assert await assign(session, ben, "no-such-course", BY_HAND, clock.now()) is None
    assert len(await assignments(cast, "ben")) == 1
    [task] = await tasks_of(cast, "ben")
    assert (task.title.to("en"), task.title.to("zh"), task.due_at) == ("Course refunds", "课程refunds", row.due_at)
    again = {c.key: getattr(row, c.key) for c in Assignment.__table__.columns}
    with pytest.raises(DBAPIError, match="uq_course_assignments_open"):
        async with cast.transaction() as session:
            session.add(Assignment(**{**again, "id": uuid7()}))


async def test_the_certificate_ends_it_and_its_task(cast: Cast) -> None:
    course = await make_course(cast)
    async with cast.transaction() as session:
        await assign(session, member_id(cast.ben), course.slug, BY_HAND, clock.now())
    paper = await certify(cast, "ben", course, in_days(300))
    async with cast.transaction() as session:
        [row] = (await session.scalars(select(Assignment))).all()
    assert (row.certificate_id, row.is_open) == (paper.id, False)
    assert await tasks_of(cast, "ben") == []


async def test_mandatory_courses_come_with_the_role(cast: Cast) -> None:
    course = await make_course(cast, "ethics", mandatory=True, roles=["bookkeeper", "cashier"])
    await make_course(cast, "optional", mandatory=False, roles=["bookkeeper"])
    await certify(cast, "lin", course, in_days(100))
    async with cast.transaction() as session:
        await occasions.for_roles(session, str(member_id(cast.ben)))
    assert {a.member_id for a in await assignments(cast)} == {member_id(cast.ben)}
    for _turn in range(2):
        async with cast.transaction() as session:
            await occasions.for_roles(session)
    rows = await assignments(cast)
    assert {a.member_id: a.source_key for a in rows} == {
        member_id(cast.ben): "bookkeeper", member_id(cast.cash): "cashier"
    }  # fmt: skip
    async with cast.transaction() as session:
        await settling.waive(session, await queries.one(session, rows[0].id), "长期病假", cast.mara, clock.now())
        await occasions.for_roles(session)
    assert len(await assignments(cast)) == 1  # a waiver is not undone by the next day


async def test_a_new_role_asks_for_its_courses(cast: Cast, as_person: People) -> None:
    await make_course(cast, "approving", mandatory=True, roles=["manager"])
    page = f"/f/{cast.firm.slug}/settings/people/{member_id(cast.quinn)}/roles"
    answer = await (await as_person("paula")).post(page, {"roles": ["reviewer", "manager"]})
    assert answer.status_code == 303
    assert await work(cast, "training.for_roles") == 1
    assert len(await assignments(cast, "quinn")) == 1


async def test_a_confirmed_anomaly_teaches_its_preparer_else_the_owner(cast: Cast) -> None:
    await make_course(cast, "balance", rules=["N01"])
    await make_course(cast, "other", rules=["N99"])
    case, _client, _contact = await story.opened(cast)
    assert await assignments(cast) == []  # a finding alone may be a false alarm
    await story.act(cast, case, "confirm", cast.ben, story.CONFIRM)
    await work(cast, "training.after_case")
    [row] = await assignments(cast)
    assert (row.member_id, row.why, row.source_key) == (member_id(cast.ben), "rule", "N01")
    assert str(case.number) in str(row.reason)
    async with cast.transaction() as session:
        await session.execute(text("UPDATE ledger_lines SET preparer = '林小满'"))
        await occasions.after_case(session, str(case.id))
    assert len(await assignments(cast, "lin")) == 1
    assert len(await assignments(cast)) == 2


async def test_a_lesson_teaches_preparer_and_role(cast: Cast) -> None:
    await make_course(cast, "amounts", causes=["AMT"], roles=["bookkeeper", "reviewer"])
    case, _client, _contact = await story.analysed(cast)
    async with cast.transaction() as session:
        session.add(story.lesson_of(cast, case))
    await story.act(cast, case, "settle_without_voucher", cast.quinn, WithoutVoucher("no_entry", "无须入账"))
    await story.act(cast, case, "acknowledge", SYSTEM, Answered("link"))
    await story.act(cast, case, "close", cast.quinn)
    assert await work(cast, "training.after_lesson") == 1
    rows = await assignments(cast)
    assert {a.member_id for a in rows} == {member_id(cast.ben), member_id(cast.lin)}  # not the reviewers
    assert {a.why for a in rows} == {"lesson"}


async def test_an_error_brings_an_open_course_forward(cast: Cast) -> None:
    course = await make_course(cast, "balance", rules=["N01"], mandatory=True, roles=["bookkeeper"])
    async with cast.transaction() as session:
        await occasions.for_roles(session)
    [before] = await assignments(cast, "ben")
    case, _client, _contact = await story.opened(cast)
    await story.act(cast, case, "confirm", cast.ben, story.CONFIRM)
    for _turn in range(2):
        async with cast.transaction() as session:
            await occasions.after_case(session, str(case.id))
    [after] = await assignments(cast, "ben")
    assert (after.id, after.why, after.course_id) == (before.id, "rule", course.id)
    assert after.due_at < before.due_at
    [task] = await tasks_of(cast, "ben")
    assert task.due_at == after.due_at
    assert [a.why for a in await assignments(cast, "lin")] == ["role"]


async def test_a_new_policy_is_learned_again(cast: Cast) -> None:
    from saas.refunds.policies import versions

    course = await make_course(cast, bound_to="refund_policy", roles=["bookkeeper"], mandatory=True)
    await certify(cast, "ben", course, in_days(300))
    await certify(cast, "quinn", course, in_days(300))
    async with cast.transaction() as session:
        await versions.begin(session)
        policy = await versions.in_force(session, clock.today())
        await occasions.after_policy(session, str(policy.id))
        await occasions.after_policy(session, str(policy.id))
    rows = await assignments(cast)
    assert {a.member_id for a in rows} == {member_id(getattr(cast, n)) for n in ("ben", "lin", "quinn")}
    assert {a.source_key for a in rows} == {"refund_policy:1"}


async def test_a_certificate_that_ends_is_renewed_before(cast: Cast) -> None:
    course = await make_course(cast)
    await certify(cast, "ben", course, in_days(20))
    await certify(cast, "lin", course, in_days(200))
    await certify(cast, "cash", course, in_days(10))
    await certify(cast, "cash", course, in_days(300))
    async with cast.transaction() as session:
        await occasions.daily(session)
    [row] = await assignments(cast)
    assert (row.member_id, row.why) == (member_id(cast.ben), "renewal")
    assert row.due_at.astimezone(clock.CHINA).date() <= in_days(20)


def test_reminders_count_working_days() -> None:
    calendar = Calendar(load_days(ROOT / "tenants/_starter/calendar"))
    expected = {
        "2026-11-17": 0, "2026-11-18": 1, "2026-11-20": 1, "2026-11-22": 1, "2026-11-23": 2, "2026-11-29": 2,
        "2026-11-30": 3, "2026-12-07": 4,
    }  # fmt: skip
    due = date(2026, 11, 23)
    found = {day: reminders.steps_behind(due, date.fromisoformat(day), calendar) for day in expected}
    assert found == expected


async def test_reminders_come_once_and_managers_hear_after_a_week(cast: Cast) -> None:
    course = await make_course(cast)
    async with cast.transaction() as session:
        await assign_many(session, course, [member_id(cast.ben)], BY_HAND, NOON - timedelta(days=20), NOON)

    async def told(name: str, kind: str) -> list[str]:
        async with cast.transaction() as session:
            query = select(Notification).where(
                Notification.member_id == member_id(cast.actors[name]), Notification.kind == kind
            )
            return [n.text.to("en") for n in await session.scalars(query.order_by(Notification.created_at))]

    for days in (-10, -5, -5, 0, 0, 3, 8, 8):
        with clock.at(NOON + timedelta(days=days, hours=1)):
            async with cast.transaction() as session:
                await reminders.remind(session)
    assert await told("ben", "course") == [
        "The course “Course refunds” is due on 2026-11-23.",
        "The course “Course refunds” is due today.",
        "The course “Course refunds” was due on 2026-11-23 and is overdue.",
    ]
    assert await told("mara", "escalation") == ["Courses overdue by a week or more: 1, among them one of 陆予安."]
    async with cast.transaction() as session:
        late = await queries.listed(session, overdue_at=NOON + timedelta(days=1), after=None, limit=9)
        assert [row.member_id for row, _member, _version in late] == [member_id(cast.ben)]
        assert await queries.listed(session, overdue_at=NOON - timedelta(days=1), after=None, limit=9) == []


async def test_waiving_needs_another_person_and_a_reason(cast: Cast) -> None:
    course = await make_course(cast)
    async with cast.transaction() as session:
        await assign_many(session, course, [member_id(cast.mara), member_id(cast.ben)], BY_HAND, clock.now())
    [mine] = await assignments(cast, "mara")
    with pytest.raises(Forbidden):
        async with cast.transaction() as session:
            await settling.waive(session, await queries.one(session, mine.id), "忙", cast.mara, clock.now())
    with pytest.raises(DBAPIError, match="lets themselves off"):
        async with cast.transaction() as session:
            await session.execute(
                text("UPDATE course_assignments SET waived_at = now(), waived_by = member_id WHERE id = :id"),
                {"id": mine.id},
            )
    async with cast.transaction() as session:
        await settling.waive(session, await queries.one(session, mine.id), "已通过外部考试", cast.paula, clock.now())
    assert await assignments(cast, "mara") == []
    assert await tasks_of(cast, "mara") == []


async def test_courses_end_with_the_membership(cast: Cast) -> None:
    course = await make_course(cast)
    async with cast.transaction() as session:
        await assign_many(session, course, [member_id(cast.ben)], BY_HAND, clock.now())
    async with cast.transaction() as session:
        ben = await session.get_one(Membership, (cast.firm.id, member_id(cast.ben)))
        await remove(session, ben, member_id(cast.lin), cast.paula, clock.now())
    assert await assignments(cast) == []
    assert await tasks_of(cast, "lin") == []


async def test_five_hundred_people_in_one_job(cast: Cast) -> None:
    course = await make_course(cast)
    now, ids = clock.now(), [uuid7() for _n in range(500)]
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        session.add_all(
            Person(id=i, email=f"{i.hex}@example.com", name="同事", confirmed_at=now, created_at=now) for i in ids
        )
    async with cast.transaction() as session:
        session.add_all(
            Membership(person_id=i, id=i, name="同事", email=f"{i.hex}@example.com", roles=["cashier"], joined_at=now)
            for i in ids
        )
    async with cast.transaction() as session:
        bulk.promise(session, course.id, ids, "全员培训", in_days(20), cast.mara)
    assert await work(cast, "training.assign") == 1
    rows = await assignments(cast)
    assert len(rows) == 500
    assert {row.due_at.astimezone(clock.CHINA).date() for row in rows} == {in_days(20)}
    async with cast.transaction() as session:
        assert await queries.count_open(session) == 500
        told: list[UUID] = list(await session.scalars(select(Notification.member_id)))
    assert set(told) == set(ids)
