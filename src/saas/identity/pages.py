"""Signing in and out, and choosing the firm to work in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import FromQuery
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.forms import SignIn
from saas.identity.models import Person, Session, SignInAttempt
from saas.identity.queries import firms_of, person_by_email, recent_failures
from saas.identity.visitors import open_session
from saas.kernel import clock
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, page, to
from saas.kernel.passwords import verify
from saas.kernel.web import PUBLIC, SIGNED_IN, cookie, visitor_of

SLOW_AFTER = 10  # failures an hour, per account and per address


@get("/", opt={"permission": PUBLIC})
async def home(request: Req, session: Db) -> Response[Any]:
    """Straight to work: the person's first firm, or the sign-in page."""
    visitor = visitor_of(request)
    if visitor.actor.kind == "nobody":
        return to("/sign-in")
    firms = await firms_of(session, visitor.scope.person_id) if visitor.scope.person_id else []
    return to(f"/f/{firms[0][1].slug}/work") if firms else to("/firms")


@get("/sign-in", opt={"permission": PUBLIC})
async def sign_in_page(request: Req, next: FromQuery[str] = "") -> Response[str]:
    return await page(request, "identity/sign_in.html", form=Submitted({"next": next}))


@post("/sign-in", opt={"permission": PUBLIC})
async def sign_in(request: Req, session: Db, state: State) -> Response[Any]:
    form = await submitted(request, SignIn)
    if not form.ok:
        return await page(request, "identity/sign_in.html", form=form, status=422)
    now = clock.now()
    person = await _recognised(session, form.taken, request, now)
    if person is None:
        form.refuse("password", _("E-mail address or password is wrong, or the address is not confirmed yet."))
        return await page(request, "identity/sign_in.html", form=form, status=422)
    token = open_session(
        session,
        person,
        now,
        address=_address(request),
        browser=request.headers.get("user-agent", ""),
        needs_second_factor=person.has_second_factor,
    )
    answer = to("/second-factor" if person.has_second_factor else _inside(form.taken.next))
    answer.set_cookie(cookie(state.door.session_cookie, token, state.door))
    return answer


@post("/sign-out", opt={"permission": SIGNED_IN})
async def sign_out(request: Req, session: Db, state: State) -> Response[Any]:
    key = visitor_of(request).session_key
    await session.execute(update(Session).where(Session.token_hash == key).values(ended_at=clock.now()))
    answer = to("/sign-in")
    answer.delete_cookie(state.door.session_cookie)
    return answer


async def _recognised(session: AsyncSession, form: SignIn, request: Req, now: datetime) -> Person | None:
    """The person, if the password is right; the same work and the same answer whether the address exists or not."""
    email = form.email.strip().lower()
    keys = [f"account:{email}", f"address:{_address(request)}"]
    failures = max([await recent_failures(session, key, now) for key in keys])
    person = await person_by_email(session, email)
    known = await verify(form.password, person.password_hash if person else "", slow=failures >= SLOW_AFTER)
    if person is not None and person.confirmed_at is not None and known:
        return person
    session.add_all(SignInAttempt(key=key, at=now) for key in keys)
    return None


def _address(request: Req) -> str:
    return request.client.host if request.client else ""


def _inside(next_page: str) -> str:
    """Only a page of ours may follow."""
    return next_page if next_page.startswith("/") and not next_page.startswith(("//", "/\\")) else "/"


ROUTES = [home, sign_in_page, sign_in, sign_out]
