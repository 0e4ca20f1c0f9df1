"""What every firm begins with: questionnaires and themes (tenants/_starter/surveys.toml)."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, tenancy
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import ROOT
from saas.surveys.inbox_models import SurveyTag
from saas.surveys.questionnaire_models import Questionnaire
from saas.surveys.questions import Question

FILE = ROOT / "tenants" / "_starter" / "surveys.toml"
FROM_THE_BEGINNING = date(2020, 1, 1)


async def begin(session: AsyncSession, subject_id: str = "") -> None:
    """The job after `firm.created`; what is there already stays as it is, so it may run again."""
    now, firm_id = clock.now(), tenancy.current_firm_id()
    asked = [{"firm_id": firm_id, "id": uuid7(), **_questionnaire(one, now)} for one in read()["questionnaire"]]
    query = insert(Questionnaire).values(asked)
    await session.execute(query.on_conflict_do_nothing(index_elements=["firm_id", "key", "version"]))
    tags = [{"firm_id": firm_id, "id": uuid7(), **one} for one in read()["tag"]]
    await session.execute(
        insert(SurveyTag).values(tags).on_conflict_do_nothing(index_elements=["firm_id", "key"])
    )  # fmt: skip


def _questionnaire(given: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "key": given["key"], "version": 1, "occasion": given["occasion"], "is_on": given["on"],
        "valid_from": FROM_THE_BEGINNING, "quiet_days": given["quiet_days"], "wait_days": given.get("wait_days", 0),
        "share": given.get("share", 100), "name": given["name"], "subject": given["subject"], "intro": given["intro"],
        "questions": [_question(one).store() for one in given["question"]], "made_at": now,
    }  # fmt: skip


def _question(given: dict[str, Any]) -> Question:
    options = tuple(given.get("options", ()))
    return Question(given["name"], given["kind"], given["text"], given["short"], options, given.get("required", True))


@cache
def read() -> dict[str, Any]:
    """The file as it stands."""
    return tomllib.loads(FILE.read_text("utf-8"))
