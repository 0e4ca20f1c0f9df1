"""/surveys/{id}: one answer with its history, themes, follow-up and effort; a complaint by one press."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries as cases
from saas.clients import queries as clients
from saas.identity.models import Membership
from saas.identity.queries import members, members_by_id
from saas.kernel import clock
from saas.kernel.clock import CHINA
from saas.kernel.errors import Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.surveys import followup, queries, tagging
from saas.surveys.complaints import from_answer
from saas.surveys.inbox.effort import spent
from saas.surveys.inbox.listing import state_of
from saas.surveys.inbox.questionnaire_names import names
from saas.surveys.models import FollowUp, Survey
from saas.surveys.notes.queries import of_survey as notes_of
from saas.surveys.questions import asked, in_words
from saas.surveys.rooms import CHANNELS, may_see
from saas.surveys.subjects import about
from saas.surveys.wording import said

AT = "/f/{slug:str}/surveys/{survey_id:uuid}"
END_OF_DAY = time(18)
FOLLOWERS = ("owner", "manager", "reviewer", "bookkeeper")


class Give(Struct):
    owner_id: UUID
    due_on: date


class Reply(Struct):
    channel: Literal["phone", "wechat", "email", "visit"]
    reply: Annotated[str, Meta(max_length=2000)]


class Theme(Struct):
    tag_id: UUID


@get(AT, opt={"permission": "surveys.follow"})
async def detail(request: Req, session: Db, survey_id: FromPath[UUID]) -> Response[str]:
    return await _show(request, session, survey_id)


async def _show(
    request: Req, session: AsyncSession, survey_id: UUID, *, form: Submitted[Any] | None = None, status: int = 200
) -> Response[str]:
    survey, follow = await _open(request, session, survey_id)
    questions, actor, now = asked(survey.questions), actor_of(request), clock.now()
    history = await queries.history(session, survey.id)
    on = (await tagging.of_surveys(session, [survey.id])).get(survey.id, [])
    placed, named = {tag.id for _put, tag in on}, await members_by_id(session)
    contact = await clients.contact(session, survey.contact_id) if survey.contact_id else None
    state = state_of(follow, late=follow is not None and follow.due_at < now)
    return await page(
        request, "surveys/inbox/detail.html", session=session, status=status, survey=survey, follow=follow, state=state,
        subject=await about(session, survey.subject_kind, survey.subject_id), contact=contact,
        client=await clients.client(session, survey.client_id), handler=_who(named, survey.handler_id),
        questionnaire=(await names(session)).get(survey.questionnaire, ""),
        given=in_words(questions, history[0].values) if history else [], answer=history[0] if history else None,
        earlier=[{"at": one.at, "text": one.text, "given": in_words(questions, one.values)} for one in history[1:]],
        tags=[{"id": tag.id, "name": said(tag.name), "by_word": put.by_word} for put, tag in on],
        others=[(str(tag.id), said(tag.name)) for tag in await tagging.tags(session) if tag.id not in placed],
        owner=_who(named, follow.owner_id) if follow is not None else None, channels=list(CHANNELS.items()),
        channel=CHANNELS.get(follow.channel, "") if follow is not None else "",
        replier=_who(named, follow.replied_by) if follow is not None else None,
        people=[(str(m.id), m.name) for m in await members(session) if set(m.roles) & set(FOLLOWERS)],
        complaint=await cases.case_or_none(session, survey.id), effort=await spent(session, survey),
        notes=await notes_of(session, survey.id), form=form or Submitted(), now=now,
        may_manage=actor.may("surveys.manage"), may_reply=actor.may("surveys.reply") and state in ("open", "late"),
        may_complain=actor.may("cases.open"),
    )  # fmt: skip


def _who(named: dict[UUID, Membership], member_id: UUID | None) -> Membership | None:
    return named.get(member_id) if member_id is not None else None


async def _open(request: Req, session: AsyncSession, survey_id: UUID) -> tuple[Survey, FollowUp | None]:
    survey, follow = await queries.survey(session, survey_id), await followup.of_survey(session, survey_id)
    may_see(actor_of(request), survey, follow)
    return survey, follow


@post(AT + "/tags", opt={"permission": "surveys.reply"}, status_code=200)
async def add_tag(request: Req, session: Db, survey_id: FromPath[UUID]) -> Response[Any]:
    """The theme chosen from the firm's list."""
    survey, _follow = await _open(request, session, survey_id)
    form = await submitted(request, Theme)
    if not form.ok:
        return await _show(request, session, survey_id, form=form, status=422)
    known = await tagging.tag(session, form.taken.tag_id)
    await tagging.put(session, survey.id, known.id, actor_of(request).id, clock.now())
    return to(f"/surveys/{survey.id}", request)


@post(AT + "/tags/{tag_id:uuid}/remove", opt={"permission": "surveys.reply"}, status_code=200)
async def remove_tag(request: Req, session: Db, survey_id: FromPath[UUID], tag_id: FromPath[UUID]) -> Response[Any]:
    """A theme that does not fit is taken off; a word does not bring it back."""
    survey, _follow = await _open(request, session, survey_id)
    known = await tagging.tag(session, tag_id)
    await tagging.take_off(session, survey.id, known.id, actor_of(request).id, clock.now())
    return to(f"/surveys/{survey.id}", request)


@post(f"{AT}/owner", opt={"permission": "surveys.manage"}, status_code=200)
async def give(request: Req, session: Db, survey_id: FromPath[UUID]) -> Response[Any]:
    """Somebody named, and the day by which the client hears from us."""
    survey, follow = await _open(request, session, survey_id)
    form = await submitted(request, Give)
    if form.ok and form.taken.owner_id not in {m.id for m in await members(session)}:
        form.refuse("owner_id", _("This person does not work here any more."))
    if form.ok and form.taken.due_on < clock.today():
        form.refuse("due_on", _("This day is over."))
    if follow is None or not form.ok:
        return await _show(request, session, survey_id, form=form, status=422)
    due_at = datetime.combine(form.taken.due_on, END_OF_DAY, CHINA)
    await followup.give_to(session, actor_of(request), survey, follow, form.taken.owner_id, due_at, clock.now())
    return to(f"/surveys/{survey.id}", request)


@post(f"{AT}/reply", opt={"permission": "surveys.reply"}, status_code=200)
async def reply(request: Req, session: Db, survey_id: FromPath[UUID]) -> Response[Any]:
    """What was said to the client, and how."""
    survey, follow = await _open(request, session, survey_id)
    form = await submitted(request, Reply)
    if follow is None or not form.ok:
        return await _show(request, session, survey_id, form=form, status=422)
    await followup.reply(session, actor_of(request), survey, follow, form.taken.channel, form.taken.reply, clock.now())
    return to(f"/surveys/{survey.id}", request)


@post(f"{AT}/complaint", opt={"permission": "cases.open"}, status_code=200)
async def complain(request: Req, session: Db, survey_id: FromPath[UUID]) -> Response[Any]:
    """What the client wrote is a complaint: it becomes a case of its own, once."""
    survey, _follow = await _open(request, session, survey_id)
    answer = await queries.latest(session, survey.id)
    if answer is None:
        raise Missing()
    case = await from_answer(session, actor_of(request), survey, answer.text, clock.now())
    return to(f"/cases/{case.id}", request)


ROUTES = [detail, add_tag, remove_tag, give, reply, complain]
