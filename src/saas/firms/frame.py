"""What stands around every page of a firm: its logo and the bell."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.firms.branding import picture_url
from saas.kernel.access import Actor


async def around(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    profile, firm = await queries.profile(session), await queries.firm(session)
    return {
        "notifications": await queries.unread(session, actor),
        "firm_logo": picture_url(firm, profile.logo_sha256),
    }
