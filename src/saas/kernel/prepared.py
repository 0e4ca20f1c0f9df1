"""Places in statements that are built once and asked with every page: building one costs more than its answer.

Such a statement names the firm itself like every other; `by(actor)` are the values to execute it with.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, DateTime, String, Uuid, bindparam

from saas.kernel import clock, tenancy
from saas.kernel.access import Actor

FIRM = bindparam("firm", type_=Uuid())
MEMBER = bindparam("member", type_=Uuid())
ROLES = bindparam("roles", type_=ARRAY(String))
NOW = bindparam("now", type_=DateTime(timezone=True))


def here() -> dict[str, Any]:
    """For a statement over FIRM alone."""
    return {"firm": tenancy.current_firm_id()}


def by(actor: Actor) -> dict[str, Any]:
    """For a statement about what is this member's; a statement takes of it what it names."""
    return {**here(), "member": actor.id, "roles": sorted(actor.roles), "now": clock.now()}
