"""The client's page of a letter, by link: read, confirm, object, ask; nothing is recorded before a name is typed."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.config import active
from saas.kernel.errors import Conflict, Forbidden, Missing
from saas.kernel.files import store_of
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _, reader
from saas.kernel.link_entrance import Visit, purpose
from saas.kernel.pages import Req, page
from saas.kernel.uploads import attachment
from saas.notices import answers, queries
from saas.notices.dispatch import closes_at
from saas.notices.forms import AnswerForm
from saas.notices.letter_messages import file_name
from saas.notices.models import Answer, Notice
from saas.notices.plain_words import told
from saas.notices.workflow import ISSUED

ACTS = ("confirm", "object", "question")


async def show(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """The letter in plain words. `?do=` opens one of the three answers; without it, confirming is at hand."""
    act = request.query_params.get("do", "confirm")
    return await _page(request, session, visit, act if act in ACTS else "confirm")


async def answer(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """Record the human act. Sent twice, it is recorded once."""
    act = str((await request.form()).get("act", ""))
    if act not in ACTS:
        raise Missing()
    form = await submitted(request, AnswerForm)
    notice = await _letter(session, visit)
    if form.ok:
        _check(form, act, notice, visit)
    if not form.ok:
        return await _page(request, session, visit, act, form, status=422)
    given = form.taken
    given.how = "link"
    try:
        async with session.begin_nested():
            await _record(request, session, visit, notice, act, given)
    except (Conflict, Forbidden) as refusal:
        return await _page(request, session, visit, act, form, status=refusal.status, refused=refusal.reason)
    return Redirect(f"/c/notice/{visit.link.id}", status_code=303)


async def letter_file(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """The issued bytes."""
    notice = await _letter(session, visit)
    if not notice.file_sha256:
        raise Missing()
    content = await store_of(active()).get(notice.firm_id, notice.file_sha256)
    return attachment(content, file_name(notice), "application/pdf")


async def seen(session: AsyncSession, visit: Visit) -> None:
    await answers.seen(session, visit.link.id, await _letter(session, visit), clock.now())


async def _letter(session: AsyncSession, visit: Visit) -> Notice:
    """The letter of the link, in the version the link was made for."""
    notice = await queries.notice(session, visit.link.subject_id)
    if notice.version != visit.link.version or not notice.is_frozen:
        raise Missing()
    return notice


def _check(form: Submitted[AnswerForm], act: str, notice: Notice, visit: Visit) -> None:
    """The name must be the one the link was sent to; an objection and a question need words; options need a choice."""
    given = form.taken
    if visit.contact is None or not same_name(given.signed_name, visit.contact.name):
        form.refuse("signed_name", _("Please type your own name. This link was sent to one person only; "
                                     "if that is not you, ask the firm for a link of your own."))  # fmt: skip
    if act in ("object", "question") and not given.text:
        form.refuse("text", _("Please tell us in a few words."))
    options = [str(c["value"]) for c in told(notice, reader())["choices"]]
    if act == "confirm" and options and given.choice not in options:
        form.refuse("choice", _("Please choose one of these first."))


def same_name(typed: str, name: str) -> bool:
    """Case and spaces are forgiven."""
    return "".join(typed.split()).casefold() == "".join(name.split()).casefold()


async def _record(
    request: Req, session: AsyncSession, visit: Visit, notice: Notice, act: str, form: AnswerForm
) -> None:
    address = request.client.host if request.client else ""
    origin = answers.From(address, request.headers.get("user-agent", ""), visit.link.id)
    now = clock.now()
    if visit.contact is None:
        raise Forbidden(_("This link belongs to nobody: please ask the firm for a new one."))
    if act == "question":
        await answers.ask(session, visit.actor, notice, visit.contact, form, now, origin)
    elif act == "confirm":
        await answers.answer(session, visit.actor, notice, "confirm", visit.contact, form, now, origin)
    else:
        await answers.answer(session, visit.actor, notice, "object", visit.contact, form, now, origin)
    if visit.link.viewed_at is None:  # whoever answers has seen it, with scripts or without
        visit.link.viewed_at = now
    delivery = await queries.delivery_of_link(session, visit.link.id)
    if delivery is not None:
        delivery.be_viewed(now)


async def _page(
    request: Req,
    session: AsyncSession,
    visit: Visit,
    act: str,
    form: Submitted[Any] | None = None,
    status: int = 200,
    refused: Text | None = None,
) -> Response[str]:
    notice = await _letter(session, visit)
    given = await answers.standing(session, notice)
    thread = [a for a in await queries.answers(session, notice.id) if a.contact_id == visit.link.contact_id]
    successor = await queries.notice(session, notice.superseded_by_id) if notice.superseded_by_id else None
    open_for_answer = given is None and notice.state in ISSUED and notice.asks
    return await page(
        request,
        "notices/client.html",
        status=status,
        firm=visit.face,
        notice=notice,
        told=told(notice, reader()),
        contact=visit.contact,
        root=f"/c/notice/{visit.link.id}",
        act=act,
        form=form or Submitted(),
        refused=refused,
        given=given,
        chosen=_choice_words(notice, given),
        questions=_thread(thread),
        over=_over(notice, successor),
        can_answer=open_for_answer and visit.contact is not None and visit.contact.may_approve,
        may_ask=notice.state not in ("withdrawn", "superseded"),
        valid_until=min(visit.link.expires_at, closes_at(notice)),
        size_kb=(notice.file_size or 0) // 1024 + 1,
    )


def _over(notice: Notice, successor: Notice | None) -> Text | None:
    """Why nothing more can be answered, in words for the client."""
    if notice.state == "withdrawn":
        return _("We have withdrawn this letter. You need do nothing.")
    if successor is not None and successor.kind != notice.kind:
        return _("This letter was replaced by %(serial)s; please use the link of that one.", serial=successor.number)
    if successor is not None:
        return _("This letter was replaced by version %(n)s; please use the link of that one.", n=successor.version)
    if notice.state == "expired":
        return _("The time for an answer has passed. Please telephone us.")
    return None


def _choice_words(notice: Notice, given: Answer | None) -> str:
    if given is None or not given.choice:
        return ""
    return next((c["label"] for c in told(notice, reader())["choices"] if c["value"] == given.choice), given.choice)


def _thread(thread: list[Answer]) -> list[dict[str, Any]]:
    """Questions with our replies, as the `thread` macro takes them."""
    replies = {a.reply_to_id: a for a in thread if a.kind == "reply"}
    return [
        {
            "initial": a.signed_name[:1],
            "kind": "client",
            "text": a.text,
            "at": a.at,
            "reply": replies.get(a.id),
        }
        for a in thread
        if a.kind == "question"
    ]


ROUTES = purpose("notice", show, deeds={"answer": answer}, files={"letter.pdf": letter_file}, seen=seen)
