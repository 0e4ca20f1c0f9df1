"""What a client does by link about a request that is there: understand, send, give the account, take back.

GET shows, POST records, and every POST needs the human act of typing one's name (trust.md §5).
"""

from __future__ import annotations

from typing import Any

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.errors import Invalid, Refusal
from saas.kernel.forms import submitted
from saas.kernel.i18n import _
from saas.kernel.link_entrance import Visit
from saas.kernel.pages import Req
from saas.kernel.perform import perform
from saas.kernel.uploads import keep
from saas.notices.requests import send_own_link
from saas.refunds import queries
from saas.refunds.asking import clarifying
from saas.refunds.asking.clarifying import Given
from saas.refunds.asking.client_forms import ClientPayee, NameOnly, TakeBack
from saas.refunds.asking.client_page import back, check_name, is_file, mine, standing
from saas.refunds.forms import Cancel, Check
from saas.refunds.papers import MOST_FILES
from saas.refunds.payment import payees
from saas.refunds.workflow import REFUND


async def understand(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """The policy was shown on the page; the client ticks that it is understood."""
    refund = await mine(request, session, visit)
    form = await submitted(request, NameOnly)
    if form.ok:
        check_name(form, visit)
    if not form.ok:
        return await standing(request, session, visit, form=form, opened="understand", status=422)
    if "policy_explained" not in refund.checked:
        policy = await queries.policy(session, refund.policy_id)
        how = str(_("ticked on the client’s page, policy version %(n)s", n=policy.version))
        await perform(session, REFUND, refund.id, "understand", visit.actor, Check("policy_explained", how))
    return back(visit, refund)


async def supply(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """What was missing; some may stay open. Sent twice, it is recorded once."""
    refund = await mine(request, session, visit)
    form = await submitted(request, NameOnly)
    if form.ok:
        check_name(form, visit)
    asked = [one for one in await queries.asked(session, refund.id) if one.is_open]
    sent = await request.form()
    files = {one.id: [f for f in sent.getall(f"files-{one.id}", []) if is_file(f)][:MOST_FILES] for one in asked}
    texts = {one.id: str(sent.get(f"text-{one.id}", "")).strip()[:4000] for one in asked}
    if form.ok and asked and not any(files.values()) and not any(texts.values()):
        form.refuse("", _("Please add at least one paper, or say in words why you cannot."))
    if not form.ok:
        return await standing(request, session, visit, form=form, opened="supply", status=422)
    try:
        async with session.begin_nested():
            name = form.taken.signed_name
            given = [(one, Given(texts[one.id], name, "link", tuple(await keep(request, files[one.id]))))
                     for one in asked]  # fmt: skip
            if given:
                await clarifying.answer(session, visit.actor, refund, given, clock.now())
    except Refusal as refusal:
        form.refuse("", refusal.reason)
        return await standing(request, session, visit, form=form, opened="supply", status=refusal.status)
    return back(visit, refund)


async def take_back(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """The client does not want the money back any more."""
    refund = await mine(request, session, visit)
    form = await submitted(request, TakeBack)
    if form.ok:
        check_name(form, visit)
    if form.ok and refund.state != "cancelled":
        try:
            async with session.begin_nested():
                reason = Cancel(form.taken.reason, "link")
                await perform(session, REFUND, refund.id, "withdraw", visit.actor, reason)
        except Refusal as refusal:
            form.refuse("", refusal.reason)
    if not form.ok:
        return await standing(request, session, visit, form=form, opened="take_back", status=422)
    return back(visit, refund)


async def give_account(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """Where the money is to go. The number is sealed at once and never shown again; the same one twice is kept once."""
    refund = await mine(request, session, visit)
    form = await submitted(request, ClientPayee)
    if form.ok:
        check_name(form, visit)
    if form.ok:
        try:
            async with session.begin_nested():
                files = await keep(request, form.taken.files[:MOST_FILES])
                await payees.write(session, visit.actor, refund.id, form.taken, files, clock.now())
        except Invalid as refusal:
            form.errors.update(refusal.fields or {"": refusal.reason})
        except Refusal as refusal:
            form.refuse("", refusal.reason)
    if not form.ok:
        return await standing(request, session, visit, form=form, opened="account", status=422)
    return back(visit, refund)


async def letter_again(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """The offer once more, to this contact's address on record; at most one in ten minutes, so no name is typed."""
    refund = await mine(request, session, visit)
    if refund.state == "offered" and refund.offer_id is not None and visit.contact is not None:
        await send_own_link(session, refund.offer_id, visit.contact.email or visit.contact.phone, clock.now())
    return back(visit, refund)
