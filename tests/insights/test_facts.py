"""Rows of closed subjects come by themselves and go; duties are proved; every KPI of the domain has its measure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from saas.cases.models import Case
from saas.clients.models import Client
from saas.insights import closing_facts, duties, facts
from saas.insights.dashboards.boards import BOARDS
from saas.insights.measures.catalogue import MEASURES, series, spans
from saas.insights.measures.measure import Scope
from saas.insights.models import ClosingFact, Fact, ProvedBreach
from saas.insights.sums import Stay, summed
from saas.kernel import clock
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.audit import AuditEntry, record
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.perform import calendar_of, perform
from saas.kernel.stages import StageEntry
from saas.notices import answers, handing_over, issue
from saas.notices.forms import AnswerForm, Reason
from saas.notices.workflow import NOTICE
from saas.training import measures as training
from tests.cases import story
from tests.cast import Browser, Cast
from tests.improvement import history
from tests.insights.test_measures import EXPECTED
from tests.notices import sample

People = Callable[[str], Awaitable[Browser]]

W5 = (  # the rows of domain.md W5, as written there
    "First-response time", "SLA hit rate", "Resolution time", "Backlog age", "Detection source", "Escape rate",
    "Rule precision", "Anomaly density", "Recurrence rate", "Training effect", "First-time-right rate", "Rework rate",
    "Notice delivery", "Acknowledgement rate / time", "Objection rate", "CSAT", "NPS", "CES", "Complaint rate",
    "Refund cycle time", "Refund ratio", "Approval rate", "Override rate", "Cost of refunds", "Consistency",
    "Save rate", "SoD breaches", "Training completion", "Exam pass rate", "Certificate validity", "Checklist on-time",
    "Cost of poor quality", "Drill score", "Retention",
)  # fmt: skip


@pytest.mark.parametrize("row", W5)
def test_every_kpi_of_the_domain_is_counted_defined_shown_and_counted_again(row: str) -> None:
    """A function, a definition in two languages, a tile on a board, and a second count in plain Python."""
    answering = [measure for measure in MEASURES.values() if measure.kpi == row]
    assert answering
    tiles = {measure.key for board in BOARDS.values() for measure in board.measures()}
    for measure in answering:
        english, chinese = measure.definition.to("en"), measure.definition.to("zh")
        assert english
        assert chinese != english
        assert measure.key in tiles
        assert measure.key in EXPECTED


def test_no_measure_is_only_run() -> None:
    assert set(MEASURES) == set(EXPECTED)


def stored(fact: Fact) -> dict[str, Any]:
    return {c.name: getattr(fact, c.name) for c in Fact.__table__.c if c.name not in ("id", "firm_id")}


async def test_a_closed_case_has_its_row_until_it_is_opened_again(cast: Cast) -> None:
    """By real actions: the observer writes what a rebuild writes, and the log agrees with the trail."""
    client, _contact = await story.make_client(cast)
    case = await history.closed(cast, await history.opened(cast, client, 100), 90)
    other = await history.closed(cast, await history.opened(cast, client, 80), 70)
    async with cast.transaction() as session:
        before = {fact.subject_id: stored(fact) for fact in (await session.scalars(select(Fact))).all()}
        await facts.rebuild(session)
        after = {fact.subject_id: stored(fact) for fact in (await session.scalars(select(Fact))).all()}
        stays = (await session.scalars(select(StageEntry).where(StageEntry.subject_id == case.id))).all()
    assert {case.id, other.id} <= set(before)
    assert before == after
    whole = sum(s.working_minutes or 0 for s in stays if s.state not in ("verified", "closed"))
    assert before[case.id]["gross"] == before[case.id]["net"] == whole > 0
    assert before[case.id]["proved"]
    assert before[case.id]["submitted"] == 1
    await history.reopened(cast, other, 60)
    async with cast.transaction() as session:
        kept = set((await session.scalars(select(Fact.subject_id))).all())
        await facts.fill(session)
        assert kept == set((await session.scalars(select(Fact.subject_id))).all())
        closings = {one.case_id: one for one in (await session.scalars(select(ClosingFact))).all()}
        await closing_facts.rebuild(session)
        again = {one.case_id: one for one in (await session.scalars(select(ClosingFact))).all()}
    assert case.id in kept
    assert other.id not in kept
    assert set(closings) == set(again) == {case.id, other.id}
    for one in (case.id, other.id):  # the observer wrote what a rebuild writes; the reopening counts for its own case
        assert (closings[one].at, closings[one].again_at) == (again[one].at, again[one].again_at)
    assert closings[other.id].again_at == closings[other.id].reopened_at is not None


async def test_a_merged_client_takes_the_rows_along(cast: Cast, as_person: People) -> None:
    client, _contact = await story.make_client(cast)
    into, _contact = await story.make_client(cast)
    case = await history.closed(cast, await history.opened(cast, client, 50), 40)
    async with cast.transaction() as session:
        event = Event("client.merged", into, cast.mara, clock.now(), {"merged_id": client.id})
        await facts.moved(session, event)
        assert await session.scalar(select(Fact.client_id).where(Fact.subject_id == case.id)) == into.id
        await session.execute(update(Client).where(Client.id == client.id).values(merged_into_id=into.id))
    at = f"/f/{cast.firm.slug}/insights/measures/resolution?client="
    for asked in (client.number, into.number):  # by its old number as by the new one
        assert f"/cases/{case.id}" in (await (await as_person("mara")).get(at + asked)).text


async def test_a_letter_has_its_row_from_sending_to_the_answer_unless_it_is_withdrawn(cast: Cast) -> None:
    """By real actions; while it is under way it counts for whoever looks after it."""
    sent, answered = history.moment(9), history.moment(8)
    async with cast.transaction() as session:
        client, contact = await sample.make_client(session)
        letters = [await sample.make_draft(session, cast.ben, client) for _number in range(2)]
        for letter in letters:
            await issue.approve(session, letter, cast.quinn, sent)
            for step in ("render", "send"):
                await perform(session, NOTICE, letter.id, step, SYSTEM, now=sent)
        waiting = (await session.scalars(select(Fact).where(Fact.workflow == "notice"))).all()
        assert {(row.subject_id, row.gross, row.confirmed) for row in waiting} == {(x.id, None, False) for x in letters}
        leaving = Event(
            "member.leaving", None, cast.paula, answered, {"member_id": str(cast.ben.id), "to_id": str(cast.lin.id)}
        )
        for reaction in (handing_over.follow_leaving, facts.handed_over):
            await reaction(session, leaving)
        assert set(await session.scalars(select(Fact.member_id).where(Fact.workflow == "notice"))) == {cast.lin.id}
        by_link = Actor("contact", contact.id, contact.name)
        form = AnswerForm("许承泽", choice="once")
        await answers.answer(session, by_link, letters[0], "confirm", contact, form, answered)
        await perform(session, NOTICE, letters[1].id, "withdraw", cast.quinn, Reason("金额有误"))
        [row] = (await session.scalars(select(Fact).where(Fact.workflow == "notice"))).all()
        minutes = (await calendar_of(session)).working_minutes(sent, answered)
        kept = stored(row)
        await facts.rebuild(session)
        [again] = (await session.scalars(select(Fact).where(Fact.workflow == "notice"))).all()
    assert (kept["subject_id"], kept["gross"], kept["confirmed"]) == (letters[0].id, minutes, True)
    assert kept["member_id"] == cast.lin.id
    assert stored(again) == kept


async def test_breaches_are_proved_once_and_refusals_counted(cast: Cast) -> None:
    today = clock.today()
    scope, sod = Scope(today, today), MEASURES["sod_breaches"]
    async with cast.transaction() as session:
        unread = await sod.figure(session, scope)
        subject = Case(id=uuid7())
        record(session, cast.ben, "case.confirm", clock.now(), subject=subject)
        await session.flush()
        record(session, cast.ben, "case.approve", clock.now(), subject=subject)
        record(session, cast.lin, "case.approve", clock.now(), subject=subject, outcome="refused")
        await session.flush()
        await duties.prove(session)
        await duties.prove(session)
        figure, rows = await sod.figure(session, scope), await sod.rows(session, scope, 0, 10)
        found = (await session.scalars(select(ProvedBreach))).all()
        deeds = len((await session.scalars(select(AuditEntry))).all())
    assert unread.value is None
    assert [breach.duty for breach in found] == ["own_review"]
    assert (figure.n, figure.value, figure.parts[0][1]) == (deeds, 1, 1)
    assert rows.rows[0].cells[0] == "陆予安"


async def test_a_new_firm_has_no_figures_and_no_errors(cast: Cast) -> None:
    """Nothing yet, a period in the future, one without days: never a number, never an error."""
    today = clock.today()
    async with cast.transaction(otto=True) as session:
        for measure in MEASURES.values():
            figure = await measure.figure(session, Scope(today.replace(year=today.year - 1), today))
            rows = await measure.rows(session, Scope(today, today), 0, 10)
            assert not figure.value or measure.unit in ("score", "count", "fen", "share"), measure.key
            assert figure.n <= 1, measure.key
            assert len(rows.rows) <= 1, measure.key
        course = await series(session, MEASURES["sla_hit"], Scope(today.replace(month=1, day=1), today))
        whole = await training.completion(session, clock.now())
        mine = await MEASURES["training_completion"].figure(session, Scope(today.replace(year=2020), today))
    assert len(course) == today.month
    assert (mine.hits, mine.n) == (whole.part, whole.n)


def test_a_return_counts_only_since_the_last_opening() -> None:
    """Two rounds: the first with a return, the second straight; waiting is gross, not net."""
    at = clock.now()
    first = [Stay(s, at, 10) for s in ("new", "in_review", "analysed", "in_review", "verified", "closed")]
    second = [Stay("reopened", at, 10), Stay("waiting_client", at, 50, 50), Stay("in_review", at, 20),
              Stay("verified", at, 5), Stay("closed", at)]  # fmt: skip
    found = summed("case", [*first, *second])
    assert (found.gross, found.net, found.returned, found.submitted, found.rework) == (80, 30, 0, 1, 0)
    assert summed("case", first).rework == 20
    assert summed("case", []).net is None


def test_periods_are_cut_to_the_days_asked_for() -> None:
    scope = Scope(clock.today().replace(2026, 1, 20), clock.today().replace(2026, 3, 5))
    assert [(a.day, b.day) for a, b in spans(scope.since, scope.until)] == [(20, 31), (1, 28), (1, 5)]
    assert [a.month for a, _b in spans(scope.since, scope.until, "quarter")] == [1]
    assert all((b - a).days <= 6 for a, b in spans(scope.since, scope.until, "week"))
