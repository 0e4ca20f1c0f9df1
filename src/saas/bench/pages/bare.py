"""The first peer: one route of Litestar and SQLAlchemy Core, in one transaction, with nothing else around it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Litestar, Request, Response, get
from litestar.params import FromPath
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

import saas.app  # noqa: F401 - composes the modules, for the side bar
from saas.bench.pages import statements
from saas.bench.pages.shown import NEAR, Named, Read, html, key_of
from saas.kernel import clock
from saas.kernel.config import activate, settings_from
from saas.kernel.i18n import Text
from saas.kernel.pages import environment
from saas.kernel.web import DoorSettings

WHO, SCOPE, MEMBERSHIP, ROWS, NAMES, COUNTS, SIDE = map(
    text,
    (
        statements.WHO, statements.SCOPE, statements.MEMBERSHIP, statements.ROWS, statements.NAMES, statements.COUNTS,
        statements.SIDE,
    ),
)  # fmt: skip


class Case:
    """A row of the list; the template asks for attributes."""

    def __init__(self, row: Any) -> None:
        self.__dict__.update(row)
        self.title = Text.restore(row["title"])


def create_app() -> Litestar:
    settings = activate(settings_from())
    door = DoorSettings(settings.derive("csrf"), hsts=False)
    engine = create_async_engine(settings.app_database_url, pool_size=10)
    environment().auto_reload = False

    @get("/f/{slug:str}/cases")
    async def index(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[str]:
        async with engine.begin() as connection:
            read = await _read(connection, key_of(request.cookies, door), slug)
        if read is None:
            return Response("", status_code=404)
        return Response(html(read, request.url.path, door), media_type="text/html")

    return Litestar([index], on_shutdown=[engine.dispose], openapi_config=None)


async def _read(connection: AsyncConnection, key: str, slug: str) -> Read | None:
    who = (await connection.execute(WHO, {"key": key, "slug": slug})).mappings().one_or_none()
    if who is None or who["ended_at"] is not None or who["needs_second_factor"]:
        return None
    firm = {"firm": str(who["firm_id"])}
    await connection.execute(SCOPE, {**firm, "person": str(who["person_id"])})
    member = (await connection.execute(MEMBERSHIP, {**firm, "person": who["person_id"]})).one_or_none()
    if member is None:
        return None
    rows = (await connection.execute(ROWS, firm)).mappings().all()
    named: dict[str, dict[UUID, Named]] = {"client": {}, "member": {}}
    for what, key_, name, name_en in (await connection.execute(NAMES, firm)).all():
        named[what][key_] = Named(name, name_en)
    counted = [(name, value, n) for name, value, n in (await connection.execute(COUNTS, firm)).all()]
    now = clock.now()
    about = {**firm, "member": member.id, "roles": list(member.roles), "soon": now + NEAR}
    side = (await connection.execute(SIDE, about)).mappings().one()
    cases, roles = [Case(row) for row in rows], frozenset(member.roles)
    return Read(dict(who), member.id, member.name, roles, cases, named["client"],
                named["member"], counted, dict(side), now)  # fmt: skip
