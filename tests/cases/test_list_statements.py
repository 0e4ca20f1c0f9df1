"""The number of queries of the case list does not grow with the cases; how long it takes, `saas bench pages` says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from litestar import Litestar

from tests.cases import story
from tests.cast import Browser, Cast
from tests.statements import count_statements

People = Callable[[str], Awaitable[Browser]]


async def test_twenty_cases_ask_no_more_than_three(app: Litestar, cast: Cast, as_person: People) -> None:
    client, _contact = await story.make_client(cast)
    ben, path = await as_person("ben"), f"/f/{cast.firm.slug}/cases"
    for number in range(3):
        await story.by_hand(cast, client, title=f"问题 {number}")
    few = await count_statements(app, lambda: ben.get(path))
    for number in range(20):
        await story.by_hand(cast, client, title=f"更多问题 {number}")
    assert await count_statements(app, lambda: ben.get(path)) == few
    assert (await ben.get(path)).text.count("更多问题") >= 20
