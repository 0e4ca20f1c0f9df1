"""One matter that concerns many clients at once, such as a changed tax rule (requirement A1.3)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow


class BulkOpening(FirmRow):
    """What every case of it begins with, and for whom; a job opens the cases, each client's once."""

    __tablename__ = "bulk_openings"
    title: Mapped[str]
    description: Mapped[str]
    severity: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(10))
    period: Mapped[str] = mapped_column(String(7))
    client_ids: Mapped[list[str]]
    origin: Mapped[str] = mapped_column(default="")  # the address under the firm of what made it necessary
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]  # when the last case was opened
    left_out: Mapped[list[str]] = mapped_column(default=list)  # clients that were archived or merged in the meantime
