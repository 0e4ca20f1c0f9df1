"""PostgreSQL's own tables about what we built: nothing in them may open a way round row security (trust.md §1).

That every table has forced row security and policies for each command stands in tests/conventions/test_database.py.
"""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from saas.kernel import tenancy
from saas.kernel.config import APP_ROLE, RELAY_ROLE, Settings
from saas.kernel.db import Base, Database
from saas.kernel.schema import GLOBAL
from tests.trust.world import World

OURS = "connamespace = 'public'::regnamespace"
SHORT, LONG = 300, 10_000


async def _rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    async with database.transaction(tenancy.PLATFORM) as session:
        return [tuple(row) for row in (await session.execute(text(sql))).all()]


async def test_keys_between_firm_tables_begin_with_the_firm(database: Database) -> None:
    """As PostgreSQL has them, not as the models say."""
    sql = f"""SELECT c.conrelid::regclass::text, c.conname, a.attname FROM pg_constraint c
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
              JOIN pg_attribute t ON t.attrelid = c.confrelid AND t.attname = 'firm_id'
              WHERE c.contype = 'f' AND {OURS} AND a.attname <> 'firm_id'"""
    assert await _rows(database, sql) == []


async def test_unique_keys_begin_with_the_firm(database: Database) -> None:
    """A unique key over all firms would reveal another firm's values by refusing them."""
    sql = """SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, a.attname FROM pg_index i
             JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             JOIN pg_attribute f ON f.attrelid = i.indrelid AND f.attname = 'firm_id'
             WHERE i.indisunique AND a.attname <> 'firm_id'"""
    assert await _rows(database, sql) == []


async def test_no_policy_lets_more_than_a_firm_or_a_person(database: Database) -> None:
    sql = "SELECT tablename, policyname, coalesce(qual, '') || coalesce(with_check, ''), roles::text FROM pg_policies"
    wide = [
        (table, name)
        for table, name, rule, roles in await _rows(database, sql)
        if "app.firm_id" not in str(rule) and str(roles) != f"{{{RELAY_ROLE}}}"
    ]
    assert wide == []


# What runs with its owner's rights: the first three touch one sandbox, or one firm that is being erased, and the fourth
# records of its own firm that are past their time; they check that themselves. The last gives sums over all firms to
# the metrics, and no row.
DEFINERS = {"fill_sandbox", "erase_sandbox", "erase_firm", "end_records", "fleet_figures"}


async def test_no_function_runs_with_its_owners_rights_for_everybody(database: Database) -> None:
    """A definer function runs past row security: a closed list, each with a fixed search path, none open to PUBLIC."""
    sql = """SELECT proname, proconfig::text, coalesce(proacl::text, '{=X}') FROM pg_proc
             WHERE pronamespace = 'public'::regnamespace AND prosecdef"""
    definers = await _rows(database, sql)
    assert {str(name) for name, _config, _rights in definers} <= DEFINERS
    open_ones = [
        name
        for name, config, rights in definers
        if "search_path" not in str(config) or any(sign in str(rights) for sign in ("{=X", ",=X"))
    ]
    assert open_ones == []


async def test_no_view_and_no_rule(database: Database) -> None:
    """None today; a view must be security_invoker, and a materialised one would keep rows of all firms."""
    sql = """SELECT relname, relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
             AND (relkind = 'm' OR relkind = 'v' AND coalesce(array_to_string(reloptions, ','), '') NOT LIKE
             '%security_invoker=true%')"""
    assert await _rows(database, sql) == []


async def test_the_application_role_may_do_no_more_than_it_needs(database: Database) -> None:
    """No ownership of schema or database, no new tables, no REFERENCES or TRIGGER, append-only tables stay so."""
    assert await _rows(database, f"SELECT has_schema_privilege('{APP_ROLE}', 'public', 'CREATE')") == [(False,)]
    sql = f"""SELECT DISTINCT privilege_type FROM information_schema.role_table_grants
              WHERE grantee = '{APP_ROLE}' AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')"""
    assert await _rows(database, sql) == []
    for table in (t for t in Base.metadata.sorted_tables if t.info.get("append_only")):
        for right in ("UPDATE", "DELETE"):
            sql = f"SELECT has_table_privilege('{APP_ROLE}', '{table.name}', '{right}')"
            assert await _rows(database, sql) == [(False,)], f"{table.name}: {right}"


async def test_without_a_firm_there_is_no_row(database: Database) -> None:
    """The platform's scope, in which sign-in runs, sees nothing of any firm, although both firms are full."""
    tables = [t.name for t in Base.metadata.sorted_tables if "firm_id" in t.c and t.name not in GLOBAL]
    seen = {name: (await _rows(database, f"SELECT count(*) FROM {name}"))[0][0] for name in tables}
    assert {name: count for name, count in seen.items() if count} == {}


async def _alternate(settings: Settings, world: World, turns: int) -> None:
    """One connection, alternating firms; every tenth transaction breaks off, every twenty-fifth is cancelled."""
    single = Database(settings.app_database_url, pool_size=1)
    firms = (world.cast.firm.id, world.cast.other_firm.id)
    for turn in range(turns):
        firm = firms[turn % 2]
        async with single.transaction(tenancy.firm(firm)) as session:
            seen = set((await session.scalars(text("SELECT DISTINCT firm_id FROM memberships"))).all())
            assert seen == {firm}
        if turn % 10 == 0:
            with pytest.raises(DBAPIError):
                async with single.transaction(tenancy.firm(firm)) as session:
                    await session.execute(text("SELECT 1 / 0"))
        if turn % 25 == 0:
            await _cancelled(single, firm)
    async with single.transaction(tenancy.PLATFORM) as session:
        assert (await session.scalars(text("SELECT id FROM memberships"))).all() == []
    await single.close()


async def _cancelled(database: Database, firm: object) -> None:
    """A request whose browser went away in the middle of a query."""

    async def ask() -> None:
        async with database.transaction(tenancy.firm(firm)) as session:  # type: ignore[arg-type]
            await session.execute(text("SELECT pg_sleep(5)"))

    task = asyncio.create_task(ask())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_one_connection_never_mixes_firms(settings: Settings, world: World) -> None:
    await _alternate(settings, world, SHORT)


@pytest.mark.full
async def test_one_connection_never_mixes_firms_in_ten_thousand_turns(settings: Settings, world: World) -> None:
    await _alternate(settings, world, LONG)
