"""Numbered letters to clients: frozen content, issued bytes that never change, proof per channel, and the answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed
from saas.notices.letters import Letter


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
        Index("ix_notices_issued", "firm_id", "issued_at", postgresql_where=text("issued_at IS NOT NULL")),
        CheckConstraint("approved_by IS NULL OR approved_by <> author_id", name="author_never_approves"),
        belongs_to("clients", "client_id"),
        belongs_to("memberships", "owner_id"),
        belongs_to("notices", "superseded_by_id"),
        belongs_to("notices", "supersedes_id"),
    )
    client_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(24))  # "adjustment", "completion", … (notices/kinds.py)
    subject_kind: Mapped[str] = mapped_column(
        String(16)
    )  # who owns it: "case", "refund"; "client": a letter of its own
    subject_id: Mapped[UUID]
    locale: Mapped[str] = mapped_column(String(4))  # zh, en, both
    version: Mapped[int] = mapped_column(default=1)
    year: Mapped[int | None]
    serial: Mapped[int | None]
    content: Mapped[dict[str, Any]]  # what the letter says, JSON-ready; frozen by approval
    content_sha256: Mapped[str] = mapped_column(String(64), default="")
    verify_code: Mapped[str] = mapped_column(String(48), default="")  # as printed: "{firm code}.{secret}"
    verify_hash: Mapped[str | None] = mapped_column(String(64))
    template_version: Mapped[str] = mapped_column(default="")
    file_sha256: Mapped[str] = mapped_column(String(64), default="")
    file_size: Mapped[int | None]
    author_id: Mapped[UUID]
    owner_id: Mapped[UUID]  # who looks after it now; at first its author
    edited_by: Mapped[list[str]] = mapped_column(default=list)  # members who changed the draft: they do not approve it
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]  # rendered after approval
    answer_by: Mapped[date | None]
    answered_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    superseded_by_id: Mapped[UUID | None]
    supersedes_id: Mapped[UUID | None]
    title: Mapped[Text]

    @property
    def number(self) -> str:
        """The serial as printed, 衡调字〔2026〕第 0124 号; empty before approval."""
        return str(self.content.get("letter", {}).get("serial", ""))

    @property
    def asks(self) -> bool:
        """Whether an answer is asked for; else the letter only informs."""
        return self.answer_by is not None and Letter.kind(self.kind).asks

    @property
    def is_frozen(self) -> bool:
        return bool(self.content_sha256)

    @property
    def stands_alone(self) -> bool:
        """Written on its own, so reviewed on its own; the others are approved with the record that owns them."""
        return self.subject_kind == "client"

    def submit(self, deed: Deed) -> None:
        """Complete, and waiting for a second person."""

    def note(self, deed: Deed) -> None:
        """A step whose words stand in the audit trail."""
        if deed.form is not None:
            deed.detail["reason"] = deed.form.reason

    def approve(self, deed: Deed) -> None:
        """A second person's yes. The reaction to `notice.approved` freezes the content in the same transaction."""
        self.approved_by, self.approved_at = deed.actor.id, deed.now

    def issue(self, deed: Deed) -> None:
        """The file is stored and will not change any more."""
        self.issued_at = deed.now

    def answer(self, deed: Deed) -> None:
        """What the contact said, in the words that the owner of the letter is told."""
        self.answered_at = deed.now
        deed.detail |= {
            "contact_name": deed.form.signed_name,
            "text": deed.form.text,
            "choice": deed.form.choice,
            "how": deed.form.how,
            "reason": deed.form.text,
        }

    def withdraw(self, deed: Deed) -> None:
        self.withdrawn_reason = deed.form.reason
        deed.detail["reason"] = deed.form.reason


class Delivery(FirmRow):
    """One attempt to hand something over by one channel, and the proof of it.

    The Message-ID is committed before the mail leaves, and is the same for every attempt.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_notice", "firm_id", "notice_id"),
        Index("ix_deliveries_subject", "firm_id", "subject_id"),
        Index("ix_deliveries_open", "firm_id", "status"),
        Index("ix_deliveries_recipient", "firm_id", "recipient", "created_at"),
        UniqueConstraint("firm_id", "message_id"),
        belongs_to("notices", "notice_id"),
        belongs_to("contacts", "contact_id"),
    )
    notice_id: Mapped[UUID | None]
    subject_kind: Mapped[str] = mapped_column(String(16), default="notice")  # the kind of message (notices/messages.py)
    subject_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]
    contact_name: Mapped[str] = mapped_column(default="")
    recipient: Mapped[str]  # address or number as used
    channel: Mapped[str] = mapped_column(String(12))  # email, phone, wechat, sms, paper, visit
    status: Mapped[str] = mapped_column(String(12))  # the names in notices/proofs.py STATUSES
    message_id: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    reply: Mapped[str] = mapped_column(default="")  # the relay's words, or the call's result
    bounced: Mapped[str] = mapped_column(String(4), default="", server_default="")  # hard, soft: how it came back
    reference: Mapped[str] = mapped_column(default="")  # call number, courier number
    recorded_by: Mapped[UUID | None]
    link_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    viewed_at: Mapped[datetime | None]

    def begin(self, now: datetime) -> None:
        """Committed before anything leaves the house."""
        self.status, self.sent_at = "sending", now
        self.attempts += 1

    def settle(self, status: str, reply: str, now: datetime) -> None:
        """What became of it: accepted, bounced, failed, uncertain, or queued again; with the other side's words."""
        self.status, self.reply = status, reply[:500]
        if status == "accepted":
            self.accepted_at = now

    def arrive(self, now: datetime) -> None:
        self.status, self.delivered_at = "delivered", self.delivered_at or now

    def be_viewed(self, now: datetime) -> None:
        """Seen through its own link: proof that it arrived, whatever the channel."""
        self.viewed_at = self.viewed_at or now
        self.arrive(now)


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
    how: Mapped[str] = mapped_column(String(8), default="link")  # link, paper, email
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # the stamped slip: [{name, sha256, size}]


class ReturnedMail(FirmRow):
    """What came back: one message to a delivery's return address, with the message itself.

    `message_key` makes a second hand-over of it the same row.
    """

    __tablename__ = "returned_mails"
    __table_args__ = (
        UniqueConstraint("firm_id", "delivery_id", "message_key"),
        belongs_to("deliveries", "delivery_id"),
        belongs_to("communications", "communication_id"),
        {"info": {"append_only": True}},
    )
    delivery_id: Mapped[UUID]
    message_key: Mapped[str] = mapped_column(String(64))  # SHA-256 of the Message-ID, of the bytes where there is none
    kind: Mapped[str] = mapped_column(String(8))  # bounce, delay, receipt, auto, reply
    status: Mapped[str] = mapped_column(String(12), default="")  # as in RFC 3463: 5.1.1
    reason: Mapped[str] = mapped_column(default="")
    sender: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]
    file_sha256: Mapped[str] = mapped_column(String(64))  # the message as it came
    file_size: Mapped[int]
    communication_id: Mapped[UUID | None]
