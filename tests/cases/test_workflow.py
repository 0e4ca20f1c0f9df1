"""Every arrow of domain.md W2: who may go it, what must be there, and who is refused with which reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from saas.cases.forms import Answered, Close, Confirm, Evidence, Explain, GoOn, HandTo, Reason, Triage, WithoutVoucher
from saas.cases.models import Case
from saas.cases.talk import note
from saas.cases.workflow import ACTIONS, CASE, OPEN, STATES
from saas.kernel import clock
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.errors import Conflict, FreshSignInNeeded, Refusal
from saas.notices.models import Notice
from tests.cases import story
from tests.cases.story import ANALYSE, CONFIRM, act, analysed, opened, talk
from tests.cast import Cast, member_id


async def refused(cast: Cast, case: Case, action: str, actor: Actor, form: Any = None) -> str:
    """The reason, in the source language; nothing has changed."""
    before = (await story.reload(cast, case)).state
    with pytest.raises(Refusal) as caught:
        await act(cast, case, action, actor, form)
    assert (await story.reload(cast, case)).state == before
    return caught.value.reason.msgid


def test_every_state_can_be_reached_and_left() -> None:
    reached = {CASE.initial} | {target for action in ACTIONS for target in action.targets}
    assert reached == {state.name for state in STATES}
    left = {source for action in ACTIONS if action.to is not None for source in action.source}
    assert left >= OPEN


async def test_a_case_from_a_finding_starts_at_triaged(cast: Cast) -> None:
    case, client, _contact = await opened(cast)
    assert (case.state, case.source, case.rule, case.period) == ("triaged", "rule", "N01", "2026-09")
    assert case.owner_id == client.bookkeeper_id
    assert case.number.startswith("YC-")
    [finding] = [f for f in await story.findings(cast, client) if f.rule == "N01"]
    assert (finding.state, finding.case_id) == ("confirmed", case.id)


async def test_triage_asks_for_period_and_substance(cast: Cast) -> None:
    client, _contact = await story.make_client(cast)
    case = await story.by_hand(cast, client, period=None)
    form = Triage(member_id(cast.lin))
    assert "period" in await refused(cast, case, "triage", cast.ben, form)
    assert "role does not allow" in await refused(cast, case, "triage", cast.cash, form)
    gone = Triage(member_id(cast.otto), period="2026-09")
    assert "does not work here" in await refused(cast, case, "triage", cast.ben, gone)
    done = await act(cast, case, "triage", cast.ben, Triage(member_id(cast.lin), "high", "2026-09"))
    assert (done.state, done.owner_id, done.severity) == ("triaged", member_id(cast.lin), "high")
    assert done.first_response_at is not None


async def test_only_a_manager_dismisses_what_is_severe(cast: Cast) -> None:
    case, client, _contact = await opened(cast)
    reason = Reason("借贷差额为尾差，已另行处理")
    assert "role does not allow" in await refused(cast, case, "dismiss", cast.lin, reason)
    assert "needs a manager" in await refused(cast, case, "dismiss", cast.quinn, reason)
    done = await act(cast, case, "dismiss", cast.mara, reason)
    assert (done.state, done.outcome, done.reviewed_by) == ("dismissed", "dismissed", member_id(cast.mara))
    [finding] = [f for f in await story.findings(cast, client) if f.rule == "N01"]
    assert (finding.state, finding.reason) == ("dismissed", "借贷差额为尾差，已另行处理")


async def test_a_lowered_severity_does_not_get_round_the_manager(cast: Cast) -> None:
    """The finding stays what it was, whatever the case is called at triage."""
    _client, _contact, listed = await story.found(cast)
    async with cast.transaction() as session:
        from_findings = await story.opening.from_findings(
            session, cast.ben, [f for f in listed if f.rule == "N01"], clock.now()
        )
        from_findings.severity = "low"
    assert "needs a manager" in await refused(cast, from_findings, "dismiss", cast.quinn, Reason("尾差"))


async def test_nobody_dismisses_their_own_case(cast: Cast) -> None:
    client, _contact = await story.make_client(cast)
    case = await story.by_hand(cast, client, severity="low")
    await act(cast, case, "triage", cast.ben, Triage(member_id(cast.quinn)))
    assert "reviews their own work" in await refused(cast, case, "dismiss", cast.quinn, Reason("无误"))
    assert (await act(cast, case, "dismiss", cast.mara, Reason("无误"))).state == "dismissed"


async def test_confirming_belongs_to_the_owner_and_needs_evidence(cast: Cast) -> None:
    client, _contact = await story.make_client(cast)
    case = await story.by_hand(cast, client, vouchers="")
    await act(cast, case, "triage", cast.ben, Triage(member_id(cast.ben)))
    assert "Name the voucher" in await refused(cast, case, "confirm", cast.ben, CONFIRM)
    case, _client, _contact = await opened(cast)
    assert "case's owner" in await refused(cast, case, "confirm", cast.lin, CONFIRM)
    done = await act(cast, case, "confirm", cast.ben, CONFIRM)
    assert (done.state, done.risk, done.treatment, done.exposure) == ("confirmed", 6, "reduce", CONFIRM.exposure)


async def test_the_talk_is_on_record_before_the_analysis(cast: Cast) -> None:
    case, _client, _contact = await opened(cast)
    await act(cast, case, "confirm", cast.ben, CONFIRM)
    assert "Record the talk" in await refused(cast, case, "contact", cast.ben)
    await talk(cast, case)
    assert "case's owner" in await refused(cast, case, "contact", cast.lin)
    assert (await act(cast, case, "contact", cast.ben)).state == "contacted"
    done = await act(cast, case, "analyse", cast.ben, ANALYSE)
    assert (done.state, done.cause_code, done.expectation) == ("analysed", "AMT", "尽快更正")


async def test_an_innocent_explanation_is_read_by_a_second_person(cast: Cast) -> None:
    case, client, _contact = await analysed(cast)
    await act(cast, case, "explain", cast.ben, Explain("差额为银行手续费，另有凭证"))
    assert "role does not allow" in await refused(cast, case, "close", cast.lin)
    back = await act(cast, case, "send_back", cast.quinn, Reason("请附上银行回单"))
    assert (back.state, back.outcome, back.rounds) == ("analysed", "", 1)
    await act(cast, case, "explain", cast.ben, Explain("差额为银行手续费，见回单"))
    done = await act(cast, case, "close", cast.quinn)
    assert (done.state, done.outcome, done.reviewed_by) == ("closed", "explained", member_id(cast.quinn))
    [finding] = [f for f in await story.findings(cast, client) if f.rule == "N01"]
    assert finding.state == "dismissed"


async def test_the_owner_never_closes_their_own_explanation(cast: Cast) -> None:
    case, _client, _contact = await analysed(cast)
    await act(cast, case, "hand_to", cast.ben, HandTo(member_id(cast.quinn)))
    await act(cast, case, "explain", cast.quinn, Explain("无误"))
    assert "reviews their own work" in await refused(cast, case, "close", cast.quinn)


async def test_who_owned_the_case_before_never_reviews_it(cast: Cast) -> None:
    """Quinn prepared, then handed it to Ben: she is still a preparer."""
    case, _client, _contact = await analysed(cast)
    await act(cast, case, "hand_to", cast.ben, HandTo(member_id(cast.quinn)))
    await act(cast, case, "hand_to", cast.quinn, HandTo(member_id(cast.ben)))
    await act(cast, case, "explain", cast.ben, Explain("无误"))
    assert "reviews their own work" in await refused(cast, case, "close", cast.quinn)
    assert (await act(cast, case, "close", cast.mara)).state == "closed"


async def test_whoever_approved_does_not_become_the_owner(cast: Cast) -> None:
    case, _client, _contact = await analysed(cast)
    await act(cast, case, "plan", SYSTEM)
    await act(cast, case, "submit", SYSTEM)
    await act(cast, case, "approve", cast.quinn)
    form = HandTo(member_id(cast.quinn))
    assert "approved the case" in await refused(cast, case, "hand_to", cast.ben, form)


async def test_two_levels_where_the_risk_is_high(cast: Cast) -> None:
    case, _client, _contact = await opened(cast)
    await act(cast, case, "confirm", cast.ben, Confirm("entry", CONFIRM.exposure, 4, 4, "reduce"))
    await talk(cast, case)
    await act(cast, case, "contact", cast.ben)
    assert "attach a paper first" in await refused(cast, case, "analyse", cast.ben, ANALYSE)
    slip = {"name": "回单.pdf", "sha256": "0" * 64, "size": 1}
    await act(cast, case, "add_evidence", cast.ben, Evidence([], [slip]))
    await act(cast, case, "analyse", cast.ben, ANALYSE)
    await act(cast, case, "plan", SYSTEM)
    await act(cast, case, "submit", SYSTEM)
    assert "reviews their own work" in await refused(cast, case, "approve", cast.ben)
    assert (await act(cast, case, "approve", cast.quinn)).state == "in_approval"
    assert "first approval" in await refused(cast, case, "approve", cast.quinn)
    done = await act(cast, case, "approve", cast.mara)
    assert (done.state, done.reviewed_by, done.manager_id) == ("approved", member_id(cast.quinn), member_id(cast.mara))


async def test_one_level_below_the_limit_and_whoever_edited_does_not_approve(cast: Cast) -> None:
    case, _client, _contact = await analysed(cast)
    await act(cast, case, "plan", SYSTEM)
    async with cast.transaction() as session:
        row = await story.queries.case(session, case.id)
        row.extra = {**row.extra, "editors": [str(member_id(cast.quinn))]}
    await act(cast, case, "submit", SYSTEM)
    assert "reviews their own work" in await refused(cast, case, "approve", cast.quinn)
    assert (await act(cast, case, "approve", cast.mara)).state == "approved"


async def test_review_sends_back_to_the_analysis(cast: Cast) -> None:
    case, _client, _contact = await analysed(cast)
    await act(cast, case, "plan", SYSTEM)
    await act(cast, case, "submit", SYSTEM)
    done = await act(cast, case, "send_back", cast.quinn, Reason("方法不对"))
    assert (done.state, done.rounds, done.outcome) == ("analysed", 1, "")


async def test_settling_without_a_voucher_writes_to_the_client(cast: Cast) -> None:
    """Q's yes approves the letter too; the client's yes closes the case and excepts the finding."""
    case, client, contact = await analysed(cast)
    form = WithoutVoucher("external", "请于 12 月 5 日前补交合同\n更正三季度申报")
    assert "reviews their own work" in await refused(cast, case, "settle_without_voucher", cast.actors["ben"].__class__(
        **{**_fields(cast.quinn), "id": member_id(cast.ben)}), form)  # fmt: skip
    stale = cast.quinn.signed_in(clock.now() - timedelta(hours=1))
    with pytest.raises(FreshSignInNeeded):
        await act(cast, case, "settle_without_voucher", stale, form)
    done = await act(cast, case, "settle_without_voucher", cast.quinn.signed_in(clock.now()), form)
    assert (done.state, done.outcome, done.reviewed_by) == ("approved", "external", member_id(cast.quinn))
    assert done.notice_id is not None
    async with cast.transaction() as session:
        notice = await session.get_one(Notice, (case.firm_id, done.notice_id))
        assert (notice.author_id, notice.approved_by) == (member_id(cast.ben), member_id(cast.quinn))
        assert notice.content["duties"] == ["请于 12 月 5 日前补交合同", "更正三季度申报"]
    await act(cast, case, "acknowledge", Actor("contact", contact.id, contact.name), Answered("link"))
    assert "role does not allow" in await refused(cast, case, "close", cast.lin)
    closed = await act(cast, case, "close", cast.quinn)
    assert (closed.state, closed.acknowledged_how) == ("closed", "link")
    [finding] = [f for f in await story.findings(cast, client) if f.rule == "N01"]
    assert finding.state == "excepted"
    assert finding.excepted_until is not None


def _fields(actor: Actor) -> dict[str, Any]:
    return {name: getattr(actor, name) for name in actor.__dataclass_fields__}


async def test_an_objection_returns_to_the_analysis(cast: Cast) -> None:
    case, _client, _contact = await analysed(cast)
    await act(cast, case, "settle_without_voucher", cast.quinn.signed_in(clock.now()), WithoutVoucher("no_entry", "无"))
    done = await act(cast, case, "object", SYSTEM, Reason("金额不对"))
    assert (done.state, done.outcome, done.reviewed_by) == ("analysed", "", None)


async def test_silence_is_not_consent(cast: Cast) -> None:
    """Only the firm's own slip, after three working days and a recorded call; never where the client must say yes."""
    case, _client, _contact = await analysed(cast)
    await act(cast, case, "settle_without_voucher", cast.quinn.signed_in(clock.now()), WithoutVoucher("no_entry", "无"))
    await act(cast, case, "notify", SYSTEM)
    fresh, form = cast.mara.signed_in(clock.now()), GoOn("三次致电无人接听")
    assert "of 3 working days" in await refused(cast, case, "go_on", fresh, form)
    async with cast.transaction() as session:
        row = await story.queries.case(session, case.id)
        row.extra = {**row.extra, "client_must_say_yes": True}
    assert "silence is not consent" in await refused(cast, case, "go_on", fresh, form)


