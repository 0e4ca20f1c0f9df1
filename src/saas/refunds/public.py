"""The client's page by link, on a phone: ask for money back, send what is missing, see where it stands.

GET shows, POST records, and every POST needs the human act of typing one's name (trust.md §5).
"""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.datastructures import UploadFile
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.errors import Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.link_entrance import Visit, purpose
from saas.kernel.pages import Req, page
from saas.kernel.perform import perform
from saas.kernel.uploads import keep
from saas.notices.public import same_name
from saas.refunds import clarifying, queries, requesting
from saas.refunds.choosing import contract_choice, reasons_of
from saas.refunds.clarifying import Given
from saas.refunds.client_forms import ClientRequest, NameOnly, TakeBack
from saas.refunds.forms import Cancel, Check, NewRequest
from saas.refunds.matter import matter
from saas.refunds.models import Refund
from saas.refunds.papers import MOST_FILES, papers_of
from saas.refunds.requesting import AnotherIsOpen
from saas.refunds.workflow import REFUND

REQUESTS_A_DAY = 5  # by one client: people have few contracts, a script has many
NOT_YOU = _("Please type your own name. This link was sent to one person only; "
            "if that is not you, ask the firm for a link of your own.")  # fmt: skip


async def show(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """Where every request stands; `?new=1` or a client without any begins a new one, contract and reason first."""
    client, refund = await _subject(session, visit)
    wanted = request.query_params
    asks = wanted.get("new") == "1" or wanted.get("contract")
    if refund is None and (asks or not await queries.of_client(session, client.id)):
        raw = {"key": requesting.new_key(), "contract_id": wanted.get("contract", ""),
               "reason": wanted.get("reason", ""), "notice_on": clock.today().isoformat()}  # fmt: skip
        return await _form(request, session, visit, client, Submitted(raw))
    return await _standing(request, session, visit)


async def ask(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """A request of the client's own; sent twice, it is one."""
    client, _refund = await _subject(session, visit)
    form = await submitted(request, ClientRequest)
    if form.ok:
        _check_name(form, visit)
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
    return Redirect(f"{_root(visit)}?of={refund.id}&thanks=1", status_code=303)


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


async def understand(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """The policy was shown on the page; the client ticks that it is understood."""
    refund = await _mine(request, session, visit)
    form = await submitted(request, NameOnly)
    if form.ok:
        _check_name(form, visit)
    if not form.ok:
        return await _standing(request, session, visit, form=form, opened="understand", status=422)
    if "policy_explained" not in refund.checked:
        policy = await queries.policy(session, refund.policy_id)
        how = str(_("ticked on the client’s page, policy version %(n)s", n=policy.version))
        await perform(session, REFUND, refund.id, "understand", visit.actor, Check("policy_explained", how))
    return _back(visit, refund)


async def supply(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """What was missing; some may stay open. Sent twice, it is recorded once."""
    refund = await _mine(request, session, visit)
    form = await submitted(request, NameOnly)
    if form.ok:
        _check_name(form, visit)
    asked = [one for one in await queries.asked(session, refund.id) if one.is_open]
    sent = await request.form()
    files = {one.id: [f for f in sent.getall(f"files-{one.id}", []) if _is_file(f)][:MOST_FILES] for one in asked}
    texts = {one.id: str(sent.get(f"text-{one.id}", "")).strip()[:4000] for one in asked}
    if form.ok and asked and not any(files.values()) and not any(texts.values()):
        form.refuse("", _("Please add at least one paper, or say in words why you cannot."))
    if not form.ok:
        return await _standing(request, session, visit, form=form, opened="supply", status=422)
    try:
        async with session.begin_nested():
            name = form.taken.signed_name
            given = [(one, Given(texts[one.id], name, "link", tuple(await keep(request, files[one.id]))))
                     for one in asked]  # fmt: skip
            if given:
                await clarifying.answer(session, visit.actor, refund, given, clock.now())
    except Refusal as refusal:
        form.refuse("", refusal.reason)
        return await _standing(request, session, visit, form=form, opened="supply", status=refusal.status)
    return _back(visit, refund)


async def take_back(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """The client does not want the money back any more."""
    refund = await _mine(request, session, visit)
    form = await submitted(request, TakeBack)
    if form.ok:
        _check_name(form, visit)
    if form.ok and refund.state != "cancelled":
        try:
            async with session.begin_nested():
                reason = Cancel(form.taken.reason, "link")
                await perform(session, REFUND, refund.id, "withdraw", visit.actor, reason)
        except Refusal as refusal:
            form.refuse("", refusal.reason)
    if not form.ok:
        return await _standing(request, session, visit, form=form, opened="take_back", status=422)
    return _back(visit, refund)


async def _subject(session: AsyncSession, visit: Visit) -> tuple[Client, Refund | None]:
    """Whose page it is: a link is about a client, or about one request of it."""
    refund = await queries.refund_or_none(session, visit.link.subject_id)
    client = await clients.client(session, refund.client_id if refund else visit.link.subject_id)
    if client.merged_into_id is not None or visit.contact is None or visit.contact.client_id != client.id:
        raise Missing()
    return client, refund


async def _mine(request: Req, session: AsyncSession, visit: Visit) -> Refund:
    """The request a form on the page is about; Missing for any that is not this client's."""
    client, only = await _subject(session, visit)
    wanted = str((await request.form()).get("refund_id", ""))
    found = next((one for one in await queries.of_client(session, client.id) if str(one.id) == wanted), None)
    if found is None or (only is not None and only.id != found.id):
        raise Missing()
    return found


def _check_name(form: Submitted[Any], visit: Visit) -> None:
    if visit.contact is None or not same_name(form.taken.signed_name, visit.contact.name):
        form.refuse("signed_name", NOT_YOU)


def _is_file(value: Any) -> bool:
    return isinstance(value, UploadFile) and bool(value.filename)


def _root(visit: Visit) -> str:
    return f"/c/refund/{visit.link.id}"


def _back(visit: Visit, refund: Refund) -> Redirect:
    return Redirect(f"{_root(visit)}?of={refund.id}&thanks=1", status_code=303)


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
        root=_root(visit),
        form=form,
        contracts=[contract_choice(c, receipts) for c, receipts in paid],
        contract=contract,
        today=clock.today().isoformat(),
        first_day=contract.starts_on.isoformat() if contract else "",
        valid_until=visit.link.expires_at,
        **known,
    )


async def _standing(
    request: Req,
    session: AsyncSession,
    visit: Visit,
    *,
    form: Submitted[Any] | None = None,
    opened: str = "",
    status: int = 200,
) -> Response[Any]:
    client, only = await _subject(session, visit)
    found = [only] if only is not None else list(await queries.of_client(session, client.id))
    said: Text | None = _("Thank you. It is recorded.") if request.query_params.get("thanks") == "1" else None
    return await page(
        request,
        "refunds/public/status.html",
        status=status,
        firm=visit.face,
        contact=visit.contact,
        client=client,
        root=_root(visit),
        matters=[await matter(session, one) for one in found],
        may_ask_more=only is None,
        form=form or Submitted(),
        opened=opened,
        thanks=said,
        valid_until=visit.link.expires_at,
    )


ROUTES = [
    *purpose("refund", show, deeds={"ask": ask, "understand": understand, "supply": supply, "take-back": take_back}),
]
