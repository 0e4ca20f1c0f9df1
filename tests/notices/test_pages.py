"""Members' pages: the register, a letter's page, drafting, and every deed; each for the right people only."""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.links import Link
from saas.notices import answers, drafts, queries
from saas.notices.editing import fields_of
from saas.notices.forms import AnswerForm
from saas.notices.models import Notice
from tests.cast import Browser
from tests.notices.conftest import Office

People = Callable[[str], Awaitable[Browser]]
READERS = ("paula", "mara", "quinn", "ben", "cash", "tina", "ada")


def at(office: Office, path: str) -> str:
    return f"/f/{office.cast.firm.slug}{path}"


async def test_everyone_of_the_firm_reads_and_nobody_else(
    office: Office, as_person: People, mailbox_folder: Path
) -> None:
    notice = await office.issued()
    paths = [f"/notices/{notice.id}", f"/notices/{notice.id}/preview", f"/notices/{notice.id}/letter.pdf", "/notices"]
    for path in paths:
        for name in READERS:
            assert (await (await as_person(name)).get(at(office, path))).status_code == 200, (name, path)
        assert (await (await as_person("otto")).get(at(office, path))).status_code == 404
        assert (await (await as_person("nobody")).get(at(office, path))).status_code == 303
    otto = await as_person("otto")
    own = f"/f/{office.cast.other_firm.slug}/notices"
    known, unknown = await otto.get(f"{own}/{notice.id}"), await otto.get(f"{own}/{uuid4()}")
    assert known.status_code == unknown.status_code == 404


async def test_the_register_shows_serial_state_proof_and_answer(
    office: Office, as_person: People, mailbox_folder: Path
) -> None:
    notice, draft = await office.issued(), await office.drafted()
    ben = await as_person("ben")
    page = (await ben.get(at(office, "/notices"))).text
    for words in (
        notice.number,
        "杭州澄屿茶业有限公司",
        "账目调整通知书",
        "已发送",
        "邮件 · 对方服务器已接收",
        "2026-11-30 前",
    ):
        assert words in page
    assert str(draft.id) in page
    for query, shown, hidden in (
        ("?tab=draft", draft, notice),
        ("?tab=out", notice, draft),
        (f"?q={notice.number[:6]}", notice, draft),
    ):
        found = (await ben.get(at(office, f"/notices{query}"))).text
        assert f"/notices/{shown.id}" in found
        assert f"/notices/{hidden.id}" not in found
    assert "没有符合条件的通知" in (await ben.get(at(office, "/notices?kind=general"))).text
    assert (await ben.get(at(office, f"/notices?client={office.client.id}"))).status_code == 200
    assert (await ben.get(at(office, f"/notices?client={uuid4()}"))).status_code == 404


async def test_a_draft_shows_what_is_missing_and_looks_like_the_letter(office: Office, as_person: People) -> None:
    draft = await office.drafted(amended_returns="")
    ben = await as_person("ben")
    page = (await ben.get(at(office, f"/notices/{draft.id}"))).text
    assert "缺少：需更正申报的税种及属期" in page
    preview = (await ben.get(at(office, f"/notices/{draft.id}/preview"))).text
    assert "账目调整通知书" in preview
    assert "____" in preview
    assert (await ben.get(at(office, f"/notices/{draft.id}/letter.pdf"))).status_code == 404


async def test_a_letters_page_shows_proof_and_fingerprints(
    office: Office, as_person: People, mailbox_folder: Path
) -> None:
    notice = await office.issued()
    (delivery,) = await office.deliveries(notice.id)
    page = html.unescape((await (await as_person("quinn")).get(at(office, f"/notices/{notice.id}"))).text)
    for words in (delivery.message_id or "", delivery.reply, notice.verify_code, "陆予安", "沈知微", "撤回"):
        assert words in page
    assert office.token(delivery) not in page


async def test_writing_a_letter_approving_it_and_sending_it(
    office: Office, as_person: People, mailbox_folder: Path
) -> None:
    ben, quinn = await as_person("ben"), await as_person("quinn")
    fields = {"client_id": str(office.client.id), "title": "申报表格式调整", "text": "自 12 月起调整。", "locale": "zh"}
    empty = await ben.post(at(office, "/notices/new"), {"client_id": str(office.client.id), "text": "写好的正文"})
    assert empty.status_code == 422
    assert "写好的正文" in empty.text
    made = await ben.post(at(office, "/notices/new"), fields)
    path = made.headers["location"]
    assert (await ben.post(f"{path}/submit")).status_code == 303
    assert (await ben.post(f"{path}/issue")).status_code == 403
    assert (await quinn.post(f"{path}/issue")).status_code == 303
    assert (await quinn.post(f"{path}/issue")).status_code == 409
    await office.work("notices.render", "notices.deliver", "notices.hand_over")
    notice = await office.fresh(UUID(path.rpartition("/")[2]))
    assert (notice.state, notice.number) == ("accepted", f"衡函字〔{notice.year}〕第 0001 号")


