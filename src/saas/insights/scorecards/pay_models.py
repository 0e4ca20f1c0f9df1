"""Rules by which bonuses and penalties are proposed, and the ledger of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text
from saas.kernel.money import Money
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed

KINDS = ("bonus", "penalty")


class PayRule(FirmRow):
    """One version of a rule from a day on: so many points of a part (or of the whole), so much money, at most so much
    a person and calendar year. `amount` 0 ends the rule from that day. Rows are never changed.
    """

    __tablename__ = "pay_rules"
    __table_args__ = (
        CheckConstraint("kind IN ('bonus', 'penalty')", name="kind"),
        CheckConstraint("points BETWEEN 0 AND 100 AND amount >= 0 AND most >= amount", name="limits"),
        CheckConstraint("kind = 'bonus' OR clause <> ''", name="clause"),
        Index("ix_pay_rules_key", "firm_id", "key", "applies_from"),
        {"info": {"append_only": True}},
    )
    key: Mapped[str] = mapped_column(String(40))  # the same for all versions of one rule
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[dict[str, Any]]  # {zh, en}
    clause: Mapped[str]  # of the firm's rule book; a penalty has none without it
    part: Mapped[str] = mapped_column(String(12))  # "": the whole card
    points: Mapped[int]  # a bonus from so many on, a penalty below so many
    amount: Mapped[Money]
    most: Mapped[Money]
    applies_from: Mapped[date]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None]  # None: the starter


class PayEntry(Stateful):
    """A bonus or a penalty of one person in one month's pay: proposed with evidence, approved by somebody else than
    the person concerned, open to objection until `objects_until`, then final.
    """

    __tablename__ = "pay_entries"
    __table_args__ = (
        UniqueConstraint("firm_id", "number"),
        UniqueConstraint("firm_id", "rule_key", "card_id"),  # a card proposes once for each rule
        CheckConstraint("kind IN ('bonus', 'penalty')", name="kind"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("kind = 'bonus' OR clause <> ''", name="clause"),
        CheckConstraint("approved_by IS NULL OR approved_by <> member_id", name="approved_by_another"),
        CheckConstraint("answered_by IS NULL OR answered_by <> member_id", name="answered_by_another"),
        Index("ix_pay_entries_member", "firm_id", "member_id", "month"),
        belongs_to("memberships", "member_id"),
        belongs_to("scorecards", "card_id"),
    )
    number: Mapped[str] = mapped_column(String(20))  # JC-2026-0001
    member_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(8))
    month: Mapped[str] = mapped_column(String(7))  # 2026-11: whose pay it changes
    amount: Mapped[Money]
    clause: Mapped[str] = mapped_column(default="")
    reason: Mapped[Text]  # what happened, with the numbers of the records
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{name, sha256, size}]
    rule_key: Mapped[str | None] = mapped_column(String(40))
    card_id: Mapped[UUID | None]
    proposed_by: Mapped[UUID | None]  # None: by rule
    proposed_at: Mapped[datetime]
    wage: Mapped[Money | None]  # of that month, typed by who approves a penalty
    minimum: Mapped[Money | None]  # the local minimum wage it was held against
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    objects_until: Mapped[datetime | None]
    objection: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")  # why it was refused, or what became of the objection
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]

    def approve(self, deed: Deed) -> None:
        self.approved_by, self.approved_at = deed.actor.id, deed.now
        self.objects_until = self.due_at = deed.facts.objects_until
        if self.kind == "penalty":
            self.wage, self.minimum = deed.form.wage, deed.facts.minimum

    def refuse(self, deed: Deed) -> None:
        self.answer, self.answered_by, self.answered_at = deed.form.answer, deed.actor.id, deed.now

    def object_to(self, deed: Deed) -> None:
        self.objection = deed.form.reason

    def nothing(self, deed: Deed) -> None:
        """Nothing but the state changes."""
