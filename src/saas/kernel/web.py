"""The door: who is asking, which firm, is the request our own page's, and the headers on every answer."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from saas.kernel import clock, support, tenancy
from saas.kernel.access import NOBODY, Actor
from saas.kernel.directory import Firm
from saas.kernel.errors import Forbidden, FreshSignInNeeded, Missing, SecondFactorNeeded, SignInNeeded
from saas.kernel.forms import CSRF_FIELD
from saas.kernel.i18n import _, set_reader

PUBLIC = "public"
SIGNED_IN = "signed in"  # any person, whatever firm: switching firms, one's own account
OPERATOR = "operator"  # those who look after the product; for everybody else the page does not exist
MEMBER = "member"  # any member of the firm in the address; perform() checks the rest
SAFE = {"GET", "HEAD", "OPTIONS"}
Connection = ASGIConnection[Any, Any, Any, Any]


@dataclass(slots=True)
class Visitor:
    """What the authentication provider knows about a request: the actor, the firm it is in, and the CSRF anchor."""

    actor: Actor = NOBODY
    firm: Firm | None = None
    session_key: str = ""  # binds CSRF tokens; "" before sign-in
    scope: tenancy.Scope = tenancy.PLATFORM


NO_VISITOR = Visitor()

Authenticator = Callable[[Connection, str | None], Awaitable[Visitor]]


@dataclass(frozen=True, slots=True)
class DoorSettings:
    secret: bytes
    hsts: bool  # only behind TLS
    secure_cookies: bool = True  # browsers take them from localhost too; off only by an explicit flag

    @property
    def cookie_prefix(self) -> str:
        return "__Host-" if self.secure_cookies else "insecure-"

    @property
    def session_cookie(self) -> str:
        return f"{self.cookie_prefix}session"


def door(authenticate: Authenticator, settings: DoorSettings) -> Callable[[ASGIApp], ASGIApp]:
    """Middleware: finds the visitor, enters the scope, sets the language, and puts security headers on the answer."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP:
                await app(scope, receive, send)
                return
            connection: Connection = ASGIConnection(scope)
            visitor = await authenticate(connection, scope.get("path_params", {}).get("slug"))
            anchor = visitor.session_key or connection.cookies.get(f"{settings.cookie_prefix}anon", "")
            fresh = "" if anchor else secrets.token_urlsafe(16)
            scope["visitor"] = visitor  # type: ignore[typeddict-unknown-key]
            scope["csrf"] = csrf_token(settings.secret, anchor or fresh)  # type: ignore[typeddict-unknown-key]
            set_reader(connection.cookies.get("locale", "") if visitor.actor.kind == "nobody" else visitor.actor.locale)
            tenancy.enter(visitor.scope)
            await app(scope, receive, _answering(send, settings, fresh))

        return middleware

    return wrap


def _answering(send: Send, settings: DoorSettings, fresh: str) -> Send:
    """Gives a visitor without a session the anchor of their CSRF token."""
    if not fresh:
        return send

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableScopeHeaders.from_message(message)
            if "text/html" in headers.get("content-type", ""):
                anchor = cookie(f"{settings.cookie_prefix}anon", fresh, settings)
                headers.add("set-cookie", anchor.to_header(header=""))
        await send(message)

    return answer


def put_security_headers(hsts: bool) -> Callable[[Message, Scope], Awaitable[None]]:
    """A hook on every answer of the application, errors and unknown addresses included."""
    alone, framed = security_headers(hsts), security_headers(hsts, framed=True)

    async def before_send(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start":
            headers = MutableScopeHeaders.from_message(message)
            handler = scope.get("route_handler")
            for name, value in (framed if handler is not None and handler.opt.get("framed") else alone).items():
                headers.setdefault(name, value)

    return before_send


def cookie(key: str, value: str, settings: DoorSettings) -> Cookie:
    return Cookie(key=key, value=value, path="/", secure=settings.secure_cookies, httponly=True, samesite="lax")


def security_headers(hsts: bool, *, framed: bool = False) -> dict[str, str]:
    """What every answer carries. `framed`: a page of ours may show it in a frame (routes with opt framed: previews)."""
    ancestors = "'self'" if framed else "'none'"
    headers = {
        "content-security-policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
            " connect-src 'self'; form-action 'self'; frame-src 'self'; manifest-src 'self';"
            f" object-src 'none'; base-uri 'none'; frame-ancestors {ancestors}"
        ),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-store",
    }
    if hsts:
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


def csrf_token(secret: bytes, anchor: str) -> str:
    return hmac.new(secret, f"csrf:{anchor}".encode(), sha256).hexdigest()


def visitor_of(connection: Connection) -> Visitor:
    visitor: Visitor = connection.scope["visitor"]  # type: ignore[typeddict-item]
    return visitor


async def guard_permission(connection: Connection, handler: BaseRouteHandler) -> None:
    """Every route says who may use it; app.py refuses to start with one that does not."""
    permission = handler.opt.get("permission")
    if permission == PUBLIC:
        return
    actor = visitor_of(connection).actor
    if permission == OPERATOR:
        await _admit_operator(connection, actor)
        return
    if actor.kind == "nobody":
        raise SignInNeeded()
    if permission == MEMBER and actor.kind == "member":
        return
    if permission != SIGNED_IN and not actor.may(str(permission)):
        role = _("Your role does not allow this page.")
        reason = role if actor.kind != "token" else _("The scopes of this token do not allow this.")
        raise Forbidden(reason, action=f"open {permission}")


async def _admit_operator(connection: Connection, actor: Actor) -> None:
    """With a second factor always, and for a deed with a sign-in that is fresh."""
    if not await support.is_operator(connection.app.state.database, actor.person_id):
        raise Missing()
    if not actor.has_second_factor:
        raise SecondFactorNeeded()
    if connection.scope["method"] not in SAFE and not actor.is_fresh(clock.now()):  # type: ignore[typeddict-item]
        raise FreshSignInNeeded()


async def guard_own_page(connection: Connection, handler: BaseRouteHandler) -> None:
    """An unsafe request must come from one of our own pages: by the browser's word and by our token."""
    if not isinstance(connection, Request) or connection.method in SAFE:
        return
    if visitor_of(connection).actor.kind == "token":  # no browser sends a token by itself, as it does cookies
        return
    site = connection.headers.get("sec-fetch-site", "same-origin")
    given = connection.headers.get("x-csrf", "")
    if not given:
        form = await connection.form()
        given = str(form.get(CSRF_FIELD, ""))
    expected: str = connection.scope["csrf"]  # type: ignore[typeddict-item]
    if site not in ("same-origin", "none") or not hmac.compare_digest(given, expected):
        raise Forbidden(_("This form was opened too long ago or elsewhere. Go back, reload the page and try again."))
