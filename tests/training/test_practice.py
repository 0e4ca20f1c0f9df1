"""Questions from practice: no name of a client is left, and the engine still solves them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import select

from saas.adjustments import execution, planning, review
from saas.adjustments.correction.drafting import draft
from saas.adjustments.correction.facts import Facts
from saas.adjustments.correction.vouchers import Mistake
from saas.cases.forms import Close
from saas.cases.workflow import CASE
from saas.clients.models import Client
from saas.improvement.lessons.lesson_models import LibraryLesson
from saas.kernel import clock
from saas.kernel.perform import perform
from saas.training.course_models import Question
from saas.training.course_rules import faults_of
from saas.training.editing import drafts
from saas.training.editing.anonymising import given_of
from saas.training.questions.kinds import Given, Scenario, content_of
from saas.training.questions.scenario import best
from saas.training.questions.voucher import exercise
from tests.adjustments.runner import facts_of, mistakes_of
from tests.adjustments.scenarios import SCENARIOS
from tests.adjustments.test_round import (
    analysed,
    booked,
    corrected,
    deed,
    drafted,
    effective,
    store_file,
    tea,
    work,
)
from tests.adjustments.worked_cases import books, case
from tests.cases.story import lesson_of
from tests.cast import Browser, Cast
from tests.refunds.house import House, make_house
from tests.refunds.test_watch import archived
from tests.training import exam_school as school

People = Callable[[str], Awaitable[Browser]]
SIMPLE = [s for s in SCENARIOS if s.added is None and not s.variant and s.id not in ("E15", "E16", "E21")]
__all__ = ["tea"]  # the fixture of a client whose books are wrong


def found(scenario: Any) -> tuple[Facts, Mistake]:
    there, standard = books(scenario.id, "small"), "small"
    printed = case(scenario.id, standard)
    return facts_of(scenario, printed, standard, there), mistakes_of(scenario, printed, standard)[0]


@pytest.mark.parametrize("scenario", SIMPLE, ids=lambda s: s.id)
def test_every_worked_case_becomes_an_exercise_of_the_same_method(scenario: Any) -> None:
    facts, mistake = found(scenario)
    there = books(scenario.id, "small")
    stored = given_of(facts, mistake, str(there.open_period), there.today)
    solved = exercise(msgspec.convert(stored, Given))
    assert solved.plan.choice.method is scenario.method
    engine = draft(solved.plan.choice, [mistake], there)
    amounts = [[(line.debit, line.credit) for line in voucher.lines] for voucher in engine.vouchers]
    assert [[(line.debit, line.credit) for line in voucher.lines] for voucher in solved.plan.vouchers] == amounts


def test_names_summaries_and_accounts_of_strangers_are_replaced() -> None:
    facts, mistake = found(next(s for s in SCENARIOS if s.id == "E05"))
    assert mistake.wrong is not None
    lines = tuple(
        replace(line, account="112207", name="应收账款—杭州澄屿茶业", aux="") if line.account == "1122" else line
        for line in mistake.wrong.lines
    )
    named = replace(mistake, wrong=replace(mistake.wrong, summary="收澄屿茶业货款", lines=lines), right=mistake.right)
    stored = given_of(facts, named, "2026-05", date(2026, 5, 12))
    assert "澄屿" not in str(stored)
    assert stored["wrong"]["lines"][0].startswith("D 1122[甲]")
    assert stored["wrong"]["summary"] == "记应收账款"


async def test_a_closed_case_becomes_an_exercise(
    mailbox_folder: Any, cast: Cast, tea: Client, settings: Any, as_person: People
) -> None:
    matter = await analysed(cast, tea)
    await drafted(cast, tea, matter)
    await deed(cast, matter, tea, review.submit, cast.ben, effective())
    await deed(cast, matter, tea, review.approve, cast.quinn, list(review.TICKS))
    await work(cast)
    async with cast.transaction() as session:
        await perform(session, CASE, matter.id, "acknowledge", cast.ben)
    await deed(cast, matter, tea, execution.begin, cast.ben)
    await deed(cast, matter, tea, execution.finish, cast.ben, ["记-4", "记-5"])
    await store_file(cast, tea, booked() + corrected(), settings)
    await deed(cast, matter, tea, execution.prove, cast.quinn)
    async with cast.transaction() as session:
        assert (await planning.newest(session, matter)) is not None
        session.add(lesson_of(cast, matter))
        await session.flush()
        await perform(session, CASE, matter.id, "close", cast.mara, Close())
    tina, url = await draft_page(cast, as_person)
    assert matter.number in (await tina.get(f"{url}/practice")).text
    made = await tina.post(f"{url}/practice", {"kind": "case", "id": str(matter.id)})
    assert made.status_code == 303, made.text
    question = await question_at(cast, made.headers["location"])
    assert (question.kind, question.origin_kind, question.origin_id) == ("voucher", "case", matter.id)
    assert exercise(content_of("voucher", question.content).given).plan.choice.method.value == "red_blue"
    said = f"{question.stem}{question.content}{question.why}"
    assert not any(name in said for name in ("澄屿", "许承泽", "广告费"))
    assert question.stem["en"].startswith("A client’s voucher turned out to be wrong.")
    assert faults_of(question) == []
    # From the case itself: into the course that fits, once, however often the button is pressed.
    firm = f"/f/{cast.firm.slug}"
    for where in ("/cases/", "/improvement/lessons/"):
        subject = matter.id if where == "/cases/" else await library_lesson(cast, matter.id)
        assert 'id="practise"' in (await tina.get(f"{firm}{where}{subject}")).text
        assert 'id="practise"' not in (await (await as_person("ben")).get(f"{firm}{where}{subject}")).text
    button, into = f"{firm}/training/practice/cases/{matter.id}", {"course_id": url.split("/")[-2]}
    first, again = await tina.post(button, into), await tina.post(button, into)
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"] == made.headers["location"]
    assert (await (await as_person("ben")).post(button, into)).status_code == 403
    assert (await (await as_person("otto")).post(button, into)).status_code == 404
    stranger = {"kind": "case", "id": str(uuid4())}
    assert (await tina.post(f"{url}/practice", stranger)).status_code == 404
    assert (await tina.post(f"{url}/practice", {"kind": "other"})).status_code == 422


async def test_a_closed_refund_becomes_a_talk(cast: Cast, mailbox_folder: Any, as_person: People) -> None:
    house: House = await make_house(cast)
    refund = await archived(house)
    tina, url = await draft_page(cast, as_person)
    assert refund.number in (await tina.get(f"{url}/practice")).text
    made = await tina.post(f"{url}/practice", {"kind": "refund", "id": str(refund.id)})
    assert made.status_code == 303, made.text
    question = await question_at(cast, made.headers["location"])
    assert question.kind == "scenario"
    talk: Scenario = content_of("scenario", question.content)
    assert best(talk) == 4
    assert str(refund.asked) in talk.steps[0].text.zh
    said = f"{question.stem}{question.content}{question.why}"
    assert not any(name in said for name in ("澄屿", "许承泽"))
    assert (await tina.get(made.headers["location"])).status_code == 200


async def library_lesson(cast: Cast, case_id: UUID) -> UUID:
    async with cast.transaction() as session:
        found = await session.scalar(select(LibraryLesson.id).where(LibraryLesson.source_id == case_id))
    assert found is not None
    return found


async def draft_page(cast: Cast, as_person: People) -> tuple[Browser, str]:
    version = await school.add(cast, slug=f"c-{uuid4().hex[:8]}")
    async with cast.transaction() as session:
        await drafts.begin(session, version.course_id, cast.tina, clock.now())
    return await as_person("tina"), f"/f/{cast.firm.slug}/training/courses/{version.course_id}/draft"


async def question_at(cast: Cast, url: str) -> Question:
    course_id, question_id = UUID(url.split("/")[5]), UUID(url.rsplit("/", 1)[1])
    async with cast.transaction() as session:
        return await drafts.question_of(session, await drafts.the_draft(session, course_id), question_id)
