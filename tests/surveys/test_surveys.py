"""One question once the cure is proved: asked by link, answered once, and a low answer is somebody's task."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from saas.cases.models import Case
from saas.kernel.access import SYSTEM
from saas.surveys.models import Survey, SurveyAnswer
from saas.tasks.models import Task
from tests.cases import story
from tests.cast import Browser, Cast
from tests.identity.post import link_in, mails_to, work_through
from tests.notices.conftest import Phone

People = Callable[[str], Awaitable[Browser]]


@pytest.fixture
def phone(client: AsyncTestClient[Litestar]) -> Phone:
    return Phone(client)


async def _work(cast: Cast) -> None:
    await work_through(cast.database, cast.firm.id)


async def executed(cast: Cast) -> Case:
    """A case whose correction is booked and not yet proved; the steps of later modules are done in their name."""
    case, _client, _contact = await story.analysed(cast)
    for action in ("plan", "submit"):
        await story.act(cast, case, action, SYSTEM)
    await story.act(cast, case, "approve", cast.quinn)
    for action in ("notify", "acknowledge", "execute", "finish"):
        await story.act(cast, case, action, SYSTEM)
    return case


async def surveys(cast: Cast) -> list[Survey]:
    async with cast.transaction() as session:
        return list(await session.scalars(select(Survey)))


async def asked(cast: Cast, phone: Phone, folder: Path) -> tuple[Case, str]:
    """The case, and the address of the survey after its link was followed."""
    case = await executed(cast)
    await story.act(cast, case, "verify", cast.quinn)
    await _work(cast)
    [mail] = [m for m in mails_to(folder, "xu@example.com") if "一个问题" in m.subject]
    page = await phone.open(link_in(mail).rpartition("/")[2])
    assert page.status_code == 200
    return case, str(page.url.path)


async def test_nobody_is_asked_before_the_cure_is_proved(cast: Cast, mailbox_folder: Path) -> None:
    case = await executed(cast)
    await _work(cast)
    assert await surveys(cast) == []
    await story.act(cast, case, "verify", cast.quinn)
    await _work(cast)
    [survey] = await surveys(cast)
    assert (survey.subject_id, survey.handler_id) == (case.id, cast.ben.id)
    assert survey.sent_at is not None


async def test_an_answer_is_kept_once_and_a_low_one_is_a_task(
    cast: Cast, as_person: People, phone: Phone, mailbox_folder: Path
) -> None:
    case, at = await asked(cast, phone, mailbox_folder)
    nothing = await phone.post(f"{at}/answer", {"text": "……"})
    assert nothing.status_code == 422
    assert (await phone.post(f"{at}/answer", {"satisfaction": "6"})).status_code == 422
    for _turn in range(2):
        assert (await phone.post(f"{at}/answer", {"satisfaction": "2", "text": "等了太久"})).status_code == 303
    async with cast.transaction() as session:
        answers = (await session.scalars(select(SurveyAnswer))).all()
        tasks = (await session.scalars(select(Task).where(Task.subject_kind == "survey"))).all()
    assert [(a.values, a.text) for a in answers] == [({"satisfaction": 2}, "等了太久")]
    assert [(t.role, t.client_id) for t in tasks] == [("manager", case.client_id)]
    work = await (await as_person("mara")).get(f"/f/{cast.firm.slug}/work")
    assert work.status_code == 200
    assert "跟进事项" in work.text
    page = await (await as_person("mara")).get(f"/f/{cast.firm.slug}/cases/{case.id}")
    assert "等了太久" in page.text


async def test_a_good_answer_asks_nothing_of_anybody(cast: Cast, phone: Phone, mailbox_folder: Path) -> None:
    _case, at = await asked(cast, phone, mailbox_folder)
    assert (await phone.post(f"{at}/answer", {"satisfaction": "5"})).status_code == 303
    async with cast.transaction() as session:
        assert (await session.scalars(select(Task).where(Task.subject_kind == "survey"))).all() == []


async def test_without_the_link_there_is_no_survey(
    cast: Cast, as_person: People, phone: Phone, mailbox_folder: Path
) -> None:
    _case, at = await asked(cast, phone, mailbox_folder)
    assert (await (await as_person("otto")).get(at)).status_code in (404, 410)
    assert (await (await as_person("paula")).get(at)).status_code in (404, 410)
