"""Lessons: from a closed case by themselves, from the inbox by people; what is done about them, whether it helped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.improvement.leaving import follow_leaving, holdings
from saas.improvement.lessons import gathering, queries
from saas.improvement.lessons.forms import DidNotHelp, Done, Helped
from saas.improvement.lessons.lesson_models import Improvement, InboxItem, LibraryLesson
from saas.improvement.lessons.tree import depth, grown
from saas.improvement.lessons.workflow import IMPROVEMENT
from saas.improvement.receipts.receipt_models import ReadReceipt
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.errors import Forbidden
from saas.kernel.i18n import Text
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.perform import perform
from saas.kernel.prepared import here
from saas.refunds.models import Refund
from saas.risks.incidents.incident_models import Incident
from saas.tasks.models import Task
from tests.cases import story
from tests.cast import Browser, Cast, member_id
from tests.improvement import history

People = Callable[[str], Awaitable[Browser]]


async def taught(cast: Cast, days_ago: int = 100) -> tuple[LibraryLesson, Improvement]:
    """A case closed with a lesson on that day: the lesson of the library and its action."""
    client, _contact = await story.make_client(cast)
    case = await history.opened(cast, client, days_ago + 5)
    await history.closed(cast, case, days_ago, story.lesson_of(cast, case))
    async with cast.transaction() as session:
        lesson = await queries.lesson_of(session, "case", case.id)
        assert lesson is not None
        [action] = await queries.actions_of(session, lesson.id)
    return lesson, action


async def written(cast: Cast) -> tuple[LibraryLesson, Improvement]:
    """A lesson somebody wrote, and what Ben does about it."""
    async with cast.transaction() as session:
        lesson = LibraryLesson(title=Text("金额录错"), source_kind="staff", written_at=clock.now())
        session.add(lesson)
        await session.flush()
        action = Improvement(lesson_id=lesson.id, title="每周复核一次", owner_id=member_id(cast.ben),
                             due_on=history.moment(90).date(), target_kind="rule", target_key="N41")  # fmt: skip
        await gathering.begin(session, cast.mara, action, history.moment(100))
    return lesson, action


async def act(cast: Cast, action: Improvement, name: str, actor: Actor, form: object) -> Improvement:
    async with cast.transaction() as session:
        done: Improvement = await perform(session, IMPROVEMENT, action.id, name, actor, form)
    return done


async def past_the_program(cast: Cast, change: str, row_id: UUID) -> None:
    """By SQL, as the application's role."""
    async with cast.transaction() as session:
        await session.execute(text(f"UPDATE {change} WHERE id = :id"), {"id": row_id})


async def test_a_case_that_closes_with_a_lesson_stands_in_the_library(cast: Cast, as_person: People) -> None:
    lesson, action = await taught(cast)
    assert (lesson.source_kind, lesson.rule, lesson.cause_code, lesson.whys) == ("case", "N41", "AMT", [])
    assert (action.title, action.owner_id, action.target_kind) == ("每周复核一次", member_id(cast.ben), "rule")
    async with cast.transaction() as session:
        [task] = (await session.scalars(select(Task).where(Task.subject_id == action.id))).all()
    assert (task.assignee_id, task.workflow, task.done_at) == (member_id(cast.ben), "improvement", None)
    at = f"/f/{cast.firm.slug}/improvement/lessons"
    page = (await (await as_person("ada")).get(f"{at}/{lesson.id}")).text
    assert "没有复核原始凭证" in page  # the case's own whys, not a copy
    assert lesson.source_label in page
    assert str(lesson.id) in (await (await as_person("ada")).get(f"{at}?q=N41")).text
    assert str(lesson.id) not in (await (await as_person("ada")).get(f"{at}?kind=refund")).text


async def test_its_effect_is_judged_later_and_by_somebody_else(cast: Cast) -> None:
    _lesson, action = await taught(cast)
    with pytest.raises(Forbidden, match="somebody else"):
        await act(cast, action, "finish", cast.lin, Done("做了"))
    with clock.at(history.moment(70)):
        done = await act(cast, action, "finish", cast.ben, Done("每周五复核"))
    assert done.state == "watched"
    assert done.baseline is not None
    assert done.baseline["count"] == 1  # the case itself, in the sixty days before
    with clock.at(history.moment(11)), pytest.raises(Forbidden, match="Its effect shows"):
        await act(cast, action, "helped", cast.mara, Helped("没有再出现"))
    promoted = Actor("member", cast.ben.id, cast.ben.name, permissions=cast.mara.permissions)
    with pytest.raises(Forbidden, match="yourself"):
        await act(cast, action, "helped", promoted, Helped("没有再出现"))
    judged = await act(cast, action, "helped", cast.mara, Helped("没有再出现"))
    assert (judged.state, judged.judged_by) == ("effective", member_id(cast.mara))
    assert judged.outcome is not None
    async with cast.transaction() as session:
        since = history.moment(200).date()
        assert await queries.effect(session, since, clock.today()) == (1, 1)


