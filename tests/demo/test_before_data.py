"""Looking round the demo firm in the minutes before its story has begun: nothing breaks, and every page says why."""

from __future__ import annotations

from hashlib import sha256

import pytest
from arq.connections import ArqRedis
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import select, update

from saas.app import routes
from saas.demo.opening import found_firm
from saas.demo.progress import forget, teller
from saas.demo.tenant import Tenant
from saas.demo.tenant import load as read_tenant
from saas.identity.models import Person
from saas.identity.sessions import open_session
from saas.kernel import clock, tenancy
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.web import csrf_token
from tests.cast import Browser

FIRM = "/f/{slug:str}"


@pytest.fixture
async def owner(app: Litestar, client: AsyncTestClient[Litestar], database: Database) -> tuple[Browser, Firm]:
    """The owner of a demo firm that was just founded, signed in."""
    whole, now = read_tenant(), clock.now()
    tenant = Tenant(whole.firm, whole.staff, [])
    async with database.transaction(tenancy.PLATFORM) as session:
        firm = await session.scalar(select(Firm).where(Firm.slug == tenant.firm.slug))
        firm = firm or await found_firm(session, tenant, "no password is this hash", now)
        person = (await session.scalars(select(Person).where(Person.email == tenant.staff[0].email))).one()
        token = open_session(session, person, now, address="test", browser="test", needs_second_factor=False)
    csrf = csrf_token(app.state.door.secret, sha256(token.encode()).hexdigest())
    return Browser(client, token, csrf), firm


async def test_every_page_of_the_empty_firm_opens(app: Litestar, owner: tuple[Browser, Firm]) -> None:
    browser, firm = owner
    plain = [path for method, path, _handler in routes(app) if method == "GET" and path.startswith(FIRM)]
    pages = [path.replace(FIRM, f"/f/{firm.slug}") for path in plain if "{" not in path.removeprefix(FIRM)]
    for about_a_record in ("/risks/hits", "/teams/help/new", "/look-around", "/look-around/home"):
        pages.remove(f"/f/{firm.slug}{about_a_record}")
    assert len(pages) > 30
    answers = {path: await browser.get(path) for path in pages}
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code not in (200, 303)} == {}
    whole = [path for path, answer in answers.items() if 'id="page"' in answer.text]
    assert len(whole) > 20
    assert [path for path in whole if "/demo/progress?inside=true" not in answers[path].text] == []


async def test_the_bar_says_how_far_the_load_is(redis: ArqRedis, owner: tuple[Browser, Firm]) -> None:
    browser, _firm = owner
    await teller(redis)(160, 640)
    for address in ("/demo/progress", "/demo/progress?inside=true"):
        shown = await browser.get(address)
        assert shown.status_code == 200
        assert "25" in shown.text
        assert "640" in shown.text


async def test_a_load_that_was_broken_off_is_told_inside_the_firm_only(
    redis: ArqRedis, database: Database, owner: tuple[Browser, Firm]
) -> None:
    browser, firm = owner
    await forget(redis)
    inside = await browser.get("/demo/progress?inside=true")
    assert (inside.status_code, "bin/run" in inside.text) == (200, True)
    assert (await browser.get("/demo/progress")).status_code == 286  # htmx stops asking, and shows nothing
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(Firm).where(Firm.id == firm.id).values(replaying=False))
    ended = await browser.get("/demo/progress?inside=true")
    assert (ended.status_code, ended.text) == (286, "")
