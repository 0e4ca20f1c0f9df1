"""Who is qualified for what on a day, decided here only: the owner's words, certificates, what the firm asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    CompoundSelect,
    Date,
    Select,
    String,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.models import Qualification
from saas.kernel.access import Actor
from saas.kernel.i18n import Both, Signpost, Text, _
from saas.kernel.module import composition
from saas.kernel.prepared import FIRM, MEMBER, here
from saas.kernel.standing import Standing
from saas.training.course_models import Course, CourseVersion
from saas.training.duty_models import Assignment, Gate
from saas.training.exam_models import Certificate

DAY = bindparam("day", type_=Date())
Demand = Literal["off", "either", "certificate"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for one qualification, and the course whose certificate gives it."""

    demand: Demand
    course_id: UUID | None = None
    title: Both | None = None


@dataclass(slots=True)
class Holder:
    """What one member can show: the owner's words, and the last day of each certificate, by course and by code."""

    words: set[str] = field(default_factory=set)
    courses: dict[UUID, date] = field(default_factory=dict)
    codes: dict[str, date] = field(default_factory=dict)

    def certify(self, course_id: UUID, codes: list[str], until: date) -> None:
        self.courses[course_id] = max(until, self.courses.get(course_id, until))
        for code in codes:
            self.codes[code] = max(until, self.codes.get(code, until))


def by_default(code: str) -> Asked:
    """Where the firm chose nothing."""
    return Asked("off" if code in composition().by_choice else "either")


def certified_until(code: str, asked: Asked, holder: Holder) -> date | None:
    """The last day of the certificate that counts for it; None if there never was one."""
    return holder.courses.get(asked.course_id) if asked.course_id else holder.codes.get(code)


def counts(code: str, asked: Asked, holder: Holder, day: date) -> bool:
    """Whether this member may do on this day what asks for the qualification."""
    until = certified_until(code, asked, holder)
    if asked.demand == "off" or (until is not None and until >= day):
        return True
    return asked.demand == "either" and code in holder.words


def why_not(code: str, asked: Asked, holder: Holder) -> Text | None:
    """The refusal, with the way to the course; None where the kernel's own words say it."""
    if asked.course_id is None:
        return None
    until = certified_until(code, asked, holder)
    sentence = _("This step asks for a valid certificate: %(course)s.", course=asked.title)
    if until is not None:
        sentence = _(
            "Your certificate ended on %(day)s: %(course)s. Renew it before this step.",
            day=until.isoformat(),
            course=asked.title,
        )
    return Signpost(sentence, f"/training/courses/{asked.course_id}", _("To the course"))


async def standing_of(session: AsyncSession, actor: Actor, day: date) -> Standing:
    """For the kernel, with each request and at each deed that asks: one query."""
    asked, holders = await everything(session, day, actor.id)
    holder = holders.get(actor.id, Holder()) if actor.id else Holder()
    gated = {code: asked.get(code) or by_default(code) for code in composition().gates}
    held = {code for code, wanted in gated.items() if counts(code, wanted, holder, day)}
    held |= {code for code in holder.words if code not in gated}
    missing = {code: why_not(code, wanted, holder) for code, wanted in gated.items() if code not in held}
    return Standing(frozenset(held), {code: reason for code, reason in missing.items() if reason is not None})


async def everything(
    session: AsyncSession, day: date, member_id: UUID | None = None
) -> tuple[dict[str, Asked], dict[UUID, Holder]]:
    """What the firm asks for on this day, and what one member, or each of them, can show."""
    asked: dict[str, Asked] = {}
    holders: dict[UUID, Holder] = {}
    rows = await session.execute(_everything(member_id is not None), {**here(), "day": day, "member": member_id})
    for kind, code, course_id, who, data in rows.all():
        if kind == "gate":
            asked[code] = Asked(
                data["demand"], course_id, Both(data["title"]["zh"], data["title"]["en"]) if course_id else None
            )
            continue
        holder = holders.setdefault(who, Holder())
        if kind == "word":
            holder.words.add(code)
        else:
            holder.certify(course_id, data["codes"], date.fromisoformat(data["until"]))
    return asked, holders


@cache
def _everything(of_one: bool) -> CompoundSelect[Any]:
    return union_all(_gates(), _words(of_one), _certificates(of_one))


def _gates() -> Select[Any]:
    """The row in force of each qualification: the latest that has begun."""
    data = func.jsonb_build_object("demand", Gate.demand, "title", CourseVersion.title)
    return (
        select(literal("gate").label("kind"), Gate.qualification, Gate.course_id, cast(null(), Uuid), data)
        .outerjoin(Course, (Course.firm_id == Gate.firm_id) & (Course.id == Gate.course_id))
        .outerjoin(CourseVersion, (CourseVersion.firm_id == Course.firm_id) & (CourseVersion.id == Course.published_id))
        .where(Gate.firm_id == FIRM, Gate.valid_from <= DAY)
        .ext(distinct_on(Gate.qualification))
        .order_by(Gate.qualification, Gate.valid_from.desc())
    )


def _words(of_one: bool) -> Select[Any]:
    """What the owner granted by hand."""
    query = select(
        literal("word"), Qualification.code, cast(null(), Uuid), Qualification.member_id, cast(null(), JSONB)
    )
    query = query.where(Qualification.firm_id == FIRM, Qualification.valid_until >= DAY)
    return query.where(Qualification.member_id == MEMBER) if of_one else query


def _certificates(of_one: bool) -> Select[Any]:
    """Also those that have ended, so that the refusal can say when.

    A new policy asks for its course again (R7.1): who has not passed by the due day holds a certificate no more.
    """
    asked_again = select(cast(func.min(func.timezone("Asia/Shanghai", Assignment.due_at)), Date)).where(
        Assignment.firm_id == Certificate.firm_id,
        Assignment.member_id == Certificate.member_id,
        Assignment.course_id == Certificate.course_id,
        Assignment.why == "policy",
        Assignment.assigned_at > Certificate.issued_at,
        Assignment.done_at.is_(None),
        Assignment.waived_at.is_(None),
    )
    until = func.least(Certificate.valid_until, asked_again.scalar_subquery())
    data = func.jsonb_build_object("codes", Certificate.qualifications, "until", until)
    query = select(literal("paper"), cast(null(), String), Certificate.course_id, Certificate.member_id, data)
    query = query.where(Certificate.firm_id == FIRM, Certificate.withdrawn_at.is_(None))
    return query.where(Certificate.member_id == MEMBER) if of_one else query
