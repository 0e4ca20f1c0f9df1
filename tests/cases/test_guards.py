"""Two pairs of eyes in the database itself: what Python refuses is refused to raw SQL too (trust.md §3)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from saas.cases import queries
from saas.cases.forms import Reason
from saas.cases.models import Case
from saas.cases.talk import note
from saas.checks.forms import Dismiss
from saas.checks.workflow import FINDING
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.perform import perform
from tests.cases import story
from tests.cast import Cast, member_id


async def refused(cast: Cast, statement: str, **values: object) -> str:
    """What the database says to a statement of the application's own role."""
    with pytest.raises(DBAPIError) as caught:
        async with cast.transaction() as session:
            await session.execute(text(statement), values)
    return str(caught.value.orig)


async def in_review(cast: Cast) -> Case:
    case, _client, _contact = await story.analysed(cast)
    await story.act(cast, case, "plan", SYSTEM)
    return await story.act(cast, case, "submit", SYSTEM)


async def test_a_case_is_never_reviewed_by_its_owner(cast: Cast) -> None:
    case = await in_review(cast)
    said = await refused(
        cast, "UPDATE cases SET reviewed_by = :member WHERE id = :id", member=member_id(cast.ben), id=case.id
    )
    assert "nobody reviews a case they prepared" in said or "reviewer_is_not_preparer" in said


async def test_nor_by_who_edited_it_or_owned_it_before(cast: Cast) -> None:
    case = await in_review(cast)
    async with cast.transaction() as session:
        row = await queries.case(session, case.id)
        row.extra = {"editors": [str(member_id(cast.lin))], "past_owners": [str(member_id(cast.quinn))]}
    for member in (cast.lin, cast.quinn):
        said = await refused(
            cast, "UPDATE cases SET reviewed_by = :member WHERE id = :id", member=member_id(member), id=case.id
        )
        assert "nobody reviews a case they prepared" in said


async def test_no_case_is_approved_without_a_reviewer(cast: Cast) -> None:
    case = await in_review(cast)
    said = await refused(cast, "UPDATE cases SET state = 'approved' WHERE id = :id", id=case.id)
    assert "by a second person" in said


async def test_the_manager_is_a_third_person(cast: Cast) -> None:
    case = await in_review(cast)
    await story.act(cast, case, "approve", cast.quinn)
    said = await refused(
        cast, "UPDATE cases SET manager_id = :member WHERE id = :id", member=member_id(cast.quinn), id=case.id
    )
    assert "third person" in said or "manager_is_a_third_person" in said


async def test_what_needs_a_manager_is_not_approved_without_one(cast: Cast) -> None:
    case = await in_review(cast)
    async with cast.transaction() as session:
        row = await queries.case(session, case.id)
        row.extra = {"needs_manager": True}
    said = await refused(
        cast,
        "UPDATE cases SET reviewed_by = :member, state = 'approved' WHERE id = :id",
        member=member_id(cast.quinn),
        id=case.id,
    )
    assert "manager's approval too" in said


async def test_nobody_dismisses_their_own_case(cast: Cast) -> None:
    case, _client, _contact = await story.opened(cast)
    for statement in (
        "UPDATE cases SET state = 'dismissed' WHERE id = :id",
        "UPDATE cases SET state = 'dismissed', reviewed_by = owner_id WHERE id = :id",
    ):
        said = await refused(cast, statement, id=case.id)
        assert "second person" in said or "prepared" in said


async def test_what_was_decided_in_a_closed_case_stays(cast: Cast) -> None:
    case, _client, _contact = await story.opened(cast)
    await story.act(cast, case, "dismiss", cast.mara, Reason("尾差"))
    said = await refused(cast, "UPDATE cases SET outcome_reason = 'x' WHERE id = :id", id=case.id)
    assert "never changes" in said
    said = await refused(cast, "UPDATE cases SET number = 'YC-2026-9999' WHERE id = :id", id=case.id)
    assert "number" in said


async def test_notes_and_answers_are_only_added(cast: Cast) -> None:
    case, _client, _contact = await story.opened(cast)
    async with cast.transaction() as session:
        await note(session, cast.ben, await queries.case(session, case.id), "先核对银行回单", clock.now())
    for statement in ("UPDATE case_notes SET text = 'x'", "DELETE FROM case_notes", "DELETE FROM question_answers"):
        assert "permission denied" in await refused(cast, statement)


async def test_the_lesson_of_a_closed_case_stays(cast: Cast) -> None:
    case, _client, _contact = await story.opened(cast)
    async with cast.transaction() as session:
        session.add(story.lesson_of(cast, case))
    await story.act(cast, case, "dismiss", cast.mara, Reason("尾差"))
    said = await refused(cast, "UPDATE lessons SET action = 'x' WHERE case_id = :id", id=case.id)
    assert "closed case" in said


async def test_a_severe_finding_is_put_aside_by_a_reviewer(cast: Cast) -> None:
    _client, _contact, listed = await story.found(cast)
    [finding] = [f for f in listed if f.rule == "N01"]
    for member in (member_id(cast.ben), uuid4(), None):
        said = await refused(
            cast,
            "UPDATE findings SET state = 'dismissed', reason = 'x', decided_by = :member WHERE id = :id",
            member=member,
            id=finding.id,
        )
        assert "by a reviewer" in said
    async with cast.transaction() as session:
        await perform(session, FINDING, finding.id, "dismiss", cast.quinn, Dismiss("尾差"))


async def test_what_makes_a_finding_the_same_never_changes(cast: Cast) -> None:
    _client, _contact, listed = await story.found(cast)
    said = await refused(cast, "UPDATE findings SET object = 'x' WHERE id = :id", id=listed[0].id)
    assert "never changes" in said
