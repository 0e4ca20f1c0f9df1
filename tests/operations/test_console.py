"""The operator's console, suspension, and support that a firm lets in: one firm's story through the real routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.creation import create_firm
from saas.identity.models import Person
from saas.kernel import clock, jobs, relay, tenancy
from saas.kernel.access import SYSTEM
from saas.kernel.audit import AuditEntry
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.identifiers import uuid7
from saas.kernel.links import issue
from saas.kernel.module import Schedule
from saas.kernel.outbox import Outbox, enqueue
from saas.operations import firms, operators, queue, support, usage
from saas.operations.models import Subscription, SupportAccess, UsageTotal
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
PAGES = ("", "/firms", "/jobs", "/mail", "/storage")


@pytest.fixture
async def office(cast: Cast) -> Cast:
    """Otto, who works in another firm, looks after the product, with a second factor."""
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        otto = await operators.add(session, cast.persons["otto"].email, clock.now())
        otto.totp_secret, otto.totp_confirmed_at = b"sealed", clock.now()
    return cast


async def _total(cast: Cast) -> UsageTotal:
    async with cast.transaction() as session:
        await usage.total(session)
    async with cast.transaction() as session:
        found = await session.get(UsageTotal, cast.firm.id)
    assert found is not None
    return found


def _mails(folder: Path) -> list[str]:
    """The plain text of every mail delivered."""
    found = [message_from_bytes(path.read_bytes(), policy=default) for path in folder.rglob("*") if path.is_file()]
    bodies = [mail.get_body(("plain",)) for mail in found if isinstance(mail, EmailMessage)]
    return [body.get_content() for body in bodies if body is not None]


async def _firm(session: AsyncSession, cast: Cast) -> Firm:
    return (await session.scalars(select(Firm).where(Firm.id == cast.firm.id))).one()


async def _deeds(cast: Cast, prefix: str) -> list[tuple[str, str, str]]:
    async with cast.transaction() as session:
        query = select(AuditEntry).where(AuditEntry.firm_id == cast.firm.id, AuditEntry.action.startswith(prefix))
        found = await session.scalars(query.order_by(AuditEntry.position))
        return [(entry.actor_kind, entry.action, entry.outcome) for entry in found]


async def test_for_everybody_else_the_console_does_not_exist(office: Cast, as_person: People) -> None:
    firm = f"/operator/firms/{office.firm.id}"
    for name in ("nobody", "paula", "ada"):
        person = await as_person(name)
        assert {(await person.get(f"/operator{path}")).status_code for path in PAGES} == {404}, name
        assert (await person.post(f"{firm}/suspend", {"reason": "because I can"})).status_code == 404, name
    otto = await as_person("otto")
    assert {(await otto.get(f"/operator{path}")).status_code for path in (*PAGES, f"/firms/{office.firm.id}")} == {200}
    assert (await otto.get("/operator/firms/00000000-0000-0000-0000-000000000001")).status_code == 404
    async with office.database.transaction(tenancy.PLATFORM) as session:
        without = update(Person).where(Person.id == office.otto.person_id)
        await session.execute(without.values(totp_secret=None, totp_confirmed_at=None))
    assert (await otto.get("/operator")).headers["location"].startswith("/account/second-factor")
    async with office.database.transaction(tenancy.PLATFORM) as session:
        await operators.remove(session, office.persons["otto"].email, clock.now())
    assert (await otto.get("/operator")).status_code == 404


async def test_a_suspended_firm_only_exports(
    office: Cast, as_person: People, database: Database, mailbox_folder: Path
) -> None:
    otto, paula = await as_person("otto"), await as_person("paula")
    at, firm = f"/operator/firms/{office.firm.id}", f"/f/{office.firm.slug}"
    assert (await otto.post(f"{at}/suspend", {"reason": ""})).status_code == 422
    for _twice in range(2):
        assert (await otto.post(f"{at}/suspend", {"reason": "The invoice of May is open."})).status_code == 303
    async with office.transaction() as session:
        told = await session.scalar(select(Outbox).where(Outbox.job == "operations.tell_owner"))
        waits = enqueue(session, "operations.total")
    assert told is not None
    assert await jobs.run_job(database, office.firm.id, told.id)  # the owner hears of it all the same
    assert any("The invoice of May is open." in mail for mail in _mails(mailbox_folder))
    assert (await paula.get(f"{firm}/work")).headers["location"] == f"{firm}/suspended"
    page = await paula.get(f"{firm}/suspended")
    assert page.status_code == 200
    assert "The invoice of May is open." in page.text
    assert "/settings/audit/export" in page.text
    assert (await paula.get(f"{firm}/settings/audit/export")).status_code == 200
    assert (await paula.post(f"{firm}/clients/new", {"name": "x"})).headers["location"] == f"{firm}/suspended"
    assert (await otto.get(f"{firm}/suspended")).status_code == 404
    assert not await jobs.run_job(database, office.firm.id, waits.id)  # waits, and is no failure
    schedule = Schedule(usage.TOTAL, timedelta(hours=1))
    await relay.promise_scheduled(database, schedule)
    async with office.transaction() as session:
        assert await session.scalar(select(Outbox.attempts).where(Outbox.id == waits.id)) == 0
        assert len((await session.scalars(select(Outbox).where(Outbox.job == usage.TOTAL))).all()) == 1
    for _twice in range(2):
        assert (await otto.post(f"{at}/resume")).status_code == 303
    assert (await paula.get(f"{firm}/work")).status_code == 200
    assert (await paula.get(f"{firm}/suspended")).status_code == 303
    assert await jobs.run_job(database, office.firm.id, waits.id)
    assert await _deeds(office, "operations.") == [
        ("person", "operations.suspend", "done"), ("person", "operations.resume", "done"),
    ]  # fmt: skip


async def test_a_client_of_a_suspended_firm_reads_a_sentence(office: Cast, as_person: People) -> None:
    nobody, now = await as_person("nobody"), clock.now()
    async with office.transaction() as session:
        link, token = issue(session, office.firm.code, "notice", uuid7(), now=now)
    first = await nobody.get(f"/l/{token}")
    assert first.status_code == 303
    nobody.cookies |= dict(first.cookies)
    assert (await nobody.get(f"/c/notice/{link.id}")).status_code == 404  # a link without its letter
    async with office.database.transaction(tenancy.PLATFORM) as session:
        await firms.suspend(session, await _firm(session, office), "The invoice of May is open.", SYSTEM, now)
    closed = await nobody.get(f"/c/notice/{link.id}")
    assert closed.status_code == 423
    assert "暂时中断" in closed.text
    assert "The invoice of May" not in closed.text  # that is the firm's own affair


async def test_support_enters_only_where_the_owner_lets_it_in(office: Cast, as_person: People) -> None:
    otto, paula, ben = await as_person("otto"), await as_person("paula"), await as_person("ben")
    at, firm, room = f"/operator/firms/{office.firm.id}", f"/f/{office.firm.slug}", "/settings/support"
    wish = {"reason": "The import of May fails", "hours": "2", "writes": "yes"}
    assert (await otto.post(f"{at}/support", {**wish, "hours": "99"})).status_code == 422
    assert (await otto.post(f"{at}/support", wish)).status_code == 303
    assert (await otto.post(f"{at}/support", wish)).status_code == 422  # one open request at a time
    assert (await otto.get(f"{firm}/clients")).status_code == 404
    async with office.transaction() as session:
        (row,) = (await session.scalars(select(SupportAccess))).all()
    one = f"{firm}{room}/{row.id}"
    assert "The import of May fails" in (await paula.get(f"{firm}{room}")).text
    assert [(await who.post(f"{one}/approve")).status_code for who in (ben, otto)] == [403, 404]
    for _twice in range(2):
        assert (await paula.post(f"{one}/approve")).status_code == 303  # reading only, although writing was asked for
    inside = await otto.get(f"{firm}/clients")
    assert inside.status_code == 200
    assert firm + room in inside.text
    assert firm + room in (await ben.get(f"{firm}/clients")).text
    assert (await otto.post(f"{firm}/clients/new", {"name": "x"})).status_code == 403
    assert (await otto.post(f"{one}/end")).status_code == 403  # the firm's click, not theirs
    assert (await paula.post(f"{one}/end")).status_code == 303
    assert (await otto.get(f"{firm}/clients")).status_code == 404
    assert firm + room not in (await ben.get(f"{firm}/clients")).text
    assert [deed for deed in await _deeds(office, "") if deed[0] == "support"] == [
        ("support", "support.open", "done"), ("support", "open clients.write", "refused"),
        ("support", "open support.decide", "refused"),
    ]  # fmt: skip
    assert ("member", "support.end", "done") in await _deeds(office, "support.")


async def test_support_ends_by_itself_and_never_decides(office: Cast, as_person: People) -> None:
    otto, firm = await as_person("otto"), f"/f/{office.firm.slug}"
    async with office.transaction() as session:
        row = await support.ask(session, office.otto, "Look at the texts", 1, True, clock.now())
        await support.approve(session, row.id, office.paula, True, clock.now())
    permissions = support.lent()
    assert "clients.write" in permissions
    assert not {"firms.people", "support.decide", "refunds.approve", "adjustments.approve"} & permissions
    async with office.transaction() as session:
        assert row.ends_at is not None
        assert office.otto.person_id is not None
        assert await support.admission(session, office.otto.person_id, row.ends_at - timedelta(seconds=1))
        assert await support.admission(session, office.otto.person_id, row.ends_at) is None
    given = {"name": "杭州支持有限公司", "taxpayer_kind": "small", "standard": "small"}
    assert (await otto.post(f"{firm}/clients/new", given)).status_code == 303
    assert ("support", "clients.add", "done") in await _deeds(office, "clients.")
    async with office.transaction() as session:
        await support.end_by_itself(session, str(row.id))
    assert (await otto.get(f"{firm}/clients")).status_code == 404
    async with office.database.transaction(tenancy.PLATFORM) as session:
        assert await session.scalar(select(Firm.support_until).where(Firm.id == office.firm.id)) is None
    async with office.transaction(otto=True) as session:
        assert (await session.scalars(select(SupportAccess))).all() == []  # row security


async def test_a_refused_request_opens_nothing(office: Cast, as_person: People) -> None:
    otto, paula = await as_person("otto"), await as_person("paula")
    async with office.transaction() as session:
        row = await support.ask(session, office.otto, "Curiosity", 1, False, clock.now())
    one = f"/f/{office.firm.slug}/settings/support/{row.id}"
    assert (await paula.post(f"{one}/refuse")).status_code == 303
    assert (await paula.post(f"{one}/approve")).status_code == 409
    assert (await otto.get(f"/f/{office.firm.slug}/clients")).status_code == 404


async def test_a_dead_job_is_seen_without_its_content_and_tried_again(
    office: Cast, as_person: People, settings: Settings
) -> None:
    otto = await as_person("otto")
    async with office.transaction() as session:
        row = enqueue(session, "firms.daily")
        row.dead, row.attempts = True, 10
        row.last_error = 'Traceback…\n  File "x"\nsqlalchemy.exc.IntegrityError: (name=沈女士)\nDETAIL: secret\n'
    total = await _total(office)
    assert (total.jobs_dead, total.members) == (1, 8)
    page = (await otto.get("/operator/jobs")).text
    assert "firms.daily" in page
    assert "IntegrityError" in page
    assert "沈女士" not in page
    (listed,) = [job for job in await queue.open_jobs(settings) if job["state"] == "dead"]
    assert listed["firm"] == office.firm.slug
    assert listed["error"] == "sqlalchemy.exc.IntegrityError"
    assert (await otto.post(f"/operator/firms/{office.firm.id}/retry", {"job_id": "x"})).status_code == 404
    for n in (1, 0):
        answer = await otto.post(f"/operator/firms/{office.firm.id}/retry", {"job_id": str(row.id)})
        assert answer.headers["location"] == f"/operator/jobs?done={n}"
    async with office.transaction() as session:
        again = await session.get(Outbox, (office.firm.id, row.id))
    assert again is not None
    assert not again.dead
    assert again.attempts == 0
    assert await _deeds(office, "operations.retry") == [("person", "operations.retry", "done")]


async def test_a_limit_stops_only_what_would_be_added(
    office: Cast, as_person: People, database: Database, mailbox_folder: Path
) -> None:
    otto, paula, ada = await as_person("otto"), await as_person("paula"), await as_person("ada")
    at, firm = f"/operator/firms/{office.firm.id}", f"/f/{office.firm.slug}"
    client = {"name": "杭州限额有限公司", "taxpayer_kind": "small", "standard": "small"}
    assert "—" in (await paula.get(f"{firm}/settings/usage")).text  # no plan, no limits
    assert (await otto.post(f"{at}/plan", {"plan": "nonsense"})).status_code == 409
    assert (await otto.post(f"{at}/plan", {"plan": "trial", "clients": "1"})).status_code == 303
    assert (await paula.post(f"{firm}/clients/new", client)).status_code == 303
    full = await paula.post(f"{firm}/clients/new", {**client, "name": "杭州第二有限公司"})
    assert full.status_code == 422
    assert "杭州第二有限公司" in full.text
    assert (await paula.get(f"{firm}/clients")).status_code == 200
    await _total(office)
    async with office.transaction() as session:
        assert await usage.room(session, "members", 2) is None  # 8 of 10
        assert await usage.room(session, "members", 3) is not None
        assert await usage.room(session, "mails", 1000) is None
    wish = {"plan": "standard", "note": "We grow"}
    assert (await ada.post(f"{firm}/settings/usage/plan", wish)).status_code == 403
    for _twice in range(2):
        assert (await paula.post(f"{firm}/settings/usage/plan", wish)).status_code == 303
    assert (await paula.post(f"{firm}/settings/usage/plan", {"plan": "trial"})).status_code == 422
    async with office.transaction() as session:
        promised = (await session.scalars(select(Outbox).where(Outbox.job == "operations.tell_operators"))).all()
        assert len(promised) == 1
    assert await jobs.run_job(database, office.firm.id, promised[0].id)
    async with office.transaction() as session:
        wishes = (await session.scalars(select(Outbox).where(Outbox.job == "operations.mail_wish"))).all()
    (mail,) = [job for job in wishes if job.args["person_id"] == str(office.otto.person_id)]
    assert await jobs.run_job(database, office.firm.id, mail.id)
    assert any("We grow" in text for text in _mails(mailbox_folder))
    assert "We grow" in (await otto.get("/operator")).text
    assert (await otto.post(f"{at}/plan", {"plan": "standard"})).status_code == 303
    assert (await paula.post(f"{firm}/clients/new", {**client, "name": "杭州第二有限公司"})).status_code == 303
    async with office.database.transaction(tenancy.PLATFORM) as session:
        row = await session.get(Subscription, office.firm.id)
        assert row is not None
        assert row.wanted_plan == ""
        assert row.ends_on is None
        row.ends_on = clock.today() - timedelta(days=1)
    async with office.transaction() as session:
        assert await usage.room(session, "members", 1) is not None  # the trial is over
    assert (await paula.get(f"{firm}/clients")).status_code == 200


async def test_a_firm_that_signs_up_begins_with_the_trial(office: Cast) -> None:
    async with office.database.transaction(tenancy.PLATFORM) as session:
        paula, now = office.persons["paula"], clock.now()
        firm, _owner = await create_firm(session, name="试用会计", owner=paula, now=now)
        await create_firm(session, name="示范会计", owner=paula, now=now, kind="demo")
    async with office.database.transaction(tenancy.PLATFORM) as session:
        plans = {row.id: row for row in (await session.scalars(select(Subscription))).all()}
    assert plans[firm.id].plan == "trial"
    assert plans[firm.id].ends_on == clock.today() + timedelta(days=30)
    async with office.database.transaction(tenancy.PLATFORM) as session:
        (demo,) = await firms.known(session, "示范会计")
        assert demo.subscription is None


async def test_a_closed_firm_takes_its_address_typed_again(office: Cast, as_person: People) -> None:
    otto, paula = await as_person("otto"), await as_person("paula")
    at = f"/operator/firms/{office.firm.id}"
    assert (await otto.post(f"{at}/close", {"slug": "another"})).status_code == 422
    assert (await otto.post(f"{at}/close", {"slug": office.firm.slug})).status_code == 303
    assert (await paula.get(f"/f/{office.firm.slug}/work")).status_code == 404
    async with office.database.transaction(tenancy.PLATFORM) as session:
        (row,) = await firms.known(session, office.firm.slug, closed=True)
        assert row.standing == "closed"
        assert not await firms.known(session, office.firm.slug)