async def test_who_may_not_write_is_refused(office: Office, as_person: People, mailbox_folder: Path) -> None:
    notice = await office.issued()
    (delivery,) = await office.deliveries(notice.id)
    deeds = ["links", "send-again", "deliveries", "replies", "answers", f"deliveries/{delivery.id}/bounced",
             f"deliveries/{delivery.id}/revoke", "new-version", "edit"]  # fmt: skip
    for name, status in (("cash", 403), ("ada", 403), ("tina", 403), ("otto", 404), ("nobody", 303)):
        person = await as_person(name)
        for deed in deeds:
            answer = await person.post(at(office, f"/notices/{notice.id}/{deed}"))
            assert answer.status_code == status, (name, deed)
        assert (await person.get(at(office, "/notices/new"))).status_code == status
    assert [d.id for d in await office.deliveries(notice.id)] == [delivery.id]
    for name in ("ben", "ada", "cash"):
        assert (await (await as_person(name)).post(at(office, f"/notices/{notice.id}/withdraw"))).status_code == 403


async def test_a_draft_is_edited_in_words_and_the_rest_stays(office: Office, as_person: People) -> None:
    draft = await office.drafted(amended_returns="", duties=None)
    ben = await as_person("ben")
    shown = {field.name: field.value for field in fields_of(draft, "zh")}
    page = (await ben.get(at(office, f"/notices/{draft.id}/edit"))).text
    assert "需更正申报的税种及属期" in page
    wrong = await ben.post(at(office, f"/notices/{draft.id}/edit"), {**shown, "booking_date": "2026-02-30"})
    assert wrong.status_code == 422
    changed = {
        **shown,
        "amended_returns": "企业所得税三季度",
        "duties": "寄回合同 | 2026-12-01\n保管发票",
        "late_fee_fen": "0",
    }
    for _time in range(2):
        assert (await ben.post(at(office, f"/notices/{draft.id}/edit"), changed)).status_code == 303
    after = await office.fresh(draft.id)
    assert after.content["amended_returns"] == "企业所得税三季度"
    assert after.content["duties"] == [{"what": "寄回合同", "by": "2026-12-01"}, "保管发票"]
    assert after.content["late_fee_fen"] == 0
    assert after.content["facts"] == draft.content["facts"]
    assert after.content["correcting_lines"] == draft.content["correcting_lines"]
    assert after.edited_by == []
    for person, status in (("otto", 404), ("cash", 403), ("nobody", 303)):
        assert (await (await as_person(person)).get(at(office, f"/notices/{draft.id}/edit"))).status_code == status


async def test_a_letter_in_both_languages_is_edited_in_both(office: Office, as_person: People) -> None:
    draft = await office.drafted(locale="both")
    ben = await as_person("ben")
    shown = {field.name: field.value for field in fields_of(draft, "zh")}
    assert {"facts.zh", "facts.en", "tax.vat.zh", "handler"} <= set(shown)
    await ben.post(at(office, f"/notices/{draft.id}/edit"), {**shown, "cause.en": "the wrong account was chosen"})
    cause = (await office.fresh(draft.id)).content["cause"]
    assert cause["en"] == "the wrong account was chosen"
    assert cause["zh"].startswith("记账人员选错科目")


async def test_an_approved_letter_is_not_edited(office: Office, as_person: People, mailbox_folder: Path) -> None:
    notice = await office.issued()
    answer = await (await as_person("ben")).post(at(office, f"/notices/{notice.id}/edit"), {"facts": "别的"})
    assert answer.status_code == 409
    assert (await office.fresh(notice.id)).content == notice.content


async def test_a_link_is_handed_on_and_recorded_as_its_channel(
    office: Office, as_person: People, mailbox_folder: Path
) -> None:
    notice = await office.issued()
    ben = await as_person("ben")
    made = await ben.post(
        at(office, f"/notices/{notice.id}/links"), {"contact_id": str(office.contact.id), "channel": "wechat"}
    )
    assert made.status_code == 303
    shared = next(d for d in await office.deliveries(notice.id) if d.channel == "wechat")
    assert (shared.status, shared.recorded_by) == ("shared", office.cast.ben.id)
    page = (await ben.get(made.headers["location"].partition("#")[0])).text
    assert f"/l/{office.token(shared)}" in page
    assert "<svg" in page.split('id="share"')[1]
    stranger = await ben.post(at(office, f"/notices/{notice.id}/links"), {"contact_id": str(uuid4())})
    assert stranger.status_code == 404


