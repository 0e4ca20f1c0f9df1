"""Passwords, addresses, sessions and second factors as their owners change them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from saas.identity import factor, tokens
from saas.identity.models import Confirmation, Membership, Person, Session
from saas.kernel import clock, tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.db import Database
from saas.kernel.outbox import NO_FIRM, Outbox
from saas.kernel.passwords import hash_password, verify
from tests.cast import Browser, Cast
from tests.identity.post import link_in, mails_to, run_promised

People = Callable[[str], Awaitable[Browser]]
PASSWORD = "一只安静的小黑猫看雨"
BETTER = "两只安静的小白猫听雪"


@pytest.fixture
async def ben(cast: Cast, database: Database) -> Person:
    """Ben with a password."""
    async with database.transaction(tenancy.PLATFORM) as session:
        person = await session.get_one(Person, cast.persons["ben"].id)
        person.password_hash = await hash_password(PASSWORD)
    return person


async def reread(database: Database, person: Person) -> Person:
    async with database.transaction(tenancy.PLATFORM) as session:
        return await session.get_one(Person, person.id)


async def not_fresh(database: Database, person: Person) -> None:
    """As if the last sign-in step were an hour ago."""
    async with database.transaction(tenancy.PLATFORM) as session:
        an_hour_ago = clock.now() - timedelta(hours=1)
        await session.execute(update(Session).where(Session.person_id == person.id).values(fresh_at=an_hour_ago))


async def test_a_forgotten_password_is_reset_by_mail(
    ben: Person, cast: Cast, as_person: People, database: Database, mailbox_folder: Path
) -> None:
    nobody, signed_in = await as_person("nobody"), await as_person("ben")
    assert ben.email in (await nobody.post("/forgotten", {"email": ben.email.upper()})).text
    await run_promised(database)
    link = link_in(mails_to(mailbox_folder, ben.email)[0])
    assert (await nobody.get(link)).status_code == 200
    weak = await nobody.post(link, {"password": "1234567890"})
    assert weak.status_code == 422
    assert (await nobody.post(link, {"password": BETTER})).headers["location"] == "/sign-in?done=reset"
    assert await verify(BETTER, (await reread(database, ben)).password_hash)
    assert (await signed_in.get(f"/f/{cast.firm.slug}/work")).status_code == 303, "every session is over"
    again = await nobody.post(link, {"password": "三只安静的小灰猫数星"})
    assert again.status_code == 410
    assert await verify(BETTER, (await reread(database, ben)).password_hash)
    await run_promised(database)
    assert len(mails_to(mailbox_folder, ben.email)) == 2, "the change itself is told"


async def test_asking_does_the_same_for_every_address(
    ben: Person, as_person: People, database: Database, mailbox_folder: Path
) -> None:
    nobody = await as_person("nobody")
    answers = [await nobody.post("/forgotten", {"email": email}) for email in (ben.email, "stranger@example.com")]
    texts = [a.text.replace(ben.email, "…").replace("stranger@example.com", "…") for a in answers]
    assert texts[0] == texts[1]
    async with database.transaction(tenancy.firm(NO_FIRM)) as session:
        promised = (await session.scalars(select(Outbox.job).where(Outbox.finished_at.is_(None)))).all()
    assert promised == ["identity.mail_reset"] * 2
    await run_promised(database)
    assert len(mails_to(mailbox_folder, ben.email)) == 1
    assert mails_to(mailbox_folder, "stranger@example.com") == []


async def test_nobody_is_flooded_with_mail(
    ben: Person, as_person: People, database: Database, mailbox_folder: Path
) -> None:
    nobody = await as_person("nobody")
    for _n in range(8):
        await nobody.post("/forgotten", {"email": ben.email})
    await run_promised(database)
    assert len(mails_to(mailbox_folder, ben.email)) == 5


async def test_a_link_ends_and_belongs_to_one_purpose(
    ben: Person, as_person: People, database: Database, mailbox_folder: Path
) -> None:
    nobody = await as_person("nobody")
    await nobody.post("/forgotten", {"email": ben.email})
    await run_promised(database)
    link = link_in(mails_to(mailbox_folder, ben.email)[0])
    assert (await nobody.get(link.replace("/reset/", "/second-factor/reset/"))).status_code == 404
    assert (await nobody.get(link + "x")).status_code == 404
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(Confirmation).values(expires_at=clock.now()))
    assert (await nobody.get(link)).status_code == 410


async def test_resetting_does_not_pass_the_second_factor(
    ben: Person, as_person: People, database: Database, mailbox_folder: Path
) -> None:
    async with database.transaction(tenancy.PLATFORM) as session:
        row = await session.get_one(Person, ben.id)
        factor.begin(row)
        row.totp_confirmed_at = clock.now()
    nobody = await as_person("nobody")
    await nobody.post("/forgotten", {"email": ben.email})
    await run_promised(database)
    await nobody.post(link_in(mails_to(mailbox_folder, ben.email)[0]), {"password": BETTER})
    answer = await nobody.post("/sign-in", {"email": ben.email, "password": BETTER})
    assert answer.headers["location"].startswith("/second-factor")


async def test_changing_the_password_ends_the_other_browsers(
    ben: Person, as_person: People, database: Database
) -> None:
    here, elsewhere = await as_person("ben"), await as_person("ben")
    wrong = await here.post("/account/password", {"current": "not this", "password": BETTER})
    assert wrong.status_code == 422
    answer = await here.post("/account/password", {"current": PASSWORD, "password": BETTER})
    assert answer.headers["location"] == "/account?done=password"
    assert (await here.get("/account")).status_code == 200
    assert (await elsewhere.get("/account")).status_code == 303


async def test_a_new_address_counts_once_its_mailbox_confirmed(
    ben: Person, cast: Cast, as_person: People, database: Database, mailbox_folder: Path
) -> None:
    here, new = await as_person("ben"), f"new-{ben.email}"
    assert (await here.post("/account/email", {"email": new})).status_code == 303
    await run_promised(database)
    assert (await reread(database, ben)).email == ben.email
    link = link_in(mails_to(mailbox_folder, new)[0])
    assert (await (await as_person("otto")).post(link)).status_code == 404, "only who asked confirms"
    assert (await here.get(link)).status_code == 200
    assert (await here.post(link)).headers["location"] == "/account?done=address"
    assert (await reread(database, ben)).email == new
    async with cast.transaction() as session:
        members = (await session.scalars(select(Membership).where(Membership.person_id == ben.id))).all()
        assert [m.email for m in members] == [new]
    await run_promised(database)
    assert new in mails_to(mailbox_folder, ben.email)[0].text
    assert (await here.post(link)).status_code == 410


async def test_an_address_somebody_has_gets_no_mail(
    ben: Person, cast: Cast, as_person: People, database: Database, mailbox_folder: Path
) -> None:
    here, taken = await as_person("ben"), cast.persons["otto"].email
    assert (await here.post("/account/email", {"email": taken})).headers["location"] == "/account?done=mail"
    await run_promised(database)
    assert mails_to(mailbox_folder, taken) == []


async def test_sessions_are_listed_and_revoked(ben: Person, cast: Cast, as_person: People, database: Database) -> None:
    here, elsewhere, otto = await as_person("ben"), await as_person("ben"), await as_person("otto")
    async with database.transaction(tenancy.PLATFORM) as session:
        query = select(Session).where(Session.person_id == ben.id, Session.ended_at.is_(None))
        other = (await session.scalars(query.order_by(Session.created_at.desc()))).all()[0]
    revoke = f"/account/sessions/{other.id}/end"
    assert revoke in (await here.get("/account")).text
    assert (await otto.post(revoke)).status_code == 404
    assert (await elsewhere.get("/account")).status_code == 200
    for _time in range(2):
        assert (await here.post(revoke)).status_code == 303
    assert (await elsewhere.get("/account")).status_code == 303
    third = await as_person("ben")
    await here.post("/account/sessions/end")
    assert (await third.get("/account")).status_code == 303
    assert (await here.get("/account")).status_code == 200


async def test_a_second_factor_is_set_up_with_a_code(ben: Person, as_person: People, database: Database) -> None:
    here, page = await as_person("ben"), "/account/second-factor"
    assert (await here.post(f"{page}/begin")).status_code == 303
    shown = (await here.get(page)).text
    assert 'src="data:image/svg+xml' in shown
    secret = factor.picture(await reread(database, ben))[1].replace(" ", "")
    assert (await here.post(f"{page}/confirm", {"code": "000000"})).status_code == 422
    assert not (await reread(database, ben)).has_second_factor
    answer = await here.post(f"{page}/confirm", {"code": pyotp.TOTP(secret).at(clock.now())})
    assert answer.status_code == 200
    assert answer.text.count("<li><code>") == 10
    assert "<li><code>" not in (await here.get(page)).text, "recovery codes are shown once"
    stored = await reread(database, ben)
    assert stored.has_second_factor
    assert secret.encode() not in (stored.totp_secret or b""), "the secret is kept encrypted"


async def test_weakening_the_account_asks_who_it_is(ben: Person, as_person: People, database: Database) -> None:
    here = await as_person("ben")
    await not_fresh(database, ben)
    for path, fields in (
        ("/account/second-factor/begin", {}),
        ("/account/second-factor/codes", {}),
        ("/account/second-factor/off", {}),
        ("/account/email", {"email": "new@example.com"}),
    ):
        answer = await here.post(path, fields)
        assert answer.status_code == 307, path
        assert answer.headers["location"].startswith("/confirm-it-is-you?"), path


async def test_confirming_repeats_the_step_with_everything_typed(
    ben: Person, as_person: People, database: Database, mailbox_folder: Path
) -> None:
    here = await as_person("ben")
    await not_fresh(database, ben)
    typed = {"email": f"new-{ben.email}"}
    first = await here.post("/account/email", typed)
    confirm = first.headers["location"]
    page = await here.post(confirm, typed)  # the browser repeats its POST at a 307
    assert f'name="email" value="new-{ben.email}"' in page.text
    wrong = await here.post(confirm, {**typed, "proof_of_identity": "not this"})
    assert wrong.status_code == 422
    assert f'name="email" value="new-{ben.email}"' in wrong.text
    right = await here.post(confirm, {**typed, "proof_of_identity": PASSWORD})
    assert (right.status_code, right.headers["location"]) == (307, "/account/email")
    assert (await here.post("/account/email", typed)).headers["location"] == "/account?done=mail"


async def test_confirming_works_with_the_code_and_only_once(ben: Person, as_person: People, database: Database) -> None:
    async with database.transaction(tenancy.PLATFORM) as session:
        row = await session.get_one(Person, ben.id)
        factor.begin(row)
        row.totp_confirmed_at = clock.now()
        secret = factor.picture(row)[1].replace(" ", "")
    here, code = await as_person("ben"), pyotp.TOTP(secret).at(clock.now())
    statuses = [
        (await here.post("/confirm-it-is-you?next=/account", {"proof_of_identity": code})).status_code
        for _n in range(2)
    ]
    assert statuses == [303, 422]


async def test_who_fails_too_often_signs_in_once_more(ben: Person, as_person: People, database: Database) -> None:
    here, address = await as_person("ben"), "/confirm-it-is-you?next=/account"
    answers = [await here.post(address, {"proof_of_identity": "not this"}) for _n in range(10)]
    assert [a.status_code for a in answers[:9]] == [422] * 9
    assert answers[9].headers["location"] == "/sign-in?done=codes"
    assert (await here.get("/account")).status_code == 303


async def test_nothing_leads_outside(ben: Person, as_person: People) -> None:
    here = await as_person("ben")
    proof = {"proof_of_identity": PASSWORD}
    answer = await here.post("/confirm-it-is-you?next=//evil.example&again=https://evil.example", proof)
    assert answer.headers["location"] == "/"


async def test_language_and_theme_stay_with_the_person_and_with_nobodys_browser(
    ben: Person, as_person: People, database: Database
) -> None:
    here, nobody = await as_person("ben"), await as_person("nobody")
    assert (await here.post("/locale", {"locale": "en", "next": "/account"})).headers["location"] == "/account"
    await here.post("/theme", {"theme": "dark", "next": "/account"})
    person = await reread(database, ben)
    assert (person.locale, person.theme) == ("en", "dark")
    page = (await here.get("/account")).text
    assert '<html lang="en" data-theme="dark">' in page
    answer = await nobody.post("/locale", {"locale": "en", "next": "//evil.example"})
    assert answer.headers["location"] == "/"
    assert answer.cookies["locale"] == "en"
    nobody.cookies |= {"locale": "en", "theme": 'dark"><script>'}
    assert '<html lang="en">' in (await nobody.get("/sign-in")).text


async def test_a_manager_alone_removes_nobodys_second_factor(
    ben: Person, cast: Cast, as_person: People, database: Database, mailbox_folder: Path
) -> None:
    async with database.transaction(tenancy.PLATFORM) as session:
        row = await session.get_one(Person, ben.id)
        factor.begin(row)
        row.totp_confirmed_at = clock.now()
    mara, nobody = await as_person("mara"), await as_person("nobody")
    address = f"/f/{cast.firm.slug}/settings/people/{cast.ben.id}/second-factor"
    assert (await mara.post(address)).status_code == 303
    assert (await reread(database, ben)).has_second_factor
    await run_promised(database)
    link = link_in(mails_to(mailbox_folder, ben.email)[0])
    assert (await nobody.get(link)).status_code == 200
    assert (await nobody.post(link, {"password": "not this"})).status_code == 422
    assert (await reread(database, ben)).has_second_factor
    assert (await nobody.post(link, {"password": PASSWORD})).headers["location"] == "/sign-in?done=factor"
    assert not (await reread(database, ben)).has_second_factor
    owner = f"/f/{cast.firm.slug}/settings/people/{cast.paula.id}/second-factor"
    assert (await mara.post(owner)).status_code == 403, "the owner has the recovery codes"


async def test_a_confirmation_is_used_once_in_the_database_too(ben: Person, database: Database) -> None:
    async with database.transaction(tenancy.PLATFORM) as session:
        row = tokens.issue(session, "reset", clock.now(), timedelta(hours=1), person_id=ben.id, email=ben.email)
        row.used_at = clock.now()
    with pytest.raises(IntegrityError, match="used once"):
        async with database.transaction(tenancy.PLATFORM) as session:
            await session.execute(text("UPDATE confirmations SET used_at = NULL"))


async def test_a_new_name_reaches_every_firm_and_its_trail(ben: Person, cast: Cast, as_person: People) -> None:
    here = await as_person("ben")
    for _time in range(2):
        assert (await here.post("/account/name", {"name": "陆予宁"})).status_code == 303
    async with cast.transaction() as session:
        assert (await session.scalars(select(Membership.name).where(Membership.person_id == ben.id))).one() == "陆予宁"
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "people.rename"))).one()
        assert (entry.detail["before"], entry.detail["after"]) == ("陆予安", "陆予宁")
    assert (await here.post("/account/name", {"name": ""})).status_code == 422
