"""Signing in: one answer for every address, a new id each time, limits that slow, a factor nobody passes."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256

import pyotp
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from saas.identity import attempts, factor
from saas.identity.models import Person, Session, SignInAttempt
from saas.kernel import clock, tenancy
from saas.kernel.db import Database
from saas.kernel.passwords import hash_password
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
PASSWORD = "一只安静的小黑猫看雨"
ANON = {"__Host-anon": "nobody"}
WRONG = "E-mail address or password is wrong"


@pytest.fixture
async def ben(cast: Cast, database: Database) -> Person:
    """Ben with a password."""
    async with database.transaction(tenancy.PLATFORM) as session:
        person = await session.get_one(Person, cast.persons["ben"].id)
        person.password_hash = await hash_password(PASSWORD)
        person.locale = "en"
    return person


async def with_factor(database: Database, person: Person) -> tuple[str, list[str]]:
    """Give somebody a second factor; its secret and the recovery codes."""
    async with database.transaction(tenancy.PLATFORM) as session:
        row = await session.get_one(Person, person.id)
        factor.begin(row)
        secret = factor.picture(row)[1].replace(" ", "")
        row.totp_confirmed_at = clock.now()
        return secret, factor.renew_codes(row)


async def sign_in(nobody: Browser, email: str, password: str = PASSWORD) -> str:
    """The cookie's value after a successful step, "" otherwise."""
    nobody.cookies = {**ANON, "locale": "en"}
    answer = await nobody.post("/sign-in", {"email": email, "password": password})
    if answer.status_code != 303:
        assert WRONG in answer.text
        return ""
    return answer.cookies["__Host-session"]


async def test_each_sign_in_gets_a_new_id_and_the_old_one_ends(
    ben: Person, cast: Cast, as_person: People, database: Database
) -> None:
    nobody = await as_person("nobody")
    first = await sign_in(nobody, ben.email)
    nobody.cookies = {**ANON, "__Host-session": first}
    work = f"/f/{cast.firm.slug}/work"
    assert (await nobody.get(work)).status_code == 200
    nobody.csrf = (await _csrf(nobody)) or nobody.csrf
    answer = await nobody.post("/sign-in", {"email": ben.email, "password": PASSWORD})
    second = answer.cookies["__Host-session"]
    assert second != first
    nobody.cookies = {**ANON, "__Host-session": first}
    assert (await nobody.get(work)).status_code == 303, "the session before this sign-in is over"
    nobody.cookies = {**ANON, "__Host-session": second}
    assert (await nobody.get(work)).status_code == 200


async def test_an_id_chosen_by_the_client_is_never_taken(ben: Person, cast: Cast, as_person: People) -> None:
    nobody = await as_person("nobody")
    chosen = "x" * 43
    nobody.cookies = {**ANON, "__Host-session": chosen}
    answer = await nobody.post("/sign-in", {"email": ben.email, "password": PASSWORD})
    assert answer.status_code == 303
    assert answer.cookies["__Host-session"] != chosen
    nobody.cookies = {**ANON, "__Host-session": chosen}
    assert (await nobody.get(f"/f/{cast.firm.slug}/work")).status_code == 303


async def test_the_answer_is_the_same_for_every_address(ben: Person, as_person: People) -> None:
    nobody = await as_person("nobody")
    pages = []
    for email in (ben.email, "stranger@example.com"):
        answer = await nobody.post("/sign-in", {"email": email, "password": "not the right one"})
        pages.append(answer.text.replace(email, "…"))
        assert answer.status_code == 422
    assert pages[0] == pages[1]


async def test_the_time_is_the_same_for_every_address(ben: Person, as_person: People, database: Database) -> None:
    """Of the processor's: what else the machine does weighs on neither. Medians within a quarter."""
    nobody = await as_person("nobody")
    taken: dict[str, list[float]] = {ben.email: [], "stranger@example.com": []}
    for _round in range(12):
        async with database.transaction(tenancy.PLATFORM) as session:
            await session.execute(text("DELETE FROM sign_in_attempts"))
        for email, times in taken.items():
            start = time.process_time()
            await nobody.post("/sign-in", {"email": email, "password": "not the right one"})
            times.append(time.process_time() - start)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert abs(known - unknown) < 0.25 * max(known, unknown), (known, unknown)


async def test_many_failures_slow_the_next_and_lock_nobody_out(
    ben: Person, as_person: People, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    sleep = asyncio.sleep

    async def count(seconds: float) -> None:
        waited.append(seconds)
        await sleep(0)

    monkeypatch.setattr("saas.kernel.passwords.asyncio.sleep", count)
    nobody = await as_person("nobody")
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(text("DELETE FROM sign_in_attempts"))
        session.add_all(SignInAttempt(key=f"account:{ben.email}", at=clock.now()) for _n in range(attempts.SLOW_AFTER))
    assert await sign_in(nobody, ben.email), "the right password still opens"
    assert waited == [2.0]
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(SignInAttempt).values(at=clock.now() - timedelta(hours=2)))
    assert await sign_in(nobody, ben.email)
    assert waited == [2.0], "after an hour it is forgotten"


