"""What clients said after refunds, by reason, team and handler: a panel of the watch over refunds (R5.2)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel.access import ROLES, Actor
from saas.kernel.tenancy import of_this_firm
from saas.refunds.lists.listing import reasons
from saas.refunds.models import Refund
from saas.surveys.models import Survey, SurveyAnswer
from saas.surveys.questions import Question, asked
from saas.surveys.starter import read
from saas.surveys.tagging import of_surveys
from saas.surveys.wording import said

FEWEST = 5  # answers; fewer would show who said what
SUBJECT = "refund"
MOST_THEMES = 3  # named beside a group
Said = tuple[str, Mapping[str, Any]]  # a group's key, the values of one answer


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: its values, the themes of its words, and what it is grouped by."""

    values: Mapping[str, Any]
    themes: tuple[str, ...]
    reason: str
    handler: Membership | None

    @property
    def team(self) -> str:
        """The first role of whoever handled it: who they work with."""
        return str(ROLES[self.handler.roles[0]]) if self.handler and self.handler.roles else ""

    @property
    def person(self) -> str:
        return self.handler.name if self.handler else ""


GROUPS: tuple[Callable[[Answered], str], ...] = (
    lambda answer: answer.reason, lambda answer: answer.team, lambda answer: answer.person,
)  # fmt: skip


async def of_refunds(session: AsyncSession, since: datetime, actor: Actor) -> dict[str, Any]:
    """Means of the latest answer to each survey, and how many surveys were answered at all."""
    sent = (await session.execute(_surveys(since))).all()
    latest: dict[UUID, SurveyAnswer] = {}
    ids = [survey.id for survey, _reason in sent]
    query = select(SurveyAnswer).where(of_this_firm(SurveyAnswer), SurveyAnswer.survey_id.in_(ids))
    for answer in (await session.scalars(query.order_by(SurveyAnswer.at))).all():
        latest[answer.survey_id] = answer
    named, members = await reasons(session), await members_by_id(session)
    tags = await of_surveys(session, list(latest))
    answers = [
        Answered(latest[survey.id].values, tuple(said(tag.name) for _put, tag in tags.get(survey.id, ())),
                 named.get(reason, reason), members.get(survey.handler_id) if survey.handler_id else None)
        for survey, reason in sent
        if survey.id in latest
    ]  # fmt: skip
    questions = _rated([survey for survey, _reason in sent])
    names = list(questions)
    return {
        "template": "surveys/_refunds.html",
        "asked": len(sent),
        "answered": len(latest),
        "fewest": FEWEST,
        "questions": [question.label for question in questions.values()],
        "groups": [row for of in GROUPS for row in _grouped(answers, of, names)],
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


def _grouped(answers: Sequence[Answered], of: Callable[[Answered], str], names: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of one way to group: means, and the themes named most often."""
    mine = [(of(answer), answer) for answer in answers if of(answer)]
    frequent = themes((key, answer.themes) for key, answer in mine)
    rows = means(((key, answer.values) for key, answer in mine), names)
    return [{**row, "themes": frequent.get(row["label"], "")} for row in rows]


def themes(said: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """By group, the themes most often named in its answers with how often: "办理速度 4 · 服务态度 2"; hidden where few
    answered."""
    answers: Counter[str] = Counter()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for key, named in said:
        answers[key] += 1
        counts[key].update(named)
    return {
        key: " · ".join(f"{name} {count}" for name, count in counted.most_common(MOST_THEMES))
        for key, counted in counts.items()
        if answers[key] >= FEWEST
    }


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
