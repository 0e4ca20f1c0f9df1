"""Questions to the client: asked by mail, answered by link, chased, escalated. Real PostgreSQL, SMTP, HTTP."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from saas.cases import asking, chasing, queries
from saas.cases.asking import Asked
from saas.cases.models import Case
from saas.cases.question_models import Question, QuestionAnswer
from saas.clients.models import Communication, Contact
from saas.kernel import clock
from saas.kernel.clock import CHINA
from saas.kernel.errors import Forbidden, Invalid
from saas.notices.models import Delivery
from saas.tasks.models import Task
from tests.cases import story
from tests.cast import Browser, Cast
from tests.identity.post import link_in, mails_to, work_through
from tests.notices.conftest import Phone

People = Callable[[str], Awaitable[Browser]]


async def confirmed(cast: Cast) -> tuple[Case, Contact]:
    case, _client, contact = await story.opened(cast)
    return await story.act(cast, case, "confirm", cast.ben, story.CONFIRM), contact


async def ask(cast: Cast, case: Case, contact: Contact, *texts: str) -> list[Question]:
    async with cast.transaction() as session:
        row = await queries.case(session, case.id)
        return await asking.ask(session, cast.ben, row, contact, [Asked(text) for text in texts], clock.now())


async def questions(cast: Cast, case: Case) -> list[Question]:
    async with cast.transaction() as session:
        return list(await queries.questions(session, case.id))


async def test_the_whole_way_by_link(cast: Cast, as_person: People, phone: Phone, mailbox_folder: Path) -> None:
    """Picked from the starter's and edited, sent, answered with a file, and the case goes on."""
    case, contact = await confirmed(cast)
    ben, at = await as_person("ben"), f"/f/{cast.firm.slug}/cases/{case.id}"
    form = await ben.get(f"{at}/ask")
    assert "这笔业务的实际金额是多少" in form.text
    sent = {"contact_id": str(contact.id), "use-0": "yes", "text-0": "实际金额是多少？", "own-0": "有没有分次付款？"}
    for _turn in range(2):  # the same form twice
        assert (await ben.post(f"{at}/ask", sent)).status_code == 303
    asked = await questions(cast, case)
    assert [(q.text, q.kind, q.fills) for q in asked] == [
        ("实际金额是多少？", "amount", "evidence"),
        ("有没有分次付款？", "text", ""),
    ]
    assert (await story.reload(cast, case)).state == "waiting_client"
    await work_through(cast.database, cast.firm.id)
    [letter] = mails_to(mailbox_folder, "xu@example.com")
    assert "关于杭州澄屿茶业有限公司账务的问题" in letter.subject
    assert "1. 实际金额是多少？" in letter.text
    page = await phone.open(link_in(letter).removeprefix("/l/"))
    assert page.status_code == 200
    assert "有没有分次付款" in page.text
    assert "评分" not in page.text  # nothing internal
    root = re.search(r'action="(/c/question/[^"]+)/answer"', page.text)
    assert root is not None
    assert all(q.answered_at is None for q in await questions(cast, case))  # looking answers nothing

    first, second = asked
    unsigned = await phone.post(f"{root[1]}/answer", {f"answer-{first.id}": "800.00"})
    assert unsigned.status_code == 422
    assert 'value="800.00"' in unsigned.text  # what was typed stays
    half = {f"answer-{first.id}": "800.00", "signed_name": "许承泽"}
    assert (await phone.post(f"{root[1]}/answer", half)).status_code == 303
    assert (await story.reload(cast, case)).state == "waiting_client"
    rest = {**half, f"answer-{second.id}": "没有"}
    files = {f"files-{second.id}": ("回单.pdf", b"%PDF-1.7 slip", "application/pdf")}
    for _turn in range(2):
        assert (await phone.post(f"{root[1]}/answer", rest, files=files)).status_code == 303
    assert (await story.reload(cast, case)).state == "contacted"
    one, two = await questions(cast, case)
    assert (one.answer, one.answered_by, one.answered_how) == ("800.00", "许承泽", "link")
    assert two.files[0]["name"] == "回单.pdf"
    shown = await (await as_person("quinn")).get(at)
    assert "800.00" in shown.text
    slip = await (await as_person("ada")).get(f"{at}/files/{two.files[0]['sha256']}")
    assert (slip.status_code, slip.content) == (200, b"%PDF-1.7 slip")
    assert (await (await as_person("otto")).get(f"{at}/files/{two.files[0]['sha256']}")).status_code == 404


