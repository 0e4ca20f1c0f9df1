"""The audit trail: who did what to which record, and what was refused. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, String, UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.access import Actor
from saas.kernel.db import FirmRow


class AuditEntry(FirmRow):
    """One deed or one refused attempt. A client's timeline is the entries that carry its id and say `timeline`."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_client", "firm_id", "client_id", "at"),
        Index("ix_audit_entries_subject", "firm_id", "subject_id", "at"),
        Index("ix_audit_entries_position", "firm_id", "position"),
        Index("ix_audit_entries_refused", "firm_id", "at", postgresql_where=text("outcome = 'refused'")),
        {"info": {"append_only": True, "stays": True}},
    )
    position: Mapped[int] = mapped_column(BigInteger, Identity())  # in the order written, for the sealing job
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    action: Mapped[str]  # "case.approve", "firms.change_settings"
    outcome: Mapped[str] = mapped_column(String(16), default="done")  # done, refused
    subject_kind: Mapped[str] = mapped_column(default="")
    subject_id: Mapped[UUID | None]
    client_id: Mapped[UUID | None]
    from_state: Mapped[str] = mapped_column(default="")
    to_state: Mapped[str] = mapped_column(default="")
    timeline: Mapped[bool] = mapped_column(default=False)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class AuditSeal(FirmRow):
    """The hash chain over a firm's entries: one seal an entry, its sequence given when it is sealed."""

    __tablename__ = "audit_seals"
    __table_args__ = (
        UniqueConstraint("firm_id", "sequence"),
        UniqueConstraint("firm_id", "entry_id"),
        {"info": {"append_only": True, "stays": True}},
    )
    sequence: Mapped[int] = mapped_column(BigInteger)
    entry_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(BigInteger)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


def record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    now: datetime,
    *,
    subject: FirmRow | None = None,
    client_id: UUID | None = None,
    timeline: bool = False,
    outcome: str = "done",
    **detail: Any,
) -> AuditEntry:
    """Write down a deed that no workflow covers: a setting changed, a contact added, a bank account revealed."""
    entry = AuditEntry(
        at=now,
        actor_kind=actor.audited_as,
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        outcome=outcome,
        subject_kind=subject.__tablename__ if subject is not None else "",
        subject_id=subject.id if subject is not None else None,
        client_id=client_id,
        timeline=timeline,
        detail=detail,
    )
    session.add(entry)
    return entry
