"""The client's page of a survey: GET shows the questions, POST records the answers; the latest ones count."""

from __future__ import annotations

from typing import Any

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.link_entrance import Visit, purpose
from saas.kernel.module import Event
from saas.kernel.pages import Req, page, to
from saas.kernel.perform import tell
from saas.surveys import queries
from saas.surveys.complaints import from_answer
from saas.surveys.models import Survey, SurveyAnswer
from saas.surveys.questions import asked, in_words, opinion
from saas.surveys.sending import worded
from saas.surveys.subjects import About, about


async def show(
    request: Req, session: AsyncSession, visit: Visit, form: Submitted[Any] | None = None, status: int = 200
) -> Response[Any]:
    """Nothing is recorded here, however often a mail scanner opens it."""
    survey = await queries.survey(session, visit.link.subject_id)
    given = await queries.latest(session, survey.id)
    subject, questions = await about(session, survey.subject_kind, survey.subject_id), asked(survey.questions)
    typed = form.raw if form is not None else {**given.values, "text": given.text} if given is not None else {}
    return await page(
        request, "surveys/client.html", status=status, firm=visit.face, contact=visit.contact, about=subject,
        heading=heading(survey, subject), questions=questions, given=given,
        given_rows=in_words(questions, given.values) if given else [], typed=typed, errors=form.errors if form else {},
        valid_until=visit.link.expires_at, root=f"/c/survey/{visit.link.id}",
    )  # fmt: skip


def heading(survey: Survey, subject: About) -> str:
    """The question itself where it stands alone, else what the mail said it is about."""
    questions = asked(survey.questions)
    if len(questions) == 1 or not survey.subject:
        return questions[0].heading if questions else ""
    return str(worded(survey.subject, subject.title))


async def answer(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """Chosen steps and a pressed button: no scanner does that. The same answers twice are kept once."""
    survey = await queries.survey(session, visit.link.subject_id, lock=True)
    questions = asked(survey.questions)
    form: Submitted[Any] = await submitted(request, opinion(questions))
    required = {one.name for one in questions if one.kind != "text"}
    form.errors |= {name: _("Please choose one.") for name in form.errors if name in required}
    if form.ok and form.taken.complain and not form.taken.text:
        form.refuse("text", _("Please say in a sentence what you complain about."))
    if not form.ok:
        return await show(request, session, visit, form, 422)
    given = {one.name: getattr(form.taken, one.name) for one in questions}
    values = {name: value for name, value in given.items() if value is not None}
    if not values and not form.taken.text:  # only optional questions, and none answered: an empty form says nothing
        form.refuse("text", _("Please fill this in."))
        return await show(request, session, visit, form, 422)
    await _keep(session, visit, survey, values, form.taken.text)
    if form.taken.complain:
        await from_answer(session, visit.actor, survey, form.taken.text, clock.now())
    return to(f"/c/survey/{visit.link.id}")


async def _keep(session: AsyncSession, visit: Visit, survey: Survey, values: dict[str, Any], text: str) -> None:
    now, before = clock.now(), await queries.latest(session, survey.id)
    if before is not None and before.values == values and before.text == text:
        return
    low = any(one.low for one in in_words(asked(survey.questions), values))
    session.add(SurveyAnswer(survey_id=survey.id, at=now, values=values, text=text, low=low))
    survey.answered_at = now
    await session.flush()
    detail = {"values": values, "text": text, "low": low}
    await tell(session, Event("survey.answered", survey, visit.actor, now, detail))


ROUTES = purpose("survey", show, deeds={"answer": answer})
