"""Certificates on screen, on paper and for strangers; the courses a firm begins with; what learners may see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from saas.kernel import clock, documents
from saas.training import queries, starter
from saas.training.certificates.issuing import serial_text
from saas.training.course_models import Course, CourseFile, Lesson, Question
from saas.training.exam_models import Certificate
from saas.training.loading import begin
from tests.cast import Browser, Cast, member_id
from tests.training import exam_school as school
from tests.training.exam_school import Sitting
from tests.training.school import work

People = Callable[[str], Awaitable[Browser]]


@pytest.fixture(scope="module", autouse=True)
def printers() -> Iterator[None]:
    yield
    documents.cool_down()


async def certified(cast: Cast, as_person: People, name: str = "ben") -> tuple[Certificate, Sitting]:
    version = await school.add(cast, slug=f"c-{uuid4().hex[:8]}")
    sat = Sitting(cast, await as_person(name), name, version)
    await sat.begin()
    await sat.answer_all()
    await sat.hand_in()
    async with cast.transaction() as session:
        found = await queries.certificate_of(session, member_id(cast.actors[name]), version.course_id, clock.today())
    assert found is not None
    return found, sat


async def test_a_certificate_is_printed_once_in_both_languages(cast: Cast, as_person: People) -> None:
    paper, sat = await certified(cast, as_person)
    assert await work(cast, "training.print") >= 1
    async with cast.transaction() as session:
        printed = await queries.certificate(session, paper.id)
    assert len(printed.file_sha256) == 64
    url = f"{sat.root}/certificates/{paper.id}/pdf"
    answer = await sat.browser.get(url)
    assert answer.headers["content-type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert len(PdfReader(BytesIO(answer.content)).pages) == 1
    for words in ("培训合格证书", "Certificate of training", serial_text(paper), "各种题型", "Every kind", paper.code):
        assert words.replace(" ", "") in text.replace(" ", "").replace("\n", ""), words


async def test_numbers_have_no_gaps_and_nobody_else_opens_it(cast: Cast, as_person: People) -> None:
    first, sat = await certified(cast, as_person)
    second, _other = await certified(cast, as_person, "lin")
    assert second.number == first.number + 1
    url = f"{sat.root}/certificates/{first.id}"
    for name, status in (("ben", 200), ("lin", 404), ("quinn", 404), ("tina", 200), ("ada", 200), ("otto", 404)):
        assert (await (await as_person(name)).get(url)).status_code == status, name
        assert (await (await as_person(name)).get(f"{url}/pdf")).status_code == status, name
    assert (await (await as_person("nobody")).get(url)).status_code == 303


async def test_anybody_with_the_code_verifies_it(cast: Cast, as_person: People) -> None:
    paper, sat = await certified(cast, as_person)
    nobody = await as_person("nobody")
    page = (await nobody.get(f"/v/certificate/{paper.code}")).text
    for words in (
        serial_text(paper),
        "陆予安",
        "各种题型",
        "本证书真实有效",
        paper.valid_until.isoformat(),
        "衡溪会计",
    ):
        assert words in page, words
    assert "ben@example.com" not in page
    assert (await nobody.get(f"/v/certificate/{paper.code.lower()}")).status_code == 200  # as people type it
    wrong = paper.code[:-1] + ("0" if paper.code[-1] != "0" else "1")
    unknown = await nobody.get(f"/v/certificate/{wrong}")
    assert (unknown.status_code, "没有编码" in unknown.text) == (404, True)
    assert (await nobody.get("/v/certificate/x")).status_code == 404
    tina = await as_person("tina")
    withdraw = f"{sat.root}/certificates/{paper.id}/withdraw"
    assert (await tina.post(withdraw, {})).status_code == 422
    for name, status in (("lin", 403), ("ada", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(withdraw, {"reason": "误发"})).status_code == status, name
    for _twice in range(2):
        assert (await tina.post(withdraw, {"reason": "误发"})).status_code == 303
    assert "已将其撤回" in (await nobody.get(f"/v/certificate/{paper.code}")).text
    async with cast.transaction() as session:
        assert await queries.certificate_of(session, member_id(cast.ben), paper.course_id, clock.today()) is None


async def test_nobody_withdraws_their_own(cast: Cast, as_person: People) -> None:
    paper, sat = await certified(cast, as_person, "tina")
    refused = await sat.browser.post(f"{sat.root}/certificates/{paper.id}/withdraw", {"reason": "x"})
    assert refused.status_code == 403
    own = update(Certificate).where(Certificate.id == paper.id)
    async with cast.transaction() as session:
        with pytest.raises(IntegrityError):
            await session.execute(own.values(withdrawn_at=clock.now(), withdrawn_by=member_id(cast.tina)))
        await session.rollback()


async def test_a_certificate_ends_with_its_last_day(cast: Cast, as_person: People) -> None:
    paper, _sat = await certified(cast, as_person)
    async with cast.transaction() as session:
        for day, held in ((paper.valid_until, True), (paper.valid_until + timedelta(days=1), False)):
            found = await queries.certificate_of(session, member_id(cast.ben), paper.course_id, day)
            assert (found is not None) is held


async def test_a_new_firm_begins_with_every_course_of_the_starter(cast: Cast) -> None:
    for _twice in range(2):
        async with cast.transaction() as session:
            await begin(session)
    async with cast.transaction() as session:
        slugs = set(await session.scalars(select(Course.slug).where(Course.starter, Course.slug != "every-kind")))
        texts = starter.courses()
        assert {text.slug for text in texts} <= slugs
        mine = {text.slug for text in texts}
        published = [(c, v) for c, v in await queries.published(session) if c.slug in mine]
        assert len(published) == len(texts) >= 8
        versions = [version.id for _course, version in published]
        wanted = {Lesson: sum(len(t.lessons) for t in texts), Question: sum(len(t.questions) for t in texts)}
        for table, number in wanted.items():
            count = select(func.count()).select_from(table).where(table.version_id.in_(versions))
            assert await session.scalar(count) == number
        pictures = {name for text in texts for name in starter.pictures_of(text)}
        assert set(await session.scalars(select(CourseFile.name))) >= pictures


async def test_learners_read_lessons_in_order_and_go_to_the_exam(cast: Cast, as_person: People) -> None:
    version = await school.add(cast, slug=f"c-{uuid4().hex[:8]}")
    course = f"/f/{cast.firm.slug}/training/courses/{version.course_id}"
    ben = await as_person("ben")
    page = (await ben.get(f"{course}/lessons/first")).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<td>1</td>" in page
    assert "example.com" not in page
    on = await ben.post(f"{course}/lessons/first/read", {})
    assert on.headers["location"] == f"{course}/lessons/second"
    for _twice in range(2):
        assert (await ben.post(f"{course}/lessons/second/read", {})).headers["location"] == f"{course}?done=read"
    assert (await ben.get(f"{course}?done=read")).text.count("已读") == 2
    assert (await ben.get(f"{course}/lessons/third")).status_code == 404
    for name, status in (("ada", 200), ("cash", 200), ("otto", 404), ("nobody", 303)):
        person = await as_person(name)
        for path in ("", "/lessons/first"):
            assert (await person.get(course + path)).status_code == status, (name, path)
    assert (await (await as_person("ada")).post(f"{course}/lessons/first/read", {})).status_code == 403
    assert (await (await as_person("ada")).post(f"{course}/exam", {})).status_code == 403


async def test_the_rooms_of_training(cast: Cast, as_person: People) -> None:
    paper, sat = await certified(cast, as_person, "quinn")
    results = f"/courses/{paper.course_id}/results"
    for path, allowed in (("", True), ("/courses", True), (results, False)):
        for name in ("quinn", "ben", "cash", "ada", "tina", "paula"):
            expected = 200 if allowed or name in ("ada", "tina", "paula") else 403
            assert (await (await as_person(name)).get(sat.root + path)).status_code == expected, (path, name)
        assert (await (await as_person("otto")).get(sat.root + path)).status_code == 404
        assert (await (await as_person("nobody")).get(sat.root + path)).status_code == 303
    mine = (await sat.browser.get(sat.root)).text
    assert serial_text(paper) in mine
    assert "沈知微" in (await (await as_person("tina")).get(sat.root + results)).text
