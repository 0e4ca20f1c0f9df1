"""Links to the figures for people without an account, and every look through one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class OwnerLink(FirmRow):
    """Who has it and until when. The token itself is kept as a hash only, in the kernel's `links`."""

    __tablename__ = "owner_links"
    __table_args__ = (
        UniqueConstraint("firm_id", "link_id"),
        belongs_to("memberships", "made_by"),
        {"info": {"stays": True}},
    )
    link_id: Mapped[UUID]
    for_name: Mapped[str]
    email: Mapped[str] = mapped_column(String(254), default="")  # "": handed on by whoever made it
    locale: Mapped[str] = mapped_column(String(2), default="zh")
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]


class OwnerView(FirmRow):
    """One look by a person: at the page, or taking the month's report. Opening the link records nothing."""

    __tablename__ = "owner_views"
    __table_args__ = (
        belongs_to("owner_links", "owner_link_id"),
        CheckConstraint("what IN ('page', 'report')", name="what"),
        Index("ix_owner_views_link", "firm_id", "owner_link_id", "at"),
        {"info": {"append_only": True, "stays": True}},
    )
    owner_link_id: Mapped[UUID]
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(8))
    note: Mapped[str] = mapped_column(default="")  # of a report: "2026-10-1-zh.pdf"
