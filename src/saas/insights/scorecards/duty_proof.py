"""What scorecards contribute to the proof of separated duties: nobody decides about their own points or pay."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.insights.scorecards.card_models import Scorecard
from saas.insights.scorecards.pay_models import PayEntry
from saas.kernel.audit import AuditEntry
from saas.kernel.duties import Breach, about_oneself, apart
from saas.kernel.tenancy import of_this_firm

DECIDES = frozenset(f"pay_entry.{deed}" for deed in ("approve", "refuse", "keep", "withdraw")) | {"scorecard.answer"}


async def proved(session: AsyncSession, trail: Sequence[AuditEntry]) -> list[Breach]:
    """Whoever proposed a bonus or penalty does not approve it; nobody decides about their own points or pay."""
    entries = await session.execute(select(PayEntry.id, PayEntry.member_id).where(of_this_firm(PayEntry)))
    cards = await session.execute(select(Scorecard.id, Scorecard.member_id).where(of_this_firm(Scorecard)))
    concerned = {row.id: row.member_id for row in (*entries, *cards)}
    proposed = apart(trail, "own_proposed_pay", prepares={"pay_entry.start"}, decides={"pay_entry.approve"})
    return proposed + about_oneself(trail, "own_pay", decides=DECIDES, concerned=concerned)
