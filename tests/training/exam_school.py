"""A course with every kind of question, and people who sit its exam through the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from saas.kernel import clock
from saas.training import queries
from saas.training.course_models import Course, CourseVersion, Question
from saas.training.course_text import CourseText, read_course
from saas.training.exam_models import Attempt, ExamItem
from saas.training.loading import add_course
from tests.cast import Browser, Cast, member_id

RED = {"account": "5602 管理费用", "debit": "-1,200.00", "credit": ""}, {
    "account": "1002 银行存款", "debit": "", "credit": "-1200",
}  # fmt: skip
BLUE = {"account": "5601", "debit": "1200", "credit": ""}, {"account": "1002", "debit": "", "credit": "1200.00"}
VOUCHERS = {"method": "red_blue", "slips": [list(RED), list(BLUE)]}


def text(**settings: Any) -> CourseText:
    course = read_course(Path(__file__).parent / "small_course.toml")
    return msgspec.structs.replace(course, **settings)


async def add(cast: Cast, **settings: Any) -> CourseVersion:
    async with cast.transaction() as session:
        return await add_course(session, text(**settings), clock.now())


def right_form(question: Question, item: ExamItem) -> list[dict[str, Any]]:
    """What a person sends who knows: one form, or one for each step of a talk."""
    content = question.content
    if question.kind in ("single", "several"):
        right = [n for n, place in enumerate(item.order) if content["options"][place].get("right")]
        return [{"choice": [str(n) for n in right]}]
    if question.kind == "truefalse":
        return [{"choice": "yes" if content["answer"] else "no"}]
    if question.kind == "number":
        return [{"typed": "1,234.50"}]
    if question.kind == "order":
        return [{f"place{n}": str(place + 1) for n, place in enumerate(item.order)}]
    if question.kind == "scenario":
        return [{"step": "0", "way": "0", "go": "stay"}, {"step": "1", "way": "0"}]
    return [slips_form(VOUCHERS)]


def slips_form(answer: dict[str, Any]) -> dict[str, Any]:
    sent: dict[str, Any] = {"method": answer["method"]}
    for number, slip in enumerate(answer["slips"]):
        for column in ("account", "debit", "credit"):
            sent[f"v{number}_{column}"] = [row[column] for row in slip]
    return sent


class Sitting:
    """One person's attempt, in one browser window."""

    def __init__(self, cast: Cast, browser: Browser, name: str, version: CourseVersion) -> None:
        self.cast, self.browser, self.name, self.version = cast, browser, name, version
        self.root = f"/f/{cast.firm.slug}/training"
        self.url = ""

    async def begin(self) -> str:
        answer = await self.browser.post(f"{self.root}/courses/{self.version.course_id}/exam", {})
        assert answer.status_code == 303, answer.text
        self.url = answer.headers["location"]
        return self.url

    async def pairs(self) -> list[tuple[ExamItem, Question]]:
        async with self.cast.transaction() as session:
            return await queries.items(session, UUID(self.url.rsplit("/", 1)[1]))

    async def answer_all(self, *, wrong: tuple[str, ...] = ()) -> None:
        for item, question in await self.pairs():
            for form in right_form(question, item) if question.key not in wrong else []:
                sent = await self.browser.post(f"{self.url}/answers/{item.position}", form)
                assert sent.status_code == 303, sent.text

    async def hand_in(self) -> str:
        answer = await self.browser.post(f"{self.url}/hand-in", {})
        assert answer.status_code == 303
        return str(answer.headers["location"])

    async def attempt(self) -> Attempt:
        async with self.cast.transaction() as session:
            return await queries.attempt(session, UUID(self.url.rsplit("/", 1)[1]))


async def attempts(cast: Cast, name: str, course_id: UUID) -> list[Attempt]:
    async with cast.transaction() as session:
        mine = (Attempt.member_id == member_id(cast.actors[name]), Attempt.course_id == course_id)
        return list(await session.scalars(select(Attempt).where(*mine).order_by(Attempt.number)))


async def course_of(cast: Cast, version: CourseVersion) -> Course:
    async with cast.transaction() as session:
        return await queries.course(session, version.course_id)
