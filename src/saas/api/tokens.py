"""Making, revoking and recognising tokens: `{firm code}.{secret}`, kept only as a hash (trust.md §1)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.api.models import ApiToken
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Refusal
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.tenancy import of_this_firm

LIVES = {30: timedelta(days=30), 90: timedelta(days=90), 365: timedelta(days=365)}  # by days
PACES = (60, 120, 600)  # requests a minute
SECRET_BYTES = 32


class TokenRefused(Refusal):
    """A token that is none, or not any more."""

    status = 401


class TooMany(Refusal):
    """More requests in this minute than the token may send."""

    status = 429

    def __init__(self, limit: int, seconds: int) -> None:
        super().__init__(_("More than %(n)s requests in a minute. Try again in %(s)s s.", n=limit, s=seconds))
        self.headers: Mapping[str, str] = {"retry-after": str(seconds), **limit_headers(limit, 0, seconds)}


@dataclass(frozen=True, slots=True)
class Use:
    """A token at work: how many requests are left in this minute, and the seconds until the next one."""

    token: ApiToken
    left: int
    seconds: int


def limit_headers(limit: int, left: int, seconds: int) -> dict[str, str]:
    """As IETF draft-ietf-httpapi-ratelimit-headers-07 names them."""
    return {"ratelimit-limit": str(limit), "ratelimit-remaining": str(left), "ratelimit-reset": str(seconds)}


async def make(
    session: AsyncSession,
    firm_code: str,
    actor: Actor,
    now: datetime,
    *,
    name: str,
    scopes: Sequence[str],
    days: int,
    per_minute: int,
) -> tuple[ApiToken, str]:
    """A new token and its text, which exists only here and in the answer that shows it once."""
    if actor.id is None:
        raise RuntimeError("a token is made by a member")
    taken = select(ApiToken.id).where(of_this_firm(ApiToken), ApiToken.name == name, ApiToken.revoked_at.is_(None))
    if await session.scalar(taken) is not None:
        raise Conflict(_("There is already a token called “%(name)s”. Nothing was made.", name=name))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken(
        id=uuid7(),
        name=name,
        secret_hash=hashed(secret),
        scopes=list(scopes),
        per_minute=per_minute,
        made_by=actor.id,
        made_at=now,
        expires_at=now + LIVES[days],
    )
    session.add(token)
    await session.flush()
    until = token.expires_at.date().isoformat()
    record(session, actor, "api.make_token", now, subject=token, name=name, scopes=" ".join(scopes), until=until)
    return token, f"{firm_code}.{secret}"


def revoke(session: AsyncSession, token: ApiToken, actor: Actor, now: datetime) -> None:
    """From now on it opens nothing; repeating it changes nothing."""
    if token.revoked_at is None:
        token.revoke(actor.id, now)
        record(session, actor, "api.revoke_token", now, subject=token, name=token.name)


async def admit(session: AsyncSession, secret: str, address: str, now: datetime) -> Use:
    """The live token behind a secret, this request counted. TokenRefused, with the reason where the secret was right.

    Counting is one statement, so that however many servers there are, a minute never holds more than allowed.
    """
    minute = now.replace(second=0, microsecond=0)
    mine: list[Any] = [of_this_firm(ApiToken), ApiToken.secret_hash == hashed(secret)]
    counted = (
        update(ApiToken)
        .where(*mine, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
        .values(
            used=case((ApiToken.minute == minute, ApiToken.used + 1), else_=1),
            minute=minute,
            last_used_at=now,
            last_used_from=address[:64],
        )
        .returning(ApiToken)
    )
    token: ApiToken | None = await session.scalar(counted, execution_options={"populate_existing": True})
    if token is None:
        raise TokenRefused(_why(await session.scalar(select(ApiToken).where(*mine))))
    seconds = 60 - now.second
    return Use(token, max(0, token.per_minute - token.used), seconds)


def _why(token: ApiToken | None) -> Text:
    if token is None:
        return _("This token is unknown. Copy it whole, with the part before the dot.")
    if token.revoked_at is not None:
        return _("This token was revoked. Ask the firm’s owner for a new one.")
    return _("This token has expired. Ask the firm’s owner for a new one.")


def hashed(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
