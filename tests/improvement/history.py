"""A past for figures: cases that were opened, closed and came back by the workflow's own actions, on given days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from saas.cases.forms import Analyse, Close, Reason, Triage
from saas.cases.models import Case
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.clock import CHINA
from tests.cases import story
from tests.cast import Cast, member_id

EXPECTED = date(2030, 1, 1)


def moment(days_ago: int, hour: int = 10) -> datetime:
    return datetime.combine(clock.today() - timedelta(days=days_ago), time(hour), CHINA)


async def opened(cast: Cast, client: Client, days_ago: int, *, rule: str = "N41", cause: str = "AMT") -> Case:
    """Confirmed and analysed on that day."""
    with clock.at(moment(days_ago)):
        case = await story.by_hand(cast, client)
        async with cast.transaction() as session:
            known = await session.get(Case, (case.firm_id, case.id))
            assert known is not None
            known.rule, known.object = rule, "记-2"
        await story.act(cast, case, "triage", cast.ben, Triage(member_id(cast.ben)))
        await story.act(cast, case, "confirm", cast.ben, story.CONFIRM)
        await story.talk(cast, case)
        await story.act(cast, case, "contact", cast.ben)
        form = Analyse("entry", cause, "录入错误", "firm", "尽快更正", EXPECTED)  # type: ignore[arg-type]
        return await story.act(cast, case, "analyse", cast.ben, form)


async def closed(cast: Cast, case: Case, days_ago: int, lesson: Any = None) -> Case:
    """Corrected, proved and closed on that day; later modules' steps in their name."""
    with clock.at(moment(days_ago)):
        quinn, mara = cast.quinn.signed_in(clock.now()), cast.mara.signed_in(clock.now())
        for action in ("plan", "submit"):
            await story.act(cast, case, action, SYSTEM)
        await story.act(cast, case, "approve", quinn)
        for action in ("notify", "acknowledge", "execute", "finish"):
            await story.act(cast, case, action, SYSTEM)
        await story.act(cast, case, "verify", quinn)
        if lesson is not None:
            async with cast.transaction() as session:
                session.add(lesson)
        return await story.act(cast, case, "close", mara, Close())


async def reopened(cast: Cast, case: Case, days_ago: int) -> Case:
    with clock.at(moment(days_ago)):
        return await story.act(cast, case, "reopen", cast.ben, Reason("又出现了"))


def vouchers(months: list[str], each: int) -> str:
    """Books as text: so many balanced vouchers in each month."""
    lines = [f"{month}-{day:02} 记-{day} 提现 | D 1001 {100 + day}.00 | C 1002 {100 + day}.00"
             for month in months for day in range(1, each + 1)]  # fmt: skip
    return "\n".join(lines)
