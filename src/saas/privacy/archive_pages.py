"""For a former owner without an account: asking for a link to the sealed archive, and fetching it, sealed or opened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity import attempts
from saas.identity.forms import Forgotten
from saas.kernel import clock
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.link_entrance import NO_REFERRER, Signed
from saas.kernel.pages import Db, Req, page
from saas.kernel.passwords import verify
from saas.kernel.sending import streamed
from saas.kernel.web import PUBLIC
from saas.privacy import archives
from saas.privacy.erasure import ARCHIVES
from saas.privacy.models import Departure
from saas.privacy.sealing import NotOpened, opened

OPEN = {"permission": PUBLIC}
ONE = "/archives/{token:str}"


class WithKey(Struct):
    key: Annotated[str, Meta(min_length=20, max_length=200)]
    signed_name: Annotated[str, Meta(min_length=2, max_length=60)]


@get("/archives", opt=OPEN)
async def ask_page(request: Req) -> Response[str]:
    return await page(request, "privacy/archives.html", form=Submitted(), sent="")


@post("/archives", opt=OPEN, status_code=200)
async def ask(request: Req, session: Db) -> Response[str]:
    """The same answer for every address, and slowly where it is asked for often."""
    form, now = await submitted(request, Forgotten), clock.now()
    if not form.ok:
        return await page(request, "privacy/archives.html", form=form, sent="", status=422)
    email = form.taken.email.strip().lower()
    counted = [f"archive:{email}", f"archive address:{attempts.address(request)}"]
    if await attempts.must_wait(session, counted, now):
        await verify("", "", slow=True)
    await attempts.failed(session, counted, now)
    await archives.ask(session, email, now)
    return await page(request, "privacy/archives.html", form=form, sent=email)


@get(ONE, opt=OPEN)
async def archive_page(request: Req, session: Db, token: FromPath[str]) -> Response[str]:
    """Shows what there is; nothing is recorded, since scanners of mail open links too."""
    return await _show(request, session, token)


@post(f"{ONE}/sealed", opt=OPEN, status_code=200)
async def fetch(request: Req, session: Db, token: FromPath[str]) -> Response[Any]:
    """The archive as it lies in the store, for whoever wants to open it elsewhere."""
    now, form = clock.now(), await submitted(request, Signed)
    departure, _row = await archives.behind(session, token, now)
    if not form.ok:
        return await _show(request, session, token, sealed=form, status=422)
    stored = await store_of(active()).stream(ARCHIVES, departure.archive_sha256)
    archives.note(session, departure, "fetched", now, form.taken.signed_name)
    return streamed(stored.pieces, f"{departure.slug}.qzarchive", size=stored.size)


@post(f"{ONE}/opened", opt=OPEN, status_code=200)
async def fetch_opened(request: Req, session: Db, token: FromPath[str]) -> Response[Any]:
    """The ZIP inside. The key is used here and kept nowhere."""
    now, form = clock.now(), await submitted(request, WithKey)
    departure, _row = await archives.behind(session, token, now)
    if not form.ok:
        return await _show(request, session, token, form=form, status=422)
    stored = await store_of(active()).stream(ARCHIVES, departure.archive_sha256)
    inside = opened(stored.pieces, form.taken.key)
    try:
        first = await anext(inside)
    except NotOpened:
        archives.note(session, departure, "refused", now, form.taken.signed_name)
        form.refuse("key", _("This key does not open this archive. It has 13 groups of letters and digits."))
        return await _show(request, session, token, form=form, status=422)
    archives.note(session, departure, "opened", now, form.taken.signed_name)
    return streamed(_after(first, inside), f"{departure.slug}.zip", "application/zip")


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _show(
    request: Req, session: AsyncSession, token: str, *, form: Submitted[Any] | None = None,
    sealed: Submitted[Any] | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    departure, row = await archives.behind(session, token, clock.now())
    done = [
        {"label": archives.DEEDS.get(deed.deed, Text(deed.deed)), "at": deed.at, "by": deed.by_name}
        for deed in await archives.deeds(session, departure)
    ]
    answer = await page(
        request,
        "privacy/archive.html",
        departure=departure,
        megabytes=_megabytes(departure),
        link_ends=row.expires_at,
        address=f"/archives/{token}",
        done=done,
        form=form or Submitted(),
        sealed=sealed or Submitted(),
        status=status,
    )
    answer.headers.update(NO_REFERRER)
    return answer


def _megabytes(departure: Departure) -> str:
    return f"{max(departure.archive_size / 1024**2, 0.1):.1f}"


ROUTES = [ask_page, ask, archive_page, fetch, fetch_opened]
