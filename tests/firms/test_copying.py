"""A copy of a firm: everything under new ids, the original untouched, and nothing left once it is erased."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from uuid import UUID

import pypdf
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks.models import FoundAnomaly
from saas.clients.models import Client
from saas.firms.copying import Sandbox, close_sandbox, erase_sandbox, open_sandbox, remains_of, strike_out
from saas.identity.models import Membership
from saas.kernel import clock, tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.config import active
from saas.kernel.copying import Selection, firm_tables, parents, taken_tables
from saas.kernel.directory import Firm
from saas.kernel.documents import render_pdf
from saas.kernel.files import store_of
from saas.kernel.identifiers import uuid7
from saas.kernel.outbox import enqueue
from saas.notices.content import fingerprint
from saas.notices.models import Notice
from saas.refunds.models import Refund
from saas.refunds.payment import payees
from saas.refunds.payment.payment_models import Payee
from saas.tasks.models import Task
from tests.cases import story
from tests.cast import Cast, member_id
from tests.refunds.house import House, make_house
from tests.refunds.payment_story import ACCOUNT, paid


async def nobody_listens(done: int, total: int, what: str) -> None:
    assert 0 < done <= total


async def copied(cast: Cast, selection: Selection | None = None, people: tuple[str, ...] = ("ben",)) -> Sandbox:
    async with cast.transaction() as session:
        return await open_sandbox(
            session,
            uuid7(),
            people=[member_id(cast.actors[name]) for name in people],
            selection=selection or Selection(),
            tell=nobody_listens,
            now=clock.now(),
        )


async def digests(cast: Cast) -> dict[str, str]:
    """What stands in every table of the real firm."""
    found = {}
    async with cast.transaction() as session:
        for table in firm_tables():
            query = text(f"SELECT t::text FROM {table.name} t WHERE firm_id = :firm ORDER BY 1")
            rows = (await session.scalars(query, {"firm": cast.firm.id})).all()
            found[table.name] = sha256("\n".join(rows).encode()).hexdigest()
    return found


@pytest.fixture
async def house(cast: Cast) -> House:
    return await make_house(cast)


async def test_a_copy_has_every_row_under_new_ids_and_the_original_none_the_less(house: House) -> None:
    cast = house.cast
    refund = await paid(house)
    case, _client, _contact = await story.opened(cast)
    before = await digests(cast)
    sandbox = await copied(cast)
    assert await digests(cast) == before

    async with cast.transaction() as session:
        old = await counted(session, cast.firm.id)
    async with cast.database.transaction(tenancy.firm(sandbox.firm.id)) as session:
        new = await counted(session, sandbox.firm.id)
        taken = {table.name for table in taken_tables(Selection())}
        assert {name: n for name, n in new.items() if name in taken} == {n: old[n] for n in taken}
        assert {name for name in new if name not in taken and new[name]} == {"audit_entries"}
        assert (await session.scalars(select(AuditEntry.action))).all() == ["firms.copied"]
        assert await dangling(session, sandbox.firm.id) == []
        assert await session.get(Refund, (sandbox.firm.id, refund.id)) is None
        there = await session.get(Refund, (sandbox.firm.id, sandbox.ids.of(refund.id)))
        assert there is not None
        assert (there.number, there.client_id) == (refund.number, sandbox.ids.of(house.client.id))
        # an account number opens in its new place, and only there; a letter still is what was approved
        payee = (await session.scalars(select(Payee).where(Payee.refund_id == there.id))).one()
        assert (payees.opened(payee), payee.account_mark) == (ACCOUNT, payees.fingerprint(ACCOUNT))
        for notice in (await session.scalars(select(Notice).where(Notice.content_sha256 != ""))).all():
            assert fingerprint(notice.content) == notice.content_sha256
        # ids inside JSON and addresses
        tasks = (await session.scalars(select(Task).where(Task.subject_id == sandbox.ids.of(case.id)))).all()
        assert {str(sandbox.ids.of(case.id)) in task.url for task in tasks} == {True}
        finding = (await session.scalars(select(FoundAnomaly).where(FoundAnomaly.case_id.is_not(None)))).one()
        assert finding.case_id == sandbox.ids.of(case.id)


async def test_files_are_read_from_the_firm_and_written_apart(house: House) -> None:
    store, cast = store_of(active()), house.cast
    digest = await store.put(cast.firm.id, b"a receipt")
    sandbox = await copied(cast)
    assert await store.get(sandbox.firm.id, digest) == b"a receipt"
    own = await store.put(sandbox.firm.id, b"written in practice")
    with pytest.raises(FileNotFoundError):
        await store.get(cast.firm.id, own)
    await erased(cast, sandbox)
    assert await store.get(cast.firm.id, digest) == b"a receipt"
    with pytest.raises(FileNotFoundError):
        await store.get(sandbox.firm.id, digest)


async def test_only_chosen_clients_go_and_nothing_that_needs_the_others(house: House) -> None:
    cast = house.cast
    await paid(house)
    _case, client, _contact = await story.opened(cast)
    sandbox = await copied(cast, Selection(clients=frozenset({client.id})))
    async with cast.database.transaction(tenancy.firm(sandbox.firm.id)) as session:
        assert (await session.scalars(select(Client.id))).all() == [sandbox.ids.of(client.id)]
        assert await dangling(session, sandbox.firm.id) == []
        rows = await counted(session, sandbox.firm.id)
        assert rows["cases"] == 1
        assert rows["ledger_lines"] > 0
        assert rows["refunds"] == rows["contracts"] == rows["refund_payees"] == rows["deliveries"] == 0


async def test_only_participants_and_the_owner_enter_the_copy(house: House) -> None:
    sandbox = await copied(house.cast, people=("ben", "quinn"))
    async with house.cast.database.transaction(tenancy.firm(sandbox.firm.id)) as session:
        inside = (await session.scalars(select(Membership).where(Membership.left_at.is_(None)))).all()
    persons = {house.cast.persons[name].id for name in ("paula", "ben", "quinn")}
    assert {member.person_id for member in inside} == persons


async def test_an_erased_sandbox_leaves_nothing(house: House) -> None:
    cast = house.cast
    await paid(house)
    sandbox = await copied(cast)
    before = await digests(cast)
    await erased(cast, sandbox)
    assert await digests(cast) == before
    async with cast.transaction() as session:
        assert not any((await remains_of(session, sandbox.firm.id)).values())
        assert await session.get(Firm, sandbox.firm.id) is None
        await erase_sandbox(session, sandbox.firm.id)  # again changes nothing


async def test_the_database_erases_and_fills_sandboxes_only(house: House) -> None:
    cast = house.cast
    row = f'[{{"firm_id": "{cast.firm.id}", "id": "{uuid7()}"}}]'
    for statement in (
        f"SELECT erase_sandbox('{cast.firm.id}')",
        f"SELECT fill_sandbox('{cast.firm.id}', 'counters', ARRAY['firm_id', 'id'], '{row}')",
    ):
        async with cast.transaction() as session:
            with pytest.raises(DBAPIError, match="only a sandbox"):
                await session.execute(text(statement))
    sandbox = await copied(cast)
    async with cast.transaction() as session:
        with pytest.raises(DBAPIError, match="from inside"):
            await session.execute(text(f"SELECT erase_sandbox('{sandbox.firm.id}')"))
    async with cast.transaction() as session:
        with pytest.raises(DBAPIError, match="another firm"):
            await session.execute(
                text(f"SELECT fill_sandbox('{sandbox.firm.id}', 'counters', ARRAY['firm_id', 'id'], '{row}')")
            )


async def test_no_mail_of_a_sandbox_may_leave_whatever_a_program_writes(house: House) -> None:
    """By SQL as the application's role: the outbox of a sandbox delivers to the embedded mailbox only."""
    sandbox = await copied(house.cast)
    scope = tenancy.firm(sandbox.firm.id)
    async with house.cast.database.transaction(scope) as session:
        job = enqueue(session, "firms.daily")
        await session.flush()
        await session.refresh(job)
        assert job.outlet == "mailbox"
    leaving = (
        text("UPDATE outbox SET outlet = 'relay'"),
        text(
            "INSERT INTO outbox (firm_id, id, job, kind, args, created_at, due_at, rings, attempts, last_error, dead,"
            " outlet, held) SELECT firm_id, gen_random_uuid(), job, kind, args, created_at, due_at, 0, 0, '', false,"
            " 'relay', false FROM outbox"
        ),
    )
    for statement in leaving:
        with pytest.raises(DBAPIError, match="embedded mailbox only"):
            async with house.cast.database.transaction(scope) as session:
                await session.execute(statement)
    with pytest.raises(DBAPIError, match="a firm stays sandbox"):
        async with house.cast.database.transaction(tenancy.PLATFORM) as session:
            await session.execute(text("UPDATE firms SET kind = 'live' WHERE id = :id"), {"id": sandbox.firm.id})


