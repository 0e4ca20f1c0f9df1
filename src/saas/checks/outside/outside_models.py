"""Statements and invoice lists as imported, line by line, and the pairs a person made."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text
from saas.ledgers.frame import Reject
from saas.ledgers.remark_columns import StoredRejects, StoredRemarks


class OutsideFile(FirmRow):
    """One imported file: a statement of one bank account, or a list of invoices received ("in") or issued ("out")."""

    __tablename__ = "outside_files"
    __table_args__ = (
        Index("ix_outside_files_client", "firm_id", "client_id", "kind"),
        CheckConstraint("kind IN ('bank', 'in', 'out')", name="a_known_kind"),
        CheckConstraint("(kind = 'bank') = (account <> '')", name="a_statement_has_its_account"),
        belongs_to("clients", "client_id"),
    )
    client_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(4))
    account: Mapped[str] = mapped_column(default="")  # of the ledger; only statements
    printed: Mapped[str] = mapped_column(String(4), default="")  # last digits of the number the bank printed
    file_name: Mapped[str]
    file_sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by: Mapped[UUID]
    uploaded_at: Mapped[dt.datetime]
    first_day: Mapped[dt.date | None]
    last_day: Mapped[dt.date | None]
    line_count: Mapped[int]
    opening_fen: Mapped[int | None] = mapped_column(BigInteger)
    closing_fen: Mapped[int | None] = mapped_column(BigInteger)
    rejects: Mapped[list[Reject]] = mapped_column(StoredRejects, default=list)
    notes: Mapped[list[Text]] = mapped_column(StoredRemarks, default=list)
    undone_at: Mapped[dt.datetime | None]


class BankLine(FirmRow):
    """One line of a statement; one of in and out is above zero."""

    __tablename__ = "bank_lines"
    __table_args__ = (
        Index("ix_bank_lines_file", "firm_id", "file_id"),
        belongs_to("outside_files", "file_id"),
        {"info": {"append_only": True}},
    )
    file_id: Mapped[UUID]
    row: Mapped[int]
    date: Mapped[dt.date]
    counterparty: Mapped[str]
    summary: Mapped[str]
    reference: Mapped[str]
    in_fen: Mapped[int] = mapped_column(BigInteger)
    out_fen: Mapped[int] = mapped_column(BigInteger)
    balance_fen: Mapped[int | None] = mapped_column(BigInteger)


class InvoiceLine(FirmRow):
    """One invoice of a list."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        Index("ix_invoice_lines_file", "firm_id", "file_id"),
        belongs_to("outside_files", "file_id"),
        {"info": {"append_only": True}},
    )
    file_id: Mapped[UUID]
    row: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    date: Mapped[dt.date | None]
    seller: Mapped[str]
    buyer: Mapped[str]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    tax_fen: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(4))  # "", red, void
    claimed: Mapped[str] = mapped_column(String(7))  # month, "yes" or ""
    goods: Mapped[list[str]] = mapped_column(ARRAY(String))


class BankPair(FirmRow):
    """A line of a statement that a person says is this entry of the books."""

    __tablename__ = "bank_pairs"
    __table_args__ = (
        UniqueConstraint("firm_id", "client_id", "statement_key"),
        belongs_to("clients", "client_id"),
    )
    client_id: Mapped[UUID]
    account: Mapped[str]
    statement_key: Mapped[str]  # reconciling.statement_items
    books_key: Mapped[str]  # reconciling.books_of
    made_by: Mapped[UUID]
    made_at: Mapped[dt.datetime]
