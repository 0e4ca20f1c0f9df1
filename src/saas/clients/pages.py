"""The list of clients and a client's page: one timeline, with everything the firm knows beside it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries, register, timeline
from saas.clients.forms import ClientForm
from saas.clients.models import Client, Contact
from saas.clients.register import as_contact, as_submitted, check, fill
from saas.identity.models import Membership
from saas.identity.queries import members, members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _, listed
from saas.kernel.module import composition
from saas.kernel.money import Money
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_date, to

PAGE = 50
CHANNELS = {
    "phone": _("Phone"),
    "email": _("E-mail"),
    "wechat": _("WeChat"),
    "sms": _("SMS"),
    "visit": _("Visit"),
    "letter": _("Letter"),
    "link": _("Link"),
}
LANGUAGES = {"zh": "中文", "en": "English", "both": _("Chinese and English")}
TAXPAYERS = {"general": _("General taxpayer"), "small": _("Small-scale taxpayer")}
STANDARDS = {
    "small": _("Small-enterprise standard"),
    "enterprise": _("Enterprise standards"),
    "npo": _("Non-profit standard"),
    "other": _("Another standard"),
}
CLIENT = "/f/{slug:str}/clients/{client_id:uuid}"


@get("/f/{slug:str}/clients", opt={"permission": "clients.read"})
async def index(
    request: Req, session: Db, q: FromQuery[str] = "", after: FromQuery[str] = "", archived: FromQuery[bool] = False
) -> Response[str]:
    found = await queries.clients(session, q, archived=archived, limit=PAGE + 1, after=after)
    shown = found[:PAGE]
    return await page(
        request,
        "clients/index.html",
        session=session,
        clients=shown,
        search=q,
        archived=archived,
        count=await queries.count(session),
        next_after=shown[-1].sort_key if len(found) > PAGE else "",
        members=await members_by_id(session),
    )


@get("/f/{slug:str}/clients/new", opt={"permission": "clients.write"})
async def new(request: Req, session: Db) -> Response[str]:
    return await _form_page(request, session, Submitted({"taxpayer_kind": "small", "standard": "small"}))


@post("/f/{slug:str}/clients/new", opt={"permission": "clients.write"})
async def add(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, ClientForm)
    await check(session, form)
    if not form.ok:
        return await _form_page(request, session, form, status=422)
    try:
        client = await register.add(session, actor_of(request), form.taken, clock.now())
    except Refusal as refusal:
        form.refuse("name", refusal.reason)
        return await _form_page(request, session, form, status=422)
    return to(f"/clients/{client.id}", request)


@get(CLIENT, opt={"permission": "clients.read"})
async def detail(request: Req, session: Db, client_id: FromPath[UUID], kind: FromQuery[str] = "") -> Response[str]:
    return await show(request, session, client_id, kind=kind)


async def show(
    request: Req,
    session: AsyncSession,
    client_id: UUID,
    *,
    kind: str = "",
    form: Submitted[Any] | None = None,
    opened: str = "",
    status: int = 200,
) -> Response[str]:
    """A client's page; `form` and `opened` bring back what was typed into one of its dialogs."""
    client, actor = await queries.client(session, client_id), actor_of(request)
    contacts = await queries.contacts(session, client.id)
    contracts = await queries.contracts(session, client.id)
    return await page(
        request,
        "clients/detail.html",
        session=session,
        status=status,
        client=client,
        contacts=contacts,
        wishes={contact.id: _wishes(contact) for contact in contacts},
        contracts=contracts,
        received={c.id: Money(sum(r.amount.fen for r in receipts)) for c, receipts in contracts},
        communications=await queries.communications(session, client_id=client.id, limit=20),
        entries=timeline.lines(await queries.timeline(session, client.id, kind)),
        kinds=timeline.kinds(kind, address_in(request)(f"/clients/{client.id}")),
        members=await members_by_id(session),
        panels=[await panel(session, client, actor) for panel in composition().panel("clients.detail")],
        side_panels=[await panel(session, client, actor) for panel in composition().panel("clients.rail")],
        blank=Submitted(),
        forms={**{f"contact-{c.id}": as_contact(c) for c in contacts}, **({opened: form} if form else {})},
        **_may(client, actor),
        into=await queries.client(session, client.merged_into_id) if client.merged_into_id else None,
        merge_options=await _merge_options(session, client, actor),
        contact_options=[(str(c.id), c.name) for c in contacts],
        channels=CHANNELS,
        standards=STANDARDS,
        details=_details(client, await members_by_id(session)),
    )


def _wishes(contact: Contact) -> str:
    """Who it is and how they want to be served: place, channel, language, hours, and what else to mind."""
    reach = contact.email if contact.channel == "email" else contact.phone
    said = (contact.title, CHANNELS[contact.channel], reach, LANGUAGES[contact.locale], contact.hours, contact.wishes)
    return " · ".join(str(part) for part in said if part)


def _may(client: Client, actor: Actor) -> dict[str, Any]:
    """What this person may add here; nothing to a client that was merged."""
    stands = client.merged_into_id is None
    return {
        "may_write": stands and actor.may("clients.write"),
        "may_receive": stands and actor.may("clients.receipts"),
    }


async def _merge_options(session: AsyncSession, client: Client, actor: Actor) -> list[tuple[str, str]]:
    if not actor.may("clients.manage"):
        return []
    others = await queries.clients(session, limit=500)
    return [(str(c.id), f"{c.number} {c.name}") for c in others if c.id != client.id]


def _details(client: Client, people: dict[UUID, Membership]) -> list[dict[str, Any]]:
    def name(member_id: UUID | None) -> str | Text:
        return people[member_id].name if member_id in people else _("nobody yet")

    rows = [
        (_("USCC"), client.uscc),
        (_("Bookkeeper in charge"), name(client.bookkeeper_id)),
        (_("Reviewer"), name(client.reviewer_id)),
        (_("VAT is filed"), _("every month") if client.filing_period == "month" else _("every quarter")),
        (_("Books taken over on"), show_date(client.taken_over_on)),
        (_("Shareholders"), listed(client.shareholders)),
        (_("Address"), client.address),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


@get(f"{CLIENT}/edit", opt={"permission": "clients.write"})
async def edit(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[str]:
    client = await queries.client(session, client_id)
    return await _form_page(request, session, as_submitted(client), client=client)


@post(f"{CLIENT}/edit", opt={"permission": "clients.write"})
async def save(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    client = await queries.client(session, client_id)
    form = await submitted(request, ClientForm)
    await check(session, form, client)
    if not form.ok:
        return await _form_page(request, session, form, client=client, status=422)
    changed = fill(client, form.taken)
    if changed:
        note(session, request, "clients.change", client, changed=changed)
    return to(f"/clients/{client.id}", request)


def note(session: AsyncSession, request: Req, deed: str, client: Client, **detail: Any) -> None:
    record(session, actor_of(request), deed, clock.now(), subject=client, client_id=client.id, timeline=True, **detail)


async def _form_page(
    request: Req, session: AsyncSession, form: Submitted[Any], *, client: Client | None = None, status: int = 200
) -> Response[str]:
    people = [(str(m.id), m.name) for m in await members(session)]
    return await page(
        request, "clients/form.html", session=session, form=form, client=client, people=people, status=status
    )


ROUTES = [index, new, add, detail, edit, save]
