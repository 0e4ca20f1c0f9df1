"""Where the money goes: the account as it was written down, sealed, called back about, and never changed (R4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.kernel import tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden, Invalid
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import bank_branch_code, card_number, corporate_account, plain, uuid7
from saas.kernel.module import Event
from saas.kernel.perform import locked, perform, tell
from saas.kernel.rows import own_row
from saas.kernel.secrets import FieldCipher, deployed
from saas.kernel.tenancy import of_this_firm
from saas.refunds import queries
from saas.refunds.models import Refund
from saas.refunds.payment.payment_forms import CallBack, PayeeForm
from saas.refunds.payment.payment_models import Payee
from saas.refunds.rules import is_payer
from saas.refunds.workflow import OPEN, REFUND

COOL_OFF = timedelta(hours=24)  # before money goes to a changed account
IN_APPROVAL = frozenset({"agreed", "approved_l1"})
CHECKED = frozenset({"payee_checked", "failed"})  # a new account sends the refund back to be checked anew


def refusal_to_write(refund: Refund, payee: Payee | None) -> Text | None:
    """Why no account may be written down now; None where one may."""
    if refund.state == "executing":
        return _("Money is on its way to the account: record first whether it arrived.")
    if refund.state == "paid" or refund.state not in OPEN:
        return _("This refund is over: its account does not change any more.")
    if refund.state in IN_APPROVAL and payee is not None:
        return _("The refund is being approved with the account as it stands. It can be changed once that is done.")
    return None


async def write(
    session: AsyncSession,
    actor: Actor,
    refund_id: UUID,
    form: PayeeForm,
    files: Sequence[dict[str, Any]],
    now: datetime,
) -> Payee:
    """Write an account down, by a member or by the client through a link; the same one twice is kept once.

    A changed account (not the one the money came from, or another one than before) waits 24 hours and needs a call to
    the client. After the check it sends the refund back to be checked anew. Invalid with the fields that are wrong,
    Conflict while it may not change.
    """
    refund: Refund = await locked(session, REFUND, refund_id)
    latest = await queries.payee(session, refund.id)
    number, code = _numbers(form)
    mark = fingerprint(number)
    if latest is not None and _same(latest, form, mark, code):
        return latest
    reason = refusal_to_write(refund, latest)
    if reason is not None:
        raise Conflict(reason, action="refunds.payee", subject_id=refund.id)
    await _check_holder(session, refund, form, files)
    payee = _row(refund, latest, actor, form, number, mark, code, files, now)
    session.add(payee)
    await session.flush()
    if refund.state in CHECKED:
        await perform(session, REFUND, refund.id, "change_payee", actor, now=now)
    record(session, actor, "refunds.payee", now, subject=refund, client_id=refund.client_id, timeline=True,
           summary=f"{payee.holder} {payee.masked}", payee_id=str(payee.id), changed=payee.is_changed)  # fmt: skip
    await tell(session, Event("refund.payee_written", refund, actor, now))
    return payee


def _numbers(form: PayeeForm) -> tuple[str, str]:
    """(account, branch code) as registers write them; Invalid names the field. No check digit for companies."""
    wrong: dict[str, Text] = {}
    number = code = ""
    try:
        number = corporate_account(form.account) if form.kind == "corporate" else card_number(form.account)
    except Invalid as error:
        wrong["account"] = error.reason
    try:
        code = bank_branch_code(form.bank_code) if form.bank_code else ""
    except Invalid as error:
        wrong["bank_code"] = error.reason
    if form.kind == "corporate" and not form.bank_code:
        wrong["bank_code"] = _("A company’s account needs the bank branch code of 12 digits.")
    if form.kind == "personal" and not form.consent:
        wrong["consent"] = _("A person’s account is sensitive personal data: it needs their separate consent.")
    if wrong:
        raise Invalid(None, wrong)
    return number, code


def _same(payee: Payee, form: PayeeForm, mark: str, code: str) -> bool:
    """The form sent twice, or an account that is known already."""
    known = (payee.account_mark, payee.holder, payee.bank, payee.bank_code, payee.corporate)
    return known == (mark, form.holder, form.bank, code, form.kind == "corporate")


async def _check_holder(
    session: AsyncSession, refund: Refund, form: PayeeForm, files: Sequence[dict[str, Any]]
) -> None:
    payers = [receipt.payer for receipt in await queries.receipts(session, refund.contract_id)]
    if is_payer(form.holder, payers) or (form.grounds and files):
        return
    reason = _("“%(holder)s” did not pay this contract: give the grounds and attach the stamped statement.",
               holder=form.holder)  # fmt: skip
    raise Invalid(None, {"grounds" if not form.grounds else "files": reason})


def _row(
    refund: Refund, latest: Payee | None, actor: Actor, form: PayeeForm, number: str, mark: str, code: str,
    files: Sequence[dict[str, Any]], now: datetime,
) -> Payee:  # fmt: skip
    """The row, its number sealed for its own place. Whoever keeps account and holder does not begin a new wait."""
    kept = latest is not None and (latest.account_mark, plain(latest.holder)) == (mark, plain(form.holder))
    if latest is not None and kept:
        usable_at, original = latest.usable_at, latest.original
    else:
        original = form.original and latest is None
        usable_at = now if original else now + COOL_OFF
    payee = Payee(
        id=uuid7(), firm_id=tenancy.current_firm_id(), refund_id=refund.id, holder=form.holder, bank=form.bank,
        bank_code=code, account_mark=mark, account_tail=number[-4:], corporate=form.kind == "corporate",
        consent=form.consent, original=original, grounds=form.grounds, files=list(files),
        written_by=actor.id if actor.kind == "member" else None, written_at=now, usable_at=usable_at,
        call_record={},
    )  # fmt: skip
    payee.account_sealed = cipher().encrypt(number, payee.place)
    return payee


async def call_back(
    session: AsyncSession, actor: Actor, refund_id: UUID, payee_id: UUID, form: CallBack, now: datetime
) -> Payee:
    """What the client said at a number that was on record; by somebody who did not write the account down."""
    refund: Refund = await locked(session, REFUND, refund_id)
    payee = await one(session, refund.id, payee_id)
    attempt = {"action": "refunds.call_back", "subject_id": refund.id}
    if actor.id == payee.written_by:
        raise Forbidden(_("Whoever wrote the account down does not make this call."), **attempt)
    if payee.called_back_at is not None or payee.was_denied or payee.verified_at is not None:
        raise Conflict(_("The call about this account is on record already."), **attempt)
    contact = await clients.contact(session, form.contact_id)
    if contact.client_id != refund.client_id or not contact.phone:
        raise Invalid(None, {"contact_id": _("Choose a contact of this client with a telephone number on record.")})
    payee.call_record = {
        "callee": contact.name, "phone": contact.phone, "result": form.result, "words": form.words,
        "by": actor.name, "at": now.isoformat(),
    }  # fmt: skip
    if form.result == "confirmed":
        payee.called_back_by, payee.called_back_at = actor.id, now
    record(session, actor, "refunds.call_back", now, subject=refund, client_id=refund.client_id, timeline=True,
           summary=f"{contact.name} {contact.phone}", reason=form.words, result=form.result)  # fmt: skip
    await session.flush()
    return payee


async def reveal(session: AsyncSession, actor: Actor, refund: Refund, payee: Payee, now: datetime) -> str:
    """The number in full, for whoever has to type it; the reading is written down."""
    record(session, actor, "refunds.reveal", now, subject=refund, client_id=refund.client_id,
           payee_id=str(payee.id), summary=f"{payee.holder} {payee.masked}")  # fmt: skip
    return opened(payee)


def opened(payee: Payee) -> str:
    """The number itself; whoever calls this writes the reading down."""
    return cipher().decrypt(payee.account_sealed, payee.place)


def fingerprint(number: str) -> str:
    """Equal for one account within the firm, whoever's refund it stands in; says nothing about the number."""
    return cipher().fingerprint(number, f"{tenancy.current_firm_id()}:{Payee.__tablename__}.account")


def cipher() -> FieldCipher:
    return deployed()


async def one(session: AsyncSession, refund_id: UUID, payee_id: UUID) -> Payee:
    """One account of one refund; Missing for any other id."""
    return await own_row(session, Payee, payee_id, Payee.refund_id == refund_id)


async def written(session: AsyncSession, refund_id: UUID) -> Sequence[Payee]:
    """Every account that was written down for a refund, the newest first."""
    query = select(Payee).where(of_this_firm(Payee), Payee.refund_id == refund_id)
    return (await session.scalars(query.order_by(Payee.written_at.desc(), Payee.id.desc()))).all()
