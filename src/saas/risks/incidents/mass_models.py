"""One text to many clients: drafted by one person, approved by another, each client told exactly once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed


class MassNotice(Stateful):
    """What is told to the clients of one incident: by letter (numbered, with PDF) or by a short message with a link."""

    __tablename__ = "mass_notices"
    __table_args__ = (
        Index("ix_mass_notices_incident", "firm_id", "incident_id"),
        CheckConstraint("approved_by <> prepared_by", name="two_people"),
        CheckConstraint("channel IN ('letter', 'message')", name="known_channel"),
        belongs_to("incidents", "incident_id"),
        belongs_to("memberships", "prepared_by"),
        belongs_to("memberships", "approved_by"),
    )
    incident_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(String(8))
    subject: Mapped[dict[str, Any]]
    text: Mapped[dict[str, Any]]
    chosen: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the filter by which the clients were found
    prepared_by: Mapped[UUID]
    prepared_at: Mapped[datetime]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    dropped_reason: Mapped[str] = mapped_column(default="")

    def approve(self, deed: Deed) -> None:
        self.approved_by, self.approved_at = deed.actor.id, deed.now

    def finish(self, deed: Deed) -> None:
        self.sent_at = deed.now

    def drop(self, deed: Deed) -> None:
        self.dropped_reason = deed.detail["reason"] = deed.form.reason


class Told(FirmRow):
    """One client of a mass notice; `settled_at` is set in the transaction that hands it on, so it happens once."""

    __tablename__ = "mass_notice_clients"
    __table_args__ = (
        UniqueConstraint("firm_id", "mass_id", "client_id"),
        Index("ix_mass_notice_clients_open", "firm_id", "mass_id", postgresql_where=text("settled_at IS NULL")),
        belongs_to("mass_notices", "mass_id"),
        belongs_to("clients", "client_id"),
    )
    mass_id: Mapped[UUID]
    client_id: Mapped[UUID]
    notice_id: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(10), default="")  # letter, message, unreached
    remark: Mapped[str] = mapped_column(default="")
