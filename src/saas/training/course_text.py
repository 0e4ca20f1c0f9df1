"""A course as its TOML file writes it, read strictly: an error names the file, the question and what is wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

from saas.training.questions.kinds import CONTENT, Both, Content, as_stored

COMMON = ("id", "kind", "stem", "why", "source", "hard")


class CourseFault(Exception):
    """What is wrong with a course file, and where."""


class QuestionText(msgspec.Struct, forbid_unknown_fields=True):
    """The fields every kind has; the others stand in `content`."""

    id: str
    kind: Literal["single", "several", "truefalse", "number", "order", "scenario", "voucher"]
    stem: Both
    why: Both
    source: Both
    content: Any = None  # the kind's own Struct (kinds.py)
    hard: Literal[1, 2, 3] = 2

    def stored(self) -> dict[str, Any]:
        content: Content = self.content
        return as_stored(content)


class LessonText(msgspec.Struct, forbid_unknown_fields=True):
    slug: str
    title: Both
    body: Both
    minutes: int = 5


class CourseText(msgspec.Struct, forbid_unknown_fields=True):
    slug: str
    topic: str
    title: Both
    summary: Both
    lessons: list[LessonText]
    questions: list[QuestionText] = []
    credits: int = 0
    subject: Literal["professional", "general"] = "professional"
    pass_mark: int = 80
    asked: int = 10
    minutes: int = 0
    attempts: int = 3
    valid_months: int = 12
    mandatory: bool = False
    roles: list[str] = []
    rules: list[str] = []
    causes: list[str] = []
    qualifications: list[str] = []
    bound_to: str = ""


def read_course(path: Path) -> CourseText:
    """The course in the file. Raises CourseFault."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CourseFault(f"{path.name}: {error}") from None
    questions = [_question(path.name, number, given) for number, given in enumerate(raw.pop("questions", []), 1)]
    try:
        course = msgspec.convert(raw, CourseText)
    except msgspec.ValidationError as error:
        raise CourseFault(f"{path.name}: {error}") from None
    course.questions = questions
    return course


def _question(file: str, number: int, raw: dict[str, Any]) -> QuestionText:
    """One question; its own fields are read as the kind's."""
    common = {name: value for name, value in raw.items() if name in COMMON}
    own = {name: value for name, value in raw.items() if name not in COMMON}
    where = f"{file}: question {raw.get('id') or number}"
    try:
        question = msgspec.convert(common, QuestionText)
        question.content = msgspec.convert(own, CONTENT[question.kind])
    except msgspec.ValidationError as error:
        raise CourseFault(f"{where}: {error}") from None
    return question
