"""After the money arrived: letter, sealed file, archive; credit, another plan, winning a client back (R4.3–R9.3)."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.clients.models import Contact, Contract
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.kernel.money import Money
from saas.kernel.outbox import Outbox
from saas.notices import documents
from saas.notices import queries as notices
from saas.refunds import queries
from saas.refunds.forms import Convert
from saas.refunds.models import Refund
from saas.refunds.payment import closing
from saas.tasks.models import Task
from tests.cast import member_id
from tests.identity.post import mails_to, work_through
from tests.refunds import payment_story as story
from tests.refunds.house import House


async def work(house: House) -> None:
    """Everything promised, now or for later, as the workers do it."""
    await work_through(house.cast.database, house.cast.firm.id)


async def open_tasks(house: House, refund: Refund) -> list[Task]:
    async with house.cast.transaction() as session:
        query = select(Task).where(Task.subject_id == refund.id, Task.workflow == "", Task.done_at.is_(None))
        return list(await session.scalars(query))


async def test_the_letter_goes_out_and_the_file_is_sealed(
    house: House, as_person: story.People, mailbox_folder: Path
) -> None:
    refund = await story.paid(house, files=await story.papers(house))
    async with house.cast.transaction() as session:
        assert refund.notice_id is not None
        letter = await notices.notice(session, refund.notice_id)
    assert (letter.author_id, letter.approved_by) == (member_id(house.cast.ben), member_id(house.cast.mara))
    assert letter.content["amount_fen"] == 2100_00
    assert letter.content["paid"][0]["account"] == "**** 1234"
    assert story.ACCOUNT not in json.dumps(letter.content)
    await work(house)
    after = await house.fresh(refund)
    assert after.state == "archived"
    assert after.retain_until == clock.today().replace(year=clock.today().year + 30)
    [mail] = [m for m in mails_to(mailbox_folder, "xu@example.com") if "退费通知书" in m.subject]
    assert mail is not None
    url = f"/f/{house.cast.firm.slug}/refunds/{refund.id}/payment/file"
    taken = await (await as_person("ada")).get(url)
    assert sha256(taken.content).hexdigest() == after.bundle_sha256
    for name, status in (("cash", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).get(url)).status_code == status
    proves_itself(taken.content, refund)


def proves_itself(content: bytes, refund: Refund) -> None:
    """Every member is listed with its hash; the way from request to receipt is in it, and no account in full."""
    with ZipFile(io.BytesIO(content)) as file:
        manifest = json.loads(file.read("manifest.json"))
        members = {one["name"]: one["sha256"] for one in manifest["members"]}
        assert set(members) | {"manifest.json"} == set(file.namelist())
        assert all(sha256(file.read(name)).hexdigest() == digest for name, digest in members.items())
        everything = b"".join(file.read(name) for name in file.namelist() if name.endswith(".json"))
    assert {"refund.json", "contract.json", "receipts.json", "policy.json", "accounts.json", "payments.json",
            "communications.json", "timeline.json", "stages.json"} <= set(members)  # fmt: skip
    assert any(name.startswith("vouchers/") for name in members)
    assert any(name.startswith("notices/") and name.endswith("refund_notice.pdf") for name in members)
    assert any(name.startswith("files/") for name in members)
    assert story.ACCOUNT.encode() not in everything
    assert (manifest["refund"], manifest["retain_until"]) == (refund.number, str(manifest["retain_until"]))


async def test_sealing_twice_is_sealing_once_and_the_seal_never_changes(house: House, mailbox_folder: Path) -> None:
    refund = await story.paid(house, files=await story.papers(house))
    await work(house)
    first = await house.fresh(refund)
    async with house.cast.transaction() as session:
        await closing.seal(session, str(refund.id))
    assert (await house.fresh(refund)).bundle_sha256 == first.bundle_sha256
    async with house.cast.transaction() as session:
        entries = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "refunds.seal"))).all()
    assert [entry.detail["sha256"] for entry in entries] == [first.bundle_sha256]
    for change in ("bundle_sha256 = ''", "retain_until = retain_until - 1", "notice_id = NULL"):
        with pytest.raises(DBAPIError, match="never change"):
            async with house.cast.transaction() as session:
                await session.execute(text(f"UPDATE refunds SET {change} WHERE id = :id"), {"id": refund.id})


async def test_without_anybody_to_write_to_the_money_still_counts_and_somebody_is_told(
    house: House, as_person: story.People, mailbox_folder: Path
) -> None:
    refund = await story.executing(house, files=await story.papers(house))
    async with house.cast.transaction() as session:
        for contact in (await session.scalars(select(Contact).where(Contact.client_id == house.client.id))).all():
            contact.may_approve = False
    await story.settle(house, refund)
    after = await house.fresh(refund)
    assert (after.state, after.notice_id) == ("paid", None)
    assert closing.NO_LETTER in [task.step.msgid for task in await open_tasks(house, refund)]
    async with house.cast.transaction() as session:
        for contact in (await session.scalars(select(Contact).where(Contact.client_id == house.client.id))).all():
            contact.may_approve = True
    url = f"/f/{house.cast.firm.slug}/refunds/{refund.id}/payment/letter"
    for name, status in (("cash", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(url)).status_code == status
    for _again in range(2):
        assert (await (await as_person("ben")).post(url)).status_code == 303
    assert closing.NO_LETTER not in [task.step.msgid for task in await open_tasks(house, refund)]
    await work(house)
    assert (await house.fresh(refund)).state == "archived"


async def test_the_letter_speaks_both_languages_where_the_client_wishes_it(house: House) -> None:
    async with house.cast.transaction() as session:
        for contact in (await session.scalars(select(Contact).where(Contact.client_id == house.client.id))).all():
            contact.locale = "both"
    refund = await story.paid(house, files=await story.papers(house))
    async with house.cast.transaction() as session:
        assert refund.notice_id is not None
        letter = await notices.notice(session, refund.notice_id)
    html = documents.html(documents.of_approved(letter, documents.Pictures()))
    for words in ("合计退款", "人民币贰仟壹佰元整", "Paid back in all", "Bank reference", "ICBC-20261122-0001"):
        assert words in html
    assert story.ACCOUNT not in html


async def test_somebody_calls_after_30_and_after_90_days(house: House, mailbox_folder: Path) -> None:
    refund = await story.paid(house, files=await story.papers(house))
    async with house.cast.transaction() as session:
        promised = (await session.scalars(select(Outbox).where(Outbox.job == "refunds.win_back"))).all()
    after = {job.args["days"]: job.due_at - (refund.paid_at or clock.now()) for job in promised}
    assert {days: wait.days for days, wait in after.items()} == {"30": 30, "90": 90}
    async with house.cast.transaction() as session:
        await closing.win_back(session, str(refund.id), "30")
        await closing.win_back(session, str(refund.id), "30")
    calls = [task for task in await open_tasks(house, refund) if "days after" in task.step.msgid]
    assert [task.assignee_id for task in calls] == [member_id(house.cast.ben)]


async def test_nobody_calls_a_client_who_came_back(house: House, mailbox_folder: Path) -> None:
    refund = await story.paid(house, files=await story.papers(house))
    async with house.cast.transaction() as session:
        start = clock.today() + timedelta(5)
        session.add(
            Contract(client_id=house.client.id, number="DLJZ-NEW", starts_on=start, ends_on=start + timedelta(364),
                     paid_months=12, price=Money(3600_00), list_month=Money(400_00))
        )  # fmt: skip
    async with house.cast.transaction() as session:
        await closing.win_back(session, str(refund.id), "30")
    assert not [task for task in await open_tasks(house, refund) if "days after" in task.step.msgid]


@pytest.mark.parametrize(
    ("into", "step"), [("credit", "Book the service credit"), ("plan", "The client chose another plan")]
)
async def test_credit_or_plan_frees_the_money_and_gives_somebody_the_rest(
    house: House, as_person: story.People, into: str, step: str
) -> None:
    refund = await story.approved(house)
    await house.act(refund, "convert", house.cast.mara, Convert(into, "客户改选", "phone"))  # type: ignore[arg-type]
    after = await house.fresh(refund)
    assert (after.state, after.outcome) == ("converted", into)
    async with house.cast.transaction() as session:
        assert await queries.committed(session, house.contract.id) == Money(0)
    [task] = [t for t in await open_tasks(house, refund) if t.step.msgid.startswith(step)]
    assert task.client_id == house.client.id
    page = await (await as_person("ben")).get(f"/f/{house.cast.firm.slug}/clients/{house.client.id}")
    assert page.status_code == 200
    assert ("服务抵用" in page.text) is (into == "credit")
    if into == "credit":
        assert str(after.credit) in page.text
        assert after.credit_until is not None


async def test_the_files_bytes_are_the_ones_in_the_store(house: House, mailbox_folder: Path) -> None:
    refund = await story.paid(house, files=await story.papers(house))
    await work(house)
    after = await house.fresh(refund)
    content = await store_of(active()).get(house.cast.firm.id, after.bundle_sha256)
    assert sha256(content).hexdigest() == after.bundle_sha256
