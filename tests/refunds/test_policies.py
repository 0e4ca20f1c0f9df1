"""The policy of a firm: where it begins, which version counts, how the next is published; none ever changes."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.firms.creation import create_firm
from saas.kernel import clock, tenancy
from saas.kernel.errors import Conflict, Forbidden, Invalid
from saas.kernel.forms import Submitted
from saas.kernel.i18n import reading
from saas.kernel.identifiers import uuid7
from saas.refunds import queries
from saas.refunds.checklist import EVIDENCE
from saas.refunds.forms import Cancel
from saas.refunds.policies import versions
from saas.refunds.policies.acceptance import Accepted, accept
from saas.refunds.policies.differences import differences
from saas.refunds.policies.lawfulness import forbidden, weighty
from saas.refunds.policies.policy_models import RefundPolicy
from saas.refunds.policies.reading import raw_terms, read_terms
from saas.refunds.policies.starter import starter
from saas.refunds.policies.versions import NextVersion, publish, terms_of
from saas.refunds.terms import Reason, Terms
from saas.refunds.workflow import DEADLINES
from tests.cast import Cast
from tests.refunds.house import TERMS, House, make_policy


def changed(**terms: Any) -> Terms:
    return msgspec.structs.replace(starter(), **terms)


def with_reason(code: str, **values: Any) -> Terms:
    reasons = tuple(
        msgspec.structs.replace(reason, **values) if reason.code == code else reason for reason in starter().reasons
    )
    return changed(reasons=reasons)


def next_version(after: int, terms: Terms | None = None, day: date | None = None) -> NextVersion:
    return NextVersion(uuid7(), after, terms or changed(pay_days=7), day or clock.today(), "paid sooner")


async def test_a_new_firm_begins_with_the_supplied_policy(cast: Cast) -> None:
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        firm, _owner = await create_firm(session, name="新设会计", owner=cast.persons["paula"], now=clock.now())
    async with cast.database.transaction(tenancy.firm(firm.id)) as session:
        [policy] = await versions.versions(session)
    assert (policy.version, policy.made_by, terms_of(policy)) == (1, None, starter())


async def test_a_firm_from_before_gets_it_when_it_is_first_needed_and_only_once(cast: Cast) -> None:
    async def first() -> int:
        async with cast.transaction() as session:
            return (await versions.in_force(session, clock.today())).version

    assert await asyncio.gather(*(first() for _ in range(8))) == [1] * 8
    async with cast.transaction() as session:
        assert len(await versions.versions(session)) == 1


def test_the_supplied_policy_is_whole_lawful_and_comes_back_from_its_own_form() -> None:
    terms = starter()
    assert {reason.code for reason in terms.reasons} >= {
        "unmet", "interruption", "cancel", "double_payment", "our_error", "not_begun", "cooling_off", "downgrade",
    }  # fmt: skip
    assert all(key in EVIDENCE for reason in terms.reasons for key in reason.evidence)
    assert all(reason.when_zh and reason.when_en for reason in terms.reasons)
    assert set(terms.deadlines) == set(DEADLINES)
    assert len(terms.basis) == len(terms.basis_en) >= 5
    assert [reason.code for reason in terms.reasons if reason.optional] == ["cooling_off"]
    assert forbidden(terms) == []
    assert weighty(terms) == []
    form: Submitted[Any] = Submitted(raw_terms(terms))
    assert read_terms(form) == terms
    assert form.errors == {}


async def test_what_the_contract_accepted_counts_else_what_is_in_force_that_day(house: House) -> None:
    later = await make_policy(house.cast, TERMS, version=2, valid_from=clock.today() + timedelta(days=10))
    async with house.cast.transaction() as session:
        assert (await versions.pinned_for(session, house.contract, clock.today())).version == 1
        assert (await versions.pinned_for(session, house.contract, later.valid_from)).version == 2
        assert (await versions.pinned_for(session, house.contract, date(2001, 1, 1))).version == 1
        await accept(session, house.cast.lin, house.contract, Accepted(2, clock.today(), "第九条"))
    async with house.cast.transaction() as session:
        assert (await versions.pinned_for(session, house.contract, clock.today())).version == 2


async def test_a_version_is_published_once_per_key_and_later_days_only(house: House) -> None:
    new = next_version(1, day=clock.today() + timedelta(days=5))
    async with house.cast.transaction() as session:
        first = await publish(session, house.cast.mara, new, clock.now())
        again = await publish(session, house.cast.mara, new, clock.now())
    assert first is again
    assert first.version == 2
    async with house.cast.transaction() as session:
        with pytest.raises(Invalid) as refused:
            await publish(session, house.cast.mara, next_version(2), clock.now())
        assert "valid_from" in refused.value.fields
        with pytest.raises(Conflict, match="meanwhile"):
            await publish(session, house.cast.mara, next_version(1, day=clock.today() + timedelta(days=9)), clock.now())
        assert (await versions.in_force(session, clock.today())).version == 1
        rows = await versions.all_of_firm(session)
    assert [row.state(clock.today()) for row in rows] == ["coming", "in_force"]
    assert rows[1].until == clock.today() + timedelta(days=4)


async def test_a_version_for_the_same_day_replaces_one_that_never_began(house: House) -> None:
    day = clock.today() + timedelta(days=5)
    async with house.cast.transaction() as session:
        await publish(session, house.cast.mara, next_version(1, day=day), clock.now())
        await publish(session, house.cast.mara, next_version(2, changed(pay_days=9), day), clock.now())
        rows = await versions.all_of_firm(session)
        assert terms_of(await versions.in_force(session, day)).pay_days == 9
    assert [row.state(day) for row in rows] == ["in_force", "replaced", "past"]


async def test_of_ten_who_publish_in_one_moment_one_wins(house: House) -> None:
    async def try_once() -> str:
        try:
            async with house.cast.transaction() as session:
                await publish(session, house.cast.mara, next_version(1), clock.now())
        except Conflict:
            return "refused"
        return "published"

    outcomes = await asyncio.gather(*(try_once() for _ in range(10)))
    assert sorted(outcomes) == ["published"] + ["refused"] * 9


@pytest.mark.parametrize(
    "statement",
    ["UPDATE refund_policies SET terms = '{}'", "UPDATE refund_policies SET valid_from = '2020-02-02'",
     "DELETE FROM refund_policies"],
)  # fmt: skip
async def test_a_published_version_never_changes_whatever_the_program_does(house: House, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with house.cast.transaction() as session:
            await session.execute(text(statement))


async def test_another_firms_versions_are_not_seen(house: House) -> None:
    async with house.cast.transaction() as session:
        await publish(session, house.cast.mara, next_version(1), clock.now())
    async with house.cast.transaction(otto=True) as session:
        assert [(row.policy.version, row.policy.made_by) for row in await versions.all_of_firm(session)] == [(1, None)]
        assert (await session.scalars(select(RefundPolicy).where(RefundPolicy.version == 2))).all() == []


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (changed(reasons=tuple(r for r in starter().reasons if r.code != "cancel")), "any time"),
        (with_reason("our_error", most_percent=50), "no ratio limit"),
        (with_reason("our_error", preset="P4"), "neither list price nor deduction"),
        (with_reason("cooling_off", optional=False), "label it so"),
    ],
)
def test_terms_that_would_not_stand_are_named(terms: Terms, words: str) -> None:
    with reading("en"):
        assert any(words in str(reason) for reason in forbidden(terms))


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (changed(penalty=30000), "as far as a loss is proved"),
        (changed(gifts="forfeit"), "gift months"),
        (with_reason("cancel", preset="P2"), "at list price"),
        (with_reason("cancel", most_percent=60), "may keep more than was served"),
    ],
)
def test_weighty_terms_are_pointed_out(terms: Terms, words: str) -> None:
    with reading("en"):
        assert [str(reason) for reason in weighty(terms) if words in str(reason)]
    assert forbidden(terms) == []


def test_differences_are_said_term_by_term() -> None:
    before = starter()
    after = msgspec.structs.replace(
        with_reason("cancel", preset="P4"), penalty=20000, notice_month="daily",
        deadlines={**before.deadlines, "complete": 5}, further_en=("New clause.",) * 5,
    )  # fmt: skip
    after = msgspec.structs.replace(after, reasons=(*after.reasons, Reason("x", "新", "New", "P7")))
    with reading("en"):
        found = {str(row.label): (str(row.before), str(row.after)) for row in differences(before, after)}
    assert found["Agreed penalty"] == ("none", "200.00 yuan")
    assert found["The month of the notice"] == ("counts in full", "counts by days")
    assert found["Complete"] == ("3 working days", "5 working days")
    assert "Remaining months less a deduction" in found["The client ends the contract"][1]
    assert found["New"][0] == "not known"
    assert found["Further clauses"][1].startswith("New clause.")
    assert len(found) == 6
    assert differences(before, before) == []


async def test_acceptance_is_recorded_once_and_corrected_only_by_who_keeps_the_policy(house: House) -> None:
    await make_policy(house.cast, TERMS, version=2, valid_from=clock.today())
    async with house.cast.transaction() as session:
        first = await accept(session, house.cast.lin, house.contract, Accepted(1, clock.today(), "第九条"))
        assert await accept(session, house.cast.ben, house.contract, Accepted(1, clock.today(), "第九条")) is first
        with pytest.raises(Forbidden, match="recorded already"):
            await accept(session, house.cast.ben, house.contract, Accepted(2, clock.today(), "第九条"))
    async with house.cast.transaction() as session:
        await accept(session, house.cast.mara, house.contract, Accepted(2, clock.today(), "补充协议"))
    async with house.cast.transaction() as session:
        known = await queries.accepted_policy(session, house.contract.id)
        assert known is not None
        assert (known.clause, (await versions.by_id(session, known.policy_id)).version) == ("补充协议", 2)


async def test_the_policys_days_are_the_requests_clock(house: House) -> None:
    slow = msgspec.structs.replace(TERMS, deadlines=dict.fromkeys(DEADLINES, 9))
    quick = await house.asked()
    await house.act(quick, "cancel", house.cast.ben, Cancel("撤回", "phone"))
    await make_policy(house.cast, slow, version=2, valid_from=clock.today())
    later = await house.asked()
    assert later.stage_due_at is not None
    assert quick.stage_due_at is not None
    assert later.stage_due_at - quick.stage_due_at >= timedelta(days=8)
    assert later.due_at is not None
    assert quick.due_at is not None
    assert later.due_at - quick.due_at >= timedelta(days=40)
