"""Support policies: terms of a day, the clients they fit, applications and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.clients.queries import every_client
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.i18n import _
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.services.support.conditions import Condition, Judged, Verdict, facts_of, judge, overall
from saas.services.support.support_models import ClientFact, PolicyTerms, SupportPolicy


class PolicyForm(Struct, kw_only=True):
    name_zh: Annotated[str, Meta(max_length=120)]
    name_en: Annotated[str, Meta(max_length=160)] = ""
    region: Annotated[str, Meta(max_length=40)] = ""
    benefit_zh: Annotated[str, Meta(max_length=1000)]
    benefit_en: Annotated[str, Meta(max_length=1000)] = ""
    papers_zh: Annotated[str, Meta(max_length=1000)] = ""
    papers_en: Annotated[str, Meta(max_length=1000)] = ""
    review_on: date


class TermsForm(Struct, kw_only=True):
    """Terms from a day on; conditions are read from repeated fields fact, op, value."""

    valid_from: date
    valid_until: date | None = None
    apply_by: date | None = None
    source: Annotated[str, Meta(max_length=300)]
    mark: Literal["V", "K"] = "K"


@dataclass(frozen=True, slots=True)
class Match:
    """One client against a policy's terms of today."""

    client: Client
    verdict: Verdict
    judged: Sequence[Judged]


async def policies(session: AsyncSession) -> Sequence[SupportPolicy]:
    query = select(SupportPolicy).where(of_this_firm(SupportPolicy), SupportPolicy.archived_at.is_(None))
    return (await session.scalars(query.order_by(SupportPolicy.region, SupportPolicy.made_at, SupportPolicy.id))).all()


async def policy(session: AsyncSession, policy_id: UUID) -> SupportPolicy:
    return await own_row(session, SupportPolicy, policy_id)


async def terms(session: AsyncSession, policy_id: UUID | None = None) -> dict[UUID, list[PolicyTerms]]:
    """Every set of terms of each policy, the newest day first."""
    query = select(PolicyTerms).where(of_this_firm(PolicyTerms)).order_by(PolicyTerms.valid_from.desc())
    if policy_id is not None:
        query = query.where(PolicyTerms.policy_id == policy_id)
    found: dict[UUID, list[PolicyTerms]] = {}
    for one in (await session.scalars(query)).all():
        found.setdefault(one.policy_id, []).append(one)
    return found


def in_force(history: Sequence[PolicyTerms], day: date) -> PolicyTerms | None:
    """The terms of a day; None before the first and after the last day."""
    found = next((one for one in history if one.valid_from <= day), None)
    return found if found is not None and (found.valid_until is None or found.valid_until >= day) else None


def conditions(found: PolicyTerms) -> list[Condition]:
    return [msgspec.convert(one, Condition) for one in found.conditions]


async def facts(session: AsyncSession, client_id: UUID | None = None) -> dict[UUID, dict[str, str]]:
    """The latest value of each recorded fact, by client."""
    query = select(ClientFact).where(of_this_firm(ClientFact)).order_by(ClientFact.as_of, ClientFact.recorded_at)
    if client_id is not None:
        query = query.where(ClientFact.client_id == client_id)
    found: dict[UUID, dict[str, str]] = {}
    for one in (await session.scalars(query)).all():
        found.setdefault(one.client_id, {})[one.name] = one.value
    return found


async def matches(session: AsyncSession, found: PolicyTerms, region: str, today: date) -> list[Match]:
    """Every active client: those it fits first, then those with a fact missing. A region must be in the address."""
    recorded, wanted = await facts(session), conditions(found)
    if region:
        wanted = [Condition("region", "has", region), *wanted]
    order = {"met": 0, "open": 1, "unmet": 2}
    made = [_match(client, wanted, recorded.get(client.id, {}), today) for client in await every_client(session)
            if client.archived_at is None and client.merged_into_id is None]  # fmt: skip
    return sorted(made, key=lambda one: (order[one.verdict], one.client.sort_key))


def _match(client: Client, wanted: Sequence[Condition], recorded: Mapping[str, str], today: date) -> Match:
    judged = judge(wanted, facts_of(client, recorded), today)
    return Match(client, overall(judged), judged)


async def of_client(session: AsyncSession, client: Client, today: date) -> list[tuple[SupportPolicy, Match]]:
    """Policies in force that may fit a client: met first, then open."""
    recorded, history = (await facts(session, client.id)).get(client.id, {}), await terms(session)
    found = []
    for one in await policies(session):
        valid = in_force(history.get(one.id, []), today)
        if valid is not None:
            wanted = conditions(valid)
            wanted = [Condition("region", "has", one.region), *wanted] if one.region else wanted
            match = _match(client, wanted, recorded, today)
            if match.verdict != "unmet":
                found.append((one, match))
    return sorted(found, key=lambda pair: pair[1].verdict != "met")


async def set_fact(
    session: AsyncSession, client: Client, name: str, value: str, as_of: date, actor: Actor, now: datetime
) -> None:
    """Something known from a day on; the same again is kept once."""
    if (await facts(session, client.id)).get(client.id, {}).get(name) == value:
        return
    session.add(ClientFact(client_id=client.id, name=name, value=value, as_of=as_of, recorded_by=actor.id,
                           recorded_at=now))  # fmt: skip
    record(session, actor, "support.fact", now, subject=client, client_id=client.id, summary=f"{name}: {value}")
    await session.flush()


async def add_terms(
    session: AsyncSession, one: SupportPolicy, given: TermsForm, wanted: Sequence[Condition], actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Other conditions from a day on; those of before stay known."""
    for known in (await terms(session, one.id)).get(one.id, []):
        if known.valid_from == given.valid_from:
            if conditions(known) == list(wanted) and known.source == given.source:
                return
            raise Conflict(_("Terms from this day are already written down. Choose another day."))
    session.add(PolicyTerms(
        policy_id=one.id, valid_from=given.valid_from, valid_until=given.valid_until, apply_by=given.apply_by,
        conditions=[msgspec.structs.asdict(c) for c in wanted], source=given.source, mark=given.mark, set_by=actor.id,
        set_at=now,
    ))  # fmt: skip
    record(session, actor, "support.terms", now, subject=one, summary=one.name.get("zh", ""), reason=given.source)
    await session.flush()
