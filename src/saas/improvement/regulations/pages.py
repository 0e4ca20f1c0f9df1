"""/improvement/regulations: the register, an entry with the clients it touches, reading it and its quiz."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.improvement.receipts import reading
from saas.improvement.receipts.showing import shown
from saas.improvement.regulations import queries, quiz, rollout
from saas.improvement.regulations.kinds import KINDS, MARKS, NOTES, Filter
from saas.improvement.regulations.regulation_models import Regulation
from saas.improvement.rooms import tabs
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.forms import Submitted, raw_form
from saas.kernel.i18n import Text, _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.training.queries import published
from saas.training.wording import said

AT = "/f/{slug:str}/improvement/regulations"
ONE = AT + "/{row_id:uuid}"
VIEWS: dict[str, Text] = {
    "": _("In force"),
    "coming": _("To come"),
    "over": _("No longer in force"),
    "review": _("To be looked at again"),
}
LAWS = tuple(kind for kind in KINDS if kind not in NOTES)


@get(AT, opt={"permission": "improvement.read"})
async def index(
    request: Req, session: Db, view: FromQuery[str] = "", kind: FromQuery[str] = "", q: FromQuery[str] = ""
) -> Response[str]:
    view, kind, today = view if view in VIEWS else "", kind if kind in LAWS else "", clock.today()
    found = await queries.register(session, today, kinds=[kind] if kind else LAWS, view=view, search=q)
    at, rates = address_in(request), await queries.done_rates(session, [one.id for one in found])

    def url(**changes: str) -> str:
        query = "&".join(f"{k}={v}" for k, v in {"view": view, "kind": kind, **changes}.items() if v)
        return at(f"/improvement/regulations?{query}" if query else "/improvement/regulations")

    return await page(
        request, "improvement/regulations/index.html", session=session, tabs=tabs(request, "regulations"),
        rows=[row(one, rates.get(one.id)) for one in found], search=q, view=view,
        views=[{"label": label, "url": url(view=name), "active": name == view} for name, label in VIEWS.items()],
        kinds=[{"label": KINDS[k], "on": k == kind, "url": url(kind="" if k == kind else k)} for k in LAWS],
        may_write=actor_of(request).may("improvement.register"),
    )  # fmt: skip


def row(one: Regulation, rate: tuple[int, int] | None = None) -> dict[str, Any]:
    """An entry as lists show it."""
    return {"entry": one, "title": said(one.title), "kind": KINDS[one.kind], "mark": MARKS[one.mark],
            "done": _("%(done)s of %(given)s done", done=rate[0], given=rate[1]) if rate else ""}  # fmt: skip


@get(ONE, opt={"permission": "improvement.read"})
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(
    request: Req, session: AsyncSession, row_id: UUID, *, form: Submitted[Any] | None = None, opened: str = "",
    refusal: Text | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    """One entry; `opened` is the dialog whose form was refused."""
    one, actor, now = await queries.regulation(session, row_id), actor_of(request), clock.now()
    touched, wanted = await queries.touched(session, row_id), Filter.of(one.clients)
    members, may_roll = await members_by_id(session), actor.may("improvement.manage")
    receipts = shown(await reading.of_subject(session, row_id), members, actor.id, now)
    given = [t.task for t in touched if t.task is not None]
    done = [task for task in given if task.done_at is not None]
    mine = receipts["mine"]
    today = clock.today()
    return await page(
        request, "improvement/regulations/detail.html", session=session, status=status, refusal=refusal,
        entry=one, title=said(one.title), issuer=said(one.issuer), changes=said(one.changes), impact=said(one.impact),
        kind=KINDS[one.kind], mark=MARKS[one.mark], note=one.kind in NOTES, filter_words=wanted.words,
        matching=len(await queries.matching(session, wanted)), given=len(given), done=len(done),
        touched=[_client(t, members, actor.id, may_roll, f"{row_id}", opened, form) for t in touched],
        cases=len([t for t in touched if t.case is not None]),
        cases_open=len([t for t in touched if t.row.bulk_id is not None and t.case is None]),
        receipts=receipts, quiz=quiz.asked(one.quiz, mine.answers if mine is not None else []),
        answered=mine is not None and mine.read_at is not None, form=form or Submitted(), blank=Submitted(),
        opened=opened, roles=list(ROLES.items()), course=await _course(session, one.course_key),
        coming=one.effective_on is not None and one.effective_on > today,
        over=one.repealed_on is not None and one.repealed_on < today,
        stale=one.reviewed_on <= today - queries.REVIEW_EVERY, may_write=actor.may("improvement.register"),
        may_roll=may_roll and one.kind not in NOTES,
        side_panels=[await panel(session, one, actor) for panel in composition().panel("regulations.rail")],
    )  # fmt: skip


def _client(
    one: queries.Touched, members: Mapping[UUID, Membership], me: UUID | None, may_roll: bool, regulation: str,
    opened: str, form: Submitted[Any] | None,
) -> dict[str, Any]:  # fmt: skip
    """A client's row; whoever has the task, or a manager, says that it is done."""
    owner, dialog = (one.task.assignee_id if one.task else None), f"done-{one.client.id}"
    waits = one.task is not None and one.task.done_at is None
    return {
        "client": one.client, "task": one.task, "case": one.case, "result": one.row.result, "dialog": dialog,
        "owner": members[owner].name if owner is not None and owner in members else "",
        "may_finish": waits and (may_roll or owner in (None, me)),
        "form": form if form is not None and opened == dialog else Submitted(),
        "url": f"/improvement/regulations/{regulation}/clients/{one.client.id}/done",
    }  # fmt: skip


async def _course(session: AsyncSession, topic: str) -> dict[str, Any] | None:
    """The course of training that teaches it, where the firm has one of this topic."""
    found = [pair for pair in await published(session) if pair[1].topic == topic] if topic else []
    return {"title": said(found[0][1].title), "url": f"/training/courses/{found[0][0].id}"} if found else None


@post(f"{ONE}/read", opt={"permission": "improvement.read"}, status_code=200)
async def confirm(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Read, and its quiz answered: the first answers count."""
    one, raw = await queries.regulation(session, row_id), await raw_form(request)
    answers = quiz.chosen(one.quiz, raw)
    if answers is None:
        form: Submitted[Any] = Submitted(raw)
        return await show(request, session, row_id, form=form, refusal=_("Please answer every question."), status=422)
    score = quiz.right(one.quiz, answers)
    await reading.read(session, actor_of(request), matter(one), clock.now(), answers, score)
    return to(f"{rollout.url(one)}#reading", request)


def matter(one: Regulation) -> reading.Matter:
    return reading.Matter("regulation", one.id, rollout.title(one), f"{rollout.url(one)}#reading")


ROUTES = [index, detail, confirm]
