"""Money on its way: handed to the bank once for each key, arrived or failed, in one or several payments (R4.2)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.i18n import _
from saas.kernel.money import ZERO, Money
from saas.kernel.perform import locked, perform
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.refunds import queries
from saas.refunds.forms import Reason
from saas.refunds.models import Refund
from saas.refunds.payment.payment_forms import Fail, Pay, PayForm, Settle
from saas.refunds.payment.payment_models import Payment
from saas.refunds.workflow import REFUND


def new_key() -> str:
    """Made with the page and printed in the bank's remark: twelve hexadecimal digits."""
    return secrets.token_hex(6)


def key_within(key: str, refund_id: UUID) -> str:
    """A payment's own key inside a batch whose page had `key`: the same batch again gives the same keys."""
    return sha256(f"{key}:{refund_id}".encode()).hexdigest()[:12]


async def hand_over(
    session: AsyncSession, actor: Actor, refund_id: UUID, form: PayForm, now: datetime, *, batch_id: UUID | None = None
) -> Payment:
    """Write down that a transfer is handed to the bank; the same key again gives the payment that is there.

    The refund's row is locked first: of two forms in the same instant the second finds what the first has done. So
    whoever repeats an interrupted page pays nothing twice, and whoever opens a new one finds the money on its way.
    """
    refund: Refund = await locked(session, REFUND, refund_id)
    known = await by_key(session, form.key)
    if known is not None:
        if known.refund_id != refund.id:
            raise Conflict(_("This form belongs to another refund. Open the page again."))
        return known
    given = Pay(form.key, form.payee_id, form.amount, batch_id)
    await perform(session, REFUND, refund.id, "pay", actor, given, now=now)
    made = await by_key(session, form.key)
    if made is None:
        raise RuntimeError("a payment was handed over and is not there")
    return made


async def settle(
    session: AsyncSession, actor: Actor, refund_id: UUID, payment_id: UUID, form: Settle,
    receipt: Sequence[dict[str, Any]], now: datetime,
) -> Payment:  # fmt: skip
    """The bank says it arrived: its reference, the day, its receipt. The last payment ends the matter."""
    await locked(session, REFUND, refund_id)
    payment = await one(session, refund_id, payment_id, lock=True)
    if payment.status == "paid" and payment.bank_reference == form.bank_reference:
        return payment
    _refuse_ended(payment)
    _check_day(payment, form.paid_on, now)
    if not receipt:
        raise Invalid(None, {"files": _("Attach the bank’s receipt.")})
    payment.status, payment.paid_on, payment.bank_reference = "paid", form.paid_on, form.bank_reference
    payment.receipt, payment.settled_by, payment.settled_at = list(receipt), actor.id, now
    await session.flush()
    await perform(session, REFUND, refund_id, "settle", actor, now=now)
    return payment


async def fail(
    session: AsyncSession, actor: Actor, refund_id: UUID, payment_id: UUID, form: Fail, now: datetime
) -> Payment:
    """The bank sent it back: the amount is still reserved, and may be paid again with another key."""
    await locked(session, REFUND, refund_id)
    payment = await one(session, refund_id, payment_id, lock=True)
    if payment.status == "failed":
        return payment
    _refuse_ended(payment)
    payment.status, payment.failure = "failed", form.reason
    payment.settled_by, payment.settled_at = actor.id, now
    await session.flush()
    await perform(session, REFUND, refund_id, "fail", actor, Reason(form.reason), now=now)
    return payment


def left_of(refund: Refund, payments: Sequence[Payment]) -> Money:
    """What of the approved amount is neither paid nor on its way."""
    return (refund.amount or ZERO) - sum((p.amount for p in payments if p.status != "failed"), ZERO)


async def by_key(session: AsyncSession, key: str) -> Payment | None:
    found: Payment | None = await session.scalar(select(Payment).where(of_this_firm(Payment), Payment.key == key))
    return found


async def one(session: AsyncSession, refund_id: UUID, payment_id: UUID, *, lock: bool = False) -> Payment:
    """One payment of one refund; Missing for any other id."""
    return await own_row(session, Payment, payment_id, Payment.refund_id == refund_id, lock=lock)


async def in_transit(session: AsyncSession, refund_id: UUID) -> Payment | None:
    return next((p for p in await queries.payments(session, refund_id) if p.status == "in_transit"), None)


def _refuse_ended(payment: Payment) -> None:
    if payment.status == "paid":
        raise Conflict(_("This payment arrived already, with the reference %(reference)s. Nothing was changed.",
                         reference=payment.bank_reference))  # fmt: skip
    if payment.status == "failed":
        raise Conflict(_("This payment failed already. Hand a new one to the bank."))


def _check_day(payment: Payment, day: date, now: datetime) -> None:
    if not payment.made_at.astimezone(CHINA).date() <= day <= now.astimezone(CHINA).date():
        raise Invalid(None, {"paid_on": _("The day lies between the order to the bank and today.")})
