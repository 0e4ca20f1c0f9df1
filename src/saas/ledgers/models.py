"""Imported books: files, their versions by client and period, the lines, sealed periods and snapshots."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed
from saas.ledgers.frame import Reject
from saas.ledgers.remark_columns import StoredRejects, StoredRemarks


class Import(Stateful):
    """One file dropped in for one client: uploaded → reading → previewed → stored | cancelled; stored → undone."""

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_client", "firm_id", "client_id"), belongs_to("clients", "client_id"))
    client_id: Mapped[UUID]
    file_name: Mapped[str]
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_size: Mapped[int]
    uploaded_by: Mapped[UUID]
    uploaded_at: Mapped[datetime]
    layout: Mapped[str] = mapped_column(default="")
    standard: Mapped[str] = mapped_column(default="")
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    preview: Mapped[dict[str, Any]] = mapped_column(default=dict)  # sample rows, totals, roll-forward, differences
    rejects: Mapped[list[Reject]] = mapped_column(StoredRejects, default=list)
    notes: Mapped[list[Text]] = mapped_column(StoredRemarks, default=list)  # about the file itself, never findings
    posted: Mapped[str] = mapped_column(String(8), default="")  # "posted", "draft"; asked when the file doesn't say
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {done, total, what}
    error_text: Mapped[Text | None]  # why it could not be read
    first_period: Mapped[str | None] = mapped_column(String(7))
    last_period: Mapped[str | None] = mapped_column(String(7))
    line_count: Mapped[int] = mapped_column(default=0)
    voucher_count: Mapped[int] = mapped_column(default=0)
    content_sha256: Mapped[str] = mapped_column(String(64), default="")  # of the canonical lines
    stored_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    frame_sha256: Mapped[str] = mapped_column(String(64), default="")  # the canonical frames, as shown and as stored
    remember_mapping: Mapped[bool] = mapped_column(default=False)

    def read(self, deed: Deed) -> None:
        """A worker opens the file."""
        self.error_text = None

    def show(self, deed: Deed) -> None:
        """What was read stands in `preview`; nothing is stored yet."""

    def fail(self, deed: Deed) -> None:
        """The file cannot be read; `error_text` says why."""

    def remap(self, deed: Deed) -> None:
        self.mapping = deed.form.mapping
        self.standard = "" if deed.form.standard == "auto" else deed.form.standard
        self.remember_mapping = deed.form.remember

    def store(self, deed: Deed) -> None:
        self.posted = deed.form.posted or self.posted

    def finish(self, deed: Deed) -> None:
        self.stored_at = deed.now

    def cancel(self, deed: Deed) -> None:
        """The person said no: the file stays on record, its lines do not."""

    def undo(self, deed: Deed) -> None:
        self.undone_at = deed.now


class LedgerLine(FirmRow):
    """One canonical line (ledgers/frame.py LINES), kept for every version of every period. Loaded with COPY."""

    __tablename__ = "ledger_lines"
    __table_args__ = (
        Index("ix_ledger_lines_voucher", "firm_id", "import_id", "voucher"),
        Index("ix_ledger_lines_account", "firm_id", "client_id", "account", "period"),
    )
    import_id: Mapped[UUID]
    client_id: Mapped[UUID]
    row: Mapped[int]
    period: Mapped[str | None] = mapped_column(String(7))
    date: Mapped[dt.date | None]
    voucher: Mapped[str]
    word: Mapped[str | None]
    number: Mapped[int | None] = mapped_column(BigInteger)
    number_text: Mapped[str | None]
    line: Mapped[int]
    summary: Mapped[str | None]
    account: Mapped[str]
    account_name: Mapped[str | None]
    aux: Mapped[str | None]
    debit_fen: Mapped[int] = mapped_column(BigInteger)
    credit_fen: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str | None]
    quantity: Mapped[float | None]
    preparer: Mapped[str | None]
    reviewer: Mapped[str | None]
    poster: Mapped[str | None]
    posted: Mapped[bool | None]
    void: Mapped[bool | None]
    attachments: Mapped[int | None]
    source: Mapped[str | None]
    entered_date: Mapped[dt.date | None]
    entered_time: Mapped[str | None]
    document_date: Mapped[dt.date | None]
    reference: Mapped[str | None]
    counter_account: Mapped[str | None]


class LedgerBalance(FirmRow):
    """One line of a trial balance (ledgers/frame.py BALANCES)."""

    __tablename__ = "ledger_balances"
    __table_args__ = (Index("ix_ledger_balances_import", "firm_id", "import_id"),)
    import_id: Mapped[UUID]
    client_id: Mapped[UUID]
    row: Mapped[int]
    period: Mapped[str | None] = mapped_column(String(7))
    account: Mapped[str]
    account_name: Mapped[str | None]
    aux: Mapped[str | None]
    year_opening_fen: Mapped[int | None] = mapped_column(BigInteger)
    opening_fen: Mapped[int | None] = mapped_column(BigInteger)
    debit_fen: Mapped[int | None] = mapped_column(BigInteger)
    credit_fen: Mapped[int | None] = mapped_column(BigInteger)
    year_debit_fen: Mapped[int | None] = mapped_column(BigInteger)
    year_credit_fen: Mapped[int | None] = mapped_column(BigInteger)
    closing_fen: Mapped[int | None] = mapped_column(BigInteger)


class PeriodVersion(FirmRow):
    """Which import holds the current version of a client's period; older versions stay and can be compared."""

    __tablename__ = "period_versions"
    __table_args__ = (
        UniqueConstraint("firm_id", "client_id", "period", "content", "version"),
        belongs_to("clients", "client_id"),
        belongs_to("imports", "import_id"),
    )
    client_id: Mapped[UUID]
    period: Mapped[str] = mapped_column(String(7))
    content: Mapped[str] = mapped_column(String(8))  # "lines" or "balances"
    version: Mapped[int]
    import_id: Mapped[UUID]
    sha256: Mapped[str] = mapped_column(String(64))
    is_current: Mapped[bool]
    sealed_at: Mapped[datetime | None]  # closed or filed: a later change is a finding
    sealed_by: Mapped[UUID | None]


class Snapshot(FirmRow):
    """The accounts a correction touches, frozen: canonical JSON in the file store under its hash."""

    __tablename__ = "snapshots"
    __table_args__ = (
        Index("ix_snapshots_subject", "firm_id", "subject_id"),
        belongs_to("clients", "client_id"),
        {"info": {"append_only": True}},
    )
    client_id: Mapped[UUID]
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[UUID]
    moment: Mapped[str] = mapped_column(String(8))  # before, after
    taken_at: Mapped[datetime]
    import_ids: Mapped[list[str]]
    sha256: Mapped[str] = mapped_column(String(64))
    line_count: Mapped[int]
