"""The beginning of every story about a refund: a client with a paid contract, a policy, people who may handle it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import delete

from saas.clients.communication import log
from saas.clients.models import Client, Contact, Contract, Receipt
from saas.firms.models import Qualification
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.identifiers import uscc_check, uuid7
from saas.kernel.money import Money
from saas.kernel.months import months_after
from saas.kernel.perform import perform
from saas.refunds import queries
from saas.refunds.asking import requesting
from saas.refunds.forms import Check, NewRequest
from saas.refunds.models import Refund
from saas.refunds.policies.policy_models import RefundPolicy
from saas.refunds.terms import Reason, Terms
from saas.refunds.workflow import APPROVER, HANDLER, REFUND
from tests.cast import Cast, member_id

TERMS = Terms(
    "测试退费政策",
    "Refund policy of the tests",
    ("民法典第九百三十三条",),
    (
        Reason("cancel", "客户提前解约", "The client ends the contract", "P1", ("contract", "notice")),
        Reason("unmet", "未达约定", "Not as agreed", "P5", ("contract", "records"), at_fault=True),
        Reason("double_payment", "重复付款", "Paid twice", "P1", ("payment",)),
    ),
    hour_cost=8000,
    fast_lane_up_to=50_000,
    level_2_from=300_000,
)
HANDLERS, APPROVERS = ("ben", "lin"), ("mara", "paula")


@dataclass(slots=True)
class House:
    """The firm of the cast with one client: 3,600.00 received for twelve months, list price 400.00."""

    cast: Cast
    client: Client
    contact: Contact
    contract: Contract
    policy: RefundPolicy

    def form(self, **changes: Any) -> NewRequest:
        """A request for 2,100.00 because the client ends the contract."""
        known: dict[str, Any] = {
            "key": uuid7(), "contract_id": self.contract.id, "reason": "cancel", "asked": Money(2100_00),
            "notice_on": clock.today(), "reason_text": "公司即将注销", "payer": self.client.name,
        }  # fmt: skip
        return NewRequest(**{**known, **changes})

    async def asked(self, actor: Actor | None = None, files: Sequence[dict[str, Any]] | None = None,
                    **changes: Any) -> Refund:  # fmt: skip
        """Written down by Lin (Ben prepares), with every paper its reason asks for."""
        given = PAPERS if files is None else files
        async with self.cast.transaction() as session:
            return await requesting.open_request(
                session, actor or self.cast.lin, self.contract, self.form(**changes), given, clock.now()
            )

    async def act(self, refund: Refund, action: str, actor: Actor, form: Any = None) -> Refund:
        """One step of the workflow in a transaction of its own."""
        async with self.cast.transaction() as session:
            done: Refund = await perform(session, REFUND, refund.id, action, actor, form)
            return done

    async def talk(self, refund: Refund, actor: Actor | None = None) -> None:
        """A telephone call with the client, on record for the refund."""
        async with self.cast.transaction() as session:
            client = await session.get(Client, (refund.firm_id, refund.client_id))
            assert client is not None
            log(session, actor or self.cast.ben, client, clock.now(), channel="phone", direction="out",
                summary="核对申请并说明政策", contact_name="许承泽",
                subject_kind="refund", subject_id=refund.id)  # fmt: skip

    async def fresh(self, refund: Refund) -> Refund:
        async with self.cast.transaction() as session:
            return await queries.refund(session, refund.id)

    async def completed(self, **changes: Any) -> Refund:
        """Talked over, checked three times, every paper here."""
        refund = await self.asked(**changes)
        await self.talk(refund)
        for what in ("identity", "contract", "policy_explained"):
            await self.act(refund, "check", self.cast.ben, Check(what, "电话核对"))  # type: ignore[arg-type]
        return await self.act(refund, "complete", self.cast.ben)


PAPERS = [
    {"name": "合同.pdf", "sha256": "a" * 64, "size": 1, "shows": "contract"},
    {"name": "解约函.pdf", "sha256": "b" * 64, "size": 1, "shows": "notice"},
    {"name": "服务记录.pdf", "sha256": "c" * 64, "size": 1, "shows": "records"},
]
Replay = Callable[[House], Awaitable[Refund]]
STATES: dict[str, Replay] = {  # later rooms add theirs
    "submitted": House.asked,
    "complete": House.completed,
}


def valid_uscc() -> str:
    """A code that is right and never the same twice."""
    first = "91330106MA" + "".join("0123456789ABCDEFGHJKLMNPQRTUWXY"[byte % 31] for byte in uuid7().bytes[-7:])
    return first + uscc_check(first)


def contract_day(month: int, day: int) -> date:
    """Of the contract's month, counted from 1: this month is its eleventh."""
    return months_after(clock.today().replace(day=1), month - 11).replace(day=day)


