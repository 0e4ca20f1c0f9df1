"""The inbox: scanners count for nothing, low answers get an owner and a reply, complaints a case, clients a note."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from openpyxl import load_workbook
from sqlalchemy import func, select

from saas.cases.models import Case
from saas.cases.workflow import COMPLAINT_RESPONSE, first_response
from saas.clients.models import Client, Contact
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.identifiers import uuid7
from saas.surveys import occasions, queries, sending
from saas.surveys.models import AnswerTag, FollowUp, NoteRecipient, Questionnaire, Survey, SurveyAnswer
from saas.surveys.starter import begin
from saas.surveys.subjects import about
from saas.tasks.models import Task
from tests.cases import story
from tests.cast import Browser, Cast, member_id
from tests.identity.post import link_in, mails_to, work_through
from tests.notices.conftest import Phone

People = Callable[[str], Awaitable[Browser]]
LOW = {"recommend": "3", "service": "4", "first": "speed", "text": "回复太慢，等了太久"}

pytestmark = pytest.mark.usefixtures("mailbox_folder")


@pytest.fixture
def phone(client: AsyncTestClient[Litestar]) -> Phone:
    return Phone(client)


async def work(cast: Cast) -> None:
    await work_through(cast.database, cast.firm.id)


async def sampled(cast: Cast) -> tuple[Survey, Client, Contact]:
    """A client without case or refund, drawn into the sample of the quarter."""
    client, contact = await story.make_client(cast)
    async with cast.transaction() as session:
        await begin(session)
        [wanted] = await queries.asking(session, "quarterly", clock.today())
        survey = await sending.ask(session, wanted, await about(session, "client", client.id), "2026Q4")
        assert survey is not None
    await work(cast)
    return survey, client, contact


async def opened(phone: Phone, folder: Path, subject: str = "请给我们") -> str:
    [mail] = [m for m in mails_to(folder, "xu@example.com") if subject in m.subject]
    page = await phone.open(link_in(mail).rpartition("/")[2])
    assert page.status_code == 200
    return str(page.url.path)


async def test_twenty_scanners_answer_nothing_and_one_person_does(
    cast: Cast, as_person: People, phone: Phone, mailbox_folder: Path
) -> None:
    survey, client, _contact = await sampled(cast)
    at, root = await opened(phone, mailbox_folder), f"/f/{cast.firm.slug}/surveys"
    for _scan in range(20):
        assert (await phone.get(at)).status_code == 200
    async with cast.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(SurveyAnswer)) == 0
        assert (await queries.survey(session, survey.id)).answered_at is None
    assert (await phone.post(f"{at}/answer", {**LOW, "first": "nonsense"})).status_code == 422
    assert (await phone.post(f"{at}/answer", {**LOW, "recommend": "11"})).status_code == 422
    for _turn in range(2):
        assert (await phone.post(f"{at}/answer", LOW)).status_code == 303
    async with cast.transaction() as session:
        [answer] = (await session.scalars(select(SurveyAnswer))).all()
        [follow] = (await session.scalars(select(FollowUp))).all()
        [task] = (await session.scalars(select(Task).where(Task.subject_kind == "survey"))).all()
        themes = await session.scalar(select(func.count()).select_from(AnswerTag))
    assert answer.values == {"recommend": 3, "service": 4, "first": "speed"}
    assert (answer.low, task.url, follow.owner_id, themes) == (True, f"/surveys/{survey.id}", None, 2)
    mara = await as_person("mara")
    for path in ("", "?view=open", "?view=mine", "?view=low", "?view=words", "?questionnaire=quarterly"):
        assert client.name in (await mara.get(root + path)).text
    assert client.name not in (await mara.get(f"{root}?questionnaire=cure")).text
    assert (await phone.post(f"{at}/answer", {**LOW, "recommend": "9", "text": "好多了"})).status_code == 303
    page = await mara.get(f"{root}/{survey.id}")
    assert "好多了" in page.text and "回复太慢" in page.text  # noqa: PT018 - the history stands beneath
    await _followed_up(cast, as_person, survey)


async def _followed_up(cast: Cast, as_person: People, survey: Survey) -> None:
    at = f"/f/{cast.firm.slug}/surveys/{survey.id}"
    ben, mara = await as_person("ben"), await as_person("mara")
    assert (await ben.get(at)).status_code == 403
    past = {"owner_id": str(member_id(cast.ben)), "due_on": "2020-01-01"}
    assert (await mara.post(f"{at}/owner", past)).status_code == 422
    day = (clock.today() + timedelta(3)).isoformat()
    assert (await mara.post(f"{at}/owner", {**past, "due_on": day})).status_code == 303
    assert (await ben.get(at)).status_code == 200
    assert (await ben.post(f"{at}/reply", {"channel": "phone"})).status_code == 422
    for _turn in range(2):
        assert (await ben.post(f"{at}/reply", {"channel": "phone", "reply": "已致歉，改为当日回复"})).status_code == 303
    async with cast.transaction() as session:
        [follow] = (await session.scalars(select(FollowUp))).all()
        [task] = (await session.scalars(select(Task).where(Task.subject_kind == "survey"))).all()
        told = await session.scalars(select(AuditEntry).where(AuditEntry.action == "surveys.reply"))
        assert [entry.timeline for entry in told] == [True]
    assert (follow.replied_by, task.assignee_id) == (member_id(cast.ben), member_id(cast.ben))
    assert task.done_at is not None


async def test_a_complaint_is_one_case_of_its_own_and_the_client_hears_what_was_done(
    cast: Cast, as_person: People, phone: Phone, mailbox_folder: Path
) -> None:
    survey, client, _contact = await sampled(cast)
    at, root = await opened(phone, mailbox_folder), f"/f/{cast.firm.slug}/surveys"
    assert (await phone.post(f"{at}/answer", {**LOW, "text": "", "complain": "yes"})).status_code == 422
    for _turn in range(2):
        assert (await phone.post(f"{at}/answer", {**LOW, "complain": "yes"})).status_code == 303
    mara = await as_person("mara")
    assert (await mara.post(f"{root}/{survey.id}/complaint")).status_code == 303
    async with cast.transaction() as session:
        [case] = (await session.scalars(select(Case))).all()
    assert (case.source, case.client_id, first_response(case)) == ("complaint", client.id, COMPLAINT_RESPONSE)
    note = {"key": str(uuid7()), "said": "回复太慢", "did": "工作日当天回复"}
    assert (await mara.post(f"{root}/notes", note)).status_code == 422
    for _turn in range(2):
        assert (await mara.post(f"{root}/notes", {**note, "survey": str(survey.id)})).status_code == 303
    await work(cast)
    async with cast.transaction() as session:
        [told] = (await session.scalars(select(NoteRecipient))).all()
    assert told.sent_at is not None
    [mail] = [m for m in mails_to(mailbox_folder, "xu@example.com") if "您提的意见" in m.subject]
    assert "工作日当天回复" in (await phone.open(link_in(mail).rpartition("/")[2])).text
    assert "工作日当天回复" in (await mara.get(f"/f/{cast.firm.slug}/clients/{client.id}")).text
    book = load_workbook(BytesIO((await mara.get(f"{root}/export")).content))
    assert [sheet.max_row for sheet in book.worksheets] == [2, 4]


async def test_pages_are_for_whoever_may_and_a_version_is_made_once(cast: Cast, as_person: People) -> None:
    async with cast.transaction() as session:
        await begin(session)
        await begin(session)
    root = f"/f/{cast.firm.slug}/surveys"
    rooms = ["", "/scores", "/questionnaires", "/questionnaires/cure", "/notes"]
    owned = ["/questionnaires/new", "/questionnaires/needs/edit", "/tags", "/notes/new"]
    for name, wanted in (("paula", 200), ("cash", 403), ("otto", 404), ("nobody", 303)):
        browser = await as_person(name)
        assert {(await browser.get(root + path)).status_code for path in rooms + owned} == {wanted}, name
    quinn, mara = await as_person("quinn"), await as_person("mara")
    assert {(await quinn.get(root + path)).status_code for path in owned} == {403}
    assert (await mara.get(f"{root}/questionnaires/none")).status_code == 404
    form = {"base": "1", "occasion": "cure", "is_on": "yes", "valid_from": clock.today().isoformat(), "quiet_days": "9",
            "wait_days": "2", "share": "100", "name_zh": "更正后", "subject_zh": "关于{title}", "intro_zh": "您好",
            "kind_0": "1-5", "text_zh_0": "满意吗？", "name_0": "satisfaction", "required_0": "yes"}  # fmt: skip
    assert (await mara.post(f"{root}/questionnaires/cure", {**form, "text_zh_0": ""})).status_code == 422
    for _turn in range(2):
        assert (await mara.post(f"{root}/questionnaires/cure", form)).status_code == 303
    assert (await mara.post(f"{root}/questionnaires/cure", {**form, "text_zh_0": "？"})).status_code == 409
    tag = {"key": str(uuid7()), "name_zh": "停车", "keywords": "停车、车位"}
    assert (await mara.post(f"{root}/tags", tag)).status_code == 303
    assert "停车、车位" in (await mara.get(f"{root}/tags")).text
    async with cast.transaction() as session:
        found = (await session.scalars(select(Questionnaire).where(Questionnaire.key == "cure"))).all()
        [live] = await queries.asking(session, "cure", clock.today())
    assert (sorted(one.version for one in found), live.quiet_days, live.wait_days) == ([1, 2], 9, 2)


async def test_nobody_is_asked_twice_within_the_quiet_period_or_about_the_same(cast: Cast) -> None:
    _survey, client, contact = await sampled(cast)
    now = clock.now()
    async with cast.transaction() as session:
        [lost] = await queries.asking(session, "lost", clock.today())
        [quarterly] = await queries.asking(session, "quarterly", clock.today())
        subject = await about(session, "client", client.id)
        assert await sending.ask(session, quarterly, subject, "2027Q1") is None  # within 60 days of the last
        assert await sending.ask(session, lost, subject) is None  # the client is still here
        row = await session.get(Client, (client.firm_id, client.id))
        assert row is not None
        row.archived_at = now
        await session.flush()
        assert await sending.ask(session, quarterly, subject, "2028Q1") is None  # nobody samples who left
        gone = await sending.ask(session, lost, subject)
        assert gone is not None
        assert await sending.ask(session, lost, subject) is None
        person = await session.get(Contact, (contact.firm_id, contact.id))
        assert person is not None
        person.left_at, row.archived_at = now, None
        await session.flush()
        [pulse] = await queries.asking(session, "pulse", clock.today())
        assert await sending.ask(session, pulse, subject) is None  # nobody is left to ask


async def test_a_case_that_stays_open_is_asked_about_once(cast: Cast) -> None:
    case, _client, _contact = await story.analysed(cast)
    async with cast.transaction() as session:
        await begin(session)
        await occasions.daily(session)
        asked = (await session.scalars(select(Survey).where(Survey.occasion == "pulse"))).all()
        assert asked == []
        [wanted] = await queries.asking(session, "pulse", clock.today())
        wanted.wait_days = -1  # a case's beginning never changes: the firm's patience does
        for one in await session.scalars(select(Survey)):
            one.created_at = clock.now() - timedelta(days=90)
        await session.flush()
        for _turn in range(2):
            await occasions.daily(session)
        [pulse] = (await session.scalars(select(Survey).where(Survey.occasion == "pulse"))).all()
    assert (pulse.subject_id, pulse.handler_id) == (case.id, cast.ben.id)
