"""At the door of a firm's pages: a suspended firm only exports, and support reads, with each page written down."""

from __future__ import annotations

from litestar.handlers import BaseRouteHandler

from saas.kernel import clock, tenancy
from saas.kernel.audit import record
from saas.kernel.db import Database
from saas.kernel.errors import Forbidden, Suspended
from saas.kernel.i18n import _
from saas.kernel.limits import require_room
from saas.kernel.web import SAFE, Connection, visitor_of

SMALL = 64 * 1024  # bytes of a request that can hold no file worth counting
UNSAID = 1024 * 1024  # bytes a request is taken for whose length is not told beforehand
EXPORTS = ("/export", ".xlsx", "/suspended")  # ends of addresses by which people take their own data out


async def guard_suspension(connection: Connection, handler: BaseRouteHandler) -> None:
    """In a suspended firm members may open exports, and nobody writes. Links of clients say it in their own words."""
    visitor = visitor_of(connection)
    if visitor.firm is None or visitor.firm.suspended_at is None or visitor.actor.kind not in ("member", "token"):
        return
    reading = connection.scope["method"] in SAFE  # type: ignore[typeddict-item]
    export = handler.opt.get("while_suspended") or connection.scope["path"].endswith(EXPORTS)
    if visitor.actor.kind == "member" and export and (reading or handler.opt.get("while_suspended")):
        return
    raise Suspended(_("The operator has suspended this firm. Its data is kept; nothing can be changed."))


async def guard_storage(connection: Connection, handler: BaseRouteHandler) -> None:
    """No room for a file is said before it is taken. What clients send behind their links always has room."""
    visitor = visitor_of(connection)
    said = connection.headers.get("content-length")
    size = int(said) if said is not None else UNSAID if "transfer-encoding" in connection.headers else 0
    if size < SMALL or visitor.firm is None or visitor.actor.kind not in ("member", "token"):
        return
    database: Database = connection.app.state.database
    async with database.transaction(tenancy.firm(visitor.firm.id, visitor.actor.person_id)) as session:
        await require_room(session, "storage_mb", -(-size // 1024**2))


async def guard_support(connection: Connection, handler: BaseRouteHandler) -> None:
    """Whatever support opens stands in the firm's audit trail before it is shown."""
    visitor = visitor_of(connection)
    if visitor.firm is None or visitor.actor.support_until is None:
        return
    method = str(connection.scope["method"])  # type: ignore[typeddict-item]
    if method not in SAFE and not visitor.actor.support_writes:
        raise Forbidden(_("The firm lets support read here, not change anything."), action="support.write")
    database: Database = connection.app.state.database
    async with database.transaction(tenancy.firm(visitor.firm.id, visitor.actor.person_id)) as session:
        deed = "support.open" if method in SAFE else "support.send"
        record(session, visitor.actor, deed, clock.now(), url=str(connection.scope["path"]))
