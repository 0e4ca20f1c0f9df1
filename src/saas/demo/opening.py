"""How the firm begins: founded by its owner, joined by its people, its clients taken into the register."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.queries import contracts
from saas.demo.browser import Browser
from saas.demo.scene import NotThere, Scene
from saas.demo.story import Days
from saas.demo.tenant import Client, Colleague, Contact, Tenant
from saas.firms.creation import create_firm
from saas.firms.invitations import PURPOSE
from saas.firms.models import Invitation
from saas.identity.models import Person
from saas.identity.queries import person_by_email
from saas.identity.tokens import secret_for
from saas.kernel.clock import CHINA
from saas.kernel.directory import Firm
from saas.kernel.identifiers import uuid7
from saas.kernel.months import last_day_of_term, months_after

FOUNDED = "+0 08:50"  # an hour before anybody else begins
INDUSTRIES = {  # the generator's kinds, as a bookkeeper writes them into the register
    "services": "商务服务业",
    "trading": "批发和零售业",
    "manufacturing": "制造业",
    "restaurant": "餐饮业",
    "technology": "软件和信息技术服务业",
}
CHUNK = {"year": 12, "half": 6, "quarter": 3}  # months paid at once, in advance
Timed = tuple[datetime, str, Callable[[Scene], Awaitable[None]]]  # when, key, what


async def found_firm(session: AsyncSession, tenant: Tenant, password_hash: str, now: datetime) -> Firm:
    """The firm and its owner, in a transaction of the platform. ValueError when the owner's address is taken."""
    owner = next(c for c in tenant.staff if c.role == "owner")
    if await person_by_email(session, owner.email) is not None:
        raise ValueError(f"{owner.email} belongs to somebody already")
    person = Person(
        id=uuid7(),
        email=owner.email,
        name=owner.name,
        password_hash=password_hash,
        confirmed_at=now,
        created_at=now,
    )
    session.add(person)
    await session.flush()
    wanted = tenant.firm
    firm, _member = await create_firm(
        session, name=wanted.name, name_en=wanted.name_en, uscc=wanted.uscc, owner=person, now=now,
        locale=wanted.language, kind="demo", slug=wanted.slug,
    )  # fmt: skip
    firm.replaying = True
    return firm


def staff_joins(tenant: Tenant, days: Days) -> Iterator[Timed]:
    """Settings first; then each colleague is invited by the owner and joins by the link."""
    owner = next(c for c in tenant.staff if c.role == "owner")
    yield days.moment("+0 09:02"), "settings", partial(_settings, owner=owner)
    for place, colleague in enumerate(c for c in tenant.staff if c is not owner):
        invited = days.moment("+0 09:10") + timedelta(minutes=2 * place)
        yield invited, f"{colleague.email}/invite", partial(_invite, owner=owner, colleague=colleague)
        joined = invited + timedelta(minutes=13 + 3 * place)
        yield joined, f"{colleague.email}/join", partial(_join, colleague=colleague)


