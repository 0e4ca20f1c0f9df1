"""The main job behind the pages: a wrong account corrected, reviewed, answered, booked, imported again and proved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.adjustments import annex, execution, planning, review
from saas.adjustments.forms import Effective
from saas.adjustments.forms import Facts as FactsForm
from saas.adjustments.models import Adjustment
from saas.cases.forms import Analyse, Confirm, Triage
from saas.cases.models import Case
from saas.cases.workflow import CASE
from saas.clients.communication import log
from saas.clients.models import Client, Contact
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.errors import Forbidden
from saas.kernel.files import store_of
from saas.kernel.i18n import Text
from saas.kernel.money import Money
from saas.kernel.perform import perform, start
from saas.ledgers.forms import Store
from saas.ledgers.models import Import
from saas.ledgers.workflow import IMPORT
from saas.notices.models import Notice
from tests.cast import Cast, member_id
from tests.ledgers.importing import HEAD, work

pytestmark = pytest.mark.usefixtures("mailbox_folder")


def first() -> date:
    return clock.today().replace(day=1)


def booked() -> str:
    """The wrong voucher of this month, and two others."""
    day = first()
    return (
        f"{day},记-1,付广告费,5602,管理费用,1200.00,,陆予安\n{day},记-1,付广告费,1002,银行存款,,1200.00,陆予安\n"
        f"{day},记-2,开户,1002,银行存款,90000.00,,陆予安\n{day},记-2,开户,3001,实收资本,,90000.00,陆予安\n"
        f"{day},记-3,付运费,5601,销售费用,300.00,,陆予安\n{day},记-3,付运费,1002,银行存款,,300.00,陆予安\n"
    )


def corrected(amount: str = "1200.00") -> str:
    """The file after both vouchers were booked."""
    today, day = clock.today(), _chinese(first())
    red, blue = f"注销{day}记-1号凭证", f"订正{day}记-1号凭证"
    return (
        f"{today},记-4,{red},5602,管理费用,-1200.00,,陆予安\n{today},记-4,{red},1002,银行存款,,-1200.00,陆予安\n"
        f"{today},记-5,{blue},5601,销售费用,{amount},,陆予安\n{today},记-5,{blue},1002,银行存款,,{amount},陆予安\n"
    )


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


async def store_file(cast: Cast, client: Client, body: str, settings: Any) -> None:
    """A file imported and stored as Ben would."""
    async with cast.transaction() as session:
        content = (HEAD + body).encode()
        digest = await store_of(settings).put(cast.firm.id, content)
        imported = Import(
            client_id=client.id, file_name="序时账.csv", file_sha256=digest, file_size=len(content),
            uploaded_by=member_id(cast.ben), uploaded_at=clock.now(),
        )  # fmt: skip
        await start(session, IMPORT, imported, cast.ben)
    await work(cast)
    async with cast.transaction() as session:
        await perform(session, IMPORT, imported.id, "store", cast.ben, Store(posted="posted"))
    await work(cast)


@pytest.fixture
async def tea(cast: Cast, settings: Any) -> Client:
    async with cast.transaction() as session:
        client = Client(
            number="K0001", name="杭州澄屿茶业有限公司", uscc="91110000600037341L", sort_key="hang", pinyin="hang",
            taxpayer_kind="small", standard="small", created_at=clock.now(),
        )  # fmt: skip
        session.add(client)
        await session.flush()
        session.add(Contact(client_id=client.id, name="许承泽", email="xu@example.com", may_approve=True))
        log(
            session, cast.ben, client, clock.now(), channel="phone", direction="out", summary="x", contact_name="许承泽"
        )
    await store_file(cast, client, booked(), settings)
    return client


async def analysed(cast: Cast, client: Client) -> Case:
    """A case of Ben's whose analysis is complete."""
    async with cast.transaction() as session:
        month = f"{clock.today():%Y-%m}"
        case = Case(
            number="YC-1", client_id=client.id, title=Text("广告费误记管理费用"), source="staff", severity="medium",
            description="复核发现", vouchers=[f"{month} 记-1"],
            period=month, opened_by=member_id(cast.ben), opened_at=clock.now(),
        )  # fmt: skip
        await start(session, CASE, case, cast.ben)
        ben = cast.ben
        await perform(session, CASE, case.id, "triage", ben, Triage(member_id(ben)))
        await perform(session, CASE, case.id, "confirm", ben, Confirm("entry", Money(120000), 2, 2, "reduce"))
        log(session, ben, client, clock.now(), channel="phone", direction="out", summary="问清用途",
            contact_name="许承泽", subject_kind="case", subject_id=case.id)  # fmt: skip
        await session.flush()
        await perform(session, CASE, case.id, "contact", ben)
        form = Analyse("entry", "ACCT", "选错科目", "firm", "本月内更正")
        return await perform(session, CASE, case.id, "analyse", ben, form)


async def drafted(cast: Cast, client: Client, case: Case, threshold: int = 50_000_00) -> Adjustment:
    raw = {
        "right-0-account": ["5601 销售费用", "1002 银行存款"],
        "right-0-debit": ["1200.00", ""],
        "right-0-credit": ["", "1200.00"],
    }
    voucher = f"{clock.today():%Y-%m} 记-1"
    form = FactsForm(kind="account", posting="posted", voucher=[voucher], annual_return_filed=True)
    async with cast.transaction() as session:
        at = await planning.desk_of(session, case, client)
        mistakes = planning.mistakes_of(at, form, raw)
        facts = planning.facts_of(at, form, mistakes)
        plan = planning.plan_for(at, facts, mistakes)
        await perform(session, CASE, case.id, "plan", cast.ben)
        return await planning.keep(
            session, at, facts, mistakes, plan, cast.ben, clock.now(), version=1, threshold_fen=threshold
        )