async def test_the_latest_answer_counts_and_the_earlier_stays(cast: Cast, phone: Phone, mailbox_folder: Path) -> None:
    case, contact = await confirmed(cast)
    [question] = await ask(cast, case, contact, "何时投入使用？")
    await work_through(cast.database, cast.firm.id)
    page = await phone.open(link_in(mails_to(mailbox_folder, "xu@example.com")[0]).removeprefix("/l/"))
    root = re.search(r'action="(/c/question/[^"]+)/answer"', page.text)
    assert root is not None
    for text in ("九月", "九月二十日"):
        given = {f"answer-{question.id}": text, "signed_name": "许 承泽"}
        assert (await phone.post(f"{root[1]}/answer", given)).status_code == 303
    [answered] = await questions(cast, case)
    assert answered.answer == "九月二十日"
    async with cast.transaction() as session:
        said = (await session.scalars(select(QuestionAnswer).order_by(QuestionAnswer.at))).all()
        assert [a.text for a in said] == ["九月", "九月二十日"]
        talks = select(func.count()).select_from(Communication).where(Communication.subject_id == case.id)
        assert await session.scalar(talks) == 3  # asked once, answered twice
    await story.act(cast, case, "analyse", cast.ben, story.ANALYSE)
    await story.act(cast, case, "plan", cast.ben)
    late = await phone.post(f"{root[1]}/answer", {f"answer-{question.id}": "十月", "signed_name": "许承泽"})
    assert late.status_code == 409
    assert "已进入下一步" in late.text


async def test_an_answer_on_the_telephone_is_written_down(cast: Cast, as_person: People) -> None:
    case, contact = await confirmed(cast)
    [question] = await ask(cast, case, contact, "何时投入使用？")
    at = f"/f/{cast.firm.slug}/cases/{case.id}/questions/{question.id}"
    given = {"answer": "九月二十日", "by_name": "周岚", "how": "phone"}
    assert (await (await as_person("ada")).post(f"{at}/answer", given)).status_code == 403
    assert (await (await as_person("otto")).post(f"{at}/answer", given)).status_code == 404
    ben = await as_person("ben")
    missing = await ben.post(f"{at}/answer", {"answer": "九月二十日", "how": "phone"})
    assert missing.status_code == 422
    assert "九月二十日" in missing.text
    for _turn in range(2):
        assert (await ben.post(f"{at}/answer", given)).status_code == 303
    assert (await story.reload(cast, case)).state == "contacted"
    async with cast.transaction() as session:
        assert len((await session.scalars(select(QuestionAnswer))).all()) == 1


async def test_whose_mail_came_back_is_said_before_the_next_question(cast: Cast, as_person: People) -> None:
    case, contact = await confirmed(cast)
    await ask(cast, case, contact, "何时投入使用？")
    ben, at = await as_person("ben"), f"/f/{cast.firm.slug}/cases/{case.id}/ask"
    assert "曾被退回" not in (await ben.get(at)).text
    async with cast.transaction() as session:
        sent = (await session.scalars(select(Delivery).where(Delivery.subject_id == case.id))).one()
        sent.status, sent.bounced, sent.reply = "bounced", "hard", "550 5.1.1 no such user"
    page = (await ben.get(at)).text
    assert f"寄给 {contact.name} 的邮件曾被退回" in page
    assert "550 5.1.1 no such user" in page


async def test_a_withdrawn_question_holds_nothing_up(cast: Cast, as_person: People) -> None:
    case, contact = await confirmed(cast)
    [question] = await ask(cast, case, contact, "何时投入使用？")
    at = f"/f/{cast.firm.slug}/cases/{case.id}/questions/{question.id}/withdraw"
    assert (await (await as_person("lin")).post(at)).status_code == 403
    assert (await (await as_person("ben")).post(at)).status_code == 303
    assert (await story.reload(cast, case)).state == "contacted"


