"""Banners about what is not well: seen every half minute, told to those who lead, on pages that look at nothing."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from arq.connections import ArqRedis
from litestar import Litestar

from saas.kernel import clock, conditions
from saas.kernel.conditions import Condition, Watch, note_mail
from saas.kernel.config import Settings
from saas.kernel.db import Database
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
Usage = namedtuple("Usage", "free")


@pytest.fixture
def watch(settings: Settings, database: Database, redis: ArqRedis) -> Watch:
    return Watch(settings.data_dir, database, redis)


@contextmanager
def room(monkeypatch: pytest.MonkeyPatch, free: int) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(conditions.shutil, "disk_usage", lambda _folder: Usage(free))
        yield


async def kinds(watch: Watch) -> list[str]:
    await watch.look()
    return [condition.kind for condition in watch.found]


async def test_a_disk_that_fills_is_told_before_it_is_full(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, told in ((conditions.LITTLE_ROOM, []), (500 * 1024**2, ["disk_low"]), (1024**2, ["disk_full"])):
        with room(monkeypatch, free):
            assert await kinds(watch) == told


async def test_a_mail_server_that_is_away_for_minutes_is_told_until_it_answers(watch: Watch, redis: ArqRedis) -> None:
    await note_mail(redis, answers=False)
    assert await kinds(watch) == [], "it may only be restarting"
    with clock.at(clock.now() + timedelta(minutes=3)):
        await note_mail(redis, answers=False)  # the first failure counts, not the last
        assert "mail_away" in await kinds(watch)
        await note_mail(redis, answers=True)
        assert "mail_away" not in await kinds(watch)


async def test_a_clock_apart_from_the_databases_or_that_jumped_is_told(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.at(clock.now() + timedelta(hours=1)):
        assert await kinds(watch) == ["clock_moved"]
        assert watch.found[0].amount == pytest.approx(3600, abs=30)
    assert await kinds(watch) == ["clock_moved"], "set right again: told for a while"
    monkeypatch.setattr(conditions, "TOLD", timedelta(0))
    assert await kinds(watch) == []


async def test_who_leads_sees_it_in_their_language_and_nobody_else(
    app: Litestar, cast: Cast, as_person: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = f"/f/{cast.firm.slug}/clients"
    paula, mara, ben = await as_person("paula"), await as_person("mara"), await as_person("ben")
    assert "邮件服务器没有响应" not in (await paula.get(work)).text
    found = (Condition("mail_away", since=clock.now()), Condition("disk_full", amount=3))
    monkeypatch.setattr(app.state.watch, "found", found)

    def never(*_given: Any) -> None:
        raise AssertionError("a page looks at nothing")

    monkeypatch.setattr(conditions.shutil, "disk_usage", never)
    for browser in (paula, mara):
        page = (await browser.get(work)).text
        assert "邮件服务器没有响应" in page
        assert "磁盘已满：仅剩 3 MB" in page
    assert "磁盘已满" not in (await ben.get(work)).text
