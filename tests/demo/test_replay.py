"""The demo firm's story, a small part of it, replayed against the real database as the application's role."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import func, select

from saas.adjustments.correction.methods import Method
from saas.adjustments.models import Adjustment
from saas.cases.duties import breaches
from saas.cases.models import Case
from saas.checklists.models import ChecklistRun
from saas.checks.models import FoundAnomaly
from saas.demo import deeds
from saas.demo.load import Loaded, is_loaded, load
from saas.demo.models import DemoStep
from saas.demo.story import Days, stories
from saas.demo.tenant import Tenant
from saas.demo.tenant import load as read_tenant
from saas.filings.models import RegisteredFiling
from saas.firms.calendar import state_days
from saas.kernel import clock, documents, sealing, tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.calendar import Calendar
from saas.kernel.clock import CHINA
from saas.kernel.config import active
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.files import store_of
from saas.kernel.jobs import run_job
from saas.kernel.mailbox import list_messages
from saas.kernel.module import composition
from saas.kernel.outbox import Outbox
from saas.kernel.stages import StageEntry
from saas.notices.models import Notice
from saas.surveys.models import SurveyAnswer
from saas.teams.cover.cover_models import Cover
from saas.teams.handover.handover_models import Handover
from saas.training.duty_models import Assignment
from saas.training.exam_models import Certificate

NOW = datetime(2026, 11, 21, 20, tzinfo=CHINA)  # a Saturday: the story ends on Friday
TOLD = ("01-tea-booked-twice", "30-letter-rules")
ADDRESSES = {"hengxi.example", "chengyu.example", "banshan.example"}
PLAYED = ("{bookkeeper}", "{colleague}", "{approver}")
WHOLE = read_tenant()
TENANT = Tenant(WHOLE.firm, WHOLE.staff, [c for c in WHOLE.clients if c.short in ("澄屿茶业", "半山咖啡")])


@dataclass
class Replayed:
    """The firm after two loads, and what each of them did."""

    database: Database
    firm: Firm
    first: Loaded
    second: Loaded
    counts: tuple[dict[str, int], dict[str, int]]
    ticks: list[int]

    async def all(self, table: Any) -> list[Any]:
        async with self.database.transaction(tenancy.firm(self.firm.id)) as session:
            return list(await session.scalars(select(table).where(table.firm_id == self.firm.id)))


@pytest.fixture
async def replayed(app: Litestar, database: Database, mailbox_folder: Path) -> AsyncIterator[Replayed]:
    ticks: list[int] = []

    async def tell(done: int, total: int) -> None:
        ticks.append(done * 100 // total)

    told = [story for story in stories() if story.file in TOLD]
    with clock.at(NOW):
        first = await load(app, database, TENANT, told, TENANT.firm.password, tell)
        async with database.transaction(tenancy.PLATFORM) as session:
            firm = (await session.scalars(select(Firm).where(Firm.slug == TENANT.firm.slug))).one()
        before = await _counts(database, firm)
        second = await load(app, database, TENANT, told, TENANT.firm.password, tell)
        yield Replayed(database, firm, first, second, (before, await _counts(database, firm)), ticks)
    documents.cool_down()


async def _counts(database: Database, firm: Firm) -> dict[str, int]:
    tables: tuple[Any, ...] = (DemoStep, AuditEntry, Case, Notice, FoundAnomaly, Outbox, StageEntry)
    async with database.transaction(tenancy.firm(firm.id)) as session:
        return {
            table.__tablename__: await session.scalar(select(func.count()).where(table.firm_id == firm.id)) or 0
            for table in tables
        }


async def test_a_story_from_the_ledger_file_to_the_closed_case(replayed: Replayed, mailbox_folder: Path) -> None:
    assert replayed.first.refused == []
    assert {step.outcome for step in await replayed.all(DemoStep)} == {"done"}
    (case,) = await replayed.all(Case)
    assert (case.state, case.number, case.outcome) == ("closed", "YC-2026-0001", "voucher")
    assert case.owner_id not in (case.reviewed_by, case.manager_id)
    found = [f for f in await replayed.all(FoundAnomaly) if f.case_id == case.id]
    assert {f.state for f in found} == {"cured"}
    await _letters_are_numbered_and_unchanged(replayed)
    await _the_plan_is_sealed_by_two_snapshots(replayed)
    await _clocks_count_working_time_only(replayed, case)
    assert [answer.values["satisfaction"] for answer in await replayed.all(SurveyAnswer)] == [5]
    sent = list_messages(mailbox_folder, limit=500)
    assert {letter.to.rpartition("@")[2].rstrip(">") for letter in sent} <= {
        "hengxi.example",
        "chengyu.example",
        "banshan.example",
    }
    assert max(letter.received for letter in sent) <= NOW
    await _nothing_is_promised_twice_or_left(replayed)
    await _the_trail_is_whole_and_two_pairs_of_eyes_saw_everything(replayed)
    await _the_firm_works_well_but_for_one_late_course(replayed)
    assert replayed.second == Loaded()
    assert replayed.counts[0] == replayed.counts[1]
    assert await is_loaded(replayed.database, TENANT)
    assert replayed.ticks == sorted(replayed.ticks)
    assert replayed.ticks[-1] == 100


async def _letters_are_numbered_and_unchanged(replayed: Replayed) -> None:
    letters = [letter for letter in await replayed.all(Notice) if letter.serial is not None]
    by_kind = {kind: sorted(n.serial for n in letters if n.kind == kind) for kind in {n.kind for n in letters}}
    assert by_kind == {"adjustment": [1], "completion": [1], "general": [1]}
    assert {n.state for n in letters if n.kind != "completion"} == {"acknowledged"}
    for letter in letters:
        content = await store_of(active()).get(replayed.firm.id, letter.file_sha256)
        assert sha256(content).hexdigest() == letter.file_sha256
        assert content.startswith(b"%PDF")


async def _the_plan_is_sealed_by_two_snapshots(replayed: Replayed) -> None:
    (plan,) = await replayed.all(Adjustment)
    assert (plan.status, plan.method) == ("verified", Method.RED_ONLY.value)
    assert re.fullmatch(r"[0-9a-f]{64}", plan.before_sha256)
    assert re.fullmatch(r"[0-9a-f]{64}", plan.after_sha256)
    assert plan.before_sha256 != plan.after_sha256


async def _clocks_count_working_time_only(replayed: Replayed, case: Case) -> None:
    """What the log says is what the calendar reckons; while the client had it, every minute was paused."""
    calendar = Calendar(state_days())
    stays = [s for s in await replayed.all(StageEntry) if s.subject_id == case.id and s.left_at is not None]
    for stay in stays:
        assert stay.working_minutes == calendar.working_minutes(stay.entered_at, stay.left_at)
        pauses = stay.state in ("waiting_client", "notified")
        assert stay.paused_minutes == (stay.working_minutes if pauses else 0)
    asked, answered = (Days(calendar, NOW.date()).calendar, next(s for s in stays if s.state == "waiting_client"))
    assert asked.is_working(answered.entered_at.astimezone(CHINA).date())
    assert answered.working_minutes == 89 + 270 + 180 + 48  # from 10:31 to noon, the afternoon, the next day to 14:18


async def _nothing_is_promised_twice_or_left(replayed: Replayed) -> None:
    """What is left are today's scheduled jobs, which other firms had this morning; the report of the month is one."""
    rows = await replayed.all(Outbox)
    assert [row.job for row in rows if row.held or row.dead or row.last_error] == []
    left = [row for row in rows if row.finished_at is None and row.due_at <= NOW]
    assert sorted(row.job for row in left) == sorted(schedule.job for schedule in composition().schedules)
    [monthly] = [row for row in left if row.job == "insights.month"]
    await run_job(replayed.database, replayed.firm.id, monthly.id)
    [report] = [row for row in await replayed.all(Outbox) if row.job == "insights.report"]
    assert (report.args["month"], report.held) == ("2026-10", False)


