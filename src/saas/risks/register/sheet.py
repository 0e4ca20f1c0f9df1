"""What the page of a risk shows beside its head."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.queries import clients_by_id
from saas.identity.queries import members_by_id
from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _, listed
from saas.kernel.months import months_after
from saas.kernel.pages import show_date
from saas.kernel.perform import calendar_of
from saas.risks.levels import CATEGORIES, HIGH, IMPACT, LIKELIHOOD, TREATMENTS, Level, level_of
from saas.risks.models import Risk, RiskScore
from saas.risks.playbooks import queries as playbooks
from saas.risks.register import queries
from saas.risks.watch import measuring, suggesting
from saas.risks.watch.naming import called, names
from saas.risks.wording import said


async def dossier(session: AsyncSession, risk: Risk, actor: Actor, now: datetime) -> dict[str, Any]:
    """Everything around a risk, in a number of queries that does not grow with it."""
    members, named = await members_by_id(session), await names(session)
    found = await measuring.measured(session, risk.watches, now)
    hits = await measuring.hits(session, risk.watches, limit=20)
    calendar, today = await calendar_of(session), now.astimezone(CHINA).date()
    waiting = [one for one in await suggesting.waiting(session) if one.risk_id == risk.id]
    plan = await playbooks.by_key(session, risk.playbook_key) if risk.playbook_key else None
    return {
        "owner": members.get(risk.owner_id) if risk.owner_id else None,
        "members": members,
        "people": [(str(m.id), m.name) for m in members.values() if m.left_at is None],
        "words": {name: said(getattr(risk, name)) for name in ("cause", "event", "effect", "control", "plan")},
        "category": CATEGORIES.get(risk.category, Text(risk.category)),
        "treatment": TREATMENTS.get(risk.treatment, Text("")),
        "scores": _scores(risk),
        "high": HIGH,
        "measures": await queries.measures(session, risk.id),
        "history": [_scored(one) for one in await queries.scores(session, risk.id)],
        "watched": listed(called(watch, named) for watch in risk.watches),
        "measured": found,
        "measured_level": LIKELIHOOD[found.likelihood] if found.enough else None,
        "hits": [{"hit": hit, "words": called(hit.watch, named)} for hit in hits],
        "clients": await clients_by_id(session, list({hit.client_id for hit in hits})),
        "suggestions": waiting,
        "likelihood_now": suggesting.likelihood_now(risk),
        "playbook": plan,
        "likelihoods": [(str(n), f"{n} {label}") for n, label in LIKELIHOOD.items()],
        "impacts": [(str(n), f"{n} {label}") for n, label in IMPACT.items()],
        "next_review": calendar.next_working_day(months_after(today, risk.review_months)).isoformat(),
        "overdue": risk.review_on < today and risk.state != "closed",
        "today": today,
        "may_write": actor.may("risks.write") and risk.state != "closed",
        "may_declare": actor.may("incidents.declare") and plan is not None,
    }


def _scored(one: RiskScore) -> dict[str, Any]:
    """One line of the history."""
    what = f"{one.likelihood} × {one.impact} → {one.residual_likelihood} × {one.residual_impact}"
    return {
        "icon": "target", "tone": "accent" if one.by else "", "who": one.by_name, "what": what,
        "when": show_date(one.at), "detail": one.reason,
    }  # fmt: skip


def _scores(risk: Risk) -> list[dict[str, Any]]:
    """Before and after treatment, each with its terms in words."""

    def line(label: Text, likelihood: int, impact: int) -> dict[str, Any]:
        level: Level = level_of(likelihood * impact)
        return {
            "label": label, "score": likelihood * impact, "level": level, "likelihood": likelihood, "impact": impact,
            "likelihood_words": LIKELIHOOD[likelihood], "impact_words": IMPACT[impact],
        }  # fmt: skip

    return [
        line(_("Without treatment"), risk.likelihood, risk.impact),
        line(_("With treatment"), risk.residual_likelihood, risk.residual_impact),
    ]