async def test_booking_needs_something_to_book(cast: Cast) -> None:
    case, _client, _contact = await analysed(cast)
    await act(cast, case, "settle_without_voucher", cast.quinn.signed_in(clock.now()), WithoutVoucher("no_entry", "无"))
    await act(cast, case, "acknowledge", SYSTEM, Answered("phone"))
    assert "nothing to book" in await refused(cast, case, "execute", SYSTEM)


async def test_a_severe_case_closes_with_its_lesson(cast: Cast) -> None:
    case, client, _contact = await analysed(cast)
    for action, actor in (
        ("plan", SYSTEM),
        ("submit", SYSTEM),
        ("approve", cast.quinn),
        ("notify", SYSTEM),
        ("acknowledge", SYSTEM),
        ("execute", SYSTEM),
        ("finish", SYSTEM),
    ):
        await act(cast, case, action, actor)
    assert "reviews their own work" in await refused(cast, case, "verify", cast.ben)
    await act(cast, case, "verify", cast.quinn)
    [finding] = [f for f in await story.findings(cast, client) if f.rule == "N01"]
    assert finding.state == "cured"
    assert "lesson first" in await refused(cast, case, "close", cast.mara)
    async with cast.transaction() as session:
        session.add(story.lesson_of(cast, case))
    assert "role does not allow" in await refused(cast, case, "close", cast.quinn)
    assert (await act(cast, case, "close", cast.mara)).state == "closed"


