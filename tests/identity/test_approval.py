"""Approving asks who it is: a fresh sign-in, and in a real firm a second factor; nothing typed is lost on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar, Response
from litestar.testing import AsyncTestClient
from msgspec import Struct
from sqlalchemy import select, update

import saas.app
from saas.clients.models import Client
from saas.identity.models import Person, Session
from saas.kernel import clock, module, tenancy
from saas.kernel.actions import action_routes
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.i18n import Text
from saas.kernel.module import Module
from saas.kernel.passwords import hash_password
from saas.kernel.perform import start
from saas.kernel.workflow import Action, Deed, State, Workflow, states
from saas.ledgers.models import Import
from tests.cast import Browser, Cast, browser, make_kind

PASSWORD = "一只安静的小黑猫看雨"


class Remark(Struct):
    remark: str


def _note(row: Import, deed: Deed) -> None:
    row.layout = deed.form.remark


async def _show(request: Any, session: Any, row_id: UUID, **context: Any) -> Response[str]:
    return Response(str(context.get("refusal") or ""), status_code=context.get("status", 200))


PROBE = Workflow(
    "probe",
    Text("Probe"),
    Import,
    "uploaded",
    (State("uploaded", Text("Open"), "reviewer"), State("approved", Text("Approved"), final=True)),
    (Action("approve", Text("Approve"), states("uploaded"), "approved", "ledgers.seal", _note, form=Remark,
            fresh_sign_in=True),),
    url=lambda row: f"/probes/{row.id}",
    title=lambda row: Text("Probe"),
    path="probes",
)  # fmt: skip


@pytest.fixture
def app(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Litestar]:
    """The product with one module more, whose only step asks for a fresh sign-in."""
    modules = [*saas.app.MODULES, Module("probe", workflows=[PROBE], routes=action_routes(PROBE, _show))]
    monkeypatch.setattr(saas.app, "MODULES", modules)
    module.compose(modules)
    yield saas.app.create_app(settings)
    module.compose(modules[:-1])


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[AsyncTestClient[Litestar]]:
    async with AsyncTestClient(app, base_url="https://testserver.local") as client:
        yield client


@pytest.fixture
async def quinn(app: Litestar, client: AsyncTestClient[Litestar], cast: Cast, database: Database) -> Browser:
    async with database.transaction(tenancy.PLATFORM) as session:
        (await session.get_one(Person, cast.persons["quinn"].id)).password_hash = await hash_password(PASSWORD)
    return await browser(app, client, cast, "quinn")


@pytest.fixture
async def address(cast: Cast, app: Litestar) -> str:
    """Where a record that waits for approval is approved."""
    async with cast.transaction() as session:
        kind = {"taxpayer_kind": "small", "standard": "small", "created_at": clock.now()}
        company = Client(number="K0001", name="茶业", sort_key="cha", pinyin="cha", **kind)
        session.add(company)
        await session.flush()
        row = Import(
            client_id=company.id,
            file_name="a.csv",
            file_sha256="0" * 64,
            file_size=1,
            uploaded_by=cast.ben.id,
            uploaded_at=clock.now(),
        )
        await start(session, PROBE, row, cast.ben)
    return f"/f/{cast.firm.slug}/probes/{row.id}/approve"


async def _stale(database: Database) -> None:
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(Session).values(fresh_at=clock.now() - timedelta(minutes=16)))


async def _remark(cast: Cast) -> tuple[str, str]:
    async with cast.transaction() as session:
        row = (await session.scalars(select(Import))).one()
        return row.state, row.layout


async def test_a_fresh_person_approves_at_once(cast: Cast, quinn: Browser, address: str) -> None:
    assert (await quinn.post(address, {"remark": "seen"})).status_code == 303
    assert await _remark(cast) == ("approved", "seen")


async def test_a_stale_one_proves_who_it_is_and_the_form_goes_on(
    cast: Cast, quinn: Browser, address: str, database: Database
) -> None:
    await _stale(database)
    typed = {"remark": "金额与回单一致"}
    first = await quinn.post(address, typed, referer="https://testserver.local/f/x/probes/1")
    assert first.status_code == 307
    assert await _remark(cast) == ("uploaded", "")
    confirm = first.headers["location"]
    assert "next=/f/x/probes/1" in confirm
    page = await quinn.post(confirm, typed)  # the browser repeats its POST at a 307
    assert 'value="金额与回单一致"' in page.text
    proved = await quinn.post(confirm, {**typed, "proof_of_identity": PASSWORD})
    assert (proved.status_code, proved.headers["location"]) == (307, address)
    assert (await quinn.post(address, {**typed, "proof_of_identity": PASSWORD})).status_code == 303
    assert await _remark(cast) == ("approved", "金额与回单一致")


async def test_a_region_of_a_page_sends_the_whole_page_there(quinn: Browser, address: str, database: Database) -> None:
    await _stale(database)
    answer = await quinn.post(address, {"remark": "seen"}, hx_request="true")
    assert answer.status_code == 200
    assert answer.headers["hx-redirect"].startswith("/confirm-it-is-you?next=")


async def test_a_real_firm_leads_its_approvers_to_a_second_factor(
    cast: Cast, quinn: Browser, address: str, database: Database, settings: Settings
) -> None:
    await make_kind(settings, cast.firm, "live")
    answer = await quinn.post(address, {"remark": "seen"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/account/second-factor?next=")
    assert await _remark(cast) == ("uploaded", "")
    async with database.transaction(tenancy.PLATFORM) as session:
        person = await session.get_one(Person, cast.persons["quinn"].id)
        person.totp_secret, person.totp_confirmed_at = b"sealed", clock.now()
    assert (await quinn.post(address, {"remark": "seen"})).status_code == 303
    assert await _remark(cast) == ("approved", "seen")


async def test_who_may_not_approve_is_not_asked_who_they_are(
    cast: Cast, app: Litestar, client: AsyncTestClient[Litestar], address: str, database: Database
) -> None:
    ben = await browser(app, client, cast, "ben")
    await _stale(database)
    assert (await ben.post(address, {"remark": "mine"})).status_code == 403
