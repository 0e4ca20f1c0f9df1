"""What is not well around the product, so that pages say so: no room, no mail server, a clock that moved.

A web process looks every half minute; a page only reads what was found. Whether the mail server answers is known by
whoever last tried to hand over a mail, and kept in Redis: lost without harm.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from arq.connections import ArqRedis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from saas.kernel import clock, tenancy
from saas.kernel.db import Database
from saas.kernel.i18n import Text, _

log = logging.getLogger("saas.conditions")

EVERY = 30.0  # seconds between two looks
LITTLE_ROOM, NO_ROOM = 1024**3, 64 * 1024**2  # bytes
MAIL_AWAY = "saas:mail-away-since"
SHORTLY = timedelta(minutes=2)  # a mail server that is restarted is nobody's trouble
FORGOTTEN = 600  # seconds after which an absence that nobody met again is not told any more
APART = 60.0  # seconds by which a clock may differ from another, or from its own course
TOLD = timedelta(minutes=15)  # how long a clock that jumped, and goes right since, is told

Kind = Literal["disk_full", "disk_low", "mail_away", "clock_moved"]

ADVICE: dict[Kind, Text] = {
    "disk_full": _(
        "Pages can be read. Saving, uploading and sending may be refused; what was confirmed is kept, and what waits"
        " goes on by itself once there is room. Whoever runs this installation has to make room now."
    ),
    "disk_low": _(
        "Everything works still. Whoever runs this installation should make room before more ledgers are imported."
    ),
    "mail_away": _(
        "Everything else works. Letters and other mails wait and go out by themselves once it answers, for up to three"
        " days; hand over what is urgent by its link. Whoever runs this installation should look at the mail server."
    ),
    "clock_moved": _(
        "Nothing is lost, and work goes on. Until the clock is right, times, due dates and sign-in codes may be wrong:"
        " do not approve or file anything that depends on the hour. Whoever runs this installation sets the clock."
    ),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is not well; `since` where it is known, `amount` in MB of room or seconds of the clock."""

    kind: Kind
    since: datetime | None = None
    amount: int = 0

    @property
    def tone(self) -> str:
        return "amber" if self.kind in ("disk_low", "mail_away") else "red"

    @property
    def title(self) -> Text:
        if self.kind == "mail_away":
            return _("The mail server does not answer: no mail has gone out since %(moment)s.", moment=self._moment)
        if self.kind == "clock_moved":
            return _("The server’s clock is wrong or has moved, by %(n)s minutes.", n=max(1, round(self.amount / 60)))
        full = _("The disk is full: %(n)s MB are free.", n=self.amount)
        return full if self.kind == "disk_full" else _("The disk is nearly full: %(n)s MB are free.", n=self.amount)

    @property
    def advice(self) -> Text:
        """What works still, and what to do."""
        return ADVICE[self.kind]

    @property
    def _moment(self) -> str:
        return self.since.astimezone(clock.CHINA).strftime("%m-%d %H:%M") if self.since is not None else ""


@dataclass(slots=True)
class Watch:
    """The looks of one web process. `found` is what pages show."""

    folder: Path
    database: Database
    redis: ArqRedis
    found: tuple[Condition, ...] = ()
    _course: float = field(default_factory=lambda: clock.now().timestamp() - time.monotonic())
    _jumped: Condition | None = None

    async def serve(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.look()
            except Exception:
                log.exception("the surroundings could not be looked at")

    async def look(self) -> None:
        """What cannot be asked is not told: a database that is away is on every page anyway."""
        now = clock.now()
        seen = (self._room(), await self._mail(now), await self._clock(now))
        self.found = tuple(condition for condition in seen if condition is not None)

    def _room(self) -> Condition | None:
        try:
            free = shutil.disk_usage(self.folder).free
        except OSError:
            return None
        if free >= LITTLE_ROOM:
            return None
        return Condition("disk_full" if free < NO_ROOM else "disk_low", amount=free // 1024**2)

    async def _mail(self, now: datetime) -> Condition | None:
        try:
            since = await self.redis.get(MAIL_AWAY)
        except (RedisError, OSError):
            return None
        begun = datetime.fromisoformat(since.decode()) if since else now
        return Condition("mail_away", since=begun) if now - begun >= SHORTLY else None

    async def _clock(self, now: datetime) -> Condition | None:
        """Apart from the database's at this moment, or lately moved against its own course."""
        course = now.timestamp() - time.monotonic()
        if abs(course - self._course) >= APART:
            self._jumped = Condition("clock_moved", since=now, amount=round(abs(course - self._course)))
        self._course = course
        try:
            async with self.database.transaction(tenancy.PLATFORM) as session:
                theirs = await session.scalar(text("SELECT extract(epoch FROM clock_timestamp())::float8"))
        except (DBAPIError, OSError):
            theirs = None
        apart = abs(clock.now().timestamp() - theirs) if theirs is not None else 0.0
        if apart >= APART:
            return Condition("clock_moved", since=now, amount=round(apart))
        lately = self._jumped is not None and self._jumped.since is not None and now - self._jumped.since < TOLD
        return self._jumped if lately else None


async def note_mail(redis: ArqRedis | None, *, answers: bool) -> None:
    """Told by whoever has just tried to hand over a mail."""
    if redis is None:
        return
    try:
        if answers:
            await redis.delete(MAIL_AWAY)
        else:
            await redis.set(MAIL_AWAY, clock.now().isoformat(), nx=True)
            await redis.expire(MAIL_AWAY, FORGOTTEN)
    except (RedisError, OSError) as error:
        log.warning("it could not be noted whether the mail server answers: %s", error)
