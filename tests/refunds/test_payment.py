"""Money on its way: once for each key, never more than is left, in parts, failed and tried again, in batches (R4.2)."""

from __future__ import annotations

import asyncio
import csv
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.errors import Conflict, Forbidden, FreshSignInNeeded
from saas.kernel.money import ZERO, Money
from saas.refunds import queries
from saas.refunds.models import Refund
from saas.refunds.payment import bank_file, batches, invoices, paying
from saas.refunds.payment.entry import own_entry
from saas.refunds.payment.payment_forms import Fail, InvoiceForm, NewBatch, PayForm, Settle
from saas.refunds.payment.payment_models import Payment, PaymentBatch
from saas.tasks.models import Task
from tests.cast import member_id
from tests.refunds import payment_story as story
from tests.refunds.house import House

FULL = Money(2100_00)


async def payments(house: House) -> list[Payment]:
    async with house.cast.transaction() as session:
        return list(await session.scalars(select(Payment).order_by(Payment.made_at)))


def desk(house: House, refund: Refund) -> str:
    return f"/f/{house.cast.firm.slug}/refunds/{refund.id}/payment"


async def page_fields(house: House, refund: Refund, amount: str = "2100.00") -> dict[str, Any]:
    async with house.cast.transaction() as session:
        payee = await queries.payee(session, refund.id)
        assert payee is not None
    return {"key": paying.new_key(), "payee_id": str(payee.id), "amount": amount}


async def test_the_same_page_twice_pays_once(house: House, as_person: story.People) -> None:
    """The process died between commit and answer: the browser repeats the very same form."""
    refund = await story.checked(house)
    cash, fields = await as_person("cash"), await page_fields(house, refund)
    for _again in range(3):
        assert (await cash.post(f"{desk(house, refund)}/pay", fields)).status_code == 303
    [payment] = await payments(house)
    assert (payment.amount, payment.status, payment.key) == (FULL, "in_transit", fields["key"])
    await story.settle(house, refund)
    assert (await cash.post(f"{desk(house, refund)}/pay", fields)).status_code == 303  # even after it arrived
    assert len(await payments(house)) == 1


async def test_twenty_of_the_same_page_in_one_instant_pay_once(house: House, settings: Settings) -> None:
    refund, fields = await story.checked(house), None
    fields = await page_fields(house, refund)
    database = Database(settings.app_database_url, pool_size=20)
    crowd = replace(house, cast=replace(house.cast, database=database))
    form = PayForm(fields["key"], UUID(fields["payee_id"]), FULL)

    async def once() -> Payment:
        async with crowd.cast.transaction() as session:
            return await paying.hand_over(session, house.cast.cash, refund.id, form, clock.now())

    made = await asyncio.gather(*(once() for _n in range(20)))
    await database.close()
    assert len({payment.id for payment in made}) == 1
    assert len(await payments(house)) == 1


async def test_twenty_pages_in_one_instant_pay_once_too(house: House, settings: Settings) -> None:
    """Twenty windows, each with a key of its own: the first one wins, the others find the money on its way."""
    refund = await story.checked(house)
    fields = [await page_fields(house, refund) for _n in range(20)]
    database = Database(settings.app_database_url, pool_size=20)
    crowd = replace(house, cast=replace(house.cast, database=database))

    async def once(given: dict[str, Any]) -> Payment:
        form = PayForm(given["key"], UUID(given["payee_id"]), FULL)
        async with crowd.cast.transaction() as session:
            return await paying.hand_over(session, house.cast.cash, refund.id, form, clock.now())

    made = await asyncio.gather(*(once(given) for given in fields), return_exceptions=True)
    await database.close()
    assert sum(isinstance(one, Payment) for one in made) == 1
    assert sum(isinstance(one, Conflict) for one in made) == 19
    assert [payment.amount for payment in await payments(house)] == [FULL]


async def test_the_check_list_before_money_goes(house: House, as_person: story.People) -> None:
    """Name, amount in words, bank: all met for the account the money came from, open for a changed one (R17.3)."""
    refund = await story.approved(house)
    cash = await as_person("cash")
    await story.written(house, refund)
    page = (await cash.get(desk(house, refund))).text
    for words in ("贰仟壹佰元整", "即合同付款人", "中国工商银行杭州西湖支行 102331000123", "无需：原路退回"):
        assert words in page
    await story.written(house, refund, account="33001616781050009999")
    assert "无需：原路退回" not in (await cash.get(desk(house, refund))).text


