"""The nightly proof: every kind of deed that takes two people, a broken chain, and who hears of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from saas import doctor
from saas.firms.models import Notification
from saas.insights.duties import prove
from saas.insights.measures.risk import DUTIES
from saas.insights.models import DutyCheck, ProvedBreach
from saas.insights.scorecards import duty_proof as pay
from saas.kernel import clock, duties, sealing
from saas.kernel.access import Actor
from saas.kernel.audit import AuditEntry, record
from saas.kernel.config import Settings
from saas.kernel.identifiers import uuid7
from saas.tasks.models import Task
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
ONE, TWO, THREE = Actor("member", uuid7(), "一"), Actor("member", uuid7(), "二"), Actor("member", uuid7(), "三")
# (who, what) in order; the last deed is the one that should have been refused
BREACHES = {
    "own_checklist": ((ONE, "checklist.finish"), (ONE, "checklist.sign_off")),
    "own_procedure": ((TWO, "procedure.start"), (ONE, "procedures.write"), (ONE, "procedure.approve")),
    "own_change": ((ONE, "change.propose"), (ONE, "change.approve")),
    "own_action": ((ONE, "improvement.finish"), (ONE, "improvement.helped")),
    "three_signatures": ((ONE, "handover.hand_over"), (TWO, "handover.receive"), (TWO, "handover.supervise")),
    "own_proposal": ((ONE, "proposal.start"), (ONE, "proposal.approve")),
    "own_proposed_pay": ((ONE, "pay_entry.start"), (ONE, "pay_entry.approve")),
    "own_review": ((ONE, "case.confirm"), (ONE, "case.approve")),
    "own_letter": ((ONE, "notice.start"), (ONE, "notice.approve")),
    "own_refund": ((ONE, "refund.check"), (ONE, "refund.countersign")),
    "both_approvals": ((ONE, "refund.countersign"), (ONE, "refund.approve")),
    "own_account": ((ONE, "refunds.payee"), (ONE, "refund.pay")),
}
KEPT_APART = [
    ((ONE, "checklist.finish"), (TWO, "checklist.send_back"), (TWO, "checklist.finish"), (ONE, "checklist.sign_off")),
    ((ONE, "handover.hand_over"), (TWO, "handover.receive"), (THREE, "handover.supervise")),
    ((ONE, "improvement.finish"), (TWO, "improvement.hand_to"), (ONE, "improvement.helped")),
    ((ONE, "pay_entry.start"), (TWO, "pay_entry.approve")),
]


def _write(session: AsyncSession, deeds: Any, outcome: str = "done") -> None:
    """One record, these deeds to it in this order."""
    subject = uuid7()
    for actor, action in deeds:
        record(session, actor, action, clock.now(), outcome=outcome).subject_id = subject


async def _task(session: AsyncSession) -> Task | None:
    return await session.scalar(select(Task).where(Task.subject_kind == "security", Task.done_at.is_(None)))


def test_whom_a_record_is_about_decides_nothing_in_it() -> None:
    mine, other = uuid7(), uuid7()
    assert ONE.id is not None
    trail = [
        AuditEntry(id=uuid7(), actor_kind="member", actor_id=ONE.id, action=action, outcome=outcome, subject_id=subject)
        for action, outcome, subject in (
            ("pay_entry.approve", "done", mine),
            ("pay_entry.approve", "refused", mine),
            ("pay_entry.accept", "done", mine),
            ("scorecard.answer", "done", other),
        )
    ]
    concerned: dict[UUID, UUID] = {mine: ONE.id, other: uuid7()}
    found = duties.about_oneself(trail, "own_pay", decides=pay.DECIDES, concerned=concerned)
    assert [(b.subject_id, b.entry_id) for b in found] == [(mine, trail[0].id)]


async def test_each_duty_is_proved_and_what_was_found_is_told_once(cast: Cast, as_person: People) -> None:
    paula, mara = await as_person("paula"), await as_person("mara")
    async with cast.transaction() as session:
        for kept in KEPT_APART:
            _write(session, kept)
        for deeds in BREACHES.values():
            _write(session, deeds, outcome="refused")
        await session.flush()
        await prove(session)
        assert (await session.scalars(select(DutyCheck.breaches))).all() == [0]
        assert await _task(session) is None
    async with cast.transaction() as session:
        for deeds in BREACHES.values():
            _write(session, deeds)
        await session.flush()
        await prove(session)
        await prove(session)
        found = (await session.scalars(select(ProvedBreach.duty))).all()
        assert sorted(found) == sorted(BREACHES), "each once, though it was read twice"
        assert set(found) <= set(DUTIES), "each in words"
        task = await _task(session)
        assert task is not None
        assert task.assignee_id == cast.paula.id
        told = (await session.scalars(select(Notification.member_id).where(Notification.kind == "security"))).all()
        assert set(told) == {cast.paula.id, cast.mara.id, cast.ada.id}
    at = f"/f/{cast.firm.slug}/settings/security"
    for member in ("paula", "mara"):
        page = (await (await as_person(member)).get(at)).text
        assert "审计日志显示发生了不应发生的操作" in page
        assert "签核了本人完成的检查表" in page
    for who, status in {"mara": 403, "ben": 403, "otto": 404, "nobody": 303}.items():
        assert (await (await as_person(who)).post(f"{at}/answer", {"reason": "查过了，没有问题"})).status_code == status
    assert (await paula.post(f"{at}/answer", {"reason": "x"})).status_code == 422
    for _twice in range(2):
        assert (await paula.post(f"{at}/answer", {"reason": "数据库管理员误操作"})).status_code == 303
    assert "审计日志显示发生了不应发生的操作" not in (await mara.get(at)).text
    async with cast.transaction() as session:
        answers = select(AuditEntry).where(AuditEntry.action == "insights.alarm_answered", AuditEntry.outcome == "done")
        assert len((await session.scalars(answers)).all()) == 1


async def test_a_broken_chain_is_told_and_the_doctor_says_so(cast: Cast, settings: Settings) -> None:
    async with cast.transaction() as session:
        _write(session, KEPT_APART[0])
        await session.flush()
        await sealing.seal(session)
    async with cast.transaction() as session:
        await prove(session)
        assert await _task(session) is None
    assert "found nothing" in await doctor._audit_trail(settings)
    owner = create_async_engine(settings.database_url)
    async with owner.begin() as connection:  # the application's own role cannot
        change = text("UPDATE audit_entries SET actor_name = 'x' WHERE firm_id = :firm")
        await connection.execute(change, {"firm": cast.firm.id})
    await owner.dispose()
    async with cast.transaction() as session:
        await prove(session)
        assert await _task(session) is not None
    with pytest.raises(doctor.Fault, match=cast.firm.slug):
        await doctor._audit_trail(settings)
