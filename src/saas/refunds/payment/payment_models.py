"""Where the money goes, how it went, and how much may go in a month."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.money import ZERO, Money


class Payee(FirmRow):
    """Whose account the money goes to. A change is a new row: the latest counts, the earlier stay."""

    __tablename__ = "refund_payees"
    __table_args__ = (
        Index("ix_refund_payees_refund", "firm_id", "refund_id", "written_at"),
        Index("ix_refund_payees_account", "firm_id", "account_mark"),
        CheckConstraint("verified_by <> written_by", name="writer_never_verifies"),
        belongs_to("refunds", "refund_id"),
    )
    refund_id: Mapped[UUID]
    holder: Mapped[str]
    bank: Mapped[str]
    bank_code: Mapped[str] = mapped_column(String(12), default="")  # 联行号
    account_sealed: Mapped[str] = mapped_column(info={"sealed": "account"})  # FieldCipher, context as in `place`
    # A keyed fingerprint: it finds one account used twice.
    account_mark: Mapped[str] = mapped_column(String(64), info={"mark_of": "account_sealed"})
    account_tail: Mapped[str] = mapped_column(String(4))
    corporate: Mapped[bool] = mapped_column(default=True)
    consent: Mapped[bool] = mapped_column(default=False)  # of a natural person, PIPL 28–29
    original: Mapped[bool] = mapped_column(default=False)  # 原路退回: the account the money came from
    grounds: Mapped[str] = mapped_column(default="")  # why another account, or another holder
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # the stamped statement
    written_by: Mapped[UUID | None]  # null: the client, by link
    written_at: Mapped[datetime]
    usable_at: Mapped[datetime]  # a changed account waits 24 hours
    called_back_by: Mapped[UUID | None]
    called_back_at: Mapped[datetime | None]
    call_record: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {callee, phone, result}
    verified_by: Mapped[UUID | None]
    verified_at: Mapped[datetime | None]

    @property
    def place(self) -> str:
        """What the sealed number is bound to: copied into another row it does not open."""
        return f"{self.firm_id}:{self.__tablename__}.account:{self.id}"

    @property
    def masked(self) -> str:
        return f"**** {self.account_tail}"

    @property
    def is_changed(self) -> bool:
        """Not where the money came from, or another account than the one written down before."""
        return not self.original or self.usable_at > self.written_at

    @property
    def needs_call(self) -> bool:
        """A changed account, and one that came through a link: whoever held the link may be a stranger."""
        return self.is_changed or self.written_by is None

    @property
    def was_denied(self) -> bool:
        """The client said on the telephone that this is not their account."""
        return self.call_record.get("result") == "denied"


class Payment(FirmRow):
    """One transfer. Its key makes sure that what was interrupted is not paid again."""

    __tablename__ = "refund_payments"
    __table_args__ = (
        UniqueConstraint("firm_id", "key"),
        Index("ix_refund_payments_refund", "firm_id", "refund_id"),
        Index("ix_refund_payments_batch", "firm_id", "batch_id"),
        CheckConstraint("amount > 0", name="pays_something"),
        CheckConstraint("state IN ('in_transit', 'paid', 'failed')", name="known_state"),
        belongs_to("refunds", "refund_id"),
        belongs_to("refund_payees", "payee_id"),
        belongs_to("refund_batches", "batch_id"),
    )
    refund_id: Mapped[UUID]
    payee_id: Mapped[UUID]
    batch_id: Mapped[UUID | None]
    key: Mapped[str] = mapped_column(String(64))  # made with the page; printed in the bank's remark
    amount: Mapped[Money]
    status: Mapped[str] = mapped_column("state", String(10), default="in_transit")  # then paid or failed
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    bank_reference: Mapped[str] = mapped_column(default="")
    receipt: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    paid_on: Mapped[date | None]
    failure: Mapped[str] = mapped_column(default="")
    settled_by: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]


class PaymentBatch(FirmRow):
    """Payments handed to the bank in one file."""

    __tablename__ = "refund_batches"
    __table_args__ = (
        UniqueConstraint("firm_id", "number"),
        UniqueConstraint("firm_id", "key"),
        {"info": {"append_only": True}},
    )
    number: Mapped[str] = mapped_column(String(20))  # FK-2026-0003
    key: Mapped[str] = mapped_column(String(64))  # made with the page: the same form twice makes one batch
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    total: Mapped[Money] = mapped_column(default=ZERO)
    count: Mapped[int] = mapped_column(default=0)


class RefundInvoice(FirmRow):
    """The invoice given for the money ("none": no invoice), and the red one that takes it back. One a refund."""

    __tablename__ = "refund_invoices"
    __table_args__ = (
        UniqueConstraint("firm_id", "refund_id"),
        CheckConstraint("kind IN ('none', 'digital', 'special', 'ordinary')", name="known_kind"),
        CheckConstraint("red_number = '' OR kind <> 'none'", name="red_needs_an_invoice"),
        belongs_to("refunds", "refund_id"),
    )
    refund_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(8))
    number: Mapped[str] = mapped_column(String(20), default="")
    code: Mapped[str] = mapped_column(String(12), default="")
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    red_number: Mapped[str] = mapped_column(String(20), default="")
    red_on: Mapped[date | None]
    red_by: Mapped[UUID | None]
    red_at: Mapped[datetime | None]

    @property
    def waits_for_red(self) -> bool:
        return self.kind != "none" and not self.red_number


class RefundBudget(FirmRow):
    """How much the firm lets go out by refunds in a month, from a month on."""

    __tablename__ = "refund_budgets"
    __table_args__ = (UniqueConstraint("firm_id", "valid_from"),)
    valid_from: Mapped[date]
    monthly: Mapped[Money]
    set_by: Mapped[UUID]
    set_at: Mapped[datetime]
