"""Failed sign-in steps slow the next ones, for the account and for the address; nobody is ever locked out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import SignInAttempt
from saas.identity.queries import WINDOW, recent_failures
from saas.kernel.pages import Req

SLOW_AFTER = 10  # failures an hour, per account and per address


def keys(request: Req, account: str) -> list[str]:
    return [f"account:{account}", f"address:{address(request)}"]


async def must_wait(session: AsyncSession, counted: Sequence[str], now: datetime) -> bool:
    """Whether the next answer comes slowly, right or wrong."""
    return max([await recent_failures(session, key, now) for key in counted]) >= SLOW_AFTER


async def failed(session: AsyncSession, counted: Sequence[str], now: datetime) -> None:
    """Count a failure; what is older than the window is forgotten."""
    await session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - WINDOW - timedelta(minutes=5)))
    session.add_all(SignInAttempt(key=key, at=now) for key in counted)


def address(request: Req) -> str:
    return request.client.host if request.client else ""