async def erased(cast: Cast, sandbox: Sandbox) -> None:
    async with cast.transaction() as session:
        await close_sandbox(session, sandbox.firm.id, clock.now())
        await erase_sandbox(session, sandbox.firm.id)
        await strike_out(session, sandbox.firm.id)


async def counted(session: AsyncSession, firm_id: UUID) -> dict[str, int]:
    found = {}
    for table in firm_tables():
        query = text(f"SELECT count(*) FROM {table.name} WHERE firm_id = :firm")
        found[table.name] = await session.scalar(query, {"firm": firm_id}) or 0
    return found


async def dangling(session: AsyncSession, firm_id: UUID) -> list[str]:
    """Keys that lead nowhere, of every table."""
    found = []
    for table in firm_tables():
        for name, parent in parents(table).items():
            query = text(
                f"SELECT count(*) FROM {table.name} c LEFT JOIN {parent.name} p ON p.firm_id = c.firm_id"
                f" AND p.id = c.{name} WHERE c.firm_id = :firm AND c.{name} IS NOT NULL AND p.id IS NULL"
            )
            if await session.scalar(query, {"firm": firm_id}):
                found.append(f"{table.name}.{name}")
    return found


async def test_what_a_sandbox_prints_is_stamped_on_every_page(house: House) -> None:
    sandbox = await copied(house.cast)
    two_pages = '<html><body><p>一</p><p style="break-before: page">二</p></body></html>'
    with tenancy.within(tenancy.firm(sandbox.firm.id)):
        stamped = await render_pdf(two_pages, created=clock.now())
    with tenancy.within(house.cast.scope):
        plain = await render_pdf(two_pages, created=clock.now())
    assert ["演练 DRILL" in page.extract_text() for page in pypdf.PdfReader(BytesIO(stamped)).pages] == [True, True]
    assert "演练" not in pypdf.PdfReader(BytesIO(plain)).pages[0].extract_text()
