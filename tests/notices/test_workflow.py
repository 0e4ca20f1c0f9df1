"""The table of a letter: who may do what, what blocks issue, and what the freeze makes of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from sqlalchemy import select

from saas.firms.queries import profile
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.errors import Conflict, Forbidden, FreshSignInNeeded
from saas.kernel.i18n import Text, reading
from saas.kernel.perform import perform
from saas.kernel.workflow import State
from saas.notices import drafts, issue, queries
from saas.notices.forms import Reason
from saas.notices.gaps import missing
from saas.notices.letters import Letter
from saas.notices.models import Notice
from saas.notices.numbering import read_code
from saas.notices.workflow import NOTICE
from tests.notices.conftest import Office
from tests.notices.sample import make_draft


def test_every_state_is_reached_and_left() -> None:
    reached = {NOTICE.initial} | {target for action in NOTICE.actions for target in action.targets}
    left = {state for action in NOTICE.actions for state in action.source}
    assert reached == {state.name for state in NOTICE.states}
    assert {s.name for s in NOTICE.states if not s.final} <= left
    assert {s.name for s in NOTICE.states if s.final and s.name in left} == {
        "acknowledged", "objected", "expired", "filed",
    }  # fmt: skip


def test_every_state_and_action_has_its_chinese() -> None:
    with reading("zh"):
        words = [str(thing.label) for thing in (*NOTICE.states, *NOTICE.actions)]
    assert not [word for word in words if word.isascii()]


def test_whose_turn_it_is_stands_in_the_table() -> None:
    turns: dict[str, State] = {state.name: state for state in NOTICE.states}
    assert all(turns[name].pauses for name in ("accepted", "delivered", "viewed"))
    assert turns["bounced"].responsible == turns["no_proof"].responsible == "assignee"


async def test_the_author_never_approves(office: Office) -> None:
    notice = await office.drafted()
    with pytest.raises(Forbidden, match="second person"):
        async with office.cast.transaction() as session:
            await issue.approve(session, notice, office.cast.ben, clock.now())
    assert (await office.fresh(notice.id)).state == "draft"


async def test_whoever_changed_the_draft_does_not_approve_it(office: Office) -> None:
    notice = await office.drafted()
    async with office.cast.transaction() as session:
        await drafts.rewrite(
            session, office.cast.quinn, notice, content=notice.content, answer_by=notice.answer_by, now=clock.now()
        )
    with pytest.raises(Forbidden):
        async with office.cast.transaction() as session:
            await issue.approve(session, notice, office.cast.quinn, clock.now())
    async with office.cast.transaction() as session:
        assert (await issue.approve(session, notice, office.cast.mara, clock.now())).state == "approved"


@pytest.mark.parametrize(
    "slot",
    ["found_by", "facts", "evidence", "cause", "cause_class", "responsibility", "basis", "method", "booking_date",
     "correcting_lines", "tax", "tax_due_fen", "late_fee_fen", "amended_returns", "statements", "cost_borne_by",
     "duties", "done_by", "report_days", "review_days", "before_sha256"],
)  # fmt: skip
async def test_an_empty_required_field_blocks_issue(office: Office, slot: str) -> None:
    notice = await office.drafted(**{slot: None})
    assert missing(notice)
    with pytest.raises(Forbidden, match="Missing"):
        async with office.cast.transaction() as session:
            await issue.approve(session, notice, office.cast.quinn, clock.now())
    assert (await office.fresh(notice.id)).serial is None


async def test_what_is_missing_is_said_in_words(office: Office) -> None:
    notice = await office.drafted(amended_returns="", cost_borne_by=None)
    with reading("zh"):
        assert missing(notice) == ["需更正申报的税种及属期", "费用承担方"]
    with reading("en"):
        assert missing(notice) == ["returns to amend", "who bears the cost"]


async def test_no_tax_and_no_duties_are_answers(office: Office) -> None:
    notice = await office.drafted(tax_due_fen=0, late_fee_fen=0, duties=[])
    assert missing(notice) == []


async def test_a_client_without_a_contact_who_may_approve_blocks_issue(office: Office) -> None:
    async with office.cast.transaction() as session:
        contact = await queries.contact_or_none(session, office.contact.id)
        assert contact is not None
        contact.may_approve = False
    notice = await office.drafted()
    async with office.cast.transaction() as session:
        with reading("en"), pytest.raises(Forbidden) as refused:
            await issue.approve(session, notice, office.cast.quinn, clock.now())
    assert refused.value.reason.params == {"fields": "a contact of the client who may approve"}


async def test_approval_freezes_numbers_and_fingerprints(office: Office) -> None:
    notice = await office.approved()
    assert notice.state == "approved"
    assert (notice.serial, notice.year, notice.version) == (1, clock.today().year, 1)
    assert notice.number == f"衡调字〔{notice.year}〕第 0001 号"
    assert notice.content["reviewer"] == "沈知微"
    assert notice.content["head"] == "周以宁"
    canonical = json.dumps(notice.content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert notice.content_sha256 == sha256(canonical).hexdigest()
    firm_code, digest = read_code(notice.verify_code)
    assert (firm_code, digest) == (office.cast.firm.code, notice.verify_hash)


async def test_serials_have_no_gaps_and_each_kind_counts_for_itself(office: Office) -> None:
    first = await office.approved()
    with pytest.raises(ZeroDivisionError):
        await _break_off(office)
    second = await office.approved()
    async with office.cast.transaction() as session:
        letter = await _general(session, office)
        await perform(session, NOTICE, letter.id, "submit", office.cast.ben)
        letter = await perform(session, NOTICE, letter.id, "issue", office.cast.quinn)
    assert (first.serial, second.serial, letter.serial) == (1, 2, 1)
    assert letter.number.startswith("衡函字")


async def test_the_year_is_the_firms(office: Office) -> None:
    """Half past eight in the evening of 31 December in London is already the new year in Shanghai."""
    with clock.at(datetime(2026, 12, 31, 20, 30, tzinfo=UTC)):
        notice = await office.approved()
    assert (notice.year, notice.content["letter"]["date"]) == (2027, "2027-01-01")


async def test_a_firm_chooses_its_marks(office: Office) -> None:
    async with office.cast.transaction() as session:
        (await profile(session)).choices = {"letter_mark": "溪"}
    assert (await office.approved()).number.startswith("溪调字〔")


async def test_a_letter_of_its_own_needs_a_fresh_sign_in_to_issue(office: Office) -> None:
    async with office.cast.transaction() as session:
        letter = await _general(session, office)
        await perform(session, NOTICE, letter.id, "submit", office.cast.ben)
    stale = office.cast.quinn.signed_in(datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(FreshSignInNeeded):
        async with office.cast.transaction() as session:
            await perform(session, NOTICE, letter.id, "issue", stale)


async def test_a_cases_letter_is_not_issued_on_its_own(office: Office) -> None:
    notice = await office.drafted()
    async with office.cast.transaction() as session:
        with pytest.raises(Forbidden, match="together with the record"):
            await perform(session, NOTICE, notice.id, "submit", office.cast.ben)


async def test_a_new_version_keeps_the_serial_and_replaces_the_old_one(office: Office) -> None:
    old = await office.issued()
    async with office.cast.transaction() as session:
        draft = await drafts.draft(
            session, office.cast.ben, kind="adjustment", client=office.client, subject_kind="case",
            subject_id=old.subject_id, title=old.title, content=old.content, locale="zh", answer_by=old.answer_by,
            now=clock.now(), supersedes=old,
        )  # fmt: skip
        new = await issue.approve(session, draft, office.cast.quinn, clock.now())
    old = await office.fresh(old.id)
    assert (new.number, new.version, old.version) == (old.number, 2, 1)
    assert (old.state, old.superseded_by_id, new.supersedes_id) == ("superseded", new.id, old.id)
    assert new.content_sha256 != old.content_sha256


async def test_a_draft_is_changed_not_superseded(office: Office) -> None:
    old = await office.drafted()
    async with office.cast.transaction() as session:
        with pytest.raises(Conflict):
            await drafts.draft(
                session, office.cast.ben, kind="adjustment", client=office.client, subject_kind="case",
                subject_id=old.subject_id, title=old.title, content=old.content, locale="zh", answer_by=None,
                now=clock.now(), supersedes=old,
            )  # fmt: skip


async def test_withdrawing_keeps_the_number_used(office: Office) -> None:
    notice = await office.approved()
    async with office.cast.transaction() as session:
        gone = await perform(session, NOTICE, notice.id, "withdraw", office.cast.quinn, Reason("客户信息有误"))
    assert (gone.state, gone.withdrawn_reason, gone.serial) == ("withdrawn", "客户信息有误", 1)
    await office.work("notices.render")
    assert (await office.fresh(notice.id)).file_sha256 == ""
    assert (await office.approved()).serial == 2


async def test_a_discarded_draft_takes_no_number(office: Office) -> None:
    notice = await office.drafted()
    async with office.cast.transaction() as session:
        await drafts.discard(session, office.cast.ben, notice, "重复", clock.now())
    assert (await office.approved()).serial == 1


async def test_an_approved_letter_is_not_rewritten(office: Office) -> None:
    notice = await office.approved()
    async with office.cast.transaction() as session:
        with pytest.raises(Conflict):
            await drafts.rewrite(session, office.cast.ben, notice, content={}, answer_by=None, now=clock.now())


async def test_only_the_table_moves_a_letter(office: Office) -> None:
    notice = await office.drafted()
    async with office.cast.transaction() as session:
        with pytest.raises(Conflict):
            await perform(session, NOTICE, notice.id, "send", SYSTEM)
        same = (await session.scalars(select(Notice).where(Notice.id == notice.id))).one()
        assert same.state == "draft"


def test_each_kind_names_its_required_slots() -> None:
    for kind in Letter.kinds():
        assert set(kind.required) <= {slot.name for slot in kind.slots}


async def _break_off(office: Office) -> None:
    """A letter is approved, and then the transaction fails."""
    async with office.cast.transaction() as session:
        lost = await make_draft(session, office.cast.ben, office.client)
        await issue.approve(session, lost, office.cast.quinn, clock.now())
        raise ZeroDivisionError


async def _general(session: object, office: Office) -> Notice:
    return await drafts.draft(
        session,  # type: ignore[arg-type]
        office.cast.ben,
        kind="general",
        client=office.client,
        subject_kind="client",
        subject_id=office.client.id,
        title=Text("%(title)s", title="申报表格式调整"),
        content={"text": "自 2026 年 12 月起申报表格式调整。"},
        locale="zh",
        answer_by=None,
        now=clock.now(),
    )
