"""The directory of firms: the only place that turns a slug or a code into a firm. Global, without secrets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import Base
from saas.kernel.i18n import Locale
from saas.kernel.identifiers import uuid7

FirmKind = Literal["live", "demo", "sandbox"]
TOUR = "tour-"  # how the address of a sandbox begins in which one person only looks around
TOUR_LASTS = timedelta(days=7)


class Firm(Base):
    """A firm as strangers may know it: its address in the product, its names, and whether it is real.

    `code` begins every public token (links, verify codes) and only selects the firm in which the hash is looked up.
    """

    __tablename__ = "firms"
    __table_args__ = (CheckConstraint("kind IN ('live', 'demo', 'sandbox')", name="kind"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(String(8), default="live")
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    locale: Mapped[str] = mapped_column(String(2), default="zh")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]  # by the operator: nothing is written and no job runs until it is lifted
    support_until: Mapped[datetime | None]  # an operator is let in: every page says so
    suspended_for: Mapped[str | None]  # the operator's sentence to the firm
    replaying: Mapped[bool] = mapped_column(default=False)  # its past is being replayed: no scheduled jobs of today
    session_idle_minutes: Mapped[int | None]  # what the firm asks of its people's browsers; None: the product's own
    session_hours: Mapped[int | None]

    @property
    def tour_until(self) -> datetime | None:
        """When a sandbox ends in which somebody looks around; None for every other firm."""
        return self.created_at + TOUR_LASTS if self.kind == "sandbox" and self.slug.startswith(TOUR) else None

    def name_in(self, locale: Locale) -> str:
        return (self.name_en or self.name) if locale == "en" else self.name


async def firm_by_code(session: AsyncSession, code: str) -> Firm | None:
    firm: Firm | None = await session.scalar(select(Firm).where(Firm.code == code, Firm.closed_at.is_(None)))
    return firm


async def firm_by_slug(session: AsyncSession, slug: str) -> Firm | None:
    firm: Firm | None = await session.scalar(select(Firm).where(Firm.slug == slug, Firm.closed_at.is_(None)))
    return firm