async def test_who_opens_the_desk_after_an_interruption_finds_the_money_on_its_way(
    house: House, as_person: story.People
) -> None:
    refund = await story.executing(house)
    page = await (await as_person("cash")).get(desk(house, refund))
    assert 'name="key"' not in page.text
    answer = await (await as_person("cash")).post(f"{desk(house, refund)}/pay", await page_fields(house, refund))
    assert answer.status_code == 409
    assert len(await payments(house)) == 1


async def test_in_parts_until_all_of_it_arrived(house: House) -> None:
    refund = await story.checked(house)
    await story.pay(house, refund, Money(1000_00))
    await story.settle(house, refund, "ICBC-1")
    assert (await house.fresh(refund)).state == "payee_checked"
    with pytest.raises(Forbidden, match="are left"):
        await story.pay(house, refund, Money(1100_01))
    await story.pay(house, refund)
    await story.settle(house, refund, "ICBC-2")
    after = await house.fresh(refund)
    assert (after.state, after.outcome) == ("paid", "refund")
    assert [p.amount for p in await payments(house)] == [Money(1000_00), Money(1100_00)]


@pytest.mark.parametrize("amount", ["0.00", "-5", "2100.01", "abc"])
async def test_no_other_amount_than_what_is_left(house: House, as_person: story.People, amount: str) -> None:
    refund = await story.checked(house)
    fields = await page_fields(house, refund, amount)
    answer = await (await as_person("cash")).post(f"{desk(house, refund)}/pay", fields)
    assert answer.status_code in (403, 422)
    assert await payments(house) == []


async def test_failed_and_tried_again(house: House) -> None:
    refund = await story.executing(house)
    [first] = await payments(house)
    for _twice in range(2):
        async with house.cast.transaction() as session:
            await paying.fail(session, house.cast.cash, refund.id, first.id, Fail("户名不符"), clock.now())
    assert (await house.fresh(refund)).state == "failed"
    async with house.cast.transaction() as session:
        assert await queries.committed(session, house.contract.id) == FULL  # still reserved
    given = Settle("ICBC-1", clock.today())
    with pytest.raises(Conflict):
        async with house.cast.transaction() as session:
            await paying.settle(session, house.cast.cash, refund.id, first.id, given, story.RECEIPT, clock.now())
    await story.pay(house, refund)
    await story.settle(house, refund)
    assert (await house.fresh(refund)).state == "paid"


async def test_failed_because_of_the_account_another_one_is_checked_anew(house: House) -> None:
    refund = await story.executing(house)
    [first] = await payments(house)
    async with house.cast.transaction() as session:
        await paying.fail(session, house.cast.cash, refund.id, first.id, Fail("账号有误"), clock.now())
    await story.written(house, refund, account="33001616781050009999")
    after = await house.fresh(refund)
    assert (after.state, after.amount) == ("approved", FULL)
    async with house.cast.transaction() as session:
        assert await queries.committed(session, house.contract.id) == FULL


async def test_arrival_needs_reference_day_and_receipt(house: House, as_person: story.People) -> None:
    refund = await story.executing(house)
    [payment] = await payments(house)
    url, cash = f"{desk(house, refund)}/{payment.id}/settle", await as_person("cash")
    today, tomorrow = clock.today().isoformat(), (clock.today() + timedelta(1)).isoformat()
    files = {"files": ("回单.pdf", b"%PDF-1.4 receipt", "application/pdf")}
    assert (await cash.post(url, {"paid_on": today}, files)).status_code == 422
    assert (await cash.post(url, {"bank_reference": "ICBC-9", "paid_on": tomorrow}, files)).status_code == 422
    assert (await cash.post(url, {"bank_reference": "ICBC-9", "paid_on": today})).status_code == 422
    for name, status in (("ben", 403), ("ada", 403), ("otto", 404), ("nobody", 303)):
        answer = await (await as_person(name)).post(url, {"bank_reference": "ICBC-9", "paid_on": today}, files)
        assert answer.status_code == status
    for _again in range(2):
        assert (await cash.post(url, {"bank_reference": "ICBC-9", "paid_on": today}, files)).status_code == 303
    assert (await house.fresh(refund)).state == "paid"
    page = await cash.get(desk(house, refund))
    [after] = await payments(house)
    stored = after.receipt[0]["sha256"]
    assert "ICBC-9" in page.text
    assert (await cash.get(f"{desk(house, refund)}/files/{stored}")).content == b"%PDF-1.4 receipt"
    assert (await (await as_person("otto")).get(f"{desk(house, refund)}/files/{stored}")).status_code == 404


