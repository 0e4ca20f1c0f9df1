"""The register of letters and a letter's page: the document beside its history, every channel with its proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.clients.queries import client as client_of
from saas.clients.queries import contacts as contacts_of
from saas.identity.queries import members_by_id
from saas.kernel import clock, records
from saas.kernel.access import Actor
from saas.kernel.actions import action_routes
from saas.kernel.config import active
from saas.kernel.errors import Missing, Refusal
from saas.kernel.files import store_of
from saas.kernel.forms import Submitted
from saas.kernel.i18n import Text, _, reader
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, address_in, local, page
from saas.kernel.uploads import attachment, download
from saas.notices import documents, proofs, qr, queries
from saas.notices.frame import frame_of
from saas.notices.gaps import all_missing
from saas.notices.letter_messages import file_name
from saas.notices.letters import Letter
from saas.notices.models import Delivery, Notice
from saas.notices.pictures import pictures_of
from saas.notices.plain_words import choices
from saas.notices.queries import Filters
from saas.notices.returns import addresses
from saas.notices.sending import address_for
from saas.notices.workflow import ISSUED, LATE, NOTICE

PAGE = 50
TABS: dict[str, Text] = {
    "": _("All"),
    "draft": _("In work"),
    "out": _("With the client"),
    "trouble": _("Needs you"),
    "done": _("Answered"),
    "over": _("Withdrawn or replaced"),
}


@get("/f/{slug:str}/notices", opt={"permission": "notices.read"})
async def index(
    request: Req,
    session: Db,
    tab: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    client: FromQuery[UUID | None] = None,
    q: FromQuery[str] = "",
    before: FromQuery[datetime | None] = None,
) -> Response[str]:
    filters = Filters(tab, kind, client, q)
    found = await queries.register(session, filters, limit=PAGE + 1, before=before)
    shown = found[:PAGE]
    sent = await queries.deliveries(session, [notice.id for notice, _client in shown])
    counts = await queries.counts_by_state(session, filters)
    return await page(
        request,
        "notices/index.html",
        session=session,
        lines=[proofs.line(notice, owner, sent[notice.id], reader()) for notice, owner in shown],
        tabs=_tabs(counts, filters, request),
        kinds=[("", _("All kinds"))] + [(k.name, k.label) for k in Letter.kinds()],
        filters=filters,
        client=await client_of(session, client) if client else None,
        next_before=shown[-1][0].entered_at.isoformat() if len(found) > PAGE else "",
    )


@get("/f/{slug:str}/notices/{notice_id:uuid}", opt={"permission": "notices.read"})
async def detail(
    request: Req, session: Db, notice_id: FromPath[UUID], shared: FromQuery[UUID | None] = None
) -> Response[str]:
    return await show(request, session, notice_id, shared=shared)


@get("/f/{slug:str}/notices/{notice_id:uuid}/preview", opt={"permission": "notices.read", "framed": True})
async def preview(request: Req, session: Db, notice_id: FromPath[UUID]) -> Response[str]:
    """The letter as HTML: the same that the PDF is made of."""
    notice = await queries.notice(session, notice_id)
    return Response(documents.html(await letterform(session, notice), preview=True), media_type="text/html")


@get("/f/{slug:str}/notices/{notice_id:uuid}/letter.pdf", opt={"permission": "notices.read"})
async def letter_file(request: Req, session: Db, notice_id: FromPath[UUID]) -> Response[bytes]:
    notice = await queries.notice(session, notice_id)
    if not notice.file_sha256:
        raise Missing()
    content = await store_of(active()).get(notice.firm_id, notice.file_sha256)
    return attachment(content, file_name(notice), "application/pdf")


@get("/f/{slug:str}/notices/{notice_id:uuid}/files/{digest:str}", opt={"permission": "notices.read"})
async def answer_file(request: Req, session: Db, notice_id: FromPath[UUID], digest: FromPath[str]) -> Response[bytes]:
    """The signed slip that came with an answer."""
    notice = await queries.notice(session, notice_id)
    files = [file for said in await queries.answers(session, notice.id) for file in said.files]
    return await download(files, digest)


async def letterform(session: AsyncSession, notice: Notice) -> documents.Letterform:
    """A draft with the firm and client as they are now; an approved letter from what was frozen."""
    if notice.is_frozen:
        return documents.of_approved(notice, await pictures_of(notice.content["letter"]["sender"]))
    frame = await frame_of(session, notice)
    return documents.of_draft(notice, frame, local(clock.now()).date(), await pictures_of(frame.sender()))


async def show(
    request: Req,
    session: AsyncSession,
    row_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
    shared: UUID | None = None,
    opened: str = "",
) -> Response[str]:
    """A letter's page; `form` and `opened` bring back what was typed into one of its dialogs."""
    notice, actor, now = await queries.notice(session, row_id), actor_of(request), clock.now()
    client = await client_of(session, notice.client_id)
    people = await contacts_of(session, client.id)
    sent = (await queries.deliveries(session, [notice.id]))[notice.id]
    return await page(
        request,
        "notices/detail.html",
        session=session,
        status=status,
        notice=notice,
        kind=Letter.kind(notice.kind),
        client=client,
        record=await records.view(session, NOTICE, notice, actor, now),
        missing=[] if notice.is_frozen else all_missing(notice, await frame_of(session, notice)),
        contacts=[(str(c.id), f"{c.name} {c.title}".strip()) for c in people],
        approvers=[(str(c.id), c.name) for c in people if c.may_approve],
        **await _proofs(request, session, notice, sent, people),
        options=choices(notice.content, reader()),
        **await _sharing(session, notice, sent, shared, people),
        successor=await _other(session, notice.superseded_by_id),
        earlier=await _other(session, notice.supersedes_id),
        form=form or Submitted(),
        refusal=refusal,
        opened=opened,
        may=_deeds(notice, actor),
        side_panels=[await panel(session, notice, actor) for panel in composition().panel("notices.rail")],
        now_local=local(now).strftime("%Y-%m-%dT%H:%M"),
    )


