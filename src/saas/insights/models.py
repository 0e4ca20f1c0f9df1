"""Tables of insights: compact rows of closed subjects, closings and answers; breaches proved from the trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from saas.insights.alerts.alert_models import KpiAlarm, KpiAlert
from saas.insights.digest.digest_models import DigestReader, WeekDigest
from saas.insights.health.health_models import HealthRules
from saas.insights.owner_link.link_models import OwnerLink, OwnerView
from saas.insights.reports.report_models import FigureSubscription, MonthlyReport
from saas.insights.scorecards.card_models import Scorecard, ScoreDispute, ScoreLine, ScoreWeights
from saas.insights.scorecards.pay_models import PayEntry, PayRule
from saas.insights.targets.target_models import KpiTarget
from saas.kernel.db import FirmRow

__all__ = [
    "AnswerFact",
    "ClosingFact",
    "DigestReader",
    "DutyCheck",
    "Fact",
    "FigureSubscription",
    "HealthRules",
    "KpiAlarm",
    "KpiAlert",
    "KpiTarget",
    "MonthlyReport",
    "OwnerLink",
    "OwnerView",
    "PayEntry",
    "PayRule",
    "ProvedBreach",
    "ScoreDispute",
    "ScoreLine",
    "ScoreWeights",
    "Scorecard",
    "WeekDigest",
]


class Fact(FirmRow):
    """What the stage log says of one closed case, closed refund, or issued letter that asks for an answer, summed up.

    Rebuilt at will from the log (insights/facts.py); medians read this row and never the log. Minutes are working
    minutes. `at` decides the period: when a case or refund was closed, when a letter was issued.
    """

    __tablename__ = "insights_facts"
    __table_args__ = (
        UniqueConstraint("firm_id", "subject_id"),
        Index(
            "ix_insights_facts_at", "firm_id", "workflow", "at",
            postgresql_include=[
                "net", "gross", "first", "returned", "failed", "rework", "proved", "submitted", "in_time", "source",
                "confirmed", "after_filing",
            ],
        ),
    )  # fmt: skip
    workflow: Mapped[str] = mapped_column(String(32))  # case, refund, notice
    subject_id: Mapped[UUID]
    client_id: Mapped[UUID]
    member_id: Mapped[UUID | None]  # the owner, the preparer, who looks after the letter
    rule: Mapped[str] = mapped_column(String(8), default="")
    cause: Mapped[str] = mapped_column(String(12), default="")
    reason: Mapped[str] = mapped_column(String(24), default="")
    at: Mapped[datetime]
    gross: Mapped[int | None]  # from the beginning to the end that counts (insights/sums.py)
    net: Mapped[int | None]  # the same without pauses
    first: Mapped[int | None]  # until the first word to the client
    submitted: Mapped[int] = mapped_column(default=0)  # times handed in for review
    returned: Mapped[int] = mapped_column(default=0)  # of these, times a reviewer sent it back
    failed: Mapped[int] = mapped_column(default=0)  # times a proof of cure failed
    rework: Mapped[int] = mapped_column(default=0)  # net minutes after the first return or failed proof
    proved: Mapped[bool] = mapped_column(default=False)  # the cure was proved on the books
    stages: Mapped[dict[str, Any]] = mapped_column(default=dict)  # state → net minutes
    # of a case as it was when it closed; `confirmed` also of a letter: the client said yes
    in_time: Mapped[bool | None]  # closed by its due time; None: it had none
    source: Mapped[str] = mapped_column(String(10), default="", server_default="")  # who found it
    confirmed: Mapped[bool] = mapped_column(default=False, server_default=false())  # judged to be true, not explained
    after_filing: Mapped[bool] = mapped_column(default=False, server_default=false())  # found after the filing


class AnswerFact(FirmRow):
    """What the latest answer to one survey says on one scale: the mean of its questions there, in thousandths.

    Rebuilt at will from the surveys (insights/answer_facts.py). Its index alone answers CSAT, NPS and CES.
    """

    __tablename__ = "insights_answers"
    __table_args__ = (
        UniqueConstraint("firm_id", "survey_id", "scale"),
        Index(
            "ix_insights_answers_at", "firm_id", "scale", "at",
            postgresql_include=["value", "client_id", "member_id", "survey_id"],
        ),
    )  # fmt: skip
    survey_id: Mapped[UUID]
    client_id: Mapped[UUID]
    member_id: Mapped[UUID | None]  # whose work was judged
    scale: Mapped[str] = mapped_column(String(8))  # 1-5, 0-10, 1-7
    at: Mapped[datetime]  # of the latest answer
    value: Mapped[int]  # 4333: four and a third


class ClosingFact(FirmRow):
    """One closing of a case under a rule, and whether the same came back within 90 days.

    A case that was closed twice has two. Rebuilt at will from the stage log and the cases (insights/closing_facts.py).
    """

    __tablename__ = "insights_closings"
    __table_args__ = (
        UniqueConstraint("firm_id", "case_id", "at"),
        Index("ix_insights_closings_at", "firm_id", "at", postgresql_include=["client_id", "rule", "again_at"]),
        Index("ix_insights_closings_client", "firm_id", "client_id", "rule"),
    )
    case_id: Mapped[UUID]
    client_id: Mapped[UUID]
    rule: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    reopened_at: Mapped[datetime | None]
    again_at: Mapped[datetime | None]  # reopened, or another case of this client and rule was opened: the earlier one


class ProvedBreach(FirmRow):
    """A deed that two people should have shared, found in the trail by the proofs of `saas audit verify`."""

    __tablename__ = "insights_breaches"
    __table_args__ = (UniqueConstraint("firm_id", "entry_id"), {"info": {"append_only": True}})
    entry_id: Mapped[UUID]  # the deed that should have been refused
    at: Mapped[datetime]  # when it was done
    duty: Mapped[str] = mapped_column(String(24))
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[UUID]
    person_id: Mapped[UUID]
    found_at: Mapped[datetime]


class DutyCheck(FirmRow):
    """One reading of the whole trail by the proofs: so many deeds up to that moment."""

    __tablename__ = "insights_duty_checks"
    __table_args__ = (Index("ix_insights_duty_checks_at", "firm_id", "at"), {"info": {"append_only": True}})
    at: Mapped[datetime]
    deeds: Mapped[int]
    breaches: Mapped[int]
    faults: Mapped[int] = mapped_column(default=0, server_default="0")  # of the hash chain
