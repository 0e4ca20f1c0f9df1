"""The beginning of every story about a case: a client with somebody to talk to, books with errors, findings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from saas.cases import opening, queries
from saas.cases.forms import Analyse, Confirm, NewCase
from saas.cases.models import Case, Lesson
from saas.cases.workflow import CASE
from saas.checks import jobs
from saas.checks.models import FoundAnomaly
from saas.clients.communication import log
from saas.clients.models import Client, Contact
from saas.firms.models import Notification
from saas.kernel import clock
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.kernel.perform import perform, start
from saas.ledgers import store
from saas.ledgers.frame import Ledger
from saas.ledgers.models import Import
from saas.ledgers.workflow import IMPORT
from tests.cast import Cast, member_id
from tests.checks.ledger_text import ledger_of

UNBALANCED = """
2026-09-05 记-1 提现 | D 1001 5000.00 | C 1002 5000.00
2026-09-18 记-2 付广告费 | D 5601 1200.00 | C 1002 1200.00
2026-09-20 记-3 购办公用品 | D 5602 800.00 | C 1002 700.00
"""


async def make_client(cast: Cast, *, email: str = "xu@example.com", **known: Any) -> tuple[Client, Contact]:
    """A company in Ben's charge, reviewed by Quinn, with 许承泽 who may approve."""
    async with cast.transaction() as session:
        client = Client(
            number=f"K{uuid7().hex[-6:]}",
            name="杭州澄屿茶业有限公司",
            uscc=f"9133{uuid7().hex[-14:].upper()}",
            sort_key=uuid7().hex,
            pinyin="hangzhou",
            taxpayer_kind="general",
            standard="small",
            bookkeeper_id=member_id(cast.ben),
            reviewer_id=member_id(cast.quinn),
            created_at=clock.now(),
            **known,
        )
        session.add(client)
        await session.flush()
        contact = Contact(client_id=client.id, name="许承泽", email=email, phone="13800000000", may_approve=True)
        session.add(contact)
    return client, contact


async def import_text(cast: Cast, client: Client, text: str) -> UUID:
    """Books as text become the client's current books, through the import's own steps."""
    return await import_ledger(cast, client, ledger_of(text))


async def import_ledger(cast: Cast, client: Client, ledger: Ledger) -> UUID:
    async with cast.transaction() as session:
        imported = Import(
            client_id=client.id,
            file_name="账簿.xlsx",
            file_sha256=uuid7().hex * 2,
            file_size=1,
            uploaded_by=member_id(cast.ben),
            uploaded_at=clock.now(),
        )
        await start(session, IMPORT, imported, cast.ben)
        await perform(session, IMPORT, imported.id, "show", SYSTEM)
        imported.posted = "posted"
        imported.preview = {"lines": ledger.lines.height}
        form = IMPORT.named("store")[0].form
        assert form is not None
        await perform(session, IMPORT, imported.id, "store", cast.ben, form(posted="posted"))
        await store.write(session, imported, ledger)
        await perform(session, IMPORT, imported.id, "finish", SYSTEM)
        return imported.id


async def check(cast: Cast, client: Client, import_id: UUID | None = None) -> Sequence[FoundAnomaly]:
    """Run the rules as the job does; the client's findings afterwards."""
    async with cast.transaction() as session:
        await jobs.run(session, str(client.id), str(import_id) if import_id else None)
    return await findings(cast, client)


async def findings(cast: Cast, client: Client) -> Sequence[FoundAnomaly]:
    async with cast.transaction() as session:
        query = select(FoundAnomaly).where(FoundAnomaly.client_id == client.id).order_by(FoundAnomaly.rule)
        return (await session.scalars(query)).all()


async def found(cast: Cast, text: str = UNBALANCED) -> tuple[Client, Contact, list[FoundAnomaly]]:
    """A client whose books were imported and checked."""
    client, contact = await make_client(cast)
    listed = await check(cast, client, await import_text(cast, client, text))
    return client, contact, [finding for finding in listed if finding.severity != "info"]


async def opened(cast: Cast) -> tuple[Case, Client, Contact]:
    """A case from the unbalanced voucher: triaged, Ben's."""
    client, contact, listed = await found(cast)
    n01 = [finding for finding in listed if finding.rule == "N01"]
    async with cast.transaction() as session:
        case = await opening.from_findings(session, cast.ben, n01, clock.now())
    return case, client, contact


async def by_hand(cast: Cast, client: Client, **changes: Any) -> Case:
    """A case a colleague noticed; new, with its voucher named."""
    form = NewCase(
        uuid7(), client.id, "办公用品记错科目", "办公用品记入了广告费", period="2026-09", vouchers="2026-09 记-2"
    )
    for name, value in changes.items():
        setattr(form, name, value)
    async with cast.transaction() as session:
        return await opening.by_hand(session, cast.ben, form, [], clock.now())


CONFIRM = Confirm("entry", Money(100_00), 2, 3, "reduce")
ANALYSE = Analyse("entry", "AMT", "金额录入错误", "firm", "尽快更正", date(2026, 12, 1))


async def act(cast: Cast, case: Case, action: str, actor: Actor, form: Any = None) -> Case:
    """One step of the workflow in a transaction of its own."""
    async with cast.transaction() as session:
        done: Case = await perform(session, CASE, case.id, action, actor, form)
        return done


async def talk(cast: Cast, case: Case, actor: Actor | None = None) -> None:
    """A telephone call with the client, on record for the case."""
    async with cast.transaction() as session:
        client = await session.get(Client, (case.firm_id, case.client_id))
        assert client is not None
        log(session, actor or cast.ben, client, clock.now(), channel="phone", direction="out", summary="问清用途",
            contact_name="许承泽", subject_kind="case", subject_id=case.id)  # fmt: skip


async def analysed(cast: Cast) -> tuple[Case, Client, Contact]:
    """A case whose cause is known."""
    case, client, contact = await opened(cast)
    await act(cast, case, "confirm", cast.ben, CONFIRM)
    await talk(cast, case)
    await act(cast, case, "contact", cast.ben)
    return await act(cast, case, "analyse", cast.ben, ANALYSE), client, contact


async def reload(cast: Cast, case: Case) -> Case:
    async with cast.transaction() as session:
        return await queries.case(session, case.id)


def lesson_of(cast: Cast, case: Case) -> Lesson:
    return Lesson(
        case_id=case.id,
        whys=["录入时看错金额", "没有复核原始凭证", "月末工作集中"],
        action="每周复核一次",
        action_owner_id=member_id(cast.ben),
        action_due=date(2026, 12, 31),
        written_by=member_id(cast.ben),
        written_at=clock.now(),
    )


async def notifications(cast: Cast, actor: Actor) -> Sequence[Notification]:
    async with cast.transaction() as session:
        query = select(Notification).where(Notification.member_id == actor.id)
        return (await session.scalars(query.order_by(Notification.created_at))).all()