async def _proofs(
    request: Req, session: AsyncSession, notice: Notice, sent: list[Delivery], people: Sequence[Contact]
) -> dict[str, Any]:
    """How it reached its reader, what was answered, and what the letter's record says of it."""
    members, thread = await members_by_id(session), await queries.answers(session, notice.id)
    may = actor_of(request).may("notices.write")
    return {
        "returned": [] if NOTICE.state(notice.state).final else await addresses.came_back(session, people),
        "deliveries": proofs.rows(sent, members, may=may, issued=_is_out(notice)),
        "facts": proofs.facts(notice, members),
        "thread": proofs.thread(thread, may_reply=may),
        "answered": proofs.answered(thread, address_in(request)(f"/notices/{notice.id}/files")),
    }


def _deeds(notice: Notice, actor: Actor) -> dict[str, bool]:
    """What this person may do here beyond the workflow's own buttons."""
    writes = actor.may("notices.write")
    return {
        "edit": writes and notice.state == "draft",
        "deliver": writes and _is_out(notice) and notice.state not in LATE,
        "record": writes and _is_out(notice),
        "answer": writes and notice.state in ISSUED | LATE,
        "renew": writes and notice.stands_alone and notice.is_frozen and notice.state != "superseded",
    }


def _is_out(notice: Notice) -> bool:
    return notice.state in ISSUED | LATE | {"acknowledged", "objected", "filed"} and bool(notice.file_sha256)


async def _sharing(
    session: AsyncSession, notice: Notice, sent: list[Delivery], shared: UUID | None, people: Any
) -> dict[str, Any]:
    """The link that was just made for handing on, as text and as a QR code."""
    delivery = next((d for d in sent if d.id == shared and d.status == "shared"), None)
    if delivery is None:
        return {"share": None}
    address = address_for(await queries.firm(session), delivery)
    return {"share": {"url": address, "qr": qr.svg(address, delivery.contact_name), "name": delivery.contact_name}}


async def _other(session: AsyncSession, notice_id: UUID | None) -> Notice | None:
    return await queries.notice(session, notice_id) if notice_id is not None else None


def _tabs(counts: dict[str, int], filters: Filters, request: Req) -> list[dict[str, Any]]:
    at = address_in(request)
    kept = {"kind": filters.kind, "client": str(filters.client_id or ""), "q": filters.search}
    tail = "".join(f"&{name}={value}" for name, value in kept.items() if value)
    return [
        {
            "label": label,
            "url": at(f"/notices?tab={group}{tail}"),
            "count": sum(n for state, n in counts.items() if not group or state in queries.GROUPS[group]),
            "active": group == filters.state,
        }
        for group, label in TABS.items()
    ]


def contact_in(people: list[Contact], contact_id: UUID) -> Contact:
    """One of this client's contacts; Missing for anybody else's."""
    found = next((c for c in people if c.id == contact_id), None)
    if found is None:
        raise Missing()
    return found


ROUTES = [index, detail, preview, letter_file, answer_file, *action_routes(NOTICE, show)]
