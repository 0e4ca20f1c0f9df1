"""Where clients come from: sources, partners, leads, names handed on with consent, and reviews."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.money import Money
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed


class Partner(FirmRow):
    """Somebody we work with: a law firm, an agency, a bank. Commission in per mille of the first year's fee, or fen."""

    __tablename__ = "partners"
    __table_args__ = (UniqueConstraint("firm_id", "name"),)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(12))  # law, agency, bank, software, property, other
    contact: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    contract_number: Mapped[str] = mapped_column(default="")
    contract_from: Mapped[date | None]
    contract_until: Mapped[date | None]
    commission: Mapped[str] = mapped_column(String(8), default="none")  # none, share, fixed
    commission_permille: Mapped[int] = mapped_column(default=0)
    commission_fixed: Mapped[Money | None]
    terms: Mapped[str] = mapped_column(default="")
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Origin(FirmRow):
    """How a client came to the firm; one for each client, changes stand in the trail."""

    __tablename__ = "client_origins"
    __table_args__ = (
        UniqueConstraint("firm_id", "client_id"),
        belongs_to("clients", "client_id"),
        belongs_to("clients", "referrer_id"),
        belongs_to("partners", "partner_id"),
    )
    client_id: Mapped[UUID]
    source: Mapped[str] = mapped_column(String(12))  # client, partner, own, platform, walk_in, other
    referrer_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]
    words: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime]


class Lead(Stateful):
    """Somebody who may become a client."""

    __tablename__ = "leads"
    __table_args__ = (
        UniqueConstraint("firm_id", "number"),
        belongs_to("memberships", "owner_id"),
        belongs_to("clients", "client_id"),
        belongs_to("clients", "referrer_id"),
        belongs_to("partners", "partner_id"),
    )
    number: Mapped[str] = mapped_column(String(20))
    company: Mapped[str]
    contact: Mapped[str]
    phone: Mapped[str] = mapped_column(String(30), default="")
    wants: Mapped[str]
    source: Mapped[str] = mapped_column(String(12))
    referrer_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]
    owner_id: Mapped[UUID]
    month: Mapped[Money | None]  # expected fee a month
    client_id: Mapped[UUID | None]
    lost_why: Mapped[str] = mapped_column(String(12), default="")  # price, not_offered, competitor, no_need, silent
    lost_words: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    def contact_made(self, deed: Deed) -> None:
        deed.detail["reason"] = deed.form.reason

    def offer(self, deed: Deed) -> None:
        self.month = deed.form.month
        deed.detail["amount"] = str(deed.form.month)

    def win(self, deed: Deed) -> None:
        self.client_id, self.closed_at = deed.form.client_id, deed.now

    def lose(self, deed: Deed) -> None:
        self.lost_why, self.lost_words, self.closed_at = deed.form.why, deed.form.words, deed.now
        deed.detail["reason"] = deed.form.words

    def reopen(self, deed: Deed) -> None:
        self.lost_why = self.lost_words = ""
        self.closed_at = None
        deed.detail["reason"] = deed.form.reason


class HandOn(FirmRow):
    """A client's name given to a partner, under a consent that stood at that moment (guards.sql)."""

    __tablename__ = "names_handed_on"
    __table_args__ = (
        UniqueConstraint("firm_id", "consent_id"),
        belongs_to("clients", "client_id"),
        belongs_to("contacts", "contact_id"),
        belongs_to("partners", "partner_id"),
        belongs_to("consents", "consent_id"),
        {"info": {"append_only": True}},
    )
    client_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    partner_id: Mapped[UUID]
    consent_id: Mapped[UUID]
    what: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[UUID]


class Review(FirmRow):
    """What a client said about the firm; public only while the contact's consent stands (guards.sql)."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index("ix_reviews_client", "firm_id", "client_id"),
        belongs_to("clients", "client_id"),
        belongs_to("contacts", "contact_id"),
        belongs_to("consents", "consent_id"),
    )
    client_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    consent_id: Mapped[UUID | None]
    text: Mapped[str]
    shown_as: Mapped[str]  # under which name it stands: never more than the consent says
    said_on: Mapped[date]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