async def test_the_password_alone_opens_nothing(ben: Person, cast: Cast, as_person: People, database: Database) -> None:
    secret, _codes = await with_factor(database, ben)
    nobody = await as_person("nobody")
    pending = await sign_in(nobody, ben.email)
    nobody.cookies = {**ANON, "__Host-session": pending}
    for path in (f"/f/{cast.firm.slug}/work", "/account", "/firms", "/confirm-it-is-you"):
        answer = await nobody.get(path)
        assert answer.headers["location"].startswith("/sign-in"), path
    assert (await nobody.get("/second-factor")).status_code == 200
    now = clock.now()
    answer = await nobody.post("/second-factor", {"code": pyotp.TOTP(secret).at(now), "next": "/account"})
    assert answer.headers["location"] == "/account"
    opened = answer.cookies["__Host-session"]
    assert opened != pending
    nobody.cookies = {**ANON, "__Host-session": opened}
    assert (await nobody.get("/account")).status_code == 200
    nobody.cookies = {**ANON, "__Host-session": pending}
    assert (await nobody.get("/account")).status_code == 303


async def test_a_code_is_taken_once(ben: Person, as_person: People, database: Database) -> None:
    secret, _codes = await with_factor(database, ben)
    code = pyotp.TOTP(secret).at(clock.now())
    statuses = []
    for _time in range(2):
        nobody = await as_person("nobody")
        nobody.cookies = {**ANON, "__Host-session": await sign_in(nobody, ben.email)}
        statuses.append((await nobody.post("/second-factor", {"code": code})).status_code)
    assert statuses == [303, 422]


async def test_a_recovery_code_is_taken_once(ben: Person, as_person: People, database: Database) -> None:
    _secret, codes = await with_factor(database, ben)
    statuses = []
    for code in (codes[0], codes[0].upper(), codes[1]):
        nobody = await as_person("nobody")
        nobody.cookies = {**ANON, "__Host-session": await sign_in(nobody, ben.email)}
        statuses.append((await nobody.post("/second-factor", {"code": code})).status_code)
    assert statuses == [303, 422, 303]


async def test_five_wrong_codes_ask_for_the_password_again(ben: Person, as_person: People, database: Database) -> None:
    await with_factor(database, ben)
    nobody = await as_person("nobody")
    nobody.cookies = {**ANON, "__Host-session": await sign_in(nobody, ben.email)}
    answers = [await nobody.post("/second-factor", {"code": "000000"}) for _n in range(6)]
    assert [a.status_code for a in answers[:4]] == [422] * 4
    assert answers[4].headers["location"] == "/sign-in?done=codes"
    assert answers[5].headers["location"] == "/sign-in"


async def test_sign_in_leads_only_to_our_own_pages(ben: Person, as_person: People) -> None:
    nobody = await as_person("nobody")
    for wanted, reached in (
        ("//evil.example", "/"),
        ("/\\evil", "/"),
        ("/ok\\evil", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example", "/"),
        ("/help", "/help"),
    ):
        answer = await nobody.post("/sign-in", {"email": ben.email, "password": PASSWORD, "next": wanted})
        assert answer.headers["location"] == reached


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE sessions SET needs_second_factor = false",
        "UPDATE sessions SET ended_at = NULL",
        "UPDATE people SET totp_last_step = totp_last_step - 1 WHERE totp_last_step IS NOT NULL",
    ],
)
async def test_the_database_refuses_it_too(ben: Person, as_person: People, database: Database, sql: str) -> None:
    secret, _codes = await with_factor(database, ben)
    nobody = await as_person("nobody")
    pending = await sign_in(nobody, ben.email)
    nobody.cookies = {**ANON, "__Host-session": pending}
    await nobody.post("/second-factor", {"code": pyotp.TOTP(secret).at(clock.now())})
    with pytest.raises(IntegrityError, match=r"second factor|stays ended"):
        async with database.transaction(tenancy.PLATFORM) as session:
            await session.execute(text(sql))
    async with database.transaction(tenancy.PLATFORM) as session:
        row = await session.scalar(select(Session).where(Session.token_hash == sha256(pending.encode()).hexdigest()))
        assert row is not None
        assert row.ended_at is not None


async def _csrf(browser: Browser) -> str:
    """The token of the page that is open."""
    text = (await browser.get("/account")).text
    return text.partition('name="csrf" value="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("seen", "created", "status"),
    [
        (timedelta(hours=11), timedelta(days=13), 200),
        (timedelta(hours=13), timedelta(hours=13), 303),
        (timedelta(minutes=1), timedelta(days=15), 303),
    ],
    ids=["in use", "idle", "too old"],
)
async def test_sessions_end_by_themselves(
    ben: Person, as_person: People, database: Database, seen: timedelta, created: timedelta, status: int
) -> None:
    here, now = await as_person("ben"), clock.now()
    async with database.transaction(tenancy.PLATFORM) as session:
        mine = update(Session).where(Session.person_id == ben.id)
        await session.execute(mine.values(seen_at=now - seen, created_at=now - created))
    assert (await here.get("/account")).status_code == status


async def test_the_cookie_stays_in_the_browser(ben: Person, as_person: People, database: Database) -> None:
    nobody = await as_person("nobody")
    answer = await nobody.post("/sign-in", {"email": ben.email, "password": PASSWORD})
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("__Host-session="))
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    value = cookie.partition("=")[2].partition(";")[0]
    async with database.transaction(tenancy.PLATFORM) as session:
        hashes = (await session.scalars(select(Session.token_hash).where(Session.person_id == ben.id))).all()
    assert value not in hashes, "only its hash is kept"
