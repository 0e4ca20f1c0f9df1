"""The assessment: what was established about service and losses, and what follows from it (R3.2, R3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries as cases
from saas.cases.models import Case
from saas.clients.models import Contract
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden, Invalid
from saas.kernel.i18n import Text, _
from saas.kernel.money import ZERO, Money
from saas.kernel.perform import locked
from saas.refunds import queries
from saas.refunds.assessing import evidence
from saas.refunds.calculation import Ladder, reckon
from saas.refunds.calculation.service import Agreed, Service
from saas.refunds.facts import terms_of
from saas.refunds.models import Refund
from saas.refunds.payment import agreement
from saas.refunds.terms import Terms, as_at_fault
from saas.refunds.workflow import REFUND


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the preparer says: the service, the case that caused it, and another amount where they want one."""

    service: Service
    case: Case | None = None
    amount: Money | None = None  # None: the calculation's
    override_reason: str = ""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The ladder, and what the refund does to the margin of the contract, in fen."""

    ladder: Ladder
    loss: int  # Σ of the loss sheet: what the service cost us
    kept: int  # received − refund
    margin: int  # kept − loss
    before: int  # received − loss: without any refund

    @property
    def proposed(self) -> Money:
        return Money(self.ladder.refund)


async def agreed_of(session: AsyncSession, refund: Refund) -> Agreed:
    """Contract and money as the calculation takes them; what other refunds of it took already stands in `refunded`."""
    contract = await queries.contract(session, refund.contract_id)
    receipts = await queries.receipts(session, contract.id)
    received = sum((receipt.amount for receipt in receipts), ZERO)
    committed = await queries.committed(session, contract.id, without=refund.id)
    return agreement.agreed_of(contract, received, committed, refund.notice_on)


def reckoned(terms: Terms, reason: str, agreed: Agreed, service: Service, amount: Money | None = None) -> Reckoned:
    """Pure: the ladder and the margin with it, or with another amount. `terms` are those of `as_judged`."""
    ladder = reckon(terms, reason, agreed, service)
    loss = sum(line.fen for line in service.losses)
    kept = agreed.received - agreed.refunded - (amount.fen if amount is not None else ladder.refund)
    return Reckoned(ladder, loss, kept, kept - loss, agreed.received - agreed.refunded - loss)


def as_judged(terms: Terms, reason: str, case: Case | None) -> Terms:
    """The policy's terms for one refund: a case of our own making makes the reason one of our own fault."""
    return as_at_fault(terms, reason) if _is_ours(case) else terms


def service_of(refund: Refund) -> Service:
    """What was kept of the service; an empty one before the first calculation."""
    return msgspec.convert(refund.service, Service)


async def calculate(session: AsyncSession, actor: Actor, refund: Refund, given: Assessment, now: datetime) -> Refund:
    """Keep what was established and the ladder that follows. The same again changes nothing but the time gathered.

    Conflict outside the state for it, Forbidden for anyone but the preparer, Invalid for another amount without a
    reason, above what was received, or a loss to third parties without its proof.
    """
    refund = await locked(session, REFUND, refund.id)
    if refund.state != "complete":
        raise Conflict(_("The calculation is made while the file is complete and nothing is proposed yet."))
    if refund.preparer_id != actor.id:
        raise Forbidden(_("This step belongs to whoever prepares the refund."), action="refund.calculate",
                        subject_id=refund.id)  # fmt: skip
    terms = as_judged(await terms_of(session, refund), refund.reason, given.case)
    agreed = await agreed_of(session, refund)
    _check_service(given.service)
    ladder = reckon(terms, refund.reason, agreed, given.service)
    computed = Money(ladder.refund)
    amount = computed if given.amount is None else given.amount
    _check_amount(amount, computed, given.override_reason, Money(max(agreed.received - agreed.refunded, 0)))
    refund.service = msgspec.to_builtins(given.service, str_keys=True)
    refund.ladder, refund.computed, refund.amount = ladder.store(), computed, amount
    refund.override_reason = given.override_reason if amount != computed else ""
    refund.receivable = Money(ladder.receivable) if ladder.receivable else None
    refund.case_id = given.case.id if given.case is not None else None
    refund.at_fault = terms.reason(refund.reason).at_fault
    refund.evidence = await evidence.gather(session, refund, now)
    record(session, actor, "refunds.calculate", now, subject=refund, client_id=refund.client_id,
           computed=str(computed), amount=str(amount), reason=refund.override_reason,
           summary=_summary(refund))  # fmt: skip
    await session.flush()
    return refund


async def cases_of(session: AsyncSession, refund: Refund, contract: Contract) -> list[Case]:
    """The client's cases that may have caused the request, those of our own making first."""
    found = await cases.cases(session, cases.Wanted(state="all", client_id=refund.client_id), limit=200)
    near = [case for case in found if contract.starts_on <= case.opened_at.date()]
    return sorted(near, key=lambda case: case.responsibility not in ("firm", "shared"))


def _is_ours(case: Case | None) -> bool:
    return case is not None and case.responsibility in ("firm", "shared")


def _check_service(service: Service) -> None:
    if any(loss.kind == "third_party" and not loss.proof for loss in service.losses):
        raise Invalid(_("What was paid to others counts only against a receipt: name it."))
    if service.served_months is not None and not service.served_why:
        raise Invalid(fields={"served_why": _("The months differ from the count by dates: say why.")})


def _check_amount(amount: Money, computed: Money, reason: str, most: Money) -> None:
    if amount != computed and not reason:
        raise Invalid(fields={"override_reason": _("The amount differs from the calculation: say why.")})
    if amount < ZERO:
        raise Invalid(fields={"amount": _("A refund is never negative.")})
    if amount > most:
        raise Invalid(fields={"amount": _("%(amount)s is more than the %(most)s that can be paid back under this "
                                          "contract.", amount=amount, most=most)})  # fmt: skip


def _summary(refund: Refund) -> str:
    same: Text = _("%(amount)s, as calculated", amount=refund.amount)
    other: Text = _("%(amount)s instead of %(computed)s", amount=refund.amount, computed=refund.computed)
    return str(other if refund.overridden else same)
