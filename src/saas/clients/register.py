"""Taking a client into the register: what is checked, how the row is filled, which number it gets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries
from saas.clients.forms import ClientForm, ContactForm
from saas.clients.models import Client, Contact
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Invalid
from saas.kernel.forms import Submitted
from saas.kernel.i18n import _
from saas.kernel.identifiers import tax_id
from saas.kernel.limits import require_room
from saas.kernel.pinyin import slug, sort_key
from saas.kernel.serials import next_serial

PLAIN = ("name", "name_en", "taxpayer_kind", "standard", "filing_period", "industry", "address", "bookkeeper_id",
         "reviewer_id", "taken_over_on")  # fmt: skip


async def check(session: AsyncSession, form: Submitted[ClientForm], client: Client | None = None) -> None:
    """Refuse a number that cannot be, one that another client has, and a reviewer who reviews their own work."""
    if not form.ok:
        return
    given = form.taken
    if given.uscc:
        try:
            given.uscc = tax_id(given.uscc, sole_trader=True).number
        except Invalid as refusal:
            form.refuse("uscc", refusal.reason)
            return
        other = await queries.client_by_uscc(session, given.uscc)
        if other is not None and (client is None or other.id != client.id):
            form.refuse("uscc", _("%(name)s already has this number.", name=other.name))
    if given.reviewer_id is not None and given.reviewer_id == given.bookkeeper_id:
        form.refuse("reviewer_id", _("The reviewer must be another person than the bookkeeper."))


async def add(session: AsyncSession, actor: Actor, form: ClientForm, now: datetime) -> Client:
    """A client of these details, with the next number; Refusal where the plan has no room for one."""
    await require_room(session, "clients")
    return await enter(session, actor, form, now)


async def enter(session: AsyncSession, actor: Actor, form: ClientForm, now: datetime, **detail: Any) -> Client:
    """The same where the room was asked for already; `detail` says in the trail where the client comes from."""
    client = Client(number=await next_number(session), created_at=now)
    fill(client, form)
    session.add(client)
    await session.flush()
    said = {"name": client.name, **detail}
    record(session, actor, "clients.add", now, subject=client, client_id=client.id, timeline=True, **said)
    return client


def fill(client: Client, form: ClientForm) -> list[str]:
    """Put the form into the row; the names of the fields that changed."""
    wanted: dict[str, Any] = {name: getattr(form, name) for name in PLAIN}
    wanted |= {
        "uscc": form.uscc,
        "shareholders": names_in(form.shareholders),
        "sort_key": sort_key(form.name),
        "pinyin": typed(form.name),
    }
    changed = [name for name, value in wanted.items() if getattr(client, name, None) != value]
    for name, value in wanted.items():
        setattr(client, name, value)
    return [name for name in changed if name not in ("sort_key", "pinyin")]


def as_submitted(client: Client) -> Submitted[ClientForm]:
    """The row as the form shows it."""
    raw = {name: value for name in (*PLAIN, "uscc") if (value := getattr(client, name)) is not None}
    return Submitted({k: str(v) for k, v in raw.items()} | {"shareholders": "，".join(client.shareholders)})


def as_contact(contact: Contact) -> Submitted[ContactForm]:
    """A contact as its form shows it."""
    return Submitted({name: str(getattr(contact, name)) for name in ContactForm.__struct_fields__})


def typed(name: str) -> str:
    """How people type a Chinese name into a search box: "hangzhouchengyu hzcy"."""
    syllables = slug(name, longest=200).split("-")
    return f"{''.join(syllables)} {''.join(s[:1] for s in syllables)}"


def names_in(text: str) -> list[str]:
    """Names as people separate them: commas, semicolons or 、."""
    for mark in ("，", "、", ";", "；"):
        text = text.replace(mark, ",")
    return [name.strip() for name in text.split(",") if name.strip()]


async def next_number(session: AsyncSession) -> str:
    """K0001, K0002, … within the firm."""
    return f"K{await next_serial(session, 'client', 0):04d}"
