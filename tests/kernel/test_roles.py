"""A role that could pass row security is refused at start, and found by doctor."""

from __future__ import annotations

import dataclasses

import asyncpg
import pytest

from saas import doctor
from saas.kernel.config import Settings
from saas.kernel.roles import UnsafeRoleError, refuse_unsafe


async def test_the_products_own_roles_are_bound(settings: Settings) -> None:
    await refuse_unsafe(settings)


async def test_a_superuser_is_refused(settings: Settings) -> None:
    with pytest.raises(UnsafeRoleError, match="could pass row security"):
        await refuse_unsafe(dataclasses.replace(settings, app_database_url=settings.database_url))


@pytest.mark.parametrize("power", ["database_url", "backup_database_url"])
async def test_in_production_nothing_starts_that_could_be_another_role(settings: Settings, power: str) -> None:
    bare = dataclasses.replace(settings, env="production", database_url="")
    await refuse_unsafe(bare)
    with pytest.raises(UnsafeRoleError, match="must not be able to read every firm"):
        await refuse_unsafe(dataclasses.replace(bare, **{power: settings.database_url}))


async def test_an_owner_of_tables_is_refused(settings: Settings) -> None:
    owner = await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))
    await owner.execute("CREATE TABLE left_over (id int); ALTER TABLE left_over OWNER TO qz_relay")
    try:
        with pytest.raises(UnsafeRoleError, match="owns tables"):
            await refuse_unsafe(settings)
    finally:
        await owner.execute("DROP TABLE left_over")
        await owner.close()


async def test_doctor_finds_a_table_without_row_security(settings: Settings) -> None:
    owner = await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))
    await owner.execute("ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY")
    found = {check.name: check for check in await doctor.examine(settings)}
    await owner.execute("ALTER TABLE outbox FORCE ROW LEVEL SECURITY")
    await owner.close()
    assert not found["row security"].ok
    assert "outbox" in found["row security"].detail
    assert found["database"].ok
    assert found["documents"].ok
    assert not found["mail"].ok  # no mailbox is running in this test
