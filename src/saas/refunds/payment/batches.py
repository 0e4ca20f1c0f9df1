"""Payment batches: checked refunds go to the bank in one file, once (R4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.errors import Conflict
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.money import ZERO
from saas.kernel.perform import locked
from saas.kernel.rows import own_row
from saas.kernel.serials import next_serial
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Deed, refusal_of
from saas.refunds import queries
from saas.refunds.models import Refund
from saas.refunds.payment import payees, paying
from saas.refunds.payment.bank_file import Transfer, as_csv, as_xlsx
from saas.refunds.payment.payment_forms import NewBatch, PayForm
from saas.refunds.payment.payment_models import Payee, Payment, PaymentBatch
from saas.refunds.rules import RefundFacts
from saas.refunds.terms import Terms
from saas.refunds.workflow import REFUND

PAYABLE = ("payee_checked", "failed")
MOST = 200  # refunds offered for one batch


async def make(session: AsyncSession, actor: Actor, form: NewBatch, now: datetime) -> PaymentBatch:
    """Hand the chosen refunds to the bank, each with all that is left of it; all of them, or none and why.

    The same form again gives the batch that is there. The rows are locked in one order, so that two batches in the
    same instant wait for each other instead of blocking.
    """
    known = await by_key(session, form.key)
    if known is not None:
        return known
    rows: list[Refund] = [await locked(session, REFUND, refund_id) for refund_id in sorted(set(form.refund))]
    known = await by_key(session, form.key)
    if known is not None:
        return known
    year = now.astimezone(CHINA).year
    planned = [(refund, await _plan(session, refund)) for refund in rows]
    batch = PaymentBatch(
        id=uuid7(), key=form.key, number=f"FK-{year}-{await next_serial(session, 'refund_batch', year):04}",
        made_by=actor.id, made_at=now, count=len(rows), total=sum((amount for _r, (_p, amount) in planned), ZERO),
    )  # fmt: skip
    session.add(batch)
    await session.flush()
    for refund, (payee_id, amount) in planned:
        given = PayForm(paying.key_within(form.key, refund.id), payee_id, amount)
        await paying.hand_over(session, actor, refund.id, given, now, batch_id=batch.id)
    record(session, actor, "refunds.batch", now, subject=batch, summary=f"{batch.number} ¥{batch.total}",
           refunds=[refund.number for refund in rows])  # fmt: skip
    return batch


async def _plan(session: AsyncSession, refund: Refund) -> tuple[UUID, Any]:
    payee = await queries.payee(session, refund.id)
    if payee is None or refund.state not in PAYABLE:
        raise Conflict(_("%(number)s cannot be paid now: it is “%(state)s”. Nothing was handed over; choose again.",
                         number=refund.number, state=REFUND.state(refund.state).label))  # fmt: skip
    return payee.id, paying.left_of(refund, await queries.payments(session, refund.id))


async def payable(session: AsyncSession, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Refunds whose account is checked, each with what is left, or the reason why it has to wait."""
    query = select(Refund).where(of_this_firm(Refund), Refund.state.in_(PAYABLE)).order_by(Refund.due_at, Refund.id)
    found = (await session.scalars(query.limit(MOST))).all()
    names = await clients.clients_by_id(session, [refund.client_id for refund in found])
    facts_of = await _what_paying_looks_at(session, [refund.id for refund in found])
    [action] = REFUND.named("pay")
    rows = []
    for refund in found:
        facts = facts_of[refund.id]
        reason = refusal_of(action, refund, Deed(actor, now, facts=facts))
        rows.append(
            {
                "id": refund.id,
                "number": refund.number,
                "client": names[refund.client_id].name,
                "payee": f"{facts.payee.holder} {facts.payee.masked}" if facts.payee else "",
                "left": paying.left_of(refund, facts.payments),
                "due": refund.due_at,
                "reason": reason,
            }
        )
    return rows


