"""Handing letters over: through the real mailbox, step by step as it is committed, with all that can go wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from saas.clients.models import Contact
from saas.firms.queries import profile
from saas.kernel import clock, jobs, mailbox
from saas.kernel.config import activate
from saas.kernel.outbox import Outbox, enqueue
from saas.notices import answers, bounces, queries, relaying
from saas.notices.models import Delivery
from saas.tasks.models import Task
from tests.cast import make_kind
from tests.kernel.test_mail import relay_that_says
from tests.notices.conftest import Office

ALL = ("notices.render", "notices.deliver", "notices.hand_over")


async def test_an_approved_letter_reaches_the_clients_mailbox(office: Office, mailbox_folder: Path) -> None:
    notice = await office.approved()
    assert await office.promised("notices.render")
    await office.work("notices.render")
    notice = await office.fresh(notice.id)
    (queued,) = await office.deliveries(notice.id)
    assert (notice.state, queued.status, queued.attempts) == ("sending", "queued", 0)

    await office.work("notices.deliver")
    (sending,) = await office.deliveries(notice.id)
    assert (sending.status, sending.attempts) == ("sending", 1)
    assert sending.message_id is not None
    assert mailbox.list_messages(mailbox_folder) == []

    await office.work("notices.hand_over")
    (accepted,) = await office.deliveries(notice.id)
    assert accepted.status == "accepted"
    assert accepted.reply.startswith("kept as")
    assert (await office.fresh(notice.id)).state == "accepted"
    (letter,) = mailbox.list_messages(mailbox_folder)
    assert letter.to == "许承泽 <xu@chengyu.example>"
    assert notice.number in letter.subject
    assert f"/l/{office.token(accepted)}" in letter.text
    (attached,) = letter.attachments
    assert bounces.seen(office.settings, accepted.message_id or "")
    assert (attached.content_type, attached.content[:5]) == ("application/pdf", b"%PDF-")


async def test_a_quarter_of_an_hour_without_a_bounce_is_delivered(office: Office, mailbox_folder: Path) -> None:
    notice = await office.issued()
    await office.work("notices.settle")
    (delivery,) = await office.deliveries(notice.id)
    assert (delivery.status, delivery.delivered_at is not None) == ("delivered", True)
    assert (await office.fresh(notice.id)).state == "delivered"


async def test_settling_is_due_a_quarter_of_an_hour_later(office: Office, mailbox_folder: Path) -> None:
    notice = await office.issued()
    (delivery,) = await office.deliveries(notice.id)
    (promise,) = await _promises(office, "notices.settle")
    assert promise.finished_at is None
    assert promise.due_at - (delivery.accepted_at or clock.now()) == timedelta(minutes=15)


async def test_a_firm_chooses_how_long_it_waits_for_a_bounce(office: Office, mailbox_folder: Path) -> None:
    async with office.cast.transaction() as session:
        (await profile(session)).choices = {"delivered_minutes": 60}
    notice = await office.issued()
    (delivery,) = await office.deliveries(notice.id)
    (promise,) = await _promises(office, "notices.settle")
    assert promise.due_at - (delivery.accepted_at or clock.now()) == timedelta(minutes=60)


async def test_every_job_twice_changes_nothing(office: Office, mailbox_folder: Path) -> None:
    notice = await office.approved()
    for name in ALL:
        (job_id,) = await office.work(name)
        assert not await jobs.run_job(office.cast.database, office.cast.firm.id, job_id)
        (promise,) = await _promises(office, name)
        async with office.cast.transaction() as session:
            enqueue(session, name, **promise.args)
    await office.work(*ALL)
    assert len(mailbox.list_messages(mailbox_folder)) == 1
    assert len(await office.deliveries(notice.id)) == 1
    assert (await office.fresh(notice.id)).state == "accepted"


async def test_each_contact_gets_a_letter_and_a_link_of_their_own(office: Office, mailbox_folder: Path) -> None:
    async with office.cast.transaction() as session:
        second = _contact(office, name="Anna Xu", email="anna@chengyu.example", locale="en", may_approve=True)
        asked_for = _contact(office, name="陈会计", email="chen@chengyu.example")
        session.add_all([second, asked_for, _contact(office, name="旁人", email="other@chengyu.example")])
        await session.flush()
    notice = await office.issued(recipients=[str(asked_for.id)])
    letters = {letter.to.partition("<")[2].rstrip(">"): letter for letter in mailbox.list_messages(mailbox_folder)}
    assert set(letters) == {"xu@chengyu.example", "anna@chengyu.example", "chen@chengyu.example"}
    assert "您好" in letters["xu@chengyu.example"].text
    assert "Dear Anna Xu," in letters["anna@chengyu.example"].text
    assert len({office.token(d) for d in await office.deliveries(notice.id)}) == 3


async def test_who_reads_both_languages_gets_both(office: Office, mailbox_folder: Path) -> None:
    await _change(office, locale="both")
    await office.issued(locale="both")
    (letter,) = mailbox.list_messages(mailbox_folder)
    assert "您好" in letter.text
    assert "Dear 许承泽," in letter.text
    assert "账目调整通知书" in letter.subject
    assert "Adjustment notice" in letter.subject


async def test_a_contact_who_wishes_text_messages_gets_one(office: Office, mailbox_folder: Path) -> None:
    await _change(office, channel="sms")
    notice = await office.issued()
    (delivery,) = await office.deliveries(notice.id)
    assert (delivery.channel, delivery.status) == ("sms", "accepted")
    kept = (office.settings.data_dir / "sms" / f"{delivery.id.hex}.json").read_text("utf-8")
    assert office.token(delivery) in kept
    assert notice.number in kept
    assert (await office.fresh(notice.id)).state == "accepted"


async def test_a_number_that_is_none_bounces(office: Office, mailbox_folder: Path) -> None:
    await _change(office, channel="sms", phone="无")
    notice = await office.issued()
    delivery = (await office.deliveries(notice.id))[0]
    assert (delivery.status, (await office.fresh(notice.id)).state) == ("bounced", "bounced")


async def test_nobody_a_machine_can_reach_is_a_persons_turn(office: Office, mailbox_folder: Path) -> None:
    await _change(office, channel="wechat", email="")
    notice = await office.issued()
    assert (notice.state, await office.deliveries(notice.id)) == ("no_proof", [])


async def test_a_refused_address_bounces_and_says_why(office: Office, mailbox_folder: Path) -> None:
    notice = await office.approved()
    async with relay(office, "550 no such mailbox"):
        await office.work(*ALL)
    (delivery,) = await office.deliveries(notice.id)
    assert (delivery.status, (await office.fresh(notice.id)).state) == ("bounced", "bounced")
    assert "no such mailbox" in delivery.reply


async def test_one_bounce_of_two_leaves_the_letter_sent(office: Office, mailbox_folder: Path) -> None:
    async with office.cast.transaction() as session:
        session.add(_contact(office, name="陈会计", email="not an address", may_approve=True))
    notice = await office.issued()
    assert sorted(d.status for d in await office.deliveries(notice.id)) == ["accepted", "bounced"]
    assert (await office.fresh(notice.id)).state == "accepted"


async def test_a_busy_relay_is_asked_again_later(office: Office, mailbox_folder: Path) -> None:
    notice = await office.approved()
    async with relay(office, "451 try again later"):
        await office.work(*ALL)
        (delivery,) = await office.deliveries(notice.id)
        assert (delivery.status, delivery.attempts) == ("queued", 1)
        assert "451" in delivery.reply
    await office.work("notices.deliver", "notices.hand_over")
    (delivery,) = await office.deliveries(notice.id)
    assert (delivery.status, delivery.attempts) == ("accepted", 2)


async def test_after_ten_attempts_a_person_takes_over(office: Office, mailbox_folder: Path) -> None:
    notice = await office.approved()
    async with relay(office, "451 try again later"):
        await office.work("notices.render")
        for _attempt in range(relaying.MOST_ATTEMPTS):
            await office.work("notices.deliver", "notices.hand_over")
    (delivery,) = await office.deliveries(notice.id)
    assert (delivery.status, (await office.fresh(notice.id)).state) == ("failed", "no_proof")


async def test_a_mail_server_that_is_away_is_waited_for(office: Office, mailbox_folder: Path) -> None:
    """No attempt at the letter has failed: it stays queued past ten of them, and is asked for within a minute."""
    notice = await office.approved()
    await make_kind(office.settings, office.cast.firm, "live")
    activate(dataclasses.replace(office.settings, smtp_url="smtp://127.0.0.1:1", embedded_smtp=False))
    try:
        await office.work("notices.render")
        for _attempt in range(relaying.MOST_ATTEMPTS + 1):
            await office.work("notices.deliver", "notices.hand_over")
    finally:
        activate(office.settings)
        await make_kind(office.settings, office.cast.firm, "demo")
    (delivery,) = await office.deliveries(notice.id)
    assert (delivery.status, (await office.fresh(notice.id)).state) == ("queued", "sending")
    async with office.cast.transaction() as session:
        waiting = await session.scalar(
            select(Outbox).where(Outbox.finished_at.is_(None), Outbox.job == "notices.deliver")
        )
    assert waiting is not None
    assert waiting.due_at - waiting.created_at < timedelta(minutes=1)


async def test_a_broken_line_is_uncertain_and_the_mailbox_is_asked(office: Office, mailbox_folder: Path) -> None:
    notice = await office.approved()
    async with relay(office, ""):
        await office.work(*ALL)
    (delivery,) = await office.deliveries(notice.id)
    assert delivery.status == "uncertain"
    await office.work("notices.clear_up")  # the embedded mailbox never saw it
    (delivery,) = await office.deliveries(notice.id)
    assert delivery.status == "queued"
    await office.work("notices.deliver", "notices.hand_over")
    assert len(mailbox.list_messages(mailbox_folder)) == 1


async def test_an_uncertain_one_that_did_arrive_is_not_sent_again(office: Office, mailbox_folder: Path) -> None:
    notice = await office.issued()
    async with office.cast.transaction() as session:
        (found,) = (await queries.deliveries(session, [notice.id]))[notice.id]
        found.settle("uncertain", "the line dropped", clock.now())
        enqueue(session, "notices.clear_up", delivery_id=found.id)
    await office.work("notices.clear_up")
    (delivery,) = await office.deliveries(notice.id)
    assert delivery.status == "accepted"
    assert len(mailbox.list_messages(mailbox_folder)) == 1


@pytest.mark.parametrize(
    ("policy", "status", "state"), [("resend", "queued", "sending"), ("ask", "uncertain", "no_proof")]
)
async def test_a_relay_that_cannot_be_asked_gets_the_firms_policy(
    office: Office, mailbox_folder: Path, policy: str, status: str, state: str
) -> None:
    async with office.cast.transaction() as session:
        (await profile(session)).choices = {"uncertain_mail": policy}
    notice = await office.approved()
    async with relay(office, ""):
        await office.work(*ALL, "notices.clear_up")
        (delivery,) = await office.deliveries(notice.id)
    assert (delivery.status, (await office.fresh(notice.id)).state) == (status, state)


async def test_a_killed_hand_over_does_not_send_twice(office: Office, mailbox_folder: Path) -> None:
    """The mail left, the worker died before it could say so: the second run finds it in the mailbox."""
    notice = await office.approved()
    await office.work("notices.render", "notices.deliver")
    (job_id,) = await office.promised("notices.hand_over")
    (delivery,) = await office.deliveries(notice.id)
    with pytest.raises(ZeroDivisionError):
        await _hand_over_and_die(office, delivery)
    await jobs.run_job(office.cast.database, office.cast.firm.id, job_id)  # its first attempt, as counted
    async with office.cast.transaction() as session:
        (await queries.delivery(session, delivery.id)).settle("sending", "", clock.now())
        enqueue(session, "notices.hand_over", delivery_id=delivery.id)
    await office.work("notices.hand_over")
    (delivery,) = await office.deliveries(notice.id)
    assert delivery.status == "accepted"
    addresses = {office.token(delivery) in letter.text for letter in mailbox.list_messages(mailbox_folder)}
    assert addresses == {True}  # whichever attempt arrived, its link works


async def test_a_report_of_non_delivery_is_a_bounce(office: Office, mailbox_folder: Path) -> None:
    notice = await office.issued()
    (delivery,) = await office.deliveries(notice.id)
    mailbox.keep(mailbox_folder, report(delivery, "550 5.1.1 user unknown"))
    await office.work("notices.settle")
    delivery = (await office.deliveries(notice.id))[0]
    assert (delivery.status, (await office.fresh(notice.id)).state) == ("bounced", "bounced")
    assert "user unknown" in delivery.reply


@pytest.mark.usefixtures("late_november")
async def test_a_late_report_is_found_by_the_sweep(office: Office, mailbox_folder: Path) -> None:
    notice = await office.issued()
    await office.work("notices.settle")
    (delivery,) = await office.deliveries(notice.id)
    mailbox.keep(mailbox_folder, report(delivery, "552 mailbox full"))
    await sweep(office)
    assert (await office.fresh(notice.id)).state == "bounced"


def test_a_report_of_success_is_no_bounce() -> None:
    delivery = Delivery(message_id=f"<{'a' * 32}@localhost>")
    assert bounces.read_report(report(delivery, "250 fine", action="delivered")) == {}
    assert bounces.read_report(report(delivery, "550 gone")) == {delivery.message_id: "smtp; 550 gone"}
    assert bounces.read_report(b"not a mail at all") == {}


@pytest.mark.usefixtures("late_november")
async def test_the_sweep_calls_expires_and_files(office: Office, mailbox_folder: Path) -> None:
    notice = await office.issued()
    assert notice.answer_by is not None
    day = clock.now().replace(year=2026, month=12, day=1)
    with clock.at(day):
        await sweep(office)
        await sweep(office)
    assert await _tasks(office, notice.id) == ["Call the client: no answer has come"]
    assert (await office.fresh(notice.id)).state == "accepted"
    with clock.at(day + timedelta(days=11)):
        await sweep(office)
    assert (await office.fresh(notice.id)).state == "expired"


async def test_the_sweep_takes_up_what_hangs(office: Office, mailbox_folder: Path) -> None:
    notice = await office.approved()
    await office.work("notices.render", "notices.deliver")
    with clock.at(clock.now() + timedelta(hours=4)):
        await sweep(office)
    (delivery,) = await office.deliveries(notice.id)
    assert delivery.status == "queued"
    await office.work("notices.deliver", "notices.hand_over")
    assert len(mailbox.list_messages(mailbox_folder)) == 1


async def test_a_view_is_proof_whatever_came_before(office: Office, mailbox_folder: Path) -> None:
    notice = await office.issued()
    (delivery,) = await office.deliveries(notice.id)
    async with office.cast.transaction() as session:
        await answers.seen(session, delivery.link_id, notice, clock.now())
        await answers.seen(session, delivery.link_id, notice, clock.now())
    (delivery,) = await office.deliveries(notice.id)
    assert (delivery.status, delivery.viewed_at is not None) == ("delivered", True)
    assert (await office.fresh(notice.id)).state == "viewed"


async def sweep(office: Office) -> None:
    async with office.cast.transaction() as session:
        enqueue(session, "notices.sweep")
    await office.work("notices.sweep")


def report(delivery: Delivery, reason: str, action: str = "failed") -> bytes:
    """A report of delivery as servers send it (RFC 3464)."""
    message = MIMEMultipart("report")
    message.set_param("report-type", "delivery-status")
    message["Message-ID"] = "<bounce@mx.example>"
    message["From"], message["To"] = "MAILER-DAEMON@mx.example", "noreply@qingzhang.localhost"
    message.attach(MIMEText("It could not be delivered."))
    status = MIMEBase("message", "delivery-status")
    host, recipient = EmailMessage(), EmailMessage()
    host["Reporting-MTA"] = "dns; mx.example"
    recipient["Action"], recipient["Status"], recipient["Diagnostic-Code"] = action, "5.1.1", f"smtp; {reason}"
    status.attach(host)
    status.attach(recipient)
    message.attach(status)
    original = MIMEBase("text", "rfc822-headers")
    original.set_payload(f"Message-ID: {delivery.message_id}\r\n")
    message.attach(original)
    return message.as_bytes()


@asynccontextmanager
async def relay(office: Office, reply: str) -> AsyncIterator[None]:
    """A live firm behind a relay that answers like this."""
    async with relay_that_says(reply) as port:
        url = f"smtp://127.0.0.1:{port}"
        activate(dataclasses.replace(office.settings, smtp_url=url, embedded_smtp=False))
        await make_kind(office.settings, office.cast.firm, "live")
        try:
            yield
        finally:
            activate(office.settings)
            await make_kind(office.settings, office.cast.firm, "demo")


async def _change(office: Office, **changes: str) -> None:
    async with office.cast.transaction() as session:
        contact = await queries.contact_or_none(session, office.contact.id)
        for name, value in changes.items():
            setattr(contact, name, value)


def _contact(office: Office, **values: Any) -> Contact:
    return Contact(client_id=office.client.id, **values)


async def _promises(office: Office, job: str) -> list[Outbox]:
    async with office.cast.transaction() as session:
        query = select(Outbox).where(Outbox.job == job, Outbox.firm_id == office.cast.firm.id)
        return list((await session.scalars(query)).all())


async def _tasks(office: Office, notice_id: UUID) -> list[str]:
    """The steps of the tasks beside the workflow's own."""
    async with office.cast.transaction() as session:
        query = select(Task).where(Task.subject_id == notice_id, Task.workflow == "")
        return [task.step.msgid for task in (await session.scalars(query)).all()]


async def _hand_over_and_die(office: Office, delivery: Delivery) -> None:
    run = jobs.Run(uuid4(), office.cast.firm.id, attempt=1)
    async with office.cast.transaction() as session:
        found = await queries.delivery(session, delivery.id)
        with jobs._as_running(run):
            await relaying.hand_over(session, found, 1, clock.now())
        raise ZeroDivisionError