async def test_sending_again_pressed_twice_goes_once(office: Office, as_person: People, mailbox_folder: Path) -> None:
    notice = await office.issued()
    ben = await as_person("ben")
    for _time in range(2):
        answer = await ben.post(
            at(office, f"/notices/{notice.id}/send-again"), {"contact_id": str(office.contact.id), "channel": "email"}
        )
        assert answer.status_code == 303
    assert [d.status for d in await office.deliveries(notice.id)] == ["accepted", "queued"]


async def test_a_call_counts_only_with_callee_time_result_and_reference(
    office: Office, as_person: People, mailbox_folder: Path
) -> None:
    notice = await office.issued()
    ben = await as_person("ben")
    call = {"channel": "phone", "contact_name": "许承泽", "at": "2026-11-26T10:30", "reply": "已说明"}
    call |= {"reference": "138-0000", "reached": "yes"}
    for name in ("contact_name", "at", "reply", "reference"):
        answer = await ben.post(at(office, f"/notices/{notice.id}/deliveries"), {**call, name: ""})
        assert answer.status_code == 422, name
        assert "已说明" in answer.text or name == "reply"
    assert len(await office.deliveries(notice.id)) == 1
    for _time in range(2):
        assert (await ben.post(at(office, f"/notices/{notice.id}/deliveries"), call)).status_code == 303
    (recorded,) = [d for d in await office.deliveries(notice.id) if d.channel == "phone"]
    assert (recorded.status, recorded.reply, recorded.reference) == ("delivered", "已说明", "138-0000")
    assert recorded.sent_at is not None
    assert recorded.sent_at.isoformat() == "2026-11-26T02:30:00+00:00"
    assert (await office.fresh(notice.id)).state == "delivered"
    missed = {**call, "at": "2026-11-26T11:30", "reply": "无人接听", "reached": ""}
    await ben.post(at(office, f"/notices/{notice.id}/deliveries"), missed)
    assert [d.status for d in await office.deliveries(notice.id)] == ["accepted", "delivered", "failed"]


async def test_a_returned_mail_is_recorded_by_hand(office: Office, as_person: People, mailbox_folder: Path) -> None:
    notice = await office.issued()
    (delivery,) = await office.deliveries(notice.id)
    ben = await as_person("ben")
    path = at(office, f"/notices/{notice.id}/deliveries/{delivery.id}/bounced")
    for _time in range(2):
        assert (await ben.post(path, {"reply": "550 user unknown"})).status_code == 303
    assert (await office.fresh(notice.id)).state == "bounced"
    other = at(office, f"/notices/{notice.id}/deliveries/{uuid4()}/bounced")
    assert (await ben.post(other, {"reply": "x"})).status_code == 404


async def test_a_link_sent_to_the_wrong_person_is_ended(
    office: Office, as_person: People, mailbox_folder: Path
) -> None:
    notice = await office.issued()
    (delivery,) = await office.deliveries(notice.id)
    ben = await as_person("ben")
    for _time in range(2):
        await ben.post(at(office, f"/notices/{notice.id}/deliveries/{delivery.id}/revoke"))
    async with office.cast.transaction() as session:
        link = await session.get_one(Link, (office.cast.firm.id, delivery.link_id))
        noted = await session.scalar(text("SELECT count(*) FROM audit_entries WHERE action = 'notice.revoke_link'"))
    assert link.revoked_at is not None
    assert noted == 1


async def test_a_stamped_slip_counts_as_the_clients_answer(
    office: Office, as_person: People, mailbox_folder: Path
) -> None:
    notice = await office.issued()
    ben = await as_person("ben")
    said = {"kind": "confirm", "contact_id": str(office.contact.id), "how": "paper", "choice": "years"}
    bare = await ben.post(at(office, f"/notices/{notice.id}/answers"), said)
    assert bare.status_code == 422
    program = {"files": ("x.exe", b"MZ", "application/octet-stream")}
    assert (await ben.post(at(office, f"/notices/{notice.id}/answers"), said, files=program)).status_code == 422
    slip = {"files": ("回执.pdf", b"%PDF-1.7 slip", "application/pdf")}
    for _time in range(2):
        answer = await ben.post(at(office, f"/notices/{notice.id}/answers"), said, files=slip)
        assert answer.status_code == 303
    async with office.cast.transaction() as session:
        (given,) = await queries.answers(session, notice.id)
    assert (given.how, given.signed_name, given.member_id) == ("paper", "许承泽", office.cast.ben.id)
    assert given.files[0]["name"] == "回执.pdf"
    path = at(office, f"/notices/{notice.id}/files/{given.files[0]['sha256']}")
    kept = await (await as_person("ada")).get(path)
    assert kept.content == b"%PDF-1.7 slip"
    assert kept.headers["content-security-policy"].startswith("sandbox")
    assert (await ben.get(path[:-1] + "0")).status_code == 404
    assert (await (await as_person("otto")).get(path)).status_code == 404
    assert (await office.fresh(notice.id)).state == "acknowledged"


