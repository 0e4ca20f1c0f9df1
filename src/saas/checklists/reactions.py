"""What checklists do when something happens elsewhere: occasions, clients that leave or merge, people who leave."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.checklists import queries
from saas.checklists.forms import Take, Void
from saas.checklists.making import Occasion, begin_by_occasion
from saas.checklists.models import ChecklistExemption, ChecklistRun
from saas.checklists.workflow import LIVE, RUN
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.firms.choices import Choice, choice, offer_choices
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.errors import Forbidden
from saas.kernel.i18n import _
from saas.kernel.module import Event, Holding
from saas.kernel.perform import perform
from saas.kernel.tenancy import of_this_firm
from saas.refunds.models import Refund

GATE = "refund_checklist"
offer_choices(
    Choice(
        GATE,
        _("The checklist before a refund’s offer goes out"),
        _("It is made when a refund is calculated; a second person signs it off."),
        "one",
        "remind",
        options=(
            ("remind", _("A reminder: the offer may go out before it is done")),
            ("gate", _("A gate: nobody countersigns before it is done")),
        ),
    )
)
GONE_CASE = _("The case is over.")
GONE_REFUND = _("The request for a refund is over.")


async def refund_assessed(session: AsyncSession, event: Event) -> None:
    """Before the offer goes out: one run for each calculation; one that is still open goes on."""
    refund: Refund = event.row
    await _begin(session, event, refund.client_id, "refund", refund.number, f"/refunds/{refund.id}")


async def refund_gate(session: AsyncSession, event: Event) -> None:
    """Where the firm made it a gate, the countersignature waits for the checklist."""
    if await choice(session, GATE) != "gate":
        return
    runs = await queries.of_subject(session, event.row.id)
    if runs and runs[0].state in LIVE:
        raise Forbidden(_("First finish the checklist “%(name)s”, and have it signed off.", name=runs[0].name))


async def refund_over(session: AsyncSession, event: Event) -> None:
    await _end(session, event, str(GONE_REFUND))


async def case_submitted(session: AsyncSession, event: Event) -> None:
    """Before the letter of a correction goes out."""
    case: Case = event.row
    await _begin(session, event, case.client_id, "case", case.number, f"/cases/{case.id}")


async def case_over(session: AsyncSession, event: Event) -> None:
    await _end(session, event, str(GONE_CASE))


async def _begin(session: AsyncSession, event: Event, client_id: UUID, kind: str, number: str, url: str) -> None:
    before = await queries.of_subject(session, event.row.id)
    if any(run.state in LIVE for run in before):
        return
    period = f"{number}/{len(before) + 1}" if before else number
    client = await clients.client(session, client_id)
    for found in await queries.current(session, active=True):
        if found.plan.every == "event" and found.plan.event == event.name:
            occasion = Occasion(period, kind, event.row.id, url)
            await begin_by_occasion(session, found, client, occasion, event.actor, clock.today())


async def _end(session: AsyncSession, event: Event, reason: str) -> None:
    for run in await queries.of_subject(session, event.row.id):
        if run.state in LIVE:
            await perform(session, RUN, run.id, "lapse", SYSTEM, Void(reason), now=event.now)


async def client_left(session: AsyncSession, event: Event) -> None:
    """Open runs are void, with what was done in them kept; the hand-over begins, and goes on without the client."""
    client: Client = event.row
    plans = {found.checklist.id: found for found in await queries.current(session)}
    reason = str(_("The client left on %(day)s.", day=clock.today().isoformat()))
    for run in await queries.open_of_client(session, client.id):
        if not plans[run.checklist_id].plan.after_leaving:
            await perform(session, RUN, run.id, "lapse", SYSTEM, Void(reason), now=event.now)
    going = {run.checklist_id for run in await queries.open_of_client(session, client.id)}
    for found in plans.values():
        asked = found.checklist.active and found.plan.event == event.name and found.plan.every == "event"
        if asked and found.checklist.id not in going:
            occasion = Occasion(clock.today().isoformat())
            await begin_by_occasion(session, found, client, occasion, event.actor, clock.today())


async def follow_merge(session: AsyncSession, event: Event) -> None:
    """Runs and exemptions go to the client that took over; of two for the same period the merged client's is void."""
    into, merged_id = event.row, event.detail["merged_id"]
    mine = select(ChecklistRun).where(of_this_firm(ChecklistRun), ChecklistRun.client_id == merged_id)
    theirs = select(ChecklistRun).where(of_this_firm(ChecklistRun), ChecklistRun.client_id == into.id)
    taken = {(run.checklist_id, run.period) for run in await session.scalars(theirs)}
    reason = str(_("Merged into %(name)s, which has the same checklist for this period.", name=into.name))
    for run in (await session.scalars(mine)).all():
        if (run.checklist_id, run.period) not in taken:
            run.client_id = into.id
        elif run.state in LIVE:
            await perform(session, RUN, run.id, "lapse", SYSTEM, Void(reason), now=event.now)
    spared = {e.checklist_id for e in await queries.exemptions(session, into.id)}
    moved = (of_this_firm(ChecklistExemption), ChecklistExemption.client_id == merged_id)
    free = ChecklistExemption.checklist_id.not_in(spared)
    await session.execute(update(ChecklistExemption).where(*moved, free).values(client_id=into.id))


async def holdings(session: AsyncSession, member_id: UUID) -> Sequence[Holding]:
    """Open runs this member works on."""
    return [Holding(_("Open checklists"), len(await _of_member(session, member_id)))]


async def follow_leaving(session: AsyncSession, event: Event) -> None:
    """Each open run goes to whoever takes the work over."""
    form = Take(UUID(event.detail["to_id"]))
    for run_id in await _of_member(session, UUID(event.detail["member_id"])):
        await perform(session, RUN, run_id, "take", event.actor, form, now=event.now)


async def _of_member(session: AsyncSession, member_id: UUID) -> Sequence[UUID]:
    query = select(ChecklistRun.id).where(
        of_this_firm(ChecklistRun), ChecklistRun.preparer_id == member_id, ChecklistRun.state.in_(LIVE)
    )
    return (await session.scalars(query.order_by(ChecklistRun.due_at))).all()
