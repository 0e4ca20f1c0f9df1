"""Friendly reminders: which kinds the firm sends, and each one that was sent, with the consent it rests on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class CareKind(FirmRow):
    """A kind of reminder: off until the firm turns it on. Texts with %(client)s, %(what)s and %(day)s."""

    __tablename__ = "care_kinds"
    __table_args__ = (UniqueConstraint("firm_id", "key"),)
    key: Mapped[str] = mapped_column(String(16))  # filing, annual_report, licence, greeting
    name: Mapped[dict[str, Any]]
    subject: Mapped[dict[str, Any]]
    text: Mapped[dict[str, Any]]
    days_before: Mapped[int]  # working days
    is_on: Mapped[bool] = mapped_column(default=False)
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class CareMessage(FirmRow):
    """One reminder to one contact about one occasion, once (guards.sql: only under a consent that stands)."""

    __tablename__ = "care_messages"
    __table_args__ = (
        UniqueConstraint("firm_id", "contact_id", "key", "occasion"),
        Index("ix_care_messages_client", "firm_id", "client_id"),
        belongs_to("clients", "client_id"),
        belongs_to("contacts", "contact_id"),
        belongs_to("consents", "consent_id"),
        belongs_to("deliveries", "delivery_id"),
    )
    client_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    consent_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(String(16))
    occasion: Mapped[str] = mapped_column(String(40))
    on_day: Mapped[date]  # the day it is about
    subject: Mapped[dict[str, Any]]
    text: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    delivery_id: Mapped[UUID | None]
