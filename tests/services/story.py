"""A client with a contact and a contract, and everything a firm begins with; a plan as its form has it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from saas.clients.models import Client, Contact, Contract
from saas.kernel import clock
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.services.library.library_models import Snippet
from saas.services.models import (
    Service,
    SupportPolicy,
)
from saas.services.starter import begin
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]


async def stage(cast: Cast) -> dict[str, Any]:
    """The starter, one client with a contact and a running contract."""
    now = clock.now()
    today = clock.today()
    async with cast.transaction() as session:
        await begin(session)
        await begin(session)
        client = Client(
            number="K0001", name="听雨轩餐饮有限公司", sort_key="ting", pinyin="tingyuxuan", taxpayer_kind="small",
            standard="small", industry="餐饮", address="杭州市", bookkeeper_id=cast.ben.id, created_at=now,
            uscc="91330106MA2XY3KL4P",
        )  # fmt: skip
        session.add(client)
        await session.flush()
        contact = Contact(client_id=client.id, name="陈听雨", email="chen@example.com", may_approve=True)
        session.add_all([contact, Contract(
            client_id=client.id, number="HT-1", starts_on=today - timedelta(100), ends_on=today + timedelta(200),
            paid_months=12, price=Money(240_000), list_month=Money(20_000),
        )])  # fmt: skip
        await session.flush()
        keys: dict[str, Any] = {"client": client.id, "contact": contact.id}
        kinds: tuple[Any, ...] = (Service, SupportPolicy, Snippet)
        for kind in kinds:
            keys |= {
                row.key: row.id for row in (await session.scalars(select(kind))).all() if row.firm_id == cast.firm.id
            }
    return keys


async def plan(cast: Cast, keys: dict[str, Any], **changed: str) -> dict[str, Any]:
    today = clock.today()
    return {"key": str(uuid7()), "client_id": str(keys["client"]), "plan_id": str(keys["plan_small_plus"]),
            "extras": str(keys["payroll"]), "months": "12", "effective_on": (today + timedelta(10)).isoformat(),
            "answer_by": (today + timedelta(14)).isoformat(), "discount": "20", "discount_reason": "三年老客户",
            **changed}  # fmt: skip
