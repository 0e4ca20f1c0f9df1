"""tenants/_starter/courses: every file obeys its README; a fault names file, question and what is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from saas.adjustments.correction.facts import KINDS
from saas.cases.forms import Analyse
from saas.checks.catalogue import BY_ID
from saas.kernel.access import ROLES
from saas.kernel.module import composition
from saas.training.course_rules import faults_of
from saas.training.course_text import CourseFault, CourseText, read_course
from saas.training.starter import FOLDER, PICTURES, Row, pictures_of

HAN = re.compile(r"[㐀-鿿]")
CAUSE_CODES = get_args(get_type_hints(Analyse)["cause_code"])
FILES = sorted(FOLDER.glob("*.toml"))


@pytest.fixture(scope="module")
def courses() -> dict[str, CourseText]:
    return {path.name: read_course(path) for path in FILES}


def texts(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict) and "zh" in value:
        yield path, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from texts(inner, f"{path}[{number}]")


def test_every_text_is_in_both_languages(courses: dict[str, CourseText]) -> None:
    faults = []
    for name, course in courses.items():
        for question in course.questions:
            question_texts = msgspec.to_builtins(question)
            faults += [
                f"{name}: question {question.id}: {at}" for at, text in texts(question_texts) if _one_sided(text)
            ]
        lessons = msgspec.to_builtins([course.lessons, course.title, course.summary])
        faults += [f"{name}: {at}" for at, text in texts(lessons) if _one_sided(text)]
    assert not faults, "\n".join(["not in both languages:", *faults])


def _one_sided(text: dict[str, Any]) -> bool:
    return not text["zh"].strip() or not str(text.get("en", "")).strip()


def test_no_two_questions_ask_the_same(courses: dict[str, CourseText]) -> None:
    for language in ("zh", "en"):
        seen: dict[str, str] = {}
        doubled = []
        for name, course in courses.items():
            for question in course.questions:
                stem = re.sub(r"\W", "", getattr(question.stem, language)).lower()
                if stem in seen:
                    doubled.append(f"{name}: question {question.id} asks what {seen[stem]} asks ({language})")
                seen[stem] = question.id
        assert not doubled, "\n".join(doubled)


def test_questions_can_be_asked_and_marked(courses: dict[str, CourseText]) -> None:
    faults = [
        f"{name}: question {question.id}: {fault.to('en')}"
        for name, course in courses.items()
        for question in course.questions
        for fault in faults_of(Row(question))
    ]
    assert not faults, "\n".join(faults)


def test_banks_are_large_and_mixed_enough(courses: dict[str, CourseText]) -> None:
    faults = []
    for name, course in courses.items():
        kinds = Counter(question.kind for question in course.questions)
        ids = Counter(question.id for question in course.questions)
        if len(course.questions) < 15:
            faults.append(f"{name}: {len(course.questions)} questions, at least 15")
        if len(kinds) < 5:
            faults.append(f"{name}: only the kinds {sorted(kinds)}, at least 5")
        if course.asked > len(course.questions):
            faults.append(f"{name}: asks {course.asked} of {len(course.questions)}")
        faults += [f"{name}: question {key} stands {n} times" for key, n in ids.items() if n > 1]
        for question in course.questions:
            options = len(getattr(question.content, "options", ()))
            if question.kind in ("single", "several") and not 3 <= options <= 5:
                faults.append(f"{name}: question {question.id}: {options} options, 3 to 5")
    assert not faults, "\n".join(faults)


def test_what_courses_name_exists(courses: dict[str, CourseText]) -> None:
    known = composition()
    faults = []
    for name, course in courses.items():
        faults += [f"{name}: no rule {rule}" for rule in course.rules if rule not in BY_ID]
        faults += [f"{name}: no role {role}" for role in course.roles if role not in ROLES]
        faults += [f"{name}: no cause {cause}" for cause in course.causes if cause not in CAUSE_CODES]
        faults += [
            f"{name}: no qualification {code}" for code in course.qualifications if code not in known.qualifications
        ]
        faults += [
            f"{name}: no picture {picture}" for picture in pictures_of(course) if not (PICTURES / picture).is_file()
        ]
    assert not faults, "\n".join(faults)
    assert len({course.slug for course in courses.values()}) == len(courses)


def test_a_fault_names_file_question_and_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "99-broken.toml"
    head = 'slug="b"\ntopic="t"\ntitle={zh="题",en="T"}\nsummary={zh="题",en="T"}\nlessons=[]\n'
    common = 'stem={zh="问",en="Q"}\nwhy={zh="因",en="W"}\nsource={zh="源",en="S"}\n'
    file.write_text(f'{head}[[questions]]\nid="b-01"\nkind="single"\n{common}answer=true\noptions=[]\n', "utf-8")
    with pytest.raises(CourseFault, match=r"99-broken\.toml: question b-01: .*unknown field `answer`"):
        read_course(file)
    file.write_text(
        f'{head}[[questions]]\nid="b-02"\nkind="voucher"\n{common}[questions.given]\nerror="slip"\n', "utf-8"
    )
    [question] = read_course(file).questions
    assert [fault.to("en") for fault in faults_of(Row(question))] == ["There is no kind of error “slip”."]
    assert "slip" not in KINDS
