"""The months before this quarter: cases closed in time, what they taught done and judged, nothing left lying."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from litestar import Litestar
from sqlalchemy import select

from saas.cases.models import Case
from saas.checks.models import FoundAnomaly
from saas.demo.story import LEAD, THIS_QUARTER, founding, stories
from saas.improvement.lessons.lesson_models import Improvement
from saas.insights.models import DutyCheck
from saas.kernel import tenancy
from saas.kernel.clock import CHINA
from saas.kernel.db import Database
from saas.risks.models import Risk
from tests.demo.telling import tell

NOW = datetime(2026, 11, 22, 20, tzinfo=CHINA)
EARLIER = [story for story in stories() if story.begins < THIS_QUARTER]
ONE = "76-year-design-duplicate-voucher"


@pytest.fixture
def wanted(request: pytest.FixtureRequest) -> set[str]:
    """All of them with --full."""
    return {ONE} if request.config.getoption("markexpr") == "not full" else {story.file for story in EARLIER}


def test_the_firm_begins_before_its_first_story() -> None:
    assert founding(stories()) == min(story.begins for story in EARLIER) - LEAD
    assert founding([]) == THIS_QUARTER


def test_every_quarter_has_cases_enough_to_show_a_figure() -> None:
    """A figure of fewer than five rows is not shown; a quarter has about sixty working days."""
    closed = Counter(int(story.beats[-1].on.partition(" ")[0]) // 61 for story in EARLIER)
    assert min(closed[quarter] for quarter in (-4, -3, -2)) >= 5


async def test_the_year_before_comes_to_its_end(
    wanted: set[str], app: Litestar, database: Database, mailbox_folder: Path
) -> None:
    loaded, firm = await tell(app, database, NOW, wanted)
    assert not loaded.refused, "\n".join(loaded.refused)
    async with database.transaction(tenancy.firm(firm.id)) as session:
        cases = (await session.scalars(select(Case))).all()
        assert [(case.number, case.state) for case in cases if case.state != "closed"] == []
        assert len(cases) == len(wanted)
        assert [case.number for case in cases if case.closed_at > case.due_at] == []
        actions = (await session.scalars(select(Improvement))).all()
        assert "effective" in {action.state for action in actions}
        left = (await session.scalars(select(FoundAnomaly).where(FoundAnomaly.state == "open"))).all()
        assert [f.rule for f in left if (NOW - f.found_at).days > 7 and f.gone_at is None] == []
        late = [risk.number for risk in await session.scalars(select(Risk)) if risk.review_on < NOW.date()]
        assert late == []
        assert [check.faults for check in await session.scalars(select(DutyCheck)) if check.faults] == []
