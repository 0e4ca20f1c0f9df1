"""What the two pages of the builder show, ready for their templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments import desk, expected_entry, own_accounts, planning, typed
from saas.adjustments.correction.balances import effect as effect_on_accounts
from saas.adjustments.correction.facts import KINDS
from saas.adjustments.correction.methods import NAMES
from saas.adjustments.correction.plan import STATEMENTS, Plan
from saas.adjustments.correction.preflight import Check
from saas.adjustments.correction.vouchers import Voucher
from saas.adjustments.models import Adjustment, PlannedVoucher
from saas.adjustments.planning import Desk
from saas.adjustments.review import TICKS, checks
from saas.adjustments.tax.figures import CannotKnow, Figure
from saas.adjustments.tax.storage import load_effect
from saas.cases.facts import case_facts
from saas.cases.workflow import CASE
from saas.checks import queries as finding_queries
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.kernel.workflow import Deed, unqualified

STATUS: dict[str, tuple[Text, str, str]] = {
    "draft": (_("Draft"), "accent", "edit"),
    "submitted": (_("In review"), "accent", "eye"),
    "returned": (_("Sent back"), "amber", "arrow-back-up"),
    "approved": (_("Approved"), "green", "circle-check"),
    "executing": (_("Being booked"), "accent", "edit"),
    "executed": (_("Entered in the books"), "green", "check"),
    "verified": (_("Cure proved"), "green", "circle-check"),
    "not_cured": (_("Not cured"), "red", "alarm"),
}
TAXES = (("vat", _("VAT")), ("surcharges", _("Surcharges")), ("cit", _("Corporate income tax")),
         ("iit", _("Individual income tax")), ("late_fee", _("Late fee")))  # fmt: skip


async def facts_view(session: AsyncSession, at: Desk, raw: Mapping[str, Any], lacking: str = "") -> dict[str, Any]:
    """The form of facts: vouchers of the findings and those named as evidence are offered, lines to be put right."""
    found = await finding_queries.of_case(session, at.case.id)
    named = [key for key in at.case.vouchers if desk.voucher(at.ledger, key) is not None]
    offered = list(dict.fromkeys([*(key for finding in found for key in finding.vouchers), *named]))
    raw = raw or expected_entry.beginning(at, found)
    chosen = raw["voucher"] if "voucher" in raw else [] if raw.get("kind") == "omission" else offered[:1]
    keys = [chosen] if isinstance(chosen, str) else list(chosen)
    vouchers = [v for key in keys if (v := desk.voucher(at.ledger, key)) is not None]
    return {
        "case": at.case,
        "client": at.client,
        "kinds": [(kind, label) for kind, label in KINDS.items()],
        "offered": offered,
        "offered_options": [(key, key) for key in offered],
        "chosen": keys,
        "wrong": [slip(v) for v in vouchers],
        "right": [_typed_lines(raw, n, v) for n, v in enumerate(vouchers)] or [_typed_lines(raw, 0, None)],
        "accounts": desk.account_options(at.books.chart),
        "lacking": own_accounts.shown(at.books.chart, raw, lacking),
        "open_period": str(at.books.open_period),
        "enterprise": at.ledger.standard in ("enterprise", "npo"),
        "raw": raw,
    }


def _typed_lines(raw: Mapping[str, Any], position: int, wrong: Voucher | None) -> list[dict[str, str]]:
    """What was typed, else the wrong lines as a beginning."""
    accounts = raw.get(f"right-{position}-account")
    if accounts is None:
        return typed.shown(wrong.lines) if wrong else []
    columns = [raw.get(f"right-{position}-{name}", []) for name in ("account", "debit", "credit")]
    listed = [c if isinstance(c, list) else [c] for c in columns]
    rows = [{"account": a, "debit": d, "credit": c} for a, d, c in zip(*listed, strict=False)]
    return [row for row in rows if any(row.values())]


async def plan_view(session: AsyncSession, at: Desk, adjustment: Adjustment, actor: Actor) -> dict[str, Any]:
    """A plan with its method, its vouchers, its effect on accounts and taxes, and what may be done with it."""
    rows = await planning.vouchers_of(session, adjustment)
    plan, list_ = await checks(session, at, adjustment)
    people = await members_by_id(session)
    label, tone, icon = STATUS[adjustment.status]
    deed = Deed(actor, clock.now(), facts=await case_facts(session, at.case))
    return {
        "case": at.case,
        "client": at.client,
        "adjustment": adjustment,
        "standing": {"label": label, "tone": tone, "icon": icon},
        "method": NAMES[plan.choice.method],
        "method_choices": _methods(plan),
        "choice": plan.choice,
        "kind": KINDS[plan.choice.facts.kind],
        "wrong": [slip(m.wrong) for m in planning.stored_mistakes(adjustment) if m.wrong is not None],
        "vouchers": [_shown(row, adjustment) for row in rows],
        "rewritten": [slip(v) for v in plan.rewritten],
        "changes": _changes(at, plan),
        "tax": _tax(adjustment),
        "statements": [STATEMENTS[s] for s in sorted(plan.statements)],
        "warnings": plan.warnings,
        "advice": plan.advice,
        "reminders": [r.text for r in plan.reminders],
        "checklist": _checklist(list_, adjustment),
        "ready": all(check.ok for check in list_),
        "accounts": desk.account_options(at.books.chart),
        "ticks": TICKS,
        "preparer": people[adjustment.prepared_by].name if adjustment.prepared_by in people else "",
        "signatures": _signatures(adjustment, people),
        "may": _may(at, adjustment, deed),
        "cure": Text.restore(adjustment.cure["reason"]) if adjustment.cure else None,
    }


def slip(voucher: Voucher) -> dict[str, Any]:
    """A voucher of the books as the `voucher_slip` macro shows it."""
    return {
        "number": f"{voucher.word}-{voucher.number}" if voucher.number is not None else voucher.word,
        "date": voucher.date.isoformat(),
        "summary": voucher.summary,
        "posted": True,
        "lines": [
            {
                "code": line.account,
                "name": line.name + (f"（{line.aux}）" if line.aux else ""),
                "debit": line.debit or None,
                "credit": line.credit or None,
            }
            for line in voucher.lines
        ],
        "total": _totals(voucher),
    }


def _shown(row: PlannedVoucher, adjustment: Adjustment) -> dict[str, Any]:
    voucher = planning.drafted(row)
    kind = "red" if row.kind in ("red", "mixed") else "blue"
    return {
        "position": row.position,
        "kind": kind,
        "number": f"{row.word}-{row.number}" if row.number is not None else row.word,
        "date": row.date.isoformat(),
        "summary": row.summary,
        "locked": row.kind == "red",
        "edit": adjustment.status == "draft",
        "rows": typed.shown(voucher.lines),
        "slip": {**slip(voucher), "kind": kind, "posted": None},
        "total": tuple(str(amount) for amount in _totals(voucher)),
        "posted_as": row.posted_as,
    }


def _totals(voucher: Voucher) -> tuple[Money, Money]:
    return (
        Money(sum(line.debit.fen for line in voucher.lines)),
        Money(sum(line.credit.fen for line in voucher.lines)),
    )


def _methods(plan: Plan) -> list[dict[str, Any]]:
    """The chosen method, and the refused ones with their reasons."""
    chosen = {
        "value": plan.choice.method.value,
        "label": NAMES[plan.choice.method],
        "detail": plan.choice.vouchers,
        "applies": True,
    }
    others = [{"value": m.value, "label": NAMES[m], "refused": reason} for m, reason in plan.choice.refused]
    return [chosen, *(o for o in others if o["value"] != plan.choice.method.value)]


def _changes(at: Desk, plan: Plan) -> list[dict[str, Any]]:
    """Before and after of each account, on the account's own side."""
    shown = []
    for change in effect_on_accounts(plan, at.books, desk.balances(at.ledger)):
        account = at.books.chart.accounts.get(change.account)
        sign = -1 if account is not None and account.side == "C" else 1
        shown.append(
            {
                "code": change.account,
                "name": change.name + (f"（{change.aux}）" if change.aux else ""),
                "before": Money(sign * change.before.fen),
                "change": Money(sign * change.change.fen),
                "after": Money(sign * change.after.fen),
            }
        )
    return shown


