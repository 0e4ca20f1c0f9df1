"""On a member's page in the settings: what they can show, and where the owner's word does not count."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.i18n import Both
from saas.kernel.module import composition
from saas.training.gates.standing import everything
from saas.training.queries import certificates_of


async def of_member(session: AsyncSession, member: Membership, actor: Actor) -> dict[str, Any]:
    today = clock.today()
    asked, _holders = await everything(session, today)
    return {
        "template": "training/gates/_member.html",
        "papers": [
            {
                "title": Both(paper.title["zh"], paper.title["en"]),
                "until": paper.valid_until,
                "valid": paper.is_valid(today),
            }
            for paper in await certificates_of(session, member.id)
        ],
        "strict": [composition().qualifications[code] for code, gate in asked.items() if gate.demand == "certificate"],
    }
