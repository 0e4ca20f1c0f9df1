"""What the figures say of working together, each with its n."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.clock import CHINA
from saas.kernel.i18n import _
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.teams.handover.handover_models import Handover
from saas.teams.helping.help_models import Help
from saas.teams.load.reckoning import loads
from saas.training.measures import Share

WORKING_DAYS = 10  # a hand-over is signed by all three within these


async def handed_over_on_time(session: AsyncSession, now: datetime) -> Share:
    """Of the hand-over lists whose ten working days are over or that are signed: signed within them.

    The days count from the day of the change; a list dropped as written by mistake counts nowhere.
    """
    calendar, today = await calendar_of(session), now.astimezone(CHINA).date()
    rows = (await session.scalars(select(Handover).where(of_this_firm(Handover), Handover.state != "dropped"))).all()
    part = n = 0
    for row in rows:
        last = calendar.add_working_days(row.effective_on, WORKING_DAYS)
        signed = row.supervised_at.astimezone(CHINA).date() if row.supervised_at else None
        if signed is not None or last < today:
            n += 1
            part += signed is not None and signed <= last
    return Share(_("Hand-over lists signed within 10 working days"), part, n)


async def answered_in_time(session: AsyncSession) -> Share:
    """Of the questions among colleagues that were settled: answered before their hour."""
    in_time = (Help.state == "answered") & (Help.settled_at <= Help.due_at)
    query = select(func.count(), func.count().filter(in_time)).where(
        of_this_firm(Help), Help.state.in_(("answered", "declined"))
    )
    n, part = (await session.execute(query)).one()
    return Share(_("Questions among colleagues answered in time"), part, n)


async def load_that_fits(session: AsyncSession, now: datetime) -> Share:
    """Of the people with open work: those whose work of the next seven days fits into them."""
    found = [load for load in await loads(session, now) if load.open]
    return Share(
        _("People whose work of 7 days fits into them"), sum(load.percent <= 100 for load in found), len(found)
    )


async def figures(session: AsyncSession, now: datetime) -> list[dict[str, Any]]:
    """For ui.key_figures."""
    shares = [
        await load_that_fits(session, now),
        await handed_over_on_time(session, now),
        await answered_in_time(session),
    ]
    return [share.shown() for share in shares]
