"""The words and lines of the security page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.leaving import why_not
from saas.firms.security import HOURS_OPTIONS, IDLE_OPTIONS, Security
from saas.identity.models import Length, Membership, Person, Session
from saas.identity.queries import open_sessions, persons_of
from saas.kernel.access import ROLES, Actor
from saas.kernel.forms import Submitted
from saas.kernel.i18n import Text, _, listed


async def people(
    session: AsyncSession, members: Sequence[Membership], rules: Security, actor: Actor, now: datetime
) -> list[dict[str, Any]]:
    """Everybody who works here: whether they meet the rules, and in how many browsers they are signed in."""
    ids = [m.person_id for m in members]
    persons, browsers = await persons_of(session, ids), await open_sessions(session, ids)
    length = Length(timedelta(minutes=rules.idle_minutes), timedelta(hours=rules.session_hours))
    lines = []
    for member in members:
        live = [s for s in browsers.get(member.person_id, []) if s.is_live(now, length)]
        line = _line(member, persons[member.person_id], live)
        must = bool(set(rules.factor_roles) & set(member.roles))
        lines.append({**line, "must": must, "may_end": bool(live) and not_by(member, actor) is None})
    return lines


def not_by(member: Membership, actor: Actor) -> Text | None:
    """Why this person may not sign the member out everywhere; one's own browsers anybody may."""
    return None if member.id == actor.id else why_not(member, actor)


def typed(rules: Security) -> dict[str, Any]:
    """The form as it stands while nothing was typed."""
    numbers = {"idle_minutes": str(rules.idle_minutes), "session_hours": str(rules.session_hours)}
    return {**numbers, "domains": "\n".join(rules.email_domains)}


def chosen_roles(form: Submitted[Any] | None, rules: Security) -> list[str]:
    """The ticks: as they were sent, else as they count."""
    if form is None:
        return list(rules.factor_roles)
    given = form.raw.get("roles", [])
    return given if isinstance(given, list) else [given]


def in_words(rules: Security) -> list[Mapping[str, Any]]:
    """For readers who may not change them."""
    roles, domains = (ROLES[role] for role in rules.factor_roles), rules.email_domains
    return [
        {"label": _("Second factor to approve"), "value": listed(roles) or _("none")},
        {"label": _("Addresses that may join"), "value": listed(domains) or _("any")},
        {"label": _("Signed out when idle for"), "value": IDLE_OPTIONS[rules.idle_minutes]},
        {"label": _("Signed out in any case after"), "value": HOURS_OPTIONS[rules.session_hours]},
    ]


def _line(member: Membership, person: Person, browsers: Sequence[Session]) -> dict[str, Any]:
    return {
        "id": member.id,
        "name": member.name,
        "email": member.email,
        "factor": person.has_second_factor,
        "browsers": len(browsers),
        "seen": max((s.seen_at for s in browsers), default=None),
    }
