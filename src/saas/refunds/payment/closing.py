"""After payment: letter, sealed file, archive; credit and plan changes; winning a client back (R4.3, R4.4, R9.3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Contract
from saas.identity.actors import actor_for
from saas.identity.queries import members
from saas.kernel import clock, tenancy
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.config import active
from saas.kernel.errors import Forbidden, Refusal
from saas.kernel.files import store_of
from saas.kernel.i18n import _
from saas.kernel.module import Event
from saas.kernel.outbox import enqueue
from saas.kernel.perform import locked, perform, tell
from saas.kernel.tenancy import of_this_firm
from saas.notices import drafts, issue
from saas.refunds import queries
from saas.refunds.facts import terms_of
from saas.refunds.models import Refund
from saas.refunds.payment import errands, invoices, payees
from saas.refunds.payment.bundle import bundle
from saas.refunds.workflow import REFUND
from saas.refunds.writing import notice_letter
from saas.tasks.errands import finish

WIN_BACK = (30, 90)  # days after the money was paid back
NO_LETTER = "The letter after payment could not be issued: %(reason)s"
OTHER_PLAN = _("The client chose another plan instead of money: agree on it and change the contract")


async def after_settled(session: AsyncSession, event: Event) -> None:
    """The last payment arrived: the rest follows from `refund.paid`, once."""
    if event.row.state == "paid":
        await tell(session, Event("refund.paid", event.row, event.actor, event.now, event.detail))


async def after_paid(session: AsyncSession, event: Event) -> None:
    """The letter goes out at once, or somebody is told what it lacks; the money's truth never waits for it."""
    refund: Refund = event.row
    try:
        async with session.begin_nested():
            await send_letter(session, refund, event.actor, event.now)
    except Refusal as refusal:
        step = _("The letter after payment could not be issued: %(reason)s", reason=refusal.reason)
        await errands.give(session, refund, step, event.now, role="bookkeeper", assignee_id=refund.preparer_id)
    for days in WIN_BACK:
        enqueue(session, "refunds.win_back", due_at=event.now + timedelta(days), refund_id=refund.id, days=days)


async def send_letter(session: AsyncSession, refund: Refund, actor: Actor, now: datetime) -> None:
    """Draft it as the preparer's, approve it as the approver's of the refund, as case letters do. Once.

    Forbidden in words where the client has nobody to write to, or firm or client lack what a letter shows.
    """
    refund = await locked(session, REFUND, refund.id)
    if refund.notice_id is not None or refund.state != "paid":
        return
    author, approver = await _signers(session, refund, actor)
    people = await clients.approvers(session, refund.client_id)
    if not people:
        raise Forbidden(_("The client has nobody to write to yet. Add a contact who may approve."))
    payments = [p for p in await queries.payments(session, refund.id) if p.status == "paid"]
    notice = await drafts.draft(
        session,
        author,
        kind=notice_letter.REFUND_NOTICE.name,
        client=await clients.client(session, refund.client_id),
        subject_kind="refund",
        subject_id=refund.id,
        title=_("Refund notice"),
        content=notice_letter.content(
            refund,
            await queries.contract(session, refund.contract_id),
            payments,
            {p.id: p for p in await payees.written(session, refund.id)},
            await invoices.of_refund(session, refund.id),
            await keep_until(session, refund),
        ),
        locale=people[0].locale if people[0].locale in ("en", "both") else "zh",
        answer_by=None,
        now=now,
    )
    refund.notice_id = notice.id
    await issue.approve(session, notice, approver, now)
    by = actor.id if actor.kind == "member" else None
    await finish(session, refund.id, (NO_LETTER,), now, by)


