"""Findings over imports: the same rule and object are the same finding; gone, back, dismissed, excepted, cured."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from saas.cases import opening
from saas.cases import queries as cases
from saas.cases.forms import Reason
from saas.checks import jobs, queries
from saas.checks.forms import Dismiss, Except
from saas.checks.models import CheckRun, FoundAnomaly, RuleSetting
from saas.checks.queries import Wanted
from saas.checks.settings import precision
from saas.checks.workflow import FINDING
from saas.kernel import clock
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.errors import Conflict, Forbidden, Invalid
from saas.kernel.outbox import Outbox
from saas.kernel.perform import perform
from saas.tasks.models import Task
from tests.cases import story
from tests.cases.story import UNBALANCED
from tests.cast import Cast, member_id

BALANCED = UNBALANCED.replace("C 1002 700.00", "C 1002 800.00")
LATER = """
2026-10-08 记-1 购办公用品 | D 5602 90.00 | C 1002 80.00
"""


def of(listed: Sequence[FoundAnomaly], rule: str, object: str = "") -> FoundAnomaly:
    [finding] = [f for f in listed if f.rule == rule and object in f.object]
    return finding


async def act(cast: Cast, finding: FoundAnomaly, action: str, actor: Actor, form: Any = None) -> FoundAnomaly:
    async with cast.transaction() as session:
        done: FoundAnomaly = await perform(session, FINDING, finding.id, action, actor, form)
        return done


async def test_a_finding_stays_the_same_over_two_imports(cast: Cast) -> None:
    client, _contact, listed = await story.found(cast)
    first = of(listed, "N01")
    assert (first.state, first.vouchers, first.period) == ("open", ["2026-09 记-3"], "2026-09")
    import_id = await story.import_text(cast, client, UNBALANCED)
    again = of(await story.check(cast, client, import_id), "N01")
    assert (again.id, again.found_at) == (first.id, first.found_at)
    assert again.last_import_id == import_id != again.first_import_id
    assert again.seen_at > first.seen_at
    async with cast.transaction() as session:
        runs = (await session.scalars(select(CheckRun).order_by(CheckRun.at))).all()
        assert [(r.new_count > 0, r.again_count > 0, r.gone_count) for r in runs] == [
            (True, False, 0),
            (False, True, 0),
        ]


async def test_what_is_not_found_any_more_is_gone_and_may_come_back(cast: Cast) -> None:
    client, _contact, _listed = await story.found(cast)
    gone = of(await story.check(cast, client, await story.import_text(cast, client, BALANCED)), "N01")
    assert gone.gone_at is not None
    async with cast.transaction() as session:
        assert gone.id in {f.id for f in await queries.findings(session, Wanted("gone", client_id=client.id))}
        assert gone.id not in {f.id for f in await queries.findings(session, Wanted(client_id=client.id))}
    back = of(await story.check(cast, client, await story.import_text(cast, client, UNBALANCED)), "N01")
    assert (back.id, back.gone_at) == (gone.id, None)


async def test_a_month_that_the_books_do_not_cover_says_nothing(cast: Cast) -> None:
    """Only October is checked: September's finding is neither found nor gone."""
    client, _contact, _listed = await story.found(cast)
    async with cast.transaction() as session:
        known = await queries.of_client(session, client.id)
        for row in known:
            row.period = "2026-08"
    listed = await story.check(cast, client, await story.import_text(cast, client, LATER))
    assert all(f.gone_at is None for f in listed)


async def test_a_rule_switched_off_says_nothing_about_its_findings(cast: Cast) -> None:
    client, _contact, _listed = await story.found(cast)
    async with cast.transaction() as session:
        session.add(RuleSetting(rule="N01", valid_from=clock.now(), is_on=False, thresholds={}))
    listed = await story.check(cast, client, await story.import_text(cast, client, BALANCED))
    assert of(listed, "N01").gone_at is None


