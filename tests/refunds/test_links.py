"""The client's way, on a phone and without an account: by a link handed on, or asked for on the firm's public page."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import Response
from sqlalchemy import func, select

from saas.kernel import clock
from saas.kernel.identifiers import uuid7
from saas.kernel.outbox import Outbox
from saas.notices.models import Delivery
from saas.refunds import queries
from saas.refunds.asking import chasing, clarifying
from saas.refunds.models import Refund
from saas.tasks.models import Task
from tests.cases import story
from tests.cast import Browser
from tests.identity.post import link_in, mails_to, work_through
from tests.notices.conftest import Phone
from tests.refunds.conftest import RefundIn
from tests.refunds.house import House, make_client, make_contract
from tests.refunds.offer_story import countersigned, out

People = Callable[[str], Awaitable[Browser]]
PAPERS = {
    "paper-contract": ("合同.pdf", b"%PDF-1.7 contract", "application/pdf"),
    "paper-notice": ("解约函.pdf", b"%PDF-1.7 notice", "application/pdf"),
}


async def handed_on(house: House, ben: Browser, channel: str = "copy") -> str:
    """A link to copy; its token."""
    at = f"/f/{house.cast.firm.slug}/clients/{house.client.id}/refund-link"
    answer = await ben.post(at, {"contact_id": str(house.contact.id), "channel": channel})
    assert answer.status_code == 303, answer.text
    shown = await ben.get(answer.headers["location"])
    assert "<svg" in shown.text
    found = re.search(r"https?://[^/\s\"]+/l/([^\s\"<]+)", shown.text)
    assert found
    return found[1]


def asked(house: House, page: Response, **changes: str) -> dict[str, str]:
    """What the form of step three sends."""
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    return {
        "key": key[1] if key else str(uuid7()), "contract_id": str(house.contract.id), "reason": "cancel",
        "asked": "2,100.00", "notice_on": clock.today().isoformat(), "reason_text": "公司即将注销",
        "understood": "yes", "signed_name": "许承泽", **changes,
    }  # fmt: skip


async def refunds(house: House) -> list[Refund]:
    async with house.cast.transaction() as session:
        return list(await queries.of_client(session, house.client.id))


async def run_all(house: House) -> None:
    await work_through(house.cast.database, house.cast.firm.id)


async def test_a_client_asks_on_the_phone_and_sees_where_it_stands(
    house: House, as_person: People, phone: Phone, mailbox_folder: Path
) -> None:
    first = await phone.open(await handed_on(house, await as_person("ben")))
    assert first.status_code == 200
    assert "客户提前解约" in first.text  # the only contract is chosen already
    root = re.search(r'action="(/c/refund/[^"]+)"', first.text)
    assert root
    page = await phone.get(f"{root[1]}?contract={house.contract.id}&reason=cancel")
    for words in ("3,600.00", "计算方法", "版本 1", 'name="paper-contract"'):
        assert words in page.text, words
    for missing in ({"understood": ""}, {"signed_name": "别人"}, {"asked": "9,999.00"}, {"asked": "很多"}):
        refused = await phone.post(f"{root[1]}/ask", asked(house, page, **missing), files=PAPERS)
        assert refused.status_code in (403, 422), missing
        assert "公司即将注销" in refused.text
    assert await refunds(house) == []
    for _turn in range(2):
        sent = await phone.post(f"{root[1]}/ask", asked(house, page), files=PAPERS)
        assert sent.status_code == 303, sent.text
    [refund] = await refunds(house)
    assert (refund.state, refund.requester_name, refund.requested_by) == ("submitted", "许承泽", None)
    assert {file["shows"] for file in refund.files} == {"contract", "notice"}
    assert "policy_explained" in refund.checked
    status = await phone.get(sent.headers["location"])
    for words in (refund.number, "我们承诺", "我们将与您联系", "2,100.00", "已等待 0 个工作日"):
        assert words in status.text, words
    for internal in ("陆予安", "林小满", "信号"):
        assert internal not in status.text
    assert [n.kind for n in await story.notifications(house.cast, house.cast.ben)] == ["answer"]
    await run_all(house)
    [mail] = mails_to(mailbox_folder, "xu@example.com")
    assert refund.number in mail.subject
    assert "我们承诺" in mail.text
    again = await phone.open(link_in(mail).removeprefix("/l/"))
    assert refund.number in again.text


async def test_two_requests_at_once_are_one(house: House, as_person: People, phone: Phone) -> None:
    page = await phone.open(await handed_on(house, await as_person("ben")))
    root = re.search(r'action="(/c/refund/[^"]+)"', page.text)
    assert root
    first = await phone.post(f"{root[1]}/ask", asked(house, page))
    assert first.status_code == 303
    second = await phone.post(f"{root[1]}/ask", asked(house, page, key=str(uuid7())))
    assert second.status_code == 409
    assert (await refunds(house))[0].number in second.text
    assert len(await refunds(house)) == 1


async def test_only_contracts_of_ones_own_can_be_named(house: House, as_person: People, phone: Phone) -> None:
    stranger, _contact = await make_client(house.cast, name="杭州别家有限公司")
    foreign = await make_contract(house.cast, stranger)
    page = await phone.open(await handed_on(house, await as_person("ben")))
    root = re.search(r'action="(/c/refund/[^"]+)"', page.text)
    assert root
    assert foreign.number not in page.text
    assert (await phone.post(f"{root[1]}/ask", asked(house, page, contract_id=str(foreign.id)))).status_code == 404
    nobody = Phone(phone.client)
    assert (await nobody.get(root[1])).status_code == 404


async def test_what_is_missing_comes_by_link_while_the_clock_stands_still(
    house: House, phone: Phone, mailbox_folder: Path
) -> None:
    refund = await house.asked(files=[])
    async with house.cast.transaction() as session:
        wanted = {"contract": "", "other": "盖章的授权书"}
        await clarifying.ask(session, house.cast.ben, refund, house.contact, wanted, clock.now())
    await run_all(house)
    mail = next(m for m in mails_to(mailbox_folder, "xu@example.com") if "补充材料" in m.subject)
    assert "盖章的授权书" in mail.text
    page = await phone.open(link_in(mail).removeprefix("/l/"))
    assert "盖章的授权书" in page.text
    assert "轮到您" in page.text
    async with house.cast.transaction() as session:
        rows = {one.what: one for one in await queries.asked(session, refund.id)}
    root = re.search(r'action="(/c/refund/[^"]+)/supply"', page.text)
    assert root
    said = {"refund_id": str(refund.id), "signed_name": "许承泽"}
    nothing = await phone.post(f"{root[1]}/supply", said)
    stranger = await phone.post(f"{root[1]}/supply", {**said, "signed_name": "别人", f"text-{rows['other'].id}": "有"})
    assert (nothing.status_code, stranger.status_code) == (422, 422)
    paper = {f"files-{rows['contract'].id}": ("合同.pdf", b"%PDF-1.7", "application/pdf")}
    assert (await phone.post(f"{root[1]}/supply", said, files=paper)).status_code == 303
    assert (await house.fresh(refund)).state == "clarifying"
    for _turn in range(2):
        sent = await phone.post(f"{root[1]}/supply", {**said, f"text-{rows['other'].id}": "没有授权书，法人本人办理"})
    assert sent.status_code == 303
    back = await house.fresh(refund)
    assert back.state == "submitted"
    other = {**said, "refund_id": str(uuid7())}
    assert (await phone.post(f"{root[1]}/supply", other)).status_code == 404


async def test_reminders_at_two_four_and_six_working_days_then_the_manager(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock.now().replace(hour=2, minute=0)  # ten o'clock in China
    monkeypatch.setattr(clock, "now", lambda: start)
    refund = await house.asked(files=[])
    async with house.cast.transaction() as session:
        await clarifying.ask(session, house.cast.ben, refund, house.contact, {"contract": ""}, start)

    async def reminded() -> int:
        async with house.cast.transaction() as session:
            await chasing.chase(session)
            query = select(func.count()).select_from(Delivery).where(Delivery.subject_kind == "refund_chase")
            return await session.scalar(query) or 0

    counts = []
    for day in range(14):
        monkeypatch.setattr(clock, "now", lambda day=day: start + timedelta(days=day))
        counts.append(await reminded())
        assert await reminded() == counts[-1]
    assert (counts[0], counts[-1]) == (0, 3)
    async with house.cast.transaction() as session:
        steps = (
            await session.scalars(select(Task.step).where(Task.subject_id == refund.id, Task.workflow == ""))
        ).all()
    assert "The client does not answer: take over the talk" in [step.msgid for step in steps]


async def test_once_offered_the_whole_calculation_is_shown(house: House, as_person: People, phone: Phone) -> None:
    refund = await countersigned(house)
    await out(house, refund)
    page = await phone.open(await handed_on(house, await as_person("ben")))
    for words in ("2,100.00", "3,600.00", "退费方案", "应退"):
        assert words in page.text, words
    root = re.search(r'action="(/c/refund/[^"]+)/letter"', page.text)
    assert root
    for _turn in range(2):  # the second within ten minutes sends nothing
        assert (await phone.post(f"{root[1]}/letter", {"refund_id": str(refund.id)})).status_code == 303
    async with house.cast.transaction() as session:
        query = select(func.count()).where(Delivery.subject_id == (await house.fresh(refund)).offer_id)
        assert await session.scalar(query) == 1


async def test_before_the_second_persons_yes_no_amount_is_shown(
    house: House, refund_in: RefundIn, as_person: People, phone: Phone
) -> None:
    await refund_in("assessed")
    page = await phone.open(await handed_on(house, await as_person("ben")))
    assert "应退" not in page.text
    assert "退费方案" not in page.text


async def test_the_client_takes_the_request_back_by_link(
    house: House, refund_in: RefundIn, as_person: People, phone: Phone
) -> None:
    refund = await refund_in("complete")
    page = await phone.open(await handed_on(house, await as_person("ben")))
    root = re.search(r'action="(/c/refund/[^"]+)/take-back"', page.text)
    assert root
    said = {"refund_id": str(refund.id), "reason": "继续合作", "signed_name": "别人"}
    assert (await phone.post(f"{root[1]}/take-back", said)).status_code == 422
    for _turn in range(2):
        assert (await phone.post(f"{root[1]}/take-back", {**said, "signed_name": "许承泽"})).status_code == 303
    back = await house.fresh(refund)
    assert (back.state, back.outcome_reason, back.agreed_how) == ("cancelled", "继续合作", "link")


async def test_the_policy_is_ticked_by_link_once(
    house: House, refund_in: RefundIn, as_person: People, phone: Phone
) -> None:
    refund = await refund_in("submitted")
    page = await phone.open(await handed_on(house, await as_person("ben")))
    root = re.search(r'action="(/c/refund/[^"]+)/understand"', page.text)
    assert root
    said = {"refund_id": str(refund.id), "signed_name": "许承泽"}
    assert (await phone.post(f"{root[1]}/understand", {**said, "signed_name": "别人"})).status_code == 422
    for _turn in range(2):
        assert (await phone.post(f"{root[1]}/understand", said)).status_code == 303
    assert (await house.fresh(refund)).checked["policy_explained"]["name"] == "许承泽"


async def test_links_are_handed_on_by_who_may_and_to_own_people_only(house: House, as_person: People) -> None:
    _other, stranger = await make_client(house.cast, name="杭州别家有限公司")
    at = f"/f/{house.cast.firm.slug}/clients/{house.client.id}/refund-link"
    ben = await as_person("ben")
    assert (await ben.post(at, {"contact_id": str(stranger.id), "channel": "copy"})).status_code == 404
    for name, status in (("ada", 403), ("cash", 403), ("otto", 404), ("nobody", 303)):
        answer = await (await as_person(name)).post(at, {"contact_id": str(house.contact.id), "channel": "copy"})
        assert answer.status_code == status, name
    panel = await ben.get(f"/f/{house.cast.firm.slug}/clients/{house.client.id}")
    assert "/refund-link" in panel.text


async def test_the_firms_public_page_tells_strangers_nothing(house: House, phone: Phone, mailbox_folder: Path) -> None:
    door = f"/p/{house.cast.firm.slug}/refund"
    page = await phone.get(door)
    assert page.status_code == 200
    assert house.client.name not in page.text
    assert (await phone.get("/p/no-such-firm/refund")).status_code == 404
    assert (await phone.post(door, {"company": house.client.name, "email": "keine"})).status_code == 422
    known = await phone.post(door, {"company": house.client.name, "email": "XU@example.com"})
    await phone.get(door)
    strangers = await phone.post(door, {"company": house.client.name, "email": "boese@example.com"})
    await phone.get(door)
    by_code = await phone.post(door, {"company": house.client.uscc, "email": "xu@example.com"})
    assert known.status_code == strangers.status_code == by_code.status_code == 200
    assert _without_token(known.text) == _without_token(strangers.text)
    async with house.cast.transaction() as session:
        jobs = (await session.scalars(select(Outbox.job).where(Outbox.finished_at.is_(None)))).all()
    assert jobs.count("refunds.find_asker") == 3
    await run_all(house)
    [mail] = mails_to(mailbox_folder, "xu@example.com")  # the second within ten minutes is not sent again
    assert mails_to(mailbox_folder, "boese@example.com") == []
    opened = await phone.open(link_in(mail).removeprefix("/l/"))
    assert "客户提前解约" in opened.text


async def test_the_public_page_has_its_measure(house: House, phone: Phone) -> None:
    door = f"/p/{house.cast.firm.slug}/refund"
    await phone.get(door)
    answers = [await phone.post(door, {"company": f"公司 {n}", "email": "a@example.com"}) for n in range(12)]
    assert [answer.status_code for answer in answers][:10] == [200] * 10
    assert answers[-1].status_code == 429


def _without_token(text: str) -> str:
    return re.sub(r'value="[0-9a-f]{64}"|[0-9a-f]{64}', "", text)


async def test_the_client_gives_the_account_by_link(
    house: House, refund_in: RefundIn, as_person: People, phone: Phone
) -> None:
    refund = await refund_in("submitted")
    page = await phone.open(await handed_on(house, await as_person("ben")))
    root = re.search(r'action="(/c/refund/[^"]+)/account"', page.text)
    assert root
    given = {
        "refund_id": str(refund.id), "kind": "corporate", "holder": house.client.name,
        "bank": "中国工商银行杭州西湖支行",
        "account": "33001616781050001234", "bank_code": "102331000123", "original": "yes", "signed_name": "许承泽",
    }  # fmt: skip
    for wrong in ({"signed_name": "别人"}, {"account": "123"}, {"bank_code": "1"}, {"holder": "王五"}):
        answer = await phone.post(f"{root[1]}/account", {**given, **wrong})
        assert answer.status_code == 422, wrong
        assert "中国工商银行杭州西湖支行" in answer.text
    for _turn in range(2):
        assert (await phone.post(f"{root[1]}/account", given)).status_code == 303
    async with house.cast.transaction() as session:
        payee = await queries.payee(session, refund.id)
    assert payee is not None
    assert (payee.written_by, payee.account_tail, payee.original) == (None, "1234", True)
    shown = await phone.get(root[1])
    assert "**** 1234" in shown.text
    assert "33001616781050001234" not in shown.text


async def test_with_two_requests_one_is_laid_open(
    house: House, refund_in: RefundIn, as_person: People, phone: Phone
) -> None:
    first = await refund_in("submitted")
    house.contract = await make_contract(house.cast, house.client)
    second = await house.asked()
    page = await phone.open(await handed_on(house, await as_person("ben")))
    assert page.text.count('name="account"') == 1
    other = await phone.get(f"{page.url.path}?of={first.id}")
    assert f'name="refund_id" value="{first.id}"' in other.text
    assert f'name="refund_id" value="{second.id}"' not in other.text
