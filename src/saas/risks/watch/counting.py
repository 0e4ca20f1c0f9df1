"""The reactions that count: a confirmed finding, a case's cause, a refund's reason and its signals, each once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.cases.workflow import CASE
from saas.checks.models import FoundAnomaly
from saas.checks.workflow import FINDING
from saas.kernel import tenancy
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.money import Money
from saas.kernel.tenancy import of_this_firm
from saas.refunds.models import Refund
from saas.refunds.watch.queries import signals
from saas.refunds.workflow import REFUND
from saas.risks.watch.suggesting import look
from saas.risks.watch.watch_models import Hit


async def finding_confirmed(session: AsyncSession, event: Event) -> None:
    finding: FoundAnomaly = event.row
    await _count(session, f"rule:{finding.rule}", "finding", finding.id, finding.client_id, FINDING.url(finding),
                 f"{finding.rule} {finding.object}"[:120], finding.amount, event.now)  # fmt: skip


async def case_analysed(session: AsyncSession, event: Event) -> None:
    """The cause as it is known now: an earlier one of the same case counts no longer."""
    case: Case = event.row
    if not case.cause_code:
        return
    watch = f"cause:{case.cause_code}"
    earlier = delete(Hit).where(
        of_this_firm(Hit), Hit.subject_id == case.id, Hit.watch.startswith("cause:"), Hit.watch != watch
    )
    await session.execute(earlier)
    await _count(session, watch, "case", case.id, case.client_id, CASE.url(case), case.number, case.exposure, event.now)


async def refund_stepped(session: AsyncSession, event: Event) -> None:
    """The reason when it is asked for; signals whenever the watch over refunds may have raised one."""
    refund: Refund = event.row
    if event.name == "refund.submitted":
        await _count(session, f"reason:{refund.reason}", "refund", refund.id, refund.client_id, REFUND.url(refund),
                     refund.number, refund.asked, event.now)  # fmt: skip
    for signal in await signals(session, refund.id):
        url, amount = f"{REFUND.url(refund)}#signals", refund.amount or refund.asked
        await _count(session, f"signal:{signal.kind}", "refund", signal.id, refund.client_id, url, refund.number,
                     amount, signal.at, event.now)  # fmt: skip


async def _count(
    session: AsyncSession, watch: str, kind: str, subject_id: UUID, client_id: UUID, url: str, label: str,
    amount: Money | None, at: datetime, now: datetime | None = None,
) -> None:  # fmt: skip
    """Once for each subject; a new one lets the register look whether a score still fits."""
    values: dict[str, Any] = {
        "firm_id": tenancy.current_firm_id(), "id": uuid7(), "watch": watch, "subject_kind": kind,
        "subject_id": subject_id, "client_id": client_id, "url": url, "label": label, "amount": amount, "at": at,
    }  # fmt: skip
    new = insert(Hit).values(**values).on_conflict_do_nothing(index_elements=["firm_id", "watch", "subject_id"])
    if (await session.execute(new.returning(Hit.id))).scalar_one_or_none() is not None:
        await look(session, watch, now or at)


async def follow_merge(session: AsyncSession, event: Event) -> None:
    """Hits of a client that became another one are counted there."""
    moved = update(Hit).where(of_this_firm(Hit), Hit.client_id == event.detail["merged_id"])
    await session.execute(moved.values(client_id=event.row.id))
