"""The register: a risk with its cause, event and effect, its scores before and after treatment, and what is done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.money import Money
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed
from saas.risks import drill_models
from saas.risks.incidents import incident_models, mass_models
from saas.risks.levels import Level, level_of
from saas.risks.playbooks import playbook_models
from saas.risks.watch import watch_models
from saas.risks.wording import said

TABLES_ELSEWHERE = (drill_models, incident_models, mass_models, playbook_models, watch_models)


class Risk(Stateful):
    """One entry of the register. Texts are kept in both languages: {"zh": …, "en": …}.

    `likelihood` × `impact` is the risk as it would be without treatment, `residual_…` as it is with the treatment;
    each 1…5. `exposure` is what one occurrence may cost, in fen.
    """

    __tablename__ = "risks"
    __table_args__ = (
        UniqueConstraint("firm_id", "number"),
        Index("uq_risks_key", "firm_id", "key", unique=True, postgresql_where=text("key <> ''")),
        Index("ix_risks_state", "firm_id", "state"),
        Index("ix_risks_review", "firm_id", "review_on", postgresql_where=text("state <> 'closed'")),
        CheckConstraint("likelihood BETWEEN 1 AND 5 AND impact BETWEEN 1 AND 5", name="five_by_five"),
        CheckConstraint(
            "residual_likelihood BETWEEN 1 AND 5 AND residual_impact BETWEEN 1 AND 5", name="residual_five_by_five"
        ),
        CheckConstraint("exposure IS NULL OR exposure >= 0", name="exposure_is_no_gain"),
        CheckConstraint("treatment IN ('', 'avoid', 'reduce', 'transfer', 'accept')", name="known_treatment"),
        belongs_to("memberships", "owner_id"),
        belongs_to("memberships", "accepted_by"),
    )
    number: Mapped[str] = mapped_column(String(20))  # FX-2026-0007
    key: Mapped[str] = mapped_column(String(40), default="")  # of the starter's entry; "" for the firm's own
    category: Mapped[str] = mapped_column(String(12))  # a key of saas.risks.levels.CATEGORIES
    name: Mapped[dict[str, Any]]
    cause: Mapped[dict[str, Any]] = mapped_column(default=dict)
    event: Mapped[dict[str, Any]] = mapped_column(default=dict)
    effect: Mapped[dict[str, Any]] = mapped_column(default=dict)
    control: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what holds it down today
    source: Mapped[str] = mapped_column(default="")  # law or standard, where one is named
    likelihood: Mapped[int]
    impact: Mapped[int]
    residual_likelihood: Mapped[int]
    residual_impact: Mapped[int]
    exposure: Mapped[Money | None]
    owner_id: Mapped[UUID | None]
    treatment: Mapped[str] = mapped_column(String(10), default="")
    plan: Mapped[dict[str, Any]] = mapped_column(default=dict)
    review_on: Mapped[date]
    review_months: Mapped[int] = mapped_column(default=6)
    reviewed_at: Mapped[datetime | None]
    watches: Mapped[list[str]] = mapped_column(default=list)  # "rule:N12", "signal:split", "reason:price", "cause:AMT"
    playbook_key: Mapped[str] = mapped_column(String(40), default="")  # what is done when it happens
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None]  # null: the starter's, or the product's from a suggestion
    treated_by: Mapped[UUID | None]
    accepted_by: Mapped[UUID | None]
    accepted_at: Mapped[datetime | None]
    acceptance_reason: Mapped[str] = mapped_column(default="")
    closed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    closing_reason: Mapped[str] = mapped_column(default="")

    @property
    def title(self) -> str:
        return said(self.name)

    @property
    def inherent(self) -> int:
        return self.likelihood * self.impact

    @property
    def residual(self) -> int:
        return self.residual_likelihood * self.residual_impact

    @property
    def level(self) -> Level:
        """Of the risk as it is today: with treatment once that is done, without it before."""
        return level_of(self.residual if self.state in ("treated", "accepted", "closed") else self.inherent)

    def treat(self, deed: Deed) -> None:
        self.treated_by = deed.actor.id
        deed.detail["reason"] = deed.form.reason

    def accept(self, deed: Deed) -> None:
        self.accepted_by, self.accepted_at = deed.actor.id, deed.now
        self.acceptance_reason = deed.detail["reason"] = deed.form.reason

    def close(self, deed: Deed) -> None:
        self.closed_by, self.closed_at = deed.actor.id, deed.now
        self.closing_reason = deed.detail["reason"] = deed.form.reason

    def reopen(self, deed: Deed) -> None:
        """It is looked at anew: what was accepted or closed before stands in the history only."""
        self.accepted_by = self.accepted_at = self.closed_by = self.closed_at = self.treated_by = None
        self.acceptance_reason = self.closing_reason = ""
        deed.detail["reason"] = deed.form.reason


class Measure(FirmRow):
    """One thing done against a risk, by somebody, by a day."""

    __tablename__ = "risk_measures"
    __table_args__ = (
        Index("ix_risk_measures_risk", "firm_id", "risk_id"),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done_by_somebody"),
        belongs_to("risks", "risk_id"),
        belongs_to("memberships", "owner_id"),
    )
    risk_id: Mapped[UUID]
    text: Mapped[str]
    owner_id: Mapped[UUID]
    due_on: Mapped[date]
    written_by: Mapped[UUID]
    written_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
    result: Mapped[str] = mapped_column(default="")


class RiskScore(FirmRow):
    """How a risk was scored, by whom, when and why; never changed."""

    __tablename__ = "risk_scores"
    __table_args__ = (
        Index("ix_risk_scores_risk", "firm_id", "risk_id", "at"),
        belongs_to("risks", "risk_id"),
        {"info": {"append_only": True}},
    )
    risk_id: Mapped[UUID]
    at: Mapped[datetime]
    by: Mapped[UUID | None]  # null: the starter's
    by_name: Mapped[str] = mapped_column(default="")
    likelihood: Mapped[int]
    impact: Mapped[int]
    residual_likelihood: Mapped[int]
    residual_impact: Mapped[int]
    exposure: Mapped[Money | None]
    reason: Mapped[str] = mapped_column(default="")
