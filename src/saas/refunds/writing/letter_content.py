"""What the letters about a refund say, language by language only where they are set (accounting.md §7.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from saas.clients.models import Contract, Receipt
from saas.kernel.clock import CHINA
from saas.kernel.i18n import LOCALES, Listed, Text, _, reading
from saas.kernel.money import ZERO, Money
from saas.refunds import words
from saas.refunds.assessing.assessment import service_of
from saas.refunds.assessing.evidence import contract_months
from saas.refunds.calculation import Ladder, Line
from saas.refunds.calculation.months import in_runs, served
from saas.refunds.calculation.service import Agreed
from saas.refunds.facts import credit_for
from saas.refunds.models import Refund
from saas.refunds.payment.payment_models import Payee
from saas.refunds.policies.policy_models import PolicyAcceptance, RefundPolicy
from saas.refunds.terms import Terms

DEDUCTIONS = ("deduction", "limit")
HAND_OVER = _(
    "Books, data, keys and accounts are handed over with a list of their own, whatever becomes of this offer; "
    "nothing is withheld because of it."
)


def offer_content(
    refund: Refund,
    contract: Contract,
    receipts: Sequence[Receipt],
    agreed: Agreed,
    terms: Terms,
    policy: RefundPolicy,
    acceptance: PolicyAcceptance | None,
    payee: Payee | None,
    manager: str,
) -> dict[str, Any]:
    """The slots of the kind "refund_offer". Days depend on when it is issued: `with_days` puts them in."""
    ladder = Ladder.restore(refund.ladder)
    amount = refund.amount or ZERO
    return {
        "request": request_part(refund, contract, terms),
        "agreed": _agreed(refund, contract, receipts, agreed, terms),
        "policy": policy_part(terms, policy, acceptance),
        "lines": _lines(refund, ladder),
        "refund_fen": amount.fen,
        "deduction": _deduction(ladder),
        "receivable_fen": refund.receivable.fen if refund.receivable is not None else 0,
        "choices": choices(refund, terms),
        "way": _way(refund, receipts, payee),
        "invoice": _("Where an invoice was given, we issue a red invoice for the amount paid back; please transfer out "
                     "the input tax, if you deducted it."),
        "pay_days": terms.pay_days,
        "hand_over": HAND_OVER,
        "remedy": {"by": manager, "clause": acceptance.clause if acceptance is not None else ""},
        "text": plain_text(refund, ladder, terms),
    }  # fmt: skip


def rejection_content(
    refund: Refund, contract: Contract, terms: Terms, policy: RefundPolicy, acceptance: PolicyAcceptance | None,
    manager: str,
) -> dict[str, Any]:  # fmt: skip
    """The slots of the kind "refund_rejection"."""
    ground = words.REJECTIONS[refund.rejection_code]
    return {
        "request": request_part(refund, contract, terms),
        "policy": policy_part(terms, policy, acceptance),
        "ground": ground,
        "reason": refund.rejection_reason,
        "remedy": {"by": manager, "clause": acceptance.clause if acceptance is not None else ""},
        "text": _("We cannot pay back what you asked for: %(ground)s. %(reason)s\nIf you object, say why; somebody who "
                  "had no part in this decision looks at it again.", ground=ground, reason=refund.rejection_reason),
    }  # fmt: skip


def decision_content(refund: Refund, contract: Contract, terms: Terms, clause: str) -> dict[str, Any]:
    """The slots of the kind "refund_refusal": final on our side."""
    return {
        "request": request_part(refund, contract, terms),
        "appeal": refund.appeal,
        "reason": refund.outcome_reason,
        "remedy": {"by": "", "clause": clause},
        "text": _("We looked at your objection again: %(reason)s\nOur decision stands. The contract says how a dispute "
                  "is settled; you may also turn to the court.", reason=refund.outcome_reason),
    }  # fmt: skip


def with_days(content: dict[str, Any], until: date) -> dict[str, Any]:
    """The same with the last day for an answer, which is also the last day for an objection."""
    return {**content, "remedy": {**content["remedy"], "until": until.isoformat()}}


def request_part(refund: Refund, contract: Contract, terms: Terms) -> dict[str, Any]:
    return {
        "number": refund.number,
        "contract": contract.number,
        "on": refund.opened_at.astimezone(CHINA).date().isoformat(),
        "notice_on": refund.notice_on.isoformat(),
        "reason": in_both(words.reason_name, terms.reason(refund.reason)),
        "asked_fen": refund.asked.fen,
    }


def policy_part(terms: Terms, policy: RefundPolicy, acceptance: PolicyAcceptance | None) -> dict[str, Any]:
    return {
        "name": in_both(words.policy_name, terms),
        "version": policy.version,
        "clause": acceptance.clause if acceptance is not None else "",
    }


def in_both(named: Any, row: Any) -> dict[str, str]:
    """A name of the policy in both languages, as `say` takes it."""
    found: dict[str, str] = {}
    for locale in LOCALES:
        with reading(locale):
            found[locale] = str(named(row))
    return found


def _agreed(
    refund: Refund, contract: Contract, receipts: Sequence[Receipt], agreed: Agreed, terms: Terms
) -> dict[str, Any]:
    """Contract and performance: term, price, received and from whom, months and work delivered, what is open."""
    service = service_of(refund)
    counting = "daily" if terms.reason(refund.reason).preset == "P7" else terms.notice_month
    done = served(agreed, service, counting)
    months = (*done.months, *((done.part_month,) if done.part else ()))
    charged = tuple(month for month in months if month not in service.faulty_months)
    rest = in_runs(tuple(month for month in contract_months(contract) if month not in months))
    done_work = [one.name for one in service.items if one.delivered]
    still_open = [*([rest] if rest else []), *(one.name for one in service.items if not one.delivered)]
    return {
        "from": contract.starts_on.isoformat(),
        "to": contract.ends_on.isoformat(),
        "price_fen": contract.price.fen,
        "received_fen": agreed.received,
        "payers": Listed(dict.fromkeys(receipt.payer for receipt in receipts)),
        "months": in_runs(charged) or _("none"),
        "work": Listed(done_work) if done_work else _("none"),
        "failed": in_runs(service.faulty_months),
        "open": Listed(still_open) if still_open else _("none"),
    }  # fmt: skip


def _lines(refund: Refund, ladder: Ladder) -> list[dict[str, Any]]:
    """The whole ladder, and, where the firm offers another amount, the step that leads to it."""
    rows = [
        {"label": line.label, "basis": line.basis, "quantity": line.quantity, "unit_fen": line.unit_fen,
         "amount_fen": line.amount}
        for line in ladder.lines
    ]  # fmt: skip
    if refund.overridden and refund.amount is not None and refund.computed is not None:
        difference = refund.amount - refund.computed
        rows.append({"label": _("Other amount, with its reason"), "basis": refund.override_reason, "quantity": "",
                     "unit_fen": None, "amount_fen": difference.fen})  # fmt: skip
    return rows


def _deduction(ladder: Ladder) -> Text:
    taken = [line for line in ladder.lines if line.rule in DEDUCTIONS and line.amount]
    if not taken:
        return _("no deduction")
    return _("%(amount)s yuan: %(basis)s", amount=Money(-sum(line.amount for line in taken)), basis=taken[0].basis)


def _way(refund: Refund, receipts: Sequence[Receipt], payee: Payee | None) -> Text:
    if payee is not None and not payee.is_changed:
        return _("Back to the account the money came from: %(holder)s, account ending in %(tail)s.",
                 holder=payee.holder, tail=payee.account_tail)  # fmt: skip
    if payee is not None:
        return _("To the account of %(holder)s ending in %(tail)s; a changed account needs a stamped statement and a "
                 "call from us, and waits 24 hours.", holder=payee.holder, tail=payee.account_tail)  # fmt: skip
    payers = Listed(dict.fromkeys(receipt.payer for receipt in receipts) or [refund.payer])
    return _("Back to the account the money came from (%(payer)s). Another account needs a stamped statement and a "
             "call from us, and waits 24 hours.", payer=payers)  # fmt: skip


def choices(refund: Refund, terms: Terms) -> list[dict[str, Any]]:
    """The client chooses freely: money, credit, another plan, or to go on as before (R9.2)."""
    amount, credit = refund.amount or ZERO, credit_for(refund, terms) or ZERO
    offered = [
        {"value": "refund", "label": _("Money back: %(amount)s yuan", amount=amount)},
        {"value": "credit", "label": _("Service credit instead: %(amount)s yuan, usable for %(months)s months",
                                       amount=credit, months=terms.credit_months)},
        {"value": "plan", "label": _("Another service plan instead; we agree on it with you")},
        {"value": "withdraw", "label": _("I take my request back and go on with the service")},
    ]  # fmt: skip
    return offered if amount else [one for one in offered if one["value"] != "credit"]


def plain_text(refund: Refund, ladder: Ladder, terms: Terms) -> dict[str, str]:
    """The same in plain words for the client's page: what we offer, every step, and that it waits for approval."""
    found: dict[str, str] = {}
    for locale in LOCALES:
        with reading(locale):
            steps = [_step(line, locale) for line in ladder.lines]
            first = _("We offer to pay back %(amount)s yuan, subject to approval by our manager.", amount=refund.amount)
            last = _("Paid within %(n)s working days after your yes. You choose freely between the ways below.",
                     n=terms.pay_days)  # fmt: skip
            found[locale] = "\n".join([str(first), *steps, str(last)])
    return found


def _step(line: Line, locale: str) -> str:
    amount = str(Money(line.amount)).replace("-", "−")
    return f"{line.label}：{amount}（{line.basis}）" if locale == "zh" else f"{line.label}: {amount} ({line.basis})"
