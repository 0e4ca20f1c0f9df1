"""A passed exam becomes a certificate, in the transaction in which it was handed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries as firms
from saas.identity.queries import member as member_of
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.months import last_day_of_term
from saas.kernel.outbox import enqueue
from saas.kernel.serials import next_serial
from saas.notices.numbering import new_code, read_code
from saas.training.course_models import CourseVersion
from saas.training.exam_models import Attempt, Certificate


async def issue(
    session: AsyncSession, attempt: Attempt, version: CourseVersion, actor: Actor, now: datetime
) -> Certificate:
    """Numbered without gaps; while it is valid it gives what the course says (training/gates), and it is printed by a
    job."""
    today = now.astimezone(clock.CHINA).date()
    firm, member = await firms.firm(session), await member_of(session, attempt.member_id)
    code = new_code(firm.code)
    certificate = Certificate(
        member_id=attempt.member_id,
        course_id=attempt.course_id,
        version_id=version.id,
        attempt_id=attempt.id,
        year=today.year,
        number=await next_serial(session, "certificate", today.year),
        code=code,
        code_hash=read_code(code)[1],
        member_name=member.name,
        title=version.title,
        version_number=version.number,
        percent=attempt.percent,
        credits=version.credits,
        qualifications=version.qualifications,
        issued_at=now,
        valid_until=last_day_of_term(today, version.valid_months),
    )
    session.add(certificate)
    await session.flush()
    record(session, actor, "training.certify", now, subject=certificate, name=member.name, course=version.title["zh"])
    enqueue(session, "training.print", certificate_id=str(certificate.id))
    return certificate


def serial_text(certificate: Certificate) -> str:
    """培证字〔2026〕第 0007 号, the same in both languages."""
    return f"培证字〔{certificate.year}〕第 {certificate.number:04d} 号"