async def _signers(session: AsyncSession, refund: Refund, actor: Actor) -> tuple[Actor, Actor]:
    """(author, approver): the preparer and who approved the refund, where they still work here; never one person."""
    here = {m.id: actor_for(m) for m in await members(session)}
    author = here.get(refund.preparer_id) if refund.preparer_id else None
    author = author or actor
    wanted = (refund.level_2_by, refund.level_1_by, refund.countersigned_by, actor.id)
    approver = next((here[one] for one in wanted if one in here and one != author.id), None)
    if author.id is None or approver is None:
        raise Forbidden(_("Nobody who approved this refund works here any more: a manager has to write the letter."))
    return author, approver


async def keep_until(session: AsyncSession, refund: Refund) -> date:
    """The retention date: so many years after the payment, as the pinned policy says."""
    paid_on = (refund.paid_at or clock.now()).astimezone(CHINA).date()
    years = (await terms_of(session, refund)).retention_years
    try:
        return paid_on.replace(year=paid_on.year + years)
    except ValueError:  # 29 February
        return paid_on.replace(year=paid_on.year + years, day=28)


async def after_letter_issued(session: AsyncSession, event: Event) -> None:
    """The letter's bytes are stored: now the file is complete and can be sealed."""
    notice = event.row
    if notice.subject_kind == REFUND.name and notice.kind == notice_letter.REFUND_NOTICE.name:
        enqueue(session, "refunds.seal", refund_id=notice.subject_id)


async def seal(session: AsyncSession, refund_id: str) -> None:
    """The job: everything from request to receipt in one sealed file; then the refund is archived. Once."""
    refund: Refund = await locked(session, REFUND, UUID(refund_id))
    if refund.bundle_sha256 or refund.state != "paid":
        return
    now = clock.now()
    refund.retain_until = await keep_until(session, refund)
    content = await bundle(session, refund, now)
    refund.bundle_sha256 = await store_of(active()).put(tenancy.current_firm_id(), content)
    record(session, SYSTEM, "refunds.seal", now, subject=refund, client_id=refund.client_id,
           sha256=refund.bundle_sha256, retain_until=refund.retain_until.isoformat())  # fmt: skip
    await session.flush()
    await perform(session, REFUND, refund.id, "archive", SYSTEM, now=now)


async def after_converted(session: AsyncSession, event: Event) -> None:
    """Nothing is reserved any more; somebody books the credit or agrees on the other plan."""
    refund: Refund = event.row
    client = await clients.client(session, refund.client_id)
    if refund.outcome == "plan":
        await errands.give(session, refund, OTHER_PLAN, event.now, role="manager", assignee_id=client.bookkeeper_id,
                           days=3)  # fmt: skip
    elif refund.credit is not None and refund.credit_until is not None:
        step = _("Book the service credit of %(amount)s, usable until %(day)s",
                 amount=refund.credit, day=refund.credit_until.isoformat())  # fmt: skip
        await errands.give(session, refund, step, event.now, role="bookkeeper", assignee_id=refund.preparer_id, days=3)


async def win_back(session: AsyncSession, refund_id: str, days: str) -> None:
    """30 and 90 days after a refund: a task to call, unless the client came back with a new contract meanwhile."""
    refund = await queries.refund(session, UUID(refund_id))
    client = await clients.client(session, refund.client_id)
    if client.archived_at is not None or await _came_back(session, refund):
        return
    here = {m.id for m in await members(session)}
    caller = client.bookkeeper_id if client.bookkeeper_id in here else None
    step = _("%(days)s days after the refund: ask how they are, and whether we may help again", days=int(days))
    await errands.give(session, refund, step, clock.now(), role="manager", assignee_id=caller, days=3)


async def _came_back(session: AsyncSession, refund: Refund) -> bool:
    """A contract that begins after the money was paid back."""
    since = (refund.paid_at or refund.opened_at).astimezone(CHINA).date()
    query = select(Contract.id).where(
        of_this_firm(Contract), Contract.client_id == refund.client_id, Contract.id != refund.contract_id,
        Contract.starts_on >= since,
    )  # fmt: skip
    return await session.scalar(query.limit(1)) is not None
