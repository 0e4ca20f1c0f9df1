"""Links for people without an account: one purpose, one subject and version, expiring, revocable, stored hashed.

GET shows, POST records. The first GET moves the token out of the address: it becomes a short cookie and the browser
goes on to a clean URL, so that no token is forwarded, logged or sent as a referrer.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel import tenancy
from saas.kernel.db import FirmRow
from saas.kernel.directory import Firm, firm_by_code
from saas.kernel.errors import Missing, Refusal
from saas.kernel.i18n import _

DEFAULT_LIFE = timedelta(days=30)


class Gone(Refusal):
    """The link was good once: it expired or was withdrawn, and the page says whom to ask."""

    status = 410


class Link(FirmRow):
    """One link given to one person. `secret_hash` is all we keep of the token."""

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("firm_id", "secret_hash"),
        Index("ix_links_subject", "firm_id", "subject_id"),
        {"info": {"stays": True}},
    )
    secret_hash: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(32))  # "notice", "question", "survey", "intake"
    subject_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
    contact_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    viewed_at: Mapped[datetime | None]  # first GET that a browser followed

    def check(self, now: datetime) -> None:
        if self.revoked_at is not None:
            raise Gone(_("This link was withdrawn. Please ask the firm that sent it for a new one."))
        if self.expires_at <= now:
            raise Gone(_("This link has expired. Please ask the firm that sent it for a new one."))


def issue(
    session: AsyncSession,
    firm_code: str,
    purpose: str,
    subject_id: UUID,
    *,
    now: datetime,
    version: int = 1,
    contact_id: UUID | None = None,
    life: timedelta = DEFAULT_LIFE,
    secret: str = "",
) -> tuple[Link, str]:
    """A new link and its token, which exists only here and in the letter that carries it.

    `secret` is given where the same letter may have to be made again: 128 bits that only we can derive.
    """
    secret = secret or secrets.token_urlsafe(16)
    link = Link(
        secret_hash=_hash(secret),
        purpose=purpose,
        subject_id=subject_id,
        version=version,
        contact_id=contact_id,
        created_at=now,
        expires_at=now + life,
    )
    session.add(link)
    return link, f"{firm_code}.{secret}"


async def firm_of(session: AsyncSession, token: str) -> Firm:
    """The firm a token belongs to, by its code; Missing when there is none. Needs the platform scope."""
    firm = await firm_by_code(session, token.partition(".")[0])
    if firm is None:
        raise Missing()
    return firm


async def follow(session: AsyncSession, token: str, now: datetime) -> Link:
    """The live link behind a token, in the firm's own scope; Missing when unknown, Gone when over."""
    link = await session.scalar(
        select(Link).where(
            Link.firm_id == tenancy.current_firm_id(), Link.secret_hash == _hash(token.partition(".")[2])
        )
    )
    if link is None:
        raise Missing()
    link.check(now)
    return link


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
