"""What people do with an issued letter: hand on a link, record a call, send again, answer a question, note a slip."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.clients.queries import contacts as contacts_of
from saas.kernel import clock
from saas.kernel.actions import noted
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, to
from saas.kernel.uploads import keep
from saas.notices import answers, dispatch, queries, recording, relaying
from saas.notices.forms import AnswerForm, Bounced, RecordedAnswer, RecordedDelivery, Reply, SendTo, ShareLink
from saas.notices.models import Delivery, Notice
from saas.notices.pages import contact_in, show
from saas.notices.proofs import CHANNELS

WRITE = {"permission": "notices.write"}
Deed = Callable[[Notice, Any], Awaitable[Response[Any]]]


@post("/f/{slug:str}/notices/{notice_id:uuid}/links", opt=WRITE, status_code=200)
async def share(request: Req, session: Db, notice_id: FromPath[UUID]) -> Response[Any]:
    """A link to copy or to show as a QR code, recorded as the channel it goes by."""

    async def do(notice: Notice, form: ShareLink) -> Response[Any]:
        contact = await _contact(session, notice, form.contact_id)
        made = await dispatch.share(session, actor_of(request), notice, contact, form.channel, clock.now())
        return to(f"/notices/{notice.id}?shared={made.id}#share", request)

    return await _done(request, session, notice_id, ShareLink, "share", do)


@post("/f/{slug:str}/notices/{notice_id:uuid}/send-again", opt=WRITE, status_code=200)
async def send(request: Req, session: Db, notice_id: FromPath[UUID]) -> Response[Any]:
    """To one contact once more, or by another channel. Pressed twice, it goes once."""

    async def do(notice: Notice, form: SendTo) -> Response[Any]:
        contact = await _contact(session, notice, form.contact_id)
        if not await dispatch.already_on_its_way(session, notice, contact):
            sent = await dispatch.send_to(session, notice, contact, clock.now(), channel=form.channel)
            if sent is None:
                raise Conflict(_("%(name)s has no address for this channel.", name=contact.name))
            _note(session, request, notice, "notice.send_again", contact.name, channel=sent.channel)
        return to(f"/notices/{notice.id}#deliveries", request)

    return await _done(request, session, notice_id, SendTo, "send-again", do)


@post("/f/{slug:str}/notices/{notice_id:uuid}/deliveries", opt=WRITE, status_code=200)
async def record_delivery(request: Req, session: Db, notice_id: FromPath[UUID]) -> Response[Any]:
    """A call, a visit, a courier: proof when it says with whom, when, with what result, and how to look it up."""

    async def do(notice: Notice, form: RecordedDelivery) -> Response[Any]:
        contact = await _contact(session, notice, form.contact_id) if form.contact_id else None
        await recording.record_delivery(session, actor_of(request), notice, form, contact, clock.now())
        return to(f"/notices/{notice.id}#deliveries", request)

    return await _done(request, session, notice_id, RecordedDelivery, "deliveries", do, _check_call)


@post("/f/{slug:str}/notices/{notice_id:uuid}/deliveries/{delivery_id:uuid}/bounced", opt=WRITE, status_code=200)
async def bounced(request: Req, session: Db, notice_id: FromPath[UUID], delivery_id: FromPath[UUID]) -> Response[Any]:
    """The mail came back to the firm's own mailbox: a person says so."""

    async def do(notice: Notice, form: Bounced) -> Response[Any]:
        delivery = await _delivery(session, notice, delivery_id)
        if delivery.status in ("accepted", "delivered"):
            await relaying.bounce(session, delivery, form.reply, clock.now())
            _note(session, request, notice, "notice.record_bounce", delivery.recipient)
        return to(f"/notices/{notice.id}#deliveries", request)

    return await _done(request, session, notice_id, Bounced, f"bounced-{delivery_id}", do)