async def deed(cast: Cast, case: Case, client: Client, do: Any, actor: Actor, *args: Any) -> Any:
    """One of the builder's deeds with case and plan as the database has them."""
    async with cast.transaction() as session:
        fresh = (await session.execute(select(Case).where(Case.id == case.id))).scalar_one()
        adjustment = await planning.newest(session, fresh)
        assert adjustment is not None
        at = await planning.desk_of(session, fresh, client, adjustment.facts["open_period"])
        return await do(session, at, adjustment, *args, actor, clock.now())


async def state(cast: Cast, case: Case) -> str:
    async with cast.transaction() as session:
        return str(await session.scalar(select(Case.state).where(Case.id == case.id)))


def effective() -> Effective:
    return Effective(effective_on=clock.today() + timedelta(days=3), duties="请在收到通知后核对")


async def test_from_analysis_to_proof(cast: Cast, tea: Client, settings: Any, mailbox_folder: Any) -> None:
    case = await analysed(cast, tea)
    adjustment = await drafted(cast, tea, case)
    assert (adjustment.method, adjustment.method_row, adjustment.total) == ("red_blue", "D2", Money(120000))
    await deed(cast, case, tea, review.submit, cast.ben, effective())
    with pytest.raises(Forbidden):
        await deed(cast, case, tea, review.approve, cast.ben, list(review.TICKS))
    await deed(cast, case, tea, review.approve, cast.quinn, list(review.TICKS))
    assert await state(cast, case) == "approved"
    await work(cast)
    async with cast.transaction() as session:
        notice = (await session.scalars(select(Notice))).one()
        assert (notice.serial, len(notice.content_sha256), len(notice.file_sha256)) == (1, 64, 64)
        assert notice.content["before_sha256"] == (await planning.newest(session, case)).before_sha256
    assert await state(cast, case) == "notified"
    async with cast.transaction() as session:
        await perform(session, CASE, case.id, "acknowledge", cast.ben)
    await deed(cast, case, tea, execution.begin, cast.ben)
    await deed(cast, case, tea, execution.finish, cast.ben, ["记-4", "记-5"])
    assert await state(cast, case) == "executed"
    with pytest.raises(Forbidden, match="Import the client"):
        await deed(cast, case, tea, execution.prove, cast.quinn)
    await store_file(cast, tea, booked() + corrected(), settings)
    cure = await deed(cast, case, tea, execution.prove, cast.quinn)
    assert cure.ok, cure.reason
    assert await state(cast, case) == "verified"
    async with cast.transaction() as session:
        papers = dict(await annex.of_case(session, case))
    assert {"adjustments/v1.json", "adjustments/v1.xlsx"} <= papers.keys()
    assert sum(path.startswith("snapshots/") for path in papers) == 2
    assert b'"red_blue"' in papers["adjustments/v1.json"]


async def test_booked_otherwise_than_approved_goes_back(
    cast: Cast, tea: Client, settings: Any, mailbox_folder: Any
) -> None:
    case = await analysed(cast, tea)
    await drafted(cast, tea, case)
    await deed(cast, case, tea, review.submit, cast.ben, effective())
    await deed(cast, case, tea, review.approve, cast.quinn, list(review.TICKS))
    await work(cast)
    async with cast.transaction() as session:
        await perform(session, CASE, case.id, "acknowledge", cast.ben)
    await deed(cast, case, tea, execution.begin, cast.ben)
    await deed(cast, case, tea, execution.finish, cast.ben, ["记-4", "记-5"])
    await store_file(cast, tea, booked() + corrected("1250.00"), settings)
    cure = await deed(cast, case, tea, execution.prove, cast.quinn)
    assert not cure.ok
    assert await state(cast, case) == "analysed"


async def test_large_amounts_are_entered_twice_and_blind(cast: Cast, tea: Client) -> None:
    case = await analysed(cast, tea)
    await drafted(cast, tea, case, threshold=1000_00)
    with pytest.raises(Forbidden, match="second time"):
        await deed(cast, case, tea, review.submit, cast.ben, effective())
    raw = {
        "v0-account": ["5602", "1002"], "v0-debit": ["-1200", ""], "v0-credit": ["", "-1200"],
        "v1-account": ["5601", "1002"], "v1-debit": ["1200", ""], "v1-credit": ["", "1200"],
    }  # fmt: skip
    with pytest.raises(Forbidden, match="did not draft"):
        await deed(cast, case, tea, review.enter_again, cast.ben, raw)
    await deed(cast, case, tea, review.enter_again, cast.lin, raw)
    await deed(cast, case, tea, review.submit, cast.ben, effective())
    assert await state(cast, case) == "in_review"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE adjustments SET reviewed_by = prepared_by",
        "UPDATE adjustments SET verified_by = prepared_by",
        "UPDATE planned_vouchers SET summary = 'x'",
        "DELETE FROM planned_vouchers",
    ],
)
async def test_the_database_itself_refuses(cast: Cast, tea: Client, sql: str) -> None:
    case = await analysed(cast, tea)
    await drafted(cast, tea, case)
    await deed(cast, case, tea, review.submit, cast.ben, effective())
    with pytest.raises(DBAPIError):
        async with cast.transaction() as session:
            await session.execute(text(sql))
