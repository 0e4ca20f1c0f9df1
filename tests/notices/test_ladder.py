"""The next channel follows by itself; where machines get no further a person is asked, until the letter is settled."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from saas.clients.models import Contact
from saas.firms.models import Notification
from saas.kernel import clock, mailbox
from saas.kernel.access import Actor
from saas.kernel.errors import Conflict
from saas.kernel.perform import perform
from saas.notices import answers, queries, relaying
from saas.notices.forms import AnswerForm, Reason
from saas.notices.models import Delivery, Notice
from saas.notices.sms import is_mobile
from saas.notices.workflow import NOTICE
from saas.tasks.models import Task
from tests.cast import Browser
from tests.notices.conftest import Office
from tests.notices.test_delivery import _change, sweep

People = Callable[[str], Awaitable[Browser]]
NO_ANSWER = "Call the client: no answer has come"
NOT_ARRIVED = "Call the client: the letter did not arrive"
CALL = {
    "channel": "phone",
    "contact_name": "许承泽",
    "at": "2026-12-02T10:00",
    "reply": "已告知",
    "reference": "0571-1",
}


async def bounced(office: Office) -> Notice:
    """A letter whose mail comes back."""
    notice = await office.issued()
    await fail(office, (await office.deliveries(notice.id))[0])
    return await office.fresh(notice.id)


async def fail(office: Office, delivery: Delivery) -> None:
    async with office.cast.transaction() as session:
        await relaying.bounce(session, await queries.delivery(session, delivery.id), "550 no such user", clock.now())


async def tasks(office: Office, notice_id: UUID) -> dict[str, Any]:
    """Step → done by whom: "open", a member's id, or None where the letter's end did it."""
    async with office.cast.transaction() as session:
        query = select(Task).where(Task.subject_id == notice_id, Task.workflow == "")
        found = (await session.scalars(query)).all()
        return {task.step.msgid: "open" if task.done_at is None else task.done_by for task in found}


async def told(office: Office) -> list[str]:
    async with office.cast.transaction() as session:
        found = await session.scalars(select(Notification).where(Notification.member_id == office.cast.ben.id))
        return [row.text.to("en") for row in found]


async def test_a_text_message_follows_a_mail_that_came_back(office: Office, mailbox_folder: Path) -> None:
    notice = await bounced(office)
    mail, text = await office.deliveries(notice.id)
    assert (mail.channel, mail.status) == ("email", "bounced")
    assert (text.channel, text.status, text.recipient) == ("sms", "queued", "13800000001")
    assert any("did not reach xu@chengyu.example; it goes to 许承泽 now" in said for said in await told(office))
    await office.work("notices.deliver", "notices.hand_over")
    assert (await office.fresh(notice.id)).state == "accepted"
    sent = json.loads((office.settings.data_dir / "sms" / f"{text.id.hex}.json").read_text("utf-8"))
    assert f"/l/{office.token(text)}" in sent["text"]
    assert await tasks(office, notice.id) == {}


async def test_without_a_mobile_another_who_may_approve_gets_it(office: Office, mailbox_folder: Path) -> None:
    await _change(office, phone="0571-88886666")
    notice = await office.issued()
    async with office.cast.transaction() as session:
        session.add(Contact(client_id=office.client.id, name="王总", email="wang@chengyu.example", may_approve=True))
    await fail(office, (await office.deliveries(notice.id))[0])
    _first, second = await office.deliveries(notice.id)
    assert (second.contact_name, second.channel) == ("王总", "email")
    await office.work("notices.deliver", "notices.hand_over")
    addresses = [letter.to for letter in mailbox.list_messages(mailbox_folder)]
    assert any("wang@chengyu.example" in address for address in addresses)


async def test_the_last_rung_is_a_call_of_the_owner(office: Office, mailbox_folder: Path) -> None:
    notice = await bounced(office)
    await office.work("notices.deliver", "notices.hand_over")
    await fail(office, (await office.deliveries(notice.id))[1])
    assert len(await office.deliveries(notice.id)) == 2
    assert (await office.fresh(notice.id)).state == "bounced"
    assert await tasks(office, notice.id) == {NOT_ARRIVED: "open"}
    assert any("Please call" in said for said in await told(office))


@pytest.mark.parametrize(
    ("channel", "step"),
    [("phone", NOT_ARRIVED), ("wechat", "Hand the link over by WeChat, or call: the letter did not arrive")],
)
async def test_who_prefers_a_person_is_left_to_a_person(
    office: Office, mailbox_folder: Path, channel: str, step: str
) -> None:
    await _change(office, channel=channel)
    notice = await bounced(office)
    assert len(await office.deliveries(notice.id)) == 1
    assert await tasks(office, notice.id) == {step: "open"}


async def test_while_another_copy_is_on_its_way_nothing_follows(office: Office, mailbox_folder: Path) -> None:
    async with office.cast.transaction() as session:
        session.add(Contact(client_id=office.client.id, name="王总", email="wang@chengyu.example", may_approve=True))
    notice = await bounced(office)
    assert len(await office.deliveries(notice.id)) == 2
    assert await tasks(office, notice.id) == {}


async def test_nobody_to_write_to_is_a_call_at_once(office: Office, mailbox_folder: Path) -> None:
    await _change(office, email="", phone="")
    notice = await office.issued()
    assert await tasks(office, notice.id) == {NOT_ARRIVED: "open"}


def test_which_numbers_take_text_messages() -> None:
    good = ("13800000001", "+86 138-0000-0001", "8613800000001", "+4915112345678")
    assert all(map(is_mobile, good))
    assert not any(map(is_mobile, ("0571-88886666", "", "12345678901", "无")))


@pytest.mark.usefixtures("late_november")
async def test_the_record_of_a_call_finishes_what_asked_for_it(
    office: Office, as_person: People, mailbox_folder: Path
) -> None:
    notice = await office.issued()
    with clock.at(clock.now().replace(year=2026, month=12, day=2)):
        await sweep(office)
        assert await tasks(office, notice.id) == {NO_ANSWER: "open"}
        ben = await as_person("ben")
        path = f"/f/{office.cast.firm.slug}/notices/{notice.id}/deliveries"
        assert (await ben.post(path, {**CALL, "reference": ""})).status_code == 422
        assert await tasks(office, notice.id) == {NO_ANSWER: "open"}
        assert (await ben.post(path, CALL)).status_code == 303
        assert await tasks(office, notice.id) == {NO_ANSWER: office.cast.ben.id}
        await sweep(office)
        assert await tasks(office, notice.id) == {NO_ANSWER: office.cast.ben.id}


@pytest.mark.usefixtures("late_november")
@pytest.mark.parametrize("end", ["acknowledge", "withdraw", "supersede", "expire"])
async def test_the_end_of_a_letter_ends_its_calls(office: Office, mailbox_folder: Path, end: str) -> None:
    notice = await office.issued()
    with clock.at(clock.now().replace(year=2026, month=12, day=2)):
        await sweep(office)
        async with office.cast.transaction() as session:
            form: Any = {"acknowledge": AnswerForm("许承泽"), "withdraw": Reason("x")}.get(end)
            quinn = replace(office.cast.quinn, signed_in_at=clock.now())
            await perform(session, NOTICE, notice.id, end, quinn, form)
        assert await tasks(office, notice.id) == {NO_ANSWER: office.cast.quinn.id}


async def test_a_late_answer_on_paper_still_counts_but_not_by_link(office: Office, mailbox_folder: Path) -> None:
    notice = await office.issued()
    behind_a_link = Actor("contact", office.contact.id, office.contact.name)
    async with office.cast.transaction() as session:
        await perform(session, NOTICE, notice.id, "expire", office.cast.ben, now=clock.now() + timedelta(days=30))
        with pytest.raises(Conflict):
            await answers.answer(
                session, behind_a_link, notice, "confirm", office.contact, AnswerForm("许承泽"), clock.now()
            )
        said = await answers.answer(
            session, office.cast.ben, notice, "confirm", office.contact, AnswerForm("许承泽", how="paper"), clock.now()
        )
    assert (said.how, (await office.fresh(notice.id)).state) == ("paper", "acknowledged")
