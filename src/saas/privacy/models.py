"""What the firm answers to people about their own data, its clocks of retention, its exports, and its leaving."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import Base, FirmRow
from saas.kernel.identifiers import uuid7

KEPT_OUT = {"info": {"stays": True}}  # a sandbox does not practise with these


class FirmExport(FirmRow):
    """Everything of the firm in open formats, made by a job; the file is fetched within days and then deleted."""

    __tablename__ = "firm_exports"
    __table_args__ = (KEPT_OUT,)
    asked_by: Mapped[UUID]
    asked_by_name: Mapped[str]
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(default=0)  # bytes
    tables: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    files: Mapped[int] = mapped_column(default=0)
    deleted_at: Mapped[datetime | None]


class DataRequest(FirmRow):
    """A person asks about their own data: a copy, a correction, a deletion. Answered once, within the firm's days."""

    __tablename__ = "data_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('copy', 'correction', 'deletion')", name="kind"),
        CheckConstraint("person_kind IN ('contact', 'member')", name="person_kind"),
        CheckConstraint("answered_at IS NULL OR answer <> ''", name="answered_in_words"),
        Index("ix_data_requests_open", "firm_id", "due_on"),
        UniqueConstraint("firm_id", "key"),
        KEPT_OUT,
    )
    key: Mapped[UUID]  # of the form: sent twice, it is written down once
    kind: Mapped[str] = mapped_column(String(12))
    person_kind: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[UUID]  # a contact's or a member's id
    person_name: Mapped[str]
    wish: Mapped[str] = mapped_column(default="")  # in the person's words
    proof: Mapped[str]  # how the firm knows that it is this person who asks
    asked_on: Mapped[date]
    due_on: Mapped[date]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    changed: Mapped[dict[str, Any]] = mapped_column(default=dict)  # by a correction: {field: [before, after]}
    refused: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(default="")  # what was done, or why not
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    reminded_on: Mapped[date | None]


class RetentionRule(FirmRow):
    """From a day on, how long the firm keeps one kind of record; without a row the product's own rule counts."""

    __tablename__ = "retention_rules"
    __table_args__ = (
        UniqueConstraint("firm_id", "kind", "valid_from"),
        CheckConstraint("months > 0", name="months"),
        KEPT_OUT,
    )
    kind: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    months: Mapped[int]
    reason: Mapped[str]
    set_by: Mapped[UUID]
    set_at: Mapped[datetime]


class RetentionBatch(FirmRow):
    """What is due of one kind up to a day: listed by the nightly job, done once a manager agrees or the law says so."""

    __tablename__ = "retention_batches"
    __table_args__ = (
        Index("ix_retention_batches_open", "firm_id", "kind"),
        UniqueConstraint("firm_id", "kind", "until_on"),
        KEPT_OUT,
    )
    kind: Mapped[str] = mapped_column(String(40))
    until_on: Mapped[date]  # records whose clock began before this day
    count: Mapped[int]
    listed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]  # None where the law decides
    decided_at: Mapped[datetime | None]
    kept_because: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)


class Departure(Base):
    """A firm that leaves, and afterwards the only trace of it: where its sealed archive is and until when.

    Global, since it outlives the firm's rows; `id` is the firm's. The database keeps the days of grace (guards.sql).
    """

    __tablename__ = "departures"
    id: Mapped[UUID] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(40))
    firm_name: Mapped[str]
    uscc: Mapped[str]
    asked_by_name: Mapped[str]
    asked_at: Mapped[datetime]
    erase_after: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    public_key: Mapped[str] = mapped_column(String(64))  # X25519 in hexadecimal; only the owner has the other half
    archive_sha256: Mapped[str] = mapped_column(String(64), default="")
    archive_size: Mapped[int] = mapped_column(default=0)
    archive_until: Mapped[date | None]  # its last day; moved on where the law asks for longer meanwhile
    archive_rule: Mapped[str] = mapped_column(default="", server_default="")  # the text that says until when
    archived_at: Mapped[datetime | None]
    owner_email: Mapped[str] = mapped_column(String(254), default="", server_default="")  # who may fetch the archive
    destroyed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    erased: Mapped[dict[str, Any]] = mapped_column(default=dict)  # rows by table, files, letters, keys, people
    remains: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the verifier's counts, all zero


class ArchiveDeed(Base):
    """What was done with a sealed archive after its firm was gone. Only added: it stays as the list of destruction."""

    __tablename__ = "archive_deeds"
    __table_args__ = (Index("ix_archive_deeds_departure", "departure_id", "at"), {"info": {"append_only": True}})
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    departure_id: Mapped[UUID] = mapped_column(ForeignKey("departures.id"))
    at: Mapped[datetime]
    deed: Mapped[str] = mapped_column(String(12))  # mailed, fetched, opened, refused, prolonged, warned, destroyed
    by_name: Mapped[str] = mapped_column(default="")  # as it was signed; empty: the product
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
