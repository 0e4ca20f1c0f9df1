"""From an address to a firm: one answer for every address, one firm a link, the three first steps."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from saas.firms.creation import create_firm, free_slug
from saas.firms.models import FirmProfile, SignUp
from saas.identity.models import Membership, Person
from saas.kernel import clock, tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.db import Database
from saas.kernel.directory import Firm, firm_by_slug
from saas.kernel.module import Reaction, composition
from saas.kernel.outbox import NO_FIRM, Outbox
from tests.cast import Browser, Cast
from tests.identity.post import link_in, mails_to, run_promised

People = Callable[[str], Awaitable[Browser]]
FORM = {
    "firm_name": "清澜财务咨询（杭州）有限公司",
    "uscc": "91110000600037341L",
    "person_name": "许清澜",
    "email": "qinglan@example.cn",
    "password": "一只安静的小黑猫看雨",
}


@pytest.fixture(autouse=True)
async def _forgotten(database: Database) -> None:
    """Earlier tests of this module do not slow this one, nor use its address."""
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(text("DELETE FROM sign_in_attempts"))
        await session.execute(text("UPDATE people SET email = gen_random_uuid() || '@before.example'"))


async def _sign_up(nobody: Browser, database: Database, mailbox: Path, **changes: str) -> str:
    """Fill in the form; the link in the mail."""
    answer = await nobody.post("/sign-up", {**FORM, **changes})
    assert answer.status_code == 200, answer.text
    await run_promised(database)
    return link_in(mails_to(mailbox, changes.get("email", FORM["email"]))[0])


async def test_a_stranger_gets_a_firm(as_person: People, database: Database, mailbox_folder: Path) -> None:
    nobody = await as_person("nobody")
    link = await _sign_up(nobody, database, mailbox_folder)
    assert FORM["firm_name"] in (await nobody.get(link)).text
    async with database.transaction(tenancy.PLATFORM) as session:
        assert await session.scalar(select(func.count()).where(Firm.name == FORM["firm_name"])) == 0, (
            "GET makes nothing"
        )
    answer = await nobody.post(link)
    assert answer.headers["location"] == "/f/qing-lan-cai-wu-zi-xun-hang-zhou/start", answer.text
    nobody.cookies = {"__Host-session": answer.cookies["__Host-session"]}
    start = (await nobody.get(answer.headers["location"])).text
    assert start.count('id="step-') >= 1
    async with database.transaction(tenancy.PLATFORM) as session:
        firm = await firm_by_slug(session, "qing-lan-cai-wu-zi-xun-hang-zhou")
    assert firm is not None
    assert firm.kind == "live"
    async with database.transaction(tenancy.firm(firm.id)) as session:
        profile = (await session.scalars(select(FirmProfile))).one()
        owner = (await session.scalars(select(Membership))).one()
        assert (profile.id, profile.uscc, profile.name) == (firm.id, FORM["uscc"], FORM["firm_name"])
        assert (owner.name, owner.roles, owner.is_owner) == ("许清澜", ["owner"], True)
        assert [e.action for e in (await session.scalars(select(AuditEntry))).all()] == ["firms.create"]
    assert (await (await as_person("nobody")).post(link)).status_code == 410, "the link works once"
    otto = await as_person("otto")
    assert (await otto.get(f"/f/{firm.slug}/start")).status_code == 404


async def test_the_answer_is_the_same_for_every_address(
    cast: Cast, as_person: People, database: Database, mailbox_folder: Path
) -> None:
    nobody, known = await as_person("nobody"), "somebody@example.cn"
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(Person).where(Person.id == cast.persons["ben"].id).values(email=known))
    pages = []
    for email in (known, "stranger@example.cn"):
        answer = await nobody.post("/sign-up", {**FORM, "email": email})
        assert answer.status_code == 200
        pages.append(answer.text.replace(email, "…"))
    assert pages[0] == pages[1]
    async with database.transaction(tenancy.firm(NO_FIRM)) as session:
        promised = (await session.scalars(select(Outbox.job).where(Outbox.finished_at.is_(None)))).all()
    assert promised == ["firms.mail_sign_up"] * 2
    await run_promised(database)
    assert link_in(mails_to(mailbox_folder, known)[0]) == "/firms", "who has an account learns it by mail"
    assert link_in(mails_to(mailbox_folder, "stranger@example.cn")[0]).startswith("/sign-up/confirm/")


async def test_the_time_is_the_same_for_every_address(cast: Cast, as_person: People, database: Database) -> None:
    nobody, known = await as_person("nobody"), "somebody@example.cn"
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(Person).where(Person.id == cast.persons["ben"].id).values(email=known))
    taken: dict[str, list[float]] = {known: [], "stranger@example.cn": []}
    for _round in range(8):
        async with database.transaction(tenancy.PLATFORM) as session:
            await session.execute(text("DELETE FROM sign_in_attempts"))
        for email, times in taken.items():
            start = time.process_time()
            await nobody.post("/sign-up", {**FORM, "email": email})
            times.append(time.process_time() - start)
    first, second = (statistics.median(times) for times in taken.values())
    assert abs(first - second) < 0.25 * max(first, second), (first, second)


async def test_nothing_wrong_is_taken_and_the_input_stays(as_person: People, database: Database) -> None:
    nobody = await as_person("nobody")
    for field, value in (
        ("uscc", "91110000600037341M"),
        ("email", "not an address"),
        ("password", "short"),
        ("password", "qinglan@example.cn"),
        ("password", "Password123"),
        ("firm_name", ""),
    ):
        answer = await nobody.post("/sign-up", {**FORM, field: value})
        assert answer.status_code == 422, (field, value)
        assert 'value="许清澜"' in answer.text
        assert FORM["password"] not in answer.text, "a password is never shown again"
    async with database.transaction(tenancy.PLATFORM) as session:
        assert await session.scalar(select(func.count()).where(SignUp.email == "not an address")) == 0


async def test_an_old_link_is_refused_in_words(as_person: People, database: Database, mailbox_folder: Path) -> None:
    nobody = await as_person("nobody")
    link = await _sign_up(nobody, database, mailbox_folder)
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(SignUp).values(expires_at=clock.now() - timedelta(minutes=1)))
    assert (await nobody.get(link)).status_code == 410
    assert (await nobody.post(link)).status_code == 410
    assert (await nobody.get("/sign-up/confirm/nothing")).status_code == 404


async def test_two_sign_ups_of_one_address_give_one_account(
    as_person: People, database: Database, mailbox_folder: Path
) -> None:
    nobody = await as_person("nobody")
    first = await _sign_up(nobody, database, mailbox_folder)
    second = await _sign_up(nobody, database, mailbox_folder, firm_name="另一家财务公司")
    assert (await nobody.post(first)).headers["location"].startswith("/f/")
    assert (await nobody.post(second)).headers["location"] == "/sign-in?next=/firms"
    async with database.transaction(tenancy.PLATFORM) as session:
        assert await session.scalar(select(func.count()).where(Person.email == FORM["email"])) == 1


async def test_firms_of_one_name_get_addresses_of_their_own(database: Database, cast: Cast) -> None:
    slugs = []
    async with database.transaction(tenancy.PLATFORM) as session:
        person = await session.get_one(Person, cast.persons["ben"].id)
        for _n in range(3):
            firm, _owner = await create_firm(session, name="同名会计公司", owner=person, now=clock.now())
            slugs.append(firm.slug)
        assert slugs == ["tong-ming-kuai-ji", "tong-ming-kuai-ji-2", "tong-ming-kuai-ji-3"]
        assert await free_slug(session, "新") == "xin"


async def test_two_firms_of_one_name_in_the_same_moment(database: Database, cast: Cast) -> None:
    async def create(name: str) -> str:
        async with database.transaction(tenancy.PLATFORM) as session:
            person = await session.get_one(Person, cast.persons[name].id)
            firm, _owner = await create_firm(session, name="同时开业", owner=person, now=clock.now())
            await asyncio.sleep(0.05)  # both are open at once
            return firm.slug

    slugs = await asyncio.gather(create("ben"), create("lin"))
    assert sorted(slugs) == ["tong-shi-kai-ye", "tong-shi-kai-ye-2"]


async def test_later_modules_add_what_theirs_begins_with(database: Database, cast: Cast) -> None:
    told: list[UUID] = []

    async def begin(session: object, event: object) -> None:
        told.append(tenancy.current_firm_id())

    reactions = composition().reactions.setdefault("firm.created", [])
    reactions.append(Reaction("firm.created", begin))
    try:
        async with database.transaction(tenancy.PLATFORM) as session:
            person = await session.get_one(Person, cast.persons["ben"].id)
            firm, _owner = await create_firm(session, name="开业大吉", owner=person, now=clock.now(), kind="demo")
    finally:
        reactions.pop()
    assert told == [firm.id]


async def test_one_person_works_in_several_firms_at_once(cast: Cast, as_person: People, database: Database) -> None:
    """Two tabs in two firms: each address shows its own firm, whatever was opened last."""
    ben = await as_person("ben")
    answer = await ben.post("/firms", {"firm_name": "第二家会计公司"})
    own = answer.headers["location"].removesuffix("/start")
    first = f"/f/{cast.firm.slug}"
    for _round in range(2):
        assert cast.firm.name in (await ben.get(f"{first}/settings/people")).text
        page = (await ben.get(f"{own}/settings")).text
        assert "第二家会计公司" in page
        assert cast.firm.name not in page.partition("<main")[2]
    assert (await ben.get(f"{first}/settings/people/{cast.lin.id}")).status_code == 403, "no owner there"
    assert (await ben.get(f"{own}/settings/people/{cast.lin.id}")).status_code == 404, "a colleague of another firm"
    listed = (await ben.get("/firms")).text
    assert cast.firm.slug in listed
    assert own in listed
    again = await ben.post("/firms", {"firm_name": "第二家会计公司"})
    assert again.status_code == 422, "posted twice, made once"


async def test_first_steps_tick_themselves(cast: Cast, as_person: People) -> None:
    paula, ben = await as_person("paula"), await as_person("ben")
    start = f"/f/{cast.firm.slug}/start"
    assert (await ben.post(f"{start}/people/skip")).status_code == 403
    assert (await paula.post(f"{start}/nothing/skip")).status_code == 404
    for _time in range(2):
        assert (await paula.post(f"{start}/people/skip")).status_code == 303
    async with cast.transaction() as session:
        assert (await session.scalars(select(FirmProfile))).one().started_steps == ["people"]
