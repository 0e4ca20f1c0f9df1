"""The entrance for programs: under /api/ only a token says who is asking, never a cookie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from saas.api.scopes import permissions_of
from saas.api.tokens import TokenRefused, TooMany, Use, admit, limit_headers
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.db import Database
from saas.kernel.directory import Firm, firm_by_code
from saas.kernel.errors import Forbidden, SignInNeeded
from saas.kernel.i18n import _
from saas.kernel.problems import language, speaks
from saas.kernel.web import Authenticator, Connection, Visitor

PASS = "api.pass"  # noqa: S105 - the name of a place in the request's scope


@dataclass(frozen=True, slots=True)
class Pass:
    """What a request with a token carries along: the token as it was counted, and its firm."""

    use: Use
    firm: Firm

    @property
    def scopes(self) -> list[str]:
        return self.use.token.scopes


def by_token(authenticate: Authenticator, database: Database) -> Authenticator:
    """Wraps the door's authenticator: under /api/ the bearer of a live token acts for its firm, with its scopes."""

    async def enter(connection: Connection, slug: str | None) -> Visitor:
        if not speaks(connection.scope["path"]):
            return await authenticate(connection, slug)
        given = _bearer(connection)
        if given is None:
            return Visitor()
        code, _dot, secret = given.partition(".")
        firm = await _firm(database, code)
        if firm is None:
            raise TokenRefused(_("This token is unknown. Copy it whole, with the part before the dot."))
        now, address = clock.now(), connection.client.host if connection.client else ""
        async with database.transaction(tenancy.firm(firm.id)) as session:
            use = await admit(session, secret, address, now)
        if use.token.used > use.token.per_minute:
            raise TooMany(use.token.per_minute, use.seconds)
        connection.scope[PASS] = Pass(use, firm)  # type: ignore[literal-required]
        return Visitor(_actor(connection, use), firm, str(use.token.id), tenancy.firm(firm.id))

    return enter


def _actor(connection: Connection, use: Use) -> Actor:
    token = use.token
    return Actor("token", token.id, token.name, permissions=permissions_of(token.scopes), locale=language(connection))


def _bearer(connection: Connection) -> str | None:
    kind, _space, value = connection.headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else None


async def _firm(database: Database, code: str) -> Firm | None:
    """The firm a token names; its code is letters and digits, and nothing else reaches the database."""
    if not (code.isascii() and code.isalnum()):
        return None
    async with database.transaction(tenancy.PLATFORM) as session:
        return await firm_by_code(session, code)


def pass_of(connection: Connection) -> Pass:
    """The token of this request; SignInNeeded without one."""
    found: Pass | None = connection.scope.get(PASS)  # type: ignore[assignment]
    if found is None:
        raise SignInNeeded()
    return found


async def guard_scope(connection: Connection, handler: BaseRouteHandler) -> None:
    """Every route of the API names the scope that opens it, beside the permission that the kernel asks for."""
    wanted = handler.opt.get("scope")
    if wanted is not None and wanted not in pass_of(connection).scopes:
        raise Forbidden(_("This token lacks the scope “%(scope)s”.", scope=str(wanted)), action=f"open {wanted}")


async def guard_parameters(connection: Connection, handler: BaseRouteHandler) -> None:
    """A filter with a slip of the pen would be no filter: a parameter the address does not know is refused.

    So is a NUL, which no text of the database can hold.
    """
    unknown, nul = _("This address has no such parameter."), _("A text cannot hold the character NUL.")
    known, given = _parameters(handler), connection.query_params
    faults = [(name, unknown) for name in sorted(set(given) - known)]
    faults += [(name, nul) for name, value in given.multi_items() if name in known and "\0" in value]
    if faults:
        raise ValidationException(extra=[{"key": name, "message": str(words)} for name, words in faults])


@cache
def _parameters(handler: BaseRouteHandler) -> frozenset[str]:
    """The names a handler takes from the address."""
    fields = handler.parsed_fn_signature.parameters.items()
    return frozenset(
        found.kwarg_definition.name or name
        for name, found in fields
        if isinstance(found.kwarg_definition, QueryParameter)
    )


def say_limits(app: ASGIApp) -> ASGIApp:
    """Middleware of the API's routes: each answer says how many requests are left."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        found: Any = scope.get(PASS)

        async def answer(message: Message) -> None:
            if found is not None and message["type"] == "http.response.start":
                use: Use = found.use
                headers = MutableScopeHeaders.from_message(message)
                for name, value in limit_headers(use.token.per_minute, use.left, use.seconds).items():
                    headers.setdefault(name, value)
            await send(message)

        await app(scope, receive, answer)

    return middleware
