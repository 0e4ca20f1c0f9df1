"""Asking colleagues, being informed, parts of a refund, thanks: each reaches whom it is meant for, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from saas.cases.models import Case
from saas.cases.workflow import CASE
from saas.firms.models import Notification
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.errors import Conflict, Forbidden
from saas.kernel.forms import take
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Transition
from saas.kernel.perform import perform
from saas.tasks.models import Task
from saas.teams import measures, starter
from saas.teams.cover import arranging, telling
from saas.teams.helping import asking
from saas.teams.helping.help_models import Help
from saas.teams.helping.workflow import HELP, Answer, Reason
from saas.teams.raci import informing
from saas.teams.raci.duty_queries import duties
from saas.teams.raci.raci_models import Duty
from saas.teams.spirit import deeds
from saas.teams.spirit.spirit_models import Thanks
from tests.cases import story
from tests.cast import Cast, member_id


async def told(cast: Cast, actor: Actor, kind: str) -> list[str]:
    async with cast.transaction() as session:
        query = select(Notification).where(Notification.member_id == actor.id, Notification.kind == kind)
        return [str(n.text) for n in (await session.scalars(query)).all()]


async def ask(cast: Cast, case: Case, whom: str, asker: Actor | None = None, key: Any = None) -> Help:
    form = asking.NewHelp(key or uuid7(), "case", case.id, whom, "这笔红字怎么冲？", 2)
    async with cast.transaction() as session:
        return await asking.ask(session, asker or cast.ben, form, clock.now())


async def act(cast: Cast, row: Help, action: str, actor: Actor, form: Any = None) -> Help:
    async with cast.transaction() as session:
        done: Help = await perform(session, HELP, row.id, action, actor, form)
        return done


async def open_task(cast: Cast, row: Help) -> Task | None:
    async with cast.transaction() as session:
        found: Task | None = await session.scalar(select(Task).where(Task.subject_id == row.id, Task.done_at.is_(None)))
        return found


async def test_a_colleague_takes_a_question_on_and_answers_it(cast: Cast) -> None:
    case, _client, _contact = await story.opened(cast)
    key = uuid7()
    row = await ask(cast, case, str(cast.quinn.id), key=key)
    await ask(cast, case, str(cast.quinn.id), key=key)  # the same form again
    task = await open_task(cast, row)
    assert task is not None
    assert (task.assignee_id, task.subject_kind) == (cast.quinn.id, "help")
    assert task.due_at is not None
    assert task.due_at > clock.now()
    with pytest.raises(Forbidden):
        await act(cast, row, "answer", cast.lin, Answer("不知道"))
    with pytest.raises(Forbidden):
        await act(cast, row, "answer", cast.ben, Answer("我自己答"))
    await act(cast, row, "take_on", cast.quinn)
    done = await act(cast, row, "answer", cast.quinn, Answer("跨年了，走以前年度损益调整。"))
    assert (done.state, done.helper_id, done.settled_by) == ("answered", cast.quinn.id, cast.quinn.id)
    assert await open_task(cast, row) is None
    assert len(await told(cast, cast.ben, "help")) == 2  # taken on, answered
    async with cast.transaction() as session:
        assert [h.answer for h in await asking.about(session, case.id)] == ["跨年了，走以前年度损益调整。"]
        share = await measures.answered_in_time(session)
    assert (share.part, share.n) == (1, 1)
    with pytest.raises(Conflict):
        await act(cast, row, "decline", cast.quinn, Reason("晚了"))
    with pytest.raises(DBAPIError):
        async with cast.transaction() as session:
            await session.execute(text("UPDATE team_helps SET answer = '改' WHERE id = :id"), {"id": row.id})


async def test_a_question_to_a_role_waits_for_anybody_with_it(cast: Cast) -> None:
    case, _client, _contact = await story.opened(cast)
    row = await ask(cast, case, "cashier")
    task = await open_task(cast, row)
    assert task is not None
    assert (task.assignee_id, task.role) == (None, "cashier")
    assert len(await told(cast, cast.cash, "help")) == 1
    with pytest.raises(Forbidden):
        await act(cast, row, "take_on", cast.lin)
    done = await act(cast, row, "decline", cast.cash, Reason("这是税务问题"))
    assert (done.state, done.reason) == ("declined", "这是税务问题")
    assert len(await told(cast, cast.ben, "help")) == 1


async def test_nobody_asks_themselves_or_a_role_nobody_else_has(cast: Cast) -> None:
    for whom in (str(cast.ben.id), str(uuid7()), "shaman"):
        raw = {"key": str(uuid7()), "kind": "case", "subject_id": str(uuid7()), "whom": whom, "question": "?"}
        form = take(raw, asking.NewHelp)
        async with cast.transaction() as session:
            await asking.check(session, form, cast.ben)
        assert "whom" in form.errors
    form = take({**raw, "whom": "cashier"}, asking.NewHelp)
    async with cast.transaction() as session:
        await asking.check(session, form, cast.cash)
    assert "whom" in form.errors  # Cash is the only one


async def test_who_is_to_be_informed_is_told_once_and_who_did_it_is_not(cast: Cast) -> None:
    case, _client, _contact = await story.opened(cast)
    async with cast.transaction() as session:
        informed = ["auditor", "owner", str(cast.tina.id), str(cast.ben.id)]
        session.add(Duty(workflow="case", stage="confirmed", accountable=["manager"], informed=informed,
                         changed_at=clock.now()))  # fmt: skip
    await story.act(cast, case, "confirm", cast.ben, story.CONFIRM)
    for actor, n in ((cast.ada, 1), (cast.paula, 1), (cast.tina, 1), (cast.ben, 0), (cast.lin, 0)):
        assert len(await told(cast, actor, "informed")) == n, actor.name
    async with cast.transaction() as session:  # told again before it was read: still one
        step = Transition(CASE, case, "confirm", "triaged", "confirmed", cast.ben, clock.now())
        await informing.inform(session, step)
        await informing.inform(session, Transition(CASE, case, "note", "confirmed", "confirmed", cast.ben, clock.now()))
    assert len(await told(cast, cast.ada, "informed")) == 1


async def test_approvals_left_to_another_manager_are_told_to_them(cast: Cast) -> None:
    case, _client, _contact = await story.opened(cast)
    async with cast.transaction() as session:
        await session.execute(
            text('UPDATE memberships SET roles = \'["bookkeeper", "manager"]\' WHERE id = :id'), {"id": cast.lin.id}
        )
    day = clock.today()
    given = arranging.NewCover(member_id(cast.mara), "delegation", day, day, None, member_id(cast.lin))
    step = Transition(CASE, case, "approve", "in_review", "in_approval", cast.quinn, clock.now())
    async with cast.transaction() as session:
        await arranging.arrange(session, cast.mara, given, clock.now())
        await telling.tell(session, step)
    assert [word for word in await told(cast, cast.lin, "assigned") if "CASE" not in word][1:]
    async with cast.transaction() as session:  # the reviewer's turn is not Mara's to leave to anybody
        before = await session.scalar(select(func.count()).select_from(Notification))
        await telling.tell(session, Transition(CASE, case, "x", "planned", "in_review", cast.ben, clock.now()))
        assert await session.scalar(select(func.count()).select_from(Notification)) == before


async def test_a_new_firm_begins_with_duties_once_and_keeps_its_own(cast: Cast) -> None:
    async with cast.transaction() as session:
        await starter.begin(session)
        found = dict(await duties(session))
    assert found["refund", "disputed"].informed == ["owner"]
    async with cast.transaction() as session:
        row = await session.get_one(Duty, (cast.firm.id, found["refund", "disputed"].id))
        row.informed = ["auditor"]
    async with cast.transaction() as session:
        await starter.begin(session)
    async with cast.transaction() as session:
        again = await duties(session)
    assert len(again) == len(found)
    assert again["refund", "disputed"].informed == ["auditor"]


async def test_thanks_are_said_once_and_never_to_oneself(cast: Cast) -> None:
    given = deeds.NewThanks(uuid7(), member_id(cast.lin), "谢谢帮我对账")
    for _time in range(2):
        async with cast.transaction() as session:
            await deeds.thank(session, cast.ben, given, clock.now())
    assert len(await told(cast, cast.lin, "thanks")) == 1
    form = take({"key": str(uuid7()), "to_id": str(cast.ben.id), "text": "我真棒"}, deeds.NewThanks)
    async with cast.transaction() as session:
        await deeds.check_thanks(session, form, cast.ben)
        assert len((await session.scalars(select(Thanks))).all()) == 1
    assert "to_id" in form.errors
    with pytest.raises(DBAPIError):
        async with cast.transaction() as session:
            session.add(Thanks(key=uuid7(), from_id=cast.ben.id, to_id=cast.ben.id, text="x", at=clock.now()))


async def test_a_goal_goes_on_until_it_is_reached(cast: Cast) -> None:
    new = deeds.NewGoal(uuid7(), "差错不再发生第二次", "复发率 ≤ 2%", clock.today() + timedelta(days=40))
    async with cast.transaction() as session:
        await deeds.set_goal(session, cast.mara, new, clock.now())
        await deeds.set_goal(session, cast.mara, new, clock.now())
    async with cast.transaction() as session:
        [goal] = await deeds.goals(session)
        deeds.move_on(session, goal, cast.mara, deeds.Progress(40, "两个月无复发"), clock.now())
    async with cast.transaction() as session:
        [goal] = await deeds.goals(session)
        assert (goal.percent, goal.ended_at) == (40, None)
        deeds.move_on(session, goal, cast.mara, deeds.Progress(100), clock.now())
    async with cast.transaction() as session:
        assert await deeds.goals(session) == []
        [over] = await deeds.goals(session, ended=True)
    assert over.reached
    async with cast.transaction() as session:
        row = await deeds.goal(session, over.id)
        with pytest.raises(Conflict):
            deeds.move_on(session, row, cast.mara, deeds.Progress(10), clock.now())
