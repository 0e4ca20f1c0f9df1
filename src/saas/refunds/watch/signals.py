"""Signals: raised by what happens to a refund, and looked at once, in words, by somebody who had no part in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.kernel.perform import locked
from saas.refunds.models import Refund
from saas.refunds.watch import queries
from saas.refunds.watch.kinds import label, raised
from saas.refunds.watch.watch_models import Signal
from saas.refunds.workflow import REFUND


async def follow(session: AsyncSession, event: Event) -> None:
    """The reaction to every step after which a rule may answer differently."""
    await look(session, event.row, event.now)


async def look(session: AsyncSession, refund: Refund, now: datetime) -> list[Signal]:
    """Raise what the rules say and was not raised before; the new ones."""
    known = {(signal.kind, signal.about) for signal in await queries.signals(session, refund.id)}
    around = await queries.surroundings(session, refund, now)
    new = [
        Signal(refund_id=refund.id, kind=kind, about=about, text=words, at=now)
        for kind, about, words in raised(refund, around)
        if (kind, about) not in known
    ]
    if new:
        session.add_all(new)
        await session.flush()
        await _count(session, refund)
    return new


async def see(
    session: AsyncSession, refund_id: UUID, signal_id: UUID, actor: Actor, remark: str, now: datetime
) -> None:
    """Somebody looked at it and says what they found. Twice the same changes nothing; Conflict when another did."""
    refund: Refund = await locked(session, REFUND, refund_id)
    signal = await queries.signal(session, refund_id, signal_id)
    if signal.seen_at is not None:
        if signal.seen_by == actor.id:
            return
        raise Conflict(_("Somebody else looked at this signal already."))
    reason = refusal(refund, actor)
    if reason is not None:
        raise Forbidden(reason, action="refunds.see_signal", subject_id=refund.id)
    signal.seen_by, signal.seen_at, signal.remark = actor.id, now, remark
    await session.flush()
    await _count(session, refund)
    record(session, actor, "refunds.see_signal", now, subject=refund, client_id=refund.client_id, timeline=True,
           kind=signal.kind, summary=f"{label(signal.kind)}: {remark}")  # fmt: skip


def refusal(refund: Refund, actor: Actor) -> Text | None:
    """Whoever prepared or asked does not judge what their own work looks like."""
    if not actor.may("refunds.review"):
        return _("A reviewer or manager looks at signals.")
    if str(actor.id) in refund.preparers or actor.id == refund.requested_by:
        return _("Nobody judges the signals of their own refunds: a second person has to do this.")
    return None


async def _count(session: AsyncSession, refund: Refund) -> None:
    """The refund knows how many wait, so that lists need not ask."""
    refund.signals = sum(signal.seen_at is None for signal in await queries.signals(session, refund.id))
    await session.flush()


async def signals_view(session: AsyncSession, refund: Refund, actor: Actor) -> dict[str, Any]:
    """For templates/refunds/_signals.html on a refund's page."""
    found = await queries.signals(session, refund.id)
    named = await members_by_id(session) if found else {}
    reason = refusal(refund, actor)
    return {
        "signals": [
            {
                "id": signal.id,
                "label": label(signal.kind),
                "text": signal.text,
                "at": signal.at,
                "seen_at": signal.seen_at,
                "seen_by": named[signal.seen_by].name if signal.seen_by in named else "",
                "remark": signal.remark,
            }
            for signal in found
        ],
        "refund": refund,
        "open": refund.signals,
        "may_see": reason is None,
        "refusal": reason if actor.may("refunds.review") else None,
    }
