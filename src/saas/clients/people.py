"""Contacts, contracts, receipts and exchanges: what is added from a client's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries
from saas.clients.exchanges import exchange_of, write_down
from saas.clients.forms import ContactForm, ContractForm, ReceiptForm
from saas.clients.models import Client, Contact, Contract, Receipt
from saas.clients.pages import CLIENT, note, show
from saas.clients.readdressing import follow_address
from saas.kernel import clock, identifiers
from saas.kernel.errors import Invalid, Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, to
from saas.kernel.rows import own_row
from saas.kernel.uploads import download


@post(f"{CLIENT}/contacts", opt={"permission": "clients.write"})
async def add_contact(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client = await queries.client(session, client_id)
    form = await submitted(request, ContactForm)
    _check_contact(form)
    if not form.ok:
        return await show(request, session, client_id, form=form, opened="contact", status=422)
    contact = Contact(client_id=client.id)
    _fill(contact, form.taken)
    session.add(contact)
    note(session, request, "clients.add_contact", client, name=contact.name)
    return to(f"/clients/{client.id}", request)


@post(f"{CLIENT}/contacts/{{contact_id:uuid}}", opt={"permission": "clients.write"})
async def change_contact(
    request: Req, session: Db, client_id: FromPath[UUID], contact_id: FromPath[UUID]
) -> Response[Any]:
    client, contact = await _of_client(session, client_id, contact_id)
    form = await submitted(request, ContactForm)
    _check_contact(form)
    if not form.ok:
        return await show(request, session, client_id, form=form, opened=f"contact-{contact.id}", status=422)
    before = contact.email
    _fill(contact, form.taken)
    note(session, request, "clients.change_contact", client, name=contact.name)
    await follow_address(session, contact, before, actor_of(request), clock.now())
    return to(f"/clients/{client.id}", request)


@post(f"{CLIENT}/contacts/{{contact_id:uuid}}/leave", opt={"permission": "clients.write"})
async def leave(request: Req, session: Db, client_id: FromPath[UUID], contact_id: FromPath[UUID]) -> Response[Any]:
    """The person no longer speaks for the client; old letters keep their name."""
    client, contact = await _of_client(session, client_id, contact_id)
    contact.left_at = contact.left_at or clock.now()
    note(session, request, "clients.change_contact", client, name=contact.name)
    await follow_address(session, contact, contact.email, actor_of(request), clock.now())
    return to(f"/clients/{client.id}", request)


@post(f"{CLIENT}/contracts", opt={"permission": "clients.write"})
async def add_contract(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client = await queries.client(session, client_id)
    form = await submitted(request, ContractForm)
    if form.ok and form.taken.ends_on < form.taken.starts_on:
        form.refuse("ends_on", _("A contract cannot end before it begins."))
    if form.ok and await _number_taken(session, form.taken.number):
        form.refuse("number", _("Another contract already has this number."))
    if not form.ok:
        return await show(request, session, client_id, form=form, opened="contract", status=422)
    given = form.taken
    session.add(
        Contract(client_id=client.id, **{name: getattr(given, name) for name in ContractForm.__struct_fields__})
    )
    note(session, request, "clients.add_contract", client, name=given.number)
    return to(f"/clients/{client.id}", request)


@post(f"{CLIENT}/contracts/{{contract_id:uuid}}/receipts", opt={"permission": "clients.receipts"})
async def add_receipt(
    request: Req, session: Db, client_id: FromPath[UUID], contract_id: FromPath[UUID]
) -> Response[Any]:
    client = await queries.client(session, client_id)
    contract = await own_row(session, Contract, contract_id, Contract.client_id == client.id)
    form = await submitted(request, ReceiptForm)
    if form.ok and form.taken.amount.fen <= 0:
        form.refuse("amount", _("A receipt is more than zero."))
    if not form.ok:
        return await show(request, session, client_id, form=form, opened=f"receipt-{contract_id}", status=422)
    given = form.taken
    fields = {name: getattr(given, name) for name in ReceiptForm.__struct_fields__}
    if await queries.receipt_like(session, contract, fields) is not None:
        return to(f"/clients/{client.id}", request)  # the same form sent twice
    session.add(Receipt(contract_id=contract.id, **fields))
    note(session, request, "clients.add_receipt", client, name=f"{contract.number} {given.amount}")
    return to(f"/clients/{client.id}", request)


@post(f"{CLIENT}/communications", opt={"permission": "clients.communicate"})
async def communicate(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client = await queries.client(session, client_id)
    form = await exchange_of(request)
    if not form.ok:
        corrected = form.raw.get("addendum_to_id")
        opened = f"addendum-{corrected}" if corrected else "communication"
        return await show(request, session, client_id, form=form, opened=opened, status=422)
    given = form.taken
    if given.addendum_to_id is not None:
        await queries.communication(session, client_id, given.addendum_to_id)
    await write_down(request, session, client, given, clock.now())
    return to(f"/clients/{client.id}", request)


@get(f"{CLIENT}/communications/{{entry_id:uuid}}/files/{{sha256:str}}", opt={"permission": "clients.read"})
async def file(
    session: Db, client_id: FromPath[UUID], entry_id: FromPath[UUID], sha256: FromPath[str]
) -> Response[bytes]:
    """One file of an exchange, for saving."""
    return await download((await queries.communication(session, client_id, entry_id)).files, sha256)


def _check_contact(form: Submitted[ContactForm]) -> None:
    """A contact can be reached by the channel they want, and an address is one."""
    if not form.ok:
        return
    given = form.taken
    if given.email:
        try:
            given.email = identifiers.email(given.email)
        except Invalid as refusal:
            form.refuse("email", refusal.reason)
    needed = {"email": given.email, "phone": given.phone, "sms": given.phone, "wechat": given.wechat}
    if not needed[given.channel]:
        form.refuse("channel", _("Fill in how to reach this person by the channel they prefer."))


def _fill(contact: Contact, form: ContactForm) -> None:
    for name in ContactForm.__struct_fields__:
        setattr(contact, name, getattr(form, name))


async def _of_client(session: AsyncSession, client_id: UUID, contact_id: UUID) -> tuple[Client, Contact]:
    client, contact = await queries.client(session, client_id), await queries.contact(session, contact_id)
    if contact.client_id != client.id:
        raise Missing()
    return client, contact


async def _number_taken(session: AsyncSession, number: str) -> bool:
    return await session.scalar(select(Contract.id).where(Contract.number == number)) is not None


ROUTES = [add_contact, change_contact, leave, add_contract, add_receipt, communicate, file]
