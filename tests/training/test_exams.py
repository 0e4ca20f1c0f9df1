"""Sitting an exam through its pages: saving, two windows, the clock, the result, the certificate."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from saas.kernel import clock
from saas.kernel.errors import Conflict
from saas.kernel.months import last_day_of_term
from saas.training import queries
from saas.training.course_models import CourseVersion, Question
from saas.training.exam_models import Attempt, Certificate, ExamItem
from saas.training.exams import sitting
from tests.cast import Browser, Cast, member_id
from tests.training import exam_school as school
from tests.training.exam_school import Sitting

People = Callable[[str], Awaitable[Browser]]


async def sit(cast: Cast, as_person: People, name: str = "ben", **settings: object) -> Sitting:
    version = await school.add(cast, slug=f"c-{uuid4().hex[:8]}", **settings)
    return Sitting(cast, await as_person(name), name, version)


async def certificate_of(cast: Cast, name: str, sat: Sitting) -> Certificate | None:
    async with cast.transaction() as session:
        who = member_id(cast.actors[name])
        return await queries.certificate_of(session, who, sat.version.course_id, clock.today())


async def test_whoever_knows_passes_and_is_certified(cast: Cast, as_person: People) -> None:
    sat = await sit(cast, as_person)
    await sat.begin()
    await sat.answer_all()
    assert (await sat.hand_in()).endswith(sat.url.rsplit("/", 1)[1])
    attempt = await sat.attempt()
    assert (attempt.percent, attempt.passed, attempt.number, attempt.timed_out) == (100, True, 1, False)
    paper = await certificate_of(cast, "ben", sat)
    assert paper is not None
    assert paper.qualifications == ["corrections.high_risk"]
    assert paper.valid_until == last_day_of_term(clock.today(), 12)
    page = (await sat.browser.get(sat.url)).text
    assert all(words in page for words in ("因为如此", "准则第1条", "先听后说", "说明七"))
    assert f"/training/certificates/{paper.id}" in page


async def test_nothing_is_revealed_before_handing_in(cast: Cast, as_person: People) -> None:
    sat = await sit(cast, as_person)
    await sat.begin()
    for number in range(1, 9):
        page = (await sat.browser.get(f"{sat.url}?q={number}")).text
        for secret in ("因为如此", "说明二", "说明七", "准则第", "先听后说", "他平静了", "1234.50", "订正2026年"):
            assert secret not in page, (number, secret)


async def test_an_attempt_is_drawn_shuffled_and_frozen(cast: Cast, as_person: People) -> None:
    sat = await sit(cast, as_person, asked=4)
    await sat.begin()
    pairs = await sat.pairs()
    assert [item.position for item, _q in pairs] == [1, 2, 3, 4]
    first = (await sat.browser.get(f"{sat.url}?q=1")).text
    assert first.split('id="question"')[1] == (await sat.browser.get(f"{sat.url}?q=1")).text.split('id="question"')[1]


async def test_two_windows_sit_one_exam(cast: Cast, as_person: People) -> None:
    sat = await sit(cast, as_person)
    await sat.begin()
    other = Sitting(cast, sat.browser, "ben", sat.version)
    assert await other.begin() == sat.url  # the second window shows the same attempt
    assert len(await school.attempts(cast, "ben", sat.version.course_id)) == 1
    await sat.answer_all()
    await sat.hand_in()
    late = await other.hand_in()
    assert late.endswith("?late=1")
    assert "已经交卷" in (await sat.browser.get(late)).text
    item, _question = (await sat.pairs())[0]
    kept = dict(item.answer)
    answer = await sat.browser.post(f"{sat.url}/answers/1", {"choice": "0", "typed": "9", "method": "delete"})
    assert answer.headers["location"].endswith("?late=1")
    assert (await sat.pairs())[0][0].answer == kept
    async with cast.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Certificate)) >= 1
        mine = Certificate.attempt_id == UUID(sat.url.rsplit("/", 1)[1])
        assert await session.scalar(select(func.count()).select_from(Certificate).where(mine)) == 1


async def test_two_windows_begin_and_hand_in_in_the_same_moment(cast: Cast) -> None:
    version = await school.add(cast, slug=f"c-{uuid4().hex[:8]}")
    course = await school.course_of(cast, version)

    async def begin() -> UUID:
        async with cast.transaction() as session:
            return (await sitting.begin(session, cast.lin, course, clock.now())).id

    begun = await asyncio.gather(begin(), begin(), begin())
    assert len(set(begun)) == 1

    async def hand_in() -> bool:
        async with cast.transaction() as session:
            attempt = await sitting.own(session, begun[0], cast.lin, lock=True)
            return await sitting.hand_in(session, attempt, cast.lin, clock.now())

    assert sorted(await asyncio.gather(hand_in(), hand_in(), hand_in())) == [False, False, True]


async def test_a_course_edited_meanwhile_changes_nothing_for_whoever_sits_it(cast: Cast, as_person: People) -> None:
    sat = await sit(cast, as_person)
    await sat.begin()
    before = [(item.position, question.stem["zh"]) for item, question in await sat.pairs()]
    async with cast.transaction() as session:
        course = await queries.course(session, sat.version.course_id, lock=True)
        newer = CourseVersion(
            course_id=course.id, number=2, topic="corrections", title={"zh": "新", "en": "New"},
            summary={"zh": "新", "en": "New"}, pass_mark=100, asked=1, made_at=clock.now(),
        )  # fmt: skip
        session.add(newer)
        await session.flush()
        course.published_id, newer.published_at = newer.id, clock.now()
    await sat.answer_all(wrong=("q-single",))
    await sat.hand_in()
    assert [(item.position, question.stem["zh"]) for item, question in await sat.pairs()] == before
    attempt = await sat.attempt()
    assert (attempt.version_id, attempt.passed) == (sat.version.id, True)  # by the pass mark of the version begun


async def test_after_its_time_what_was_saved_counts(cast: Cast, as_person: People) -> None:
    sat = await sit(cast, as_person)
    await sat.begin()
    await sat.answer_all()
    attempt_id = UUID(sat.url.rsplit("/", 1)[1])
    past = clock.now() + timedelta(minutes=31)
    async with cast.transaction() as session:
        attempt = await sitting.own(session, attempt_id, cast.ben, lock=True)
        with pytest.raises(Conflict) as refused:
            await sitting.save(session, attempt, 1, {"choice": "0"}, past)
    assert "time" in refused.value.reason.to("en")
    async with cast.transaction() as session:
        attempt = await sitting.own(session, attempt_id, cast.ben, lock=True)
        await sitting.hand_in(session, attempt, cast.ben, past)
    attempt = await sat.attempt()
    assert (attempt.timed_out, attempt.percent) == (True, 100)


async def test_an_abandoned_exam_is_handed_in_by_the_clock(cast: Cast) -> None:
    version = await school.add(cast, slug=f"c-{uuid4().hex[:8]}")
    course = await school.course_of(cast, version)
    async with cast.transaction() as session:
        attempt = await sitting.begin(session, cast.cash, course, clock.now() - timedelta(hours=1))
    async with cast.transaction() as session:
        await sitting.lapse(session)
    [row] = await school.attempts(cast, "cash", course.id)
    assert (row.id, row.timed_out, row.percent, row.passed) == (attempt.id, True, 0, False)


async def test_attempts_run_out_and_a_trainer_opens_another(cast: Cast, as_person: People) -> None:
    sat = await sit(cast, as_person, attempts=1)
    await sat.begin()
    await sat.hand_in()
    begin = f"{sat.root}/courses/{sat.version.course_id}/exam"
    refused = await sat.browser.post(begin, {})
    assert refused.status_code == 409
    assert "培训师" in refused.text
    who = {"member_id": str(member_id(cast.ben)), "reason": "再试一次"}
    reopen = f"{sat.root}/courses/{sat.version.course_id}/reopen"
    for name, status in (("lin", 403), ("ada", 403), ("otto", 404), ("nobody", 303), ("tina", 303)):
        assert (await (await as_person(name)).post(reopen, who)).status_code == status, name
    assert (await sat.browser.post(begin, {})).status_code == 303
    assert [row.number for row in await school.attempts(cast, "ben", sat.version.course_id)] == [1, 2]


async def test_nobody_opens_another_attempt_for_themselves(cast: Cast, as_person: People) -> None:
    sat = await sit(cast, as_person, "tina", attempts=1)
    await sat.begin()
    await sat.hand_in()
    who = {"member_id": str(member_id(cast.tina)), "reason": "自己"}
    assert (await sat.browser.post(f"{sat.root}/courses/{sat.version.course_id}/reopen", who)).status_code == 403


async def test_a_certificate_is_renewed_only_when_it_ends_soon(cast: Cast, as_person: People) -> None:
    sat = await sit(cast, as_person)
    await sat.begin()
    await sat.answer_all()
    await sat.hand_in()
    begin = f"{sat.root}/courses/{sat.version.course_id}/exam"
    assert (await sat.browser.post(begin, {})).status_code == 409
    soon = await sit(cast, as_person, valid_months=1)
    await soon.begin()
    await soon.answer_all()
    await soon.hand_in()
    assert (await soon.browser.post(f"{soon.root}/courses/{soon.version.course_id}/exam", {})).status_code == 303


async def test_saving_answers_in_place_and_going_on(cast: Cast, as_person: People) -> None:
    sat = await sit(cast, as_person)
    await sat.begin()
    position = next(item.position for item, question in await sat.pairs() if question.key == "q-number")
    url = f"{sat.url}/answers/{position}"
    headers = {"hx_request": "true", "hx_target": "saved"}
    saved = await sat.browser.post(url, {"typed": "77"}, **headers)
    assert saved.status_code == 200
    assert saved.text.strip().startswith('<span id="saved">')
    assert "77" in (await sat.browser.get(f"{sat.url}?q={position}")).text
    back = await sat.browser.post(url, {"typed": "78", "go": "back"})
    assert back.headers["location"].endswith(f"?q={position - 1}")
    assert (await sat.browser.post(f"{sat.url}/answers/99", {"typed": "1"})).status_code == 404


async def test_who_may_see_an_exam(cast: Cast, as_person: People) -> None:
    sat = await sit(cast, as_person)
    await sat.begin()
    for name, status in (("lin", 404), ("tina", 404), ("ada", 404), ("otto", 404), ("nobody", 303)):
        person = await as_person(name)
        assert (await person.get(sat.url)).status_code == status, name
        expected = 403 if name == "ada" else status
        assert (await person.post(f"{sat.url}/answers/1", {"choice": "0"})).status_code == expected, name
        assert (await person.post(f"{sat.url}/hand-in", {})).status_code == expected, name
    await sat.hand_in()
    for name, status in (("ben", 200), ("lin", 404), ("tina", 200), ("ada", 200), ("otto", 404)):
        assert (await (await as_person(name)).get(sat.url)).status_code == status, name


async def test_the_database_keeps_what_was_published_and_handed_in(cast: Cast, as_person: People) -> None:
    sat = await sit(cast, as_person)
    await sat.begin()
    await sat.answer_all()
    await sat.hand_in()
    attempt_id = UUID(sat.url.rsplit("/", 1)[1])
    changes = [
        update(CourseVersion).where(CourseVersion.id == sat.version.id).values(pass_mark=1),
        update(Question).where(Question.version_id == sat.version.id).values(hard=1),
        update(Attempt).where(Attempt.id == attempt_id).values(percent=100, passed=True, points=1),
        update(ExamItem).where(ExamItem.attempt_id == attempt_id).values(points=100),
        update(Certificate).where(Certificate.attempt_id == attempt_id).values(percent=99),
        text(f"INSERT INTO course_lessons (firm_id, id, version_id, position, slug, minutes, title, body) VALUES "
             f"('{cast.firm.id}', gen_random_uuid(), '{sat.version.id}', 9, 'x', 1, '{{}}', '{{}}')"),
        text(f"INSERT INTO exam_reopenings (firm_id, id, member_id, course_id, reason, by_id, at) VALUES "
             f"('{cast.firm.id}', gen_random_uuid(), '{cast.ben.id}', '{sat.version.course_id}', '', "
             f"'{cast.ben.id}', now())"),
    ]  # fmt: skip
    for change in changes:
        with pytest.raises(IntegrityError):
            async with cast.transaction() as session:
                await session.execute(change)
