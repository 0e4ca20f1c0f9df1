"""How a refusal reaches the person, as a page with the reason and what to do, and the audit of the attempt."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.types import Scope
from sqlalchemy.exc import IntegrityError

from saas.kernel import clock, tenancy
from saas.kernel.audit import record
from saas.kernel.db import Database
from saas.kernel.errors import (
    Forbidden,
    FreshSignInNeeded,
    Missing,
    Refusal,
    SecondFactorNeeded,
    SignInNeeded,
    Suspended,
)
from saas.kernel.i18n import Text, _
from saas.kernel.logs import address_of, reference_of
from saas.kernel.pages import address_in, environment, frame
from saas.kernel.problems import framework_refused_as_problem, problem, refused_as_problem, speaks
from saas.kernel.web import NO_VISITOR, visitor_of

Req = Request[Any, Any, Any]
log = structlog.get_logger()
FOREIGN_KEY = "23503"  # the SQLSTATE of a reference to a row that is not there


def refused(request: Req, refusal: Refusal) -> Response[Any]:
    if speaks(request.url.path):
        return refused_as_problem(request, refusal)
    if isinstance(refusal, Suspended) and visitor_of(request).actor.kind == "member":
        return _instead(request, address_in(request)("/suspended"))
    page = _first(refusal)
    if page is None:
        return _error_page(request, refusal.status, refusal.reason)
    if request.headers.get("hx-request") == "true":  # only the whole page can go there
        return Response(None, status_code=200, headers={"hx-redirect": f"{page}?next={quote(_before(request))}"})
    if request.method == "POST" and isinstance(refusal, FreshSignInNeeded):
        # 307: the browser sends the form along, and the confirmation sends it on, so that nothing typed is lost.
        address = f"{page}?next={quote(_before(request))}&again={quote(request.url.path)}"
        return Redirect(address, status_code=307)
    return Redirect(f"{page}?next={quote(_before(request))}", status_code=303)


def _instead(request: Req, address: str) -> Response[Any]:
    if request.headers.get("hx-request") == "true":  # only the whole page can go there
        return Response(None, status_code=200, headers={"hx-redirect": address})
    return Redirect(address, status_code=303)


def _first(refusal: Refusal) -> str | None:
    """What the person has to do before they may come again."""
    pages = {
        SignInNeeded: "/sign-in",
        FreshSignInNeeded: "/confirm-it-is-you",
        SecondFactorNeeded: "/account/second-factor",
    }
    return pages.get(type(refusal))


def _before(request: Req) -> str:
    return _local(request.url.path if request.method == "GET" else request.headers.get("referer", "/"))


async def remember(error: Exception, scope: Scope) -> None:
    """Told of every error before its page is made: a denied attempt is written down."""
    if isinstance(error, Forbidden) and "visitor" in scope:
        await note_attempt(Request(scope), error)


async def note_attempt(request: Req, refusal: Refusal) -> None:
    """The denied attempt, in a transaction of its own: the one that was refused is rolled back."""
    visitor = visitor_of(request)
    if visitor.firm is None or "action" not in refusal.attempt:
        return
    database: Database = request.app.state.database
    async with database.transaction(tenancy.firm(visitor.firm.id, visitor.actor.person_id)) as session:
        entry = record(
            session,
            visitor.actor,
            str(refusal.attempt["action"]),
            clock.now(),
            outcome="refused",
            reason=refusal.reason.store(),
        )
        entry.subject_id = refusal.attempt.get("subject_id")


def framework_refused(request: Req, error: HTTPException) -> Response[Any]:
    """Litestar's own errors: unknown addresses, wrong methods, bodies too large."""
    if speaks(request.url.path) and error.status_code < 500:
        return framework_refused_as_problem(request, error)
    if error.status_code in (404, 405):
        return _error_page(request, error.status_code, Missing().reason)
    if error.status_code == 413:
        return _error_page(request, 413, _("This file is too large. The limit is %(n)s MB.", n=64))
    if error.status_code < 500:
        return _error_page(request, error.status_code, _("The request could not be understood. Nothing was changed."))
    return failed(request, error)


def failed(request: Req, error: Exception) -> Response[Any]:
    """A bug stays a bug: logged with a reference the person can quote; nothing was changed.

    A form that names nobody's record, or another firm's, ends at the database's composite key if no check came before:
    for whoever sent it that record does not exist.
    """
    if isinstance(error, IntegrityError) and getattr(error.orig, "sqlstate", "") == FOREIGN_KEY:
        address = address_of(request.scope)
        log.warning("a form named a record that is not there", method=request.method, path=address)
        return refused(request, Missing())
    reference = reference_of(request.scope)
    log.error("request failed", method=request.method, path=address_of(request.scope), exc_info=error)
    return _error_page(request, 500, _("Something went wrong on our side. Nothing was changed."), reference)


def _error_page(request: Req, status: int, reason: Text, reference: str = "") -> Response[Any]:
    if speaks(request.url.path):
        return problem(request, status, reason, reference=reference)
    env = environment()
    template = f"errors/{status}.html" if f"errors/{status}.html" in env.list_templates() else "errors/403.html"
    request.scope.setdefault("visitor", NO_VISITOR)  # type: ignore[typeddict-item]
    request.scope.setdefault("csrf", "")  # type: ignore[typeddict-item]
    html = env.get_template(template).render(
        {**frame(request), "status": status, "reason": reason, "reference": reference}
    )
    return Response(html, media_type="text/html", status_code=status)


def _local(address: str) -> str:
    """Only a path of ours: never send somebody to another site after signing in."""
    path = "/" + address.split("://", 1)[-1].partition("/")[2] if "://" in address else address
    return path if path.startswith("/") and not path.startswith("//") else "/"


HANDLERS: dict[Any, Any] = {Refusal: refused, HTTPException: framework_refused, Exception: failed}
