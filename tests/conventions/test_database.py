"""What the database itself promises, read from its catalogue: no table can be added without its protection."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from saas.kernel import tenancy
from saas.kernel.config import APP_ROLE, RELAY_ROLE
from saas.kernel.db import Base, Database
from saas.kernel.schema import GLOBAL, RELAY_TABLES
from tests.cast import Cast

FIRM_TABLES = sorted(t.name for t in Base.metadata.sorted_tables if "firm_id" in t.c)


async def _rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    async with database.transaction(tenancy.PLATFORM) as session:
        return [tuple(row) for row in (await session.execute(text(sql))).all()]


async def test_every_table_is_protected_or_on_the_closed_list(database: Database) -> None:
    sql = """SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class
             WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"""
    open_tables = {name for name, forced in await _rows(database, sql) if not forced}
    assert open_tables <= GLOBAL, f"tables without forced row security: {sorted(open_tables - GLOBAL)}"
    assert not GLOBAL & set(FIRM_TABLES)


async def test_policies_bind_reading_and_writing(database: Database) -> None:
    sql = f"SELECT tablename, cmd FROM pg_policies WHERE '{APP_ROLE}' = ANY (roles)"
    found = {}
    for table, command in await _rows(database, sql):
        found.setdefault(table, set()).add(command)
    wanted = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert {t: wanted - found.get(t, set()) for t in FIRM_TABLES if wanted - found.get(t, set())} == {}


async def test_the_relay_sees_the_outbox_and_the_directory_only(database: Database) -> None:
    sql = f"SELECT DISTINCT table_name FROM information_schema.role_table_grants WHERE grantee = '{RELAY_ROLE}'"
    async with database.transaction(tenancy.PLATFORM) as session:
        sql = f"""SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
                  AND has_table_privilege('{RELAY_ROLE}', c.oid, 'SELECT')"""
        seen = set((await session.scalars(text(sql))).all())
    assert seen == RELAY_TABLES | {"firms"}


async def test_roles_own_nothing_and_bypass_nothing(database: Database) -> None:
    sql = f"""SELECT rolname, rolsuper, rolbypassrls, rolcreaterole,
              (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid)
              FROM pg_roles WHERE rolname IN ('{APP_ROLE}', '{RELAY_ROLE}') ORDER BY 1"""
    assert await _rows(database, sql) == [(r, False, False, False, 0) for r in (APP_ROLE, RELAY_ROLE)]


async def test_nobody_may_truncate(database: Database) -> None:
    sql = f"""SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
              AND has_table_privilege('{APP_ROLE}', oid, 'TRUNCATE')"""
    assert await _rows(database, sql) == []


@pytest.mark.parametrize("table", FIRM_TABLES)
def test_keys_between_firm_tables_carry_the_firm(table: str) -> None:
    rows = Base.metadata.tables[table]
    for constraint in rows.foreign_key_constraints:
        target = constraint.referred_table
        if "firm_id" in target.c:
            assert constraint.column_keys[0] == "firm_id", f"{table}: {constraint.column_keys}"
    uniques = [
        c.columns.keys() for c in rows.constraints if type(c).__name__ in ("UniqueConstraint", "PrimaryKeyConstraint")
    ]
    uniques += [i.columns.keys() for i in rows.indexes if i.unique]
    assert all(keys[0] == "firm_id" for keys in uniques), f"{table}: {uniques}"


async def test_without_a_scope_no_transaction_begins(database: Database) -> None:
    with pytest.raises(tenancy.Unscoped):
        async with database.sessions() as session, session.begin():
            await session.execute(text("SELECT 1"))


async def test_one_connection_never_mixes_firms(cast: Cast, settings: object) -> None:
    """A pool of one connection alternates between the firms; each sees its own members only, cancelled ones between."""
    single = Database(cast.database.engine.url.render_as_string(hide_password=False), pool_size=1)
    for turn in range(300):
        firm = (cast.firm, cast.other_firm)[turn % 2]
        async with single.transaction(tenancy.firm(firm.id)) as session:
            seen = set((await session.scalars(text("SELECT DISTINCT firm_id FROM memberships"))).all())
            assert seen == {firm.id}
        if turn % 10 == 0:
            with pytest.raises(ZeroDivisionError):
                await _break_off(single, firm.id)
    async with single.transaction(tenancy.PLATFORM) as session:
        assert (await session.scalars(text("SELECT id FROM memberships"))).all() == []
    await single.close()


async def _break_off(database: Database, firm_id: UUID) -> None:
    async with database.transaction(tenancy.firm(firm_id)) as session:
        await session.execute(text("SELECT 1"))
        raise ZeroDivisionError
