"""Looking around in a copy of the demo firm: asked for, made, entered, found again, and nothing left at its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import func, select, text, update

from saas.demo import tours
from saas.firms.copying import remains_of
from saas.firms.creation import create_firm
from saas.identity.models import Membership, Person
from saas.identity.sessions import open_session
from saas.kernel import clock, tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.copying import firm_tables
from saas.kernel.db import Database
from saas.kernel.directory import TOUR, Firm
from saas.kernel.identifiers import firm_code, uuid7
from saas.kernel.jobs import run_job
from saas.kernel.outbox import NO_FIRM, Outbox, enqueue
from saas.kernel.web import csrf_token
from tests.cases import story
from tests.cast import Browser, Cast, browser

OFFER = "/look-around"


@dataclass
class Guest:
    """Nora, who has just founded a firm of her own; the firm of the cast is the demo firm of this installation."""

    cast: Cast
    firm: Firm
    person: Person
    browser: Browser

    @property
    def root(self) -> str:
        return f"/f/{self.firm.slug}"

    async def jobs(self, name: str, firm_id: UUID | None = None) -> list[UUID]:
        """Promised and not finished."""
        async with self.cast.database.transaction(tenancy.firm(firm_id or self.firm.id)) as session:
            query = select(Outbox.id).where(Outbox.job == name, Outbox.finished_at.is_(None))
            return list(await session.scalars(query))

    async def made(self) -> Firm:
        """Asked for and copied."""
        await self.browser.post(f"{self.root}{OFFER}")
        for job in await self.jobs(tours.COPY):
            assert await run_job(self.cast.database, self.firm.id, job)
        async with self.cast.database.transaction(tenancy.PLATFORM) as session:
            return await session.get_one(Firm, tours.tour_id(self.person.id))

    async def swept(self) -> None:
        """Every job that ends copies, and what it promises again."""
        for _round in range(3):
            for job in await self.jobs(tours.END, NO_FIRM):
                assert await run_job(self.cast.database, NO_FIRM, job)


@pytest.fixture
async def guest(app: Litestar, client: AsyncTestClient[Litestar], cast: Cast, mailbox_folder: Path) -> Guest:
    now, tag = clock.now(), uuid7().hex[-10:]
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        await session.execute(
            update(Firm).where(Firm.id.not_in([cast.firm.id, cast.other_firm.id])).values(closed_at=now)
        )
        person = Person(email=f"nora-{tag}@example.com", name="诺拉", confirmed_at=now, created_at=now)
        session.add(person)
        await session.flush()
        firm, _owner = await create_firm(session, name="新开的代账机构", owner=person, now=now)
        token = open_session(session, person, now, address="test", browser="test", needs_second_factor=False)
    signed = Browser(client, token, csrf_token(app.state.door.secret, sha256(token.encode()).hexdigest()))
    return Guest(cast, firm, person, signed)


async def test_from_the_offer_into_the_copy_and_out_again(guest: Guest, app: Litestar) -> None:
    cast, nora = guest.cast, guest.browser
    await story.opened(cast)
    for path in ("/start", "/work"):
        assert f'action="{guest.root}{OFFER}"' in (await nora.get(f"{guest.root}{path}")).text
    before = await digests(cast.database, cast.firm.id)

    first, second = await nora.post(f"{guest.root}{OFFER}"), await nora.post(f"{guest.root}{OFFER}")
    assert {first.headers["location"], second.headers["location"]} == {f"{guest.root}{OFFER}"}
    assert len(await guest.jobs(tours.COPY)) == 1
    waiting = await nora.get(f"{guest.root}{OFFER}")
    assert f'hx-get="{guest.root}{OFFER}/progress"' in waiting.text
    assert "hx-refresh" not in (await nora.get(f"{guest.root}{OFFER}/progress")).headers
    copy = await guest.made()
    assert (await nora.get(f"{guest.root}{OFFER}/progress")).headers["hx-refresh"] == "true"
    led = await nora.get(f"{guest.root}{OFFER}")
    assert (led.status_code, led.headers["location"]) == (303, f"/f/{copy.slug}/work")

    assert await digests(cast.database, cast.firm.id) == before  # the demo firm was only read
    await _only_nora_enters(guest, copy, app)
    await _everything_opens_and_says_what_it_is(guest, copy)
    await _nothing_of_her_firm_is_inside(guest, copy)
    assert (await guest.made()).slug == copy.slug  # asked again: the same one
    assert await guest.jobs(tours.COPY) == []

    home = await nora.get(f"/f/{copy.slug}{OFFER}/home")
    assert home.headers["location"] == f"{guest.root}/start"
    ended = await nora.post(f"/f/{copy.slug}{OFFER}/end")
    assert ended.headers["location"] == f"{guest.root}/start"
    assert (await nora.get(f"/f/{copy.slug}/work")).status_code == 404
    await guest.made()  # not while the old one is being erased
    assert len(await guest.jobs(tours.COPY)) == 1
    await guest.swept()
    await _nothing_is_left(guest, copy)
    assert await digests(cast.database, cast.firm.id) == before
    again = await guest.made()
    assert again.id == copy.id
    assert again.slug != copy.slug


async def _only_nora_enters(guest: Guest, copy: Firm, app: Litestar) -> None:
    for name in ("paula", "mara", "otto"):
        other = await browser(app, guest.browser.client, guest.cast, name)
        assert (await other.get(f"/f/{copy.slug}/work")).status_code == 404
        assert copy.slug not in (await other.get("/firms")).text
    async with guest.cast.database.transaction(tenancy.firm(copy.id)) as session:
        members = (await session.scalars(select(Membership).where(Membership.firm_id == copy.id))).all()
        accounts = (await session.scalars(select(Person).where(Person.id.in_([m.person_id for m in members])))).all()
    assert {m.name for m in members if m.left_at is None} == {a.name for a in guest.cast.actors.values()} - {"奥托"} | {
        "诺拉"
    }
    assert [m.roles for m in members if m.name == "诺拉"] == [["manager"]]
    assert [a.name for a in accounts if a.confirmed_at is not None or a.password_hash] == ["诺拉"]


async def _everything_opens_and_says_what_it_is(guest: Guest, copy: Firm) -> None:
    for path in ("/work", "/cases", "/clients", "/teams", "/settings/people", "/settings/security", "/start"):
        shown = await guest.browser.get(f"/f/{copy.slug}{path}")
        assert (shown.status_code, path) == (200, path)
        assert f'action="/f/{copy.slug}{OFFER}/end"' in shown.text
        assert f'action="/f/{copy.slug}{OFFER}"' not in shown.text  # no copy of a copy
    assert (await guest.browser.post(f"/f/{copy.slug}{OFFER}")).status_code == 404
    assert copy.name in (await guest.browser.get("/firms")).text


async def _nothing_of_her_firm_is_inside(guest: Guest, copy: Firm) -> None:
    """No id of a row of hers stands in any row of the copy; each trail says what happened."""
    database, own = guest.cast.database, set[str]()
    async with database.transaction(tenancy.firm(guest.firm.id)) as session:
        for table in firm_tables():
            ids = text(f"SELECT id::text FROM {table.name} WHERE firm_id = :firm")
            own |= set((await session.scalars(ids, {"firm": guest.firm.id})).all())
        trail = (await session.scalars(select(AuditEntry.action))).all()
    assert trail.count("demo.look_around") == 1
    async with database.transaction(tenancy.firm(copy.id)) as session:
        for table in firm_tables():
            rows = text(f"SELECT t::text FROM {table.name} t WHERE firm_id = :firm")
            there = "\n".join((await session.scalars(rows, {"firm": copy.id})).all())
            assert [row_id for row_id in own if row_id in there] == [], table.name
        assert {"firms.copied", "people.join"} <= set(await session.scalars(select(AuditEntry.action)))


async def _nothing_is_left(guest: Guest, copy: Firm) -> None:
    async with guest.cast.database.transaction(tenancy.PLATFORM) as session:
        assert not any((await remains_of(session, copy.id)).values())
        assert await session.get(Firm, copy.id) is None
        accounts = select(func.count()).where(Person.email.contains(copy.id.hex))
        assert await session.scalar(accounts) == 0
    assert await guest.jobs(tours.END, NO_FIRM) == []


async def test_its_days_end_and_all_places_may_be_taken(guest: Guest) -> None:
    now = clock.now()
    async with guest.cast.database.transaction(tenancy.PLATFORM) as session:
        for day in range(tours.MOST):
            at = now - timedelta(days=1 if day else 6)
            slug, code = f"{TOUR}{firm_code()}", firm_code()
            session.add(Firm(slug=slug, code=code, name="别人的副本", kind="sandbox", created_at=at))
    full = await guest.browser.post(f"{guest.root}{OFFER}")
    assert full.status_code == 409
    assert str(tours.MOST) in full.text
    assert await guest.jobs(tours.COPY) == []
    for days, left in ((0, tours.MOST), (1, tours.MOST - 1), (6, 0)):
        with clock.at(now + timedelta(days=days, hours=1)):
            async with guest.cast.database.transaction(tenancy.firm(NO_FIRM)) as session:
                enqueue(session, tours.END)
            await guest.swept()
        async with guest.cast.database.transaction(tenancy.PLATFORM) as session:
            assert await session.scalar(select(func.count()).where(Firm.slug.startswith(TOUR))) == left


async def test_who_is_offered_it(guest: Guest, app: Litestar) -> None:
    """Whoever may change the firm's settings, in a real firm, while a whole demo firm is loaded."""
    cast, nora = guest.cast, guest.browser
    ben = await browser(app, nora.client, cast, "ben")
    async with cast.database.transaction(tenancy.firm(guest.firm.id)) as session:
        person = cast.persons["ben"]
        session.add(
            Membership(
                person_id=person.id, name="陆予安", email=person.email, roles=["bookkeeper"], joined_at=clock.now()
            )
        )
    assert OFFER not in (await ben.get(f"{guest.root}/start")).text
    assert (await ben.post(f"{guest.root}{OFFER}")).status_code == 403
    otto = await browser(app, nora.client, cast, "otto")
    assert (await otto.post(f"{guest.root}{OFFER}")).status_code == 404
    nobody = await browser(app, nora.client, cast, "nobody")
    assert (await nobody.get(f"{guest.root}{OFFER}")).headers["location"].startswith("/sign-in")
    for path in (f"{guest.root}{OFFER}/end", f"{guest.root}{OFFER}/home"):
        answer = await (nora.post(path) if path.endswith("end") else nora.get(path))
        assert answer.status_code == 404  # a real firm is not ended so
    await set_loading(cast.database, loading=True)
    assert OFFER not in (await nora.get(f"{guest.root}/start")).text
    assert (await nora.post(f"{guest.root}{OFFER}")).status_code == 404
    await set_loading(cast.database, loading=False)
    assert OFFER in (await nora.get(f"{guest.root}/start")).text


async def set_loading(database: Database, *, loading: bool) -> None:
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(Firm).where(Firm.kind == "demo").values(replaying=loading))


async def digests(database: Database, firm_id: UUID) -> dict[str, str]:
    """What stands in every table of a firm."""
    found = {}
    async with database.transaction(tenancy.firm(firm_id)) as session:
        for table in firm_tables():
            query = text(f"SELECT t::text FROM {table.name} t WHERE firm_id = :firm ORDER BY 1")
            rows = (await session.scalars(query, {"firm": firm_id})).all()
            found[table.name] = sha256("\n".join(rows).encode()).hexdigest()
    return found
