"""A list of 50 cases renders in under 60 ms on the server at one user, and the number of queries does not grow."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable

from sqlalchemy import event

from tests.cases import story
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]


async def test_fifty_cases(cast: Cast, as_person: People) -> None:
    client, _contact = await story.make_client(cast)
    for number in range(3):
        await story.by_hand(cast, client, title=f"问题 {number}")
    ben, at = await as_person("ben"), f"/f/{cast.firm.slug}/cases"
    few = await _queries(ben, at)
    for number in range(50):
        await story.by_hand(cast, client, title=f"更多问题 {number}")
    assert await _queries(ben, at) == few
    took = []
    for _turn in range(15):
        begun = time.perf_counter()
        answer = await ben.get(at)
        took.append((time.perf_counter() - begun) * 1000)
        assert answer.text.count("YC-2026-") >= 50
    print(f"50 cases: median {statistics.median(took):.1f} ms, best {min(took):.1f} ms, {few} queries")
    assert min(took) < 60


async def _queries(person: Browser, path: str) -> int:
    """How many statements one page sends."""
    await person.get(path)
    sent: list[str] = []
    engine = person.client.app.state.database.engine.sync_engine

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert (await person.get(path)).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)