def _tax(adjustment: Adjustment) -> list[dict[str, Any]]:
    effect = load_effect(adjustment.tax)
    return [{"label": label, **_figure(getattr(effect, name))} for name, label in TAXES] + [
        {"label": _("To file again"), "value": f"{r.name} {r.first.isoformat()} – {r.last.isoformat()}", "basis": []}
        for r in effect.amended_returns
    ]


def _figure(figure: Figure) -> dict[str, Any]:
    if isinstance(figure, CannotKnow):
        return {"value": _("can’t be known yet"), "basis": [_("needs %(what)s", what=need) for need in figure.needs]}
    return {"value": str(figure.amount) if figure.amount else _("none"), "basis": list(figure.basis)}


def _checklist(list_: Sequence[Check], adjustment: Adjustment) -> list[dict[str, Any]]:
    """What has to hold before the booking; once booked, the proof of cure takes its place."""
    if adjustment.executed_at is not None:
        return []
    shown = [
        {"label": c.name, "state": "done" if c.ok else "failed", "note": c.problems[0] if c.problems else ""}
        for c in list_
    ]
    if adjustment.needs_second_entry:
        done = adjustment.second_entry_at is not None
        shown.append({"label": _("Large amount: blind second entry"), "state": "done" if done else "open", "note": ""})
    return shown


