"""A hand-over list with its lines; nothing of it changes after the first signature."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed


class Handover(Stateful):
    """draft → handed over → received → supervised; refused with a reason, it becomes a draft again.

    Three different people sign it (财会〔2023〕27号: those who hand over and receive, and somebody who supervises).
    """

    __tablename__ = "team_handovers"
    __table_args__ = (
        UniqueConstraint("firm_id", "year", "serial"),
        CheckConstraint(
            "from_id <> to_id AND to_id <> supervisor_id AND from_id <> supervisor_id", name="three_people"
        ),
        belongs_to("memberships", "from_id"),
        belongs_to("memberships", "to_id"),
        belongs_to("memberships", "supervisor_id"),
    )
    year: Mapped[int]
    serial: Mapped[int]
    occasion: Mapped[str] = mapped_column(String(12))  # staff, client, leaving, absence
    from_id: Mapped[UUID]
    to_id: Mapped[UUID]
    supervisor_id: Mapped[UUID]
    effective_on: Mapped[date]  # the day of the change: the ten working days count from it
    clients: Mapped[list[str]] = mapped_column(default=list)  # ids; empty: everything the person has
    remark: Mapped[str] = mapped_column(default="")
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    content_sha256: Mapped[str] = mapped_column(String(64), default="")  # of the lines, from the first signature on
    signatures: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{role, id, name, at, sha256}]
    refusals: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{id, name, at, reason}]
    handed_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    supervised_at: Mapped[datetime | None]
    file_sha256: Mapped[str] = mapped_column(String(64), default="")  # the paper with the three signatures
    file_size: Mapped[int | None]
    english_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")  # the same paper in English

    @property
    def number(self) -> str:
        return f"YJ-{self.year}-{self.serial:04d}"

    def hand_over(self, deed: Deed) -> None:
        self.content_sha256 = deed.facts.digest
        self.handed_at = deed.now
        self._sign("from", deed)

    def receive(self, deed: Deed) -> None:
        self.received_at = deed.now
        self._sign("to", deed)

    def supervise(self, deed: Deed) -> None:
        self.supervised_at = deed.now
        self._sign("supervisor", deed)

    def refuse(self, deed: Deed) -> None:
        """What was signed is void: the list goes back to whoever hands over."""
        refused = {"id": str(deed.actor.id), "name": deed.actor.name, "at": deed.now.isoformat()}
        self.refusals = [*self.refusals, {**refused, "reason": deed.form.reason}]
        self.signatures, self.content_sha256 = [], ""
        self.handed_at = self.received_at = None
        deed.detail["reason"] = deed.form.reason[:200]

    def revise(self, deed: Deed) -> None:
        """It can be edited again."""

    def drop(self, deed: Deed) -> None:
        """Written down by mistake; its number stays taken."""
        deed.detail["reason"] = deed.form.reason[:200]

    def _sign(self, role: str, deed: Deed) -> None:
        signed = {"role": role, "id": str(deed.actor.id), "name": deed.actor.name, "at": deed.now.isoformat()}
        self.signatures = [*self.signatures, {**signed, "sha256": self.content_sha256}]
        deed.detail["sha256"] = self.content_sha256


class HandoverLine(FirmRow):
    """One thing that is handed over."""

    __tablename__ = "team_handover_lines"
    __table_args__ = (
        Index("ix_team_handover_lines", "firm_id", "handover_id", "position"),
        belongs_to("team_handovers", "handover_id"),
    )
    handover_id: Mapped[UUID]
    position: Mapped[int]
    section: Mapped[str] = mapped_column(String(12))  # clients contracts books work keys papers other
    what: Mapped[str] = mapped_column(String(300))
    count: Mapped[str] = mapped_column(String(40), default="")  # "12 册", "2 把"
    note: Mapped[str] = mapped_column(String(500), default="")
    source: Mapped[str] = mapped_column(String(60), default="")  # "case:<id>" of a generated line; "" typed by hand
