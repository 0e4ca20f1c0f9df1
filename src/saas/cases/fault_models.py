"""The branch of a case whose cause lies in the client's program or machine (requirement A3.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.workflow import Deed


class SystemFault(FirmRow):
    """Contain, freeze, have it repaired, test what was restored, sign off: a row each time a case takes the branch."""

    __tablename__ = "system_faults"
    __table_args__ = (
        Index("ix_system_faults_case", "firm_id", "case_id"),
        CheckConstraint("signed_off_by IS NULL OR signed_off_by <> declared_by", name="signed_off_by_another"),
        belongs_to("cases", "case_id"),
    )
    case_id: Mapped[UUID]
    declared_by: Mapped[UUID | None]
    declared_at: Mapped[datetime]
    contained: Mapped[str]  # what was stopped, so that nothing more is lost
    vendor: Mapped[str] = mapped_column(default="")
    ticket: Mapped[str] = mapped_column(String(80), default="")  # the vendor's number
    snapshot_id: Mapped[UUID | None]  # the books as they stood here when the fault was declared
    trusted_id: Mapped[UUID | None]  # the import from before the fault
    restored_id: Mapped[UUID | None]  # the import of the repaired books
    difference: Mapped[dict[str, Any]] = mapped_column(default=dict)  # ledgers.differences.Difference.shown()
    remark: Mapped[str] = mapped_column(default="")  # why a difference is right
    tested_by: Mapped[UUID | None]
    tested_at: Mapped[datetime | None]
    signed_off_by: Mapped[UUID | None]
    signed_off_at: Mapped[datetime | None]
    sign_off: Mapped[str] = mapped_column(default="")

    @property
    def is_open(self) -> bool:
        return self.signed_off_at is None

    @property
    def is_restored(self) -> bool:
        """Both versions were compared, and they are equal or somebody said why not."""
        return self.tested_at is not None and (self.differing == 0 or bool(self.remark))

    @property
    def differing(self) -> int:
        """Vouchers added, removed or changed between the trusted and the restored books."""
        return sum(self.difference.get(kind, {}).get("count", 0) for kind in ("added", "removed", "changed"))

    def signed_off(self, deed: Deed) -> None:
        self.signed_off_by, self.signed_off_at, self.sign_off = deed.actor.id, deed.now, deed.form.reason
