"""The injected clock: the only place that asks the machine what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

_replayed: ContextVar[datetime | None] = ContextVar("replayed", default=None)


def now() -> datetime:
    """Aware UTC: the time being replayed, else the machine's."""
    return _replayed.get() or datetime.now(UTC)


def today(zone: ZoneInfo = CHINA) -> date:
    """The calendar date where the firm is."""
    return now().astimezone(zone).date()


@contextmanager
def at(time: datetime) -> Iterator[datetime]:
    """Everything inside happens at `time` (aware): demos and drills replay the past through the real actions."""
    if time.tzinfo is None:
        raise ValueError("a replayed time needs a time zone")
    token = _replayed.set(time.astimezone(UTC))
    try:
        yield time
    finally:
        _replayed.reset(token)
