"""Client companies, the people to talk to, what was agreed and paid, and every word that was exchanged."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.money import Money


class Client(FirmRow):
    """A company whose books the firm keeps. A merged client points to the one that took it over."""

    __tablename__ = "clients"
    __table_args__ = (
        Index("ix_clients_name", "firm_id", "sort_key"),
        Index(
            "uq_clients_uscc",
            "firm_id",
            "uscc",
            unique=True,
            postgresql_where=text("uscc <> '' AND merged_into_id IS NULL"),
        ),
        UniqueConstraint("firm_id", "number"),
        belongs_to("clients", "merged_into_id"),
        belongs_to("memberships", "bookkeeper_id"),
    )
    number: Mapped[str] = mapped_column(String(20))  # K0001
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    sort_key: Mapped[str]  # pinyin with tones
    pinyin: Mapped[str]  # without tones and gaps, with the initials: what people type to find it
    uscc: Mapped[str] = mapped_column(String(18), default="")
    taxpayer_kind: Mapped[str] = mapped_column(String(8))  # small, general
    standard: Mapped[str] = mapped_column(String(12))  # small, enterprise, npo, other
    filing_period: Mapped[str] = mapped_column(String(8), default="quarter")  # month, quarter
    industry: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    bookkeeper_id: Mapped[UUID | None]  # the member in charge: prepares
    reviewer_id: Mapped[UUID | None]  # reviews; never the same person
    taken_over_on: Mapped[date | None]  # months before were kept by another firm
    shareholders: Mapped[list[str]] = mapped_column(default=list)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)  # import mapping, pl_reverse, closing method, …
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    merged_into_id: Mapped[UUID | None]

    def name_in(self, locale: str) -> str:
        return (self.name_en or self.name) if locale == "en" else self.name


class Contact(FirmRow):
    """A person at the client: who may approve, in which language and by which channel they want to be reached."""

    __tablename__ = "contacts"
    __table_args__ = (Index("ix_contacts_client", "firm_id", "client_id"), belongs_to("clients", "client_id"))
    client_id: Mapped[UUID]
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    wechat: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(String(4), default="zh")  # zh, en, both: the language of documents
    channel: Mapped[str] = mapped_column(String(12), default="email")  # email, phone, wechat, sms
    may_approve: Mapped[bool] = mapped_column(default=False)
    hours: Mapped[str] = mapped_column(default="")  # when they want to be reached
    wishes: Mapped[str] = mapped_column(default="", server_default="")  # what else to mind when serving them
    left_at: Mapped[datetime | None]


class Contract(FirmRow):
    """What the client pays for. Prices in fen; `list_month_fen` is the undiscounted monthly price."""

    __tablename__ = "contracts"
    __table_args__ = (
        UniqueConstraint("firm_id", "number"),
        Index("ix_contracts_client", "firm_id", "client_id"),
        belongs_to("clients", "client_id"),
    )
    client_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    paid_months: Mapped[int]
    gift_months: Mapped[int] = mapped_column(default=0)
    price: Mapped[Money]
    list_month: Mapped[Money]
    services: Mapped[str] = mapped_column(default="")
    cancelled_on: Mapped[date | None]


class Receipt(FirmRow):
    """Money received under a contract, and from whom."""

    __tablename__ = "receipts"
    __table_args__ = (Index("ix_receipts_contract", "firm_id", "contract_id"), belongs_to("contracts", "contract_id"))
    contract_id: Mapped[UUID]
    received_on: Mapped[date]
    amount: Mapped[Money]
    payer: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")


class Communication(FirmRow):
    """One exchange with a client. Never changed: a correction is an addendum that points to it."""

    __tablename__ = "communications"
    __table_args__ = (
        Index("ix_communications_client", "firm_id", "client_id", "at"),
        Index("ix_communications_subject", "firm_id", "subject_id"),
        belongs_to("clients", "client_id"),
        belongs_to("contacts", "contact_id"),
        belongs_to("communications", "addendum_to_id"),
        {"info": {"append_only": True}},
    )
    client_id: Mapped[UUID]
    subject_kind: Mapped[str] = mapped_column(String(16), default="")  # "case", "refund", "notice"
    subject_id: Mapped[UUID | None]
    channel: Mapped[str] = mapped_column(String(12))  # phone, email, wechat, sms, visit, link, letter
    direction: Mapped[str] = mapped_column(String(4))  # in, out
    contact_id: Mapped[UUID | None]
    contact_name: Mapped[str]
    member_id: Mapped[UUID | None]
    member_name: Mapped[str]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    summary: Mapped[str]
    result: Mapped[str] = mapped_column(default="")
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{name, sha256, size}]
    addendum_to_id: Mapped[UUID | None]
