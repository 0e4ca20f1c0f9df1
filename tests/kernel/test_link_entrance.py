"""The entrance for people without an account, with a page of a purpose of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar import Litestar, Response
from litestar.testing import AsyncTestClient
from sqlalchemy.ext.asyncio import AsyncSession

from saas.app import create_app
from saas.kernel import clock, link_entrance, tenancy
from saas.kernel.audit import AuditEntry, record
from saas.kernel.config import Settings
from saas.kernel.errors import Conflict
from saas.kernel.i18n import _
from saas.kernel.link_entrance import Visit
from saas.kernel.links import Link, issue
from saas.kernel.pages import Req, page
from tests.cast import Cast
from tests.notices.conftest import Phone


async def show(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    return await page(request, "links/closed.html", reason=f"scope {tenancy.current().kind}", firm=visit.face)


async def do(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    record(session, visit.actor, "test.done", clock.now())
    await session.flush()
    if (await request.form()).get("refuse"):
        raise Conflict(_("This page does not exist, or you have no access to it."))
    return Response("done")


async def seen(session: AsyncSession, visit: Visit) -> None:
    record(session, visit.actor, "test.seen", clock.now())


@pytest.fixture(scope="module")
def routes() -> Any:
    name = f"test{uuid4().hex[:6]}"
    made = link_entrance.purpose(name, show, deeds={"deed": do}, seen=seen)
    yield name, made
    link_entrance._purposes.discard(name)


@pytest.fixture
async def phone(settings: Settings, routes: Any) -> AsyncIterator[Phone]:
    app: Litestar = create_app(settings)
    for route in routes[1]:
        app.register(route)
    async with AsyncTestClient(app, base_url="https://testserver.local") as client:
        yield Phone(client)


async def new_link(cast: Cast, purpose: str, **values: Any) -> tuple[Link, str]:
    async with cast.transaction() as session:
        link, token = issue(session, cast.firm.code, purpose, uuid4(), now=clock.now(), **values)
        await session.flush()
        return link, token


async def done(cast: Cast) -> list[AuditEntry]:
    from sqlalchemy import select  # beside its only use

    async with cast.transaction() as session:
        found = await session.scalars(select(AuditEntry).where(AuditEntry.action.like("test.%")))
        return list(found.all())


async def test_a_page_runs_in_the_links_firm(cast: Cast, phone: Phone, routes: Any) -> None:
    _link, token = await new_link(cast, routes[0])
    answer = await phone.open(token)
    assert answer.status_code == 200
    assert "scope link" in answer.text
    assert await done(cast) == []


async def test_a_deed_needs_our_own_page_and_is_the_links_holders(cast: Cast, phone: Phone, routes: Any) -> None:
    link, token = await new_link(cast, routes[0])
    await phone.open(token)
    address = f"/c/{routes[0]}/{link.id}/deed"
    assert (await phone.post(address, {}, csrf="0" * 64)).status_code == 403
    await _with_csrf(phone)
    assert (await phone.post(address, {})).status_code == 200
    (entry,) = await done(cast)
    assert (entry.actor_kind, entry.firm_id) == ("contact", cast.firm.id)


async def test_a_refused_deed_leaves_nothing_behind(cast: Cast, phone: Phone, routes: Any) -> None:
    link, token = await new_link(cast, routes[0])
    await phone.open(token)
    await _with_csrf(phone)
    answer = await phone.post(f"/c/{routes[0]}/{link.id}/deed", {"refuse": "1"})
    assert answer.status_code == 409
    assert await done(cast) == []


async def test_seen_is_told_once(cast: Cast, phone: Phone, routes: Any) -> None:
    link, token = await new_link(cast, routes[0])
    await phone.open(token)
    await _with_csrf(phone)
    for _time in range(2):
        assert (await phone.post(f"/c/{routes[0]}/{link.id}/seen", {})).status_code == 204
    assert [entry.action for entry in await done(cast)] == ["test.seen"]


async def test_an_unknown_purpose_leads_nowhere(cast: Cast, phone: Phone) -> None:
    _link, token = await new_link(cast, "nobodys")
    assert (await phone.get(f"/l/{token}")).status_code == 404


async def test_an_expired_link_is_gone_and_the_id_alone_unknown(cast: Cast, phone: Phone, routes: Any) -> None:
    link, token = await new_link(cast, routes[0], life=timedelta(seconds=-1))
    assert (await phone.get(f"/l/{token}")).status_code == 410
    assert (await phone.get(f"/c/{routes[0]}/{link.id}")).status_code == 404
    assert (await phone.get(f"/c/{routes[0]}/{UUID(int=1)}")).status_code == 404


async def _with_csrf(phone: Phone) -> None:
    """A page of ours with a form, for its token."""
    await phone.get("/v")
    await phone.get("/sign-in")
