"""What pages show of the money: the account, the check list before it goes, the payments, invoice and entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Contract
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.i18n import Text, _
from saas.kernel.money import ZERO, Money
from saas.kernel.pages import show_date, show_datetime
from saas.kernel.workflow import Deed, refusal_of
from saas.notices import queries as notices
from saas.refunds import queries
from saas.refunds.models import Refund
from saas.refunds.payment import invoices, payees
from saas.refunds.payment.entry import own_entry
from saas.refunds.payment.payees import refusal_to_write
from saas.refunds.payment.paying import left_of, new_key
from saas.refunds.payment.payment_models import Payee, Payment
from saas.refunds.rules import RefundFacts, is_payer
from saas.refunds.workflow import REFUND

RESULTS: dict[str, Text] = {
    "confirmed": _("confirmed"),
    "denied": _("not their account"),
    "not_reached": _("not reached"),
}
STATES: dict[str, tuple[Text, str, str]] = {
    "in_transit": (_("on its way"), "", "clock"),
    "paid": (_("arrived"), "green", "check"),
    "failed": (_("failed"), "red", "alarm"),
}
PAID_FOR = frozenset({"approved", "payee_checked", "executing", "failed", "paid", "archived"})
PAYING = PAID_FOR - {"paid", "archived"}
Names = Mapping[UUID, Membership]


async def payment_view(session: AsyncSession, refund: Refund, facts: RefundFacts, actor: Actor) -> dict[str, Any]:
    """The context of templates/refunds/_payment.html and of the payment desk."""
    now, payee, names = clock.now(), facts.payee, await members_by_id(session)
    contract = await queries.contract(session, refund.contract_id)
    earlier = [p for p in await payees.written(session, refund.id) if payee is not None and p.id != payee.id]
    reason = refusal_to_write(refund, payee)
    people = [c for c in await clients.contacts(session, refund.client_id) if c.phone]
    return {
        "url": f"/refunds/{refund.id}/payment",
        "shown": payee is not None or refund.state in PAID_FOR or actor.may("refunds.work"),
        "reached": refund.state in PAID_FOR,
        "payee": _payee(payee, names, now) if payee is not None else None,
        "earlier": [_earlier(p, names) for p in earlier],
        "may_write": actor.may("refunds.work") and reason is None,
        "write_refusal": reason if actor.may("refunds.work") else None,
        "may_reveal": actor.may("refunds.reveal") and payee is not None,
        "may_call": payee is not None and _may_call(payee, actor),
        "people": [(str(c.id), f"{c.name} {c.phone}") for c in people],
        "results": list(RESULTS.items()),
        "checks": before_it_goes(refund, facts, payee, now) if refund.state in PAYING else [],
        "check": _offer("check_payee", refund, facts, actor, now),
        "pay": _offer("pay", refund, facts, actor, now),
        "payments": [_payment(p, names, actor, refund) for p in facts.payments],
        "amount": refund.amount,
        "paid": facts.paid,
        "left": left_of(refund, facts.payments) if refund.amount is not None else ZERO,
        "key": new_key(),
        "payers": list(dict.fromkeys(facts.payers)),
        "entry": _entry(refund, facts, contract),
        **await _invoice(session, refund, actor),
        **await _after(session, refund, actor),
    }


def before_it_goes(refund: Refund, facts: RefundFacts, payee: Payee | None, now: datetime) -> list[dict[str, Any]]:
    """Name, amount in words, bank: what is looked at before money leaves (R17.3), as ui.checks takes it."""
    amount = refund.amount or ZERO
    payer = payee is not None and is_payer(payee.holder, facts.payers)
    if payee is None:
        held = _("no account yet")
    else:
        held = (
            _("“%(holder)s” paid the contract", holder=payee.holder) if payer else _("not the payer: see the grounds")
        )
    done_call = payee is not None and (not payee.needs_call or payee.called_back_at is not None)
    waited = payee is not None and now >= payee.usable_at
    return [
        {"label": _("Amount"), "state": "done", "note": f"¥{amount} {amount.capitals}"},
        {"label": _("Holder"), "state": "done" if payer or (payee and payee.grounds) else "open", "note": held},
        {"label": _("Bank and branch code"), "state": "done" if payee else "open",
         "note": f"{payee.bank} {payee.bank_code}" if payee else ""},
        {"label": _("Call to the client"), "state": "done" if done_call else "open",
         "note": _("not needed: the money goes back where it came from") if payee and not payee.needs_call else ""},
        {"label": _("24 hours after a change"), "state": "done" if waited else "open",
         "note": "" if waited or payee is None else show_datetime(payee.usable_at)},
        {"label": _("Account checked by a second person"), "state": "done" if payee and payee.verified_at else "open",
         "note": show_datetime(payee.verified_at) if payee else ""},
        {"label": _("Never more than was received"), "state": "done"
         if facts.committed + amount <= facts.received else "failed", "note": f"¥{facts.received}"},
    ]  # fmt: skip


def _payee(payee: Payee, names: Names, now: datetime) -> dict[str, Any]:
    call = payee.call_record
    rows: list[tuple[Text, Any]] = [
        (_("Holder"), payee.holder),
        (_("Bank"), payee.bank),
        (_("Branch code"), payee.bank_code),
        (_("Bank account"), payee.masked),
        (_("Kind"), _("company") if payee.corporate else _("natural person, with separate consent")),
        (_("Way"), _("back to the account the money came from") if not payee.is_changed else _("changed account")),
        (_("Grounds"), payee.grounds),
        (_("Written down"), f"{_who(names, payee.written_by)} {show_datetime(payee.written_at)}"),
        (_("Call to the client"), _called(call)),
        (_("Account checked"), f"{_who(names, payee.verified_by)} {show_datetime(payee.verified_at)}"
         if payee.verified_at else ""),
    ]  # fmt: skip
    return {
        "id": payee.id,
        "masked": payee.masked,
        "holder": payee.holder,
        "rows": [{"label": label, "value": value} for label, value in rows if value],
        "waits_until": show_datetime(payee.usable_at) if now < payee.usable_at else "",
        "needs_call": payee.needs_call and payee.called_back_at is None and not payee.was_denied,
        "denied": payee.was_denied,
        "checked": payee.verified_at is not None,
        "files": payee.files,
    }


def _called(call: Mapping[str, Any]) -> str:
    if not call:
        return ""
    result = RESULTS[call["result"]]
    return f"{result}：{call['callee']} {call['phone']}，{call['words']}（{call['by']} {call['at'][:10]}）"


def _earlier(payee: Payee, names: Names) -> dict[str, Any]:
    return {
        "label": f"{payee.holder} {payee.masked}",
        "note": f"{payee.bank} · {_who(names, payee.written_by)} {show_datetime(payee.written_at)}",
        "value": _("replaced"),
    }


def _who(names: Names, member_id: UUID | None) -> Text | str:
    if member_id is None:
        return _("the client, by link")
    return names[member_id].name if member_id in names else ""


def _may_call(payee: Payee, actor: Actor) -> bool:
    allowed = actor.may("refunds.work") or actor.may("refunds.pay")
    done = payee.called_back_at is not None or payee.was_denied or payee.verified_at is not None
    return allowed and payee.needs_call and not done and payee.written_by != actor.id


def _offer(name: str, refund: Refund, facts: RefundFacts, actor: Actor, now: datetime) -> dict[str, Any] | None:
    """A cashier's button with the reason why not, or None where it is not to be seen."""
    action = next((a for a in REFUND.named(name) if refund.state in a.source), None)
    if action is None or not actor.may(action.permission):
        return None
    return {"label": action.label, "refusal": refusal_of(action, refund, Deed(actor, now, facts=facts))}


