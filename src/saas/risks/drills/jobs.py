"""What workers do for a drill: prepare the sandbox, end it in time, score it, erase it and prove that nothing is left.

Each job is one transaction that takes the drill's row first, so that a worker killed in the middle leaves the drill as
it was and the next one begins anew; whatever of a sandbox an earlier try has left is erased before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.copying import Sandbox, erase_sandbox, open_sandbox, remains_of, strike_out
from saas.kernel import clock, jobs
from saas.kernel.access import SYSTEM
from saas.kernel.copying import Selection
from saas.kernel.i18n import Text, _
from saas.kernel.outbox import enqueue
from saas.kernel.perform import locked, perform
from saas.kernel.secrets import FieldCipher, deployed
from saas.risks.drill_models import Drill
from saas.risks.drills import errands, queries, results
from saas.risks.drills.forms import Failure
from saas.risks.drills.injecting import BOOKS, inject
from saas.risks.drills.scoring import Key
from saas.risks.drills.workflow import DRILL

PLANNER = replace(SYSTEM, permissions=frozenset({"drills.plan"}))
A_MOMENT = timedelta(seconds=3)  # requests that were under way when the sandbox was closed have ended by then


class CannotPrepareError(Exception):
    """The sandbox would be of no use; `why` is told to whoever planned the drill."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.msgid)
        self.why = why


async def begin(session: AsyncSession, subject_id: str) -> None:
    """At the time it was planned for: start it, unless somebody did or it was cancelled."""
    drill = await queries.drill(session, UUID(subject_id), lock=True)
    if drill.state == "planned":
        await perform(session, DRILL, drill.id, "begin", PLANNER)


async def prepare(session: AsyncSession, subject_id: str) -> None:
    """Copy, inject, check, open. What cannot work is told instead, and nothing of the copy stays."""
    drill = await queries.drill(session, UUID(subject_id))  # not locked: it may be cancelled meanwhile
    if drill.state != "preparing" or drill.sandbox_id is None:
        return
    await erase_sandbox(session, drill.sandbox_id)  # what a try that was killed has left in the file store
    try:
        async with session.begin_nested():
            made = await _make_sandbox(session, drill, drill.sandbox_id)
            drill = await locked(session, DRILL, drill.id)
            if drill.state != "preparing":
                raise CannotPrepareError(_("Cancelled"))
    except CannotPrepareError as error:
        await erase_sandbox(session, UUID(str(drill.sandbox_id)))
        if (await locked(session, DRILL, drill.id)).state == "preparing":
            await perform(session, DRILL, drill.id, "fail", SYSTEM, Failure(error.why))
        return
    await _keep(session, drill, made)
    await perform(session, DRILL, drill.id, "open", SYSTEM)
    assert drill.ends_at is not None
    enqueue(session, "drills.end", due_at=drill.ends_at, subject_id=drill.id)
    await errands.call_participants(session, drill, clock.now())


async def end(session: AsyncSession, subject_id: str) -> None:
    """The time limit."""
    drill = await queries.drill(session, UUID(subject_id), lock=True)
    if drill.state == "running":
        await perform(session, DRILL, drill.id, "time_up", SYSTEM)


async def score(session: AsyncSession, subject_id: str) -> None:
    """Count what was found, reveal what was hidden, close the sandbox."""
    drill = await queries.drill(session, UUID(subject_id), lock=True)
    if drill.state != "scoring":
        return
    key = msgspec.json.decode(_cipher().decrypt(drill.sealed, drill.place), type=Key)
    outcome = await results.keep(session, drill, key)
    await perform(session, DRILL, drill.id, "score", SYSTEM, outcome)
    await errands.release_participants(session, drill, clock.now())


async def erase(session: AsyncSession, subject_id: str) -> None:
    """Everything of the sandbox goes; another job looks whether it went."""
    drill = await queries.drill(session, UUID(subject_id), lock=True)
    if drill.sandbox_id is None or drill.erased_at is not None:
        return
    await errands.release_participants(session, drill, clock.now())
    await jobs.report(0, 2, _("Erasing the sandbox"))
    erased = await erase_sandbox(session, drill.sandbox_id)
    drill.erased = {**drill.erased, **{name: n + drill.erased.get(name, 0) for name, n in erased.items() if n}}
    enqueue(session, "drills.verify", due_at=clock.now() + A_MOMENT, subject_id=drill.id)


async def verify(session: AsyncSession, subject_id: str) -> None:
    """Count in every table, among the files and in the mailbox. What came in meanwhile is erased too."""
    drill = await queries.drill(session, UUID(subject_id), lock=True)
    if drill.sandbox_id is None or drill.erased_at is not None:
        return
    remaining = await remains_of(session, drill.sandbox_id)
    if any(remaining.values()):
        enqueue(session, "drills.erase", subject_id=drill.id)
        return
    await strike_out(session, drill.sandbox_id)
    drill.remaining = dict(remaining)
    if drill.state == "scored":
        await perform(session, DRILL, drill.id, "erase", SYSTEM)
    else:
        drill.erased_at = clock.now()


async def _make_sandbox(session: AsyncSession, drill: Drill, sandbox_id: UUID) -> tuple[Sandbox, Key]:
    now, spoiling = clock.now(), any(drill.kinds.values())
    sandbox = await open_sandbox(
        session,
        sandbox_id,
        people=[UUID(each) for each in drill.participants],
        selection=Selection(BOOKS if spoiling else frozenset(), frozenset(UUID(each) for each in drill.clients)),
        tell=_told,
        now=now,
    )
    key = await inject(session, drill, sandbox) if spoiling else Key([], [])
    if spoiling and not key.hidden:
        raise CannotPrepareError(
            _("The books of the chosen clients have no place for these errors. Choose other clients or other kinds.")
        )
    return sandbox, key


async def _keep(session: AsyncSession, drill: Drill, made: tuple[Sandbox, Key]) -> None:
    sandbox, key = made
    drill.sandbox_slug, drill.copied_at = sandbox.firm.slug, sandbox.firm.created_at
    drill.copied_rows = sum(sandbox.counts.values())
    drill.injected = len(key.hidden)
    drill.sealed = _cipher().encrypt(msgspec.json.encode(key).decode(), drill.place)
    await session.flush()


async def _told(done: int, total: int, table: str) -> None:
    await jobs.report(done, total, _("Copying the firm: %(table)s", table=table))


def _cipher() -> FieldCipher:
    return deployed()
