"""The audit chain: sealed in order, and five kinds of tampering, each found every time."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from saas.kernel import clock, sealing
from saas.kernel.audit import record
from saas.kernel.config import Settings
from tests.cast import Cast

TAMPERING: dict[str, Callable[[str], str]] = {
    "an entry changed": lambda n: f"UPDATE audit_entries SET detail = '{{\"n\": -1}}' WHERE id = (SELECT entry_id {n})",
    "an entry removed": lambda n: f"DELETE FROM audit_entries WHERE id = (SELECT entry_id {n})",
    "an entry slipped in": lambda n: (
        "INSERT INTO audit_entries (firm_id, id, at, actor_kind, actor_name, action, outcome, subject_kind, from_state,"
        " to_state, timeline, detail) SELECT firm_id, gen_random_uuid(), now() - interval '1 day', 'member', 'x', 'x',"
        f" 'done', '', '', '', false, '{{}}' {n}"
    ),
    "a seal rewritten": lambda n: f"UPDATE audit_seals SET hash = repeat('a', 64) WHERE id = (SELECT id {n})",
    "the tail cut": lambda n: f"DELETE FROM audit_seals WHERE sequence >= (SELECT sequence {n}) AND firm_id = :firm",
}


async def _trail(cast: Cast, length: int = 40) -> tuple[int, str]:
    past = clock.now() - timedelta(days=2)
    async with cast.transaction() as session:
        for n in range(length):
            record(session, cast.ben, "test.deed", past + timedelta(minutes=n), n=n)
    async with cast.transaction() as session:
        assert await sealing.seal(session) >= length
    async with cast.transaction() as session:
        assert await sealing.seal(session) == 0
        return await sealing.head(session)


async def test_an_untouched_trail_is_unbroken(cast: Cast) -> None:
    head = await _trail(cast)
    async with cast.transaction() as session:
        assert await sealing.verify(session, head) == []


@pytest.mark.parametrize("times", [4, pytest.param(100, marks=pytest.mark.full)])
@pytest.mark.parametrize("kind", TAMPERING)
async def test_tampering_shows_wherever_it_is_done(cast: Cast, settings: Settings, kind: str, times: int) -> None:
    head = await _trail(cast)
    engine = create_async_engine(settings.database_url)
    chance = random.Random(7)
    found = 0
    for _time in range(times):
        target = f"FROM audit_seals WHERE sequence = {chance.randint(1, head[0])} AND firm_id = :firm"
        async with engine.connect() as connection, connection.begin() as transaction:
            await _alter(connection, TAMPERING[kind](target), cast)
            async with cast.transaction() as session:
                session.sync_session.bind = connection.sync_connection
                faults = await sealing.verify(session, head)
            await transaction.rollback()
        found += bool(faults)
    await engine.dispose()
    assert found == times, kind


async def _alter(connection: AsyncConnection, sql: str, cast: Cast) -> None:
    assert (await connection.execute(text(sql), {"firm": cast.firm.id})).rowcount


async def test_the_application_cannot_change_its_trail(cast: Cast) -> None:
    await _trail(cast, 3)
    for sql in ("UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_seals", "TRUNCATE audit_entries"):
        with pytest.raises(Exception, match="permission denied"):
            async with cast.transaction() as session:
                await session.execute(text(sql))
