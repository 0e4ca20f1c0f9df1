"""What clients said after refunds, by reason and by handler: a panel of the watch over refunds (requirement R5.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.kernel.access import Actor
from saas.kernel.tenancy import of_this_firm
from saas.refunds.lists.listing import reasons
from saas.refunds.models import Refund
from saas.surveys.models import Survey, SurveyAnswer
from saas.surveys.questions import Question, asked
from saas.surveys.starter import read

FEWEST = 5  # answers; fewer would show who said what
SUBJECT = "refund"
Said = tuple[str, Mapping[str, Any]]  # a group's key, the values of one answer


async def of_refunds(session: AsyncSession, since: datetime, actor: Actor) -> dict[str, Any]:
    """Means of the latest answer to each survey, and how many surveys were answered at all."""
    sent = (await session.execute(_surveys(since))).all()
    latest: dict[UUID, SurveyAnswer] = {}
    ids = [survey.id for survey, _reason in sent]
    query = select(SurveyAnswer).where(of_this_firm(SurveyAnswer), SurveyAnswer.survey_id.in_(ids))
    for answer in (await session.scalars(query.order_by(SurveyAnswer.at))).all():
        latest[answer.survey_id] = answer
    named, members = await reasons(session), await members_by_id(session)
    by_reason = [(named.get(reason, reason), latest[s.id].values) for s, reason in sent if s.id in latest]
    by_handler = [
        (members[s.handler_id].name, latest[s.id].values)
        for s, _reason in sent
        if s.id in latest and s.handler_id in members
    ]
    questions = _rated([survey for survey, _reason in sent])
    names = list(questions)
    return {
        "template": "surveys/_refunds.html",
        "asked": len(sent),
        "answered": len(latest),
        "fewest": FEWEST,
        "questions": [question.label for question in questions.values()],
        "groups": [*means(by_reason, names), *means(by_handler, names)],
    }


def _surveys(since: datetime) -> Any:
    return (
        select(Survey, Refund.reason)
        .join(Refund, (Refund.firm_id == Survey.firm_id) & (Refund.id == Survey.subject_id))
        .where(of_this_firm(Survey), Survey.subject_kind == SUBJECT, Survey.created_at >= since)
    )


def _rated(surveys: Iterable[Survey]) -> dict[str, Question]:
    """What was asked on the scale of five after refunds, in any version of the questionnaire."""
    return {one.name: one for survey in surveys for one in asked(survey.questions) if one.kind == "1-5"}


FIRST = [one["name"] for given in read()["questionnaire"] if given["key"] == "payment" for one in given["question"]]


def means(said: Iterable[Said], names: Sequence[str] = FIRST) -> list[dict[str, Any]]:
    """One row a group: how many answers and the mean of each question with one decimal, hidden where there are few."""
    grouped: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for key, values in said:
        grouped[key].append(values)
    return [
        {
            "label": key,
            "count": len(answers),
            "means": [_mean([int(a[name]) for a in answers if name in a]) for name in names],
        }
        for key, answers in grouped.items()
    ]


def _mean(values: Sequence[int]) -> str:
    if len(values) < FEWEST:
        return ""
    tenths = (sum(values) * 20 // len(values) + 1) // 2  # half up
    return f"{tenths // 10}.{tenths % 10}"
