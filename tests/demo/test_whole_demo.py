"""Every story of the demo replayed: the product refuses no step, and no state is left that a visitor cannot see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import select

from saas.cases.models import Case
from saas.cases.workflow import CASE
from saas.demo.load import Loaded
from saas.demo.story import stories
from saas.kernel import clock, sealing, tenancy
from saas.kernel.clock import CHINA
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.outbox import Outbox
from saas.notices.models import Notice
from saas.notices.workflow import NOTICE
from saas.tasks.models import Task
from tests.demo.telling import tell
from tests.insights.kept_past import disagreements

pytestmark = pytest.mark.full
NOW = datetime(2028, 3, 15, 20, tzinfo=CHINA)  # a date that once broke a story; its year has no published holidays yet
AT_ITS_OWN_TIME = "privacy.nightly"  # the database reckons from its own clock what may be let go, and that is not NOW
# On its way for minutes at most: when the last working day is over, the workers are done with every letter.
PASSING = {"approved", "rendering", "sending", "accepted"}
A_DAY_LATE, MOST_LATE = timedelta(days=1), 20  # of some seventy; the others are on their way or due today


@dataclass
class Replayed:
    """The firm at the end of its story."""

    loaded: Loaded
    database: Database
    firm: Firm

    async def all(self, table: Any) -> list[Any]:
        async with self.database.transaction(tenancy.firm(self.firm.id)) as session:
            return list(await session.scalars(select(table).where(table.firm_id == self.firm.id)))


@pytest.fixture
async def replayed(app: Litestar, database: Database, mailbox_folder: Path) -> AsyncIterator[Replayed]:
    """All clients that a story is told of."""
    loaded, firm = await tell(app, database, NOW, [story.file for story in stories()])
    with clock.at(NOW):
        yield Replayed(loaded, database, firm)


async def test_every_story_comes_to_its_end_and_shows_every_state(replayed: Replayed) -> None:
    assert replayed.loaded.refused == []
    cases, letters = await replayed.all(Case), await replayed.all(Notice)
    assert {state.name for state in CASE.states} - {case.state for case in cases} == set()
    assert {state.name for state in NOTICE.states} - {letter.state for letter in letters} == PASSING
    late = [t for t in await replayed.all(Task) if t.done_at is None and t.is_overdue(NOW - A_DAY_LATE)]
    neglected = [(str(t.title), str(t.step)) for t in late if t.subject_kind != "refund"]
    assert len(neglected) <= MOST_LATE, neglected
    promises = await replayed.all(Outbox)
    assert {row.job for row in promises if row.dead or row.held or row.last_error} <= {AT_ITS_OWN_TIME}
    async with replayed.database.transaction(tenancy.firm(replayed.firm.id)) as session:
        assert await sealing.verify(session) == []
        assert await disagreements(session) == []  # no figure of insights differs from a second count of the rows
