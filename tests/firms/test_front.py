"""The front page: what a stranger sees first, and where the firm's people go at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.cast import Browser

AsPerson = Callable[[str], Awaitable[Browser]]


async def test_a_stranger_is_told_what_this_is_and_how_to_begin(as_person: AsPerson) -> None:
    answer = await (await as_person("nobody")).get("/")
    assert answer.status_code == 200
    for words in ("查得出，改得对，说得清", 'href="/sign-up"', 'href="/sign-in"', "红字凭证", "验证"):
        assert words in answer.text


async def test_people_go_straight_to_work(as_person: AsPerson) -> None:
    for who in ("ben", "otto"):
        answer = await (await as_person(who)).get("/")
        assert answer.headers["location"].endswith("/work")
