"""What the firm promises about refunds, version by version, and who accepted which."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to


class RefundPolicy(FirmRow):
    """One version of the firm's refund policy, in force from a day; what was published never changes."""

    __tablename__ = "refund_policies"
    __table_args__ = (
        UniqueConstraint("firm_id", "version"),
        Index("ix_refund_policies_from", "firm_id", "valid_from"),
        {"info": {"append_only": True}},
    )
    version: Mapped[int]
    valid_from: Mapped[date]
    terms: Mapped[dict[str, Any]]  # saas.refunds.terms.Terms
    note: Mapped[str] = mapped_column(default="")  # why it was changed
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]


class PolicyAcceptance(FirmRow):
    """The client accepted a version of the policy with this contract."""

    __tablename__ = "refund_policy_acceptances"
    __table_args__ = (
        UniqueConstraint("firm_id", "contract_id"),
        belongs_to("contracts", "contract_id"),
        belongs_to("refund_policies", "policy_id"),
    )
    contract_id: Mapped[UUID]
    policy_id: Mapped[UUID]
    accepted_on: Mapped[date]
    clause: Mapped[str] = mapped_column(default="")  # of the contract: "第九条"
    recorded_by: Mapped[UUID]