@post("/f/{slug:str}/notices/{notice_id:uuid}/deliveries/{delivery_id:uuid}/revoke", opt=WRITE, status_code=200)
async def revoke(request: Req, session: Db, notice_id: FromPath[UUID], delivery_id: FromPath[UUID]) -> Response[Any]:
    """End the link of one delivery: it was sent to the wrong person."""
    notice = await queries.notice(session, notice_id)
    delivery = await _delivery(session, notice, delivery_id)
    links = await queries.links_by_id(session, [delivery.link_id] if delivery.link_id else [])
    for link in links.values():
        if link.revoked_at is None:
            link.revoked_at = clock.now()
            _note(session, request, notice, "notice.revoke_link", delivery.recipient)
    return to(f"/notices/{notice.id}#deliveries", request)


@post("/f/{slug:str}/notices/{notice_id:uuid}/replies", opt=WRITE, status_code=200)
async def reply(request: Req, session: Db, notice_id: FromPath[UUID]) -> Response[Any]:
    """Answer a client's question: on their page, and by mail."""

    async def do(notice: Notice, form: Reply) -> Response[Any]:
        await answers.reply(session, actor_of(request), notice, form, clock.now())
        return to(f"/notices/{notice.id}#questions", request)

    return await _done(request, session, notice_id, Reply, "replies", do)


@post("/f/{slug:str}/notices/{notice_id:uuid}/answers", opt=WRITE, status_code=200)
async def record_answer(request: Req, session: Db, notice_id: FromPath[UUID]) -> Response[Any]:
    """An answer that came with the stamped slip or by e-mail; the paper itself is kept as proof."""

    async def do(notice: Notice, form: RecordedAnswer) -> Response[Any]:
        contact = await _contact(session, notice, form.contact_id)
        said = AnswerForm(contact.name, form.text, form.choice, form.how)
        origin = answers.From(files=await keep(request, form.files))
        await answers.answer(session, actor_of(request), notice, form.kind, contact, said, clock.now(), origin)
        return to(f"/notices/{notice.id}", request)

    return await _done(request, session, notice_id, RecordedAnswer, "answers", do, _check_answer)


async def _done(
    request: Req,
    session: AsyncSession,
    notice_id: UUID,
    form_type: Any,
    opened: str,
    do: Deed,
    check: Callable[[Submitted[Any]], None] | None = None,
) -> Response[Any]:
    """The same for every deed: read the form and do it, or show the page again with what was typed and why not."""
    notice = await queries.notice(session, notice_id)
    form = await submitted(request, form_type)
    if form.ok and check is not None:
        check(form)
    if not form.ok:
        return await show(request, session, notice_id, form=form, opened=opened, status=422)
    try:
        if not notice.file_sha256:
            raise Conflict(_("The letter is not issued yet."))
        async with session.begin_nested():
            return await do(notice, form.taken)
    except Refusal as refusal:
        await noted(request, refusal)
        return await show(request, session, notice_id, form=form, refusal=refusal, status=refusal.status)


def _check_call(form: Submitted[RecordedDelivery]) -> None:
    """A call counts only with callee, time, result and reference."""
    given = form.taken
    if given.channel in ("phone", "paper") and not given.reference:
        form.refuse("reference", _("Give the number called or the courier’s number: without it this proves nothing."))
    if given.channel not in CHANNELS:
        form.refuse("channel", _("This cannot be taken: please choose or correct it."))


def _check_answer(form: Submitted[RecordedAnswer]) -> None:
    given = form.taken
    if not given.files:
        form.refuse("files", _("Add the signed slip or the mail: it is the proof."))
    if given.kind == "object" and not given.text:
        form.refuse("text", _("Please tell us in a few words."))


async def _contact(session: AsyncSession, notice: Notice, contact_id: UUID) -> Contact:
    return contact_in(list(await contacts_of(session, notice.client_id)), contact_id)


async def _delivery(session: AsyncSession, notice: Notice, delivery_id: UUID) -> Delivery:
    delivery = await queries.delivery(session, delivery_id)
    if delivery.notice_id != notice.id:
        raise Missing()
    return delivery


def _note(session: AsyncSession, request: Req, notice: Notice, deed: str, summary: str, **detail: Any) -> None:
    record(session, actor_of(request), deed, clock.now(), subject=notice, client_id=notice.client_id, timeline=True,
           summary=summary, **detail)  # fmt: skip


ROUTES = [share, send, record_delivery, bounced, revoke, reply, record_answer]
