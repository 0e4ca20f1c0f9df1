"""Figures of training, each with its n: completion, pass rate, validity of certificates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Date, Integer, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.tenancy import of_this_firm
from saas.training.course_models import Course
from saas.training.duty_models import Assignment
from saas.training.exam_models import Attempt, Certificate

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of n."""

    label: Text
    part: int
    n: int

    @property
    def percent(self) -> int | None:
        """Rounded down: 79.9 is not 80. None of nothing."""
        return 100 * self.part // self.n if self.n else None

    def shown(self) -> dict[str, Any]:
        """As `ui.key_figures` takes it."""
        percent = self.percent
        note = _("%(part)s of %(n)s", part=self.part, n=self.n)
        return {"label": self.label, "value": "—" if percent is None else f"{percent} %", "unit": note}


async def completion(session: AsyncSession, now: datetime, since: datetime | None = None) -> Share:
    """Done by the due moment, of all that came due in the time (a year if not said); what was waived is left out."""
    in_time = cast(func.coalesce(Assignment.done_at <= Assignment.due_at, False), Integer)
    query = select(func.count(), func.coalesce(func.sum(in_time), 0)).where(
        of_this_firm(Assignment),
        Assignment.waived_at.is_(None),
        Assignment.due_at.between(since or now - YEAR, now),
    )
    n, part = (await session.execute(query)).one()
    return Share(_("Courses passed in time"), part, n)


async def pass_rate(session: AsyncSession, now: datetime, since: datetime | None = None) -> Share:
    """Passed, of all exams handed in in the time."""
    query = select(func.count(), func.coalesce(func.sum(cast(Attempt.passed, Integer)), 0)).where(
        of_this_firm(Attempt), Attempt.handed_in_at.between(since or now - YEAR, now)
    )
    n, part = (await session.execute(query)).one()
    return Share(_("Exams passed"), part, n)


async def validity(session: AsyncSession, now: datetime) -> Share:
    """Valid today, of the latest certificate of everybody who works here in each course in use."""
    last = (
        select(func.max(Certificate.valid_until).label("until"))
        .join(Membership, (Membership.firm_id == Certificate.firm_id) & (Membership.id == Certificate.member_id))
        .join(Course, (Course.firm_id == Certificate.firm_id) & (Course.id == Certificate.course_id))
        .where(
            of_this_firm(Certificate),
            Certificate.withdrawn_at.is_(None),
            Membership.left_at.is_(None),
            Course.retired_at.is_(None),
        )
        .group_by(Certificate.member_id, Certificate.course_id)
        .subquery()
    )
    today = now.astimezone(clock.CHINA).date()
    valid = cast(last.c.until >= cast(today, Date), Integer)
    n, part = (await session.execute(select(func.count(), func.coalesce(func.sum(valid), 0)).select_from(last))).one()
    return Share(_("Certificates that are valid"), part, n)
