"""The short form of every drill, in three scratch worlds. The full ones run by command (docs/TRUST.md, Drills).

Seconds are judged by the full drills only: here other tests share the machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from saas.drills import clock_moved, disk_full, flush, kill, mail_down, race, restore, scale
from saas.drills.outcome import Outcome
from saas.drills.world import PARTS, World, planned, world
from saas.kernel.config import activate, active


@pytest.fixture(scope="module", autouse=True)
def settings_of_before() -> Iterator[None]:
    before = active()
    yield
    activate(before)


@pytest.fixture(scope="module")
def place() -> Iterator[World]:
    """A world not yet started: the first drill starts it with a clock that is wrong, the last one ends it."""
    with world(running=False) as made:
        yield made


@pytest.fixture
def running(place: World) -> World:
    """The same, also for whoever asks for one drill alone."""
    if place.up_ended():
        place.start()
    return place


def test_a_clock_that_is_ahead_and_then_set_back(place: World) -> None:
    found = asyncio.run(clock_moved.moved(place, 6))
    assert unharmed(found)
    assert found.facts["jobs_cut_off"] > 0


def test_exactly_one_of_fifty_approvals_counts(running: World) -> None:
    found = asyncio.run(race.raced(running, 1))
    assert unharmed(found)
    assert sum(found.facts["answers"].values()) == race.AT_ONCE


def test_redis_flushed_in_the_middle_of_work(running: World) -> None:
    found = asyncio.run(flush.flushed(running, 10, 2))
    assert unharmed(found)
    assert found.facts["rings_thrown_away"] > 0


@pytest.mark.full
def test_two_of_each_share_sessions_jobs_and_schedules(running: World) -> None:
    found = asyncio.run(scale.shared(running, 12))
    assert unharmed(found)
    assert found.facts["sessions_shared"]
    assert found.facts["schedules_promised"] > 0


def test_every_kill_hits_work_and_none_is_lost_or_doubled(running: World) -> None:
    found = asyncio.run(kill.under_fire(running, 16, 3, 4.0))
    assert unharmed(found)
    assert found.facts["kills"] > 0
    assert {strike.part for strike in found.strikes} <= set(PARTS)


def test_a_lost_database_comes_back_row_by_row(running: World) -> None:
    found = asyncio.run(restore.given_back(running, 6, 2.0))
    assert unharmed(found)
    assert (found.facts["rows_that_differ"], found.facts["files_missing"]) == (0, 0)
    assert 0 <= found.facts["lost_seconds"] <= restore.MOST_LOST


def test_a_plain_mail_server_that_goes_away_and_kills_that_repeat_letters() -> None:
    with world(plain=True) as plain:
        assert unharmed(asyncio.run(mail_down.away(plain, 5, 2.0)))
        assert asyncio.run(kill.under_fire(plain, 6, 1, 1.0)).lost == 0  # repeats are counted, not forbidden


def test_a_full_disk() -> None:
    try:
        assert unharmed(disk_full.run(6, 3.0))
    except disk_full.NoRoomApartError as error:
        pytest.skip(str(error))


def test_a_drill_takes_nothing_of_the_product_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAAS_DATA_DIR", "/srv/real")
    monkeypatch.setenv("SAAS_DATABASE_URL", "postgresql://owner@db.example.com/real")
    monkeypatch.setenv("SAAS_REDIS_URL", "redis://db.example.com")
    monkeypatch.setenv("SAAS_SMTP_URL", "smtp://mail.example.com")
    made = planned(tmp_path, plain=True)
    assert made.settings.data_dir.is_relative_to(tmp_path)
    assert made.settings.embedded_database
    assert made.settings.embedded_redis
    assert made.settings.smtp_url.startswith("smtp://127.0.0.1:")
    assert made.address.startswith("http://127.0.0.1:")


def unharmed(found: Outcome) -> bool:
    return (found.lost, found.doubled) == (0, 0)
