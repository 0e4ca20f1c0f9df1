"""What colleagues learned: exams sat on the pages everybody uses, some passed, one not at the first try."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import select

from saas.demo import gathering
from saas.demo.scene import NotThere, Scene
from saas.demo.tenant import Tenant
from saas.kernel.tenancy import of_this_firm
from saas.training import queries
from saas.training.course_models import Course, Question
from saas.training.exam_models import ExamItem
from saas.training.questions.kinds import content_of
from saas.training.questions.scenario import best, standing
from saas.training.questions.voucher import exercise

Deed = Callable[[Scene], Awaitable[None]]

# Role → when (working days from the founding), which course, and the share of its questions they know. The
# other exams are sat in saas.demo.studying; these go through the pages.
SAT: dict[str, tuple[tuple[str, str, float], ...]] = {
    "reviewer": (("+2 13:05", "correcting-vouchers", 1.0),),
    "cashier": (("+2 13:10", "professional-ethics", 0.5),),  # passed at the second attempt
}


def plan(tenant: Tenant) -> Iterator[tuple[str, str, Deed]]:
    """(on, key, deed) of every exam; of two colleagues with one role the second sits it some minutes later."""
    for place, colleague in enumerate(tenant.staff):
        for on, slug, known in SAT.get(colleague.role, ()):
            at = f"{on[:-2]}{int(on[-2:]) + place:02}"
            yield at, f"{colleague.name}/{slug}", partial(sit, name=colleague.name, slug=slug, known=known)
    yield from gathering.plan(tenant)


async def sit(scene: Scene, name: str, slug: str, known: float) -> None:
    """Begin, answer so many questions rightly, hand in."""
    browser = await scene.browser_of(name)
    async with scene.stage.reading() as session:
        course = await session.scalar(select(Course).where(of_this_firm(Course), Course.slug == slug))
    if course is None:
        raise NotThere(f"there is no course {slug}")
    await browser.post(f"{scene.root}/training/courses/{course.id}/exam", {})
    member = await scene.member(name)
    async with scene.stage.reading() as session:
        attempt = (await queries.open_attempts(session, member.id))[course.id]
        pairs = await queries.items(session, attempt.id)
    exam = f"{scene.root}/training/exams/{attempt.id}"
    for item, question in pairs[: round(known * len(pairs))]:
        for form in right_forms(question, item):
            await browser.post(f"{exam}/answers/{item.position}", form)
    await browser.post(f"{exam}/hand-in", {})


def right_forms(question: Question, item: ExamItem) -> Iterator[dict[str, Any]]:
    """What somebody sends who knows: one form, or one for each step of a talk."""
    content = question.content
    if question.kind in ("single", "several"):
        yield {"choice": [str(n) for n, place in enumerate(item.order) if content["options"][place].get("right")]}
    elif question.kind == "truefalse":
        yield {"choice": "yes" if content["answer"] else "no"}
    elif question.kind == "number":
        yield {"typed": content["answer"]}
    elif question.kind == "order":
        yield {f"place{n}": str(place + 1) for n, place in enumerate(item.order)}
    elif question.kind == "scenario":
        yield from _best_way(content_of("scenario", content))
    else:
        yield _vouchers(content_of("voucher", content).given)


def _best_way(talk: Any) -> Iterator[dict[str, str]]:
    path: list[int] = []
    while (step := standing(talk, path)) is not None:
        worth = [way.points + (_from(talk, way.next) if way.next else 0) for way in step.options]
        yield {"step": str(len(path)), "way": str(worth.index(max(worth))), "go": "stay"}
        path.append(worth.index(max(worth)))


def _from(talk: Any, step: str) -> int:
    return best(type(talk)(start=step, steps=talk.steps, rubric=talk.rubric))


def _vouchers(given: Any) -> dict[str, Any]:
    solved = exercise(given)
    sent: dict[str, Any] = {"method": solved.plan.choice.method.value}
    for number, voucher in enumerate(solved.expected):
        columns = [(f"{line.account}[{line.aux}]" if line.aux else line.account, line) for line in voucher.lines]
        sent[f"v{number}_account"] = [account for account, _line in columns]
        sent[f"v{number}_debit"] = [str(line.debit) if line.debit else "" for _account, line in columns]
        sent[f"v{number}_credit"] = [str(line.credit) if line.credit else "" for _account, line in columns]
    return sent
