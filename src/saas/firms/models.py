"""What a firm says about itself, whom it invites, what its people may do beyond their role, and what it tells them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import Base, FirmRow
from saas.kernel.i18n import Text
from saas.kernel.identifiers import uuid7


class SignUp(Base):
    """A firm waiting for its founder to confirm the e-mail address."""

    __tablename__ = "sign_ups"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    firm_name: Mapped[str]
    uscc: Mapped[str]
    person_name: Mapped[str]
    password_hash: Mapped[str]
    locale: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FirmProfile(FirmRow):
    """One row a firm: letterhead, licence, and the choices that its work follows. `id` equals `firm_id`."""

    __tablename__ = "firm_profiles"
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    uscc: Mapped[str] = mapped_column(default="")
    licence_number: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    address_en: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    head_name: Mapped[str] = mapped_column(default="")
    logo_sha256: Mapped[str] = mapped_column(default="")
    seal_sha256: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(String(2), default="zh")
    started_steps: Mapped[list[str]] = mapped_column(default=list)  # of the three-step start
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)  # by the names in firms/choices.py


class WorkingHours(FirmRow):
    """A firm's working hours from a date on, and its own special days; the State Council's days are data."""

    __tablename__ = "working_hours"
    __table_args__ = (UniqueConstraint("firm_id", "valid_from"),)
    valid_from: Mapped[date]
    hours: Mapped[str]  # "09:00-12:00, 13:30-18:00"
    special_days: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {"2026-12-31": "09:00-12:00"}; "" is a day off


class Invitation(FirmRow):
    """Someone asked by mail to join with these roles."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("firm_id", "secret_hash"), {"info": {"stays": True}})
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str]
    roles: Mapped[list[str]]
    secret_hash: Mapped[str] = mapped_column(String(64))
    invited_by: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Qualification(FirmRow):
    """What a member is qualified for beyond the role, and until when; training writes them."""

    __tablename__ = "qualifications"
    __table_args__ = (UniqueConstraint("firm_id", "member_id", "code"),)
    member_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(String(40))
    valid_until: Mapped[date]
    granted_by: Mapped[UUID]


class Notification(FirmRow):
    """A message to one member, in the product and, if they wish, by mail."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("ix_notifications_member", "firm_id", "member_id", "created_at"),
        {"info": {"stays": True}},
    )
    member_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(40))  # preferences are by kind
    text: Mapped[Text]
    url: Mapped[str]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
