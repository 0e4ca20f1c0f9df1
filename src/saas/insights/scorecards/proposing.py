"""Entries of the ledger: by rule when a scorecard is closed, by hand with evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.insights.scorecards.card_models import Scorecard
from saas.insights.scorecards.card_workflow import facts
from saas.insights.scorecards.pay_models import PayEntry, PayRule
from saas.insights.scorecards.pay_workflow import PAY_ENTRY
from saas.insights.scorecards.points import PARTS
from saas.insights.scorecards.weighing import counting, rules_history
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.clock import CHINA
from saas.kernel.i18n import _
from saas.kernel.module import Event
from saas.kernel.money import Money
from saas.kernel.perform import start
from saas.kernel.serials import next_serial
from saas.kernel.tenancy import of_this_firm

DROPPED = ("refused", "withdrawn")


async def follow_closing(session: AsyncSession, event: Event) -> None:
    """The reaction to `scorecard.closed`: what the rules of the period's last day say of these points."""
    card: Scorecard = event.row
    by_part = (await facts(session, card)).by_part()
    for rule in counting(await rules_history(session), card.until):
        points = card.total if not rule.part else by_part.get(rule.part)
        if points is None or (points < rule.points) == (rule.kind == "bonus"):
            continue
        amount = await within(session, rule, card.member_id, event.now)
        if amount:
            said = _("%(part)s: %(points)s points in %(period)s (rule: %(limit)s)", points=f"{points:f}",
                     part=PARTS[rule.part].label if rule.part else _("Whole card"), period=card.period,
                     limit=rule.points)  # fmt: skip
            await propose(
                session, SYSTEM, event.now, member_id=card.member_id, kind=rule.kind, amount=amount, clause=rule.clause,
                reason=said, rule_key=rule.key, card_id=card.id,
            )  # fmt: skip


async def within(session: AsyncSession, rule: PayRule, member_id: UUID, now: datetime) -> Money:
    """What the rule still gives this person in this calendar year: its amount, or what is left of its most."""
    year = f"{now.astimezone(CHINA):%Y}-"
    query = select(PayEntry.amount).where(
        of_this_firm(PayEntry), PayEntry.member_id == member_id, PayEntry.rule_key == rule.key,
        PayEntry.month.startswith(year), PayEntry.state.not_in(DROPPED),
    )  # fmt: skip
    given: Sequence[Money] = (await session.scalars(query)).all()
    return Money(max(0, min(rule.amount.fen, rule.most.fen - sum(one.fen for one in given))))


async def propose(session: AsyncSession, actor: Actor, now: datetime, **fields: Any) -> PayEntry:
    """A numbered entry that waits for its approval; `month` is this month unless said."""
    local = now.astimezone(CHINA)
    fields.setdefault("month", f"{local:%Y-%m}")
    number = await next_serial(session, "pay_entry", local.year)
    entry = PayEntry(number=f"JC-{local.year}-{number:04}", proposed_by=actor.id, proposed_at=now, **fields)
    await start(session, PAY_ENTRY, entry, actor, now=now)
    return entry