def register_clients(tenant: Tenant, client: Client, days: Days) -> Iterator[Timed]:
    """The client with its people and its contract; receipts on the day the money came, at the earliest now."""
    place = tenant.clients.index(client)
    at = days.moment("+0 10:15") + timedelta(minutes=2 * place)
    yield at, "add", _add_client
    for number, contact in enumerate(client.contacts):
        yield at + timedelta(seconds=20 + number), f"contact/{number}", partial(_add_contact, contact=contact)
    yield at + timedelta(seconds=40), "contract", _add_contract
    months = CHUNK[client.contract.paid_by]
    for number in range(client.contract.received_months // months):
        day = months_after(days.last, client.contract.starts + number * months).replace(day=6 + place % 20)
        if day > days.last:
            return
        came = datetime.combine(day, at.time(), CHINA) + timedelta(minutes=15)
        receipt = partial(_add_receipt, day=day, months=months)
        yield max(came, at + timedelta(seconds=50)), f"receipt/{number}", receipt


async def _settings(scene: Scene, owner: Colleague) -> None:
    firm = scene.stage.tenant.firm
    browser = await scene.browser_of(owner.name)
    form = {
        "name": firm.name,
        "name_en": firm.name_en,
        "uscc": firm.uscc,
        "licence_number": firm.licence,
        "address": firm.address,
        "address_en": firm.address_en,
        "phone": firm.phone,
        "email": firm.email,
        "head_name": owner.name,
        "locale": firm.language,
    }
    await browser.post(f"{scene.root}/settings", form)


async def _invite(scene: Scene, owner: Colleague, colleague: Colleague) -> None:
    browser = await scene.browser_of(owner.name)
    form = {"email": colleague.email, "name": colleague.name, "roles": [colleague.role]}
    await browser.post(f"{scene.root}/settings/people/invite", form)


async def _join(scene: Scene, colleague: Colleague) -> None:
    """By the link in the mail, whose secret only this deployment can derive."""
    firm = scene.stage.firm
    async with scene.stage.reading() as session:
        query = select(Invitation).where(Invitation.firm_id == scene.stage.firm_id, Invitation.email == colleague.email)
        invitation = await session.scalar(query)
    if invitation is None or firm is None:
        raise NotThere(f"{colleague.name} was not invited")
    browser = Browser(scene.stage.app, scene.stage.app.state.door)
    form = {"name": colleague.name, "password": scene.stage.password}
    await browser.post(f"/join/{firm.code}.{secret_for(PURPOSE, invitation.id)}", form)


async def _add_client(scene: Scene) -> None:
    client = scene.client_data
    form: dict[str, Any] = {
        "name": client.name,
        "name_en": client.name_en,
        "uscc": client.uscc,
        "taxpayer_kind": "general" if client.taxpayer == "general" else "small",
        "standard": client.standard,
        "filing_period": "month" if client.taxpayer == "general" else "quarter",
        "industry": INDUSTRIES[client.industry],
        "address": client.city,
        "bookkeeper_id": str((await scene.member(client.bookkeeper)).id),
        "reviewer_id": str((await scene.member(client.reviewer)).id),
        "taken_over_on": f"{client.since}-01",
        "shareholders": "，".join(client.books.shareholders),
    }
    browser = await scene.browser_of(client.bookkeeper)
    await browser.post(f"{scene.root}/clients/new", form)


async def _add_contact(scene: Scene, contact: Contact) -> None:
    form = {
        "name": contact.name,
        "title": contact.role,
        "email": contact.email,
        "phone": contact.phone,
        "wechat": contact.phone,
        "locale": contact.language,
        "channel": "email" if contact.email else "phone",
        **({"may_approve": "on"} if contact.may_approve else {}),
    }
    await _send(scene, scene.client_data.bookkeeper, "contacts", form)


async def _add_contract(scene: Scene) -> None:
    contract = scene.client_data.contract
    starts = months_after(scene.stage.days.last, contract.starts).replace(day=1)
    form = {
        "number": contract.number,
        "starts_on": starts,
        "ends_on": last_day_of_term(starts, contract.months),
        "paid_months": contract.months,
        "price": contract.fee_yuan * contract.months,
        "list_month": contract.fee_yuan,
    }
    await _send(scene, scene.client_data.bookkeeper, "contracts", {name: str(value) for name, value in form.items()})


async def _add_receipt(scene: Scene, day: date, months: int) -> None:
    client = await scene.client()
    async with scene.stage.reading() as session:
        contract, _receipts = (await contracts(session, client.id))[0]
    form = {
        "received_on": str(day),
        "amount": str(scene.client_data.contract.fee_yuan * months),
        "payer": client.name,
        "reference": f"{day:%Y%m%d}{scene.client_data.contract.number[-3:]}",
    }
    await _send(scene, scene.client_data.bookkeeper, f"contracts/{contract.id}/receipts", form)


async def _send(scene: Scene, who: str, page: str, form: dict[str, str]) -> None:
    client, browser = await scene.client(), await scene.browser_of(who)
    await browser.post(f"{scene.root}/clients/{client.id}/{page}", form)
