"""A forgotten password: the same answer for every address; the mailbox decides. A second factor stays in force."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity import attempts, sessions, tokens
from saas.identity.forms import Forgotten, NewPassword
from saas.identity.models import Confirmation, Person
from saas.identity.queries import person as person_of
from saas.kernel import clock
from saas.kernel.errors import Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.outbox import enqueue_for_nobody
from saas.kernel.pages import Db, Req, page, to
from saas.kernel.passwords import hash_password, verify, weakness
from saas.kernel.web import PUBLIC

LIFE = timedelta(hours=2)


@get("/forgotten", opt={"permission": PUBLIC})
async def forgotten_page(request: Req) -> Response[str]:
    return await page(request, "identity/forgotten.html", form=Submitted(), sent="")


@post("/forgotten", opt={"permission": PUBLIC}, status_code=200)
async def forgotten(request: Req, session: Db) -> Response[str]:
    """Whether anybody has this address is found out in a job, after the answer."""
    form = await submitted(request, Forgotten)
    if not form.ok:
        return await page(request, "identity/forgotten.html", form=form, sent="", status=422)
    now, email = clock.now(), form.taken.email.strip().lower()
    counted = [f"reset:{email}", f"reset address:{attempts.address(request)}"]
    if await attempts.must_wait(session, counted, now):
        await verify("", "", slow=True)
    await attempts.failed(session, counted, now)
    row = tokens.issue(session, "reset", now, LIFE, email=email)
    await enqueue_for_nobody(session, "identity.mail_reset", confirmation_id=row.id)
    return await page(request, "identity/forgotten.html", form=form, sent=email)


@get("/reset/{token:str}", opt={"permission": PUBLIC})
async def reset_page(request: Req, session: Db, token: FromPath[str]) -> Response[str]:
    await _person(session, await tokens.follow(session, "reset", token, clock.now()))
    return await page(request, "identity/reset.html", form=Submitted())


@post("/reset/{token:str}", opt={"permission": PUBLIC})
async def reset(request: Req, session: Db, token: FromPath[str]) -> Response[Any]:
    now = clock.now()
    row = await tokens.follow(session, "reset", token, now)
    person = await _person(session, row)
    form = await submitted(request, NewPassword)
    reason = weakness(form.taken.password, personal=(person.email, person.name)) if form.ok else None
    if reason is not None:
        form.refuse("password", reason)
    if not form.ok:
        return await page(request, "identity/reset.html", form=form, status=422)
    row.used_at = now
    await set_password(session, person, form.taken.password)
    await sessions.end_all(session, person.id, now)
    return to("/sign-in?done=reset")


async def set_password(session: AsyncSession, person: Person, password: str) -> None:
    person.password_hash = await hash_password(password)
    await enqueue_for_nobody(session, "identity.mail_warning", person_id=person.id, what="password")


async def _person(session: AsyncSession, row: Confirmation) -> Person:
    if row.person_id is None:
        raise Missing()
    return await person_of(session, row.person_id)


ROUTES = [forgotten_page, forgotten, reset_page, reset]
