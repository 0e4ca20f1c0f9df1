"""The second person: approves letters through the pages, over HTTP, and repeats what went unanswered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import httpx
from sqlalchemy.exc import DBAPIError

from saas.drills.firm import DrillFirm
from saas.drills.world import World
from saas.kernel import clock
from saas.kernel.web import DoorSettings, csrf_token

AT_ONCE = 2  # forms on their way at a time
PAUSE = 0.5  # seconds before an unanswered form is sent again
FRESH = 600.0  # seconds a sign-in is used; approvals want one of the last 15 minutes
ANSWERED = (303, 409)  # done now, or done by the attempt that went unanswered


@dataclass(slots=True)
class Approver:
    """`under_way`: the forms now on their way; `repeats`: seconds from each cut-off until the form was answered."""

    place: World
    firm: DrillFirm
    under_way: set[UUID] = field(default_factory=set)
    ahead: float = 0.0  # seconds by which the product's clock is moved
    repeats: list[float] = field(default_factory=list)
    address: str = ""  # of another web process than the world's own
    _session: str = ""
    _since: float = -FRESH

    async def approve(self, letters: Sequence[UUID], spread: float = 0.0) -> None:
        """Every letter, evenly over `spread` seconds; returns when each is answered."""
        pause, begun = spread / max(len(letters), 1), time.monotonic()
        waiting = iter(enumerate(letters))

        async def some(browser: httpx.AsyncClient) -> None:
            for number, letter in waiting:
                await asyncio.sleep(max(begun + number * pause - time.monotonic(), 0))
                await self._until_answered(browser, letter)

        async with self.browser() as browser:
            await asyncio.gather(*(some(browser) for _ in range(AT_ONCE)))

    def browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.address or self.place.address, timeout=30, trust_env=False)

    async def post(self, browser: httpx.AsyncClient, letter: UUID) -> int:
        """One press of the button; the status of the answer. httpx.HTTPError when there was none."""
        door = DoorSettings(self.place.settings.derive("csrf"), hsts=False)
        token = await self._signed_in()
        answer = await browser.post(
            f"/f/{self.firm.firm.slug}/notices/{letter}/issue",
            headers={"cookie": f"{door.session_cookie}={token}"},
            data={"csrf": csrf_token(door.secret, sha256(token.encode()).hexdigest())},
        )
        return answer.status_code

    async def _until_answered(self, browser: httpx.AsyncClient, letter: UUID) -> None:
        cut_off = 0.0
        while (status := await self._asked(browser, letter)) not in ANSWERED:
            if 0 < status < 500:
                raise RuntimeError(f"the approval of {letter} was answered {status}")
            cut_off = cut_off or time.monotonic()
            await asyncio.sleep(PAUSE)
        if cut_off:
            self.repeats.append(time.monotonic() - cut_off)

    async def _asked(self, browser: httpx.AsyncClient, letter: UUID) -> int:
        """The answer's status, 0 for none."""
        self.under_way.add(letter)
        try:
            return await self.post(browser, letter)
        except (httpx.HTTPError, OSError, DBAPIError):
            return 0
        finally:
            self.under_way.discard(letter)

    async def _signed_in(self) -> str:
        if time.monotonic() - self._since > FRESH:
            now = clock.now() + timedelta(seconds=self.ahead)
            self._session, self._since = await self.firm.cookie(now), time.monotonic()
        return self._session
