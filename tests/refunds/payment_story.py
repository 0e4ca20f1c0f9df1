"""From the finished file to the money's arrival, by the real steps: what approval and payment tests begin with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from saas.kernel import clock
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.kernel.money import Money
from saas.kernel.perform import perform
from saas.refunds import queries
from saas.refunds.assessing import assessment
from saas.refunds.assessing.assessment import Assessment
from saas.refunds.calculation.service import Service
from saas.refunds.forms import Agreed, Offer
from saas.refunds.models import Refund
from saas.refunds.payment import payees, paying
from saas.refunds.payment.payment_forms import CallBack, CheckPayee, PayeeForm, PayForm, Settle
from saas.refunds.payment.payment_models import Payee, Payment
from saas.refunds.workflow import REFUND
from tests.cast import Browser
from tests.refunds.house import PAPERS, House, contract_day, make_client, make_contract

People = Callable[[str], Awaitable[Browser]]
small = clock.today  # eleven months served: 300.00, within the fast lane
usual = partial(contract_day, 5, 18)  # five months served: 2,100.00, one level
large = partial(contract_day, 1, 10)  # one month served: 3,300.00, two levels
ACCOUNT = "33001616781050001234"
RECEIPT = [{"name": "回单.pdf", "sha256": "d" * 64, "size": 1}]


async def assessed(house: House, notice_on: date | None = None, amount: Money | None = None, **changes: Any) -> Refund:
    """Reckoned and proposed by Ben; `amount` is an override."""
    refund = await house.completed(notice_on=notice_on or usual(), **changes)
    given = Assessment(Service(), amount=amount, override_reason="长期客户" if amount else "")
    async with house.cast.transaction() as session:
        await assessment.calculate(session, house.cast.ben, refund, given, clock.now())
    return await house.act(refund, "assess", house.cast.ben)


async def agreed(house: House, notice_on: date | None = None, amount: Money | None = None, **changes: Any) -> Refund:
    """Countersigned by Quinn, offered, and agreed to by the client."""
    refund = await assessed(house, notice_on, amount, **changes)
    await house.act(refund, "countersign", house.cast.quinn)
    fresh = await house.fresh(refund)
    if fresh.state == "countersigned":
        await house.act(refund, "offer", SYSTEM, Offer(clock.today() + timedelta(14)))
    await house.act(refund, "agree", contact_of(house), Agreed("link"))
    return await house.fresh(refund)


async def approved(house: House, **changes: Any) -> Refund:
    """2,100.00, approved by Mara."""
    refund = await agreed(house, **changes)
    return await house.act(refund, "approve", house.cast.mara)


async def checked(house: House, **changes: Any) -> Refund:
    """The account the money came from, written down by Ben and checked by Cash."""
    refund = await approved(house, **changes)
    payee = await written(house, refund)
    return await house.act(refund, "check_payee", house.cast.cash, CheckPayee(payee.id))


async def executing(house: House, **changes: Any) -> Refund:
    refund = await checked(house, **changes)
    await pay(house, refund)
    return await house.fresh(refund)


async def paid(house: House, **changes: Any) -> Refund:
    refund = await executing(house, **changes)
    await settle(house, refund)
    return await house.fresh(refund)


def form(house: House, **changes: Any) -> PayeeForm:
    known: dict[str, Any] = {
        "holder": house.client.name, "kind": "corporate", "bank": "中国工商银行杭州西湖支行", "account": ACCOUNT,
        "bank_code": "102331000123", "original": True,
    }  # fmt: skip
    return PayeeForm(**{**known, **changes})


async def written(
    house: House, refund: Refund, actor: Actor | None = None, files: Sequence[dict[str, Any]] = (), **changes: Any
) -> Payee:
    async with house.cast.transaction() as session:
        return await payees.write(
            session, actor or house.cast.ben, refund.id, form(house, **changes), files, clock.now()
        )


async def called(
    house: House, refund: Refund, payee: Payee, result: str = "confirmed", actor: Actor | None = None
) -> Payee:
    given = CallBack(house.contact.id, result, "逐位核对账号")  # type: ignore[arg-type]
    async with house.cast.transaction() as session:
        return await payees.call_back(session, actor or house.cast.lin, refund.id, payee.id, given, clock.now())


async def pay(
    house: House, refund: Refund, amount: Money | None = None, key: str = "", actor: Actor | None = None
) -> Payment:
    async with house.cast.transaction() as session:
        payee = await queries.payee(session, refund.id)
        assert payee is not None
        left = paying.left_of(await queries.refund(session, refund.id), await queries.payments(session, refund.id))
        given = PayForm(key or paying.new_key(), payee.id, amount or left)
        return await paying.hand_over(session, actor or house.cast.cash, refund.id, given, clock.now())


async def settle(house: House, refund: Refund, reference: str = "ICBC-20261122-0001") -> Payment:
    async with house.cast.transaction() as session:
        payment = await paying.in_transit(session, refund.id)
        assert payment is not None
        given = Settle(reference, clock.today())
        receipt = await stored(house)
        return await paying.settle(session, house.cast.cash, refund.id, payment.id, given, receipt, clock.now())


async def stored(house: House, name: str = "回单.pdf") -> list[dict[str, Any]]:
    """A bank's receipt that is really in the store."""
    content = f"%PDF-1.4 {name}".encode()
    digest = await store_of(active()).put(house.cast.firm.id, content)
    return [{"name": name, "sha256": digest, "size": len(content)}]


async def papers(house: House) -> list[dict[str, Any]]:
    """The papers of the request, really in the store: a sealed file holds their bytes."""
    return [{**one, **(await stored(house, str(one["name"])))[0]} for one in PAPERS]


async def another(house: House, *, received: int = 3600_00) -> House:
    """The same firm with another client and contract."""
    client, contact = await make_client(house.cast, name=f"杭州澄屿茶业有限公司{clock.now().microsecond}")
    contract = await make_contract(house.cast, client, received=received)
    return replace(house, client=client, contact=contact, contract=contract)


def contact_of(house: House) -> Actor:
    return Actor("contact", house.contact.id, house.contact.name)


async def perform_in(house: House, refund_id: UUID, action: str, actor: Actor, given: Any = None) -> Any:
    async with house.cast.transaction() as session:
        return await perform(session, REFUND, refund_id, action, actor, given)