async def test_what_did_not_help_is_followed_by_something_else(cast: Cast) -> None:
    _lesson, action = await written(cast)
    with clock.at(history.moment(70)):
        await act(cast, action, "finish", cast.ben, Done("每周五复核"))
    tomorrow = clock.today() + timedelta(days=1)
    form = DidNotHelp("仍有发生", "录入后由系统比对", member_id(cast.lin), tomorrow)
    await act(cast, action, "did_not_help", cast.mara, form)
    async with cast.transaction() as session:
        following = await queries.follower(session, action.id)
    assert following is not None
    assert (following.title, following.owner_id, following.due_on) == (
        "录入后由系统比对",
        member_id(cast.lin),
        tomorrow,
    )
    assert (following.state, following.target_key, following.lesson_id) == ("open", "N41", action.lesson_id)


async def test_the_database_keeps_owner_and_judge_apart(cast: Cast) -> None:
    _lesson, action = await written(cast)
    with clock.at(history.moment(70)):
        await act(cast, action, "finish", cast.ben, Done("每周五复核"))
    for change in (
        "state = 'effective'",
        "state = 'effective', judged_by = owner_id, judged_at = now()",
        "baseline = NULL",
    ):
        with pytest.raises(DBAPIError):
            async with cast.transaction() as session:
                await session.execute(
                    text(f"UPDATE improvement_actions SET {change} WHERE id = :id"), {"id": action.id}
                )


async def test_causes_grow_as_a_tree_with_its_root_marked(cast: Cast, as_person: People) -> None:
    lesson, _action = await written(cast)
    ben, at = await as_person("ben"), f"/f/{cast.firm.slug}/improvement/lessons/{lesson.id}"
    for _twice in range(2):
        assert (await ben.post(f"{at}/causes", {"text": "月末集中录入", "kind": "process"})).status_code == 303
    async with cast.transaction() as session:
        [first] = await queries.causes(session, lesson.id)
    branch = {"text": "没有分批计划", "kind": "process", "parent_id": str(first.id), "is_root": "yes"}
    assert (await ben.post(f"{at}/causes", branch)).status_code == 303
    page = (await ben.get(at)).text
    assert page.index("月末集中录入") < page.index("没有分批计划")
    assert "根本原因" in page
    nowhere = await ben.post(f"{at}/causes", {**branch, "parent_id": str(uuid7()), "text": "无处可挂"})
    assert nowhere.status_code == 422
    assert "无处可挂" in nowhere.text
    assert (await ben.post(f"{at}/causes/{first.id}/remove")).status_code == 409  # another one hangs on it
    async with cast.transaction() as session:
        [above, below] = await queries.causes(session, lesson.id)
    assert [b.cause.id for b in grown([above, below])[0].causes] == [below.id]
    assert depth([above, below], below.id) == 2
    assert (await ben.post(f"{at}/causes/{below.id}/branch")).status_code == 303
    assert (await ben.post(f"{at}/causes/{below.id}/remove")).status_code == 303
    async with cast.transaction() as session:
        assert [c.is_root for c in await queries.causes(session, lesson.id)] == [False]


async def test_a_lesson_is_shared_and_read_once(cast: Cast, as_person: People) -> None:
    lesson, _action = await written(cast)
    mara, lin, at = (
        await as_person("mara"),
        await as_person("lin"),
        f"/f/{cast.firm.slug}/improvement/lessons/{lesson.id}",
    )
    wordless = await mara.post(f"{at}/share", {"roles": ["bookkeeper"], "days": "3"})
    assert wordless.status_code == 422  # there is nothing to remember yet
    assert (await lin.post(f"{at}/learned", {"learned": "金额以原始凭证为准，录入后当日复核。"})).status_code == 303
    assert (await lin.post(f"{at}/share", {"roles": ["bookkeeper"]})).status_code == 403
    for _twice in range(2):
        assert (await mara.post(f"{at}/share", {"roles": ["bookkeeper"], "days": "3"})).status_code == 303
    async with cast.transaction() as session:
        asked = (await session.scalars(select(ReadReceipt))).all()
        assert {r.member_id for r in asked} == {member_id(cast.ben), member_id(cast.lin)}
    for _twice in range(2):
        assert (await lin.post(f"{at}/read")).status_code == 303
    async with cast.transaction() as session:
        tasks = (await session.scalars(select(Task).where(Task.subject_kind == "reading"))).all()
        assert {t.assignee_id: t.done_at is not None for t in tasks} == {cast.ben.id: False, cast.lin.id: True}
        receipt = next(r for r in await session.scalars(select(ReadReceipt)) if r.member_id == cast.lin.id)
    with pytest.raises(DBAPIError, match="never changes"):
        async with cast.transaction() as session:
            await session.execute(
                text("UPDATE improvement_receipts SET read_at = now() WHERE id = :id"), {"id": receipt.id}
            )


