"""Other promised times: the training matrix, and a course given to five hundred people."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, select

from saas.bench.office import Office, visiting
from saas.bench.outcome import Result
from saas.bench.timing import result, timed
from saas.identity.models import Membership
from saas.kernel import clock, jobs
from saas.kernel.i18n import Text
from saas.kernel.identifiers import uuid7
from saas.kernel.outbox import Outbox
from saas.training.assigning import bulk
from saas.training.assigning.assign import Why, assign_many
from saas.training.course_models import Course, CourseVersion
from saas.training.duty_models import Assignment

PEOPLE, COURSES, MANY = 50, 40, 500
MATRIX, ASSIGNING = 150, 2000  # milliseconds that the product promises
BY_HAND = Why("manual", Text("%(title)s", title="为测量而定"))


async def measure(place: Office, turns: int) -> list[Result]:
    """The page beside itself before there was anything to show; the job beside one plain INSERT of its rows."""
    path, folder = f"/f/{place.firm.slug}/training/matrix", place.settings.data_dir
    async with visiting(place) as browser:
        empty = await timed(browser, path, turns, folder)
        await _school(place)
        full = await timed(browser, path, turns, folder)
    case = f"training matrix {PEOPLE} × {COURSES}, beside it without people and courses"
    return [result(case, full, empty, MATRIX), await _assigning(place)]


async def _school(place: Office) -> None:
    """Every course for every second of fifty people."""
    people = await _people(place, PEOPLE)
    for number in range(COURSES):
        async with place.transaction() as session:
            course = Course(id=uuid7(), slug=f"c{number}", created_at=clock.now())
            session.add(course)
            await session.flush()
            version = CourseVersion(
                id=uuid7(), course_id=course.id, number=1, made_at=clock.now(), published_at=clock.now(),
                topic="refunds", title={"zh": f"课程{number}", "en": f"Course {number}"},
                summary={"zh": "简介", "en": "Summary"}, credits=4,
            )  # fmt: skip
            session.add(version)
            await session.flush()
            course.published_id = version.id
            await session.flush()
            await assign_many(session, course, people[number % 2 :: 2], BY_HAND, clock.now())


async def _people(place: Office, number: int) -> list[UUID]:
    ids = [uuid7() for _n in range(number)]
    async with place.transaction() as session:
        session.add_all(
            Membership(id=one, person_id=one, name=f"同事{at:03}", email=f"{one.hex}@bench.example", roles=["cashier"],
                       is_owner=False, joined_at=clock.now())
            for at, one in enumerate(ids)
        )  # fmt: skip
    return ids


async def _assigning(place: Office) -> Result:
    people = await _people(place, MANY)
    async with place.transaction() as session:
        first, other = (await session.scalars(select(Course).where(Course.firm_id == place.firm.id).limit(2))).all()
        bulk.promise(session, first.id, people, "全员培训", clock.today() + timedelta(days=20), place.owner)
    async with place.transaction() as session:
        wanted = select(Outbox.id).where(Outbox.job == "training.assign", Outbox.finished_at.is_(None))
        job = (await session.scalars(wanted)).one()
    begun = time.perf_counter()
    if not await jobs.run_job(place.database, place.firm.id, job):
        raise RuntimeError("the course could not be assigned")
    ours, begun = time.perf_counter() - begun, time.perf_counter()
    await _plain(place, other, people)
    peer = time.perf_counter() - begun
    case = f"a course given to {MANY} people, each told, beside a plain INSERT of the rows"
    mine, theirs = ({"ms": round(seconds * 1000, 1)} for seconds in (ours, peer))
    return Result(case, mine, theirs, round(ours / peer, 2), f"< {ASSIGNING:,} ms", ours * 1000 < ASSIGNING)


async def _plain(place: Office, course: Course, people: Sequence[UUID]) -> None:
    now = clock.now()
    async with place.transaction() as session:
        rows = [
            {"firm_id": place.firm.id, "id": uuid7(), "member_id": one, "course_id": course.id,
             "version_id": course.published_id, "why": "manual", "assigned_at": now, "due_at": now + timedelta(days=9)}
            for one in people
        ]  # fmt: skip
        await session.execute(insert(Assignment), rows)
