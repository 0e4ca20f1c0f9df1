"""Recording what became of a return: filed, accepted, amended, waived. What is typed twice changes nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.filings import duties, queries
from saas.filings.models import RegisteredFiling as Filing
from saas.filings.profile import first_month, name_of
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money

MOST_AT_ONCE = 2000
QUIET = ("filings.record", "filings.import")  # in time, they do not fill a client's timeline


def fault(filing: Filing, filed: date | None, accepted: date | None, today: date) -> tuple[str, Text] | None:
    """Why these days cannot be: (field, reason); None when they can."""
    first = date.fromisoformat(f"{first_month(filing.period)}-01")
    for field, day in (("filed_on", filed), ("accepted_on", accepted)):
        if day is not None and day > today:
            return field, _("This day is still to come.")
        if day is not None and day < first:
            return field, _("The period had not begun on that day.")
    if filed is not None and accepted is not None and accepted < filed:
        return "accepted_on", _("A return is accepted after it was filed, not before.")
    return None


async def set_days(
    session: AsyncSession, actor: Actor, filing: Filing, now: datetime, *,
    filed_on: date | None, accepted_on: date | None, zero: bool, payable: Money | None,
    files: Sequence[dict[str, Any]] = (), source: str = "typed", quiet_deed: str = "filings.record",
) -> bool:  # fmt: skip
    """Put one return's days down; whether anything changed. Accepted without a day of filing: filed the same day."""
    if filing.waived_on is not None:
        raise Conflict(_("This return was waived: put it back first."))
    if filing.amended_on is not None and accepted_on is None:
        raise Conflict(_("This return was amended: it stays accepted."))
    if zero and payable is not None and payable.fen:
        nothing = _("A zero return has nothing to pay.")
        raise Invalid(nothing, {"payable": nothing})
    wanted: dict[str, Any] = {
        "filed_on": filed_on or accepted_on,
        "accepted_on": accepted_on,
        "zero": zero,
        "payable": payable,
        "receipts": [*filing.receipts, *(f for f in files if f not in filing.receipts)],
    }
    return await change(session, actor, filing, quiet_deed, now, source=source, **wanted)


async def amend(
    session: AsyncSession, actor: Actor, filing: Filing, day: date, cause: str, note: str, now: datetime
) -> bool:
    """更正申报: an accepted return was corrected, by whose cause and why."""
    if filing.accepted_on is None:
        raise Conflict(_("Only a return that was accepted is amended."))
    if day < filing.accepted_on:
        follows = _("An amendment follows the acceptance.")
        raise Invalid(follows, {"amended_on": follows})
    wanted: dict[str, Any] = {"amended_on": day, "amended_cause": cause, "amended_note": note}
    return await change(session, actor, filing, "filings.amend", now, **wanted)


async def waive(session: AsyncSession, actor: Actor, filing: Filing, day: date, reason: str, now: datetime) -> bool:
    """非必报: nothing has to be handed in for this period, and why; it leaves the base of every rate."""
    if filing.filed_on is not None:
        raise Conflict(_("This return was filed: it cannot be waived."))
    if filing.waived_reason == reason:
        return False
    return await change(session, actor, filing, "filings.waive", now, waived_on=day, waived_reason=reason)


async def put_back(session: AsyncSession, actor: Actor, filing: Filing, now: datetime) -> bool:
    """The return has to be handed in after all."""
    return await change(session, actor, filing, "filings.put_back", now, waived_on=None, waived_reason="")


async def accept_many(session: AsyncSession, actor: Actor, ids: Sequence[UUID], day: date, now: datetime) -> int:
    """All these were accepted on this day; those no longer open stay as they are. How many changed."""
    rows = [row for row in await queries.filings(session, ids[:MOST_AT_ONCE]) if row.is_open]
    today = now.astimezone(CHINA).date()
    for row in rows:
        wrong = fault(row, row.filed_on, day, today)
        if wrong is not None:
            reason = _("%(name)s %(period)s: %(reason)s", name=name_of(row.code), period=row.period, reason=wrong[1])
            raise Invalid(reason, {"accepted_on": reason})
    for row in rows:
        await change(session, actor, row, "filings.record", now, settled=False, source="typed",
                     filed_on=row.filed_on or day, accepted_on=day)  # fmt: skip
    await duties.settle(session, [(row.client_id, row.due_on) for row in rows], now, actor.id)
    return len(rows)


async def change(
    session: AsyncSession, actor: Actor, filing: Filing, deed: str, now: datetime, *,
    source: str = "typed", settled: bool = True, **wanted: Any,
) -> bool:  # fmt: skip
    """Set columns, write down what changed, end tasks that have become pointless; False when nothing differs."""
    changed = {name: value for name, value in wanted.items() if getattr(filing, name) != value}
    if not changed:
        return False
    before = {name: _said(getattr(filing, name)) for name in changed}
    for name, value in changed.items():
        setattr(filing, name, value)
    filing.source, filing.recorded_by, filing.recorded_at = source, actor.id, now
    in_time = filing.accepted_on is None or filing.accepted_on <= filing.due_on
    record(
        session, actor, deed, now, subject=filing, client_id=filing.client_id,
        timeline=deed not in QUIET or not in_time,
        name=f"{name_of(filing.code)} {filing.period}", due=filing.due_on.isoformat(), before=before,
        after={name: _said(value) for name, value in changed.items()},
    )  # fmt: skip
    await session.flush()
    if settled:
        await duties.settle(session, [(filing.client_id, filing.due_on)], now, actor.id)
    return True


def _said(value: Any) -> Any:
    """A column's value as the audit trail keeps it."""
    if isinstance(value, Money):
        return value.fen
    if isinstance(value, list):
        return [file["name"] for file in value]
    return value.isoformat() if isinstance(value, date) else value
