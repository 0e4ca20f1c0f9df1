"""“Confirm that it is you”: a sign-in step in the middle of work, after which the work goes on where it was.

A refused POST arrives here with its form (307); the page carries the fields along, and a second 307 repeats the POST.
"""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromQuery
from litestar.response import Redirect
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity import attempts, factor, sessions
from saas.identity.account import me
from saas.identity.models import Person, Session
from saas.identity.pages import inside
from saas.kernel import clock
from saas.kernel.forms import CSRF_FIELD
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, page, to
from saas.kernel.passwords import verify
from saas.kernel.web import SIGNED_IN, visitor_of

PROOF = "proof_of_identity"  # a name no other form uses
CODE_LENGTH = 6


@get("/confirm-it-is-you", opt={"permission": SIGNED_IN})
async def confirm_page(request: Req, next: FromQuery[str] = "/") -> Response[str]:
    return await _page(request, next, "", [])


@post("/confirm-it-is-you", opt={"permission": SIGNED_IN}, status_code=200)
async def confirm(request: Req, session: Db, next: FromQuery[str] = "/", again: FromQuery[str] = "") -> Response[Any]:
    sent = await request.form()
    fields = [(name, value) for name in sent for value in sent.getall(name) if name not in (PROOF, CSRF_FIELD)]
    kept = [(name, value) for name, value in fields if not isinstance(value, UploadFile)]
    files = any(isinstance(value, UploadFile) and value.filename for _name, value in fields)
    if PROOF not in sent:
        return await _page(request, next, again, kept, files=files)
    person = await me(request, session, lock=True)
    if not await _proved(session, person, str(sent[PROOF])):
        if await attempts.must_wait(session, [f"confirm:{person.id}"], clock.now()):
            return await _end(request, session)
        reason = _("That is not your password, nor the code your telephone shows now.")
        return await _page(request, next, again, kept, files=files, error=reason, status=422)
    await sessions.freshen(session, request, clock.now())
    return Redirect(inside(again), status_code=307) if again else to(inside(next))


async def _proved(session: AsyncSession, person: Person, proof: str) -> bool:
    """The password, or for those who have a second factor its code."""
    now, counted = clock.now(), [f"confirm:{person.id}"]
    as_code = person.has_second_factor and proof.strip().isdigit() and len(proof.strip()) == CODE_LENGTH
    right = await verify(proof, "" if as_code else person.password_hash)
    right = factor.accepts(person, proof, now) if as_code else right
    if not right:
        await attempts.failed(session, counted, now)
    return right


async def _end(request: Req, session: AsyncSession) -> Response[Any]:
    """Whoever fails too often may be somebody else at an open browser: password and second factor once more."""
    key = visitor_of(request).session_key
    await session.execute(update(Session).where(Session.token_hash == key).values(ended_at=clock.now()))
    return to("/sign-in?done=codes")


async def _page(
    request: Req,
    next_page: str,
    again: str,
    kept: list[tuple[str, Any]],
    *,
    files: bool = False,
    error: Text | None = None,
    status: int = 200,
) -> Response[str]:
    return await page(
        request,
        "identity/confirm.html",
        next=inside(next_page),
        again=inside(again) if again else "",
        kept=kept,
        files=files,
        proof=PROOF,
        error=error,
        status=status,
    )


ROUTES = [confirm_page, confirm]
