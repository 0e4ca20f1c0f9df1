"""Numbered letters to clients: frozen content, issued bytes that never change, proof per channel, and the answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed


class Notice(Stateful):
    """One letter of a registered kind. Knows client, content and recipients, never the case it came from.

    Serial, content hash and content are set by approval and are then frozen (a trigger refuses changes); a new version
    is a new notice that supersedes this one.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("firm_id", "kind", "year", "serial", "version"),
        UniqueConstraint("firm_id", "verify_hash"),
        Index("ix_notices_client", "firm_id", "client_id"),
        Index("ix_notices_subject", "firm_id", "subject_id"),
        belongs_to("clients", "client_id"),
        belongs_to("notices", "superseded_by_id"),
    )
    client_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(24))  # "adjustment", "completion", … (notices/kinds.py)
    subject_kind: Mapped[str] = mapped_column(String(16))  # who owns it: "case", "refund"
    subject_id: Mapped[UUID]
    locale: Mapped[str] = mapped_column(String(4))  # zh, en, both
    version: Mapped[int] = mapped_column(default=1)
    year: Mapped[int | None]
    serial: Mapped[int | None]
    content: Mapped[dict[str, Any]]  # what the letter says, JSON-ready; frozen by approval
    content_sha256: Mapped[str] = mapped_column(String(64), default="")
    verify_code: Mapped[str] = mapped_column(String(24), default="")  # printed; "{firm code}.{secret}"
    verify_hash: Mapped[str | None] = mapped_column(String(64))
    template_version: Mapped[str] = mapped_column(default="")
    file_sha256: Mapped[str] = mapped_column(String(64), default="")
    file_size: Mapped[int | None]
    author_id: Mapped[UUID]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]  # rendered after approval
    answer_by: Mapped[date | None]
    answered_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    superseded_by_id: Mapped[UUID | None]
    title: Mapped[Text]

    def submit(self, deed: Deed) -> None:
        """Complete, and waiting for a second person."""

    def note(self, deed: Deed) -> None:
        """A step whose words stand in the audit trail."""
        if deed.form is not None:
            deed.detail["reason"] = deed.form.reason

    def approve(self, deed: Deed) -> None:
        """Freeze: the caller has taken the serial and the verify code and put them into the facts."""
        self.approved_by, self.approved_at = deed.actor.id, deed.now

    def issue(self, deed: Deed) -> None:
        """The file is stored and will not change any more."""
        self.issued_at = deed.now

    def answer(self, deed: Deed) -> None:
        self.answered_at = deed.now

    def withdraw(self, deed: Deed) -> None:
        self.withdrawn_reason = deed.form.reason


class Delivery(FirmRow):
    """One attempt to hand a letter over by one channel. The Message-ID is committed before the mail leaves."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_notice", "firm_id", "notice_id"),
        UniqueConstraint("firm_id", "message_id"),
        belongs_to("notices", "notice_id"),
        belongs_to("contacts", "contact_id"),
    )
    notice_id: Mapped[UUID | None]
    subject_kind: Mapped[str] = mapped_column(String(16), default="notice")  # mails about questions and surveys too
    subject_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]
    recipient: Mapped[str]  # address or number as used
    channel: Mapped[str] = mapped_column(String(12))  # email, phone, wechat, sms, paper, visit
    state: Mapped[str] = mapped_column(String(12))  # queued, sending, accepted, delivered, bounced, failed, uncertain
    message_id: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    reply: Mapped[str] = mapped_column(default="")  # the relay's words, or the call's result
    reference: Mapped[str] = mapped_column(default="")  # call number, courier number
    recorded_by: Mapped[UUID | None]
    link_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    viewed_at: Mapped[datetime | None]


class Answer(FirmRow):
    """What a contact said by the link: a human act, recorded once, kept for ever."""

    __tablename__ = "notice_answers"
    __table_args__ = (
        Index("ix_notice_answers_notice", "firm_id", "notice_id"),
        belongs_to("notices", "notice_id"),
        belongs_to("contacts", "contact_id"),
        {"info": {"append_only": True}},
    )
    notice_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(String(10))  # confirm, object, question, reply (ours, to a question)
    signed_name: Mapped[str]  # typed by the person
    text: Mapped[str] = mapped_column(default="")
    choice: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")
    link_id: Mapped[UUID | None]
    reply_to_id: Mapped[UUID | None]
    member_id: Mapped[UUID | None]  # for replies
