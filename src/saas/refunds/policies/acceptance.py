"""Which version of the policy a client accepted with a contract: recorded once, corrected by its keepers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Contract
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Forbidden
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _, reader
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_date, to
from saas.kernel.tenancy import of_this_firm
from saas.refunds import queries
from saas.refunds.policies import versions
from saas.refunds.policies.policy_models import PolicyAcceptance
from saas.refunds.policies.shown import days_of
from saas.refunds.policies.versions import terms_of

PATH = "/f/{slug:str}/contracts/{contract_id:uuid}/refund-policy"


class Accepted(Struct):
    """What the contract says: the version, the day it was accepted, the clause."""

    version: int
    accepted_on: date
    clause: Annotated[str, Meta(max_length=60)] = ""


@get(PATH, opt={"permission": "refunds.request"})
async def ask(request: Req, session: Db, contract_id: FromPath[UUID]) -> Response[str]:
    contract = await queries.contract(session, contract_id)
    known = await queries.accepted_policy(session, contract.id)
    if known is None:
        in_force = await versions.in_force(session, clock.today())
        raw = {"version": str(in_force.version), "accepted_on": contract.starts_on.isoformat()}
    else:
        version = (await versions.by_id(session, known.policy_id)).version
        raw = {"version": str(version), "accepted_on": known.accepted_on.isoformat(), "clause": known.clause}
    return await _form(request, session, contract, Submitted(raw))


@post(PATH, opt={"permission": "refunds.request"})
async def save(request: Req, session: Db, contract_id: FromPath[UUID]) -> Response[Any]:
    """Recorded by whoever writes requests down; corrected by whoever keeps the policy."""
    contract = await queries.contract(session, contract_id)
    form = await submitted(request, Accepted)
    if form.ok and form.taken.accepted_on > clock.today():
        form.refuse("accepted_on", _("Choose today or an earlier day."))
    if form.ok and form.taken.version not in {row.policy.version for row in await versions.all_of_firm(session)}:
        form.refuse("version", _("This cannot be taken: please choose or correct it."))
    if not form.ok:
        return await _form(request, session, contract, form, status=422)
    await accept(session, actor_of(request), contract, form.taken)
    return to(f"/clients/{contract.client_id}#refund-policy", request)


async def accept(session: AsyncSession, actor: Actor, contract: Contract, form: Accepted) -> PolicyAcceptance:
    """Keeps what the contract says. Requests that are open keep the version they were opened under."""
    policy = await versions.by_number(session, form.version)
    known = await queries.accepted_policy(session, contract.id)
    said = {"policy_id": policy.id, "accepted_on": form.accepted_on, "clause": form.clause}
    if known is not None and all(getattr(known, name) == value for name, value in said.items()):
        return known
    words: dict[str, Any] = {"version": policy.version, "since": form.accepted_on.isoformat(), "clause": form.clause}
    if known is None:
        known = PolicyAcceptance(contract_id=contract.id, recorded_by=actor.id, **said)
        session.add(known)
        await session.flush()
    else:
        if not actor.may("refunds.policy"):
            raise Forbidden(_("The accepted version is recorded already; the owner or a manager corrects it."),
                            action="refunds.accept_policy", subject_id=str(contract.id))  # fmt: skip
        words["before"] = (await versions.by_id(session, known.policy_id)).version
        for name, value in {**said, "recorded_by": actor.id}.items():
            setattr(known, name, value)
    record(session, actor, "refunds.accept_policy", clock.now(), subject=contract, client_id=contract.client_id,
           timeline=True, number=contract.number, **words)  # fmt: skip
    return known


async def client_panel(session: AsyncSession, client: Any, actor: Actor) -> dict[str, Any]:
    """On a client's page: what each contract accepted, and the way to record it."""
    contracts = [contract for contract, _receipts in await clients.contracts(session, client.id)]
    accepted = await _accepted(session, [contract.id for contract in contracts])
    numbers = {row.policy.id: row.policy.version for row in await versions.all_of_firm(session)} if contracts else {}
    named = await members_by_id(session) if accepted else {}
    may_record, may_change = actor.may("refunds.request"), actor.may("refunds.policy")
    rows = []
    for contract in contracts:
        known = accepted.get(contract.id)
        member = named.get(known.recorded_by) if known else None
        rows.append(
            {
                "contract": contract,
                "version": numbers[known.policy_id] if known else None,
                "said": _said(known, member.name if member else "") if known else None,
                "may_record": may_change if known else may_record,
            }
        )
    return {
        "template": "refunds/policy/_accepted.html",
        "rows": rows,
        "may_read": actor.may("refunds.read"),
    }


def _said(known: PolicyAcceptance, by: str) -> Text:
    day = show_date(known.accepted_on)
    if known.clause:
        return _("accepted on %(day)s, %(clause)s · recorded by %(name)s", day=day, clause=known.clause, name=by)
    return _("accepted on %(day)s · recorded by %(name)s", day=day, name=by)


async def _accepted(session: AsyncSession, contract_ids: list[UUID]) -> dict[UUID, PolicyAcceptance]:
    query = select(PolicyAcceptance).where(
        of_this_firm(PolicyAcceptance), PolicyAcceptance.contract_id.in_(contract_ids)
    )
    return {row.contract_id: row for row in await session.scalars(query)}


async def _form(
    request: Req, session: AsyncSession, contract: Contract, form: Submitted[Any], status: int = 200
) -> Response[str]:
    client = await clients.client(session, contract.client_id)
    known = await queries.accepted_policy(session, contract.id)
    options = [
        (str(row.policy.version), _("Version %(n)s: %(name)s (%(days)s)", n=row.policy.version,
                                    name=terms_of(row.policy).in_words(reader())[0], days=days_of(row)))
        for row in await versions.all_of_firm(session)
    ]  # fmt: skip
    return await page(
        request,
        "refunds/policy/accept.html",
        session=session,
        status=status,
        form=form,
        contract=contract,
        client=client,
        options=options,
        today=clock.today().isoformat(),
        may_save=known is None or actor_of(request).may("refunds.policy"),
        here=address_in(request)(f"/contracts/{contract.id}/refund-policy"),
    )


ROUTES = [ask, save]
