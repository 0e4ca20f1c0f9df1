"""The client's page by link, on a phone: ask for money back, and see where it stands.

GET shows, POST records, and every POST needs the human act of typing one's name (trust.md §5).
"""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.errors import Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.link_entrance import Visit, purpose
from saas.kernel.pages import Req, page
from saas.kernel.perform import perform
from saas.refunds import queries
from saas.refunds.asking import requesting
from saas.refunds.asking.choosing import contract_choice, reasons_of
from saas.refunds.asking.client_deeds import give_account, letter_again, supply, take_back, understand
from saas.refunds.asking.client_forms import ClientRequest
from saas.refunds.asking.client_page import check_name, root_of, standing, subject
from saas.refunds.asking.requesting import AnotherIsOpen
from saas.refunds.forms import Check, NewRequest
from saas.refunds.models import Refund
from saas.refunds.papers import papers_of
from saas.refunds.policies.for_clients import whole_policy
from saas.refunds.workflow import REFUND

REQUESTS_A_DAY = 5  # by one client: people have few contracts, a script has many


async def show(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """Where every request stands; `?new=1` or a client without any begins a new one, contract and reason first."""
    client, refund = await subject(session, visit)
    wanted = request.query_params
    asks = wanted.get("new") == "1" or wanted.get("contract")
    if refund is None and (asks or not await queries.of_client(session, client.id)):
        raw = {"key": requesting.new_key(), "contract_id": wanted.get("contract", ""),
               "reason": wanted.get("reason", ""), "notice_on": clock.today().isoformat()}  # fmt: skip
        return await _form(request, session, visit, client, Submitted(raw))
    return await standing(request, session, visit)


async def ask(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """A request of the client's own; sent twice, it is one."""
    client, _refund = await subject(session, visit)
    form = await submitted(request, ClientRequest)
    if form.ok:
        check_name(form, visit)
    if form.ok and not form.taken.understood:
        form.refuse("understood", _("Please read how it is reckoned, then tick this."))
    if not form.ok:
        return await _form(request, session, visit, client, form, status=422)
    try:
        async with session.begin_nested():
            refund = await _open(request, session, visit, client, form.taken)
    except AnotherIsOpen as refusal:
        form.refuse("", refusal.reason)
        return await _form(request, session, visit, client, form, status=refusal.status)
    except Missing:
        raise
    except Refusal as refusal:
        form.refuse("", refusal.reason)
        return await _form(request, session, visit, client, form, status=refusal.status)
    return Redirect(f"{root_of(visit)}?of={refund.id}&thanks=1", status_code=303)


async def _open(request: Req, session: AsyncSession, visit: Visit, client: Client, given: ClientRequest) -> Refund:
    contract = await queries.contract(session, given.contract_id)
    if contract.client_id != client.id:
        raise Missing()
    now = clock.now()
    known = await queries.refund_or_none(session, given.key)
    if known is not None and known.client_id == client.id:
        return known
    today = [one for one in await queries.of_client(session, client.id) if one.opened_at.date() == now.date()]
    if len(today) >= REQUESTS_A_DAY:
        raise Refusal(_("You asked for a lot today. Please telephone us."))
    new = NewRequest(given.key, contract.id, given.reason, given.asked, given.notice_on, given.reason_text, given.payer)
    refund = await requesting.open_request(session, visit.actor, contract, new, await papers_of(request), now)
    policy = await queries.policy(session, refund.policy_id)
    how = str(_("ticked on the client’s page, policy version %(n)s", n=policy.version))
    return await perform(session, REFUND, refund.id, "understand", visit.actor, Check("policy_explained", how), now=now)  # type: ignore[no-any-return]


async def _form(
    request: Req, session: AsyncSession, visit: Visit, client: Client, form: Submitted[Any], status: int = 200
) -> Response[Any]:
    """Contract, reason, then the rest: each screen asks only what the last needs."""
    paid = [(c, receipts) for c, receipts in await clients.contracts(session, client.id) if receipts]
    chosen = str(form.raw.get("contract_id", ""))
    contract = next((c for c, _receipts in paid if str(c.id) == chosen), paid[0][0] if len(paid) == 1 else None)
    known = await reasons_of(session, contract, str(form.raw.get("reason", ""))) if contract else {"reason": None}
    return await page(
        request,
        "refunds/public/ask.html",
        status=status,
        firm=visit.face,
        contact=visit.contact,
        client=client,
        root=root_of(visit),
        form=form,
        contracts=[contract_choice(c, receipts) for c, receipts in paid],
        contract=contract,
        today=clock.today().isoformat(),
        first_day=contract.starts_on.isoformat() if contract else "",
        valid_until=visit.link.expires_at,
        **known,
    )


DEEDS = {
    "ask": ask,
    "understand": understand,
    "supply": supply,
    "account": give_account,
    "letter": letter_again,
    "take-back": take_back,
}
ROUTES = [
    *purpose("refund", show, deeds=DEEDS, files={"policy": whole_policy}),
]
