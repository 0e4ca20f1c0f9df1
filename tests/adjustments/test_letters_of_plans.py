"""What becomes of the letters of a plan that is sent back, fails its proof, or is replaced by another."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.adjustments import execution, planning, review
from saas.adjustments.models import Adjustment
from saas.cases.forms import WithoutVoucher
from saas.cases.models import Case
from saas.cases.workflow import CASE
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.errors import Conflict, Forbidden
from saas.kernel.perform import perform
from saas.notices import issue, queries
from saas.notices.forms import Reason
from saas.notices.models import Notice
from saas.notices.workflow import NOTICE
from tests.adjustments.test_round import (
    analysed,
    booked,
    corrected,
    deed,
    drafted,
    effective,
    state,
    store_file,
    tea,
)
from tests.cast import Cast
from tests.ledgers.importing import work

__all__ = ["tea"]
pytestmark = pytest.mark.usefixtures("mailbox_folder")


async def letters(cast: Cast) -> list[Notice]:
    async with cast.transaction() as session:
        return list(await session.scalars(select(Notice).order_by(Notice.id)))


async def case_of(cast: Cast, case: Case) -> Case:
    async with cast.transaction() as session:
        return (await session.execute(select(Case).where(Case.id == case.id))).scalar_one()


async def submitted(cast: Cast, client: Client, case: Case) -> Adjustment:
    adjustment = await drafted(cast, client, case)
    await deed(cast, case, client, review.submit, cast.ben, effective())
    return adjustment


async def again(cast: Cast, client: Client, case: Case) -> None:
    """A new version of the plan, handed in."""
    async with cast.transaction() as session:
        fresh = (await session.execute(select(Case).where(Case.id == case.id))).scalar_one()
        last = await planning.newest(session, fresh)
        assert last is not None
        at = await planning.desk_of(session, fresh, client, last.facts["open_period"])
        facts, mistakes = planning.stored_choice(last).facts, planning.stored_mistakes(last)
        plan = planning.plan_for(at, facts, mistakes)
        await perform(session, CASE, case.id, "plan", cast.ben)
        await planning.keep(
            session, at, facts, mistakes, plan, cast.ben, clock.now(),
            version=last.version + 1, threshold_fen=50_000_00,
        )  # fmt: skip
    await deed(cast, case, client, review.submit, cast.ben, effective())


async def approve(cast: Cast, client: Client, case: Case) -> None:
    await deed(cast, case, client, review.approve, cast.quinn, list(review.TICKS))
    await work(cast)


async def agree(cast: Cast, case: Case) -> None:
    async with cast.transaction() as session:
        await perform(session, CASE, case.id, "acknowledge", cast.ben)


async def test_a_plan_sent_back_takes_its_draft_with_it(cast: Cast, tea: Client) -> None:
    case = await analysed(cast, tea)
    await submitted(cast, tea, case)
    await deed(cast, case, tea, lambda s, at, plan, a, n: review.send_back(s, at, plan, "摘要不清", a, n), cast.quinn)
    (draft,) = await letters(cast)
    assert (draft.state, draft.withdrawn_reason, draft.serial) == ("discarded", "摘要不清", None)
    assert (await case_of(cast, case)).notice_id is None
    async with cast.transaction() as session:
        with pytest.raises(Conflict):
            await issue.approve(session, draft, cast.quinn, clock.now())
    with pytest.raises(DBAPIError, match="stays discarded"):
        async with cast.transaction() as session:
            await session.execute(text("UPDATE notices SET state = 'draft'"))

    await again(cast, tea, case)
    await approve(cast, tea, case)
    old, new = await letters(cast)
    assert (old.state, new.state, new.serial, new.version) == ("discarded", "delivered", 1, 1)
    assert (await case_of(cast, case)).notice_id == new.id
    async with cast.transaction() as session:
        counts = await queries.counts_by_state(session, queries.Filters())
    assert counts == {"discarded": 1, "delivered": 1}


async def test_a_proof_that_fails_takes_the_report_with_it(cast: Cast, tea: Client, settings: Any) -> None:
    case = await analysed(cast, tea)
    await submitted(cast, tea, case)
    await approve(cast, tea, case)
    await agree(cast, case)
    await deed(cast, case, tea, execution.begin, cast.ben)
    await deed(cast, case, tea, execution.finish, cast.ben, ["记-4", "记-5"])
    await store_file(cast, tea, booked() + corrected("1250.00"), settings)
    assert not (await deed(cast, case, tea, execution.prove, cast.quinn)).ok
    notice, report = await letters(cast)
    assert (report.kind, report.state, report.serial) == ("completion", "discarded", None)
    assert "记-5" in report.withdrawn_reason
    fresh = await case_of(cast, case)
    assert (fresh.state, fresh.notice_id, notice.state) == ("analysed", notice.id, "delivered")

    await again(cast, tea, case)
    await approve(cast, tea, case)
    old, _report, new = await letters(cast)
    assert (old.state, old.superseded_by_id) == ("superseded", new.id)
    assert (new.serial, new.version) == (old.serial, 2)


async def test_a_letter_of_another_kind_replaces_it_under_its_own_number(cast: Cast, tea: Client) -> None:
    case = await analysed(cast, tea)
    await submitted(cast, tea, case)
    await approve(cast, tea, case)
    async with cast.transaction() as session:
        await perform(session, CASE, case.id, "object", cast.ben, Reason("金额不对"))
        await perform(
            session, CASE, case.id, "settle_without_voucher", cast.quinn, WithoutVoucher("external", "请保管好合同")
        )
    await work(cast)
    old, new = await letters(cast)
    assert (old.state, old.superseded_by_id) == ("superseded", new.id)
    assert (new.kind, new.version, new.serial) == ("general", 1, 1)


async def test_a_withdrawn_letter_sends_its_case_back(cast: Cast, tea: Client) -> None:
    case = await analysed(cast, tea)
    await submitted(cast, tea, case)
    await approve(cast, tea, case)
    (notice,) = await letters(cast)
    async with cast.transaction() as session:
        await perform(session, NOTICE, notice.id, "withdraw", cast.quinn, Reason("收件人有误"))
    assert await state(cast, case) == "analysed"
    await again(cast, tea, case)
    await approve(cast, tea, case)
    _old, new = await letters(cast)
    assert (new.version, await state(cast, case)) == (2, "notified")


async def test_nobody_discards_the_letter_of_a_plan_under_review(cast: Cast, tea: Client) -> None:
    case = await analysed(cast, tea)
    await submitted(cast, tea, case)
    (draft,) = await letters(cast)
    async with cast.transaction() as session:
        with pytest.raises(Forbidden):
            await perform(session, NOTICE, draft.id, "discard", cast.ben, Reason("x"))


async def test_the_letter_repeats_expectation_and_wished_day(cast: Cast, tea: Client) -> None:
    case = await analysed(cast, tea)
    async with cast.transaction() as session:
        fresh = (await session.execute(select(Case).where(Case.id == case.id))).scalar_one()
        fresh.expected_by = clock.today()
    await submitted(cast, tea, case)
    (draft,) = await letters(cast)
    assert (draft.content["expectation"], draft.content["expected_by"]) == ("本月内更正", clock.today().isoformat())


async def test_our_own_words_are_in_the_letter_in_both_languages(cast: Cast, tea: Client) -> None:
    case = await analysed(cast, tea)
    await submitted(cast, tea, case)
    (draft,) = await letters(cast)
    for slot in ("method", "found_by", "statements", "amended_returns"):
        said = draft.content[slot]
        assert set(said) == {"zh", "en"}, slot
        assert [said["en"].isascii(), said["zh"].isascii()] == [True, False], said