async def _what_paying_looks_at(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, RefundFacts]:
    """Account and payments of many refunds in two queries, nothing locked; the rules of paying look at nothing else."""
    accounts = select(Payee).where(of_this_firm(Payee), Payee.refund_id.in_(ids)).order_by(Payee.written_at, Payee.id)
    latest = {payee.refund_id: payee for payee in (await session.scalars(accounts)).all()}
    made: dict[UUID, list[Payment]] = {}
    for payment in (
        await session.scalars(select(Payment).where(of_this_firm(Payment), Payment.refund_id.in_(ids)))
    ).all():
        made.setdefault(payment.refund_id, []).append(payment)
    nothing = Terms("", "", (), ())
    return {
        refund_id: RefundFacts(
            nothing, ZERO, ZERO, payee=latest.get(refund_id), payments=tuple(made.get(refund_id, ()))
        )
        for refund_id in ids
    }


async def bank_file(
    session: AsyncSession, actor: Actor, batch: PaymentBatch, kind: str, now: datetime
) -> tuple[bytes, str]:
    """(bytes, name) of the file for the bank. It holds full account numbers: each reading is written down."""
    lines = await lines_of(session, batch)
    transfers = []
    for payment, refund in lines:
        payee = await payees.one(session, refund.id, payment.payee_id)
        remark = f"退费{refund.number} {payment.key}"
        transfers.append(
            Transfer(payee.holder, payees.opened(payee), payee.bank, payee.bank_code, payee.corporate, payment.amount,
                     remark)
        )  # fmt: skip
        record(session, actor, "refunds.reveal", now, subject=refund, client_id=refund.client_id,
               payee_id=str(payee.id), summary=f"{batch.number} {payee.holder} {payee.masked}")  # fmt: skip
    record(session, actor, "refunds.batch_file", now, subject=batch, summary=f"{batch.number}.{kind}",
           transfers=len(transfers))  # fmt: skip
    content = as_xlsx(transfers) if kind == "xlsx" else as_csv(transfers)
    return content, f"{batch.number}.{kind}"


async def lines_of(session: AsyncSession, batch: PaymentBatch) -> Sequence[tuple[Payment, Refund]]:
    query = (
        select(Payment, Refund)
        .join(Refund, (Refund.firm_id == Payment.firm_id) & (Refund.id == Payment.refund_id))
        .where(of_this_firm(Payment), Payment.batch_id == batch.id)
        .order_by(Refund.number)
    )
    return [(payment, refund) for payment, refund in (await session.execute(query)).all()]


async def by_key(session: AsyncSession, key: str) -> PaymentBatch | None:
    found: PaymentBatch | None = await session.scalar(
        select(PaymentBatch).where(of_this_firm(PaymentBatch), PaymentBatch.key == key)
    )
    return found


async def one(session: AsyncSession, batch_id: UUID) -> PaymentBatch:
    return await own_row(session, PaymentBatch, batch_id)


async def newest(session: AsyncSession, limit: int, before: datetime | None = None) -> Sequence[PaymentBatch]:
    """Batches, the newest first; `before` goes on from the last one shown."""
    query = select(PaymentBatch).where(of_this_firm(PaymentBatch))
    if before is not None:
        query = query.where(PaymentBatch.made_at < before)
    return (await session.scalars(query.order_by(PaymentBatch.made_at.desc()).limit(limit))).all()


async def progress(session: AsyncSession, found: Sequence[PaymentBatch]) -> dict[UUID, Text]:
    """How many transfers of each batch have ended, in words."""
    query = select(Payment.batch_id, Payment.status).where(
        of_this_firm(Payment), Payment.batch_id.in_([batch.id for batch in found])
    )
    states: dict[UUID | None, list[str]] = {}
    for batch_id, state in (await session.execute(query)).all():
        states.setdefault(batch_id, []).append(state)
    return {
        batch.id: _("%(paid)s of %(n)s arrived, %(failed)s failed", n=batch.count,
                    paid=states.get(batch.id, []).count("paid"), failed=states.get(batch.id, []).count("failed"))
        for batch in found
    }  # fmt: skip