async def test_only_the_cashier_pays_and_never_what_they_asked_for_or_wrote(house: House) -> None:
    refund = await story.checked(house)
    cashier = house.cast.cash.permissions
    for own in (house.cast.ben, house.cast.lin):
        with pytest.raises(Forbidden, match="does not check it"):
            await story.pay(house, refund, actor=replace(own, permissions=cashier))
    with pytest.raises(FreshSignInNeeded):
        await story.pay(house, refund, actor=house.cast.cash.signed_in(clock.now() - timedelta(hours=1)))
    assert await payments(house) == []


INSERT = (
    "INSERT INTO refund_payments (firm_id, id, refund_id, payee_id, key, amount, state, made_by, made_at,"
    " bank_reference, receipt, failure) SELECT r.firm_id, gen_random_uuid(), r.id, p.id, :key, :amount, :state, :by,"
    " now(), '', '[]', '' FROM refunds r JOIN refund_payees p ON p.refund_id = r.id WHERE r.id = :id"
)


@pytest.mark.parametrize(
    ("amount", "state", "who", "said"),
    [
        (2100_01, "in_transit", "cash", "never exceeds what is left"),
        (0, "in_transit", "cash", "pays_something"),
        (100_00, "paid", "cash", "begins on its way"),
        (100_00, "in_transit", "ben", "does not pay"),
        (100_00, "in_transit", "lin", "does not pay"),
    ],
)
async def test_round_python_the_database_refuses(house: House, amount: int, state: str, who: str, said: str) -> None:
    refund = await story.checked(house)
    given = {"key": uuid4().hex[:12], "amount": amount, "state": state, "id": refund.id,
             "by": member_id(house.cast.actors[who])}  # fmt: skip
    with pytest.raises(DBAPIError, match=said):
        async with house.cast.transaction() as session:
            await session.execute(text(INSERT), given)


async def test_no_transfer_before_the_check_nor_beyond_what_is_on_its_way(house: House) -> None:
    early = await story.approved(house)
    await story.written(house, early)
    given = {"key": uuid4().hex[:12], "amount": 1, "state": "in_transit", "by": member_id(house.cast.cash)}
    with pytest.raises(DBAPIError, match="whose account is checked"):
        async with house.cast.transaction() as session:
            await session.execute(text(INSERT), {**given, "id": early.id})
    other = await story.another(house)
    late = await story.executing(other)
    with pytest.raises(DBAPIError, match="never exceeds what is left"):
        async with house.cast.transaction() as session:
            await session.execute(text(INSERT), {**given, "id": late.id})


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE refund_payments SET amount = 1", "never changes"),
        ("UPDATE refund_payments SET state = 'failed', failure = 'x'", "never changes"),
        ("UPDATE refund_payments SET bank_reference = 'x'", "never changes"),
        ("DELETE FROM refund_payments", "stays on record"),
        ("UPDATE refunds SET amount = 1", "an approved amount never changes"),
    ],
)
async def test_what_was_paid_never_changes(house: House, statement: str, said: str) -> None:
    refund = await story.paid(house)
    column = "id" if "refunds" in statement else "refund_id"
    with pytest.raises(DBAPIError, match=said):
        async with house.cast.transaction() as session:
            await session.execute(text(f"{statement} WHERE {column} = :id"), {"id": refund.id})


async def test_nothing_is_paid_that_has_not_arrived(house: House) -> None:
    refund = await story.executing(house)
    with pytest.raises(DBAPIError, match="when all of it arrived"):
        async with house.cast.transaction() as session:
            await session.execute(text("UPDATE refunds SET state = 'paid' WHERE id = :id"), {"id": refund.id})
    with pytest.raises(DBAPIError, match="when the bank says so"):
        async with house.cast.transaction() as session:
            await session.execute(
                text("UPDATE refund_payments SET state = 'paid' WHERE refund_id = :id"), {"id": refund.id}
            )


