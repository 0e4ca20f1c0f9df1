"""One-time tokens sent by mail: derived, so that a mail can be written again; what is stored is a hash."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Confirmation
from saas.kernel.config import active
from saas.kernel.errors import Missing
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.links import Gone


def secret_for(purpose: str, row_id: UUID) -> str:
    """128 bits that only we can derive, for a link in a mail."""
    key = active().derive(f"mailed {purpose}")
    return urlsafe_b64encode(hmac.new(key, row_id.bytes, sha256).digest()[:16]).decode().rstrip("=")


def fingerprint(secret: str) -> str:
    """What is stored of a secret."""
    return sha256(secret.encode()).hexdigest()


def issue(
    session: AsyncSession,
    purpose: str,
    now: datetime,
    life: timedelta,
    *,
    person_id: UUID | None = None,
    **payload: Any,
) -> Confirmation:
    """A new confirmation; its link is `token_of` it, which only the mail carries."""
    row_id = uuid7()
    row = Confirmation(
        id=row_id,
        token_hash=fingerprint(secret_for(purpose, row_id)),
        purpose=purpose,
        person_id=person_id,
        payload=payload,
        created_at=now,
        expires_at=now + life,
    )
    session.add(row)
    return row


def token_of(row: Confirmation) -> str:
    return secret_for(row.purpose, row.id)


async def follow(session: AsyncSession, purpose: str, token: str, now: datetime) -> Confirmation:
    """The live confirmation behind a token, locked; Missing when unknown, Gone when used or over."""
    query = select(Confirmation).where(Confirmation.token_hash == fingerprint(token), Confirmation.purpose == purpose)
    row = await session.scalar(query.with_for_update())
    if row is None:
        raise Missing()
    if row.used_at is not None:
        raise Gone(_("This link was used already."))
    if row.expires_at <= now:
        raise Gone(_("This link has expired. Please ask for a new one."))
    return row
