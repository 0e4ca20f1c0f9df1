"""Answers as a list: what is shown of each, and by what it is narrowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.queries import clients_by_id
from saas.identity.queries import members_by_id
from saas.kernel.clock import now as clock_now
from saas.kernel.i18n import Text, _
from saas.kernel.tenancy import of_this_firm
from saas.notices.queries import contacts_by_id
from saas.surveys.inbox.questionnaire_names import names
from saas.surveys.models import AnswerTag, FollowUp, Survey, SurveyAnswer
from saas.surveys.queries import is_latest
from saas.surveys.questions import asked, in_words
from saas.surveys.tagging import of_surveys
from saas.surveys.wording import said

VIEWS: dict[str, Text] = {
    "": _("All"),
    "open": _("To be followed up"),
    "mine": _("Mine"),
    "low": _("Low"),
    "words": _("With words"),
}
PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; "" or None leaves it open."""

    view: str = ""
    questionnaire: str = ""
    tag: UUID | None = None
    client: UUID | None = None
    offset: int = 0

    @property
    def query(self) -> dict[str, str]:
        given = {"view": self.view, "questionnaire": self.questionnaire, "tag": str(self.tag or ""),
                 "client": str(self.client or "")}  # fmt: skip
        return {name: value for name, value in given.items() if value}


def wanted(given: Mapping[str, str]) -> Wanted:
    """From the address; what is not known is left open."""
    view, offset = given.get("view", ""), given.get("offset", "")
    return Wanted(
        view if view in VIEWS else "", given.get("questionnaire", "")[:24], _id(given.get("tag", "")),
        _id(given.get("client", "")), int(offset) if offset.isdigit() and len(offset) < 8 else 0,
    )  # fmt: skip


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def answers(
    session: AsyncSession, asked_for: Wanted, member_id: UUID | None, *, limit: int = PAGE + 1
) -> list[tuple[Survey, SurveyAnswer, FollowUp | None]]:
    """The latest answer of each survey, the newest first, each with its follow-up."""
    query: Any = (
        select(Survey, SurveyAnswer, FollowUp)
        .join(SurveyAnswer, (SurveyAnswer.firm_id == Survey.firm_id) & (SurveyAnswer.survey_id == Survey.id))
        .outerjoin(FollowUp, (FollowUp.firm_id == Survey.firm_id) & (FollowUp.survey_id == Survey.id))
        .where(of_this_firm(Survey), of_this_firm(SurveyAnswer), is_latest())
        .order_by(SurveyAnswer.at.desc(), SurveyAnswer.id.desc())
    )
    query = _narrowed(query, asked_for, member_id).offset(asked_for.offset).limit(limit)
    return [(row[0], row[1], row[2]) for row in (await session.execute(query)).all()]


def _narrowed(query: Any, given: Wanted, member_id: UUID | None) -> Any:
    if given.questionnaire:
        query = query.where(Survey.questionnaire == given.questionnaire)
    if given.client is not None:
        query = query.where(Survey.client_id == given.client)
    if given.tag is not None:
        mine = (AnswerTag.firm_id == Survey.firm_id, AnswerTag.survey_id == Survey.id)
        query = query.where(exists().where(*mine, AnswerTag.tag_id == given.tag, AnswerTag.removed_at.is_(None)))
    if given.view in ("open", "mine"):
        query = query.where(FollowUp.id.is_not(None), FollowUp.replied_at.is_(None))
    if given.view == "mine":
        query = query.where(or_(FollowUp.owner_id == member_id, FollowUp.owner_id.is_(None)))
    if given.view == "low":
        query = query.where(SurveyAnswer.low)
    return query.where(SurveyAnswer.text != "") if given.view == "words" else query


async def rows(
    session: AsyncSession, found: Sequence[tuple[Survey, SurveyAnswer, FollowUp | None]]
) -> list[dict[str, Any]]:
    """What the page shows of each, with a number of queries that does not grow with them."""
    clients = await clients_by_id(session, [survey.client_id for survey, _answer, _follow in found])
    contacts = await contacts_by_id(session, [survey.contact_id for survey, _a, _f in found if survey.contact_id])
    members, tags = await members_by_id(session), await of_surveys(session, [s.id for s, _a, _f in found])
    named, now = await names(session), clock_now()
    return [
        {
            "survey": survey, "answer": answer, "follow": follow, "client": clients.get(survey.client_id),
            "contact": contacts[survey.contact_id].name if survey.contact_id in contacts else "",
            "given": in_words(asked(survey.questions), answer.values),
            "tags": [(said(tag.name), put.by_word) for put, tag in tags.get(survey.id, [])],
            "questionnaire": named.get(survey.questionnaire, ""),
            "owner": members.get(follow.owner_id) if follow is not None and follow.owner_id else None,
            "handler": members.get(survey.handler_id) if survey.handler_id else None,
            "state": state_of(follow, late=follow is not None and follow.due_at < now),
        }
        for survey, answer, follow in found
    ]  # fmt: skip


def state_of(follow: FollowUp | None, *, late: bool) -> str:
    """none, open, late or replied."""
    if follow is None:
        return "none"
    return "replied" if follow.replied_at is not None else "late" if late else "open"
