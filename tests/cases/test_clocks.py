"""Working-time clocks of a case: pauses across a weekend and a holiday, first response, the filing guard."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from saas.cases import asking, opening, queries
from saas.cases.asking import Asked, Given
from saas.cases.forms import Explain, Reason, Triage
from saas.cases.models import Case
from saas.cases.workflow import CASE
from saas.checks.deadlines import filing_guard, next_filing
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.pages import show_datetime
from saas.kernel.perform import calendar_of
from saas.kernel.records import view
from saas.kernel.stages import StageEntry
from tests.cases import story
from tests.cast import Cast, member_id


def moment(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


def shown(value: datetime | None) -> str:
    assert value is not None
    return value.astimezone(CHINA).strftime("%m-%d %H:%M")


async def _by_hand(cast: Cast, at: datetime, **known: str) -> tuple[Case, object]:
    client, contact = await story.make_client(cast)
    with clock.at(at):
        return await story.by_hand(cast, client, **known), contact


async def test_first_response_by_severity(cast: Cast) -> None:
    """4, 8, 16 working hours; a day has 7.5, with lunch from 12:00 to 13:30."""
    for severity, due in (("critical", "11-23 14:30"), ("medium", "11-24 09:30"), ("low", "11-25 10:00")):
        case, _contact = await _by_hand(cast, moment(11, 23), severity=severity)
        assert shown(case.stage_due_at) == due


async def test_friday_evening_is_followed_by_monday(cast: Cast) -> None:
    """Two hours before the weekend, two on Monday."""
    case, _contact = await _by_hand(cast, moment(11, 20, 16), severity="high")
    assert shown(case.stage_due_at) == "11-23 11:00"


async def test_waiting_for_the_client_stops_the_clock_over_a_weekend(cast: Cast) -> None:
    """Asked on Friday at 16:00, answered on Tuesday at 10:00: 2 + 7.5 + 1 working hours are added to the due date."""
    with clock.at(moment(11, 18)):
        case, _client, contact = await story.opened(cast)
        await story.act(cast, case, "confirm", cast.ben, story.CONFIRM)
        before = (await story.reload(cast, case)).due_at
    with clock.at(moment(11, 20, 16)):
        async with cast.transaction() as session:
            row = await queries.case(session, case.id)
            [question] = await asking.ask(session, cast.ben, row, contact, [Asked("何时投入使用？")], clock.now())
        assert (await story.reload(cast, case)).state == "waiting_client"
    with clock.at(moment(11, 24, 10)):
        async with cast.transaction() as session:
            row = await queries.case(session, case.id)
            asked = await queries.question(session, case.id, question.id)
            by_contact = Actor("contact", contact.id, contact.name)
            await asking.answer(session, by_contact, row, [(asked, Given("九月", contact.name))], clock.now())
        done = await story.reload(cast, case)
    assert done.state == "contacted"
    async with cast.transaction() as session:
        calendar = await calendar_of(session)
        assert before is not None
        assert done.due_at == calendar.add_minutes(before, (120 + 450 + 60))[0]
        query = select(StageEntry).where(StageEntry.subject_id == case.id, StageEntry.state == "waiting_client")
        stay = (await session.scalars(query)).one()
        assert (stay.working_minutes, stay.paused_minutes) == (630, 630)


async def test_a_clock_that_stands_still_shows_no_time_running(cast: Cast) -> None:
    """Asked with little time left, looked at three weeks later: the due date moved along, the wait is named."""
    with clock.at(moment(11, 18)):
        case, _client, contact = await story.opened(cast)
        await story.act(cast, case, "confirm", cast.ben, story.CONFIRM)
    due = (await story.reload(cast, case)).due_at
    assert due is not None
    with clock.at(due - timedelta(minutes=60)):
        async with cast.transaction() as session:
            row = await queries.case(session, case.id)
            await asking.ask(session, cast.ben, row, contact, [Asked("何时投入使用？")], clock.now())
        shown_then = await _clock_of(cast, case)
    with clock.at(due + timedelta(days=21)):
        shown_now = await _clock_of(cast, case)
    assert (shown_now["tone"], shown_now["left"], shown_now["used"]) == (
        shown_then["tone"],
        shown_then["left"],
        shown_then["used"],
    )
    assert shown_now["due"] > show_datetime(due + timedelta(days=20))
    assert "等客户暂停" in str(shown_now["pause"])


async def _clock_of(cast: Cast, case: Case) -> dict[str, Any]:
    async with cast.transaction() as session:
        row = await queries.case(session, case.id)
        found = (await view(session, CASE, row, cast.ben, clock.now())).clock
    assert found is not None
    return found


async def test_the_national_day_week_does_not_count(cast: Cast) -> None:
    """1 to 7 October 2026 are days off: an hour on 30 September, three on the 8th."""
    case, _contact = await _by_hand(cast, moment(9, 30, 17), severity="critical")
    assert shown(case.stage_due_at) == "10-08 12:00"


async def test_the_filing_day_comes_before_our_own_promise(cast: Cast) -> None:
    """A monthly filer in December: due on the 15th, so our work is done by the 11th, whatever the severity allows."""
    client, _contact = await story.make_client(cast, filing_period="month")
    with clock.at(moment(12, 1)):
        case = await story.by_hand(cast, client, severity="low")
    assert shown(case.filing_guard_at) == "12-11 18:00"
    assert case.due_at == case.filing_guard_at


async def test_a_guard_that_has_passed_gives_way_to_the_next_filing(cast: Cast) -> None:
    """On the filing day itself nothing can be done for this filing any more: the next one counts."""
    client, _contact = await story.make_client(cast, filing_period="month")
    async with cast.transaction() as session:
        calendar = await calendar_of(session)
    now = moment(12, 15)
    assert next_filing(calendar, client, date(2026, 12, 15)).day == date(2026, 12, 15)
    guard = filing_guard(calendar, client, now, date(2026, 12, 15))
    assert guard > moment(12, 31)


async def test_a_quarterly_filer_looks_to_the_quarter(cast: Cast) -> None:
    client, _contact = await story.make_client(cast, filing_period="quarter")
    async with cast.transaction() as session:
        calendar = await calendar_of(session)
    assert next_filing(calendar, client, date(2026, 10, 9)).day == date(2026, 10, 26)
    assert next_filing(calendar, client, date(2026, 11, 21)).day.year == 2027


async def test_a_reopened_case_gets_a_new_clock(cast: Cast) -> None:
    with clock.at(moment(11, 2)):
        case, _client, _contact = await story.analysed(cast)
        await story.act(cast, case, "explain", cast.ben, Explain("无误"))
        await story.act(cast, case, "close", cast.quinn)
        old = (await story.reload(cast, case)).due_at
    with clock.at(moment(11, 23)):
        done = await story.act(cast, case, "reopen", cast.ben, Reason("又出现了"))
        assert old is not None
        assert done.due_at is not None
        assert done.due_at > old
        await story.act(cast, case, "triage", cast.ben, Triage(member_id(cast.ben)))


def test_scores_add_up() -> None:
    assert opening.together([50.0, 50.0]) == 75.0
    assert opening.together([]) == 0.0
