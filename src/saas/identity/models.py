"""People and sessions are global; a membership belongs to its firm and can be read by its person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import Base, FirmRow
from saas.kernel.identifiers import uuid7


@dataclass(frozen=True, slots=True)
class Length:
    """How long a browser stays signed in: since it was last seen, and since it signed in."""

    idle: timedelta
    absolute: timedelta

    def shortened(self, idle_minutes: int | None, hours: int | None) -> Length:
        """The stricter of this and of what a firm asks; None asks nothing."""
        idle = timedelta(minutes=idle_minutes) if idle_minutes is not None else self.idle
        absolute = timedelta(hours=hours) if hours is not None else self.absolute
        return Length(min(self.idle, idle), min(self.absolute, absolute))


LONGEST = Length(timedelta(hours=12), timedelta(days=14))  # of the product; a firm may ask for less


class Person(Base):
    """Somebody who signs in. The address is kept in lower case and is theirs once confirmed."""

    __tablename__ = "people"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str]
    locale: Mapped[str] = mapped_column(String(2), default="zh")
    theme: Mapped[str] = mapped_column(String(8), default="")
    password_hash: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None]
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary, info={"sealed": "totp_secret"})  # FieldCipher
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]
    recovery_hashes: Mapped[list[str]] = mapped_column(default=list)
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)  # notification channels by kind of event
    created_at: Mapped[datetime]

    @property
    def has_second_factor(self) -> bool:
        return self.totp_confirmed_at is not None


class Session(Base):
    """A signed-in browser. Only ids we issued count; the cookie's value is stored hashed."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_person", "person_id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    fresh_at: Mapped[datetime | None]  # the last full sign-in step: password and, where set, second factor
    needs_second_factor: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)  # while it waits for the second factor

    def is_live(self, now: datetime, length: Length = LONGEST) -> bool:
        return self.ended_at is None and now - self.seen_at <= length.idle and now - self.created_at <= length.absolute


class Confirmation(Base):
    """A one-time token sent by mail: to confirm an address, reset a password, change an address."""

    __tablename__ = "confirmations"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(24))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))  # None: whoever has the address, if anyone
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """A failed step, kept an hour: it slows the next ones for that account and that address, and locks nobody out."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_key", "key", "at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    key: Mapped[str]
    at: Mapped[datetime]


class Membership(FirmRow):
    """A person's place in a firm: their roles, and whether they still work there."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("firm_id", "person_id"),
        Index("ix_memberships_person", "person_id"),
        Index("uq_memberships_owner", "firm_id", unique=True, postgresql_where=text("is_owner AND left_at IS NULL")),
    )
    person_id: Mapped[UUID] = mapped_column(info={"global": True})
    name: Mapped[str]  # as this firm knows them
    email: Mapped[str] = mapped_column(String(254))
    roles: Mapped[list[str]]
    is_owner: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str] = mapped_column(default="")
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    @property
    def initial(self) -> str:
        return self.name[:1]