async def _the_trail_is_whole_and_two_pairs_of_eyes_saw_everything(replayed: Replayed) -> None:
    async with replayed.database.transaction(tenancy.firm(replayed.firm.id)) as session:
        assert await sealing.verify(session) == []
    entries = sorted(await replayed.all(AuditEntry), key=lambda entry: entry.position)
    assert [entry.action for entry in entries if entry.outcome == "refused"] == []
    assert max(entry.at for entry in entries) <= NOW
    case_of = {plan.id: plan.case_id for plan in await replayed.all(Adjustment)}
    assert breaches(entries, case_of) == []
    assert {"case.approve", "case.verify", "notice.issue"} <= {entry.action for entry in entries}


async def _the_firm_works_well_but_for_one_late_course(replayed: Replayed) -> None:
    """Courses of the roles are passed, last month's checklists signed off, no return is left behind its day."""
    given = [row for row in await replayed.all(Assignment) if row.done_at is None]
    assert sorted(row.why for row in given if row.due_at < NOW) == ["manual"]
    assert len([row for row in await replayed.all(Certificate) if row.issued_at <= NOW]) >= 37  # 1 + 6 + 8 + 2 × 9 + 4
    runs = [run for run in await replayed.all(ChecklistRun) if run.subject_id is None]
    assert {run.state for run in runs if run.period == "2026-10"} == {"signed_off"}
    assert {run.state for run in runs if run.period == "2026-11"} == {"open"}
    assert all(run.signed_by not in (None, run.prepared_by) for run in runs if run.state == "signed_off")
    filed = await replayed.all(RegisteredFiling)
    assert [row for row in filed if row.due_on < NOW.date() and (row.accepted_on or NOW.date()) > row.due_on] == []
    assert {row.state for row in await replayed.all(Handover)} == {"supervised"}
    assert [row.deputy_id is not None for row in await replayed.all(Cover)] == [True]


def test_every_story_can_be_told() -> None:
    """Its client, its people and its deeds exist, and its beats stand in the order of their times."""
    shorts = {client.short: client for client in WHOLE.clients}
    staff = {colleague.name for colleague in WHOLE.staff}
    days = Days(Calendar(state_days()), NOW.date())
    for story in stories():
        people = staff | {contact.name for contact in shorts[story.client].contacts}
        for beat in story.beats:
            assert beat.who in people or beat.who in ("{bookkeeper}", "{colleague}", "{approver}"), (
                story.file,
                beat.who,
            )
            assert beat.do in deeds.SPECIAL or deeds.page_of(beat.do), (story.file, beat.do)
            assert not beat.of or beat.of.partition("#")[0] in {e.kind for e in shorts[story.client].errors}
        times = [days.moment(beat.on) for beat in story.beats]
        assert times == sorted(times), story.file


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (NOW, "2026-11-20"),
        (datetime(2026, 11, 20, 17, tzinfo=CHINA), "2026-11-19"),  # the day is not over
        (datetime(2026, 10, 4, 12, tzinfo=CHINA), "2026-09-30"),  # the National Day holidays
        (datetime(2026, 10, 10, 19, tzinfo=CHINA), "2026-10-10"),  # a Saturday worked instead
    ],
)
def test_the_story_ends_with_the_last_working_day_that_is_over(now: datetime, last: str) -> None:
    assert str(Days.before(Calendar(state_days()), now).last) == last
