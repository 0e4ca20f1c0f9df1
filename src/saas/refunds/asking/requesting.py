"""How a refund begins: by staff or by the client through a link, once, with the policy pinned that was promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client, Contract
from saas.identity.models import Membership
from saas.identity.queries import members
from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.perform import perform, start
from saas.kernel.serials import next_serial
from saas.kernel.tenancy import of_this_firm
from saas.refunds import queries
from saas.refunds.forms import NewRequest
from saas.refunds.models import OVER, Refund
from saas.refunds.policies.versions import pinned_for
from saas.refunds.terms import Terms
from saas.refunds.workflow import REFUND

PREPARERS = frozenset({"bookkeeper", "reviewer", "manager", "owner"})


class AnotherIsOpen(Conflict):
    """One request per contract: the open one is named, so that a page can lead to it."""

    def __init__(self, refund: Refund) -> None:
        super().__init__(
            _("The request %(number)s for this contract is still open. One contract has one open request.",
              number=refund.number)
        )  # fmt: skip
        self.refund = refund


async def open_request(
    session: AsyncSession,
    actor: Actor,
    contract: Contract,
    form: NewRequest,
    files: Sequence[dict[str, Any]],
    now: datetime,
) -> Refund:
    """Write the request down, pin the policy, and hand it in; the same key again gives the same request.

    `files` are [{name, sha256, size, shows}]. AnotherIsOpen, Invalid for an unknown reason or an archived client, and
    what the rules of `submit` say: more asked than was received, nobody paid.
    """
    await session.execute(select(Contract.id).where(of_this_firm(Contract), Contract.id == contract.id)
                          .with_for_update())  # fmt: skip
    known = await queries.refund_or_none(session, form.key)
    if known is not None:
        return known
    other = await open_one(session, contract.id)
    if other is not None:
        raise AnotherIsOpen(other)
    client = await clients.client(session, contract.client_id)
    if client.merged_into_id is not None or client.archived_at is not None:
        raise Invalid(_("This client is archived: nothing new is opened for it."))
    refund = await _row(session, actor, client, contract, form, now)
    refund.files = list(files)
    await start(session, REFUND, refund, actor, now=now, summary=refund.number)
    handed_in: Refund = await perform(session, REFUND, refund.id, "submit", actor, now=now)
    return handed_in


async def _row(
    session: AsyncSession, actor: Actor, client: Client, contract: Contract, form: NewRequest, now: datetime
) -> Refund:
    """The request with its number, the policy that counts for its contract, and who prepares it."""
    today = now.astimezone(CHINA).date()
    _check_days(contract, form, today)
    policy = await pinned_for(session, contract, today)
    terms = msgspec.convert(policy.terms, Terms)
    if form.reason not in {reason.code for reason in terms.reasons}:
        raise Invalid(_("The policy that was agreed does not know this reason."))
    return Refund(
        id=form.key,
        number=f"TF-{today.year}-{await next_serial(session, 'refund', today.year):04}",
        client_id=client.id,
        contract_id=contract.id,
        contact_id=await _contact(session, actor, client, form),
        requested_by=actor.id if actor.kind == "member" else None,
        requester_name=actor.name,
        reason=form.reason,
        reason_text=form.reason_text,
        asked=form.asked,
        payer=form.payer or await _sole_payer(session, contract),
        notice_on=form.notice_on,
        policy_id=policy.id,
        deadlines=dict(terms.deadlines),
        preparer_id=await _preparer(session, actor, client),
        at_fault=terms.reason(form.reason).at_fault,
        source=form.source,
        opened_at=now,
    )


async def open_one(session: AsyncSession, contract_id: UUID) -> Refund | None:
    """The open request of a contract, if there is one."""
    query = select(Refund).where(
        of_this_firm(Refund), Refund.contract_id == contract_id, Refund.state.not_in(OVER)
    )  # fmt: skip
    return (await session.scalars(query)).first()


def new_key() -> str:
    """Made with the page, so that the same form sent twice opens one request."""
    return str(uuid7())


def _check_days(contract: Contract, form: NewRequest, today: date) -> None:
    if form.asked.fen <= 0:
        raise Invalid(_("Say how much is asked back."))
    if not contract.starts_on <= form.notice_on <= today:
        raise Invalid(_("The day of notice lies between the contract’s first day and today."))


async def _sole_payer(session: AsyncSession, contract: Contract) -> str:
    """Who paid, where nobody said so and our books name one payer only."""
    payers = {receipt.payer for receipt in await queries.receipts(session, contract.id)}
    return payers.pop() if len(payers) == 1 else ""


async def _contact(session: AsyncSession, actor: Actor, client: Client, form: NewRequest) -> UUID | None:
    """Whoever asks by link, else who was chosen, else whose yes counts."""
    here = await clients.contacts(session, client.id)
    wanted = actor.id if actor.kind == "contact" else form.contact_id
    chosen = next((contact.id for contact in here if contact.id == wanted), None)
    return chosen or (here[0].id if here else None)


async def _preparer(session: AsyncSession, actor: Actor, client: Client) -> UUID | None:
    """P: the client's bookkeeper while they work here, else whoever writes it down, where they may prepare."""
    here = {member.id for member in await members(session)}
    if client.bookkeeper_id in here:
        return client.bookkeeper_id
    return actor.id if actor.kind == "member" and actor.roles & PREPARERS else None


def people_who_prepare(here: Sequence[Membership]) -> list[tuple[str, str]]:
    """Whoever may be handed a refund, for a choice."""
    return [(str(m.id), m.name) for m in here if PREPARERS & set(m.roles)]
