"""The quality sample: each month some closed refunds, drawn at random, are read again by somebody apart."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.queries import client as client_of
from saas.kernel import clock
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden
from saas.kernel.i18n import Text, _
from saas.refunds import queries as refunds
from saas.refunds.watch import closed
from saas.refunds.watch.thresholds import thresholds
from saas.refunds.watch.watch_models import QualityCheck
from saas.tasks.models import Task

FAULTS: dict[str, Text] = {
    "time": _("a deadline was missed"),
    "evidence": _("evidence is missing"),
    "calculation": _("the calculation is not the policy’s"),
    "talk": _("the talk with the client is not on record"),
    "approval": _("an approval is doubtful"),
    "payee": _("the account was not checked well"),
    "letter": _("a letter is wrong or unclear"),
    "other": _("something else"),
}
NAME_A_FAULT = _("Say what is wrong.")
READ_WITHIN = timedelta(days=14)


async def draw(session: AsyncSession) -> None:
    """Daily; draws once a month, from what was closed in the month before, and asks reviewers to read it."""
    now, month = clock.now(), clock.today().replace(day=1)
    begin = datetime.combine(month, time(), clock.CHINA)
    wanted = (await thresholds(session)).sample
    if not wanted or await closed.drawn_since(session, begin):
        return
    before = datetime.combine((month - timedelta(days=1)).replace(day=1), time(), clock.CHINA)
    for refund_id in await closed.draw(session, before, begin, wanted):
        await _drawn(session, refund_id, now)


async def _drawn(session: AsyncSession, refund_id: UUID, now: datetime) -> None:
    refund = await refunds.refund(session, refund_id)
    client = await client_of(session, refund.client_id)
    check = QualityCheck(refund_id=refund_id, drawn_at=now)
    session.add(check)
    await session.flush()
    session.add(
        Task(subject_kind="refund_check", subject_id=check.id, client_id=client.id, role="reviewer",
             title=_("%(client)s · %(number)s", client=client.name, number=refund.number),
             step=_("Read a closed refund again"), url="/refunds/watch/quality", created_at=now,
             due_at=now + READ_WITHIN)
    )  # fmt: skip
    record(session, SYSTEM, "refunds.draw", now, subject=refund, client_id=client.id, summary=refund.number)


async def judge(
    session: AsyncSession, check_id: UUID, actor: Actor, *, faults: list[str], remark: str, now: datetime
) -> QualityCheck:
    """Good without faults. Forbidden for whoever had a part in it; Conflict once another has read it."""
    check = await closed.check(session, check_id)
    if check.checked_at is not None:
        if check.checked_by == actor.id:
            return check
        raise Conflict(_("Somebody else read this refund already."))
    if actor.id is None or await closed.took_part(session, check.refund_id, actor.id):
        raise Forbidden(_("You had a part in this refund: somebody else reads it again."),
                        action="refunds.check_quality", subject_id=check.refund_id)  # fmt: skip
    check.result, check.about, check.remark = "fault" if faults else "good", faults, remark
    check.checked_by, check.checked_at = actor.id, now
    for task in await closed.tasks_of(session, check.id):
        task.finish(now, actor.id)
    refund = await refunds.refund(session, check.refund_id)
    record(session, actor, "refunds.check_quality", now, subject=refund, client_id=refund.client_id, timeline=True,
           result=check.result, summary=remark)  # fmt: skip
    return check
