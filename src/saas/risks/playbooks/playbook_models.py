"""Playbooks and their versions: an incident runs by the version that stood when it was declared."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.risks.wording import said


class Playbook(FirmRow):
    """A plan for one kind of emergency. What it says stands in its versions."""

    __tablename__ = "playbooks"
    __table_args__ = (
        Index("uq_playbooks_key", "firm_id", "key", unique=True, postgresql_where=text("key <> ''")),
        belongs_to("memberships", "owner_id"),
    )
    key: Mapped[str] = mapped_column(String(40), default="")  # data_loss, mass_error, leak, …; "" for the firm's own
    name: Mapped[dict[str, Any]]
    when: Mapped[dict[str, Any]]  # by what one knows that this is the plan to take
    is_on: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)  # the newest one's number
    owner_id: Mapped[UUID | None]
    review_on: Mapped[date]
    review_months: Mapped[int] = mapped_column(default=12)
    reviewed_at: Mapped[datetime | None]

    @property
    def title(self) -> str:
        return said(self.name)


class PlaybookVersion(FirmRow):
    """What the plan says. Every text is {"zh": …, "en": …}; shapes as read by saas.risks.playbooks.plan.

    roles [{key, name, task, position ("owner", "manager", …), member_id, deputy_id}] ·
    calls [{caller, callee, outside (name where nobody of the firm), phone, minutes, about}] ·
    steps [{key, phase (contain, recover, inform, review), minutes from T0, role, what}] ·
    messages [{key, audience (clients, staff, authority, media), subject, text}] ·
    duties [{key, what, minutes or null, deadline, source, mark ("K": to be confirmed, "V": read at the source)}]
    """

    __tablename__ = "playbook_versions"
    __table_args__ = (
        UniqueConstraint("firm_id", "playbook_id", "number"),
        belongs_to("playbooks", "playbook_id"),
        {"info": {"append_only": True}},
    )
    playbook_id: Mapped[UUID]
    number: Mapped[int]
    roles: Mapped[list[dict[str, Any]]]
    calls: Mapped[list[dict[str, Any]]]
    steps: Mapped[list[dict[str, Any]]]
    messages: Mapped[list[dict[str, Any]]]
    duties: Mapped[list[dict[str, Any]]]
    written_by: Mapped[UUID | None]  # null: the starter's
    written_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
