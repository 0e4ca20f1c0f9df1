"""The pages of refunds: who may see and do what, and that a form posted twice changes nothing twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from saas.clients.models import Communication
from saas.kernel import clock
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.perform import tell
from saas.kernel.records import view
from saas.notices.models import Delivery
from saas.refunds import queries
from saas.refunds.forms import Cancel, Check
from saas.refunds.models import Missing, Refund
from saas.refunds.workflow import REFUND
from saas.tasks.models import Task
from tests.cast import Browser, Cast
from tests.refunds.conftest import RefundIn
from tests.refunds.house import TERMS, House, make_policy

People = Callable[[str], Awaitable[Browser]]


async def count(cast: Cast, table: Any) -> int:
    async with cast.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_everyone_of_the_firm_sees_a_refund_and_nobody_else(
    house: House, refund_in: RefundIn, as_person: People
) -> None:
    refund, cast = await refund_in("submitted"), house.cast
    at = f"/f/{cast.firm.slug}/refunds/{refund.id}"
    for name in ("paula", "mara", "quinn", "ben", "cash", "tina", "ada"):
        answer = await (await as_person(name)).get(at)
        assert answer.status_code == 200, (name, answer.text[:300])
        assert refund.number in answer.text
    assert (await (await as_person("otto")).get(at)).status_code == 404
    assert (await (await as_person("nobody")).get(at)).status_code == 303
    unknown = await (await as_person("ben")).get(f"/f/{cast.firm.slug}/refunds/{uuid7()}")
    foreign = await (await as_person("otto")).get(f"/f/{cast.other_firm.slug}/refunds/{refund.id}")
    assert (unknown.status_code, foreign.status_code) == (404, 404)


async def test_staff_write_a_request_down_once(house: House, as_person: People) -> None:
    at = f"/f/{house.cast.firm.slug}/refunds/new"
    for name, status in (("ada", 403), ("cash", 403), ("otto", 404), ("nobody", 303), ("ben", 200)):
        assert (await (await as_person(name)).get(at)).status_code == status, name
    ben = await as_person("ben")
    chosen = await ben.get(f"{at}?client={house.client.id}")
    assert "客户提前解约" in chosen.text
    page = await ben.get(f"{at}?contract={house.contract.id}&reason=cancel")
    assert "3,600.00" in page.text
    assert 'name="paper-contract"' in page.text
    form = {
        "key": str(uuid7()), "contract_id": str(house.contract.id), "reason": "cancel", "asked": "9,999.00",
        "notice_on": clock.today().isoformat(), "reason_text": "公司搬迁",
    }  # fmt: skip
    for name, status in (("ada", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(at, form)).status_code == status, name
    too_much = await ben.post(at, form)
    assert too_much.status_code == 403
    assert "超过" in too_much.text
    assert "公司搬迁" in too_much.text
    form["asked"] = "2,100.00"
    paper = {"paper-contract": ("合同.pdf", b"%PDF-1.7", "application/pdf")}
    first, again = await ben.post(at, form, files=paper), await ben.post(at, form, files=paper)
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert await count(house.cast, Refund) == 1
    assert "合同.pdf" in (await ben.get(first.headers["location"])).text
    second = await ben.post(at, {**form, "key": str(uuid7())})
    assert second.status_code == 409
    assert first.headers["location"] in second.text


async def test_the_first_contact_is_a_task_that_the_talk_ends(
    house: House, refund_in: RefundIn, as_person: People
) -> None:
    refund = await refund_in("submitted")

    async def open_chores() -> list[Task]:
        async with house.cast.transaction() as session:
            query = select(Task).where(Task.subject_id == refund.id, Task.workflow == "", Task.done_at.is_(None))
            return list((await session.scalars(query)).all())

    [chore] = await open_chores()
    assert chore.assignee_id == house.cast.ben.id
    assert "Contact the client" in chore.step.msgid
    at = f"/f/{house.cast.firm.slug}/refunds/{refund.id}/exchanges"
    said = {"channel": "phone", "direction": "out", "contact_id": str(house.contact.id), "summary": "核对了申请人"}
    for name, status in (("ada", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(at, said)).status_code == status, name
    ben = await as_person("ben")
    assert (await ben.post(at, {**said, "contact_id": ""})).status_code == 422
    for _turn in range(2):
        assert (await ben.post(at, said)).status_code == 303
    assert await count(house.cast, Communication) == 1
    assert await open_chores() == []


async def test_a_wrong_code_or_payer_blocks_its_check(house: House, as_person: People) -> None:
    refund = await house.asked(payer="王五")
    at = f"/f/{house.cast.firm.slug}/refunds/{refund.id}"
    ben = await as_person("ben")
    blocked = await ben.post(f"{at}/check", {"what": "contract", "how": "看了回单"})
    assert blocked.status_code == 403
    assert "王五" in blocked.text
    corrected = await ben.post(f"{at}/payer", {"payer": house.client.name, "reason": "银行回单"})
    assert corrected.status_code == 303
    assert (await ben.post(f"{at}/check", {"what": "contract", "how": "看了回单"})).status_code == 303
    async with house.cast.transaction() as session:
        client = await session.merge(house.client)
        client.uscc = client.uscc[:-1] + ("A" if client.uscc[-1] != "A" else "B")
    wrong = await ben.post(f"{at}/check", {"what": "identity", "how": "电话"})
    assert wrong.status_code == 403
    assert "校验" in wrong.text
    assert set((await house.fresh(refund)).checked) == {"contract"}


async def test_missing_papers_are_asked_for_recorded_or_waived(house: House, as_person: People) -> None:
    refund = await house.asked(files=[])
    at = f"/f/{house.cast.firm.slug}/refunds/{refund.id}"
    ben, asked = await as_person("ben"), {"contact_id": str(house.contact.id), "what-contract": "yes",
                                          "what-notice": "yes"}  # fmt: skip
    assert "曾被退回" not in (await ben.get(at)).text
    async with house.cast.transaction() as session:
        received = (await session.scalars(select(Delivery).where(Delivery.subject_id == refund.id))).one()
        received.status, received.bounced = "bounced", "hard"
    assert f"寄给 {house.contact.name} 的邮件曾被退回" in (await ben.get(at)).text
    for name, status in (("ada", 403), ("otto", 404), ("nobody", 303), ("quinn", 403)):
        assert (await (await as_person(name)).post(f"{at}/ask", asked)).status_code == status, name
    for _turn in range(2):
        assert (await ben.post(f"{at}/ask", asked)).status_code == 303
    assert await count(house.cast, Missing) == 2
    async with house.cast.transaction() as session:
        kinds = (await session.scalars(select(Delivery.subject_kind).where(Delivery.subject_id == refund.id))).all()
        rows = await queries.asked(session, refund.id)
    assert sorted(kinds) == ["refund_missing", "refund_received"]
    assert (await house.fresh(refund)).state == "clarifying"
    by_phone = {"answer": "合同在贵司档案里", "by_name": "许承泽", "how": "phone"}
    one = next(row for row in rows if row.what == "contract")
    files = {"files": ("合同.pdf", b"%PDF-1.7", "application/pdf")}
    assert (await ben.post(f"{at}/asked/{one.id}/answer", by_phone, files=files)).status_code == 303
    assert (await ben.post(f"{at}/waive/notice", {"reason": "不需要"})).status_code == 403  # he prepares it
    quinn = await as_person("quinn")
    assert (await quinn.post(f"{at}/waive/notice", {"reason": ""})).status_code == 422
    for _turn in range(2):
        assert (await quinn.post(f"{at}/waive/notice", {"reason": "电话录音已确认"})).status_code == 303
    assert (await house.fresh(refund)).state == "submitted"
    assert "电话录音已确认" in (await quinn.get(at)).text


async def test_a_policy_changed_in_between_is_said_and_does_not_count(
    house: House, refund_in: RefundIn, as_person: People
) -> None:
    refund = await refund_in("submitted")
    await make_policy(house.cast, TERMS, version=2, valid_from=clock.today())
    page = await (await as_person("ben")).get(f"/f/{house.cast.firm.slug}/refunds/{refund.id}")
    assert "版本 2" in page.text
    assert (await house.fresh(refund)).policy_id == house.policy.id


@pytest.mark.parametrize("missing", ["identity", "contract", "policy_explained"])
async def test_every_check_is_needed(house: House, as_person: People, missing: str) -> None:
    refund = await house.asked()
    await house.talk(refund)
    for what in ("identity", "contract", "policy_explained"):
        if what != missing:
            await house.act(refund, "check", house.cast.ben, Check(what, "电话核对"))  # type: ignore[arg-type]
    at = f"/f/{house.cast.firm.slug}/refunds/{refund.id}/complete"
    answer = await (await as_person("ben")).post(at)
    assert answer.status_code == 403
    assert (await house.fresh(refund)).state == "submitted"


async def test_the_firms_own_public_page_is_shown_where_requests_begin(house: House, as_person: People) -> None:
    page = await (await as_person("ben")).get(f"/f/{house.cast.firm.slug}/refunds/new")
    assert f"/p/{house.cast.firm.slug}/refund" in page.text
    assert "<svg" in page.text


ADDED: dict[str, dict[str, str]] = {
    "papers": {},
    "payer": {"payer": "杭州澄屿茶业有限公司", "reason": "银行回单"},
    "ask": {"text": "授权书"},
    "exchanges": {"channel": "phone", "direction": "out", "contact_name": "许承泽", "summary": "通话"},
}


@pytest.mark.parametrize("deed", list(ADDED))
async def test_nothing_is_added_by_strangers_or_to_a_closed_refund(
    house: House, refund_in: RefundIn, as_person: People, deed: str
) -> None:
    refund = await refund_in("submitted")
    at, form = f"/f/{house.cast.firm.slug}/refunds/{refund.id}/{deed}", {**ADDED[deed]}
    if deed == "ask":
        form["contact_id"] = str(house.contact.id)
    for name, status in (("ada", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(at, form)).status_code == status, name
    await house.act(refund, "cancel", house.cast.ben, Cancel("继续合作", "phone"))
    assert (await (await as_person("ben")).post(at, form)).status_code == 409


async def test_papers_of_a_wrong_kind_are_refused_and_the_same_file_stays_one(
    house: House, refund_in: RefundIn, as_person: People
) -> None:
    refund = await refund_in("submitted")
    at, ben = f"/f/{house.cast.firm.slug}/refunds/{refund.id}/papers", await as_person("ben")
    wrong = await ben.post(at, files={"paper-invoice": ("a.exe", b"MZ", "application/octet-stream")})
    assert wrong.status_code == 422
    for _turn in range(2):
        paper = {"paper-invoice": ("发票.pdf", b"%PDF-1.7", "application/pdf")}
        assert (await ben.post(at, files=paper)).status_code == 303
    kept = [file for file in (await house.fresh(refund)).files if file["shows"] == "invoice"]
    assert len(kept) == 1
    got = await ben.get(f"/f/{house.cast.firm.slug}/refunds/{refund.id}/files/{kept[0]['sha256']}")
    assert (got.status_code, got.content) == (200, b"%PDF-1.7")
    for name, status in (("otto", 404), ("nobody", 303)):
        stranger = await (await as_person(name)).get(f"{at[:-7]}/files/{kept[0]['sha256']}")
        assert stranger.status_code == status


async def test_a_mail_that_came_back_is_an_errand(house: House, refund_in: RefundIn) -> None:
    refund = await refund_in("submitted")
    async with house.cast.transaction() as session:
        sent = (await session.scalars(select(Delivery).where(Delivery.subject_id == refund.id))).one()
        await tell(session, Event("message.failed", sent, house.cast.ben, clock.now()))
    async with house.cast.transaction() as session:
        steps = (await session.scalars(select(Task.step).where(Task.subject_id == refund.id))).all()
    assert any("did not reach the client" in step.msgid for step in steps)


async def test_a_rejected_request_claims_neither_approval_nor_payment(house: House, refund_in: RefundIn) -> None:
    refund = await refund_in("rejected")
    async with house.cast.transaction() as session:
        record = await view(session, REFUND, refund, house.cast.ben, clock.now())
    states = {step["label"].msgid: step["state"] for step in record.steps}
    assert (states["Calculation"], states["Approval"], states["Payment"]) == ("done", "future", "future")
    assert record.steps[2]["note"].startswith("沈知微")
    assert states["Closed"] == "done"
