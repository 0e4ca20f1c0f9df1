"""Every clock of retention with the calendar turned: nothing goes too soon, everything goes when it is due.

In the filled world every table has a row, so a kind whose work forgets a table leaves it standing here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from saas.kernel import clock, tenancy
from saas.kernel.config import Settings, active
from saas.kernel.db import Base, Database
from saas.kernel.files import store_of
from saas.privacy import queries, retention
from saas.privacy.clocks import CLOCKS
from saas.privacy.models import RetentionBatch
from saas.privacy.register import register
from saas.privacy.terms import term, terms
from tests.trust.world import World

TURNED = """
UPDATE memberships SET left_at = {then}, phone = '13900000000' WHERE id = '{paula}';
UPDATE contacts SET left_at = {then}; UPDATE leads SET closed_at = {then}, client_id = NULL, contact = '王小姐';
UPDATE surveys SET questions = '[{{"name": "nps", "kind": "0-10"}}, {{"name": "why", "kind": "text"}}]';
UPDATE survey_answers SET at = {then}, text = '太慢', "values" = '{{"nps": 3, "why": "太慢"}}';
UPDATE reviews SET recorded_at = {then}, published_at = NULL;
UPDATE incidents SET closed_at = {then}; UPDATE drills SET ended_at = {then};
UPDATE incident_calls SET callee = '李先生', phone = '13800000000'; UPDATE incident_entries SET by_name = '李先生';
UPDATE invitations SET expires_at = {then}; UPDATE notifications SET read_at = {then}, member_id = '{mara}';
UPDATE outbox SET finished_at = {then}; UPDATE data_requests SET answered_at = {then}, answer = '已答复';
UPDATE certificates SET file_sha256 = '{paper}'; UPDATE credit_entries SET file_sha256 = '{shared}';
UPDATE cases SET files = '[{{"name": "x.txt", "sha256": "{shared}", "size": 1}}]'
"""
OF_STAFF = ("exam_attempts", "exam_items", "exam_reopenings", "certificates", "course_assignments", "credit_entries",
            "lesson_reads", "session_attendances", "role_plays", "library_uses", "team_skill_marks",
            "qualifications")  # fmt: skip
OF_PAY = ("pay_entries", "scorecards", "score_lines", "score_disputes")
DUE = {kind for kind, found in CLOCKS.items() if found.work is not None}


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[Database]:
    owner = Database(settings.database_url)
    yield owner
    await owner.close()


async def _look(world: World, **later: float) -> dict[str, RetentionBatch]:
    async with world.cast.database.transaction(tenancy.firm(world.cast.firm.id)) as session:
        await retention.look(session, clock.now() + timedelta(**later))
        return {batch.kind: batch for batch in reversed(await queries.batches(session)) if batch.done_at or batch.count}


async def _rows(world: World, table: str) -> int:
    found = Base.metadata.tables[table]
    async with world.cast.database.transaction(tenancy.firm(world.cast.firm.id)) as session:
        query = select(func.count()).select_from(found).where(found.c.firm_id == world.cast.firm.id)
        return await session.scalar(query) or 0


async def test_each_clock_is_carried_out_when_it_is_due_and_never_before(
    world: World, owner: Database, database: Database
) -> None:
    world.cast.database = database
    firm, paula, mara = world.cast.firm.id, world.cast.paula.id, world.cast.mara.id
    paper = await store_of(active()).put(firm, b"a certificate that was printed")
    shared = await store_of(active()).put(firm, b"a proof that a case names, too")
    before = set(await _look(world))
    async with owner.transaction(tenancy.PLATFORM) as session:
        connection = await session.connection()
        await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for part in TURNED.format(then="now() - interval '37 months'", paula=paula, mara=mara, paper=paper,
                                  shared=shared).strip().split(";"):  # fmt: skip
            await connection.exec_driver_sql(part if " WHERE " in part else f"{part} WHERE firm_id = '{firm}'")
    assert before <= {"archives"}  # the batch that the world was filled with
    listed = await _look(world)
    assert set(listed) >= DUE
    for kind in DUE:
        assert (listed[kind].done > 0) == (CLOCKS[kind].decided == "law"), kind
    async with database.transaction(tenancy.firm(firm)) as session:
        for batch in await queries.batches(session):
            if batch.decided_at is None and batch.kind in DUE:
                await retention.carry_out(session, batch, world.cast.mara, clock.now())
                assert batch.done == batch.count > 0, batch.kind
    assert {name: n for name in (*OF_STAFF, *OF_PAY, "reviews") if (n := await _rows(world, name))} == {}
    again = {kind for kind, batch in (await _look(world, days=1)).items() if batch.decided_at is None}
    assert again <= {"archives"}  # nothing is left that would be listed
    await _gone(world, paper, shared)


async def _gone(world: World, paper: str, shared: str) -> None:
    """Words, names and the paper that nothing names any more; scores, and a file that a case needs, stay."""
    firm, database = world.cast.firm.id, world.cast.database
    async with database.transaction(tenancy.firm(firm)) as session:
        said = (await session.execute(text('SELECT text, "values" FROM survey_answers'))).all()
        assert [tuple(row) for row in said] == [("", {"nps": 3})]
        left = text("SELECT phone, email, name FROM memberships WHERE left_at IS NOT NULL")
        people = (await session.execute(left)).all()
        assert ("", "") in {(row.phone, row.email) for row in people}
        assert all(row.name for row in people)  # who signed the books stays known
        assert (await session.scalars(text("SELECT DISTINCT phone FROM incident_calls"))).all() == [""]
        assert (await session.scalars(text("SELECT DISTINCT by_name FROM incident_entries"))).all() == [""]
    with pytest.raises(FileNotFoundError):
        await store_of(active()).get(firm, paper)
    assert await store_of(active()).get(firm, shared)


async def test_the_database_lets_nothing_go_sooner_nor_elsewhere(world: World, database: Database) -> None:
    ours = tenancy.firm(world.cast.firm.id)
    for scope, what, ago in ((ours, "pay", 30), (ours, "ledger_lines", 40), (tenancy.PLATFORM, "pay", 40)):
        async with database.transaction(scope) as session:
            call = text(f"SELECT end_records('{what}', now() - interval '{ago} months')")
            with pytest.raises(DBAPIError):
                await session.execute(call)
            await session.rollback()


def test_every_activity_of_the_register_has_clocks_that_exist_and_every_clock_a_dated_term() -> None:
    named = [clock for activity in register().activity for clock in activity.clocks]
    assert all(activity.clocks for activity in register().activity)
    assert set(named) == set(CLOCKS)
    assert {t.kind for t in terms()} == set(CLOCKS)
    for kind in CLOCKS:
        assert term(kind, clock.today()).text.zh
        assert term(kind, clock.today()).months >= term(kind, clock.today()).least
    assert {kind for kind, found in CLOCKS.items() if found.decided == "kept"} == {"archives", "statements", "trail"}
    assert all((found.work is None) == (found.decided in ("kept", "product")) for found in CLOCKS.values())


def test_what_goes_takes_with_it_what_names_it() -> None:
    """The database silences its keys while it deletes: whatever refers to these tables must be among them."""
    for table in Base.metadata.sorted_tables:
        parents = {key.referred_table.name for key in table.foreign_key_constraints}
        for group in (OF_STAFF, OF_PAY):
            assert table.name in group or not parents & set(group), f"{table.name} names {parents & set(group)}"
