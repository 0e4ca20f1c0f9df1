"""Figures from a generated history, each counted again in plain Python from the audit trail and the books."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from saas.cases.models import Case
from saas.cases.workflow import CASE
from saas.clients.models import Client
from saas.improvement.causes import pareto, recurrence, steps, training
from saas.improvement.causes.pareto import Wanted
from saas.improvement.measuring import counting
from saas.improvement.measuring.targets import Target
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.clock import CHINA
from saas.kernel.stages import StageEntry
from saas.ledgers.models import LedgerLine
from saas.surveys.models import Survey, SurveyAnswer
from saas.training.models import CourseVersion
from tests.cases import story
from tests.cast import Browser, Cast, member_id
from tests.improvement import history
from tests.training.school import certify, make_course

People = Callable[[str], Awaitable[Browser]]


async def test_recurrence_is_what_the_audit_trail_says(cast: Cast) -> None:
    """Closings: one came back as a new case, one was reopened, one too late, one under another rule, one is young."""
    client, _contact = await story.make_client(cast)
    other, _contact = await story.make_client(cast)
    again = await history.closed(cast, await history.opened(cast, client, 300), 290)
    await history.opened(cast, client, 250)
    late = await history.closed(cast, await history.opened(cast, other, 300), 295)
    await history.opened(cast, other, 200)
    reopened = await history.closed(cast, await history.opened(cast, other, 180, rule="N02"), 170)
    await history.reopened(cast, reopened, 150)
    alone = await history.closed(cast, await history.opened(cast, client, 160, rule="N25"), 140)
    await history.opened(cast, client, 130, rule="N27")
    await history.closed(cast, await history.opened(cast, client, 40, rule="N33"), 30)
    today = clock.today()
    since = today - timedelta(days=364)
    async with cast.transaction() as session:
        found = await recurrence.rate(session, since, today, today)
        trail = (await session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "case"))).all()
        cases = {case.id: case for case in (await session.scalars(select(Case))).all()}
        by_rule = {g.key: (g.rate.count, g.rate.base) for g in await recurrence.groups(session, since, today, today)}
        by_object = await recurrence.rate(session, since, today, today, by_object=True)
    closings = [
        (e.subject_id, e.at) for e in trail if e.action == "case.close" and e.at < clock.now() - timedelta(days=90)
    ]
    counted = 0
    for case_id, at in closings:
        case = cases[case_id]
        within = [e for e in trail if at < e.at <= at + timedelta(days=90)]
        back = any(e.action in ("case.reopen", "case.recur") and e.subject_id == case_id for e in within)
        others = [
            cases[e.subject_id] for e in within if e.action == "case.start" and e.subject_id not in (None, case_id)
        ]
        new = any((other.client_id, other.rule) == (case.client_id, case.rule) for other in others)
        counted += back or new
    assert (found.count, found.base) == (counted, len(closings)) == (2, 4)
    assert {again.id, late.id, reopened.id, alone.id} == {case_id for case_id, _at in closings}
    assert by_rule == {"N41": (1, 2), "N02": (1, 1), "N25": (0, 1)}
    assert (by_object.count, by_object.base) == (2, 4)  # every case of this history is about the same voucher


async def test_rates_per_thousand_vouchers_and_pareto(cast: Cast, as_person: People) -> None:
    client, _contact = await story.make_client(cast)
    months = sorted({f"{history.moment(days):%Y-%m}" for days in (40, 70)})
    await story.import_text(cast, client, history.vouchers(months, 28))
    for days, cause in ((60, "AMT"), (50, "AMT"), (45, "DATE")):
        await history.opened(cast, client, days, cause=cause)
    today = clock.today()
    since = today - timedelta(days=364)
    async with cast.transaction() as session:
        counts = await counting.counts(session, Target("rule", "N41"), since, today)
        amount = await counting.rate(session, Target("cause", "AMT"), since, today)
        lines = (await session.scalars(select(LedgerLine))).all()
        pairs = {(line.client_id, line.voucher, line.period) for line in lines}
        mine = await training.vouchers_by_bookkeeper(session, since, today)
        hits = await training.cases_by_bookkeeper(session, since, today)
        narrow = await training.cases_by_bookkeeper(session, since, today, ["N02"], ["DATE"])
        ranking = pareto.ranked(await pareto.counted(session, Wanted(since, today)))
        nobody = await pareto.counted(session, Wanted(since, today, owner_id=member_id(cast.lin)))
    whole = counts.between(since, today)
    assert (whole.count, whole.base) == (3, len(pairs)) == (3, 28 * len(months))
    assert (amount.count, amount.base) == (2, len(pairs))
    ben = member_id(cast.ben)
    assert sum(mine[ben].values()) == len(pairs)
    assert sum(hits[ben].values()) == 3
    assert sum(narrow[ben].values()) == 1
    assert [(line.code, line.count) for line in ranking] == [("AMT", 2), ("DATE", 1)]
    assert nobody == {}
    page = (await (await as_person("ada")).get(f"/f/{cast.firm.slug}/improvement/causes")).text
    link = page.split('href="')
    [bar] = {part.split('"')[0].replace("&amp;", "&") for part in link if "cause=AMT" in part and part.startswith("/f/")
             and "/cases?" in part}  # fmt: skip
    listed = await (await as_person("ada")).get(bar)
    assert listed.status_code == 200
    assert len(set(re.findall(r"/cases/([0-9a-f-]{36})", listed.text))) == ranking[0].count


async def test_step_times_are_those_of_the_log(cast: Cast) -> None:
    client, _contact = await story.make_client(cast)
    for days in (60, 50, 45, 44, 43):
        await history.closed(cast, await history.opened(cast, client, days), days - 5)
    today = clock.today()
    since = today - timedelta(days=89)
    async with cast.transaction() as session:
        measured = {one.state: one for one in await steps.times(session, CASE, since, today)}
        log = (await session.scalars(select(StageEntry).where(StageEntry.workflow == "case"))).all()
        table = steps.table(CASE, list(measured.values()), since, today)
        slow = await counting.rate(session, Target("step", "case.analysed"), since, today)
    stays = sorted(e.working_minutes or 0 for e in log if e.state == "analysed" and e.left_at is not None)
    one = measured["analysed"]
    assert (one.count, one.median, one.total) == (5, stays[2], sum(stays))
    assert one.upper == stays[4]
    limit = CASE.state("analysed").within
    assert isinstance(limit, int)
    assert (one.late, slow.count, slow.base) == (len([m for m in stays if m > limit]), one.late, 5)
    assert sum(step.share for step in table) == 100
    assert [step.state.name for step in table] == [s.name for s in CASE.states if s.name in measured and not s.final]
    assert all(e.entered_at.astimezone(CHINA).hour == 10 for e in log)


@pytest.mark.usefixtures("late_november")  # a case that begins at a filing day is late at once
async def test_every_figure_counts_what_it_names(cast: Cast) -> None:
    """One clean case, one that came back from review, closed late and found after filing; two answers, one low."""
    client, _contact = await story.make_client(cast)
    clean = await history.closed(cast, await history.opened(cast, client, 40), 39)
    late = await history.closed(cast, await history.opened(cast, client, 80), 30)
    async with cast.transaction() as session:
        for row in await session.scalars(select(Case)):
            row.rounds, row.found_after_filing = (1, True) if row.id == late.id else (0, False)
            row.source = "client" if row.id == late.id else "staff"
        for case, values in ((clean, [{"satisfaction": 5}]), (late, [{"satisfaction": 2}, {"process": 5, "speed": 1}])):
            survey = Survey(client_id=client.id, subject_kind="case", subject_id=case.id, questions=[],
                            created_at=clock.now(), answered_at=clock.now())  # fmt: skip
            session.add(survey)
            await session.flush()
            for place, given in enumerate(values):
                at = clock.now() + timedelta(seconds=place)
                session.add(SurveyAnswer(survey_id=survey.id, at=at, values=given,
                                         low=min(given.values()) <= 2))  # fmt: skip
    today = clock.today()
    async with cast.transaction() as session:
        for name in ("rework", "late", "after_filing", "not_by_us", "low_rating"):
            rate = await counting.rate(session, Target("kpi", name), today - timedelta(days=100), today)
            assert (rate.count, rate.base) == (1, 2), name
        for target in (Target("kpi", "own_error"), Target("policy", "1")):
            rate = await counting.rate(session, target, today - timedelta(days=100), today)
            assert (rate.count, rate.base) == (0, 0)


async def test_the_effect_of_a_course_is_counted_from_certificates_and_books(cast: Cast, as_person: People) -> None:
    """Ben passed 120 days ago: three cases before, none after; Lin never did: her clients' cases stay the same."""
    mine, _contact = await story.make_client(cast)
    theirs, _contact = await story.make_client(cast)
    async with cast.transaction() as session:
        row = await session.get(Client, (theirs.firm_id, theirs.id))
        assert row is not None
        row.bookkeeper_id = member_id(cast.lin)
    passed = history.moment(120)
    months = sorted({f"{history.moment(days):%Y-%m}" for days in (50, 80, 150, 180)})
    for client in (mine, theirs):
        await story.import_text(cast, client, history.vouchers(months, 20))
    for client, days in ((mine, 180), (mine, 170), (mine, 160), (theirs, 175), (theirs, 60)):
        await history.opened(cast, client, days)
    course = await make_course(cast, "amounts", rules=["N41"])
    await certify(cast, "ben", course, history.moment(-200).date(), passed)
    async with cast.transaction() as session:
        version = await session.get_one(CourseVersion, (course.firm_id, course.published_id))
        found = await training.of_course(session, version, clock.today())
        cases = (await session.scalars(select(Case))).all()
        early = await training.of_course(session, version, passed.date() + timedelta(days=89))
    assert found is not None
    day = passed.date()
    span = timedelta(days=90)

    def counted(client: Client, first: bool) -> int:
        begin = day - span if first else day
        dates = [c.opened_at.astimezone(CHINA).date() for c in cases if c.client_id == client.id]
        return len([d for d in dates if begin <= d < begin + span])

    assert (found.before.count, found.after.count) == (counted(mine, True), counted(mine, False)) == (3, 0)
    peers = (found.peers_before.count, found.peers_after.count)
    assert peers == (counted(theirs, True), counted(theirs, False)) == (1, 1)
    assert found.before.base == found.peers_before.base > 0
    assert found.few
    assert early is None
    page = (await (await as_person("ada")).get(f"/f/{cast.firm.slug}/improvement/causes/training")).text
    assert "课程amounts" in page
    assert "样本不足" in page
