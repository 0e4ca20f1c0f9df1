"""The refunds of the demo firm: every story comes to its end, whatever day it is told, and each state is shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from litestar import Litestar
from sqlalchemy import select

from saas.demo.story import stories
from saas.kernel import tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.clock import CHINA
from saas.kernel.db import Database
from saas.refunds.models import Refund
from tests.demo.telling import tell

ENDS = {
    "40-refund-by-link": "archived",
    "41-refund-fast-lane": "archived",
    "42-refund-papers": "clarifying",
    "43-refund-offered": "offered",
    "44-refund-credit": "converted",
    "45-refund-refused": "refused",
    "47-refund-failed-once": "archived",
    "48-refund-asked": "submitted",
    "49-refund-changed-amount": "assessed",
    "50-refund-two-levels": "approved_l1",
    "51-refund-reserved": "approved",
    "52-refund-disputed": "disputed",
    "53-refund-taken-back": "cancelled",
    "54-refund-on-its-way": "executing",
}


A_FEW = ("41-refund-fast-lane", "47-refund-failed-once", "49-refund-changed-amount", "52-refund-disputed")
NOW = datetime(2026, 11, 21, 20, tzinfo=CHINA)


def test_every_refund_story_has_its_end_here() -> None:
    """Story 46 belongs to another story's case; it is told with the whole demo only."""
    assert {s.file for s in stories() if "-refund-" in s.file} == {*ENDS, "46-refund-own-error"}


@pytest.fixture
def wanted(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """All of them with --full."""
    return A_FEW if request.config.getoption("markexpr") == "not full" else tuple(ENDS)


async def test_refunds_of_the_demo_come_to_their_states(
    wanted: tuple[str, ...], app: Litestar, database: Database, mailbox_folder: Path
) -> None:
    loaded, firm = await tell(app, database, NOW, wanted)
    assert not loaded.refused, "\n".join(loaded.refused)
    async with database.transaction(tenancy.firm(firm.id)) as session:
        found = (await session.scalars(select(Refund).where(Refund.firm_id == firm.id))).all()
        refused = select(AuditEntry).where(AuditEntry.firm_id == firm.id, AuditEntry.outcome == "refused")
        assert [entry.action for entry in await session.scalars(refused)] == []
    assert sorted(refund.state for refund in found) == sorted(ENDS[story] for story in wanted)
    archived = [refund for refund in found if refund.state == "archived"]
    assert all(refund.bundle_sha256 and refund.notice_id and refund.outcome == "refund" for refund in archived)
    assert [refund.fast_lane for refund in found].count(True) >= 1
    changed = next(refund for refund in found if refund.state == "assessed")
    assert changed.overridden
    assert changed.signals >= 1
