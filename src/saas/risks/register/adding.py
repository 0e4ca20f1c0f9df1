"""A new entry of the register: numbered, scored, in its first state."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.perform import start
from saas.kernel.serials import next_serial
from saas.risks.models import Risk, RiskScore
from saas.risks.register.workflow import RISK


async def add(session: AsyncSession, risk: Risk, actor: Actor, now: datetime, reason: str = "") -> Risk:
    """Number the risk, put it into the register and keep its first score."""
    year = now.astimezone(CHINA).year
    risk.number = f"FX-{year}-{await next_serial(session, 'risk', year):04d}"
    risk.opened_at, risk.opened_by = now, actor.id
    await start(session, RISK, risk, actor, now=now, summary=risk.title)
    keep_score(session, risk, actor, now, reason)
    await session.flush()
    return risk


def keep_score(session: AsyncSession, risk: Risk, actor: Actor, now: datetime, reason: str) -> RiskScore:
    """The score as it stands now, into the history."""
    score = RiskScore(
        risk_id=risk.id, at=now, by=actor.id, by_name=actor.name if actor.id else "", likelihood=risk.likelihood,
        impact=risk.impact, residual_likelihood=risk.residual_likelihood, residual_impact=risk.residual_impact,
        exposure=risk.exposure, reason=reason,
    )  # fmt: skip
    session.add(score)
    return score