async def test_a_batch_pays_each_once_and_makes_the_banks_file(house: House, as_person: story.People) -> None:
    other = await story.another(house)
    refunds = [await story.checked(house), await story.checked(other)]
    url, cash = f"/f/{house.cast.firm.slug}/refunds/batches", await as_person("cash")
    page = await cash.get(url)
    assert all(refund.number in page.text for refund in refunds)
    fields = {"key": paying.new_key(), "refund": [str(refund.id) for refund in refunds]}
    where = {(await cash.post(url, fields)).headers["location"] for _again in range(2)}
    assert len(where) == 1
    async with house.cast.transaction() as session:
        [batch] = (await session.scalars(select(PaymentBatch))).all()
    assert batch.number == f"FK-{clock.today().year}-0001"
    assert (batch.count, batch.total) == (2, Money(4200_00))
    assert {payment.batch_id for payment in await payments(house)} == {batch.id}
    one = f"{url}/{batch.id}"
    for name, seen, taken in (("cash", 200, 200), ("ada", 200, 403), ("ben", 200, 403), ("otto", 404, 404)):
        person = await as_person(name)
        shown = await person.get(one)
        assert shown.status_code == seen
        assert story.ACCOUNT not in shown.text
        assert (await person.post(f"{one}/file", {"kind": "csv"})).status_code == taken
    await holds_both(house, cash, one)


async def holds_both(house: House, cash: Any, one: str) -> None:
    """CSV and XLSX with the columns banks ask for, accounts in full, and a line in the trail for each account read."""
    content = (await cash.post(f"{one}/file", {"kind": "csv"})).content
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    assert tuple(rows[0]) == bank_file.COLUMNS
    assert [row[2] for row in rows[1:]] == [story.ACCOUNT, story.ACCOUNT]
    assert [row[6] for row in rows[1:]] == ["2100.00", "2100.00"]
    keys = {payment.key for payment in await payments(house)}
    assert {row[7].split()[-1] for row in rows[1:]} == keys
    sheet = load_workbook(BytesIO((await cash.post(f"{one}/file", {"kind": "xlsx"})).content)).active
    assert sheet is not None
    assert [sheet.cell(2, 3).value, sheet.cell(2, 5).value] == [story.ACCOUNT, "102331000123"]
    assert float(str(sheet.cell(4, 7).value)) == 4200.00
    async with house.cast.transaction() as session:
        query = select(AuditEntry).where(AuditEntry.action == "refunds.reveal", AuditEntry.outcome == "done")
        read = (await session.scalars(query)).all()
    assert len(read) == 6  # three files of two accounts: each reading is written down


async def test_a_batch_is_all_or_nothing(house: House, as_person: story.People) -> None:
    other = await story.another(house)
    ready, early = await story.checked(house), await story.approved(other)
    cash = await as_person("cash")
    fields = {"key": paying.new_key(), "refund": [str(ready.id), str(early.id)]}
    answer = await cash.post(f"/f/{house.cast.firm.slug}/refunds/batches", fields)
    assert answer.status_code == 409
    assert early.number in answer.text
    assert await payments(house) == []
    assert (await cash.post(f"/f/{house.cast.firm.slug}/refunds/batches", {"key": paying.new_key()})).status_code == 422


async def test_two_batches_in_one_instant_pay_each_refund_once(house: House, settings: Settings) -> None:
    other = await story.another(house)
    ids = [(await story.checked(house)).id, (await story.checked(other)).id]
    database = Database(settings.app_database_url, pool_size=10)
    crowd = replace(house, cast=replace(house.cast, database=database))

    async def once(order: int) -> PaymentBatch:
        form = NewBatch(paying.new_key(), ids[::order])
        async with crowd.cast.transaction() as session:
            return await batches.make(session, house.cast.cash, form, clock.now())

    made = await asyncio.gather(*(once(order) for order in (1, -1) * 5), return_exceptions=True)
    await database.close()
    assert sum(isinstance(one, PaymentBatch) for one in made) == 1
    assert sum(isinstance(one, Conflict) for one in made) == 9
    assert len(await payments(house)) == 2


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_nothing_in_a_banks_file_runs(begins: str) -> None:
    evil = bank_file.Transfer(f"{begins}cmd|' /C calc'!A0", "1" * 12, f"{begins}1", "", True, Money(1), f"{begins}x")
    [row] = list(csv.reader(StringIO(bank_file.as_csv([evil]).decode("utf-8-sig"))))[1:]
    assert [row[column][0] for column in (1, 3, 7)] == ["'"] * 3
    sheet = load_workbook(BytesIO(bank_file.as_xlsx([evil]))).active
    assert sheet is not None
    assert str(sheet.cell(2, 2).value).startswith("'")
    assert sheet.cell(2, 2).data_type == "s"


