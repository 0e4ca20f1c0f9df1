"""Mail that comes back, through the real listener by LMTP: bounces, replies, machines, forgers, and a database away."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import make_url, select

from saas import mailbox_answers
from saas.clients.models import Communication
from saas.firms.models import Notification
from saas.kernel import clock, mailbox, return_paths, tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.notices.models import Delivery, Notice, ReturnedMail
from saas.notices.returns import addresses, listener
from saas.tasks.models import Task
from tests.cast import Browser
from tests.notices.conftest import Office
from tests.notices.returned import reports
from tests.notices.returned.reports import as_bytes

People = Callable[[str], Awaitable[Browser]]
CORRECT = "Correct the e-mail address of %(name)s: mail to %(address)s came back"


@pytest.fixture
async def listening(settings: Settings, database: Database) -> AsyncIterator[None]:
    async with listener.listening(settings, database):
        yield


async def hand_over(settings: Settings, content: bytes, *to: str) -> dict[str, tuple[int, bytes]]:
    """As Postfix does it; what was refused, by recipient."""

    def speak() -> dict[str, tuple[int, bytes]]:
        with smtplib.LMTP(settings.lmtp_url.removeprefix("lmtp+unix://")) as server:
            try:
                return server.sendmail("", list(to), content)
            except smtplib.SMTPRecipientsRefused as refused:
                return dict(refused.recipients)
            except smtplib.SMTPDataError as error:
                return {to[0]: (error.smtp_code, bytes(str(error.smtp_error), "utf-8"))}

    return await asyncio.to_thread(speak)


async def sent(office: Office) -> tuple[Notice, Delivery, str]:
    """A letter out by mail, its delivery, and the return address it carries."""
    notice = await office.issued()
    (delivery,) = await office.deliveries(notice.id)
    return notice, delivery, return_paths.address(office.cast.firm.code, delivery.id, office.settings)


async def rows(office: Office, table: Any, *where: Any) -> list[Any]:
    async with office.cast.transaction() as session:
        return list((await session.scalars(select(table).where(table.firm_id == office.cast.firm.id, *where))).all())


async def test_a_bounce_fails_the_letter_and_asks_its_owner_to_correct_the_address(
    office: Office, mailbox_folder: Path, listening: None, as_person: People
) -> None:
    notice, delivery, address = await sent(office)
    (kept,) = sorted(mailbox_folder.glob("*.eml"))  # noqa: ASYNC240
    letter = message_from_bytes(kept.read_bytes())
    assert address in str(letter["Reply-To"])
    assert address not in str(letter["From"])

    assert await hand_over(office.settings, as_bytes(reports.POSTFIX_DELAYED, address), address) == {}
    (still,) = await office.deliveries(notice.id)
    assert (still.status, still.reply[:7]) == ("accepted", "connect")
    report = as_bytes(reports.POSTFIX, address)
    assert await hand_over(office.settings, report, address) == {}
    assert await hand_over(office.settings, report, address) == {}  # the server in front missed the first yes
    bounced, *others = await office.deliveries(notice.id)
    assert [other.status for other in others] == ["queued"]  # the next contact who may approve
    assert (bounced.status, bounced.bounced, bounced.reply[:9]) == ("bounced", "hard", "550 5.1.1")
    assert (await office.fresh(notice.id)).state == "bounced"
    returned = await rows(office, ReturnedMail, ReturnedMail.delivery_id == delivery.id)
    assert sorted(mail.kind for mail in returned) == ["bounce", "delay"]

    tasks = [t for t in await rows(office, Task) if t.step.msgid == CORRECT and t.client_id == notice.client_id]
    (task,) = tasks
    assert (task.assignee_id, task.url) == (notice.owner_id, f"/clients/{notice.client_id}")
    assert task.step.params["address"] == "xu@chengyu.example"

    ben, firm = await as_person("ben"), f"/f/{office.cast.firm.slug}"
    page = (await ben.get(f"{firm}/notices/{(await office.drafted()).id}")).text
    assert "寄给 许承泽 的邮件曾被退回" in page
    assert "550 5.1.1" in page

    contact = f"{firm}/clients/{notice.client_id}/contacts/{office.contact.id}"
    same = {"name": "许承泽", "email": office.contact.email, "channel": "email", "phone": "13800000000"}
    assert (await ben.post(contact, same)).status_code == 303
    assert [t.done_at for t in await rows(office, Task, Task.id == task.id)] == [None], "the address is the same"
    assert (await ben.post(contact, {**same, "email": "xu@chengyu-new.example"})).status_code == 303
    (ended,) = await rows(office, Task, Task.id == task.id)
    assert (ended.done_at is not None, ended.done_by) == (True, office.cast.ben.id)


async def test_a_reply_joins_the_log_with_its_files_and_machines_stay_quiet(
    office: Office, mailbox_folder: Path, listening: None
) -> None:
    notice, delivery, address = await sent(office)
    for report in (reports.OUT_OF_OFFICE, reports.VACATION, reports.READ_RECEIPT):
        assert await hand_over(office.settings, as_bytes(report, address), address) == {}
    mine = (Communication.client_id == notice.client_id, Communication.direction == "in")
    assert await rows(office, Communication, *mine) == []
    quiet = await rows(office, AuditEntry, AuditEntry.client_id == notice.client_id, AuditEntry.timeline)
    assert {"notice.auto_reply", "notice.mail_receipt"} <= {entry.action for entry in quiet}

    reply = as_bytes(reports.REPLY_QQ, address)
    assert await hand_over(office.settings, reply, address) == {}
    assert await hand_over(office.settings, reply, address) == {}
    (entry,) = await rows(office, Communication, *mine)
    assert entry.summary == "发票已经补开，550 元那张是重复的。"
    assert (entry.channel, entry.contact_id, entry.subject_kind, entry.subject_id) == (
        "email", delivery.contact_id, "case", notice.subject_id,
    )  # fmt: skip
    assert [file["name"] for file in entry.files] == ["发票.png", "mail.eml"]
    assert "setup.exe" in entry.result
    (now,) = await office.deliveries(notice.id)
    assert now.status == "delivered"
    told = await rows(office, Notification, Notification.member_id == notice.owner_id, Notification.kind == "answer")
    assert "%(name)s answered by e-mail: %(title)s" in {one.text.msgid for one in told}


async def test_a_suspended_firms_mail_is_taken_in_and_nothing_leaves_until_it_is_lifted(
    office: Office, mailbox_folder: Path, listening: None
) -> None:
    """What comes back is on record, the address is corrected by nobody yet, and the next channel waits."""
    lost, _delivery, bounced = await sent(office)
    answered, _theirs, reply_to = await sent(office)
    left = len(list(mailbox_folder.glob("*.eml")))  # noqa: ASYNC240

    async def statuses() -> list[tuple[str, str]]:
        return [(delivery.channel, delivery.status) for delivery in await office.deliveries(lost.id)]

    await suspend(office, at=clock.now())
    assert await hand_over(office.settings, as_bytes(reports.POSTFIX, bounced), bounced) == {}
    assert await hand_over(office.settings, as_bytes(reports.REPLY_QQ, reply_to), reply_to) == {}
    assert sorted(mail.kind for mail in await rows(office, ReturnedMail)) == ["bounce", "reply"]
    about = (Communication.subject_id == answered.subject_id, Communication.direction == "in")
    assert len(await rows(office, Communication, *about)) == 1
    await office.work("notices.deliver", "notices.hand_over")
    assert await statuses() == [("email", "bounced"), ("sms", "queued")]
    assert len(list(mailbox_folder.glob("*.eml"))) == left  # noqa: ASYNC240
    await suspend(office, at=None)
    await office.work("notices.deliver", "notices.hand_over")
    assert await statuses() == [("email", "bounced"), ("sms", "accepted")], "the next channel, once it may"


async def suspend(office: Office, at: datetime | None) -> None:
    async with office.cast.database.transaction(tenancy.PLATFORM) as session:
        (await session.get_one(Firm, office.cast.firm.id)).suspended_at = at


async def test_forged_and_unknown_addresses_are_refused_and_nothing_is_taken_before_the_commit(
    office: Office, mailbox_folder: Path, listening: None
) -> None:
    notice, delivery, address = await sent(office)
    settings, code = office.settings, office.cast.firm.code
    forged = [
        address.replace(delivery.id.hex, uuid4().hex),
        return_paths.address(code, uuid4(), settings),  # genuine, of a delivery that was erased
        return_paths.address("nofirm22", delivery.id, settings),
        return_paths.address(office.cast.other_firm.code, delivery.id, settings),  # another firm's is unknown as well
        f"postmaster@{settings.return_domain}",
    ]
    report = as_bytes(reports.POSTFIX, address)
    for one in forged:
        assert (await hand_over(settings, report, one))[one][0] == 550
    assert await hand_over(settings, report, forged[0], address) == {forged[0]: (550, listener.UNKNOWN[4:].encode())}
    assert (await office.deliveries(notice.id))[0].status == "bounced"
    async with office.cast.transaction() as session:
        assert list(await addresses.held(session, ["xu@chengyu.example", "corrected@chengyu.example", ""])) == [
            "xu@chengyu.example"
        ]

    round_about = b"Received: by a; now\r\n" * 60 + report
    assert (await hand_over(settings, round_about, address))[address][0] == 554


async def test_a_database_away_means_later_and_a_full_mailbox_is_no_wrong_address(
    office: Office, mailbox_folder: Path, listening: None
) -> None:
    notice, _delivery, address = await sent(office)
    report = as_bytes(reports.EXIM, address)
    gone = make_url(office.settings.app_database_url).set(database="gone")
    away = Database(gone.render_as_string(hide_password=False))
    settings = replace(office.settings, lmtp_url=office.settings.lmtp_url.replace("lmtp.sock", "away.sock"))
    async with listener.listening(settings, away):
        assert (await hand_over(settings, report, address))[address][0] == 451
    await away.close()
    assert [d.status for d in await office.deliveries(notice.id)] == ["accepted"]

    assert await hand_over(office.settings, report, address) == {}
    full = (await office.deliveries(notice.id))[0]
    assert (full.status, full.bounced) == ("bounced", "soft")
    assert [task for task in await rows(office, Task) if task.step.msgid == CORRECT] == []


async def test_the_dev_mailbox_answers_and_bounces_through_the_same_door(
    office: Office, mailbox_folder: Path, listening: None, as_person: People
) -> None:
    notice, _delivery, _address = await sent(office)
    (letter,) = mailbox.list_messages(mailbox_folder)
    nobody, page = await as_person("nobody"), f"/mailbox/{letter.id}"
    assert f'action="{page}/reply"' in (await nobody.get(page)).text
    assert (await nobody.post(f"{page}/reply", {"text": ""})).status_code == 422
    assert (await nobody.post("/mailbox/1-unknown/bounce")).status_code == 404
    assert await mailbox_answers.hand_in(mailbox_answers.reply_to(letter, "收到，谢谢。"), office.settings)
    mine = (Communication.client_id == notice.client_id, Communication.direction == "in")
    assert [entry.summary for entry in await rows(office, Communication, *mine)] == ["收到，谢谢。"]
    assert await mailbox_answers.hand_in(mailbox_answers.report_on(letter), office.settings)
    assert (await office.deliveries(notice.id))[0].bounced == "hard"
