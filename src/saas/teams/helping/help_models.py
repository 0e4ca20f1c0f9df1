"""A question to a colleague or to a role about one record, with its own clock and its receipt."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import belongs_to
from saas.kernel.i18n import Text
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed


class Help(Stateful):
    """asked → taken on → answered, or declined with a reason, or taken back."""

    __tablename__ = "team_helps"
    __table_args__ = (
        Index("ix_team_helps_subject", "firm_id", "subject_id"),
        CheckConstraint("helper_id <> asker_id", name="nobody_asks_themselves"),
        CheckConstraint("helper_id IS NOT NULL OR role <> ''", name="asks_somebody"),
        belongs_to("memberships", "asker_id"),
        belongs_to("memberships", "helper_id"),
        belongs_to("clients", "client_id"),
    )
    subject_kind: Mapped[str] = mapped_column(String(16))  # "case", "refund", "checklist", "notice"
    subject_id: Mapped[UUID]
    client_id: Mapped[UUID | None]
    title: Mapped[Text]  # of the record, as it was called
    url: Mapped[str]  # of the record, under the firm
    question: Mapped[str]
    asker_id: Mapped[UUID]
    asked_at: Mapped[datetime]
    helper_id: Mapped[UUID | None]  # who was asked, or who took it on
    role: Mapped[str] = mapped_column(String(16), default="")  # asked of anybody with it
    days: Mapped[int]  # working days for the answer
    taken_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")  # why it was declined
    settled_by: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]

    def take_on(self, deed: Deed) -> None:
        self.helper_id, self.taken_at = deed.actor.id, deed.now

    def give_answer(self, deed: Deed) -> None:
        self.helper_id, self.answer = self.helper_id or deed.actor.id, deed.form.answer
        self.taken_at = self.taken_at or deed.now
        self._settle(deed)
        deed.detail["summary"] = self.answer[:200]

    def decline(self, deed: Deed) -> None:
        self.reason = deed.form.reason
        self._settle(deed)
        deed.detail["reason"] = self.reason[:200]

    def take_back(self, deed: Deed) -> None:
        self._settle(deed)

    def _settle(self, deed: Deed) -> None:
        self.settled_by, self.settled_at = deed.actor.id, deed.now
