"""What cases do when something happens elsewhere: findings follow their case, and a case follows its letter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import chores, letters, queries
from saas.cases.forms import Answered, Reason
from saas.cases.models import Case
from saas.cases.rules import REOPENS_WITHIN
from saas.cases.workflow import CASE, OPEN
from saas.checks import queries as checks
from saas.checks.forms import Dismiss, Except, LinkCase
from saas.checks.workflow import FINDING
from saas.kernel.access import SYSTEM
from saas.kernel.i18n import _
from saas.kernel.module import Event
from saas.kernel.perform import perform
from saas.notices import drafts
from saas.notices import queries as notices
from saas.tasks import errands
from saas.tasks.models import Task

SETTLED_FOR = timedelta(days=365)  # what was settled without a voucher is not raised again for a year


async def findings_follow(session: AsyncSession, event: Event) -> None:
    """A case's end decides its findings: false alarms, settled ones, cured ones. Precision counts findings."""
    case: Case = event.row
    for finding in await checks.of_case(session, case.id):
        if finding.state != "confirmed":
            continue
        if event.name in ("case.dismissed", "case.explained"):
            verdict: tuple[str, Any] = ("reject", Dismiss(case.outcome_reason))
        elif event.name == "case.verified":
            verdict = ("cure", None)
        elif case.outcome in ("external", "no_entry") and case.owner_id is not None:
            until = (event.now + SETTLED_FOR).date()
            verdict = ("settle", Except("object", case.owner_id, until, case.outcome_reason))
        else:
            continue
        name, form = verdict
        await perform(session, FINDING, finding.id, name, event.actor, form, now=event.now)


async def settled(session: AsyncSession, event: Event) -> None:
    """Nothing to book: the letter with the client's duties goes out with the reviewer's yes."""
    await letters.send(session, event.row, event.actor, event.now)


async def drafts_dropped(session: AsyncSession, event: Event) -> None:
    """The plan is gone, and with it the letters drafted for it; what was issued counts until the next version."""
    case: Case = event.row
    reason = str(event.detail.get("reason") or _("The plan was given up; the case is analysed anew."))
    await drafts.drop(session, event.actor, case.id, reason, event.now)
    issued = await notices.standing(session, case.id)
    case.notice_id = issued.id if issued is not None else None


async def letter_withdrawn(session: AsyncSession, event: Event) -> None:
    """Nobody can answer a letter that was withdrawn: its case goes back to analysis."""
    case = await _case_of(session, event)
    if case is not None and case.notice_id == event.row.id and case.state in ("approved", "notified"):
        await perform(session, CASE, case.id, "recall", event.actor, Reason(event.row.withdrawn_reason), now=event.now)


async def finding_returned(session: AsyncSession, event: Event) -> None:
    """Cured, and there again: within 90 days of its closing the case reopens; one being closed goes back."""
    finding = event.row
    case = await queries.case_or_none(session, finding.case_id) if finding.case_id else None
    if case is None:
        return
    reason = Reason(str(_("The rule found it again: %(message)s", message=finding.message)))
    if case.state == "closed" and case.closed_at is not None and event.now - case.closed_at <= REOPENS_WITHIN:
        await perform(session, CASE, case.id, "recur", SYSTEM, reason, now=event.now)
    elif case.state == "verified":
        await perform(session, CASE, case.id, "not_cured", SYSTEM, reason, now=event.now)
    elif case.state not in OPEN:
        return
    await perform(session, FINDING, finding.id, "confirm", SYSTEM, LinkCase(case.id), now=event.now)


async def notice_approved(session: AsyncSession, event: Event) -> None:
    """The letter that counts is the newest version; the completion report is another letter."""
    case = await _case_of(session, event)
    if case is not None and event.row.kind != "completion":
        case.notice_id = event.row.id


async def notice_sent(session: AsyncSession, event: Event) -> None:
    """Accepted, delivered or seen on at least one channel."""
    case = await _case_of(session, event)
    if case is not None and case.state == "approved" and case.notice_id == event.row.id:
        await perform(session, CASE, case.id, "notify", SYSTEM, now=event.now)


async def notice_answered(session: AsyncSession, event: Event) -> None:
    """The client's human act: the case goes on, or back to analysis."""
    case = await _case_of(session, event)
    if case is None or case.notice_id != event.row.id or case.state not in ("approved", "notified"):
        return
    if event.name == "notice.acknowledged":
        how = Answered(str(event.detail.get("how") or "link"))
        await perform(session, CASE, case.id, "acknowledge", event.actor, how, now=event.now)
    else:
        reason = Reason(str(event.detail.get("text") or event.detail.get("reason") or ""))
        await perform(session, CASE, case.id, "object", event.actor, reason, now=event.now)


async def message_failed(session: AsyncSession, event: Event) -> None:
    """A mail with questions came back: the owner has to find another way."""
    if event.row.subject_kind not in ("question", "question_chase"):
        return
    case = await queries.case_or_none(session, event.row.subject_id)
    if case is None or case.state not in OPEN:
        return
    step = _("The questions did not reach %(address)s", address=event.row.recipient)
    await errands.give(session, CASE, case, step, event.now, assignee_id=case.owner_id)


async def letter_expired(session: AsyncSession, event: Event) -> None:
    """Silence is not consent: somebody has to speak with the client before a manager may go on."""
    case = await _case_of(session, event)
    if case is not None and case.notice_id == event.row.id and case.state in ("approved", "notified"):
        await errands.give(session, CASE, case, chores.EXPIRED, event.now, assignee_id=case.owner_id)


async def follow_merge(session: AsyncSession, event: Event) -> None:
    """The cases of a merged client, and the tasks they gave, go to the other one."""
    into, merged_id = event.row, event.detail["merged_id"]
    for table in (Case, Task):
        mine = (table.firm_id == into.firm_id, table.client_id == merged_id)
        await session.execute(update(table).where(*mine).values(client_id=into.id))


async def _case_of(session: AsyncSession, event: Event) -> Case | None:
    if event.row.subject_kind != CASE.name:
        return None
    return await queries.case_or_none(session, event.row.subject_id)
