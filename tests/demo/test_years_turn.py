"""Stories whose corrections cross a year's end, replayed when January's books are open."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from litestar import Litestar
from sqlalchemy import select

from saas.cases.models import Case
from saas.kernel import tenancy
from saas.kernel.clock import CHINA
from saas.kernel.db import Database
from tests.demo.telling import tell

YEARS_TURN = datetime(2027, 2, 10, 20, tzinfo=CHINA)  # December is the last month of the books, and January is open
OVER_THE_YEAR = {"12-software-shareholder": "closed", "17-mould-amortisation": "executed", "27-staffing-zero": "closed"}


@pytest.mark.full
async def test_stories_that_cross_a_years_end_come_to_theirs(
    app: Litestar, database: Database, mailbox_folder: Path
) -> None:
    loaded, firm = await tell(app, database, YEARS_TURN, OVER_THE_YEAR)
    assert loaded.refused == []
    async with database.transaction(tenancy.firm(firm.id)) as session:
        cases = (await session.scalars(select(Case).where(Case.firm_id == firm.id))).all()
    of_stories = [case.state for case in cases if case.opened_at < YEARS_TURN - timedelta(days=1)]
    assert sorted(of_stories) == sorted(OVER_THE_YEAR.values())
    assert {case.state for case in cases if case.state not in of_stories} <= {"triaged"}  # the desks cleared
