"""What a change or an action can be measured by in this firm."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.measuring.targets import choices
from saas.refunds.policies.versions import versions


async def options(session: AsyncSession) -> list[tuple[str, str]]:
    """For a select, by kind: ("rule:N41", "Rule · N41 …")."""
    return choices(sorted(policy.version for policy in await versions(session)))
