"""Planning a drill, and the drills that come back every year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.identity.queries import members
from saas.kernel import tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.errors import Conflict
from saas.kernel.forms import Submitted
from saas.kernel.i18n import _
from saas.kernel.months import months_after
from saas.kernel.outbox import enqueue
from saas.kernel.perform import start
from saas.kernel.serials import next_serial
from saas.risks.drill_models import BOOKS, Drill, DrillPlan
from saas.risks.drills import errands, queries
from saas.risks.drills.errors.kinds import KINDS
from saas.risks.drills.forms import NewDrill, NewPlan
from saas.risks.drills.workflow import DRILL, drill_facts
from saas.tasks.errands import finish

MOST = 9  # errors of one kind
NOT_HERE = _("Choose somebody who works here.")
NOT_HERE = _("Choose somebody who works here.")


def counts_in(raw: Mapping[str, Any]) -> dict[str, int]:
    """How many of each kind were asked for; what is no number from 0 to 9 counts as none."""
    found = {kind: str(raw.get(f"n-{kind}", "") or "0").strip() for kind in KINDS}
    return {kind: int(n) for kind, n in found.items() if n.isascii() and n.isdigit() and 0 < int(n) <= MOST}


async def check(session: AsyncSession, form: Submitted[NewDrill], kinds: Mapping[str, int], now: datetime) -> None:
    """Refuse what cannot become a drill, each at its field."""
    if not form.ok:
        return
    given = form.taken
    if not given.participants or not set(given.participants) <= {m.id for m in await members(session)}:
        form.refuse("participants", _("Choose at least one colleague who takes part."))
    known = {client.id for client in await clients.clients(session, limit=100_000)}
    if not given.clients or not set(given.clients) <= known:
        form.refuse("clients", _("Choose at least one client."))
    elif kinds and not set(given.clients) & set(await queries.with_books(session)):
        form.refuse("clients", _("None of these clients has a ledger: import one first, or choose another client."))
    if given.scenario == BOOKS and not kinds:
        form.refuse("kinds", _("Say how many errors of which kind are injected."))
    elif given.scenario != BOOKS and given.scenario not in {p.key for p in await queries.playbooks(session)}:
        form.refuse("scenario", _("Choose a scenario."))
    if given.begins_at is not None and given.begins_at <= now:
        form.refuse("begins_at", _("Choose a time that is still to come, or leave it empty to start by hand."))


async def plan(session: AsyncSession, actor: Actor, given: NewDrill, kinds: Mapping[str, int], now: datetime) -> Drill:
    """A drill in its first state; the same form sent again finds the one it planned."""
    known = await session.get(Drill, (tenancy.current_firm_id(), given.key))
    if known is not None:
        return known
    year = now.astimezone(CHINA).year
    drill = Drill(
        id=given.key,
        number=f"YL-{year}-{await next_serial(session, 'drill', year):04d}",
        title=given.title,
        scenario=given.scenario,
        clients=[str(each) for each in given.clients],
        kinds=dict(kinds),
        participants=[str(each) for each in given.participants],
        begins_at=given.begins_at,
        limit_minutes=given.limit_minutes,
        planned_by=actor.id,
    )
    if given.plan_id is not None:
        await _take_from_plan(session, drill, await queries.plan(session, given.plan_id), actor, now)
    if (await drill_facts(session, drill)).in_sandbox:
        raise Conflict(_("This is a sandbox: drills are planned in the real firm."))
    await start(session, DRILL, drill, actor, now=now)
    if drill.begins_at is not None:
        enqueue(session, "drills.begin", due_at=drill.begins_at, subject_id=drill.id)
    return drill


async def keep_plan(session: AsyncSession, actor: Actor, form: NewPlan, now: datetime) -> DrillPlan:
    row = DrillPlan(
        title=form.title,
        scenario=form.scenario,
        every_months=form.every_months,
        next_on=form.next_on,
        keeper_id=form.keeper_id,
    )
    session.add(row)
    await session.flush()
    record(session, actor, "drills.keep_plan", now, subject=row, name=row.title)
    return row


async def end_plan(session: AsyncSession, actor: Actor, row: DrillPlan, now: datetime) -> None:
    """It does not come back any more; its reminder goes with it. Ending it twice changes nothing."""
    if row.ended_at is not None:
        return
    row.ended_at = now
    await finish(session, row.id, [errands.PREPARE.msgid], now, actor.id)
    record(session, actor, "drills.end_plan", now, subject=row, name=row.title)


async def _take_from_plan(session: AsyncSession, drill: Drill, row: DrillPlan, actor: Actor, now: datetime) -> None:
    """The plan's day moves on to the next time."""
    drill.plan_id = row.id
    row.next_on = months_after(row.next_on, row.every_months)
    await finish(session, row.id, [errands.PREPARE.msgid], now, actor.id)
