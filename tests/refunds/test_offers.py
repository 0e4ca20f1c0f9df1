"""The offer: no amount goes out before a second person's yes; the client answers freely; what ended is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from saas.kernel import clock
from saas.kernel.errors import Conflict, Forbidden
from saas.kernel.i18n import LOCALES
from saas.kernel.money import Money
from saas.kernel.perform import calendar_of, perform
from saas.notices import answers, documents, queries
from saas.notices.documents import Pictures, of_approved
from saas.notices.forms import AnswerForm
from saas.notices.forms import Reason as Withdrawal
from saas.notices.frame import frame_of
from saas.notices.models import Notice
from saas.notices.workflow import NOTICE
from saas.refunds import queries as refunds
from saas.refunds.asking import chasing
from saas.refunds.assessing import assessment
from saas.refunds.assessing.assessment import Assessment
from saas.refunds.calculation.service import Service
from saas.refunds.forms import Cancel, Convert, ProposeRejection, Reason
from saas.refunds.models import Refund
from tests.cast import Browser, member_id
from tests.identity.post import link_in, mails_to, work_through
from tests.notices.conftest import Phone
from tests.refunds.conftest import RefundIn
from tests.refunds.house import House, contract_day
from tests.refunds.offer_story import answered, letter, offered, out, speaker
from tests.refunds.payment_story import assessed

People = Callable[[str], Awaitable[Browser]]


async def letters(house: House, refund: Refund) -> list[Notice]:
    async with house.cast.transaction() as session:
        return list(await refunds.letters(session, refund.id))


async def test_the_letter_waits_as_the_preparers_draft_until_a_second_person_says_yes(
    house: House, refund_in: RefundIn
) -> None:
    refund = await refund_in("assessed")
    draft = await letter(house, refund)
    assert (draft.kind, draft.state, draft.author_id) == ("refund_offer", "draft", member_id(house.cast.ben))
    with pytest.raises(Forbidden):
        await house.act(refund, "countersign", house.cast.ben)
    signed = await house.act(refund, "countersign", house.cast.quinn)
    sent = await letter(house, signed)
    assert (sent.state, sent.approved_by, signed.state) == ("approved", member_id(house.cast.quinn), "countersigned")
    async with house.cast.transaction() as session:
        until = (await calendar_of(session)).add_working_days(clock.today(), 10)
    assert sent.answer_by == signed.offered_until == until
    assert sent.content["remedy"]["until"] == until.isoformat()


async def test_the_letter_says_everything_in_both_languages(house: House, refund_in: RefundIn) -> None:
    refund = await refund_in("countersigned")
    issued = await letter(house, refund)
    async with house.cast.transaction() as session:
        frame = await frame_of(session, issued)
    assert not frame.missing
    html = documents.html(of_approved(issued, Pictures()), preview=True)
    for words in (
        "退方字",
        house.client.name,
        refund.number,
        house.contract.number,
        "客户提前解约",
        "2,100.00",
        "贰仟壹佰元整",
        "3,600.00",
        f"{contract_day(1, 1):%Y-%m}–{contract_day(5, 1):%Y-%m}",
        "须经",
        "原路退回",
        "红字",
        "10",
        "马若兰",
    ):
        assert words in html, words
    content = {**issued.content, "letter": {**issued.content["letter"], "locale": "en"}}
    english = documents.html(documents.Letterform(issued.kind, content, content["letter"], "", Pictures()))
    for words in ("Months delivered", "2,100.00", "subject to approval", "The client ends the contract", "valid until"):
        assert words in english, words
    assert set(issued.content["text"]) == set(LOCALES)


async def test_the_client_agrees_by_the_letters_link(house: House, refund_in: RefundIn) -> None:
    refund = await refund_in("agreed")
    assert (refund.agreed_how, refund.agreed_at is not None) == ("link", True)


async def test_credit_and_another_plan_are_chosen_freely(house: House) -> None:
    refund = await answered(house, await offered(house), "confirm", choice="credit")
    assert (refund.state, refund.outcome, refund.credit) == ("converted", "credit", Money(2100_00))
    assert refund.credit_until is not None
    other = await answered(house, await offered(house), "confirm", choice="plan", text="改为每季度一次")
    assert (other.state, other.outcome, other.outcome_reason) == ("converted", "plan", "改为每季度一次")


async def test_the_client_may_take_the_request_back(house: House) -> None:
    refund = await answered(house, await offered(house), "confirm", choice="withdraw")
    assert (refund.state, refund.outcome) == ("cancelled", "cancelled")


async def test_a_yes_without_a_choice_is_no_answer(house: House) -> None:
    refund = await offered(house)
    with pytest.raises(Exception, match="choose one"):
        await answered(house, refund, "confirm")
    assert (await house.fresh(refund)).state == "offered"


async def test_a_dispute_is_settled_by_a_manager_and_ends_in_a_new_version(house: House, refund_in: RefundIn) -> None:
    refund = await refund_in("disputed")
    first = await letter(house, refund)
    with pytest.raises(Forbidden):
        await house.act(refund, "mediate", house.cast.ben, Reason("说明"))
    back = await house.act(refund, "mediate", house.cast.mara, Reason("双方确认四月起停止服务，按四个月计"))
    assert (back.state, back.mediation, back.rounds) == ("complete", "双方确认四月起停止服务，按四个月计", 1)
    async with house.cast.transaction() as session:
        service = Service(served_months=4, served_why="调解确认")
        await assessment.calculate(session, house.cast.ben, back, Assessment(service), clock.now())
    await house.act(back, "assess", house.cast.ben)
    await house.act(back, "countersign", house.cast.quinn)
    second, old = await letter(house, back), await _fresh(house, first)
    assert (second.version, second.serial, old.state) == (2, first.serial, "superseded")
    assert second.content["refund_fen"] == 2400_00
    with pytest.raises(Conflict):  # the old link answers nothing any more
        await _answer_old(house, old)
    await out(house, back)
    agreed = await answered(house, back, "confirm", choice="refund")
    assert (agreed.state, agreed.fast_lane) == ("agreed", False)


async def test_an_expired_offer_is_refused_in_words_and_goes_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund = await offered(house)
    later = clock.now() + timedelta(days=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Forbidden, match="offer ended"):
        await answered(house, refund, "confirm", choice="refund")
    async with house.cast.transaction() as session:
        await chasing.lapse(session)
        await chasing.lapse(session)
    back = await house.fresh(refund)
    assert (back.state, back.offered_until, back.rounds) == ("complete", None, 1)
    with pytest.raises(Conflict, match="does not stand"):
        await answered(house, refund, "confirm", choice="refund")


async def test_an_offer_that_was_taken_back_goes_back_too(house: House) -> None:
    refund = await offered(house)
    found = await letter(house, refund)
    async with house.cast.transaction() as session:
        await perform(session, NOTICE, found.id, "withdraw", house.cast.mara, Withdrawal("金额有误"))
    assert (await house.fresh(refund)).state == "complete"


async def test_sent_back_before_it_went_out_the_draft_is_given_up(house: House, refund_in: RefundIn) -> None:
    refund = await refund_in("assessed")
    draft = await letter(house, refund)
    back = await house.act(refund, "send_back", house.cast.quinn, Reason("漏算年报"))
    assert (back.state, (await _fresh(house, draft)).state) == ("complete", "discarded")


async def test_a_rejection_says_how_to_object_and_an_appeal_is_decided_by_somebody_else(house: House) -> None:
    refund = await house.completed()
    with pytest.raises(Forbidden, match="proposes a rejection"):
        await house.act(refund, "reject", house.cast.quinn)
    await house.act(refund, "propose_rejection", house.cast.ben, ProposeRejection("delivered", "全年服务均已交付"))
    with pytest.raises(Forbidden):
        await house.act(refund, "reject", house.cast.ben)
    rejected = await house.act(refund, "reject", house.cast.mara)
    sent = await letter(house, rejected, "rejection_id")
    assert (sent.kind, sent.state, sent.answer_by) == ("refund_rejection", "approved", rejected.appeal_until)
    html = documents.html(of_approved(sent, Pictures()), preview=True)
    for words in ("全年服务均已交付", "服务已全部交付", "异议"):
        assert words in html, words
    await out(house, rejected, "rejection_id")
    appeal = await answered(house, rejected, "object", "rejection_id", text="九月以后没有报税")
    assert (appeal.state, appeal.appeal) == ("appealed", "九月以后没有报税")
    for deed in ("refuse", "grant_appeal"):
        with pytest.raises(Forbidden, match="rejected this request"):
            await house.act(appeal, deed, house.cast.mara, Reason("维持"))
    final = await house.act(appeal, "refuse", house.cast.paula, Reason("申报回执齐全"))
    assert (final.state, final.outcome) == ("refused", "rejected")
    [decision] = [one for one in await letters(house, final) if one.kind == "refund_refusal"]
    assert decision.state == "approved"
    assert "申报回执齐全" in documents.html(of_approved(decision, Pictures()), preview=True)


async def test_a_granted_appeal_is_calculated_and_offered(house: House, refund_in: RefundIn) -> None:
    refund = await refund_in("appealed")
    back = await house.act(refund, "grant_appeal", house.cast.mara, Reason("确有漏报"))
    assert (back.state, back.rejection_code) == ("complete", "")
    async with house.cast.transaction() as session:
        await assessment.calculate(session, house.cast.ben, back, Assessment(Service()), clock.now())
    await house.act(back, "assess", house.cast.ben)
    assert (await house.act(back, "countersign", house.cast.quinn)).state == "countersigned"


async def test_a_late_appeal_is_refused_in_words(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    refund = await house.completed()
    await house.act(refund, "propose_rejection", house.cast.ben, ProposeRejection("delivered", "全年服务均已交付"))
    await house.act(refund, "reject", house.cast.quinn)
    await out(house, refund, "rejection_id")
    later = clock.now() + timedelta(days=18)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Forbidden, match="appeal ended"):
        await answered(house, refund, "object", "rejection_id", text="不同意")


async def test_a_member_records_how_the_client_took_it_back_or_chose_credit(house: House) -> None:
    refund = await offered(house)
    credit = await house.act(refund, "convert", house.cast.mara, Convert("credit", "电话中同意抵用", "phone"))
    assert (credit.state, credit.credit, credit.agreed_how) == ("converted", Money(2100_00), "phone")
    other = await assessed(house)
    gone = await house.act(other, "cancel", house.cast.ben, Cancel("继续合作", "visit"))
    assert (gone.state, gone.outcome_reason) == ("cancelled", "继续合作")
    assert all(one.state == "discarded" or one.approved_at for one in await letters(house, other))


async def test_the_letters_page_is_for_the_firm_only(house: House, refund_in: RefundIn, as_person: People) -> None:
    refund = await refund_in("assessed")
    found = await letter(house, refund)
    at = f"/f/{house.cast.firm.slug}"
    page = await (await as_person("quinn")).get(f"{at}/refunds/{refund.id}")
    assert f"/notices/{found.id}" in page.text
    assert (await (await as_person("quinn")).get(f"{at}/notices/{found.id}")).status_code == 200
    for who, status in (("otto", 404), ("nobody", 303)):
        assert (await (await as_person(who)).get(f"{at}/notices/{found.id}")).status_code == status
    for who, status in (("ada", 403), ("ben", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(who)).post(f"{at}/refunds/{refund.id}/countersign")).status_code == status, who
    quinn = await as_person("quinn")
    first = await quinn.post(f"{at}/refunds/{refund.id}/countersign")
    again = await quinn.post(f"{at}/refunds/{refund.id}/countersign")
    assert (first.status_code, again.status_code) == (303, 409)


async def _fresh(house: House, found: Notice) -> Notice:
    async with house.cast.transaction() as session:
        return await queries.notice(session, found.id)


async def _answer_old(house: House, old: Notice) -> None:
    form = AnswerForm(house.contact.name, choice="refund")
    async with house.cast.transaction() as session:
        await answers.answer(session, speaker(house), old, "confirm", house.contact, form, clock.now())


async def test_the_letter_goes_out_as_a_pdf_that_anybody_can_verify(
    house: House, refund_in: RefundIn, phone: Phone, mailbox_folder: Path
) -> None:
    refund = await refund_in("countersigned")
    await work_through(house.cast.database, house.cast.firm.id)
    assert (await house.fresh(refund)).state == "offered"
    mail = next(m for m in mails_to(mailbox_folder, "xu@example.com") if "退费方案告知书" in m.subject)
    assert [attachment.name.endswith(".pdf") for attachment in mail.attachments] == [True]
    page = await phone.open(link_in(mail).removeprefix("/l/"))
    for words in ("2,100.00", "须经", "转为服务抵用", "撤回申请并继续服务"):
        assert words in page.text, words
    root = page.url.path
    unsaid = await phone.post(f"{root}/answer", {"act": "confirm", "signed_name": "许承泽"})
    stranger = await phone.post(f"{root}/answer", {"act": "confirm", "choice": "refund", "signed_name": "别人"})
    assert (unsaid.status_code, stranger.status_code) == (422, 422)
    for _turn in range(2):
        said = await phone.post(f"{root}/answer", {"act": "confirm", "choice": "refund", "signed_name": "许承泽"})
        assert said.status_code == 303, said.text
    assert (await house.fresh(refund)).state == "agreed"
    issued = await letter(house, refund)
    checked = await phone.get(f"/v/{issued.verify_code}")
    assert "退费方案告知书" in checked.text
    assert house.client.name not in checked.text


async def test_without_anybody_who_may_approve_no_offer_goes_out(house: House, refund_in: RefundIn) -> None:
    refund = await refund_in("assessed")
    async with house.cast.transaction() as session:
        contact = await session.merge(house.contact)
        contact.may_approve = False
    with pytest.raises(Forbidden, match="cannot be issued"):
        await house.act(refund, "countersign", house.cast.quinn)
    assert (await house.fresh(refund)).state == "assessed"


async def test_another_amount_is_said_in_the_letter_with_its_reason(house: House) -> None:
    refund = await assessed(house, amount=Money(2400_00))
    await house.act(refund, "countersign", house.cast.quinn)
    issued = await letter(house, refund)
    html = documents.html(of_approved(issued, Pictures()), preview=True)
    for words in ("2,400.00", "金额调整及原因", "长期客户", "300.00"):
        assert words in html, words
    assert sum(line["amount_fen"] for line in issued.content["lines"]) == 2400_00
