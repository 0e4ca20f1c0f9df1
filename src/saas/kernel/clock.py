"""The injected clock: the only place that asks the machine what time it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
AHEAD = "SAAS_CLOCK_AHEAD"  # seconds by which a drill sets the clocks of its processes; refused in production

_moved = timedelta(seconds=float(os.environ.get(AHEAD) or 0))

_replayed: ContextVar[datetime | None] = ContextVar("replayed", default=None)


def now() -> datetime:
    """Aware UTC: the time being replayed, else the machine's."""
    return _replayed.get() or datetime.now(UTC) + _moved


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