async def make_client(cast: Cast, *, name: str = "杭州澄屿茶业有限公司", email: str = "xu@example.com",
                      **known: Any) -> tuple[Client, Contact]:  # fmt: skip
    """A company in Ben's charge, reviewed by Quinn, with 许承泽 who may approve."""
    async with cast.transaction() as session:
        client = Client(
            number=f"K{uuid7().hex[-6:]}", name=name, uscc=valid_uscc(), sort_key=uuid7().hex, pinyin="hangzhou",
            taxpayer_kind="small", standard="small", bookkeeper_id=member_id(cast.ben),
            reviewer_id=member_id(cast.quinn), created_at=clock.now(), **known,
        )  # fmt: skip
        session.add(client)
        await session.flush()
        contact = Contact(client_id=client.id, name="许承泽", email=email, phone="13800000000", may_approve=True)
        session.add(contact)
    return client, contact


async def make_contract(cast: Cast, client: Client, *, received: int = 3600_00, **known: Any) -> Contract:
    """Twelve months for 3,600.00, the eleventh of which is this one, received at once from the client itself. Fen."""
    given: dict[str, Any] = {
        "number": f"DLJZ-{uuid7().hex[-6:]}", "starts_on": contract_day(1, 1),
        "ends_on": contract_day(13, 1) - timedelta(1),
        "paid_months": 12, "price": Money(3600_00), "list_month": Money(400_00), "services": "代理记账",
    }  # fmt: skip
    async with cast.transaction() as session:
        contract = Contract(client_id=client.id, **{**given, **known})
        session.add(contract)
        await session.flush()
        if received:
            session.add(Receipt(contract_id=contract.id, received_on=contract_day(1, 8), amount=Money(received),
                                payer=client.name, reference="0108-工行-17"))  # fmt: skip
    return contract


async def qualify(cast: Cast, name: str, code: str, until: date = date(2099, 12, 31)) -> None:
    """As the owner grants it on /settings/people/{id}; the actor of the cast has it too."""
    async with cast.transaction() as session:
        session.add(Qualification(member_id=member_id(cast.actors[name]), code=code, valid_until=until,
                                  granted_by=member_id(cast.paula)))  # fmt: skip
    actor = cast.actors[name]
    cast.actors[name] = replace(actor, qualifications=actor.qualifications | {code})


async def disqualify(cast: Cast, name: str) -> None:
    """Everything granted to this member has ended."""
    async with cast.transaction() as session:
        await session.execute(delete(Qualification).where(Qualification.member_id == member_id(cast.actors[name])))


async def make_policy(cast: Cast, terms: Terms = TERMS, *, version: int = 1, valid_from: date = date(2020, 1, 1),
                      ) -> RefundPolicy:  # fmt: skip
    async with cast.transaction() as session:
        policy = RefundPolicy(version=version, valid_from=valid_from, terms=msgspec.to_builtins(terms),
                              made_by=member_id(cast.paula), made_at=clock.now())  # fmt: skip
        session.add(policy)
    return policy


async def make_house(cast: Cast) -> House:
    for name in HANDLERS:
        await qualify(cast, name, HANDLER)
    for name in APPROVERS:
        await qualify(cast, name, APPROVER)
    client, contact = await make_client(cast)
    return House(cast, client, contact, await make_contract(cast, client), await make_policy(cast))
