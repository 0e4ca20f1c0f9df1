"""What a record taught, why it happened, what is done about it, and what waits to be looked at."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel.db import FirmRow, belongs_to
from saas.kernel.i18n import Text
from saas.kernel.stages import Stateful
from saas.kernel.workflow import Deed


class LibraryLesson(FirmRow):
    """A lesson of the library. Whys and texts of a case stay with the case; here is what goes beyond it."""

    __tablename__ = "library_lessons"
    __table_args__ = (
        UniqueConstraint("firm_id", "source_kind", "source_id"),
        Index("ix_library_lessons_at", "firm_id", "written_at"),
        belongs_to("clients", "client_id"),
    )
    title: Mapped[Text]
    source_kind: Mapped[str] = mapped_column(String(12))  # case, refund, incident, complaint, survey, staff
    source_id: Mapped[UUID | None]
    source_label: Mapped[str] = mapped_column(default="")  # the record's number
    source_url: Mapped[str] = mapped_column(default="")  # under the firm
    client_id: Mapped[UUID | None]
    rule: Mapped[str] = mapped_column(String(8), default="")
    cause_code: Mapped[str] = mapped_column(String(12), default="")
    learned: Mapped[str] = mapped_column(default="")  # what everybody should remember, in two or three sentences
    whys: Mapped[list[str]] = mapped_column(default=list)  # empty where the source has its own
    written_by: Mapped[UUID | None]
    written_at: Mapped[datetime]
    shared_at: Mapped[datetime | None]
    shared_by: Mapped[UUID | None]


class Cause(FirmRow):
    """A branch of a lesson's cause tree; without a parent it hangs on what happened."""

    __tablename__ = "lesson_causes"
    __table_args__ = (
        Index("ix_lesson_causes_lesson", "firm_id", "lesson_id"),
        belongs_to("library_lessons", "lesson_id"),
        belongs_to("lesson_causes", "parent_id"),
    )
    lesson_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]
    text: Mapped[str]
    kind: Mapped[str] = mapped_column(String(12))  # people, process, system, papers, client, outside
    is_root: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime]


class Improvement(Stateful):
    """Something done about a lesson: by whom, until when; after some days somebody else judges whether it helped.

    `baseline` and `outcome` are measuring.rates.Rate as stored: {count, base, since, until}.
    """

    __tablename__ = "improvement_actions"
    __table_args__ = (
        Index("ix_improvement_actions_lesson", "firm_id", "lesson_id"),
        Index("ix_improvement_actions_state", "firm_id", "state", "due_on"),
        UniqueConstraint("firm_id", "follows_id"),
        CheckConstraint("judged_by IS NULL OR judged_by <> owner_id", name="judge_is_not_owner"),
        belongs_to("library_lessons", "lesson_id"),
        belongs_to("memberships", "owner_id"),
        belongs_to("improvement_actions", "follows_id"),
    )
    lesson_id: Mapped[UUID | None]
    title: Mapped[str]
    owner_id: Mapped[UUID | None]
    due_on: Mapped[date]
    check_days: Mapped[int] = mapped_column(default=60)  # calendar days from done to the effect check
    target_kind: Mapped[str] = mapped_column(String(8), default="")  # measuring.targets.KINDS; "" is judged in words
    target_key: Mapped[str] = mapped_column(String(40), default="")
    baseline: Mapped[dict[str, Any] | None]
    outcome: Mapped[dict[str, Any] | None]
    done_on: Mapped[date | None]
    done_note: Mapped[str] = mapped_column(default="")
    judged_by: Mapped[UUID | None]
    judged_at: Mapped[datetime | None]
    verdict: Mapped[str] = mapped_column(default="")
    follows_id: Mapped[UUID | None]  # the action that did not help

    def finish(self, deed: Deed) -> None:
        self.done_on, self.done_note = deed.facts.today, deed.form.note
        self.baseline = deed.facts.baseline
        self.due_at = None  # from here on the day of the check counts
        deed.detail["reason"] = deed.form.note

    def judge(self, deed: Deed) -> None:
        self.judged_by, self.judged_at, self.verdict = deed.actor.id, deed.now, deed.form.reason
        self.outcome = deed.facts.outcome
        deed.detail["reason"] = deed.form.reason

    def hand_to(self, deed: Deed) -> None:
        self.owner_id = deed.form.owner_id
        deed.detail["owner_id"] = str(deed.form.owner_id)

    def drop(self, deed: Deed) -> None:
        self.verdict = deed.form.reason
        deed.detail["reason"] = deed.form.reason


class InboxItem(FirmRow):
    """Something that might teach us something: an idea of staff, words of a survey, a refund that was our own fault.

    `text` is a colleague's own; of a survey the answer itself is shown (`source_id` names it). Looked at once.
    """

    __tablename__ = "improvement_inbox"
    __table_args__ = (
        UniqueConstraint("firm_id", "source_kind", "source_id"),
        Index("ix_improvement_inbox_open", "firm_id", "decided_at"),
        CheckConstraint("result <> 'dismissed' OR reason <> ''", name="dismissed_with_a_reason"),
        belongs_to("clients", "client_id"),
    )
    source_kind: Mapped[str] = mapped_column(String(12))  # as of a lesson
    source_id: Mapped[UUID | None]
    source_label: Mapped[str] = mapped_column(default="")
    source_url: Mapped[str] = mapped_column(default="")
    client_id: Mapped[UUID | None]
    text: Mapped[Text]
    tags: Mapped[list[str]] = mapped_column(default=list)  # given by people, later also proposed by a reader of texts
    written_by: Mapped[UUID | None]
    written_at: Mapped[datetime]
    result: Mapped[str] = mapped_column(String(10), default="")  # lesson, change, dismissed
    result_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
