"""/surveys/scores: every question by quarter with its n, the response rate beside it; themes and complaints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from litestar import Response, get

from saas.kernel import clock
from saas.kernel.clock import CHINA
from saas.kernel.months import quarter_number
from saas.kernel.pages import Db, Req, address_in, page
from saas.surveys import complaints, queries
from saas.surveys.inbox import counting
from saas.surveys.inbox.scoring import FEWEST, Cohort, score
from saas.surveys.models import Questionnaire
from saas.surveys.questions import Question, asked
from saas.surveys.rooms import tabs
from saas.surveys.wording import said

QUARTERS = 5  # shown, so that each stands beside the same one of the year before
THEMES = timedelta(days=90)


@get("/f/{slug:str}/surveys/scores", opt={"permission": "surveys.read"})
async def scores(request: Req, session: Db) -> Response[str]:
    """A table for each questionnaire; a column for each quarter."""
    shown, now, at = quarters(clock.today()), clock.now(), address_in(request)
    newest = await queries.newest(session)
    questions = {one.key: [q for q in asked(one.questions) if q.kind != "text"] for one in newest}
    wanted = sorted({question.name for mine in questions.values() for question in mine})
    begin = _begin(shown[0])
    counted = await counting.cohorts(session, datetime.combine(begin, time(), CHINA), wanted)
    themes = await counting.themes(session, now - THEMES)
    return await page(
        request, "surveys/inbox/scores.html", session=session, tabs=tabs(request, "scores"), quarters=shown,
        tables=[_table(one, questions[one.key], shown, counted) for one in newest], fewest=FEWEST,
        any=bool(counted),
        themes=[{"name": said(tag.name), "url": at(f"/surveys?tag={tag.id}"), "count": count, "low": low}
                for tag, count, low in themes],
        complaints=[{"label": quarter, "value": await complaints.count(session, *_span(quarter))} for quarter in shown],
        complaints_url=at("/cases?state=all&source=complaint"),
    )  # fmt: skip


def _table(
    one: Questionnaire, questions: Sequence[Question], shown: Sequence[str], counted: Mapping[Any, Cohort]
) -> dict[str, Any]:
    cohorts = [counted.get((one.key, quarter), Cohort()) for quarter in shown]
    return {
        "key": one.key, "name": said(one.name), "is_on": one.is_on,
        "response": [{"rate": cohort.response, "asked": cohort.asked, "answered": cohort.answered}
                     for cohort in cohorts],
        "rows": [{"question": question, "scores": [score(question, cohort) for cohort in cohorts]}
                 for question in questions],
    }  # fmt: skip


def quarters(today: date) -> list[str]:
    """["2025Q4", …, "2026Q4"], the present one last."""
    last = quarter_number(today)
    return [f"{number // 4}Q{number % 4 + 1}" for number in range(last - QUARTERS + 1, last + 1)]


def _begin(quarter: str) -> date:
    return date(int(quarter[:4]), int(quarter[5]) * 3 - 2, 1)


def _span(quarter: str) -> tuple[datetime, datetime]:
    begin = _begin(quarter)
    end = date(begin.year + 1, 1, 1) if begin.month == 10 else date(begin.year, begin.month + 3, 1)
    return datetime.combine(begin, time(), CHINA), datetime.combine(end, time(), CHINA)


ROUTES = [scores]
