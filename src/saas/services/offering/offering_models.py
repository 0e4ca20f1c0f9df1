"""What the firm offers at which price, what it proposed to whom, and how quickly each tier of client is served."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.money import ZERO, Money
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed


class Service(FirmRow):
    """A plan (monthly bookkeeping of one size) or an extra. Texts are {"zh": …, "en": …}."""

    __tablename__ = "services"
    __table_args__ = (Index("uq_services_key", "firm_id", "key", unique=True, postgresql_where=text("key <> ''")),)
    key: Mapped[str] = mapped_column(String(40), default="")
    kind: Mapped[str] = mapped_column(String(8))  # plan, extra
    unit: Mapped[str] = mapped_column(String(8))  # month, once, year
    name: Mapped[dict[str, Any]]
    about: Mapped[dict[str, Any]]
    tier: Mapped[str] = mapped_column(String(12), default="")  # of a plan: the tier a client on it belongs to
    taxpayer: Mapped[str] = mapped_column(String(8), default="")  # small, general; "" for both
    limits: Mapped[dict[str, Any]] = mapped_column(default=dict)  # vouchers, invoices, filings, headcount: a month
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]  # not offered any more; who has it keeps it


class ServicePrice(FirmRow):
    """A price from a day on, in fen per unit, until the next one begins."""

    __tablename__ = "service_prices"
    __table_args__ = (
        UniqueConstraint("firm_id", "service_id", "valid_from"),
        belongs_to("services", "service_id"),
        {"info": {"append_only": True}},
    )
    service_id: Mapped[UUID]
    valid_from: Mapped[date]
    price: Mapped[Money]
    reason: Mapped[str] = mapped_column(default="")
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None]


class Proposal(Stateful):
    """A plan put together for one client: chosen services at their prices, a discount, from a day on.

    `lines` are [{service_id, key, name, kind, unit, quantity, price_fen}]; `before_fen` is what the client pays a month
    until then. The id is made with the page, so that pressed twice it is one proposal.
    """

    __tablename__ = "service_proposals"
    __table_args__ = (
        UniqueConstraint("firm_id", "number"),
        Index("ix_service_proposals_client", "firm_id", "client_id"),
        belongs_to("clients", "client_id"),
        belongs_to("refunds", "refund_id"),
        belongs_to("notices", "notice_id"),
        belongs_to("contracts", "contract_id"),
    )
    number: Mapped[str] = mapped_column(String(20))
    client_id: Mapped[UUID]
    refund_id: Mapped[UUID | None]
    lines: Mapped[list[dict[str, Any]]]
    months: Mapped[int]
    gift_months: Mapped[int] = mapped_column(default=0)
    effective_on: Mapped[date]
    answer_by: Mapped[date]
    discount: Mapped[Money]  # a month
    discount_reason: Mapped[str] = mapped_column(default="")
    before: Mapped[Money]
    prepared_by: Mapped[UUID]
    approved_by: Mapped[UUID | None]
    notice_id: Mapped[UUID | None]
    accepted_by: Mapped[str] = mapped_column(default="")
    accepted_how: Mapped[str] = mapped_column(String(8), default="")
    contract_id: Mapped[UUID | None]
    closed_reason: Mapped[str] = mapped_column(default="")

    def total(self, unit: str) -> Money:
        return sum((Money(line["price_fen"] * line["quantity"]) for line in self.lines if line["unit"] == unit), ZERO)

    @property
    def monthly(self) -> Money:
        """What a month costs, after the discount."""
        return self.total("month") - self.discount

    @property
    def price(self) -> Money:
        """For the whole term: paid months, the yearly services once for each year begun, one-off services once."""
        years = -(-self.months // 12)
        return Money(self.monthly.fen * self.months + self.total("year").fen * years + self.total("once").fen)

    @property
    def change(self) -> Money:
        return self.monthly - self.before

    @property
    def direction(self) -> str:
        """first, upgrade, downgrade, same: against what the client pays a month today."""
        if not self.before:
            return "first"
        return "upgrade" if self.change.fen > 0 else "downgrade" if self.change.fen < 0 else "same"

    def approve(self, deed: Deed) -> None:
        self.approved_by = deed.actor.id

    def accept(self, deed: Deed) -> None:
        self.accepted_by, self.accepted_how = deed.form.name, deed.form.way
        deed.detail |= {"name": deed.form.name, "how": deed.form.way}

    def close(self, deed: Deed) -> None:
        self.closed_reason = deed.form.reason
        deed.detail["reason"] = deed.form.reason


class ClientTier(FirmRow):
    """The tier of a client from a day on; earlier ones stay."""

    __tablename__ = "client_tiers"
    __table_args__ = (
        UniqueConstraint("firm_id", "client_id", "since"),
        belongs_to("clients", "client_id"),
        {"info": {"append_only": True}},
    )
    client_id: Mapped[UUID]
    since: Mapped[date]
    tier: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str]
    set_by: Mapped[UUID | None]
    set_at: Mapped[datetime]


class Idea(FirmRow):
    """Wanted but not offered: from a refund, a lost lead or a colleague; taken into the catalogue or put aside."""

    __tablename__ = "service_ideas"
    __table_args__ = (
        Index("uq_service_ideas_origin", "firm_id", "origin", unique=True, postgresql_where=text("origin <> ''")),
        belongs_to("clients", "client_id"),
        belongs_to("services", "service_id"),
    )
    origin: Mapped[str] = mapped_column(String(60), default="")  # "refund:<id>", "lead:<id>"; "" written by hand
    words: Mapped[str]
    why: Mapped[str] = mapped_column(String(24), default="")  # the refund's or the lead's reason
    url: Mapped[str] = mapped_column(default="")
    client_id: Mapped[UUID | None]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(8), default="open")  # open, taken, aside
    service_id: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(default="")
