"""The builder's pages: the right people only, and a chart that lacks an account is no dead end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from saas.adjustments import planning
from saas.adjustments.models import Adjustment
from saas.cases.forms import Analyse, Confirm, Triage
from saas.cases.models import Case
from saas.cases.workflow import CASE
from saas.clients.communication import log
from saas.clients.models import Client, Contact
from saas.kernel import clock
from saas.kernel.i18n import Text
from saas.kernel.money import Money
from saas.kernel.perform import perform, start
from tests.adjustments.test_round import store_file
from tests.cast import Browser, Cast, member_id

pytestmark = pytest.mark.usefixtures("mailbox_folder")
People = Callable[[str], Awaitable[Browser]]
PRIOR, RETAINED = "account:prior_year", "account:retained.undistributed"


def last_year() -> int:
    return clock.today().year - 1


def wrong() -> str:
    return f"{last_year()}-12 记-45"


def ledger() -> str:
    """Last December, closed, and the first voucher of today."""
    last, today = last_year(), clock.today()
    return (
        f"{last}-12-01,记-1,收投资款,1002,银行存款,90000.00,,陆予安\n"
        f"{last}-12-01,记-1,收投资款,4001,实收资本,,90000.00,陆予安\n"
        f"{last}-12-20,记-45,购设备,6602,管理费用,60000.00,,陆予安\n"
        f"{last}-12-20,记-45,购设备,1002,银行存款,,60000.00,陆予安\n"
        f"{last}-12-31,记-46,结转损益,4103,本年利润,60000.00,,陆予安\n"
        f"{last}-12-31,记-46,结转损益,6602,管理费用,,60000.00,陆予安\n"
        f"{today},记-1,购设备,1601,固定资产,10.00,,陆予安\n"
        f"{today},记-1,购设备,1002,银行存款,,10.00,陆予安\n"
    )


def facts() -> dict[str, Any]:
    return {
        "kind": "account", "posting": "posted", "voucher": wrong(), "subject": "设备误计入费用", "material": "yes",
        "annual_return_filed": "yes", "statements_approved": "yes", "material_reason": "影响利润总额 5% 以上",
        "right-0-account": ["1601 固定资产", "1002 银行存款"],
        "right-0-debit": ["60000.00", ""], "right-0-credit": ["", "60000.00"],
    }  # fmt: skip


@pytest.fixture
async def case(cast: Cast, settings: Any) -> Case:
    """An error of last year in books whose chart knows neither 6901 nor 4104."""
    async with cast.transaction() as session:
        client = Client(
            number="K0002", name="杭州澄屿茶业有限公司", uscc="91110000600037341L", sort_key="hang", pinyin="hang",
            taxpayer_kind="general", standard="enterprise", created_at=clock.now(),
        )  # fmt: skip
        session.add(client)
        await session.flush()
        session.add(Contact(client_id=client.id, name="许承泽", email="xu@example.com", may_approve=True))
    await store_file(cast, client, ledger(), settings)
    ben = cast.ben
    async with cast.transaction() as session:
        found = Case(
            number="YC-1", client_id=client.id, title=Text("设备误计入费用"), source="staff", severity="medium",
            description="复核发现", vouchers=[wrong()], period=f"{last_year()}-12", opened_by=member_id(ben),
            opened_at=clock.now(),
        )  # fmt: skip
        await start(session, CASE, found, ben)
        await perform(session, CASE, found.id, "triage", ben, Triage(member_id(ben)))
        await perform(session, CASE, found.id, "confirm", ben, Confirm("entry", Money(6000000), 2, 2, "reduce"))
        log(session, ben, client, clock.now(), channel="phone", direction="out", summary="问清用途",
            contact_name="许承泽", subject_kind="case", subject_id=found.id)  # fmt: skip
        await session.flush()
        await perform(session, CASE, found.id, "contact", ben)
        form = Analyse("entry", "ACCT", "选错科目", "firm", "本月内更正")
        return await perform(session, CASE, found.id, "analyse", ben, form)


def address(cast: Cast, case: Case) -> str:
    return f"/f/{cast.firm.slug}/cases/{case.id}/adjustment"


async def test_the_builder_is_for_preparers_of_this_firm(cast: Cast, case: Case, as_person: People) -> None:
    path = address(cast, case)
    for name in ("paula", "mara", "quinn", "ben"):
        assert (await (await as_person(name)).get(f"{path}/new")).status_code == 200
    for name in ("cash", "tina", "ada"):
        assert (await (await as_person(name)).get(f"{path}/new")).status_code == 403
        assert (await (await as_person(name)).post(f"{path}/new", facts())).status_code == 403
    assert (await (await as_person("otto")).get(f"{path}/new")).status_code == 404
    assert (await (await as_person("otto")).post(f"{path}/new", facts())).status_code == 404
    assert (await (await as_person("nobody")).get(f"{path}/new")).status_code == 303


async def test_the_vouchers_named_as_evidence_are_offered(cast: Cast, case: Case, as_person: People) -> None:
    page = (await (await as_person("ben")).get(f"{address(cast, case)}/new")).text
    assert f'value="{wrong()}"' in page
    assert "60,000.00" in page


async def test_a_lacking_account_is_asked_for_by_name_and_then_kept(cast: Cast, case: Case, as_person: People) -> None:
    ben, path = await as_person("ben"), address(cast, case)
    first = await ben.post(f"{path}/new", facts())
    assert first.status_code == 422
    assert "6901 以前年度损益调整" in first.text
    assert "prior_year”" not in first.text
    assert f'name="{PRIOR}"' in first.text
    second = await ben.post(f"{path}/new", {**facts(), PRIOR: "6901 以前年度损益调整"})
    assert second.status_code == 422
    assert "4104 利润分配—未分配利润" in second.text
    assert (await client_of(cast, case)).settings.get("accounts") is None  # a refusal keeps nothing

    given = {**facts(), PRIOR: "6901 以前年度损益调整", RETAINED: "410415 未分配利润"}
    assert (await ben.post(f"{path}/new", given)).status_code == 303
    assert await booked(cast, case) >= {"1601", "6901", "410415"}
    own = (await client_of(cast, case)).settings["accounts"]
    assert own["prior_year"] == {"code": "6901", "name": "以前年度损益调整"}
    page = (await ben.get(path)).text
    assert "以前年度损益调整" in page
    assert "不在科目表中" not in page
    assert (await ben.post(f"{path}/new", facts())).status_code == 303  # asked once, known from then on


@pytest.mark.parametrize("text", ["1002 银行存款", "!!", "100299 以前年度损益调整"])
async def test_an_account_that_cannot_stand_for_it_is_refused(
    cast: Cast, case: Case, as_person: People, text: str
) -> None:
    ben = await as_person("ben")
    answer = await ben.post(f"{address(cast, case)}/new", {**facts(), PRIOR: text})
    assert answer.status_code == 422
    assert f'name="{PRIOR}"' in answer.text


async def test_the_same_form_twice_is_one_draft(cast: Cast, case: Case, as_person: People) -> None:
    ben, path = await as_person("ben"), address(cast, case)
    given = {**facts(), PRIOR: "6901 以前年度损益调整", RETAINED: "410415 未分配利润"}
    for _press in range(2):
        assert (await ben.post(f"{path}/new", given)).status_code == 303
    assert await versions(cast, case) == [1]
    other = {**given, "subject": "设备误作费用"}
    assert (await ben.post(f"{path}/new", other)).status_code == 303
    assert await versions(cast, case) == [1, 2]


async def versions(cast: Cast, case: Case) -> list[int]:
    async with cast.transaction() as session:
        query = select(Adjustment.version).where(Adjustment.case_id == case.id).order_by(Adjustment.version)
        return list(await session.scalars(query))


async def client_of(cast: Cast, case: Case) -> Client:
    async with cast.transaction() as session:
        return (await session.execute(select(Client).where(Client.id == case.client_id))).scalar_one()


async def booked(cast: Cast, case: Case) -> set[str]:
    """The accounts of the newest plan."""
    async with cast.transaction() as session:
        adjustment = await planning.newest(session, case)
        assert adjustment is not None
        rows = await planning.vouchers_of(session, adjustment)
        return {line["account"] for row in rows for line in row.lines}
