"""Who plays which part: the member the plan names, else somebody with the firm's role, else the owner."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from saas.identity.models import Membership
from saas.risks.playbooks.plan import Plan, RoleOf

WIDER = {"cashier": "manager", "bookkeeper": "reviewer", "trainer": "manager", "reviewer": "manager"}


def cast(plan: Plan, members: Sequence[Membership], lead_id: UUID | None = None) -> dict[str, list[Membership]]:
    """By role key: who plays it, then the deputy where there is one. `members` are those who work here now."""
    return {role.key: _players(role, members, lead_id if role.key == "lead" else None) for role in plan.roles}


def _players(role: RoleOf, members: Sequence[Membership], lead_id: UUID | None) -> list[Membership]:
    by_id = {str(member.id): member for member in members}
    named = [by_id[i] for i in (str(lead_id or ""), role.member_id, role.deputy_id) if i in by_id]
    found = list(dict.fromkeys([*named, *_of_position(role.position, members)]))
    return found[:2]


def _of_position(position: str, members: Sequence[Membership]) -> list[Membership]:
    """Those with the role, then those with the next wider one, the owner at the end."""
    found: list[Membership] = []
    wanted: str | None = position
    while wanted:
        found += [member for member in members if wanted in member.roles]
        wanted = WIDER.get(wanted)
    return found + [member for member in members if member.is_owner]