async def test_high_findings_are_dismissed_by_a_reviewer_and_stay_dismissed(cast: Cast) -> None:
    client, _contact, listed = await story.found(cast)
    finding = of(listed, "N01")
    with pytest.raises(Forbidden, match="by a reviewer"):
        await act(cast, finding, "dismiss", cast.ben, Dismiss("尾差"))
    done = await act(cast, finding, "dismiss", cast.quinn, Dismiss("尾差"))
    assert (done.state, done.reason, done.decided_by) == ("dismissed", "尾差", member_id(cast.quinn))
    again = of(await story.check(cast, client, await story.import_text(cast, client, UNBALANCED)), "N01")
    assert again.state == "dismissed"
    assert (await act(cast, again, "restore", cast.quinn)).state == "open"


async def test_an_exception_has_an_owner_and_ends(cast: Cast) -> None:
    client, _contact, listed = await story.found(cast)
    finding, today = of(listed, "N01"), clock.today()
    for until in (today, today + timedelta(days=400)):
        with pytest.raises(Forbidden, match="exception ends"):
            await act(cast, finding, "except", cast.quinn, Except("object", member_id(cast.quinn), until, "常年如此"))
    with pytest.raises(Forbidden, match="does not work here"):
        await act(
            cast, finding, "except", cast.quinn, Except("object", member_id(cast.otto), today + timedelta(9), "常年")
        )
    form = Except("object", member_id(cast.quinn), today + timedelta(days=30), "常年如此")
    assert (await act(cast, finding, "except", cast.quinn, form)).state == "excepted"
    assert of(await story.check(cast, client), "N01").state == "excepted"
    with clock.at(clock.now() + timedelta(days=32)):
        assert of(await story.check(cast, client), "N01").state == "open"


async def test_an_exception_may_cover_the_rule_for_the_client(cast: Cast) -> None:
    """A new finding of the rule is excepted at once; only a reviewer may say so."""
    client, _contact, listed = await story.found(cast)
    finding = of(listed, "N01")
    async with cast.transaction() as session:
        (await queries.finding(session, finding.id)).severity = "low"
    form = Except("rule", member_id(cast.quinn), clock.today() + timedelta(days=30), "外币账套")
    with pytest.raises(Forbidden, match="made by a reviewer"):
        await act(cast, finding, "except", cast.ben, form)
    await act(cast, finding, "except", cast.quinn, form)
    listed = await story.check(cast, client, await story.import_text(cast, client, LATER))
    new = of(listed, "N01", "2026-10")
    assert (new.state, new.reason) == ("excepted", "外币账套")


async def test_one_case_for_several_findings_of_one_client(cast: Cast) -> None:
    client, _contact, listed = await story.found(cast, UNBALANCED + LATER)
    pair = [f for f in listed if f.rule == "N01"]
    assert len(pair) == 2
    async with cast.transaction() as session:
        case = await opening.from_findings(session, cast.ben, pair, clock.now())
    assert (case.state, case.exposure.fen if case.exposure else 0) == ("triaged", 110_00)
    assert {f.case_id for f in await story.findings(cast, client) if f.rule == "N01"} == {case.id}
    _other, _contact, elsewhere = await story.found(cast)
    async with cast.transaction() as session:
        taken = await queries.by_ids(session, [pair[0].id])
        with pytest.raises(Conflict):
            await opening.from_findings(session, cast.ben, taken, clock.now())
        with pytest.raises(Invalid, match="one client"):
            await opening.from_findings(session, cast.ben, [*elsewhere[:1], *taken], clock.now())
        with pytest.raises(Invalid, match="at least one"):
            await opening.from_findings(session, cast.ben, [], clock.now())


