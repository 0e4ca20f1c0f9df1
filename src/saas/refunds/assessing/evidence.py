"""Service evidence, gathered by itself: months delivered, cases and whose fault, times, letters (R3.2).

Every entry leads to its record. What was gathered when the calculation was proposed is kept with the refund.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries as cases
from saas.cases.models import Case
from saas.checks.models import CheckRun
from saas.clients import queries as clients
from saas.clients.models import Communication, Contract, Receipt
from saas.filings import queries as filings
from saas.kernel.clock import CHINA
from saas.kernel.months import month_name, month_number
from saas.kernel.stages import StageEntry
from saas.kernel.tenancy import of_this_firm
from saas.ledgers import queries as ledgers
from saas.ledgers.models import PeriodVersion
from saas.notices import queries as notices
from saas.notices.models import Notice
from saas.refunds import queries
from saas.refunds.models import Refund

MOST = 500  # of a kind: two years of a busy client
FIRST_ANSWER = ("new",)  # a case waits here until somebody takes it up


@dataclass(frozen=True, slots=True)
class Sources:
    """What the evidence is made of, as it was loaded."""

    contract: Contract
    receipts: Sequence[Receipt]
    versions: Sequence[PeriodVersion]
    checked: Sequence[CheckRun]
    cases: Sequence[Case]
    stays: Mapping[UUID, list[StageEntry]]
    letters: Sequence[Notice]
    talks: Sequence[Communication]
    filings: Sequence[Mapping[str, Any]] = ()  # as filings.queries.evidence gives them


async def gather(session: AsyncSession, refund: Refund, now: datetime) -> dict[str, Any]:
    """As Refund.evidence keeps it: {gathered_at, receipts, months, cases, letters, times, talks}; amounts in fen."""
    return shaped(await _load(session, refund), refund.notice_on, now)


async def _load(session: AsyncSession, refund: Refund) -> Sources:
    client_id = refund.client_id
    found = await cases.cases(session, cases.Wanted(state="all", client_id=client_id), limit=MOST)
    runs = select(CheckRun).where(of_this_firm(CheckRun), CheckRun.client_id == client_id)
    log = select(StageEntry).where(of_this_firm(StageEntry), StageEntry.subject_id.in_([case.id for case in found]))
    stays: dict[UUID, list[StageEntry]] = defaultdict(list)
    for stay in (await session.scalars(log)).all():
        stays[stay.subject_id].append(stay)
    contract = await queries.contract(session, refund.contract_id)
    months = contract_months(contract)
    return Sources(
        contract,
        await queries.receipts(session, refund.contract_id),
        [v for v in await ledgers.versions(session, client_id) if v.content == "lines"],
        (await session.scalars(runs.order_by(CheckRun.at).limit(MOST))).all(),
        found,
        stays,
        await notices.of_client(session, client_id, limit=MOST),
        await clients.communications(session, client_id=client_id, limit=MOST),
        await filings.evidence(session, client_id, months[0], months[-1]),
    )


def shaped(sources: Sources, notice_on: date, now: datetime) -> dict[str, Any]:
    """Pure: the same sources give the same evidence."""
    contract = sources.contract
    months = contract_months(contract)
    inside = [case for case in sources.cases if _within(contract, case.opened_at)]
    first = [_minutes(sources.stays[case.id], FIRST_ANSWER) for case in inside]
    whole = [_minutes(sources.stays[case.id]) for case in inside if case.closed_at is not None]
    return {
        "gathered_at": now.isoformat(),
        "receipts": [_receipt(receipt) for receipt in sources.receipts],
        "months": [_month(sources, month, notice_on) for month in months],
        "cases": [_case(case, sources.stays[case.id]) for case in inside],
        "letters": [_letter(letter) for letter in sources.letters if letter.issued_at is not None
                    and _within(contract, letter.issued_at)],
        "times": {"first_answer": _median(first), "whole": _median(whole), "cases": len(inside)},
        "talks": sum(_within(contract, talk.at) for talk in sources.talks),
    }  # fmt: skip


def contract_months(contract: Contract) -> list[str]:
    """Its months by name, the first one first: "2026-01"; gift months among them."""
    first = contract.starts_on.replace(day=1)
    count = month_number(contract.ends_on) - month_number(first) + 1
    return [month_name(month_number(first) + n) for n in range(max(count, 1))]


def _month(sources: Sources, month: str, notice_on: date) -> dict[str, Any]:
    """One column of the grid: the import, the check after it, letters, talks and own faults of one month."""
    version = next((v for v in sources.versions if v.period == month), None)
    check = next((c for c in reversed(sources.checked) if c.first_period and c.last_period
                  and c.first_period <= month <= c.last_period), None)  # fmt: skip
    faults = [case for case in sources.cases if case.period == month and case.responsibility in ("firm", "shared")]
    return {
        "month": month,
        "served": month <= f"{notice_on:%Y-%m}",
        "import_id": str(version.import_id) if version else None,
        "sealed": version is not None and version.sealed_at is not None,
        "checked": check.at.astimezone(CHINA).date().isoformat() if check is not None and version else None,
        "letters": [str(n.id) for n in sources.letters if n.issued_at and _name(n.issued_at) == month],
        "talks": sum(_name(talk.at) == month for talk in sources.talks),
        "filings": [filing for filing in sources.filings if filing["month"] == month],
        "faults": [{"id": str(case.id), "number": case.number} for case in faults],
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {"on": receipt.received_on.isoformat(), "fen": receipt.amount.fen, "payer": receipt.payer,
            "reference": receipt.reference}  # fmt: skip


def _case(case: Case, stays: Sequence[StageEntry]) -> dict[str, Any]:
    return {
        "id": str(case.id),
        "number": case.number,
        "title": case.title.store(),
        "period": case.period or "",
        "state": case.state,
        "responsibility": case.responsibility,
        "cause": case.cause,
        "exposure_fen": case.exposure.fen if case.exposure is not None else 0,
        "minutes": _minutes(stays),
    }


def _letter(letter: Notice) -> dict[str, Any]:
    return {
        "id": str(letter.id),
        "number": letter.number,
        "title": letter.title.store(),
        "on": letter.issued_at.astimezone(CHINA).date().isoformat() if letter.issued_at else "",
        "state": letter.state,
    }


def _minutes(stays: Sequence[StageEntry], of_states: Sequence[str] = ()) -> int:
    """Working minutes that were ours: pauses, when the client was to answer, do not count."""
    mine = [stay for stay in stays if not of_states or stay.state in of_states]
    return sum((stay.working_minutes or 0) - (stay.paused_minutes or 0) for stay in mine)


def _median(minutes: Sequence[int]) -> int | None:
    return int(median(minutes)) if minutes else None


def _within(contract: Contract, moment: datetime) -> bool:
    return contract.starts_on <= moment.astimezone(CHINA).date() <= contract.ends_on


def _name(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m}"
