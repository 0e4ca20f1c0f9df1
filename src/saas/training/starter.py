"""The courses every firm begins with: tenants/_starter/courses.

`python -m saas.training.starter FILE…` prints every fault of the files, and what the engine makes of each exercise.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from saas.adjustments.correction.vouchers import Voucher as Drafted
from saas.kernel.pages import ROOT
from saas.training.course_rules import faults_of
from saas.training.course_text import CourseFault, CourseText, QuestionText, read_course
from saas.training.questions.kinds import Voucher
from saas.training.questions.voucher import exercise

FOLDER = ROOT / "tenants" / "_starter" / "courses"
PICTURES = FOLDER / "pictures"
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s/]+)\)")


@cache
def courses() -> tuple[CourseText, ...]:
    """All of them, in the order of their files. Raises CourseFault."""
    return tuple(read_course(path) for path in sorted(FOLDER.glob("*.toml")))


def pictures_of(course: CourseText) -> list[str]:
    """The names of the pictures its lessons show."""
    named = [name for lesson in course.lessons for name in IMAGE.findall(lesson.body.zh + lesson.body.en)]
    return list(dict.fromkeys(named))


class Row:
    """A question of a file as the bank would keep it."""

    def __init__(self, question: QuestionText) -> None:
        self.key, self.kind = question.id, question.kind
        self.stem = {"zh": question.stem.zh, "en": question.stem.en}
        self.why = {"zh": question.why.zh, "en": question.why.en}
        self.source = {"zh": question.source.zh, "en": question.source.en}
        self.content = question.stored()


def told(path: Path) -> Iterator[str]:
    """Every fault of a file, and the solution of each of its voucher exercises."""
    try:
        course = read_course(path)
    except CourseFault as fault:
        yield str(fault)
        return
    for question in course.questions:
        faults = faults_of(Row(question))
        yield from (f"{path.name}: question {question.id}: {fault.to('en')}" for fault in faults)
        if isinstance(question.content, Voucher) and not faults:
            solved = exercise(question.content.given)
            yield f"{question.id}: {solved.plan.choice.method.value} ({solved.plan.choice.row})"
            for voucher in solved.expected:
                yield f"  {voucher.date} {voucher.word}-{voucher.number or 'n'} {voucher.summary} | {_lines(voucher)}"


def _lines(voucher: Drafted) -> str:
    sides = (("D" if line.on_debit else "C", line) for line in voucher.lines)
    return " | ".join(f"{side} {line.account} {line.name} {line.amount}" for side, line in sides)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        sys.stdout.writelines(f"{line}\n" for line in told(Path(name)))
