"""Thanking a colleague, and the goals of the team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.identity.queries import members
from saas.identity.rules import LEFT
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.forms import Submitted
from saas.kernel.i18n import Text, _
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.tasks.observer import title_of
from saas.teams.helping.asking import subject_of
from saas.teams.spirit.spirit_models import Goal, Thanks

PAGE = "/teams"
SHOWN = 20


class NewThanks(Struct):
    key: UUID  # made with the page: the same form sent twice says it once
    to_id: UUID
    text: Annotated[str, Meta(max_length=500)]
    kind: str = ""  # of the record it was for, where there is one
    subject_id: UUID | None = None


class NewGoal(Struct):
    key: UUID
    sentence: Annotated[str, Meta(max_length=200)]
    target: Annotated[str, Meta(max_length=100)]
    until_on: date


class Progress(Struct):
    percent: Annotated[int, Meta(ge=0, le=100)]
    progress: Annotated[str, Meta(max_length=200)] = ""


async def check_thanks(session: AsyncSession, form: Submitted[NewThanks], actor: Actor) -> None:
    if form.ok and form.taken.to_id == actor.id:
        form.refuse("to_id", _("Nobody thanks themselves."))
    elif form.ok and form.taken.to_id not in {m.id for m in await members(session)}:
        form.refuse("to_id", LEFT)


async def thank(session: AsyncSession, actor: Actor, given: NewThanks, now: datetime) -> None:
    """Said for all to read; the colleague is told."""
    known = await session.scalar(select(Thanks.id).where(of_this_firm(Thanks), Thanks.key == given.key))
    if known is not None or actor.id is None:
        return
    about: Text | None = None
    url = ""
    if given.kind and given.subject_id is not None:
        workflow, row = await subject_of(session, actor, given.kind, given.subject_id)
        about, url = title_of(workflow, row), workflow.url(row)
    session.add(
        Thanks(key=given.key, from_id=actor.id, to_id=given.to_id, text=given.text, about=about, url=url, at=now)
    )
    said = _("%(name)s thanks you: %(text)s", name=actor.name, text=given.text[:200])
    await notify(session, [given.to_id], "thanks", said, PAGE, now)


async def lately(session: AsyncSession) -> Sequence[Thanks]:
    query = select(Thanks).where(of_this_firm(Thanks)).order_by(Thanks.at.desc(), Thanks.id.desc())
    return (await session.scalars(query.limit(SHOWN))).all()


async def goals(session: AsyncSession, *, ended: bool = False) -> Sequence[Goal]:
    """By their day; what is over the latest first."""
    if ended:
        query = select(Goal).where(of_this_firm(Goal), Goal.ended_at.is_not(None)).order_by(Goal.ended_at.desc())
        return (await session.scalars(query.limit(SHOWN))).all()
    query = select(Goal).where(of_this_firm(Goal), Goal.ended_at.is_(None)).order_by(Goal.until_on, Goal.id)
    return (await session.scalars(query)).all()


async def goal(session: AsyncSession, goal_id: UUID) -> Goal:
    return await own_row(session, Goal, goal_id, lock=True)


def check_goal(form: Submitted[NewGoal]) -> None:
    if form.ok and form.taken.until_on < clock.today():
        form.refuse("until_on", _("Choose a day that is still to come."))


async def set_goal(session: AsyncSession, actor: Actor, given: NewGoal, now: datetime) -> None:
    known = await session.scalar(select(Goal.id).where(of_this_firm(Goal), Goal.key == given.key))
    if known is not None or actor.id is None:
        return
    new = Goal(
        key=given.key, sentence=given.sentence, target=given.target, until_on=given.until_on, made_by=actor.id,
        made_at=now, changed_at=now, changed_by=actor.id,
    )  # fmt: skip
    session.add(new)
    await session.flush()
    record(session, actor, "teams.goal", now, subject=new, summary=given.sentence)


def move_on(session: AsyncSession, row: Goal, actor: Actor, given: Progress, now: datetime) -> None:
    """How far it is; at 100 % it is reached and over."""
    if row.ended_at is not None or actor.id is None:
        raise Conflict(_("This goal is over."))
    row.percent, row.progress = given.percent, given.progress
    row.changed_at, row.changed_by = now, actor.id
    if given.percent == 100:
        row.ended_at, row.reached = now, True
    record(session, actor, "teams.goal_progress", now, subject=row, summary=f"{given.percent} %", reason=given.progress)


def give_up(session: AsyncSession, row: Goal, actor: Actor, now: datetime) -> None:
    """It ends unreached; ended twice is ended once."""
    if row.ended_at is None:
        row.ended_at = now
        record(session, actor, "teams.goal_ended", now, subject=row, summary=row.sentence)
