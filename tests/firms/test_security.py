"""The firm's security page: rules that count at once, for everybody, and lock nobody out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import select, update

from saas.firms import security
from saas.firms.models import Invitation
from saas.firms.security import HOURS, IDLE, Security
from saas.firms.standing import second_factor_required
from saas.identity.models import LONGEST, Length, Person, Session
from saas.identity.tokens import fingerprint
from saas.kernel import clock, tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.errors import Invalid
from saas.kernel.identifiers import uuid7
from tests.cast import Browser, Cast, browser, make_kind

People = Callable[[str], Awaitable[Browser]]
ANY = {"roles": ["reviewer"], "domains": "", "idle_minutes": "720", "session_hours": "336"}


def test_domains_are_read_as_people_type_them() -> None:
    typed = " @Hengxi.example.com，example.org;hengxi.example.com\n\nmail.example.org、"
    assert security.domains_in(typed) == ("hengxi.example.com", "example.org", "mail.example.org")
    assert security.domains_in(" \n") == ()
    for nonsense in ("example", "a b@c", "x@example.com", "-a.com", "\n".join(f"d{n}.example.com" for n in range(31))):
        with pytest.raises(Invalid):
            security.domains_in(nonsense)


def test_an_address_is_judged_by_its_whole_domain() -> None:
    rules = Security((), ("example.com",), IDLE, HOURS)
    assert rules.refuses("a@EXAMPLE.com") is None
    for email in ("a@evil-example.com", "a@sub.example.com", "example.com@evil.org", "a@example.com.evil.org"):
        assert rules.refuses(email) is not None, email
    assert Security((), (), IDLE, HOURS).refuses("a@anywhere.org") is None


def test_the_strictest_firm_counts_and_none_asks_for_longer() -> None:
    length = LONGEST.shortened(30, None).shortened(120, 24).shortened(None, None)
    assert length == Length(timedelta(minutes=30), timedelta(hours=24))
    assert LONGEST.shortened(9999, 9999) == LONGEST


def _at(cast: Cast, path: str = "") -> str:
    return f"/f/{cast.firm.slug}/settings/security{path}"


async def _save(cast: Cast, who: Browser, **rules: str | list[str]) -> None:
    answer = await who.post(_at(cast), {**ANY, **rules})
    assert answer.headers["location"].endswith("done=saved"), answer.headers["location"]


async def _deeds(cast: Cast, action: str) -> list[AuditEntry]:
    async with cast.transaction() as session:
        query = select(AuditEntry).where(AuditEntry.action == action, AuditEntry.outcome == "done")
        return list((await session.scalars(query)).all())


async def test_who_sees_and_who_changes(cast: Cast, as_person: People) -> None:
    paula, mara = await as_person("paula"), await as_person("mara")
    for name, status in {"paula": 200, "mara": 200, "ada": 200, "ben": 403, "otto": 404, "nobody": 303}.items():
        assert (await (await as_person(name)).get(_at(cast))).status_code == status, name
    for name, status in {"mara": 403, "ada": 403, "otto": 404, "nobody": 303}.items():
        assert (await (await as_person(name)).post(_at(cast), ANY)).status_code == status, name
    for wrong in ({"roles": "king"}, {"idle_minutes": "1"}, {"session_hours": "9999"}, {"domains": "no domain"}):
        assert (await paula.post(_at(cast), {**ANY, **wrong})).status_code == 422, wrong
    foreign = await paula.post(_at(cast), {**ANY, "domains": "elsewhere.example.org"})
    assert foreign.status_code == 422, "the owner's own address stays allowed"
    assert "elsewhere.example.org" in foreign.text, "what was typed is kept"
    assert await _deeds(cast, "firms.secure") == []
    for _twice in range(2):
        await _save(cast, paula, domains="example.com", idle_minutes="15")
    [entry] = await _deeds(cast, "firms.secure")
    assert entry.detail["changed"]["idle_minutes"] == [IDLE, 15]
    assert entry.detail["changed"]["email_domains"] == [[], ["example.com"]]
    assert "example.com" in (await mara.get(_at(cast))).text
    assert "example.com" in (await mara.get(f"/f/{cast.firm.slug}/settings/audit?area=firms")).text


async def test_a_change_needs_a_fresh_sign_in_and_the_factor_that_is_in_force(
    cast: Cast, as_person: People, settings: Settings, database: Database
) -> None:
    paula = await as_person("paula")
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(Session).values(fresh_at=clock.now() - timedelta(minutes=16)))
    assert "/confirm-it-is-you" in (await paula.post(_at(cast), ANY)).headers["location"]
    await make_kind(settings, cast.firm, "live")
    fresh = await as_person("paula")
    led = await fresh.post(_at(cast), {**ANY, "roles": []})
    assert led.headers["location"].startswith("/account/second-factor"), "not even the owner switches it off without"
    assert await _deeds(cast, "firms.secure") == []
    async with database.transaction(tenancy.PLATFORM) as session:
        person = await session.get_one(Person, cast.persons["paula"].id)
        person.totp_secret, person.totp_confirmed_at = b"sealed", clock.now()
    await _save(cast, fresh, roles=["bookkeeper"])
    async with cast.transaction() as session:
        assert await second_factor_required(session, cast.ben)
        assert not await second_factor_required(session, cast.quinn)


async def test_sessions_are_as_short_as_the_strictest_firm_wants(
    cast: Cast, as_person: People, app: Litestar, client: AsyncTestClient[Litestar], database: Database
) -> None:
    ben, otto, now = await as_person("ben"), await as_person("otto"), clock.now()
    work = f"/f/{cast.firm.slug}/work"
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(Session).values(seen_at=now - timedelta(minutes=40)))
    assert (await ben.get(work)).status_code == 200
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(Session).values(seen_at=now - timedelta(minutes=40)))
    paula = await as_person("paula")
    await _save(cast, paula, idle_minutes="30")
    assert (await ben.get(work)).headers["location"].startswith("/sign-in")
    assert (await otto.get("/account")).status_code == 200, "another firm's people stay"
    await _save(cast, paula)
    assert (await ben.get(work)).status_code == 303, "what is over stays over"
    again = await browser(app, client, cast, "ben")
    async with database.transaction(tenancy.PLATFORM) as session:
        old = update(Session).where(Session.person_id == cast.persons["ben"].id, Session.ended_at.is_(None))
        await session.execute(old.values(created_at=now - timedelta(hours=9)))
    assert (await again.get("/account")).status_code == 200
    await _save(cast, paula, session_hours="8")
    assert (await again.get("/account")).status_code == 303, "pages without a firm too"


async def test_nobody_joins_with_an_address_elsewhere(cast: Cast, as_person: People, database: Database) -> None:
    paula, secret, now = await as_person("paula"), "s" * 22, clock.now()
    people, someone = f"/f/{cast.firm.slug}/settings/people", {"name": "许一", "roles": "bookkeeper"}
    async with cast.transaction() as session:
        session.add(
            Invitation(
                id=uuid7(), email="early@mail.example.org", name="早", roles=["bookkeeper"], invited_by=cast.paula.id,
                secret_hash=fingerprint(secret), created_at=now, expires_at=now + timedelta(days=1),
            )
        )  # fmt: skip
    join = f"/join/{cast.firm.code}.{secret}"
    nobody, ben = await as_person("nobody"), await as_person("ben")
    assert (await nobody.get(join)).status_code == 200
    await _save(cast, paula, domains="example.com")
    assert (await nobody.get(join)).status_code == 410
    assert (await nobody.post(join, {"name": "早", "password": "一只安静的小黑猫看雨"})).status_code == 410
    refused = await paula.post(f"{people}/invite", {**someone, "email": "x@mail.example.org"})
    assert refused.status_code == 422
    assert "example.com" in refused.text
    assert (await paula.post(f"{people}/invite", {**someone, "email": "x@example.com"})).status_code == 303
    assert (await ben.post("/account/email", {"email": "ben@mail.example.org"})).status_code == 422
    assert (await ben.post("/account/email", {"email": "ben.neu@example.com"})).status_code == 303


async def test_a_lost_laptop_is_signed_out_by_a_manager(cast: Cast, as_person: People) -> None:
    ben, mara, paula = await as_person("ben"), await as_person("mara"), await as_person("paula")

    def end(name: str) -> str:
        return _at(cast, f"/people/{cast.actors[name].id}/sign-out")

    for name, status in {"lin": 403, "otto": 404, "nobody": 303}.items():
        assert (await (await as_person(name)).post(end("ben"))).status_code == status, name
    assert (await mara.post(end("paula"))).status_code == 403, "nobody but the owner touches the owner"
    assert (await mara.post(end("otto"))).status_code == 404
    assert [(await mara.post(end("ben"))).status_code for _twice in range(2)] == [303, 303]
    assert (await ben.get("/account")).status_code == 303
    assert (await paula.get("/account")).status_code == 200
    assert len(await _deeds(cast, "people.sign_out")) == 1
