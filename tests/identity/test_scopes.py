"""A part of a transaction in another scope: for few callers, checked before it ends, and over when it ends."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from saas.identity.models import Membership
from saas.kernel import tenancy
from saas.kernel.config import Settings
from saas.kernel.connections import declaration
from saas.kernel.db import Database, acting_in
from saas.kernel.outbox import NO_FIRM, Outbox, enqueue_for_nobody
from tests.cast import Cast

ROOT = Path(__file__).parents[2] / "src" / "saas"
MAY = {  # what no single scope can do
    "kernel/outbox.py",  # mail to people who have no firm
    "firms/creation.py",  # a firm and its first rows
    "firms/invitations.py",  # an invitation followed by somebody who is no member yet
    "firms/branding.py",  # a firm's logo, shown to everybody
    "demo/load.py",  # the demo firm's people join it
    "demo/tours.py",  # a copy of the demo firm, and who looks around in it
    "identity/queries.py",  # whether only demo firms know a person, whose mail then stays in the house
    "firms/copying.py",  # a firm's copy for a drill
    "kernel/sandboxes.py",  # filled and erased from inside
    "risks/drills/injecting.py",  # errors in the copy's books
    "risks/drills/results.py",  # what was found in the copy
    "operations/firms.py",  # what the operator does to a firm stands in the firm's own trail
    "operations/firm_pages.py",  # asking for support, and what became of it
    "privacy/people.py",  # a member's copy holds their sign-in account
    "privacy/erasure.py",  # the firm's rows, then people and directory
    "identity/account.py",  # a person's name and address in each of their firms
}


def test_only_few_act_in_another_scope() -> None:
    found = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if "acting_in(" in path.read_text("utf-8")}
    assert found - {"kernel/db.py"} == MAY


async def test_rows_of_the_other_firm_are_seen_inside_only(cast: Cast, database: Database) -> None:
    count = select(func.count()).select_from(Membership)
    async with database.transaction(tenancy.PLATFORM) as session:
        assert await session.scalar(count) == 0
        async with acting_in(session, tenancy.firm(cast.other_firm.id)):
            assert await session.scalar(count) == 1
            assert tenancy.current_firm_id() == cast.other_firm.id
        assert await session.scalar(count) == 0
        assert tenancy.current() == tenancy.PLATFORM


async def test_guards_are_checked_while_the_scope_still_sees_its_rows(cast: Cast, database: Database) -> None:
    owner_leaves = "UPDATE memberships SET is_owner = false, roles = '[\"manager\"]' WHERE is_owner"

    async def leave() -> None:
        scope = tenancy.firm(cast.firm.id)
        async with database.transaction(tenancy.PLATFORM) as session, acting_in(session, scope):
            await session.execute(text(owner_leaves))

    with pytest.raises(IntegrityError, match="one owner"):
        await leave()


async def test_a_mail_to_nobodys_firm_is_promised_with_the_change(cast: Cast, database: Database) -> None:
    async def promise(*, fail: bool) -> None:
        async with database.transaction(cast.scope) as session:
            await enqueue_for_nobody(
                session, "identity.mail_warning", person_id=cast.persons["ben"].id, what="password"
            )
            if fail:
                raise ValueError("changed my mind")

    async def promised() -> int:
        async with database.transaction(tenancy.firm(NO_FIRM)) as session:
            return await session.scalar(select(func.count()).select_from(Outbox)) or 0

    with pytest.raises(ValueError, match="changed"):
        await promise(fail=True)
    assert await promised() == 0
    await promise(fail=False)
    assert await promised() == 1
    async with database.transaction(cast.scope) as session:
        assert await session.scalar(select(func.count()).select_from(Outbox)) == 0, "it stands under no firm"


async def test_a_connection_that_the_server_ended_is_replaced(cast: Cast, settings: Settings) -> None:
    single, other = (Database(settings.app_database_url, pool_size=1) for _ in range(2))
    async with single.transaction(cast.scope) as session:
        ended = await session.scalar(text("SELECT pg_backend_pid()"))
    async with other.transaction(tenancy.PLATFORM) as session:
        assert await session.scalar(text("SELECT pg_terminate_backend(:pid, 20000)"), {"pid": ended}), "it is gone"
    await asyncio.sleep(0.2)  # until its socket says so
    async with single.transaction(cast.scope) as session:
        assert await session.scalar(text("SELECT pg_backend_pid()")) != ended
        assert await session.scalar(text("SELECT current_setting('app.firm_id')")) == str(cast.firm.id)
    await single.close()
    await other.close()


def test_nothing_but_an_id_is_written_into_a_scope() -> None:
    """The words that leave with BEGIN have no parameters: what is no id is refused before anything is sent."""
    hostile: Any = "'); DROP TABLE cases; --"
    with tenancy.within(tenancy.Scope("firm", hostile)), pytest.raises(AttributeError):
        declaration()
    with tenancy.within(tenancy.Scope(hostile)), pytest.raises(tenancy.Unscoped):
        declaration()
