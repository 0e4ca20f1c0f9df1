"""What the figures suggest, for a person to take or leave: a likelihood that fits the counts, or a missing entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.i18n import _
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.risks.models import Risk
from saas.risks.register import deeds, queries
from saas.risks.register.forms import Scored
from saas.risks.watch.measuring import Measured, measured
from saas.risks.watch.watch_models import Suggestion

FEWEST = 3  # hits: below that nothing is suggested
QUIET = timedelta(days=90)  # what was declined is not suggested again


def likelihood_now(risk: Risk) -> int:
    """The score that a count measures: what happens is what is left with today's treatment."""
    return risk.likelihood if risk.state == "open" else risk.residual_likelihood


async def look(session: AsyncSession, watch: str, now: datetime) -> None:
    """After a new hit: does an entry's likelihood still fit, is there an entry at all?"""
    entries = await queries.of_watch(session, watch)
    for risk in entries:
        await _fit(session, risk, await measured(session, risk.watches, now), now)
    if not entries:
        found = await measured(session, [watch], now)
        if found.hits >= FEWEST:
            await _suggest(session, watch, "entry", None, watch, found, now)


async def _fit(session: AsyncSession, risk: Risk, found: Measured, now: datetime) -> None:
    """Suggest only what is graver: few hits so far are no proof that a risk is small."""
    if found.hits >= FEWEST and found.enough and found.likelihood > likelihood_now(risk):
        await _suggest(session, str(risk.id), "likelihood", risk.id, "", found, now)


async def _suggest(
    session: AsyncSession, about: str, kind: str, risk_id: UUID | None, watch: str, found: Measured, now: datetime
) -> None:
    """One open suggestion for each thing, kept up to date; none where the same was declined lately."""
    query = select(Suggestion).where(of_this_firm(Suggestion), Suggestion.about == about)
    earlier = (await session.scalars(query.order_by(Suggestion.opened_at))).all()
    waiting = next((one for one in earlier if one.decided_at is None), None)
    if waiting is not None:
        waiting.likelihood, waiting.hits, waiting.days = found.likelihood, found.hits, found.days
    elif not any(_declined(one, found, now) for one in earlier):
        session.add(
            Suggestion(about=about, kind=kind, risk_id=risk_id, watch=watch, likelihood=found.likelihood,
                       hits=found.hits, days=found.days, opened_at=now)
        )  # fmt: skip
    await session.flush()


def _declined(earlier: Suggestion, found: Measured, now: datetime) -> bool:
    return (
        earlier.accepted is False
        and earlier.decided_at is not None
        and now - earlier.decided_at < QUIET
        and found.likelihood <= earlier.likelihood
    )


async def waiting(session: AsyncSession) -> Sequence[Suggestion]:
    """Not decided yet, the oldest first."""
    query = select(Suggestion).where(of_this_firm(Suggestion), Suggestion.decided_at.is_(None))
    return (await session.scalars(query.order_by(Suggestion.opened_at, Suggestion.id))).all()


async def suggestion(session: AsyncSession, suggestion_id: UUID) -> Suggestion:
    """One suggestion, locked; Missing for any other id."""
    return await own_row(session, Suggestion, suggestion_id, lock=True)


async def accept(session: AsyncSession, suggestion_id: UUID, actor: Actor, now: datetime) -> Risk:
    """The person takes the suggested likelihood as their own score. Conflict where it is decided or is an entry."""
    one = await suggestion(session, suggestion_id)
    if one.risk_id is None:
        raise Conflict(_("A new entry is written by a person: open it from the suggestion."))
    risk = await queries.risk(session, one.risk_id)
    if one.decided_at is not None:
        return risk
    before, step = likelihood_now(risk), one.likelihood
    scored = Scored(
        likelihood=max(risk.likelihood, step) if risk.state != "open" else step,
        impact=risk.impact,
        residual_likelihood=step if risk.state != "open" else min(risk.residual_likelihood, step),
        residual_impact=risk.residual_impact,
        exposure=risk.exposure,
        reason=str(_("Measured: %(hits)s hits in %(days)s days, likelihood %(before)s → %(after)s",
                     hits=one.hits, days=one.days, before=before, after=step)),
    )  # fmt: skip
    _decide(one, actor, now, accepted=True, reason="")
    risk = await deeds.score(session, risk.id, scored, actor, now)
    await session.flush()
    return risk


async def decline(session: AsyncSession, suggestion_id: UUID, reason: str, actor: Actor, now: datetime) -> Suggestion:
    """Left, with the reason; the same is not suggested for some months."""
    one = await suggestion(session, suggestion_id)
    if one.decided_at is None:
        _decide(one, actor, now, accepted=False, reason=reason)
        record(session, actor, "risks.decline_suggestion", now, subject=one, reason=reason)
        await session.flush()
    return one


async def taken_up(session: AsyncSession, risk: Risk, actor: Actor, now: datetime) -> None:
    """An entry was written for what it watches: those suggestions are settled."""
    for one in await waiting(session):
        if one.kind == "entry" and one.watch in risk.watches:
            _decide(one, actor, now, accepted=True, reason=risk.number)
            one.risk_id = risk.id
    await session.flush()


def _decide(one: Suggestion, actor: Actor, now: datetime, *, accepted: bool, reason: str) -> None:
    one.decided_at, one.decided_by, one.accepted, one.reason = now, actor.id, accepted, reason
