"""How far the loading is, on the sign-in page and in the firm: kept in Redis, shown at once, lost without harm."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from arq.connections import ArqRedis
from litestar import Response, get
from litestar.params import FromQuery
from redis.exceptions import RedisError
from sqlalchemy import select

from saas.kernel import tenancy
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.pages import Req, page
from saas.kernel.web import PUBLIC

KEY = "saas:demo:progress"
LIFE = 120  # seconds after its last step a load counts as broken off
NO_MORE = 286  # htmx stops asking
log = logging.getLogger("saas.demo")

Tell = Callable[[int, int], Awaitable[None]]  # steps done, steps in all


class Progress(msgspec.Struct, frozen=True):
    """Steps of the story that are replayed, and how many there are."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        return self.done * 100 // max(self.total, 1)


def teller(redis: ArqRedis) -> Tell:
    """Says how far the load is; a Redis that is away only costs the bar."""

    async def tell(done: int, total: int) -> None:
        try:
            await redis.set(KEY, msgspec.json.encode(Progress(done, total)), ex=LIFE)
        except (RedisError, OSError) as error:
            log.warning("the progress of the demo is not shown: %s", error)

    return tell


async def forget(redis: ArqRedis) -> None:
    """The load is over."""
    await redis.delete(KEY)


@get("/demo/progress", opt={"permission": PUBLIC})
async def show(request: Req, inside: FromQuery[bool] = False) -> Response[Any]:
    """The bar, asked for every other second by the sign-in page and, `inside`, by the pages of a firm being replayed.

    Nothing where no demo is being loaded; inside a firm whose load was broken off, what to do about it.
    """
    try:
        value = await request.app.state.redis.get(KEY)
    except (RedisError, OSError):
        value = None
    progress = msgspec.json.decode(value, type=Progress) if value is not None else None
    if progress is None and not (inside and await _is_unfinished(request)):
        return Response("", media_type="text/html", status_code=NO_MORE)
    return await page(request, "demo/progress.html", progress=progress)


async def _is_unfinished(request: Req) -> bool:
    database: Database = request.app.state.database
    async with database.transaction(tenancy.PLATFORM) as session:
        return bool(await session.scalar(select(Firm.id).where(Firm.kind == "demo", Firm.replaying).limit(1)))


ROUTES = [show]
