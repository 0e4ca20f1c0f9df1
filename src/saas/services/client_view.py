"""What the page of one client's service shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client, Contact
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.i18n import _, listed
from saas.services.care import reminding
from saas.services.consent import consents
from saas.services.consent.consents import PURPOSES
from saas.services.offering import proposing, tiers
from saas.services.offering.proposing import PROPOSAL
from saas.services.sources import partners, reviews
from saas.services.sources.source_models import Origin
from saas.services.support import conditions, policies
from saas.services.words import SOURCES, TIERS, WAYS
from saas.training.wording import said


async def view_of(session: AsyncSession, client: Client, actor: Actor) -> dict[str, Any]:
    """Everything the template takes."""
    today = clock.today()
    people = {one.id: one for one in await clients.contacts(session, client.id)}
    known = {one.id: one for one in await partners.partners(session)}
    came = await partners.origin(session, client.id)
    return {
        "client": client, "today": today, "contacts": [(str(one.id), one.name) for one in people.values()],
        "tier": TIERS.get(await tiers.tier_of(session, client.id, today)),
        "tiers": [{"tier": TIERS[one.tier], "one": one} for one in await tiers.history(session, client.id)],
        "paid": await proposing.paid_now(session, client.id, today),
        "origin": await _origin(session, came, known),
        "consents": await _consents(session, client, people, known),
        "handed": [{"one": one, "partner": known[one.partner_id].name, "contact": _name(people, one.contact_id)}
                   for one in await partners.handed_on(session, client_id=client.id)],
        "reviews": [{"one": one, "contact": _name(people, one.contact_id),
                     "is_public": one.published_at is not None and one.withdrawn_at is None}
                    for one in await reviews.of_client(session, client.id)],
        "policies": await _policies(session, client),
        "facts": await _facts(session, client),
        "proposals": [{"proposal": one, "state": PROPOSAL.state(one.state)}
                      for one in await proposing.proposals(session, client_id=client.id)],
        "sent": await reminding.sent(session, client_id=client.id, limit=10),
        "tier_options": list(TIERS.items()), "source_options": list(SOURCES.items()), "ways": list(WAYS.items()),
        "purposes": list(PURPOSES.items()),
        "partners": [(str(one.id), one.name) for one in known.values() if one.ended_at is None],
        "clients": [(str(c.id), f"{c.number} {c.name}") for c in await clients.clients(session, limit=500)
                    if c.id != client.id],
        "fact_options": [(name, fact.label) for name, fact in conditions.FACTS.items()
                         if name not in ("taxpayer_kind", "industry")],
        "may_write": actor.may("services.write"), "may_manage": actor.may("services.manage"),
    }  # fmt: skip


async def _origin(session: AsyncSession, came: Origin | None, known: Mapping[UUID, Any]) -> str:
    if came is None:
        return ""
    behind = known[came.partner_id].name if came.partner_id is not None else ""
    if came.referrer_id is not None:
        behind = (await clients.client(session, came.referrer_id)).name
    return " · ".join(part for part in (str(SOURCES[came.source]), behind, came.words) if part)


async def _consents(
    session: AsyncSession, client: Client, people: Mapping[UUID, Contact], known: Mapping[UUID, Any]
) -> list[dict[str, Any]]:
    partner = {str(key): one.name for key, one in known.items()}
    return [{"one": one, "contact": _name(people, one.contact_id), "purpose": PURPOSES[one.purpose],
             "way": WAYS.get(one.way, _("by link")), "partner": partner.get(one.partner, ""),
             "revoked_way": WAYS.get(one.revoked_way, _("by link"))}
            for one in await consents.of_client(session, client.id)]  # fmt: skip


async def _policies(session: AsyncSession, client: Client) -> list[dict[str, Any]]:
    return [{"policy": one, "name": said(one.name), "verdict": match.verdict,
             "missing": listed(conditions.FACTS[j.condition.fact].label for j in match.judged if j.verdict == "open")}
            for one, match in await policies.of_client(session, client, clock.today())]  # fmt: skip


async def _facts(session: AsyncSession, client: Client) -> list[dict[str, Any]]:
    recorded = (await policies.facts(session, client.id)).get(client.id, {})
    return [{"label": conditions.FACTS[name].label, "value": conditions.shown(name, value)}
            for name, value in recorded.items() if name in conditions.FACTS]  # fmt: skip


def _name(people: Mapping[UUID, Contact], contact_id: UUID) -> str:
    return people[contact_id].name if contact_id in people else ""