def _payment(payment: Payment, names: Names, actor: Actor, refund: Refund) -> dict[str, Any]:
    label, tone, icon = STATES[payment.status]
    said = payment.failure or (
        f"{payment.bank_reference} · {show_date(payment.paid_on)}"
        if payment.paid_on
        else _("key %(key)s", key=payment.key)
    )
    return {
        "id": payment.id,
        "amount": payment.amount,
        "status": payment.status,
        "badge": (label, tone, icon),
        "key": payment.key,
        "made": f"{_who(names, payment.made_by)} {show_datetime(payment.made_at)}",
        "made_on": payment.made_at,
        "said": said,
        "receipt": payment.receipt,
        "batch_id": payment.batch_id,
        "may_end": payment.status == "in_transit" and actor.may("refunds.pay") and refund.state == "executing",
    }


async def _invoice(session: AsyncSession, refund: Refund, actor: Actor) -> dict[str, Any]:
    found = await invoices.of_refund(session, refund.id)
    reached = refund.state in PAID_FOR
    return {
        "invoice": found,
        "invoice_kind": invoices.KINDS[found.kind] if found else None,
        "invoice_kinds": list(invoices.KINDS.items()),
        "may_invoice": reached and actor.may("refunds.work") and (found is None or not found.red_number),
        "may_red": found is not None and found.waits_for_red and actor.may("refunds.work") and reached,
    }


async def _after(session: AsyncSession, refund: Refund, actor: Actor) -> dict[str, Any]:
    """The letter after payment, the sealed file and how long it is kept."""
    letter = await notices.notice(session, refund.notice_id) if refund.notice_id else None
    return {
        "letter": {"number": letter.number, "title": letter.title, "id": letter.id} if letter else None,
        "may_write_letter": refund.state == "paid" and letter is None and actor.may("refunds.work"),
        "sealed": refund.bundle_sha256,
        "retain_until": refund.retain_until,
        "may_download": bool(refund.bundle_sha256) and actor.may("refunds.export"),
    }


def _entry(refund: Refund, facts: RefundFacts, contract: Contract) -> list[dict[str, Any]]:
    if refund.amount is None or refund.state not in PAID_FOR or refund.amount <= ZERO:
        return []
    return own_entry(refund.amount, facts.received - facts.committed - earned(refund, contract))


async def own_entry_of(session: AsyncSession, refund: Refund, payment: Payment) -> list[dict[str, Any]]:
    """The firm's own entry for one payment: the earlier ones have used their part of the advance."""
    contract = await queries.contract(session, refund.contract_id)
    received = sum((r.amount for r in await queries.receipts(session, refund.contract_id)), ZERO)
    others = await queries.committed(session, refund.contract_id, without=refund.id)
    before = [p for p in await queries.payments(session, refund.id) if p.status != "failed" and p.id < payment.id]
    used = sum((p.amount for p in before), ZERO)
    return own_entry(payment.amount, received - others - used - earned(refund, contract))


def earned(refund: Refund, contract: Contract) -> Money:
    """What of the price was earned until the notice, by contract months begun; for the firm's own entry only."""
    months = (refund.notice_on.year - contract.starts_on.year) * 12 + refund.notice_on.month - contract.starts_on.month
    months += 1 if refund.notice_on.day >= contract.starts_on.day else 0
    months = max(0, min(months, contract.paid_months))
    return Money(contract.price.fen * months // max(contract.paid_months, 1))