async def test_what_was_cured_and_returns_reopens_its_case(cast: Cast) -> None:
    """The same rule and object within 90 days of the closing; later it is a new case that knows the old one."""
    case, client, _contact = await story.analysed(cast)
    for action in ("plan", "submit"):
        await story.act(cast, case, action, SYSTEM)
    await story.act(cast, case, "approve", cast.quinn)
    for action in ("notify", "acknowledge", "execute", "finish", "verify"):
        await story.act(cast, case, action, SYSTEM)
    async with cast.transaction() as session:
        session.add(story.lesson_of(cast, case))
    await story.act(cast, case, "close", cast.mara)
    cured = of(await story.check(cast, client, await story.import_text(cast, client, BALANCED)), "N01")
    assert cured.state == "cured"
    back = of(await story.check(cast, client, await story.import_text(cast, client, UNBALANCED)), "N01")
    assert (back.state, back.case_id) == ("confirmed", case.id)
    assert (await story.reload(cast, case)).state == "reopened"


async def test_a_return_after_ninety_days_is_a_new_case_that_knows_the_old_one(cast: Cast) -> None:
    case, client, _contact = await story.opened(cast)
    finding = of(await story.findings(cast, client), "N01")
    await act(cast, finding, "cure", SYSTEM)
    await story.act(cast, case, "dismiss", cast.mara, Reason("已更正"))
    back = of(await story.check(cast, client, await story.import_text(cast, client, UNBALANCED)), "N01")
    assert back.state == "open"
    async with cast.transaction() as session:
        again = await opening.from_findings(session, cast.ben, [back], clock.now())
        assert again.reopens_id == case.id
        assert (await cases.case(session, case.id)).state == "dismissed"


async def test_precision_counts_confirmed_and_dismissed_findings(cast: Cast) -> None:
    _client, _contact, listed = await story.found(cast, UNBALANCED + LATER)
    first, second = [f for f in listed if f.rule == "N01"]
    async with cast.transaction() as session:
        await opening.from_findings(session, cast.ben, [first], clock.now())
    await act(cast, second, "dismiss", cast.quinn, Dismiss("尾差"))
    async with cast.transaction() as session:
        judged = await queries.judged(session)
    assert judged["N01"] == (1, 1)
    assert precision(judged["N01"])["rate"] == ""  # two judgements say nothing
    assert precision((4, 1))["rate"] == "80%"


async def test_one_task_a_client_says_how_many_wait(cast: Cast) -> None:
    client, _contact, listed = await story.found(cast)
    async with cast.transaction() as session:
        query = select(Task).where(Task.subject_id == client.id, Task.subject_kind == "finding")
        task = (await session.scalars(query)).one()
        assert (task.assignee_id, task.done_at) == (client.bookkeeper_id, None)
        assert task.step.params["n"] == len(listed)
    for finding in listed:
        await act(cast, finding, "dismiss", cast.quinn, Dismiss("无误"))
    async with cast.transaction() as session:
        assert (await session.scalars(query)).one().done_at is not None


async def test_books_are_checked_before_each_filing_day(cast: Cast) -> None:
    """Within five working days of the filing, once (requirement A8.2)."""
    client, _contact, _listed = await story.found(cast)
    async with cast.transaction() as session:
        run = (await session.scalars(select(CheckRun))).one()
        run.at = clock.now() - timedelta(days=60)
    quiet, near = clock.now().replace(month=11, day=25), clock.now().replace(year=2027, month=1, day=14)
    for now, promised in ((quiet, 0), (near, 1)):
        with clock.at(now):
            async with cast.transaction() as session:
                await jobs.before_filing(session)
        async with cast.transaction() as session:
            rows = (await session.scalars(select(Outbox).where(Outbox.job == "checks.run"))).all()
            assert [r.args["client_id"] for r in rows] == [str(client.id)] * promised


async def test_the_most_pressing_stands_first(cast: Cast) -> None:
    _client, _contact, _listed = await story.found(cast, UNBALANCED + LATER)
    async with cast.transaction() as session:
        shown = await queries.findings(session, Wanted())
        ranks = [queries.SEVERITIES.index(f.severity) for f in shown]
        assert ranks == sorted(ranks)
        same = [f.priority for f in shown if f.severity == shown[0].severity]
        assert same == sorted(same, reverse=True)
