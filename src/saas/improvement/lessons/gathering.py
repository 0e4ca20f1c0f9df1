"""What fills library and inbox by itself: closed cases with a lesson, refunds for our own error, disputes, answers."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries as cases
from saas.cases.models import Case
from saas.cases.models import Lesson as CaseLesson
from saas.cases.workflow import CASE
from saas.improvement.lessons import queries
from saas.improvement.lessons.lesson_models import Improvement, InboxItem, LibraryLesson
from saas.improvement.lessons.workflow import IMPROVEMENT
from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.kernel.perform import start
from saas.refunds.models import Refund
from saas.refunds.workflow import REFUND
from saas.risks.incidents.incident_models import Incident
from saas.surveys.models import Survey
from saas.surveys.subjects import about

END_OF_DAY = time(18)


async def case_closed(session: AsyncSession, event: Event) -> None:
    """A closed case with a lesson stands in the library; its action gets an owner's task and an effect check."""
    case: Case = event.row
    written = await cases.lesson(session, case.id)
    if written is None or await queries.lesson_of(session, "case", case.id) is not None:
        return
    lesson = LibraryLesson(
        title=case.title,
        source_kind="case",
        source_id=case.id,
        source_label=case.number,
        source_url=CASE.url(case),
        client_id=case.client_id,
        rule=case.rule,
        cause_code=case.cause_code,
        written_by=written.written_by,
        written_at=event.now,
    )
    session.add(lesson)
    await session.flush()
    await _act_on(session, event.actor, lesson, written, event.now)


async def _act_on(
    session: AsyncSession, actor: Actor, lesson: LibraryLesson, written: CaseLesson, now: datetime
) -> None:
    target = ("rule", lesson.rule) if lesson.rule else ("cause", lesson.cause_code) if lesson.cause_code else ("", "")
    action = Improvement(
        lesson_id=lesson.id,
        title=written.action[:200],
        owner_id=written.action_owner_id,
        due_on=written.action_due or now.astimezone(CHINA).date(),
        target_kind=target[0],
        target_key=target[1],
    )
    await begin(session, actor, action, now)


async def incident_closed(session: AsyncSession, event: Event) -> None:
    """What an incident taught: lessons, causes and actions as its review wrote them down."""
    incident: Incident = event.row
    if not incident.lessons or await queries.lesson_of(session, "incident", incident.id) is not None:
        return
    session.add(
        LibraryLesson(title=Text(incident.title), source_kind="incident", source_id=incident.id,
                      source_label=incident.number, source_url=f"/incidents/{incident.id}", learned=incident.lessons,
                      whys=[part for part in (incident.causes, incident.actions) if part],
                      written_by=incident.reviewed_by, written_at=event.now)
    )  # fmt: skip
    await session.flush()


async def begin(session: AsyncSession, actor: Actor, action: Improvement, now: datetime) -> Improvement:
    """An action starts: its owner has it in My work until the evening of its day."""
    action.due_at = datetime.combine(action.due_on, END_OF_DAY, CHINA)
    await start(session, IMPROVEMENT, action, actor, now=now, timeline=False)
    return action


async def try_again(session: AsyncSession, event: Event) -> None:
    """It did not help: what is done instead begins, measured by the same figure."""
    before: Improvement = event.row
    wanted = event.detail["next"]
    action = Improvement(
        lesson_id=before.lesson_id,
        title=wanted["title"],
        owner_id=UUID(wanted["owner_id"]),
        due_on=date.fromisoformat(wanted["due_on"]),
        check_days=before.check_days,
        target_kind=before.target_kind,
        target_key=before.target_key,
        follows_id=before.id,
    )
    await begin(session, event.actor, action, event.now)


async def refund_archived(session: AsyncSession, event: Event) -> None:
    """Money went back for our own error: somebody looks at what it teaches."""
    refund: Refund = event.row
    if refund.at_fault:
        said = _("Refund for our own error: %(number)s", number=refund.number)
        await _put(session, "refund", refund.id, refund.number, REFUND.url(refund), refund.client_id, said, event.now)


async def refund_disputed(session: AsyncSession, event: Event) -> None:
    """The client does not agree with what was offered: a complaint."""
    refund: Refund = event.row
    said = _("The client objects to a refund offer: %(number)s", number=refund.number)
    await _put(session, "complaint", refund.id, refund.number, REFUND.url(refund), refund.client_id, said, event.now)


async def survey_answered(session: AsyncSession, event: Event) -> None:
    """Words, or a low answer. The text stays with the answer."""
    survey: Survey = event.row
    if not event.detail["text"].strip() and not event.detail["low"]:
        return
    subject = await about(session, survey.subject_kind, survey.subject_id)
    title = subject.title if isinstance(subject.title, Text) else Text(subject.title)
    await _put(session, "survey", survey.id, "", subject.url, survey.client_id, title, event.now)


async def _put(
    session: AsyncSession, kind: str, source_id: UUID, label: str, url: str, client_id: UUID | None, text: Text,
    now: datetime,
) -> None:  # fmt: skip
    if await queries.item_of(session, kind, source_id) is not None:
        return
    session.add(
        InboxItem(source_kind=kind, source_id=source_id, source_label=label, source_url=url, client_id=client_id,
                  text=text, written_at=now)
    )  # fmt: skip
    await session.flush()
