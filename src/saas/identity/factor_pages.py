"""Setting up, renewing and removing one's second factor, and the way back for those who lost it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity import attempts, factor, sessions, tokens
from saas.identity.account import me
from saas.identity.forms import Factor, Proof
from saas.identity.models import Confirmation, Person
from saas.identity.pages import inside
from saas.identity.queries import person as person_of
from saas.kernel import clock
from saas.kernel.errors import FreshSignInNeeded, Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.outbox import enqueue_for_nobody
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.passwords import verify
from saas.kernel.web import PUBLIC, SIGNED_IN, visitor_of

PAGE = "/account/second-factor"


@get(PAGE, opt={"permission": SIGNED_IN})
async def second_factor_settings(request: Req, session: Db, next: FromQuery[str] = "/account") -> Response[str]:
    return await _page(request, await me(request, session), Submitted({"next": next}))


@post(f"{PAGE}/begin", opt={"permission": SIGNED_IN})
async def begin(request: Req, session: Db) -> Response[Any]:
    """A new secret; it counts for nothing until the telephone has proved that it has it."""
    _fresh(request)
    person, form = await me(request, session, lock=True), await request.form()
    back = inside(str(form.get("next", "/account")))
    if not person.has_second_factor:
        factor.begin(person)
    return to(f"{PAGE}?next={quote(back)}")


@post(f"{PAGE}/confirm", opt={"permission": SIGNED_IN}, status_code=200)
async def confirm(request: Req, session: Db) -> Response[Any]:
    """The first code proves that the telephone has the secret; then the recovery codes are shown, once."""
    person, form, now = await me(request, session, lock=True), await submitted(request, Factor), clock.now()
    if person.has_second_factor:
        return to(PAGE)
    codes = factor.confirm(person, form.taken.code, now) if form.ok else None
    if codes is None:
        form.errors.setdefault("code", _("This is not the code the telephone shows now. Is its clock right?"))
        return await _page(request, person, form, status=422)
    await _warn(session, person, "factor_on")
    await sessions.end_all(session, person.id, now, but=visitor_of(request).session_key)
    await sessions.freshen(session, request, now)
    return await _page(request, person, form, codes=codes)


@post(f"{PAGE}/codes", opt={"permission": SIGNED_IN}, status_code=200)
async def renew_codes(request: Req, session: Db) -> Response[Any]:
    _fresh(request)
    person = await me(request, session, lock=True)
    if not person.has_second_factor:
        return to(PAGE)
    return await _page(request, person, Submitted({"next": "/account"}), codes=factor.renew_codes(person))


@post(f"{PAGE}/off", opt={"permission": SIGNED_IN})
async def remove(request: Req, session: Db) -> Response[Any]:
    """Where a firm asks for it, the person will be led to set up another before the next approval."""
    _fresh(request)
    person = await me(request, session, lock=True)
    if person.has_second_factor:
        factor.remove(person)
        await _warn(session, person, "factor_off")
    return to("/account?done=factor_off")


@get("/second-factor/reset/{token:str}", opt={"permission": PUBLIC})
async def reset_page(request: Req, session: Db, token: FromPath[str]) -> Response[str]:
    await _owner(session, await tokens.follow(session, "factor", token, clock.now()))
    return await page(request, "identity/factor_reset.html", form=Submitted())


@post("/second-factor/reset/{token:str}", opt={"permission": PUBLIC})
async def reset(request: Req, session: Db, token: FromPath[str]) -> Response[Any]:
    """A manager vouched, the mailbox was opened, and now the password: then the lost factor is removed."""
    now = clock.now()
    row = await tokens.follow(session, "factor", token, now)
    person, form = await _owner(session, row), await submitted(request, Proof)
    counted = [f"account:{person.email}", f"address:{attempts.address(request)}"]
    slow = await attempts.must_wait(session, counted, now)
    if not form.ok or not await verify(form.taken.password, person.password_hash, slow=slow):
        await attempts.failed(session, counted, now)
        form.errors.setdefault("password", _("That is not your password."))
        return await page(request, "identity/factor_reset.html", form=form, status=422)
    row.used_at = now
    factor.remove(person)
    await _warn(session, person, "factor_off")
    await sessions.end_all(session, person.id, now)
    return to("/sign-in?done=factor")


async def _owner(session: AsyncSession, row: Confirmation) -> Person:
    if row.person_id is None:
        raise Missing()
    return await person_of(session, row.person_id, lock=True)


async def _warn(session: AsyncSession, person: Person, what: str) -> None:
    await enqueue_for_nobody(session, "identity.mail_warning", person_id=person.id, what=what)


def _fresh(request: Req) -> None:
    if not actor_of(request).is_fresh(clock.now()):
        raise FreshSignInNeeded()


async def _page(
    request: Req, person: Person, form: Submitted[Any], *, codes: list[str] | None = None, status: int = 200
) -> Response[str]:
    begun = person.totp_secret is not None and not person.has_second_factor
    qr, secret = factor.picture(person) if begun else ("", "")
    return await page(
        request,
        "identity/second_factor_settings.html",
        person=person,
        form=form,
        next=inside(str(form.raw.get("next", "/account"))),
        begun=begun,
        qr=qr,
        secret=secret,
        codes=codes or [],
        codes_left=len(person.recovery_hashes),
        status=status,
    )


ROUTES = [second_factor_settings, begin, confirm, renew_codes, remove, reset_page, reset]
