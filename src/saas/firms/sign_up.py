"""Signing up: the same answer and the same work for every address; the mailbox makes the firm real."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.creation import create_firm
from saas.firms.forms import SignUpForm
from saas.firms.models import SignUp
from saas.identity import attempts, sessions
from saas.identity.mails import Message, deliver
from saas.identity.models import Person
from saas.identity.queries import person_by_email
from saas.identity.tokens import fingerprint, secret_for
from saas.kernel import clock, identifiers
from saas.kernel.config import active
from saas.kernel.errors import Invalid, Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _, reader
from saas.kernel.identifiers import uuid7
from saas.kernel.links import Gone
from saas.kernel.outbox import enqueue_for_nobody
from saas.kernel.pages import Db, Req, page, to
from saas.kernel.passwords import hash_password, verify, weakness
from saas.kernel.web import PUBLIC

LIFE = timedelta(days=2)
KEPT = timedelta(days=7)  # a sign-up that came to nothing is forgotten
PURPOSE = "sign_up"


@get("/sign-up", opt={"permission": PUBLIC})
async def sign_up_page(request: Req) -> Response[str]:
    return await page(request, "firms/sign_up.html", form=Submitted(), sent="")


@post("/sign-up", opt={"permission": PUBLIC}, status_code=200)
async def sign_up(request: Req, session: Db) -> Response[str]:
    """Nothing is made yet, and nobody is told whether the address has an account: the mail says it."""
    form, now = await submitted(request, SignUpForm), clock.now()
    _check(form)
    if not form.ok:
        return await page(request, "firms/sign_up.html", form=form, sent="", status=422)
    asked = form.taken
    counted = [f"sign-up address:{attempts.address(request)}"]
    if await attempts.must_wait(session, counted, now):
        await verify("", "", slow=True)
    await attempts.failed(session, counted, now)
    row = SignUp(
        id=uuid7(),
        email=asked.email,
        firm_name=asked.firm_name,
        uscc=asked.uscc,
        person_name=asked.person_name,
        password_hash=await hash_password(asked.password),
        locale=reader(),
        created_at=now,
        expires_at=now + LIFE,
    )
    row.token_hash = fingerprint(secret_for(PURPOSE, row.id))
    session.add(row)
    await enqueue_for_nobody(session, "firms.mail_sign_up", sign_up_id=row.id)
    return await page(request, "firms/sign_up.html", form=form, sent=asked.email, mailbox=active().embedded_smtp)


@get("/sign-up/confirm/{token:str}", opt={"permission": PUBLIC})
async def confirm_page(request: Req, session: Db, token: FromPath[str]) -> Response[str]:
    """GET shows and POST makes the firm: mail scanners open links."""
    return await page(request, "firms/confirm.html", sign_up=await _waiting(session, token, clock.now()))


@post("/sign-up/confirm/{token:str}", opt={"permission": PUBLIC})
async def confirm(request: Req, session: Db, token: FromPath[str]) -> Response[Any]:
    now = clock.now()
    row = await _waiting(session, token, now)
    row.used_at = now
    if await person_by_email(session, row.email) is not None:
        return to("/sign-in?next=/firms")
    person = Person(
        id=uuid7(),
        email=row.email,
        name=row.person_name,
        locale=row.locale,
        password_hash=row.password_hash,
        confirmed_at=now,
        created_at=now,
    )
    session.add(person)
    firm, _owner = await create_firm(
        session, name=row.firm_name, owner=person, now=now, locale=row.locale, uscc=row.uscc
    )
    answer = to(f"/f/{firm.slug}/start")
    await sessions.sign_in(session, request, person, answer, now)
    return answer


async def mail_sign_up(session: AsyncSession, sign_up_id: str) -> None:
    """The link that makes the firm; whoever has an account already is told how to go on with it."""
    row = await session.get_one(SignUp, UUID(sign_up_id))
    await session.execute(delete(SignUp).where(SignUp.expires_at < row.created_at - KEPT))
    if await person_by_email(session, row.email) is None:
        message = Message(
            _("Confirm your e-mail address"),
            [_("You want to open %(firm)s on Qingzhang. Confirm your address and begin; the link works for two days.",
               firm=row.firm_name)],
            f"/sign-up/confirm/{secret_for(PURPOSE, row.id)}",
            _("Confirm and begin"),
        )  # fmt: skip
    else:
        message = Message(
            _("You have an account already"),
            [_("Somebody wanted to open %(firm)s with your address. If it was you: sign in and create the firm there.",
               firm=row.firm_name)],
            "/firms",
            _("Sign in"),
        )  # fmt: skip
    await deliver(message, row.email, row.person_name, row.locale)


def check_uscc(form: Submitted[Any], name: str = "uscc") -> None:
    """The code as it is registered, or the reason beside its field; empty is allowed."""
    if form.value is None or not getattr(form.value, name):
        return
    try:
        setattr(form.value, name, identifiers.uscc(getattr(form.value, name)))
    except Invalid as error:
        form.refuse(name, error.reason)


def check_email(form: Submitted[Any], name: str = "email") -> None:
    if form.value is None or not getattr(form.value, name):
        return
    try:
        setattr(form.value, name, identifiers.email(getattr(form.value, name)).lower())
    except Invalid as error:
        form.refuse(name, error.reason)


def _check(form: Submitted[SignUpForm]) -> None:
    check_uscc(form)
    check_email(form)
    if form.value is not None:
        asked = form.value
        reason = weakness(asked.password, personal=(asked.email, asked.person_name, asked.firm_name))
        if reason is not None:
            form.refuse("password", reason)


async def _waiting(session: AsyncSession, token: str, now: datetime) -> SignUp:
    query = select(SignUp).where(SignUp.token_hash == fingerprint(token)).with_for_update()
    row: SignUp | None = await session.scalar(query)
    if row is None:
        raise Missing()
    if row.used_at is not None:
        raise Gone(_("This link was used already. Sign in with your address and password."))
    if row.expires_at <= now:
        raise Gone(_("This link has expired. Please sign up once more."))
    return row


ROUTES = [sign_up_page, sign_up, confirm_page, confirm]
