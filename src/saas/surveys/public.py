"""The client's page of a survey: GET shows the questions, POST records the answers; the latest ones count."""

from __future__ import annotations

from typing import Any

from litestar import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.link_entrance import Visit, purpose
from saas.kernel.module import Event
from saas.kernel.pages import Req, page, to
from saas.kernel.perform import tell
from saas.surveys.models import Survey, SurveyAnswer
from saas.surveys.questions import STEPS, asked, in_words, opinion
from saas.surveys.subjects import about


async def show(
    request: Req, session: AsyncSession, visit: Visit, form: Submitted[Any] | None = None, status: int = 200
) -> Response[Any]:
    survey = await _survey(session, visit)
    given = await latest(session, survey)
    return await page(
        request,
        "surveys/client.html",
        status=status,
        firm=visit.face,
        contact=visit.contact,
        about=await about(session, survey.subject_kind, survey.subject_id),
        questions=asked(survey.questions),
        steps=[{"value": step, "label": label} for step, label in STEPS.items()],
        given=given,
        given_rows=in_words(given.values) if given else [],
        form=form or Submitted(),
        valid_until=visit.link.expires_at,
        root=f"/c/survey/{visit.link.id}",
    )


async def answer(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """Chosen steps and a pressed button: no scanner does that. The same answers twice are kept once."""
    survey = await _survey(session, visit)
    names = tuple(question.name for question in asked(survey.questions))
    form: Submitted[Any] = await submitted(request, opinion(names))
    if not form.ok:
        form.errors |= {name: _("Please choose one.") for name in names if name in form.errors}
        return await show(request, session, visit, form, 422)
    now, before = clock.now(), await latest(session, survey)
    values = {name: getattr(form.taken, name) for name in names}
    if before is None or before.values != values or before.text != form.taken.text:
        session.add(SurveyAnswer(survey_id=survey.id, at=now, values=values, text=form.taken.text))
        survey.answered_at = now
        await session.flush()
        detail = {"values": values, "text": form.taken.text}
        await tell(session, Event("survey.answered", survey, visit.actor, now, detail))
    return to(f"/c/survey/{visit.link.id}")


async def latest(session: AsyncSession, survey: Survey) -> SurveyAnswer | None:
    query = select(SurveyAnswer).where(SurveyAnswer.firm_id == survey.firm_id, SurveyAnswer.survey_id == survey.id)
    return (await session.scalars(query.order_by(SurveyAnswer.at.desc()).limit(1))).first()


async def _survey(session: AsyncSession, visit: Visit) -> Survey:
    query = select(Survey).where(Survey.firm_id == visit.firm.id, Survey.id == visit.link.subject_id)
    return (await session.execute(query)).scalar_one()


ROUTES = purpose("survey", show, deeds={"answer": answer})
