"""What a contact allowed: who, when, how it was said, what for, and when it was taken back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class Consent(FirmRow):
    """One yes of one contact for one purpose (share, care, review); for sharing, with one partner. Never deleted."""

    __tablename__ = "consents"
    __table_args__ = (
        Index("uq_consents_live", "firm_id", "contact_id", "purpose", "partner", unique=True,
              postgresql_where=text("revoked_at IS NULL")),
        Index("ix_consents_client", "firm_id", "client_id"),
        belongs_to("clients", "client_id"),
        belongs_to("contacts", "contact_id"),
    )  # fmt: skip
    client_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(String(8))
    partner: Mapped[str] = mapped_column(default="")  # the partner's id as text; "" where nobody else learns anything
    what: Mapped[str]  # what may be shared, sent or published, in the words agreed on
    way: Mapped[str] = mapped_column(String(8))  # link, email, phone, wechat, visit, paper
    given_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]  # None: the contact, behind a link
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revoked_way: Mapped[str] = mapped_column(String(8), default="")
