"""Which duties a firm has laid down; read once a transaction, since every step of a record asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.kernel import tenancy
from saas.kernel.access import ROLES
from saas.kernel.i18n import Text
from saas.kernel.tenancy import of_this_firm
from saas.teams.raci.raci_models import Duty

Duties = Mapping[tuple[str, str], Duty]


async def duties(session: AsyncSession) -> Duties:
    """By workflow and state, of the current firm."""
    known: dict[UUID, Duties] = session.info.setdefault("team_duties", {})
    firm_id = tenancy.current_firm_id()
    if firm_id not in known:
        found = (await session.scalars(select(Duty).where(of_this_firm(Duty)))).all()
        known[firm_id] = {(duty.workflow, duty.stage): duty for duty in found}
    return known[firm_id]


def forget(session: AsyncSession) -> None:
    """After a change: what was read is out of date."""
    session.info.pop("team_duties", None)


def meant(whom: Collection[str], people: Iterable[Membership]) -> list[Membership]:
    """The people who work here and are named, themselves or by one of their roles."""
    named = set(whom)
    return [m for m in people if m.left_at is None and (str(m.id) in named or named.intersection(m.roles))]


def words(whom: Iterable[str], names: Mapping[UUID, Membership]) -> list[Text | str]:
    """Roles in the reader's words, people by name; who has left is left out."""
    people = {str(m.id): m.name for m in names.values() if m.left_at is None}
    return [ROLES[one] if one in ROLES else people[one] for one in whom if one in ROLES or one in people]
