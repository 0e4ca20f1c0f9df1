"""When the firm asks, and the daily job for occasions that no event brings: a long case, a quarter, a year."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.cases.workflow import OPEN
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _
from saas.kernel.months import quarter_start
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.surveys import queries
from saas.surveys.models import Questionnaire
from saas.surveys.sending import ask
from saas.surveys.subjects import about

OCCASIONS: dict[str, Text] = {
    "cure": _("The cure of a case is proved"),
    "payment": _("A refund was paid"),
    "pulse": _("A case stays open"),
    "quarterly": _("Each quarter, a sample of all clients"),
    "yearly": _("Once a year"),
    "lost": _("A client left"),
}
MOST_A_DAY = 200  # surveys of one sample in one day: the next day goes on
SETTLED = ("executed", "verified")  # the question after the cure is near


async def daily(session: AsyncSession) -> None:
    """Pulses and samples that are due; run again it asks nobody twice."""
    today = clock.today()
    for one in await queries.asking(session, "pulse", today):
        await _pulse(session, one, today)
    for occasion in ("quarterly", "yearly"):
        for one in await queries.asking(session, occasion, today):
            await _sample(session, one, today)


async def _pulse(session: AsyncSession, wanted: Questionnaire, today: date) -> None:
    """One question about each case that has been open for more working days than the firm named."""
    calendar = await calendar_of(session)
    query = select(Case).where(of_this_firm(Case), Case.state.in_(OPEN - set(SETTLED))).order_by(Case.opened_at)
    for case in (await session.scalars(query)).all():
        if calendar.working_days(case.opened_at.astimezone(CHINA).date(), today) > wanted.wait_days:
            await ask(session, wanted, await about(session, "case", case.id))


async def _sample(session: AsyncSession, wanted: Questionnaire, today: date) -> None:
    period, begin = period_of(wanted.occasion, today)
    if (today - begin).days < wanted.wait_days:
        return
    done = await queries.clients_of_period(session, wanted.key, period)
    query = select(Client.id).where(of_this_firm(Client), Client.archived_at.is_(None), Client.merged_into_id.is_(None))
    drawn = [one for one in (await session.scalars(query)).all() if one not in done]
    sent = 0
    for client_id in (one for one in drawn if in_sample(one, period, wanted.share)):
        if await ask(session, wanted, await about(session, "client", client_id), period) is not None:
            sent += 1
        if sent == MOST_A_DAY:
            return


def period_of(occasion: str, today: date) -> tuple[str, date]:
    """The quarter or year a sample belongs to, and its first day."""
    if occasion == "yearly":
        return f"{today.year}", date(today.year, 1, 1)
    first = quarter_start(today)
    return f"{today.year}Q{first.month // 3 + 1}", first


def in_sample(client_id: UUID, period: str, share: int) -> bool:
    """Drawn by a hash: the same all quarter, another set the next one, and nobody chooses."""
    digest = sha256(f"{period} {client_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < share
