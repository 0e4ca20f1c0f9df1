"""Findings as kept: found once, found again on later imports, confirmed, dismissed, excepted or cured."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text
from saas.kernel.money import Money
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed


class FoundAnomaly(Stateful):
    """One finding of one client. Rule + object make it the same finding on the next import."""

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("firm_id", "client_id", "rule", "object"),
        Index("ix_findings_open", "firm_id", "state", "severity"),
        Index("ix_findings_case", "firm_id", "case_id"),
        Index("ix_findings_period", "firm_id", "period", postgresql_where=text("period IS NOT NULL")),
        Index(
            "ix_findings_decided", "firm_id", "decided_at", postgresql_where=text("decided_at IS NOT NULL"),
            postgresql_include=["state", "case_id", "client_id", "rule", "decided_by"],
        ),
        CheckConstraint("state <> 'dismissed' OR reason <> ''", name="dismissed_with_a_reason"),
        CheckConstraint("state <> 'excepted' OR excepted_until IS NOT NULL", name="exceptions_expire"),
        belongs_to("clients", "client_id"),
    )  # fmt: skip
    client_id: Mapped[UUID]
    rule: Mapped[str] = mapped_column(String(8))
    object: Mapped[str]
    severity: Mapped[str] = mapped_column(String(8))
    score: Mapped[float]
    priority: Mapped[float] = mapped_column(default=0.0)  # score × exposure band × nearness of the filing day
    terms: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{name, weight, confidence}]
    message: Mapped[Text]
    vouchers: Mapped[list[str]]
    rows: Mapped[list[int]]
    period: Mapped[str | None] = mapped_column(String(7))
    account: Mapped[str | None]
    amount: Mapped[Money | None]
    compared: Mapped[dict[str, Any]]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)  # thresholds in force when found: cure uses the same
    first_import_id: Mapped[UUID | None]
    last_import_id: Mapped[UUID | None]
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]  # not found in the last check of its period
    case_id: Mapped[UUID | None]  # cases own the link; no key, since cases come later
    reason: Mapped[str] = mapped_column(default="")  # of a dismissal or exception
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    excepted_until: Mapped[date | None]
    quiet: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # waits in the digest

    @property
    def is_severe(self) -> bool:
        return self.severity in ("high", "critical")

    def confirm(self, deed: Deed) -> None:
        self.case_id = deed.form.case_id
        self._decide("", deed)

    def dismiss(self, deed: Deed) -> None:
        self._decide(deed.form.reason, deed)
        deed.detail["reason"] = deed.form.reason

    def except_(self, deed: Deed) -> None:
        """Always fine for this client. A wider scope than this object becomes an Exemption beside it."""
        self._decide(deed.form.reason, deed)
        self.excepted_until = deed.form.until
        deed.detail["reason"] = deed.form.reason
        if deed.form.scope != "object":
            deed.new.append(self._exemption(deed))

    def exempt(self, deed: Deed) -> None:
        """A new finding that an Exemption already covers; `deed.form` is that row."""
        self.reason, self.decided_by, self.decided_at = deed.form.reason, deed.form.decided_by, deed.now
        self.excepted_until = deed.form.until

    def cure(self, deed: Deed) -> None:
        """Proved on a re-imported ledger (domain.md W2)."""
        self.decided_at, self.gone_at = deed.now, self.gone_at or deed.now

    def reopen(self, deed: Deed) -> None:
        """To be looked at again. What was decided before stays readable until the next decision."""

    def _decide(self, reason: str, deed: Deed) -> None:
        self.reason, self.decided_by, self.decided_at = reason, deed.actor.id, deed.now

    def _exemption(self, deed: Deed) -> Exemption:
        return Exemption(
            client_id=self.client_id,
            rule=self.rule,
            account=(self.account or "") if deed.form.scope == "account" else "",
            reason=deed.form.reason,
            owner_id=deed.form.owner_id,
            decided_by=deed.actor.id,
            decided_at=deed.now,
            until=deed.form.until,
        )


class Exemption(FirmRow):
    """What is always fine for one client: a rule on one account, or the whole rule; somebody answers for it."""

    __tablename__ = "exemptions"
    __table_args__ = (
        Index("ix_exemptions_client", "firm_id", "client_id", "rule"),
        belongs_to("clients", "client_id"),
        belongs_to("memberships", "owner_id"),
    )
    client_id: Mapped[UUID]
    rule: Mapped[str] = mapped_column(String(8))
    account: Mapped[str] = mapped_column(default="")  # "" for every account
    reason: Mapped[str]
    owner_id: Mapped[UUID]
    decided_by: Mapped[UUID]
    decided_at: Mapped[datetime]
    until: Mapped[date]
    ended_at: Mapped[datetime | None]

    def covers(self, rule: str, account: str | None, today: date) -> bool:
        """Whether a finding of this rule on this account is excepted today."""
        return (
            self.rule == rule and self.account in ("", account or "") and self.ended_at is None and today <= self.until
        )


class RuleSetting(FirmRow):
    """A firm's own switch and thresholds of a rule, from a date on; older rows say what held before."""

    __tablename__ = "rule_settings"
    __table_args__ = (UniqueConstraint("firm_id", "rule", "valid_from"),)
    rule: Mapped[str] = mapped_column(String(8))
    valid_from: Mapped[datetime]
    is_on: Mapped[bool]
    thresholds: Mapped[dict[str, Any]]
    changed_by: Mapped[UUID | None]


class CheckRun(FirmRow):
    """One run of the rules over one client's current books."""

    __tablename__ = "check_runs"
    __table_args__ = (Index("ix_check_runs_client", "firm_id", "client_id", "at"), belongs_to("clients", "client_id"))
    client_id: Mapped[UUID]
    import_id: Mapped[UUID | None]
    at: Mapped[datetime]
    first_period: Mapped[str | None] = mapped_column(String(7))
    last_period: Mapped[str | None] = mapped_column(String(7))
    line_count: Mapped[int]
    milliseconds: Mapped[int]
    new_count: Mapped[int]
    again_count: Mapped[int]
    gone_count: Mapped[int]
    rules: Mapped[list[str]] = mapped_column(default=list)  # the others say nothing about their findings
    occasion: Mapped[str] = mapped_column(
        String(12), default="", server_default=""
    )  # "month_end": ahead of a filing day
    told_at: Mapped[datetime | None]  # when the digest of a month-end run went out


class PeriodFigure(FirmRow):
    """One figure of a client's month that the ledger does not hold (checks/figures.py), and where it was taken from."""

    __tablename__ = "period_figures"
    __table_args__ = (
        UniqueConstraint("firm_id", "client_id", "period", "name"),
        CheckConstraint(r"period ~ '^\d{4}-(0[1-9]|1[0-2])$'", name="a_month"),
        belongs_to("clients", "client_id"),
    )
    client_id: Mapped[UUID]
    period: Mapped[str] = mapped_column(String(7))
    name: Mapped[str] = mapped_column(String(24))  # a name of FIGURES
    value: Mapped[int] = mapped_column(BigInteger)  # fen, or a number of people
    source: Mapped[str] = mapped_column(default="")
    entered_by: Mapped[UUID | None]
    entered_at: Mapped[datetime]
