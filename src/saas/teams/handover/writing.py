"""Writing a hand-over list: beginning it, collecting what there is, and its lines."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.identity.queries import members_by_id
from saas.identity.rules import LEFT
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.errors import Conflict, Forbidden
from saas.kernel.forms import Submitted
from saas.kernel.i18n import _
from saas.kernel.perform import locked, start
from saas.kernel.serials import next_serial
from saas.teams.handover import handover_queries as queries
from saas.teams.handover.collecting import collect
from saas.teams.handover.handover_forms import LineForm, NewHandover
from saas.teams.handover.handover_models import Handover, HandoverLine
from saas.teams.handover.workflow import HANDOVER, SECRET
from saas.teams.rooms import MANAGES

SUPERVISORS = frozenset({"owner", "manager", "reviewer"})


async def check(session: AsyncSession, form: Submitted[NewHandover], actor: Actor) -> None:
    """Three different people who work here; the third is somebody who answers for the work of others."""
    if not form.ok:
        return
    given, names = form.taken, await members_by_id(session)
    if given.from_id != actor.id and not actor.may(MANAGES):
        form.refuse("from_id", _("You write your own list; a manager writes those of others."))
    for name in ("from_id", "to_id", "supervisor_id"):
        whom = getattr(given, name)
        if whom not in names or names[whom].left_at is not None:
            form.refuse(name, LEFT)
    if given.to_id == given.from_id:
        form.refuse("to_id", _("Nobody hands over to themselves."))
    if given.supervisor_id in (given.from_id, given.to_id):
        form.refuse("supervisor_id", _("A third person supervises, neither of the two."))
    elif given.supervisor_id in names and not SUPERVISORS & set(names[given.supervisor_id].roles):
        form.refuse("supervisor_id", _("A reviewer, a manager or the owner supervises."))
    known = await clients.clients_by_id(session, given.clients)
    if len(known) != len(set(given.clients)):
        form.refuse("clients", _("One of these clients is not here."))


async def begin(session: AsyncSession, actor: Actor, given: NewHandover, now: datetime) -> Handover:
    """A numbered list filled with what there is; the same form again gives the same list. After check()."""
    known = await queries.handover_or_none(session, given.key)
    if known is not None or actor.id is None:
        assert known is not None
        return known
    year = now.astimezone(CHINA).year
    row = Handover(
        id=given.key, year=year, serial=await next_serial(session, "handover", year), occasion=given.occasion,
        from_id=given.from_id, to_id=given.to_id, supervisor_id=given.supervisor_id,
        effective_on=given.effective_on, clients=[str(one) for one in given.clients], remark=given.remark,
        made_by=actor.id, made_at=now,
    )  # fmt: skip
    await start(session, HANDOVER, row, actor, now=now)
    await fill(session, row)
    return row


async def fill(session: AsyncSession, row: Handover) -> int:
    """Add what is there and not yet on the list; lines a person changed or typed stay. How many are new."""
    known = {line.source for line in await queries.lines(session, row.id)}
    position = await queries.last_position(session, row.id)
    new = [found for found in await collect(session, row) if found.source not in known]
    session.add_all(
        HandoverLine(
            handover_id=row.id, position=position + n, section=found.section, what=found.what[:300],
            count=found.count, note=found.note[:500], source=found.source,
        )
        for n, found in enumerate(new, 1)
    )  # fmt: skip
    await session.flush()
    return len(new)


async def draft(session: AsyncSession, handover_id: UUID, actor: Actor) -> Handover:
    """The list, locked, where this person may write on it now."""
    row: Handover = await locked(session, HANDOVER, handover_id)
    if actor.id not in (row.from_id, row.made_by) and not actor.may(MANAGES):
        raise Forbidden(
            _("Whoever hands over, who wrote the list, or a manager does this."), action="teams.line", subject_id=row.id
        )
    if row.state != "draft":
        raise Conflict(_("The list is signed: nothing is changed any more. Whoever takes over can refuse it."))
    return row


def check_line(form: Submitted[LineForm]) -> None:
    """Descriptions, never secrets: this paper is read by many and kept for years."""
    if form.ok and SECRET.search(f"{form.taken.what} {form.taken.note}"):
        form.refuse("what", _("A line seems to tell a password. Write down which ones exist; they are told in person."))


async def keep_line(session: AsyncSession, row: Handover, given: LineForm, actor: Actor, now: datetime) -> None:
    """A new line, or a changed one; the same new line twice is one."""
    if given.line_id is not None:
        line = await queries.line(session, row.id, given.line_id)
        line.section, line.what, line.count, line.note = given.section, given.what, given.count, given.note
    else:
        same = [each for each in await queries.lines(session, row.id)
                if (each.section, each.what, each.note) == (given.section, given.what, given.note)]  # fmt: skip
        if same:
            return
        position = await queries.last_position(session, row.id) + 1
        session.add(
            HandoverLine(
                handover_id=row.id, position=position, section=given.section, what=given.what, count=given.count,
                note=given.note,
            )
        )  # fmt: skip
    record(session, actor, "teams.line", now, subject=row, summary=given.what[:100])


async def drop_line(session: AsyncSession, row: Handover, line_id: UUID, actor: Actor, now: datetime) -> None:
    """Gone from the draft; what was collected comes back with the next collecting."""
    lines = [line for line in await queries.lines(session, row.id) if line.id == line_id]
    for line in lines:
        record(session, actor, "teams.line_dropped", now, subject=row, summary=line.what[:100])
        await session.delete(line)
