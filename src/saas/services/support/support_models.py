"""扶持政策: what the state grants to whom and until when, what is known about clients, and applications for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.money import Money


class SupportPolicy(FirmRow):
    """A policy of a region; "" is the whole country. `mark` V was read in the source, K is to be confirmed."""

    __tablename__ = "support_policies"
    __table_args__ = (
        Index("uq_support_policies_key", "firm_id", "key", unique=True, postgresql_where=text("key <> ''")),
    )
    key: Mapped[str] = mapped_column(String(40), default="")
    region: Mapped[str] = mapped_column(default="")
    name: Mapped[dict[str, Any]]
    benefit: Mapped[dict[str, Any]]
    papers: Mapped[dict[str, Any]]  # how it is applied for, and what for that is needed
    review_on: Mapped[date]
    reviewed_by: Mapped[UUID | None]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class PolicyTerms(FirmRow):
    """Conditions, source and last day of a policy, from a day on until the next ones begin.

    `conditions` are [{fact, op, value}] as saas.services.support.conditions.Condition has them.
    """

    __tablename__ = "support_policy_terms"
    __table_args__ = (
        UniqueConstraint("firm_id", "policy_id", "valid_from"),
        belongs_to("support_policies", "policy_id"),
        {"info": {"append_only": True}},
    )
    policy_id: Mapped[UUID]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    apply_by: Mapped[date | None]
    conditions: Mapped[list[dict[str, Any]]]
    source: Mapped[str]
    mark: Mapped[str] = mapped_column(String(1))
    set_by: Mapped[UUID | None]
    set_at: Mapped[datetime]


class ClientFact(FirmRow):
    """Something known about a client that its master data does not say; the latest of a name counts."""

    __tablename__ = "client_facts"
    __table_args__ = (
        Index("ix_client_facts_client", "firm_id", "client_id", "name"),
        belongs_to("clients", "client_id"),
        {"info": {"append_only": True}},
    )
    client_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(24))
    value: Mapped[str] = mapped_column(String(120))
    as_of: Mapped[date]
    recorded_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime]


class Application(FirmRow):
    """One client's application under one policy, once; its task stands in somebody's work until there is a result."""

    __tablename__ = "support_applications"
    __table_args__ = (
        UniqueConstraint("firm_id", "policy_id", "client_id", "round"),
        belongs_to("support_policies", "policy_id"),
        belongs_to("clients", "client_id"),
        belongs_to("tasks", "task_id"),
    )
    policy_id: Mapped[UUID]
    client_id: Mapped[UUID]
    round: Mapped[str] = mapped_column(String(10))  # "2026": the day its terms began
    task_id: Mapped[UUID | None]
    met: Mapped[list[dict[str, Any]]]  # the conditions as they stood when the task was given
    status: Mapped[str] = mapped_column(String(10), default="open")  # open, granted, refused, dropped
    amount: Mapped[Money | None]
    result: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date | None]
    decided_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
