"""The client's page of a survey: GET shows the question, POST records the answer; the latest one counts."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.kernel import clock
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.link_entrance import Visit, purpose
from saas.kernel.module import Event
from saas.kernel.pages import Req, page, to
from saas.kernel.perform import tell
from saas.surveys.models import Survey, SurveyAnswer
from saas.surveys.questions import STEPS, TEXTS


class Opinion(Struct):
    satisfaction: Annotated[int, Meta(ge=1, le=5)]
    text: Annotated[str, Meta(max_length=2000)] = ""


async def show(
    request: Req, session: AsyncSession, visit: Visit, form: Submitted[Any] | None = None, status: int = 200
) -> Response[Any]:
    survey = await _survey(session, visit)
    case = (await session.execute(select(Case).where(Case.id == survey.subject_id))).scalar_one()
    given = await latest(session, survey)
    return await page(
        request,
        "surveys/client.html",
        status=status,
        firm=visit.face,
        contact=visit.contact,
        case=case,
        question=TEXTS["satisfaction"],
        steps=[{"value": step, "label": label} for step, label in STEPS.items()],
        given=given,
        given_label=STEPS[given.values["satisfaction"]] if given else None,
        form=form or Submitted(),
        valid_until=visit.link.expires_at,
        root=f"/c/survey/{visit.link.id}",
    )


async def answer(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """A chosen step and a pressed button: no scanner does that. The same answer twice is kept once."""
    form = await submitted(request, Opinion)
    if not form.ok:
        form.errors.setdefault("satisfaction", _("Please choose one."))
        return await show(request, session, visit, form, 422)
    survey, given, now = await _survey(session, visit), form.taken, clock.now()
    before = await latest(session, survey)
    values = {"satisfaction": given.satisfaction}
    if before is None or before.values != values or before.text != given.text:
        session.add(SurveyAnswer(survey_id=survey.id, at=now, values=values, text=given.text))
        survey.answered_at = now
        await session.flush()
        await tell(session, Event("survey.answered", survey, visit.actor, now, {**values, "text": given.text}))
    return to(f"/c/survey/{visit.link.id}")


async def latest(session: AsyncSession, survey: Survey) -> SurveyAnswer | None:
    query = select(SurveyAnswer).where(SurveyAnswer.firm_id == survey.firm_id, SurveyAnswer.survey_id == survey.id)
    return (await session.scalars(query.order_by(SurveyAnswer.at.desc()).limit(1))).first()


async def _survey(session: AsyncSession, visit: Visit) -> Survey:
    query = select(Survey).where(Survey.firm_id == visit.firm.id, Survey.id == visit.link.subject_id)
    return (await session.execute(query)).scalar_one()


ROUTES = purpose("survey", show, deeds={"answer": answer})