def _signatures(adjustment: Adjustment, people: Mapping[Any, Any]) -> list[dict[str, Any]]:
    """Who signed what, in order."""
    signed = (
        (adjustment.prepared_by, _("prepared"), adjustment.prepared_at),
        (adjustment.second_entry_by, _("entered again"), adjustment.second_entry_at),
        (adjustment.reviewed_by, _("reviewed"), adjustment.reviewed_at),
        (adjustment.manager_id, _("approved as manager"), adjustment.manager_at),
        (adjustment.executed_by, _("booked"), adjustment.executed_at),
        (adjustment.verified_by, _("proved"), adjustment.verified_at),
    )
    return [
        {"name": people[who].name, "initial": people[who].initial, "role": role, "at": at}
        for who, role, at in signed
        if who in people and at is not None
    ]


def _may(at: Desk, adjustment: Adjustment, deed: Deed) -> dict[str, Text | bool | None]:
    """What this person could do now: True, a reason why not, or False where it is not the time for it."""
    actor = deed.actor
    own = str(actor.id) in adjustment.edited_by
    status, state = adjustment.status, at.case.state
    reviewing = status == "submitted" and actor.may("adjustments.review")
    yes: Text | bool = reviewing
    if reviewing and own:
        yes = _("You worked on this plan: somebody else has to review it.")
    elif reviewing and state == "in_approval" and not actor.may("adjustments.manage"):
        yes = _("The second approval is a manager’s.")
    elif reviewing and state == "in_approval" and adjustment.reviewed_by == actor.id:
        yes = _("You gave the first approval; a manager other than you has to give the second.")
    elif reviewing:
        yes = _unqualified("approve", at, deed) or True
    writes = actor.may("adjustments.write")
    return {
        "edit": writes and status == "draft",
        "enter_again": writes and status == "draft" and adjustment.needs_second_entry and not own,
        "review": yes,
        "execute": writes
        and status == "approved"
        and state == "acknowledged"
        and (_unqualified("execute", at, deed) or True),
        "record": writes and status == "executing",
        "prove": actor.may("adjustments.review") and status == "executed",
        "redraft": writes and status != "submitted" and state in ("analysed", "planned"),
    }


def _unqualified(step: str, at: Desk, deed: Deed) -> Text | None:
    """The certificate that is missing for a step of the case, if it asks for one; its words lead to the course."""
    return next((unqualified(a, at.case, deed) for a in CASE.named(step) if at.case.state in a.source), None)
