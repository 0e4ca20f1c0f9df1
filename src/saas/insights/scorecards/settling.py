"""What time and others do to scorecards and entries: windows end, cards are made, people leave, owners are told."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import choice
from saas.firms.notifications import notify
from saas.identity.queries import members
from saas.insights.dashboards.periods import period_of
from saas.insights.scorecards.card_models import Scorecard
from saas.insights.scorecards.card_workflow import SCORECARD
from saas.insights.scorecards.pay_models import PayEntry
from saas.insights.scorecards.pay_workflow import PAY_ENTRY
from saas.insights.scorecards.reckoning import drop_tasks, last_complete, make
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.clock import CHINA
from saas.kernel.i18n import _
from saas.kernel.module import Event, Transition
from saas.kernel.perform import perform
from saas.kernel.tenancy import of_this_firm


async def settle(session: AsyncSession) -> None:
    """The hourly job: make what the firm wants made by itself, close cards and settle entries whose window is over."""
    now = clock.now()
    every = str(await choice(session, "scorecards"))
    if every != "hand":
        period = period_of(last_complete(every, now.astimezone(CHINA).date()), now.astimezone(CHINA).date())
        assert period is not None
        await make(session, period, SYSTEM, now)
    cards = select(Scorecard.id).where(of_this_firm(Scorecard), Scorecard.state == "open", Scorecard.closes_at < now)
    for card_id in (await session.scalars(cards)).all():
        await perform(session, SCORECARD, card_id, "close", SYSTEM, now=now)
    entries = select(PayEntry.id).where(
        of_this_firm(PayEntry), PayEntry.state == "approved", PayEntry.objects_until < now
    )
    for entry_id in (await session.scalars(entries)).all():
        await perform(session, PAY_ENTRY, entry_id, "settle", SYSTEM, now=now)


async def follow(session: AsyncSession, step: Transition) -> None:
    """After the tasks: what waits for a manager is said to the firm's owner too, where a manager is concerned."""
    if step.workflow not in (SCORECARD, PAY_ENTRY) or step.source == step.target:
        return
    here = await members(session)
    concerned = next((m for m in here if m.id == step.row.member_id), None)
    if concerned is None and step.target not in ("proposed", "objected", "disputed"):
        await drop_tasks(session, step.row, step.now)
    if step.target in ("proposed", "objected", "disputed") and concerned and "manager" in concerned.roles:
        others = [m.id for m in here if m.is_owner and m.id != concerned.id]
        said = _(
            "%(title)s: %(state)s", title=step.workflow.title(step.row), state=step.workflow.state(step.target).label
        )
        await notify(session, others, "review", said, step.workflow.url(step.row), step.now)


async def follow_leaving(session: AsyncSession, event: Event) -> None:
    """Who takes over the leaver's work does not take over their scorecards: those tasks end."""
    member_id = UUID(str(event.detail["member_id"]))
    cards = select(Scorecard).where(
        of_this_firm(Scorecard), Scorecard.member_id == member_id, Scorecard.state == "open"
    )
    approved = PayEntry.state == "approved"
    entries = select(PayEntry).where(of_this_firm(PayEntry), PayEntry.member_id == member_id, approved)
    for row in [*(await session.scalars(cards)).all(), *(await session.scalars(entries)).all()]:
        await drop_tasks(session, row, event.now)