async def test_what_is_not_cured_goes_back(cast: Cast) -> None:
    case, _client, _contact = await analysed(cast)
    for action, actor in (
        ("plan", SYSTEM),
        ("submit", SYSTEM),
        ("approve", cast.quinn),
        ("notify", SYSTEM),
        ("acknowledge", SYSTEM),
        ("execute", SYSTEM),
        ("finish", SYSTEM),
    ):
        await act(cast, case, action, actor)
    assert (await act(cast, case, "not_cured", SYSTEM)).state == "analysed"


async def test_a_closed_case_reopens_within_ninety_days(cast: Cast) -> None:
    case, _client, _contact = await analysed(cast)
    await act(cast, case, "explain", cast.ben, Explain("无误"))
    await act(cast, case, "close", cast.quinn)
    with clock.at(clock.now() + timedelta(days=91)):
        assert "within 90 days" in await refused(cast, case, "reopen", cast.ben, Reason("又出现了"))
    done = await act(cast, case, "reopen", cast.ben, Reason("又出现了"))
    assert (done.state, done.closed_at, done.outcome, done.reviewed_by) == ("reopened", None, "", None)
    assert done.due_at is not None
    assert (await act(cast, case, "triage", cast.ben, Triage(member_id(cast.ben)))).state == "triaged"


