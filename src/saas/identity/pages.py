"""Signing in and out."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromQuery
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity import attempts, factor, sessions
from saas.identity.forms import Factor, SignIn
from saas.identity.models import Person, Session
from saas.identity.queries import person_by_email
from saas.kernel import clock
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.outbox import enqueue_for_nobody
from saas.kernel.pages import Db, Req, page, to
from saas.kernel.passwords import hash_password, needs_rehash, verify
from saas.kernel.web import PUBLIC, SIGNED_IN, visitor_of

OUR_PAGE = re.compile(r"/(?!/)[^\x00-\x20\x7f\\]*")
MOST_WRONG_CODES = 5  # then the password is asked again


@get("/sign-in", opt={"permission": PUBLIC})
async def sign_in_page(request: Req, next: FromQuery[str] = "", done: FromQuery[str] = "") -> Response[str]:
    return await page(request, "identity/sign_in.html", form=Submitted({"next": next}), done=done)


@post("/sign-in", opt={"permission": PUBLIC})
async def sign_in(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, SignIn)
    if not form.ok:
        return await page(request, "identity/sign_in.html", form=form, done="", status=422)
    now = clock.now()
    person = await recognised(session, request, form.taken.email, form.taken.password, now)
    if person is None:
        form.refuse("password", _("E-mail address or password is wrong, or the address is not confirmed yet."))
        return await page(request, "identity/sign_in.html", form=form, done="", status=422)
    ask = person.has_second_factor
    answer = to(f"/second-factor?next={quote(inside(form.taken.next))}" if ask else inside(form.taken.next))
    await sessions.sign_in(session, request, person, answer, now, pending=ask)
    return answer


@get("/second-factor", opt={"permission": PUBLIC})
async def second_factor_page(request: Req, session: Db, next: FromQuery[str] = "") -> Response[Any]:
    if await sessions.pending(session, request, clock.now()) is None:
        return to("/sign-in")
    return await page(request, "identity/second_factor.html", form=Submitted({"next": next}))


@post("/second-factor", opt={"permission": PUBLIC})
async def second_factor(request: Req, session: Db) -> Response[Any]:
    """The session so far proves a password and opens nothing; the right code gets a new one."""
    now = clock.now()
    found = await sessions.pending(session, request, now)
    if found is None:
        return to("/sign-in")
    waiting, person = found
    form = await submitted(request, Factor)
    if form.ok and await _code_is_right(session, person, form.taken.code, now):
        answer = to(inside(form.taken.next))
        await sessions.sign_in(session, request, person, answer, now)
        return answer
    waiting.wrong_codes += 1
    if waiting.wrong_codes >= MOST_WRONG_CODES:
        waiting.ended_at = now
        return to("/sign-in?done=codes")
    form.errors.setdefault("code", _("This code is wrong, was used already, or is too old. Wait for the next one."))
    return await page(request, "identity/second_factor.html", form=form, status=422)


@post("/sign-out", opt={"permission": SIGNED_IN})
async def sign_out(request: Req, session: Db) -> Response[Any]:
    key = visitor_of(request).session_key
    await session.execute(update(Session).where(Session.token_hash == key).values(ended_at=clock.now()))
    answer = to("/sign-in")
    answer.delete_cookie(request.app.state.door.session_cookie)
    return answer


async def recognised(session: AsyncSession, request: Req, email: str, password: str, now: datetime) -> Person | None:
    """The person, if the password is right; the same work and the same answer whether the address exists or not."""
    counted = attempts.keys(request, email.strip().lower())
    slow = await attempts.must_wait(session, counted, now)
    person = await person_by_email(session, email)
    known = await verify(password, person.password_hash if person else "", slow=slow)
    if person is None or person.confirmed_at is None or not known:
        await attempts.failed(session, counted, now)
        return None
    if needs_rehash(person.password_hash):
        person.password_hash = await hash_password(password)
    return person


async def _code_is_right(session: AsyncSession, person: Person, code: str, now: datetime) -> bool:
    """The telephone's code or a recovery code; wrong ones slow the next."""
    counted = [f"factor:{person.id}"]
    if await attempts.must_wait(session, counted, now):
        await verify(code, "", slow=True)
    if factor.accepts(person, code, now):
        return True
    if factor.recovers(person, code):
        await enqueue_for_nobody(session, "identity.mail_warning", person_id=person.id, what="recovery_code")
        return True
    await attempts.failed(session, counted, now)
    return False


def inside(next_page: str) -> str:
    """Only a page of ours may follow; browsers drop control characters and take a backslash for a slash."""
    return next_page if OUR_PAGE.fullmatch(next_page) else "/"


ROUTES = [sign_in_page, sign_in, second_factor_page, second_factor, sign_out]
