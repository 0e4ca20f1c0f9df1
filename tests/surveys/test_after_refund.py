"""After a refund: three questions about process, attitude and speed; a low answer is somebody's task (R5.1)."""

from __future__ import annotations

from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from saas.surveys.models import Survey, SurveyAnswer
from saas.tasks.models import Task
from tests.cast import Cast, member_id
from tests.identity.post import link_in, mails_to, work_through
from tests.notices.conftest import Phone
from tests.refunds import payment_story as story
from tests.refunds.house import House, make_house


@pytest.fixture
def phone(client: AsyncTestClient[Litestar]) -> Phone:
    return Phone(client)


@pytest.fixture
async def house(cast: Cast) -> House:
    return await make_house(cast)


async def asked(house: House, phone: Phone, folder: Path) -> str:
    """The address of the survey after its link was followed."""
    await story.paid(house, files=await story.papers(house))
    await work_through(house.cast.database, house.cast.firm.id)
    [mail] = [m for m in mails_to(folder, "xu@example.com") if "三个问题" in m.subject]
    page = await phone.open(link_in(mail).rpartition("/")[2])
    assert page.status_code == 200
    assert "您对退费过程" in page.text
    return str(page.url.path)


async def test_three_questions_answered_once_a_low_one_is_a_task(
    house: House,
    as_person: story.People,
    phone: Phone,
    mailbox_folder: Path,
) -> None:
    at = await asked(house, phone, mailbox_folder)
    part = await phone.post(f"{at}/answer", {"process": "4", "attitude": "5"})
    assert part.status_code == 422
    given = {"process": "4", "attitude": "5", "speed": "1", "text": "等了太久"}
    for _turn in range(2):
        assert (await phone.post(f"{at}/answer", given)).status_code == 303
    async with house.cast.transaction() as session:
        [answer] = (await session.scalars(select(SurveyAnswer))).all()
        [survey] = (await session.scalars(select(Survey))).all()
        [task] = (await session.scalars(select(Task).where(Task.subject_kind == "survey"))).all()
    assert answer.values == {"process": 4, "attitude": 5, "speed": 1}
    assert (survey.subject_kind, survey.handler_id) == ("refund", member_id(house.cast.ben))
    assert (task.role, task.client_id) == ("manager", house.client.id)
    page = await (await as_person("mara")).get(f"/f/{house.cast.firm.slug}{task.url}")
    assert "等了太久" in page.text
    assert (await (await as_person("otto")).get(f"/f/{house.cast.firm.slug}{task.url}")).status_code == 404
    assert (await (await as_person("otto")).get(at)).status_code in (404, 410)


async def test_good_answers_ask_nothing_of_anybody(
    house: House,
    phone: Phone,
    mailbox_folder: Path,
) -> None:
    at = await asked(house, phone, mailbox_folder)
    assert (await phone.post(f"{at}/answer", {"process": "3", "attitude": "5", "speed": "4"})).status_code == 303
    async with house.cast.transaction() as session:
        assert (await session.scalars(select(Task).where(Task.subject_kind == "survey"))).all() == []
