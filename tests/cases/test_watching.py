"""When we are late or silent: overdue steps reach a manager, silent clients hear how things stand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from saas.cases import watching
from saas.clients.models import Communication
from saas.firms.choices import choose
from saas.firms.queries import profile
from saas.kernel import clock
from saas.kernel.clock import CHINA
from saas.notices.models import Delivery
from saas.tasks.models import Task
from tests.cases import story
from tests.cast import Cast
from tests.identity.post import mails_to, work_through


def moment(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=CHINA)


async def escalate(cast: Cast) -> None:
    async with cast.transaction() as session:
        await watching.escalate(session)


async def inform(cast: Cast) -> int:
    """How many mails went out so far."""
    async with cast.transaction() as session:
        await watching.inform(session)
    async with cast.transaction() as session:
        query = select(func.count()).select_from(Delivery).where(Delivery.subject_kind == "progress")
        return await session.scalar(query) or 0


async def test_an_overdue_step_is_told_once_to_owner_and_manager(cast: Cast) -> None:
    """Triaged on Monday 9 November: the owner has two working days."""
    with clock.at(moment(9)):
        case, _client, _contact = await story.opened(cast)
    for day, told in ((10, 0), (12, 1), (13, 1)):
        with clock.at(moment(day)):
            await escalate(cast)
        for actor in (cast.mara, cast.ben):
            kinds = [n.kind for n in await story.notifications(cast, actor)]
            assert kinds.count("escalation") == told, (day, actor.name)
    async with cast.transaction() as session:
        query = select(Task).where(Task.subject_id == case.id, Task.workflow != "", Task.done_at.is_(None))
        assert (await session.scalars(query)).one().escalated_at is not None


async def test_a_client_who_heard_nothing_for_three_working_days_is_told(cast: Cast, mailbox_folder: Path) -> None:
    """Talked to on Monday; Thursday evening is the third working day without a word; then the silence begins anew."""
    with clock.at(moment(9)):
        case, _client, _contact = await story.opened(cast)
        assert await inform(cast) == 0  # never talked about: nothing to report yet
        await story.act(cast, case, "confirm", cast.ben, story.CONFIRM)
        await story.talk(cast, case)
    for day, sent in ((11, 0), (12, 1), (13, 1), (16, 1), (17, 2)):
        with clock.at(moment(day)):
            assert await inform(cast) == sent, day
    await work_through(cast.database, cast.firm.id)
    letter = mails_to(mailbox_folder, "xu@example.com")[0]
    assert "账务事项进度" in letter.subject
    assert "我们将与您联系" in letter.text
    assert "陆予安" not in letter.text
    async with cast.transaction() as session:
        query = select(func.count()).select_from(Communication).where(Communication.subject_id == case.id)
        assert await session.scalar(query) == 3


async def test_a_firm_may_leave_it_to_the_owner(cast: Cast) -> None:
    with clock.at(moment(9)):
        case, _client, _contact = await story.opened(cast)
        await story.talk(cast, case)
        async with cast.transaction() as session:
            choose(await profile(session), "progress_mails", "off", clock.today())
    with clock.at(moment(20)):
        assert await inform(cast) == 0
