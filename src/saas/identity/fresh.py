"""“Confirm that it is you”: a sign-in step in the middle of work, after which the work goes on where it was.

A refused POST arrives here with its form (307); the page carries the fields along, and a second 307 repeats the POST.
"""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity import attempts, factor, sessions
from saas.identity.pages import inside
from saas.identity.queries import person as person_of
from saas.kernel import clock
from saas.kernel.forms import CSRF_FIELD
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.passwords import verify
from saas.kernel.web import SIGNED_IN

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
    if not await _proved(request, session, str(sent[PROOF])):
        reason = _("That is not your password, nor the code your telephone shows now.")
        return await _page(request, next, again, kept, files=files, error=reason, status=422)
    await sessions.freshen(session, request, clock.now())
    return Redirect(inside(again), status_code=307) if again else to(inside(next))


async def _proved(request: Req, session: AsyncSession, proof: str) -> bool:
    """The password, or for those who have a second factor its code; wrong ones slow the next."""
    person_id, now = actor_of(request).person_id, clock.now()
    if person_id is None:
        return False
    person = await person_of(session, person_id, lock=True)
    counted = [f"confirm:{person.id}"]
    slow = await attempts.must_wait(session, counted, now)
    as_code = person.has_second_factor and proof.strip().isdigit() and len(proof.strip()) == CODE_LENGTH
    right = await verify(proof, person.password_hash if not as_code else "", slow=slow)
    right = factor.accepts(person, proof, now) if as_code else right
    if not right:
        await attempts.failed(session, counted, now)
    return right


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