async def test_only_the_owner_asks_and_only_who_can_be_reached(cast: Cast) -> None:
    case, contact = await confirmed(cast)
    async with cast.transaction() as session:
        row = await queries.case(session, case.id)
        with pytest.raises(Forbidden):
            await asking.ask(session, cast.lin, row, contact, [Asked("何时？")], clock.now())
        with pytest.raises(Invalid, match="at least one"):
            await asking.ask(session, cast.ben, row, contact, [], clock.now())
    async with cast.transaction() as session:
        person = await session.get_one(Contact, (case.firm_id, contact.id))
        person.email = ""
    async with cast.transaction() as session:
        row, person = await queries.case(session, case.id), await session.get_one(Contact, (case.firm_id, contact.id))
        with pytest.raises(Invalid, match="no e-mail"):
            await asking.ask(session, cast.ben, row, person, [Asked("何时？")], clock.now())
        await session.rollback()


async def test_reminders_after_two_four_and_six_working_days_then_the_manager(cast: Cast, as_person: People) -> None:
    """Asked on Monday 9 November; the weekend does not count, nor does the night."""
    with clock.at(datetime(2026, 11, 9, 10, tzinfo=CHINA)):
        case, contact = await confirmed(cast)
        [question] = await ask(cast, case, contact, "何时投入使用？")
    due = {(10, 10): 0, (11, 8): 0, (11, 10): 1, (12, 10): 1, (13, 10): 2, (16, 10): 2, (17, 10): 3, (18, 10): 3}
    for (day, hour), reminders in due.items():
        with clock.at(datetime(2026, 11, day, hour, tzinfo=CHINA)):
            async with cast.transaction() as session:
                await chasing.chase(session)
        async with cast.transaction() as session:
            sent = select(func.count()).select_from(Delivery).where(Delivery.subject_kind == "question_chase")
            assert await session.scalar(sent) == reminders, (day, hour)
            assert (await queries.question(session, case.id, question.id)).chased == reminders
    async with cast.transaction() as session:
        tasks = select(Task).where(Task.subject_id == case.id, Task.workflow == "", Task.role == "manager")
        assert len((await session.scalars(tasks)).all()) == 1
    assert {n.kind for n in await story.notifications(cast, cast.mara)} >= {"escalation"}
    mara, said = await as_person("mara"), {"channel": "phone", "direction": "out", "contact_name": "许承泽",
                                              "summary": "请他周五前答复"}  # fmt: skip
    for result, left in (("", 1), ("已接通", 0)):
        sent = await mara.post(f"/f/{cast.firm.slug}/cases/{case.id}/exchanges", said | {"result": result})
        assert sent.status_code == 303
        said["summary"] += "。"
        async with cast.transaction() as session:
            waiting = (await session.scalars(tasks.where(Task.done_at.is_(None)))).all()
        assert len(waiting) == left, result
    assert (await story.reload(cast, case)).state == "waiting_client"


async def test_answered_questions_are_not_chased(cast: Cast) -> None:
    with clock.at(datetime(2026, 11, 9, 10, tzinfo=CHINA)):
        case, contact = await confirmed(cast)
        [question] = await ask(cast, case, contact, "何时投入使用？")
        async with cast.transaction() as session:
            row = await queries.case(session, case.id)
            asked = await queries.question(session, case.id, question.id)
            await asking.answer(session, cast.ben, row, [(asked, asking.Given("九月", "周岚", "phone"))], clock.now())
    with clock.at(datetime(2026, 11, 20, 10, tzinfo=CHINA)):
        async with cast.transaction() as session:
            await chasing.chase(session)
            sent = select(func.count()).select_from(Delivery).where(Delivery.subject_kind == "question_chase")
            assert await session.scalar(sent) == 0


async def test_the_answers_are_offered_where_they_belong(cast: Cast, as_person: People) -> None:
    case, contact = await confirmed(cast)
    async with cast.transaction() as session:
        row = await queries.case(session, case.id)
        [question] = await asking.ask(
            session, cast.ben, row, contact, [Asked("您希望如何处理？", fills="expectation")], clock.now()
        )
        asked = await queries.question(session, case.id, question.id)
        given = [(asked, asking.Given("请在月底前更正", "许承泽", "phone"))]
        await asking.answer(session, cast.ben, row, given, clock.now() + timedelta(minutes=1))
    page = await (await as_person("ben")).get(f"/f/{cast.firm.slug}/cases/{case.id}")
    assert ">请在月底前更正</textarea>" in page.text
