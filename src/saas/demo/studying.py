"""How colleagues keep up with their courses: in the first weeks all that their roles ask for, then what comes up.

Each exam is begun, answered and handed in by the functions behind the pages, in one transaction for each person:
some fifty exams of twelve questions each would take the pages a minute. Certificates are printed when somebody asks
for one; the job that prints the rest comes after the story.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.demo.learning import right_forms
from saas.demo.scene import NotThere, Scene
from saas.demo.tenant import Tenant
from saas.identity.actors import actor_for
from saas.identity.models import Membership
from saas.kernel.clock import CHINA
from saas.kernel.outbox import Outbox
from saas.kernel.tenancy import of_this_firm
from saas.training import queries
from saas.training.assigning.queries import course as course_of
from saas.training.assigning.queries import due_of
from saas.training.course_models import Course
from saas.training.exams import sitting
from saas.training.questions.answers import answered

FIRST_WEEKS = ("+3 12:02", "+5 12:02", "+7 12:02")
AFTERWARDS = tuple(f"-{days} 12:02" for days in (46, 41, 36, 31, 26, 21, 16, 11, 6, 1))
IN_A_DAY = 3
LASTS, PAUSE = timedelta(minutes=19), timedelta(minutes=25)
LATER = "reading-ledgers"  # nobody has to pass it; the manager gives it to both bookkeepers
WITHIN = (7, 12)  # working days each of them gets: one is late at the end of the story, one still has time
PRINTED = timedelta(days=10)  # after the story
WHY = "上季度查出的差错多在银行和往来科目，请先补这一课。"

Deed = Callable[[Scene], Awaitable[None]]


def plan(tenant: Tenant) -> Iterator[tuple[str, str, Deed]]:
    """(when, name, deed), in working days before the last."""
    for on in (*FIRST_WEEKS, *AFTERWARDS):
        yield on, on.partition(" ")[0].lstrip("-"), partial(study, tenant=tenant)
    yield "-8 09:50", "given", partial(give, tenant=tenant)


async def give(scene: Scene, tenant: Tenant) -> None:
    """The manager asks both bookkeepers to learn more; the younger one has the shorter time."""
    manager = await scene.browser_of(next(c.name for c in tenant.staff if c.role == "manager"))
    async with scene.stage.reading() as session:
        course_id = await session.scalar(select(Course.id).where(of_this_firm(Course), Course.slug == LATER))
    if course_id is None:
        raise NotThere(f"there is no course {LATER}")
    keepers = [c.name for c in reversed(tenant.staff) if c.role == "bookkeeper"]
    today = scene.at.astimezone(CHINA).date()
    for name, days in zip(keepers, WITHIN, strict=False):
        due = scene.stage.days.calendar.add_working_days(today, days)
        form = {"course_id": str(course_id), "members": str((await scene.member(name)).id), "due_on": str(due),
                "reason": WHY}  # fmt: skip
        await manager.post(f"{scene.root}/training/assign", form)


async def study(scene: Scene, tenant: Tenant) -> None:
    """Everybody sits the exams that are due first, at most three of them this noon."""
    for place, colleague in enumerate(tenant.staff):
        member = await scene.member(colleague.name)
        async with scene.stage.reading() as session:
            for number, assignment in enumerate((await due_of(session, member.id))[:IN_A_DAY]):
                if assignment.why != "manual":  # what the manager gave them comes last
                    course, _version = await course_of(session, assignment.course_id)
                    begun = scene.at + timedelta(minutes=place) + number * PAUSE
                    await _sit(session, member, course, begun, slips=(place + number) % 3 == 0)
            await _print_later(session, scene)


async def _sit(session: AsyncSession, member: Membership, course: Course, begun: datetime, *, slips: bool) -> None:
    """Begin, answer rightly (all but the last question where somebody `slips`), hand in."""
    actor, ended = actor_for(member), begun + LASTS
    attempt = await sitting.begin(session, actor, course, begun)
    pairs = await queries.items(session, attempt.id)
    for item, question in pairs[: len(pairs) - slips]:
        for sent in right_forms(question, item):
            item.answer = answered(question.kind, question.content, item.order, sent, item.answer)
        item.saved_at = ended
    await sitting.hand_in(session, attempt, actor, ended)


async def _print_later(session: AsyncSession, scene: Scene) -> None:
    days = scene.stage.days
    waiting = update(Outbox).where(Outbox.firm_id == scene.stage.firm_id, Outbox.job == "training.print")
    after = days.calendar.close_of(days.last) + PRINTED
    await session.execute(waiting.where(Outbox.held, Outbox.finished_at.is_(None)).values(due_at=after))