async def test_steps_out_of_turn_are_conflicts(cast: Cast) -> None:
    case, _client, _contact = await opened(cast)
    with pytest.raises(Conflict):
        await act(cast, case, "analyse", cast.ben, ANALYSE)


async def test_a_mention_tells_the_colleague_once(cast: Cast) -> None:
    case, _client, _contact = await opened(cast)
    for _turn in range(2):
        async with cast.transaction() as session:
            await note(session, cast.ben, await story.queries.case(session, case.id), "@沈知微 请看", clock.now())
    told = await story.notifications(cast, cast.quinn)
    assert [n.kind for n in told] == ["mention"]
    async with cast.transaction() as session:
        [written] = await story.queries.notes(session, case.id)
        assert written.mentions == [str(member_id(cast.quinn))]


async def test_closing_asks_whether_the_client_got_what_they_expected(cast: Cast) -> None:
    """Wanted by 1 December, closed on the 3rd: late by two days, and the words say what was missing."""
    case, _client, _contact = await analysed(cast)
    await act(cast, case, "explain", cast.ben, Explain("无误"))
    assert "did not get" in await refused(cast, case, "close", cast.quinn, Close("partly"))
    with clock.at(datetime(2026, 12, 3, 10, tzinfo=clock.CHINA)):
        done = await act(cast, case, "close", cast.quinn, Close("partly", "回单还在路上"))
    assert done.extra["expectation"] == {"met": "partly", "remark": "回单还在路上", "late_days": 2}
