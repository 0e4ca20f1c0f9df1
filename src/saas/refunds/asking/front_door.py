"""The firm's public page for refunds: whoever is on record gets a link by mail; strangers learn nothing."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct

from saas.identity import attempts
from saas.kernel import clock, tenancy
from saas.kernel.config import active
from saas.kernel.db import Database
from saas.kernel.directory import Firm, firm_by_slug
from saas.kernel.errors import Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.outbox import enqueue
from saas.kernel.pages import Req, page
from saas.kernel.web import PUBLIC
from saas.notices.frame import face_of

DOOR = "/p/{firm_slug:str}/refund"


class Asker(Struct):
    """Who says to be a client, and where we may have written to before."""

    company: Annotated[str, Meta(min_length=2, max_length=120)]
    email: Annotated[str, Meta(min_length=5, max_length=254, pattern="@")]


@get(DOOR, opt={"permission": PUBLIC})
async def door(request: Req, firm_slug: FromPath[str]) -> Response[str]:
    return await _page(request, firm_slug, Submitted())


@post(DOOR, opt={"permission": PUBLIC}, status_code=200)
async def ask(request: Req, firm_slug: FromPath[str]) -> Response[str]:
    """The answer is the same whether the company and the address are on record or not, and so is its time."""
    firm = await _firm(request, firm_slug)
    form = await submitted(request, Asker)
    if not form.ok:
        return await _page(request, firm_slug, form, status=422)
    database: Database = request.app.state.database
    key, now = f"refund:{firm.id}:{attempts.address(request)}", clock.now()
    async with database.transaction(tenancy.PLATFORM) as session:
        too_many = await attempts.must_wait(session, [key], now)
        if not too_many:
            await attempts.failed(session, [key], now)
    if too_many:
        form.refuse("", _("Too many requests came from here within an hour. Please try again later, or telephone us."))
        return await _page(request, firm_slug, form, status=429)
    async with database.transaction(tenancy.firm(firm.id)) as session:
        enqueue(session, "refunds.find_asker", company=form.taken.company, email=form.taken.email)
    return await _page(request, firm_slug, Submitted(), asked=True)


def address(firm: Firm) -> str:
    """What a firm puts on its web site."""
    return f"{active().public_url}/p/{firm.slug}/refund"


async def _page(
    request: Req, firm_slug: str, form: Submitted[Any], status: int = 200, asked: bool = False
) -> Response[str]:
    firm = await _firm(request, firm_slug)
    database: Database = request.app.state.database
    async with database.transaction(tenancy.link(firm.id)) as session:
        face = await face_of(session, firm)
    return await page(
        request, "refunds/public/door.html", status=status, firm=face, form=form, asked=asked,
        root=f"/p/{firm_slug}/refund",
    )  # fmt: skip


async def _firm(request: Req, firm_slug: str) -> Firm:
    database: Database = request.app.state.database
    async with database.transaction(tenancy.PLATFORM) as session:
        firm = await firm_by_slug(session, firm_slug)
    if firm is None:
        raise Missing()
    return firm


ROUTES = [door, ask]
