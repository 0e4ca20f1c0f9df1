"""Two pairs of eyes: submit, blind second entry, approve, return. The case moves in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments import desk, letter, planning, typed
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.preflight import Check, preflight
from saas.adjustments.forms import Effective
from saas.adjustments.models import Adjustment
from saas.adjustments.planning import Desk
from saas.adjustments.tax.storage import load_effect
from saas.cases.forms import Reason
from saas.cases.workflow import CASE
from saas.clients.queries import approvers
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden, Invalid
from saas.kernel.i18n import Text, _, listed
from saas.kernel.perform import calendar_of, perform
from saas.ledgers import queries as ledger_queries
from saas.ledgers import snapshots
from saas.notices import drafts, issue
from saas.notices import queries as notice_queries
from saas.notices.models import Notice

TICKS: dict[str, Text] = {
    "evidence": _("I looked at the original document and the voucher that is wrong."),
    "method": _("The method is the lawful one for this error, year and standard."),
    "lines": _("Accounts, auxiliaries, amounts, dates and summaries are right."),
    "tax": _("The tax effect and the returns to amend are right."),
    "letter": _("The letter says it in words the client understands."),
}


async def checks(session: AsyncSession, at: Desk, adjustment: Adjustment) -> tuple[Plan, list[Check]]:
    """The plan as it stands, and the check list against the books as they are now."""
    rows = await planning.vouchers_of(session, adjustment)
    plan = planning.stored_plan(adjustment, rows, at.books)
    now = {key: found for key, _print in plan.corrects if (found := desk.voucher(at.ledger, key)) is not None}
    return plan, preflight(plan, at.books, now)


async def submit(
    session: AsyncSession, at: Desk, adjustment: Adjustment, form: Effective, actor: Actor, now: datetime
) -> None:
    """Complete and checked: snapshot, letter drafted, and to the reviewer."""
    _refuse_frozen(adjustment)
    plan, list_ = await checks(session, at, adjustment)
    problems = [problem for check in list_ for problem in check.problems]
    if problems:
        raise Forbidden(problems[0], action="adjustment.submit", subject_id=adjustment.id)
    if adjustment.needs_second_entry and adjustment.second_entry_at is None:
        raise Forbidden(_("Amounts of this size are entered a second time by somebody else first."))
    adjustment.effective_on = form.effective_on
    adjustment.duties = [line.strip() for line in form.duties.splitlines() if line.strip()]
    adjustment.submitted_at = now
    await _snapshot_before(session, at, adjustment, plan, now)
    await _draft_letter(session, at, adjustment, plan, actor, now)
    at.case.extra = {
        **at.case.extra,
        "needs_manager": adjustment.needs_manager,
        "editors": sorted(set(adjustment.edited_by)),
        "client_must_say_yes": form.needs_yes or load_effect(adjustment.tax).any,
    }
    await session.flush()
    await perform(session, CASE, at.case.id, "submit", actor, now=now)


async def enter_again(
    session: AsyncSession, at: Desk, adjustment: Adjustment, raw: Mapping[str, Any], actor: Actor, now: datetime
) -> None:
    """The blind second entry: another person types the amounts without seeing them; they must agree to the fen."""
    _refuse_frozen(adjustment)
    if str(actor.id) in adjustment.edited_by:
        raise Forbidden(_("The second entry is made by somebody who did not draft this plan."))
    for row in await planning.vouchers_of(session, adjustment):
        typed_lines = typed.lines(raw, f"v{row.position}-", at.books.chart)
        wanted = sorted((line["account"], line["debit_fen"], line["credit_fen"]) for line in row.lines)
        if sorted((line.account, line.debit.fen, line.credit.fen) for line in typed_lines) != wanted:
            raise Invalid(
                _("%(voucher)s differs from the first entry. Neither is shown: compare both with the document.",
                  voucher=planning.drafted(row).key)
            )  # fmt: skip
    adjustment.second_entry_by, adjustment.second_entry_at = actor.id, now
    record(session, actor, "adjustment.enter_again", now, subject=adjustment, client_id=at.client.id)


async def approve(
    session: AsyncSession, at: Desk, adjustment: Adjustment, ticks: list[str], actor: Actor, now: datetime
) -> None:
    """The reviewer's yes, or the manager's after it. The last yes freezes the plan and issues the letter."""
    if adjustment.status != "submitted":
        raise Conflict(_("This plan is not waiting for approval."))
    if set(ticks) != set(TICKS):
        raise Invalid(_("Every point of the review list has to be ticked."), {"tick": _("Please tick every point.")})
    second = at.case.state == "in_approval"
    case = await perform(session, CASE, at.case.id, "approve", actor, now=now)
    if second:
        adjustment.manager_id, adjustment.manager_at = actor.id, now
    else:
        adjustment.reviewed_by, adjustment.reviewed_at = actor.id, now
        adjustment.checklist = dict.fromkeys(ticks, True)
    if case.state != "approved":
        return
    adjustment.approved_at = now
    await session.flush()
    notice = await _notice(session, adjustment)
    await issue.approve(session, notice, actor, now)


async def send_back(
    session: AsyncSession, at: Desk, adjustment: Adjustment, reason: str, actor: Actor, now: datetime
) -> None:
    """Returned with a reason: the next draft is a new version."""
    if adjustment.status != "submitted":
        raise Conflict(_("This plan is not waiting for approval."))
    if str(actor.id) in adjustment.edited_by:
        raise Forbidden(_("Nobody reviews their own work: a second person has to do this."))
    adjustment.returned_at, adjustment.returned_reason = now, reason
    await perform(session, CASE, at.case.id, "send_back", actor, Reason(reason), now=now)
    record(session, actor, "adjustment.return", now, subject=adjustment, client_id=at.client.id, reason=reason)


async def _snapshot_before(session: AsyncSession, at: Desk, adjustment: Adjustment, plan: Plan, now: datetime) -> None:
    versions = await ledger_queries.versions(session, at.client.id)
    adjustment.found_versions = [str(version.id) for version in versions]
    accounts = {line.account for line in plan.lines} | {line.account for v in plan.rewritten for line in v.lines}
    snapshot = await snapshots.take(
        session,
        at.ledger,
        accounts,
        client_id=at.client.id,
        subject_kind="case",
        subject_id=at.case.id,
        moment="before",
        import_ids=sorted({str(version.import_id) for version in versions}),
        now=now,
    )
    adjustment.before_sha256 = snapshot.sha256


async def _draft_letter(
    session: AsyncSession, at: Desk, adjustment: Adjustment, plan: Plan, actor: Actor, now: datetime
) -> None:
    """The adjustment notice as a draft; one sent in an earlier round is superseded when this one is approved."""
    people = await approvers(session, at.client.id)
    if not people:
        raise Forbidden(_("The client has no contact who may approve: add one first."))
    locale = people[0].locale
    calendar = await calendar_of(session)
    answer_by = calendar.add_working_days(at.books.today, letter.ANSWER_DAYS)
    content = letter.adjustment_notice(at, adjustment, plan)
    notice = await drafts.draft(
        session,
        actor,
        kind="adjustment",
        client=at.client,
        subject_kind="case",
        subject_id=at.case.id,
        title=at.case.title,
        content=content,
        locale=locale,
        answer_by=answer_by,
        now=now,
        supersedes=await notice_queries.standing(session, at.case.id),
    )
    gaps = drafts.missing(notice)
    if gaps:
        raise Forbidden(_("The letter is not complete: %(gaps)s.", gaps=listed(gaps)))
    adjustment.notice_id = at.case.notice_id = notice.id


async def _notice(session: AsyncSession, adjustment: Adjustment) -> Notice:
    query = select(Notice).where(Notice.firm_id == adjustment.firm_id, Notice.id == adjustment.notice_id)
    return (await session.execute(query)).scalar_one()


def _refuse_frozen(adjustment: Adjustment) -> None:
    if adjustment.status != "draft":
        raise Conflict(_("This plan cannot be changed any more; a new version begins a new review."))
