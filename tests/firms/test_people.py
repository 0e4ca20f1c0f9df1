"""People of a firm: invited, given roles, qualified, handed over from and removed; refused in the database too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from saas.clients.models import Client
from saas.firms.models import Invitation, Notification, Qualification
from saas.identity.models import Membership, Person, Session
from saas.kernel import clock, tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.db import Database
from saas.kernel.i18n import Text
from saas.kernel.standing import as_of
from saas.tasks.models import Task
from tests.cast import Browser, Cast, member_id
from tests.identity.post import link_in, mails_to, run_promised

People = Callable[[str], Awaitable[Browser]]
PASSWORD = "一只安静的小黑猫看雨"
TEA = {"name": "杭州澄屿茶业有限公司", "uscc": "91110000600037341L", "taxpayer_kind": "general", "standard": "small"}


def _at(cast: Cast, path: str) -> str:
    return f"/f/{cast.firm.slug}/settings/people{path}"


async def _invite(cast: Cast, manager: Browser, folder: Path, email: str, roles: list[str] | None = None) -> str:
    """Invite somebody; the link of the mail."""
    fields = {"name": "新同事", "email": email, "roles": roles or ["bookkeeper"]}
    answer = await manager.post(_at(cast, "/invite"), fields)
    assert answer.status_code == 303, answer.text
    await run_promised(cast.database, cast.firm.id)
    return link_in(mails_to(folder, email)[0])


async def _member(cast: Cast, name: str) -> Membership:
    async with cast.transaction() as session:
        return (await session.scalars(select(Membership).where(Membership.id == member_id(cast.actors[name])))).one()


async def test_a_new_colleague_joins_by_link(cast: Cast, as_person: People, mailbox_folder: Path) -> None:
    email = f"new-{cast.firm.code}@example.cn"
    link = await _invite(cast, await as_person("mara"), mailbox_folder, email, ["bookkeeper", "cashier"])
    nobody = await as_person("nobody")
    assert cast.firm.name in (await nobody.get(link)).text
    assert (await nobody.post(link, {"name": "贺新", "password": "short"})).status_code == 422
    answer = await nobody.post(link, {"name": "贺新", "password": PASSWORD})
    assert answer.headers["location"] == f"/f/{cast.firm.slug}/work"
    nobody.cookies = {"__Host-session": answer.cookies["__Host-session"]}
    assert (await nobody.get(f"/f/{cast.firm.slug}/work")).status_code == 200
    async with cast.transaction() as session:
        member = (await session.scalars(select(Membership).where(Membership.email == email))).one()
        assert (member.name, member.roles, member.is_owner) == ("贺新", ["bookkeeper", "cashier"], False)
    assert (await (await as_person("nobody")).get(link)).status_code == 410, "accepted once"


async def test_somebody_with_an_account_joins_signed_in(cast: Cast, as_person: People, mailbox_folder: Path) -> None:
    """Otto, who owns another firm, is asked to help here: one person, two firms."""
    otto, email = await as_person("otto"), cast.persons["otto"].email
    link = await _invite(cast, await as_person("paula"), mailbox_folder, email, ["reviewer"])
    nobody = await as_person("nobody")
    assert (await nobody.post(link, {"name": "x", "password": PASSWORD})).headers["location"].startswith("/sign-in")
    assert (await (await as_person("ben")).post(link)).headers["location"].startswith("/sign-in")
    assert (await otto.get(f"/f/{cast.firm.slug}/work")).status_code == 404
    assert (await otto.post(link)).headers["location"] == f"/f/{cast.firm.slug}/work"
    assert (await otto.get(f"/f/{cast.firm.slug}/work")).status_code == 200
    assert (await otto.get(f"/f/{cast.other_firm.slug}/work")).status_code == 200
    assert (await otto.get(_at(cast, f"/{cast.ben.id}"))).status_code == 403, "owner there, reviewer here"


async def test_an_invitation_ends(cast: Cast, as_person: People, mailbox_folder: Path, database: Database) -> None:
    mara, nobody = await as_person("mara"), await as_person("nobody")
    email = f"late-{cast.firm.code}@example.cn"
    first = await _invite(cast, mara, mailbox_folder, email)
    second = await _invite(cast, mara, mailbox_folder, email)
    assert (await nobody.get(first)).status_code == 410, "the second takes the place of the first"
    foreign = second.replace(cast.firm.code, cast.other_firm.code)
    assert (await nobody.get(foreign)).status_code == 404, "a secret counts in its own firm only"
    assert (await nobody.get("/join/nothing.at-all")).status_code == 404
    async with cast.transaction() as session:
        row = (await session.scalars(select(Invitation).where(Invitation.withdrawn_at.is_(None)))).one()
        row.expires_at = clock.now()
    assert (await nobody.post(second, {"name": "贺新", "password": PASSWORD})).status_code == 410
    async with cast.transaction() as session:
        await session.execute(
            update(Invitation).where(Invitation.id == row.id).values(expires_at=clock.now() + timedelta(1))
        )
    withdraw = _at(cast, f"/invitations/{row.id}/withdraw")
    assert (await (await as_person("ben")).post(withdraw)).status_code == 403
    for _time in range(2):
        assert (await mara.post(withdraw)).status_code == 303
    assert (await nobody.get(second)).status_code == 410


@pytest.mark.parametrize(
    ("name", "fields", "status"),
    [
        ("ben", {"roles": "reviewer"}, 403),
        ("mara", {"roles": "owner"}, 422),
        ("mara", {"roles": "king"}, 422),
        ("mara", {}, 422),
        ("mara", {"roles": "auditor", "email": "no address"}, 422),
    ],
)
async def test_what_cannot_be_asked(
    cast: Cast, as_person: People, name: str, fields: dict[str, str], status: int
) -> None:
    asked = {"name": "新同事", "email": "someone@example.cn", **fields}
    assert (await (await as_person(name)).post(_at(cast, "/invite"), asked)).status_code == status
    async with cast.transaction() as session:
        assert (await session.scalars(select(Invitation))).all() == []


async def test_a_colleague_is_not_invited_twice(cast: Cast, as_person: People) -> None:
    asked = {"name": "陆予安", "email": cast.persons["ben"].email, "roles": "reviewer"}
    assert (await (await as_person("mara")).post(_at(cast, "/invite"), asked)).status_code == 422


async def test_changed_roles_count_at_once(cast: Cast, as_person: People) -> None:
    mara, ben = await as_person("mara"), await as_person("ben")
    address = _at(cast, f"/{cast.ben.id}/roles")
    assert (await (await as_person("lin")).post(address, {"roles": "manager"})).status_code == 403
    assert (await mara.post(address, {"roles": ["bookkeeper", "reviewer"]})).status_code == 303
    assert (await _member(cast, "ben")).roles == ["bookkeeper", "reviewer"]
    assert (await ben.get(f"/f/{cast.firm.slug}/work")).status_code == 303, "his sessions are over"
    async with cast.transaction() as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "people.roles"))).one()
        assert (entry.detail["before"], entry.detail["after"]) == (["bookkeeper"], ["bookkeeper", "reviewer"])
    assert (await mara.post(address, {"roles": ["bookkeeper", "reviewer"]})).status_code == 303
    async with cast.transaction() as session:
        query = select(AuditEntry).where(AuditEntry.action == "people.roles")
        assert len((await session.scalars(query)).all()) == 1, "the same again changes nothing"


async def test_nobody_gives_themselves_more(cast: Cast, as_person: People) -> None:
    mara = await as_person("mara")
    assert (await mara.post(_at(cast, f"/{cast.mara.id}/roles"), {"roles": ["manager", "reviewer"]})).status_code == 403
    assert (await mara.post(_at(cast, f"/{cast.paula.id}/roles"), {"roles": "auditor"})).status_code == 403
    assert (await mara.post(_at(cast, f"/{cast.ben.id}/roles"), {"roles": "owner"})).status_code == 422
    assert (await mara.post(_at(cast, f"/{cast.ben.id}/owner"))).status_code == 403
    assert (await mara.post(_at(cast, f"/{cast.paula.id}/leave"))).status_code == 403
    assert (await mara.post(_at(cast, f"/{cast.mara.id}/leave"))).status_code == 403
    async with cast.transaction() as session:
        refused = (await session.scalars(select(AuditEntry).where(AuditEntry.outcome == "refused"))).all()
        assert len(refused) >= 4, "denied attempts are on record"


async def test_people_are_changed_only_freshly_signed_in(cast: Cast, as_person: People, database: Database) -> None:
    mara = await as_person("mara")
    async with database.transaction(tenancy.PLATFORM) as session:
        await session.execute(update(Session).values(fresh_at=clock.now() - timedelta(hours=1)))
    answer = await mara.post(_at(cast, f"/{cast.ben.id}/roles"), {"roles": "reviewer"})
    assert answer.status_code == 307
    assert (await _member(cast, "ben")).roles == ["bookkeeper"]


async def test_the_firm_is_handed_over_and_has_one_owner(cast: Cast, as_person: People) -> None:
    paula, mara = await as_person("paula"), await as_person("mara")
    answer = await paula.post(_at(cast, f"/{cast.mara.id}/owner"))
    assert answer.headers["location"] == "/sign-in?done=left"
    before, after = await _member(cast, "paula"), await _member(cast, "mara")
    assert (before.is_owner, before.roles) == (False, ["manager"])
    assert (after.is_owner, after.roles) == (True, ["manager", "owner"])
    for browser in (paula, mara):
        assert (await browser.get(f"/f/{cast.firm.slug}/work")).status_code == 303
    assert (await (await as_person("paula")).post(_at(cast, f"/{cast.ben.id}/owner"))).status_code == 403


async def test_work_is_handed_over_before_somebody_leaves(cast: Cast, as_person: People) -> None:
    mara, ben = await as_person("mara"), await as_person("ben")
    await mara.post(f"/f/{cast.firm.slug}/clients/new", {**TEA, "bookkeeper_id": str(cast.ben.id)})
    async with cast.transaction() as session:
        call = {"title": Text("Call the client"), "step": Text("Open"), "url": "/work"}
        session.add(Task(**call, assignee_id=cast.ben.id, created_at=clock.now()))
    leave = _at(cast, f"/{cast.ben.id}/leave")
    page = (await mara.get(leave)).text
    assert "陆予安" in page
    assert (await mara.post(leave)).status_code == 422, "first somebody takes the work"
    assert (await mara.post(leave, {"to_id": str(cast.otto.id)})).status_code == 422, "a stranger cannot"
    assert (await mara.post(leave, {"to_id": str(cast.ben.id)})).status_code == 422
    for _time in range(2):
        assert (await mara.post(leave, {"to_id": str(cast.lin.id)})).status_code == 303
    async with cast.transaction() as session:
        assert (await session.scalars(select(Client.bookkeeper_id))).all() == [cast.lin.id]
        assert (await session.scalars(select(Task.assignee_id))).all() == [cast.lin.id]
        told = (await session.scalars(select(Notification).where(Notification.member_id == cast.lin.id))).all()
        assert [row.kind for row in told] == ["assigned"], "the successor hears of it, once"
        assert told[0].text.params["name"] == "陆予安"
    assert (await _member(cast, "ben")).left_at is not None
    assert (await ben.get(f"/f/{cast.firm.slug}/work")).status_code == 303
    assert (await (await as_person("ben")).get(f"/f/{cast.firm.slug}/work")).status_code == 404
    assert (await mara.post(_at(cast, f"/{cast.ben.id}/roles"), {"roles": "reviewer"})).status_code == 409


async def test_a_successor_never_reviews_their_own_books(cast: Cast, as_person: People) -> None:
    mara = await as_person("mara")
    who = {"bookkeeper_id": str(cast.ben.id), "reviewer_id": str(cast.quinn.id)}
    await mara.post(f"/f/{cast.firm.slug}/clients/new", {**TEA, **who})
    answer = await mara.post(_at(cast, f"/{cast.ben.id}/leave"), {"to_id": str(cast.quinn.id)})
    assert answer.status_code == 409
    assert TEA["name"] in answer.text
    assert (await _member(cast, "ben")).left_at is None
    async with cast.transaction() as session:
        assert (await session.scalars(select(Client.bookkeeper_id))).all() == [cast.ben.id]


async def test_who_comes_back_is_the_same_member(cast: Cast, as_person: People, mailbox_folder: Path) -> None:
    mara = await as_person("mara")
    await mara.post(_at(cast, f"/{cast.cash.id}/leave"))
    assert (await _member(cast, "cash")).left_at is not None
    link = await _invite(cast, mara, mailbox_folder, cast.persons["cash"].email, ["auditor"])
    assert (await (await as_person("cash")).post(link)).status_code == 303
    member = await _member(cast, "cash")
    assert (member.left_at, member.roles) == (None, ["auditor"])


async def test_qualifications_end(cast: Cast, as_person: People) -> None:
    paula, address = await as_person("paula"), _at(cast, f"/{cast.ben.id}/qualifications")
    until = clock.today() + timedelta(days=30)
    fields = {"code": "accountant", "valid_until": until.isoformat()}
    assert (await (await as_person("mara")).post(address, fields)).status_code == 403
    assert (await paula.post(address, {**fields, "code": "astronaut"})).status_code == 422
    for _time in range(2):
        assert (await paula.post(address, fields)).status_code == 303
    async with cast.transaction() as session:
        assert len((await session.scalars(select(Qualification))).all()) == 1
        assert "accountant" in (await as_of(session, cast.ben, clock.now())).qualifications
        later = await as_of(session, cast.ben, clock.now() + timedelta(days=31))
        assert "accountant" not in later.qualifications


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE memberships SET roles = '[\"king\"]' WHERE NOT is_owner", "unknown roles"),
        ("UPDATE memberships SET roles = '[]' WHERE NOT is_owner", "unknown roles"),
        ("UPDATE memberships SET roles = '[\"owner\"]' WHERE NOT is_owner", "belongs to the owner"),
        ("UPDATE memberships SET is_owner = false, roles = '[\"manager\"]' WHERE is_owner", "one owner"),
        ("UPDATE memberships SET left_at = now() WHERE is_owner", "hands the firm over"),
        ("DELETE FROM memberships WHERE is_owner", "one owner"),
        ("UPDATE memberships SET person_id = gen_random_uuid()", "stays its person"),
        ("UPDATE invitations SET roles = '[\"manager\"]'", "stays as it was sent"),
        ("UPDATE invitations SET roles = '[\"owner\"]'", "cannot give"),
    ],
)
async def test_the_database_refuses_it_too(cast: Cast, sql: str, words: str) -> None:
    """Straight SQL as the application's own role."""
    async with cast.transaction() as session:
        session.add(
            Invitation(email="a@example.cn", name="a", roles=["auditor"], secret_hash="0" * 64, invited_by=cast.mara.id,
                       created_at=clock.now(), expires_at=clock.now())
        )  # fmt: skip
    with pytest.raises(IntegrityError, match=words):
        async with cast.transaction() as session:
            await session.execute(text(sql))


async def test_nobody_qualifies_themselves(cast: Cast) -> None:
    mine = {"member_id": cast.ben.id, "granted_by": cast.ben.id}
    async with cast.transaction() as session:
        session.add(Qualification(code="accountant", valid_until=date(2030, 1, 1), **mine))
        with pytest.raises(IntegrityError, match="somebody else"):
            await session.flush()
        await session.rollback()


async def test_a_left_member_stays_in_the_records(cast: Cast, as_person: People) -> None:
    mara = await as_person("mara")
    await mara.post(_at(cast, f"/{cast.tina.id}/leave"))
    page = await mara.get(_at(cast, f"/{cast.tina.id}"))
    assert page.status_code == 200
    assert "唐一诺" in page.text
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        assert await session.get(Person, cast.persons["tina"].id) is not None