async def test_the_voucher_has_the_amount_in_capitals(house: House, as_person: story.People) -> None:
    refund = await story.executing(house)
    [payment] = await payments(house)
    url = f"{desk(house, refund)}/{payment.id}/voucher"
    page = await (await as_person("cash")).get(url)
    assert "人民币贰仟壹佰元整" in page.text
    assert "2203" in page.text
    assert story.ACCOUNT not in page.text
    pdf = await (await as_person("ada")).get(f"{url}.pdf")
    assert pdf.content.startswith(b"%PDF")
    for name, status in (("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).get(url)).status_code == status
        assert (await (await as_person(name)).get(f"{url}.pdf")).status_code == status


@pytest.mark.parametrize(
    ("amount", "unserved", "advance", "red"),
    [(2100_00, 2100_00, 2100_00, 0), (2645_00, 2100_00, 2100_00, 545_00), (500_00, 0, 0, 500_00), (100, -5, 0, 100)],
)
def test_the_firms_own_entry_balances(amount: int, unserved: int, advance: int, red: int) -> None:
    lines = own_entry(Money(amount), Money(unserved))
    assert sum((line["debit"] or ZERO for line in lines), ZERO) == sum((line["credit"] or ZERO for line in lines), ZERO)
    by_code = {line["code"]: line for line in lines}
    assert (by_code["2203"]["debit"].fen if advance else 0) == advance
    assert (-by_code["5001"]["credit"].fen if red else 0) == red


async def open_steps(house: House, refund: Refund) -> list[str]:
    async with house.cast.transaction() as session:
        query = select(Task).where(Task.subject_id == refund.id, Task.workflow == "", Task.done_at.is_(None))
        return [task.step.msgid for task in await session.scalars(query)]


async def test_the_red_invoice_is_a_task_until_its_number_is_recorded(house: House, as_person: story.People) -> None:
    refund = await story.checked(house)
    async with house.cast.transaction() as session:
        given = InvoiceForm("digital", "26332000000123456789")
        await invoices.given(session, house.cast.ben, refund.id, given, clock.now())
    assert await open_steps(house, refund) == []  # nothing presses before money goes
    await story.pay(house, refund)
    assert await open_steps(house, refund) == [invoices.RED]
    url, ben = f"{desk(house, refund)}/red-invoice", await as_person("ben")
    today = clock.today().isoformat()
    assert (await ben.post(url, {"number": "12345", "red_on": today})).status_code == 422
    assert (await ben.post(url, {"number": "26332000000123456789", "red_on": today})).status_code == 422
    for name, status in (("cash", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(url, {"number": "1", "red_on": today})).status_code == status
    for _again in range(2):
        answer = await ben.post(url, {"number": "26332000000987654321", "red_on": today})
        assert answer.status_code == 303
    assert await open_steps(house, refund) == []
    with pytest.raises(DBAPIError, match="stays on record"):
        async with house.cast.transaction() as session:
            await session.execute(text("UPDATE refund_invoices SET red_number = ''"))


async def test_nobody_said_which_invoice_so_somebody_is_asked(house: House, as_person: story.People) -> None:
    refund = await story.executing(house)
    assert await open_steps(house, refund) == [invoices.ASK.msgid]
    url, ben = f"{desk(house, refund)}/invoice", await as_person("ben")
    assert (await ben.post(url, {"kind": "special", "number": "26332000000123456789"})).status_code == 422
    assert (await ben.post(url, {"kind": "none"})).status_code == 303
    assert await open_steps(house, refund) == []