async def test_a_question_is_answered_on_the_page(office: Office, as_person: People, mailbox_folder: Path) -> None:
    notice = await office.issued()
    question = await _ask(office, notice)
    ben = await as_person("ben")
    page = (await ben.get(at(office, f"/notices/{notice.id}"))).text
    assert "可以分期吗？" in page
    empty = await ben.post(at(office, f"/notices/{notice.id}/replies"), {"answer_id": str(question), "text": ""})
    assert empty.status_code == 422
    for _time in range(2):
        answer = await ben.post(
            at(office, f"/notices/{notice.id}/replies"), {"answer_id": str(question), "text": "可以。"}
        )
        assert answer.status_code == 303
    stranger = await ben.post(at(office, f"/notices/{notice.id}/replies"), {"answer_id": str(uuid4()), "text": "x"})
    assert stranger.status_code == 404
    assert "可以。" in (await ben.get(at(office, f"/notices/{notice.id}"))).text


async def test_a_new_version_pressed_twice_is_one_draft(
    office: Office, as_person: People, mailbox_folder: Path
) -> None:
    ben, quinn = await as_person("ben"), await as_person("quinn")
    fields = {"client_id": str(office.client.id), "title": "提示", "text": "正文"}
    path = (await ben.post(at(office, "/notices/new"), fields)).headers["location"]
    await ben.post(f"{path}/submit")
    await quinn.post(f"{path}/issue")
    await office.work("notices.render")
    first = await ben.post(f"{path}/new-version")
    again = await ben.post(f"{path}/new-version")
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    case_letter = await office.issued()
    assert (await ben.post(at(office, f"/notices/{case_letter.id}/new-version"))).status_code == 409


async def test_withdrawing_needs_a_reason_and_the_right(
    office: Office, as_person: People, mailbox_folder: Path
) -> None:
    notice = await office.issued()
    quinn = await as_person("quinn")
    path = at(office, f"/notices/{notice.id}/withdraw")
    assert (await quinn.post(path)).status_code == 422
    assert (await quinn.post(path, {"reason": "金额有误"})).status_code == 303
    assert (await quinn.post(path, {"reason": "金额有误"})).status_code == 409
    assert "金额有误" in (await quinn.get(at(office, f"/notices/{notice.id}"))).text


@pytest.mark.parametrize("path", ["", "?tab=nonsense", "?kind=nonsense", "?q=%25_%27"])
async def test_odd_filters_do_no_harm(office: Office, as_person: People, path: str) -> None:
    assert (await (await as_person("ben")).get(at(office, f"/notices{path}"))).status_code == 200


async def test_the_clients_page_lists_its_letters(office: Office, as_person: People, mailbox_folder: Path) -> None:
    notice = await office.issued()
    page = await (await as_person("ben")).get(at(office, f"/clients/{office.client.id}"))
    assert notice.number in page.text


async def test_search_finds_a_letter_by_its_serial(office: Office, as_person: People, mailbox_folder: Path) -> None:
    notice = await office.issued()
    page = await (await as_person("ada")).get(at(office, f"/search?q={notice.number[:9]}"))
    assert f"/notices/{notice.id}" in page.text


async def _ask(office: Office, notice: Notice) -> UUID:
    async with office.cast.transaction() as session:
        contact = await queries.contact_or_none(session, office.contact.id)
        assert contact is not None
        actor = Actor("contact", contact.id, contact.name)
        asked = await answers.ask(session, actor, notice, contact, AnswerForm("许承泽", "可以分期吗？"), clock.now())
        return asked.id


async def test_a_discarded_draft_says_so_and_never_looks_sent(office: Office, as_person: People) -> None:
    draft = await office.drafted()
    async with office.cast.transaction() as session:
        await drafts.drop(session, office.cast.quinn, draft.subject_id, "摘要不清", clock.now())
    page = (await (await as_person("ben")).get(at(office, f"/notices/{draft.id}"))).text
    for words in ("已作废（未编号）", "无（批准前已作废）", "未发送：草稿已作废。", "摘要不清"):
        assert words in page
    assert "批准时编号" not in page
    assert draft.title.to("zh") in (await (await as_person("ben")).get(at(office, "/notices?tab=over"))).text