async def test_refunds_for_our_own_error_and_disputes_arrive_once(cast: Cast) -> None:
    client, _contact = await story.make_client(cast)
    own = Refund(id=uuid7(), number="TF-2026-0001", client_id=client.id, at_fault=True)
    clean = Refund(id=uuid7(), number="TF-2026-0002", client_id=client.id, at_fault=False)
    async with cast.transaction() as session:
        for refund in (own, own, clean):
            await gathering.refund_archived(session, Event("refund.archived", refund, cast.mara, clock.now()))
        await gathering.refund_disputed(session, Event("refund.disputed", clean, cast.mara, clock.now()))
        found = await queries.inbox(session)
    assert [(i.source_kind, i.source_label) for i in found] == [
        ("refund", "TF-2026-0001"),
        ("complaint", "TF-2026-0002"),
    ]


async def test_a_closed_incident_leaves_its_lesson_once(cast: Cast) -> None:
    incident = Incident(id=uuid7(), number="SJ-2026-0001", title="误删账套", lessons="备份每周试恢复一次",
                        causes="未试恢复", actions="列入清单", reviewed_by=cast.quinn.id)  # fmt: skip
    for _twice in range(2):
        async with cast.transaction() as session:
            await gathering.incident_closed(session, Event("incident.closed", incident, cast.mara, clock.now()))
    async with cast.transaction() as session:
        [lesson] = await queries.lessons(session, kind="incident")
    assert (lesson.learned, lesson.whys) == ("备份每周试恢复一次", ["未试恢复", "列入清单"])


async def test_the_inbox_is_looked_at_once(cast: Cast, as_person: People) -> None:
    ben, mara, at = await as_person("ben"), await as_person("mara"), f"/f/{cast.firm.slug}/improvement"
    key = str(uuid7())
    assert (await ben.post(f"{at}/inbox", {"key": key})).status_code == 422
    for _twice in range(2):
        sent = await ben.post(f"{at}/inbox", {"key": key, "text": "录入模板加校验", "tags": "模板，校验"})
        assert sent.status_code == 303
    async with cast.transaction() as session:
        [item] = await queries.inbox(session)
        assert item.tags == ["模板", "校验"]
    assert (await ben.post(f"{at}/inbox/{item.id}/dismiss", {"reason": "x"})).status_code == 403
    assert (await mara.post(f"{at}/inbox/{item.id}/dismiss", {"reason": ""})).status_code == 422
    lesson = {"key": str(uuid7()), "title": "录入模板", "learned": "先校验再保存", "inbox_id": str(item.id)}
    for _twice in range(2):
        made = await mara.post(f"{at}/lessons/new", lesson)
        assert made.headers["location"].endswith(lesson["key"])
    assert (await mara.post(f"{at}/inbox/{item.id}/dismiss", {"reason": "晚了"})).status_code == 409
    async with cast.transaction() as session:
        kept = await queries.item(session, item.id)
        assert (kept.result, kept.result_id, kept.decided_by) == ("lesson", UUID(lesson["key"]), cast.mara.id)
        assert await session.scalar(queries.UNDECIDED, here()) == 0
        session.add(InboxItem(source_kind="staff", source_id=uuid7(), text=Text("无用"), written_at=clock.now()))
    with pytest.raises(DBAPIError):
        async with cast.transaction() as session:
            await session.execute(text("UPDATE improvement_inbox SET result = 'dismissed' WHERE result = ''"))
    with pytest.raises(DBAPIError, match="stays"):
        async with cast.transaction() as session:
            await session.execute(
                text("UPDATE improvement_inbox SET result = 'change' WHERE id = :id"), {"id": item.id}
            )


async def test_whoever_leaves_hands_actions_over(cast: Cast) -> None:
    _lesson, action = await written(cast)
    detail = {"member_id": str(cast.ben.id), "to_id": str(cast.lin.id)}
    async with cast.transaction() as session:
        assert [h.count for h in await holdings(session, member_id(cast.ben))] == [1, 0]
        await follow_leaving(session, Event("member.leaving", None, cast.paula, clock.now(), detail))
        assert (await queries.action(session, action.id)).owner_id == cast.lin.id
