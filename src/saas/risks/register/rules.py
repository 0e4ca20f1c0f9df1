"""Why a step of a risk may be refused."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Text, _
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Deed
from saas.risks.levels import HIGH
from saas.risks.models import Measure, Risk

DECIDERS = frozenset({"owner", "manager"})


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """Measures of the risk: how many there are and how many are not done."""

    measures: int
    undone: int


async def risk_facts(session: AsyncSession, risk: Risk) -> RiskFacts:
    query = select(func.count(), func.count().filter(Measure.done_at.is_(None))).where(
        of_this_firm(Measure), Measure.risk_id == risk.id
    )
    row = (await session.execute(query)).one()
    return RiskFacts(row[0], row[1])


def has_owner(risk: Risk, deed: Deed) -> Text | None:
    return _("Nobody owns this risk yet: name somebody first.") if risk.owner_id is None else None


def measures_are_done(risk: Risk, deed: Deed) -> Text | None:
    if deed.facts.undone:
        return _("%(n)s measures are not done yet.", n=deed.facts.undone)
    if not deed.facts.measures:
        return _("No measure is written down yet: a risk is treated by what was done.")
    return None


def high_needs_another(risk: Risk, deed: Deed) -> Text | None:
    """A high risk is accepted by a manager or the owner of the firm, never by whoever owns the risk."""
    now = risk.residual if risk.state == "treated" else risk.inherent
    if now < HIGH:
        return None
    if not deed.actor.roles & DECIDERS:
        return _("Likelihood × impact is %(score)s: from %(high)s on a manager or the owner accepts.",
                 score=now, high=HIGH)  # fmt: skip
    if deed.actor.id == risk.owner_id:
        return _("Likelihood × impact is %(score)s: nobody accepts a high risk of their own.", score=now)
    return None


def not_its_owner(risk: Risk, deed: Deed) -> Text | None:
    return _("Nobody closes a risk of their own.") if deed.actor.id == risk.owner_id else None
