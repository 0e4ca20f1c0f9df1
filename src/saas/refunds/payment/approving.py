"""Approval: the fast lane, the levels, and what a page shows of them (R3.4, R8.1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.kernel.money import ZERO
from saas.kernel.pages import show_datetime
from saas.kernel.perform import perform, tell
from saas.kernel.records import history
from saas.kernel.workflow import Deed, refusal_of
from saas.refunds.facts import refund_facts
from saas.refunds.models import Refund
from saas.refunds.payment import errands, invoices
from saas.refunds.rules import RefundFacts
from saas.refunds.workflow import APPROVER, REFUND

BEFORE = frozenset({"draft", "submitted", "clarifying", "complete"})  # no approval is to be seen yet
CLOSED_LANE = "The fast lane is closed: %(reason)s"


async def after_agreed(session: AsyncSession, event: Event) -> None:
    """Small and clean: approved at once by the countersignature that is there.

    Where money, budget or a signal forbids it, the refund stays with the manager, who is told why.
    """
    refund: Refund = event.row
    if not refund.fast_lane:
        return
    [action] = REFUND.named("approve_fast")
    deed = Deed(SYSTEM, event.now, facts=await refund_facts(session, refund))
    reason = refusal_of(action, refund, deed)
    if reason is None:
        await perform(session, REFUND, refund.id, action.name, SYSTEM, now=event.now)
    else:
        step = _("The fast lane is closed: %(reason)s", reason=reason)
        await errands.give(session, refund, step, event.now, role="manager")


async def after_approval_given(session: AsyncSession, event: Event) -> None:
    """Only the last approval reserves the amount; budget, signals and the rest react to that one."""
    if event.row.state == "approved":
        await tell(session, Event("refund.approved", event.row, event.actor, event.now, event.detail))


async def after_approved(session: AsyncSession, event: Event) -> None:
    await errands.end(session, event.row, (CLOSED_LANE,), event)


async def after_end(session: AsyncSession, event: Event) -> None:
    """Sent back, taken back or turned into something else: nobody keeps a task about its approval or its invoice."""
    await errands.end(session, event.row, (CLOSED_LANE, *invoices.STEPS), event)


async def approval_view(session: AsyncSession, refund: Refund, facts: RefundFacts, actor: Actor) -> dict[str, Any]:
    """What templates/refunds/_approval.html shows: who signed, what a level is asked for, money and budget."""
    amount = refund.amount or ZERO
    asks = refund.approved_at is None and facts.budget is not None
    used = facts.budget_used + amount
    return {
        "shown": refund.state not in BEFORE and refund.amount is not None,
        "signatures": await _signatures(session, refund, facts),
        "fast_lane": refund.fast_lane and refund.level_1_by is None,
        "why_two": why_two(refund, facts),
        "money": [
            {"label": _("Received"), "value": f"¥{facts.received}"},
            {"label": _("Promised or paid back besides"), "value": f"¥{facts.committed}"},
            {"label": _("This refund"), "value": f"¥{amount}", "strong": True},
            {"label": _("Left of what was received"), "value": f"¥{facts.received - facts.committed - amount}"},
        ],
        "budget": _budget(facts, used.fen) if asks else None,
        "over_budget": asks and facts.budget is not None and used > facts.budget,
        "unqualified": _unqualified(refund, actor),
    }


def _unqualified(refund: Refund, actor: Actor) -> Text | None:
    """Said in the panel too, where an approval is awaited from somebody like this person."""
    awaited = refund.state in ("agreed", "approved_l1") and actor.may("refunds.approve")
    return actor.lacks(APPROVER) if awaited else None


def why_two(refund: Refund, facts: RefundFacts) -> list[Text]:
    """Why a second level is asked for; empty where the first is the last."""
    if refund.amount is None or not facts.needs_level_2 or (refund.fast_lane and refund.level_1_by is None):
        return []
    limit = facts.terms.level_2_from
    found = []
    if refund.amount.fen > limit:
        found.append(_("more than %(limit)s", limit=f"¥{limit / 100:,.2f}"))
    if refund.overridden:
        found.append(_("the amount differs from the calculation"))
    if refund.at_fault:
        found.append(_("our own error"))
    return found


def _budget(facts: RefundFacts, used: int) -> dict[str, Any]:
    whole = facts.budget.fen if facts.budget else 0
    percent = min(100, 100 * used // whole) if whole else 100
    return {
        "text": _("%(used)s of %(budget)s this month, this refund included", used=f"¥{used / 100:,.2f}",
                  budget=f"¥{facts.budget}"),
        "percent": percent,
        "tone": "red" if used > whole else "amber" if percent >= 80 else "",
    }  # fmt: skip


async def _signatures(session: AsyncSession, refund: Refund, facts: RefundFacts) -> list[dict[str, Any]]:
    """Preparer, countersigner and levels as ui.signatures takes them, with the time each signed."""
    members = await members_by_id(session)
    signed = {(e.action, e.actor_id): e.at for e in await history(session, refund.id)}
    wanted: list[tuple[Text, Any, str]] = [
        (_("Handled by"), refund.preparer_id, "refund.assess"),
        (_("Countersignature"), refund.countersigned_by, "refund.countersign"),
    ]
    fast = refund.fast_lane and refund.level_1_by is None
    if not fast:
        wanted.append((_("First approval"), refund.level_1_by, "refund.approve"))
    if not fast and (facts.needs_level_2 or refund.level_2_by is not None):
        wanted.append((_("Second approval"), refund.level_2_by, "refund.approve"))
    rows = []
    for role, member_id, action in wanted:
        name = members[member_id].name if member_id in members else ""
        at = signed.get((action, member_id)) if name else None
        rows.append(
            {
                "initial": name[:1],
                "name": name or _("still open"),
                "role": role,
                "when": show_datetime(at) if at else "",
                "current": not name,
            }
        )
    return rows
