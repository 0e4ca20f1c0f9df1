"""Choosing a closed case or refund of which a question is made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.errors import Invalid
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text
from saas.kernel.pages import Db, Req, actor_of, page, show_date, to
from saas.refunds.words import OUTCOMES
from saas.training.editing import drafts, practice
from saas.training.forms import FromPractice
from saas.training.wording import said

PRACTICE = "/f/{slug:str}/training/courses/{course_id:uuid}/draft/practice"


@get(PRACTICE, opt={"permission": "training.teach"})
async def choose(request: Req, session: Db, course_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, course_id)


@post(PRACTICE, opt={"permission": "training.teach"})
async def make(request: Req, session: Db, course_id: FromPath[UUID]) -> Response[Any]:
    """A question of the draft, made of the chosen record; then its form, to be read through."""
    draft = await drafts.the_draft(session, course_id)
    form, actor, now = await submitted(request, FromPractice), actor_of(request), clock.now()
    if not form.ok:
        return await show(request, session, course_id, status=422)
    deeds = {"case": practice.exercise_of_case, "refund": practice.talk_of_refund}
    try:
        question = await deeds[form.taken.kind](session, draft, form.taken.id, actor, now)
    except Invalid as refused:
        return await show(request, session, course_id, refusal=refused.reason, status=422)
    return to(f"/training/courses/{course_id}/draft/questions/{question.id}", request)


async def show(
    request: Req, session: AsyncSession, course_id: UUID, refusal: Text | None = None, status: int = 200
) -> Response[str]:
    draft = await drafts.the_draft(session, course_id)
    return await page(
        request,
        "training/edit/practice.html",
        session=session,
        course_id=course_id,
        course_title=said(draft.title),
        cases=[
            {"id": case.id, "title": case.title, "note": case.number, "when": show_date(adjustment.verified_at)}
            for case, adjustment in await practice.corrected_cases(session)
        ],
        refunds=[
            {"id": r.id, "title": OUTCOMES.get(r.outcome, r.outcome), "note": r.number, "when": show_date(r.closed_at)}
            for r in await practice.decided_refunds(session)
        ],
        refusal=refusal,
        form=Submitted(),
        status=status,
    )


ROUTES = [choose, make]
