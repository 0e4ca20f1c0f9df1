"""The client's page by link: scanners change nothing, a person answers once, nobody else's link opens anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from saas.clients.models import Communication
from saas.firms.queries import profile
from saas.kernel import clock
from saas.kernel.links import Link, issue
from saas.kernel.perform import perform
from saas.notices import answers, drafts, queries
from saas.notices import issue as issuing
from saas.notices.forms import Reason, Reply
from saas.notices.models import Answer, Notice
from saas.notices.workflow import NOTICE
from tests.cast import Cast
from tests.notices.conftest import Office, Phone
from tests.notices.sample import make_draft

CONFIRM = {"act": "confirm", "signed_name": "许承泽", "choice": "once"}


async def opened(office: Office, phone: Phone, **changes: Any) -> tuple[Notice, str]:
    """A letter on its way and its page on the phone; the page's address."""
    notice = await office.issued(**changes)
    (delivery,) = await office.deliveries(notice.id)
    answer = await phone.open(office.token(delivery))
    assert answer.status_code == 200
    return notice, f"/c/notice/{delivery.link_id}"


async def given(office: Office, notice: Notice) -> list[Answer]:
    async with office.cast.transaction() as session:
        return list(await queries.answers(session, notice.id))


async def test_the_token_leaves_the_address_at_once(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    notice = await office.issued()
    (delivery,) = await office.deliveries(notice.id)
    answer = await phone.get(f"/l/{office.token(delivery)}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/c/notice/{delivery.link_id}")
    assert answer.headers["referrer-policy"] == "no-referrer"
    cookie = next(c for c in answer.headers.get_list("set-cookie") if "link-" in c)
    assert cookie.startswith("__Host-link-")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    page = await phone.get(answer.headers["location"])
    assert page.headers["referrer-policy"] == "no-referrer"
    assert office.token(delivery) not in page.text


@pytest.mark.usefixtures("late_november")
async def test_the_page_says_who_what_how_much_and_until_when(
    office: Office, phone: Phone, mailbox_folder: Path
) -> None:
    await opened(office, phone)
    for words in ("衡调字〔2026〕第 0001 号", "致 许承泽", "杭州澄屿茶业有限公司", "￥86,800.00", "捌万陆仟捌佰元整",
                  "管理费用—办公费", "固定资产—生产设备", "发生了什么", "对税有什么影响", "一次性税前扣除", "我确认",
                  "我有异议", "我有疑问", "2026 年 11 月 30 日", "letter.pdf"):  # fmt: skip
        assert words in phone.page
    assert "清账" not in phone.page.replace("favicon", "")


async def test_scanners_change_nothing(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    """They open every link, some follow every address of the page, some send forms without what the page gave them."""
    notice, address = await opened(office, phone)
    before = await _everything(office)
    for path in (address, f"{address}?do=object", f"{address}?do=question", f"{address}/letter.pdf"):
        assert (await phone.get(path)).status_code == 200
    assert (await phone.client.head(f"/l/{'x' * 8}.abc")).status_code in (404, 405)
    for fields in ({}, {"act": "confirm"}, CONFIRM):
        assert (await phone.post(f"{address}/answer", fields, csrf="")).status_code == 403
    for fields in (
        {},
        {"act": "confirm"},
        {"act": "confirm", "signed_name": ""},
        {"act": "confirm", "signed_name": "x y"},
    ):
        assert (await phone.post(f"{address}/answer", fields)).status_code in (404, 422)
    assert await _everything(office) == before
    assert (await office.fresh(notice.id)).state == "accepted"


async def test_a_person_confirms_once(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    notice, address = await opened(office, phone)
    answer = await phone.post(f"{address}/answer", CONFIRM)
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    recorded = await _everything(office)
    assert (await phone.post(f"{address}/answer", CONFIRM)).status_code == 303
    assert await _everything(office) == recorded
    (said,) = await given(office, notice)
    assert (said.kind, said.signed_name, said.choice, said.how) == ("confirm", "许承泽", "once", "link")
    assert said.link_id is not None
    await phone.get(address)
    assert "您已确认本通知" in phone.page
    assert "您的选择：一次性税前扣除" in phone.page
    assert 'value="confirm"' not in phone.page
    letter = await office.fresh(notice.id)
    assert (letter.state, letter.answered_at is not None) == ("acknowledged", True)
    (delivery,) = await office.deliveries(notice.id)
    assert delivery.status == "delivered"


async def test_after_a_confirmation_an_objection_is_refused(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    notice, address = await opened(office, phone)
    await phone.post(f"{address}/answer", CONFIRM)
    late = await phone.post(f"{address}/answer", {"act": "object", "signed_name": "许承泽", "text": "不同意"})
    assert late.status_code == 409
    assert "已就本通知作出答复" in late.text
    assert [a.kind for a in await given(office, notice)] == ["confirm"]


async def test_an_objection_needs_its_reason_and_keeps_what_was_typed(
    office: Office, phone: Phone, mailbox_folder: Path
) -> None:
    notice, address = await opened(office, phone)
    empty = await phone.post(f"{address}/answer", {"act": "object", "signed_name": "许承泽"})
    assert empty.status_code == 422
    assert "请简要说明" in empty.text
    assert 'value="许承泽"' in empty.text
    await phone.post(f"{address}/answer", {"act": "object", "signed_name": "许承泽", "text": "设备是租的，不是买的"})
    letter = await office.fresh(notice.id)
    assert letter.state == "objected"
    (said,) = await given(office, notice)
    assert (said.kind, said.text) == ("object", "设备是租的，不是买的")


async def test_a_choice_must_be_made_before_confirming(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    _notice, address = await opened(office, phone)
    answer = await phone.post(f"{address}/answer", {"act": "confirm", "signed_name": "许承泽"})
    assert answer.status_code == 422
    assert "请先选择其中一项" in answer.text
    invented = await phone.post(f"{address}/answer", {**CONFIRM, "choice": "never"})
    assert invented.status_code == 422


@pytest.mark.parametrize("name", ["李四", "许", "许承泽泽"])
async def test_a_forwarded_link_is_not_signed_with_another_name(
    office: Office, phone: Phone, mailbox_folder: Path, name: str
) -> None:
    notice, address = await opened(office, phone)
    answer = await phone.post(f"{address}/answer", {**CONFIRM, "signed_name": name})
    assert answer.status_code == 422
    assert await given(office, notice) == []


async def test_spaces_and_case_of_a_name_are_forgiven(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    async with office.cast.transaction() as session:
        (await session.get_one(type(office.contact), (office.cast.firm.id, office.contact.id))).name = "Anna Xu"
    notice, address = await opened(office, phone)
    assert (await phone.post(f"{address}/answer", {**CONFIRM, "signed_name": " anna  XU "})).status_code == 303
    assert (await office.fresh(notice.id)).state == "acknowledged"


async def test_who_may_not_approve_may_still_ask(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    async with office.cast.transaction() as session:
        clerk = type(office.contact)(client_id=office.client.id, name="陈会计", email="chen@chengyu.example")
        session.add(clerk)
        await session.flush()
    notice = await office.issued(recipients=[str(clerk.id)])
    delivery = next(d for d in await office.deliveries(notice.id) if d.contact_id == clerk.id)
    await phone.open(office.token(delivery))
    assert "我确认" not in phone.page.split("client-answer")[1].split("</footer>")[0].split("client-foot")[0]
    address = f"/c/notice/{delivery.link_id}"
    assert (await phone.post(f"{address}/answer", {**CONFIRM, "signed_name": "陈会计"})).status_code == 403
    asked = {"act": "question", "signed_name": "陈会计", "text": "需要盖章吗？"}
    assert (await phone.post(f"{address}/answer", asked)).status_code == 303
    assert [a.kind for a in await given(office, notice)] == ["question"]


async def test_a_question_is_asked_once_answered_within_a_day_and_read(
    office: Office, phone: Phone, mailbox_folder: Path
) -> None:
    notice, address = await opened(office, phone)
    asked = {"act": "question", "signed_name": "许承泽", "text": "折旧年限可以选五年吗？"}
    for _time in range(2):
        assert (await phone.post(f"{address}/answer", asked)).status_code == 303
    (question,) = await given(office, notice)
    assert await _open_tasks(office, notice) == ["Answer the client’s question"]
    async with office.cast.transaction() as session:
        for _time in range(2):
            await answers.reply(session, office.cast.ben, notice, Reply(question.id, "不可以，最低十年。"), clock.now())
    assert await _open_tasks(office, notice) == []
    await phone.get(address)
    assert "不可以，最低十年。" in phone.page
    await office.work("notices.deliver", "notices.hand_over")
    assert [d.subject_kind for d in await office.deliveries(notice.id)] == ["notice", "notice_reply"]
    assert 'value="confirm"' in phone.page, "a question does not use up the answer"
    assert (await phone.post(f"{address}/answer", CONFIRM)).status_code == 303


async def test_every_answer_is_an_exchange_with_the_client(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    notice, address = await opened(office, phone)
    await phone.post(f"{address}/answer", {"act": "object", "signed_name": "许承泽", "text": "金额不对"})
    async with office.cast.transaction() as session:
        (talk,) = (await session.scalars(select(Communication).where(Communication.subject_id == notice.id))).all()
    assert (talk.channel, talk.direction, talk.contact_name) == ("link", "in", "许承泽")
    assert "金额不对" in talk.summary


async def test_a_page_that_stays_open_is_a_view(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    notice, address = await opened(office, phone)
    assert f'hx-post="{address}/seen"' in phone.page
    assert (await office.fresh(notice.id)).state == "accepted"
    assert (await phone.post(f"{address}/seen", {}, csrf="")).status_code == 403
    for _time in range(2):
        assert (await phone.post(f"{address}/seen", {})).status_code == 204
    assert (await office.fresh(notice.id)).state == "viewed"


async def test_the_letter_itself_is_an_attachment_in_a_sandbox(
    office: Office, phone: Phone, mailbox_folder: Path
) -> None:
    notice, address = await opened(office, phone)
    answer = await phone.get(f"{address}/letter.pdf")
    assert answer.content[:5] == b"%PDF-"
    assert len(answer.content) == notice.file_size
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].startswith("sandbox")


async def test_the_contact_reads_in_their_language_and_may_switch(
    office: Office, phone: Phone, mailbox_folder: Path
) -> None:
    async with office.cast.transaction() as session:
        (await session.get_one(type(office.contact), (office.cast.firm.id, office.contact.id))).locale = "en"
    _notice, address = await opened(office, phone, locale="both")
    assert "What happened" in phone.page
    assert "Deduct at once" in phone.page
    answer = await phone.post("/locale", {"locale": "zh", "next": address})
    assert answer.status_code == 303
    await phone.get(address)
    assert "发生了什么" in phone.page


@pytest.mark.parametrize("how", ["expired", "revoked"])
async def test_a_link_that_is_over_says_whom_to_ask(
    office: Office, phone: Phone, mailbox_folder: Path, how: str
) -> None:
    notice, address = await opened(office, phone)
    (delivery,) = await office.deliveries(notice.id)
    async with office.cast.transaction() as session:
        (await profile(session)).phone = "0571-5550 0188"
        link = await session.get_one(Link, (office.cast.firm.id, delivery.link_id))
        if how == "expired":
            link.expires_at = clock.now() - timedelta(minutes=1)
        else:
            link.revoked_at = clock.now()
    for answer in (
        await phone.get(f"/l/{office.token(delivery)}"),
        await phone.get(address),
        await phone.post(f"{address}/answer", CONFIRM),
        await phone.get(f"{address}/letter.pdf"),
    ):
        assert answer.status_code == 410
        assert "0571-5550 0188" in answer.text
    assert await given(office, notice) == []


async def test_without_the_cookie_an_address_opens_nothing(
    office: Office, phone: Phone, new_phone: Callable[[], Phone], mailbox_folder: Path
) -> None:
    """The clean address alone (from a browser's history, or sent on) is worth nothing, and tells nothing."""
    notice, address = await opened(office, phone)
    stranger = new_phone()
    unknown = await stranger.get(f"/c/notice/{office.client.id}")
    known = await stranger.get(address)
    assert (unknown.status_code, known.status_code) == (404, 404)
    assert _plain(unknown.text) == _plain(known.text)
    assert "衡溪" not in known.text
    assert (await stranger.post(f"{address}/answer", CONFIRM)).status_code in (403, 404)
    assert await given(office, notice) == []


async def test_a_link_opens_its_own_purpose_and_record_only(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    """One contact's cookie for one letter does not open another letter, and a link for something else no letter."""
    notice, address = await opened(office, phone)
    second = await office.issued()
    (other,) = await office.deliveries(second.id)
    first_token = next(value for name, value in phone.cookies.items() if "link-" in name)
    phone.cookies[f"__Host-link-{other.link_id.hex}"] = first_token
    assert (await phone.get(f"/c/notice/{other.link_id}")).status_code == 404
    async with office.cast.transaction() as session:
        link, token = issue(session, office.cast.firm.code, "question", notice.id, now=clock.now(),
                            contact_id=office.contact.id)  # fmt: skip
        await session.flush()
    phone.cookies[f"__Host-link-{link.id.hex}"] = token
    assert (await phone.get(f"/c/notice/{link.id}")).status_code == 404
    assert (await phone.get(address)).status_code == 200


async def test_another_firms_link_never_reaches_this_firm(
    office: Office, cast: Cast, phone: Phone, mailbox_folder: Path
) -> None:
    notice = await office.issued()
    async with cast.transaction(otto=True) as session:
        _link, token = issue(session, cast.other_firm.code, "notice", notice.id, now=clock.now())
        await session.flush()
    answer = await phone.open(token)
    assert answer.status_code == 404
    mixed = f"{cast.other_firm.code}.{token.partition('.')[2]}".replace(cast.other_firm.code, cast.firm.code)
    assert (await phone.open(mixed)).status_code == 404


async def test_nonsense_is_a_404_in_words(office: Office, phone: Phone) -> None:
    for token in ("x", "nobody.abc", f"{office.cast.firm.code}.abc", f"{office.cast.firm.code}.", "%00.%00"):
        answer = await phone.get(f"/l/{token}")
        assert answer.status_code in (400, 404)
    assert "此链接无法使用" in phone.page


async def test_a_contact_who_left_is_not_let_in(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    _notice, address = await opened(office, phone)
    async with office.cast.transaction() as session:
        (await session.get_one(type(office.contact), (office.cast.firm.id, office.contact.id))).left_at = clock.now()
    assert (await phone.get(address)).status_code == 404
    assert (await phone.post(f"{address}/answer", CONFIRM)).status_code == 404


async def test_a_withdrawn_letter_says_so_and_takes_no_answer(
    office: Office, phone: Phone, mailbox_folder: Path
) -> None:
    notice, address = await opened(office, phone)
    async with office.cast.transaction() as session:
        await perform(session, NOTICE, notice.id, "withdraw", office.cast.quinn, Reason("有误"))
    await phone.get(address)
    assert "我们已撤回本通知" in phone.page
    assert "有误" not in phone.page
    assert (await phone.post(f"{address}/answer", CONFIRM)).status_code == 409
    assert await given(office, notice) == []


async def test_a_replaced_letter_says_so_and_takes_no_answer(
    office: Office, phone: Phone, mailbox_folder: Path
) -> None:
    notice, address = await opened(office, phone)
    async with office.cast.transaction() as session:
        draft = await make_draft(session, office.cast.ben, office.client)
        await drafts.discard(session, office.cast.ben, draft, "x", clock.now())
        newer = await drafts.draft(
            session, office.cast.ben, kind="adjustment", client=office.client, subject_kind="case",
            subject_id=notice.subject_id, title=notice.title, content=notice.content, locale="zh",
            answer_by=notice.answer_by, now=clock.now(), supersedes=notice,
        )  # fmt: skip
        await issuing.approve(session, newer, office.cast.quinn, clock.now())
    await phone.get(address)
    assert "本通知已由第 2 版替代" in phone.page
    assert (await phone.post(f"{address}/answer", CONFIRM)).status_code == 409


async def _everything(office: Office) -> list[Any]:
    """How many rows of each kind there are, and where the letters stand."""
    found: list[Any] = []
    async with office.cast.transaction() as session:
        for table in ("notice_answers", "communications", "audit_entries", "tasks", "deliveries", "stage_log", "links"):
            found.append((table, await session.scalar(text(f"SELECT count(*) FROM {table}"))))
        found.append((await session.execute(text("SELECT state, answered_at FROM notices ORDER BY id"))).all())
        found.append((await session.execute(text("SELECT status, viewed_at FROM deliveries ORDER BY id"))).all())
        found.append((await session.execute(text("SELECT viewed_at FROM links ORDER BY id"))).all())
    return found


async def _open_tasks(office: Office, notice: Notice) -> list[str]:
    async with office.cast.transaction() as session:
        sql = text("SELECT step->>'msgid' FROM tasks WHERE subject_id = :id AND workflow = '' AND done_at IS NULL")
        return list((await session.scalars(sql, {"id": notice.id})).all())


def _plain(html: str) -> str:
    """Without the CSRF token and the address, which differ by nature."""
    return re.sub(r'value="[0-9a-f]{64}"|x-csrf": "[0-9a-f]+"|/c/notice/[0-9a-f-]+', "", html)
