"""What happens is counted once, figures suggest and never decide, limits open one task in their window."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.checks.models import FoundAnomaly
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.errors import Forbidden
from saas.kernel.i18n import Text
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.money import Money
from saas.kernel.perform import perform, tell
from saas.risks.levels import level_of
from saas.risks.measures import open_risks
from saas.risks.models import Risk
from saas.risks.register import deeds, queries, reminding
from saas.risks.register.forms import Reason, Scored
from saas.risks.register.workflow import RISK
from saas.risks.starter import begin, starter_risks
from saas.risks.watch import limits, measuring, suggesting
from saas.risks.watch.measuring import Measured
from saas.risks.watch.watch_models import Firing, Hit, Suggestion, Trigger
from saas.tasks.models import Task
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]


def tomorrow() -> datetime:
    """After the starter, whose scores are of today."""
    return clock.now() + timedelta(days=1)


async def client_of(cast: Cast) -> UUID:
    async with cast.transaction() as session:
        await begin(session)
        client = Client(number=f"K{uuid7().hex[-6:]}", name="杭州澄屿茶业有限公司", sort_key="hang", pinyin="hang",
                        taxpayer_kind="small", standard="small", created_at=tomorrow())  # fmt: skip
        session.add(client)
        await session.flush()
        return client.id


async def confirm(cast: Cast, client_id: UUID, rule: str, at: datetime, times: int = 1) -> None:
    """A finding was confirmed: told as checks tells it, `times` times for the same finding."""
    async with cast.transaction() as session:
        finding = FoundAnomaly(
            id=uuid7(), client_id=client_id, rule=rule, object=uuid7().hex[-8:], severity="high", score=80.0,
            message=Text("x"), amount=Money(120000), vouchers=[], rows=[], compared={}, found_at=at, seen_at=at,
        )  # fmt: skip
        for _n in range(times):
            await tell(session, Event("finding.confirmed", finding, SYSTEM, at))


@pytest.mark.parametrize(
    ("hits", "days", "expected"),
    [(0, 365, 1), (1, 365, 2), (3, 365, 2), (4, 365, 3), (11, 365, 3), (12, 365, 4), (51, 365, 4), (52, 365, 5),
     (1, 30, 4), (5, 30, 5)],
)  # fmt: skip
def test_the_scale(hits: int, days: int, expected: int) -> None:
    assert Measured(hits, days).likelihood == expected


def test_levels() -> None:
    assert [level_of(n).name for n in (1, 7, 8, 14, 15, 19, 20, 25)] == [
        "low", "low", "medium", "medium", "high", "high", "critical", "critical",
    ]  # fmt: skip


def test_every_refund_reason_has_an_entry() -> None:
    """R14.1, against the policy every firm begins with."""
    from saas.refunds.policies.starter import starter

    watched = {watch for risk in starter_risks() for watch in risk.watch}
    assert {f"reason:{reason.code}" for reason in starter().reasons} <= watched


def test_what_the_starter_watches_exists() -> None:
    from saas.cases.words import CAUSE_CODES
    from saas.checks.catalogue import BY_ID
    from saas.refunds.watch.kinds import KINDS
    from saas.risks.starter import starter_playbooks

    known = {f"rule:{rule}" for rule in BY_ID} | {f"cause:{c}" for c in CAUSE_CODES} | {f"signal:{s}" for s in KINDS}
    watched = {w for risk in starter_risks() for w in risk.watch if not w.startswith("reason:")}
    assert watched <= known
    plans = {plan.key for plan in starter_playbooks()}
    assert {risk.playbook for risk in starter_risks()} - {""} <= plans
    assert plans == {
        "data_loss", "mass_error", "leak", "missed_filing", "double_payment", "group_refund", "media",
    }  # fmt: skip


async def test_counted_once_and_suggested_never_decided(cast: Cast) -> None:
    client_id = await client_of(cast)
    async with cast.transaction() as session:
        risk = next(r for r in await queries.risks(session) if r.key == "threshold")
        before = risk.likelihood
        await session.execute(text("UPDATE firms SET created_at = :at WHERE id = :id"),
                              {"at": tomorrow() - timedelta(days=200), "id": cast.firm.id})  # fmt: skip
    for day in (2, 1, 0):
        await confirm(cast, client_id, "N28", tomorrow() - timedelta(days=day), times=2)
    async with cast.transaction() as session:
        assert len(await measuring.hits(session, ["rule:N28"])) == 3
        found = await measuring.measured(session, ["rule:N28"], tomorrow())
        assert (found.hits, found.amount) == (3, Money(360000))
        risk = await queries.risk(session, risk.id)
        assert risk.likelihood == before == 2
        waiting = [s for s in await suggesting.waiting(session) if s.risk_id == risk.id]
        assert [(s.likelihood, s.hits) for s in waiting] == [(3, 3)]
        accepted = await suggesting.accept(session, waiting[0].id, cast.ben, tomorrow())
        again = await suggesting.accept(session, waiting[0].id, cast.lin, tomorrow())
        assert accepted.likelihood == again.likelihood == 3
        history = await queries.scores(session, risk.id)
        assert (history[0].by, history[0].likelihood, len(history)) == (cast.ben.id, 3, 2)
        assert "3" in history[0].reason


async def test_what_no_entry_watches_is_suggested(cast: Cast) -> None:
    client_id = await client_of(cast)
    for day in (2, 1, 0):
        await confirm(cast, client_id, "N36", tomorrow() - timedelta(days=day))
    async with cast.transaction() as session:
        one = next(s for s in await suggesting.waiting(session) if s.watch == "rule:N36")
        await suggesting.decline(session, one.id, "已在月度复核中查看", cast.ben, tomorrow())
    await confirm(cast, client_id, "N36", tomorrow())
    async with cast.transaction() as session:
        found = (await session.scalars(select(Suggestion).where(Suggestion.watch == "rule:N36"))).all()
        assert [(s.accepted, s.reason) for s in found] == [(False, "已在月度复核中查看")]


async def test_a_limit_opens_one_task_in_its_window(cast: Cast) -> None:
    client_id = await client_of(cast)
    for day in range(3):
        await confirm(cast, client_id, "N25", tomorrow() - timedelta(days=day))
    await confirm(cast, client_id, "N44", tomorrow())

    async def fired(at: datetime) -> list[str]:
        async with cast.transaction() as session:
            trigger = (await session.scalars(select(Trigger).where(Trigger.key == "rule_hits"))).one()
            return [f.about for f in await limits.evaluate(session, at) if f.trigger_id == trigger.id]

    assert await fired(tomorrow()) == ["rule:N25"]
    assert await fired(tomorrow()) == []
    assert await fired(tomorrow() + timedelta(days=20)) == []
    assert await fired(tomorrow() + timedelta(days=31)) == []  # its window ran out
    for day in range(3):
        await confirm(cast, client_id, "N25", tomorrow() + timedelta(days=31, hours=day))
    assert await fired(tomorrow() + timedelta(days=32)) == ["rule:N25"]
    async with cast.transaction() as session:
        firings = (await session.scalars(select(Firing).where(Firing.about == "rule:N25"))).all()
        tasks = (await session.scalars(select(Task).where(Task.id.in_([f.task_id for f in firings])))).all()
        assert (len(firings), {t.role for t in tasks}, {t.url for t in tasks}) == (
            2, {"reviewer"}, {f"/risks/limits#firing-{f.id}" for f in firings},
        )  # fmt: skip
        first, second = sorted(firings, key=lambda f: f.at)
        assert (first.settled_at is not None, first.settled_by, second.settled_at) == (True, None, None)
        assert {t.id for t in tasks if t.done_at is not None} == {first.task_id}


async def test_who_looked_at_a_limit_says_what_was_decided(cast: Cast, as_person: People) -> None:
    client_id = await client_of(cast)
    for day in range(3):
        await confirm(cast, client_id, "N25", tomorrow() - timedelta(days=day))
    async with cast.transaction() as session:
        firing = next(f for f in await limits.evaluate(session, tomorrow()) if f.about == "rule:N25")
    where, said = f"/f/{cast.firm.slug}/risks/firings/{firing.id}/settle", {"reason": "已安排补课，下月复查"}
    assert (await (await as_person("ben")).post(where, said)).status_code == 403  # a reviewer's task
    assert (await (await as_person("otto")).post(where, said)).status_code == 404
    quinn = await as_person("quinn")
    refused = await quinn.post(where, {"reason": ""})
    assert (refused.status_code, "firing-" in refused.text) == (422, True)
    for _twice in range(2):
        assert (await quinn.post(where, said)).status_code == 303
    assert said["reason"] in (await quinn.get(f"/f/{cast.firm.slug}/risks/limits")).text
    async with cast.transaction() as session:
        task = await session.get(Task, (cast.firm.id, firing.task_id))
        assert task is not None
        assert task.done_by == cast.quinn.id
        for trigger in await limits.triggers(session):
            trigger.is_on = False
    async with cast.transaction() as session:  # limits that are off leave nothing to do
        assert await limits.evaluate(session, tomorrow()) == []
        waiting = select(Firing).where(Firing.settled_at.is_(None))
        assert (await session.scalars(waiting)).all() == []


async def test_late_reviews_and_measures_are_said(cast: Cast) -> None:
    await client_of(cast)
    late = tomorrow() + timedelta(days=400)
    async with cast.transaction() as session:
        risk = (await queries.risks(session))[0]
        risk.owner_id = cast.ben.id
        await session.flush()
        await reminding.remind(session, late)
        await reminding.remind(session, late)
        tasks = (await session.scalars(select(Task).where(Task.subject_id == risk.id))).all()
        assert [(t.assignee_id, t.step.msgid) for t in tasks] == [(cast.ben.id, deeds.REVIEW.msgid)]
        fired = await limits.evaluate(session, late)
        assert str(risk.id) in {f.about for f in fired}
        assert (await open_risks(session, late.date())).overdue == len(await queries.risks(session))


async def test_high_risks_are_accepted_by_another_who_manages(cast: Cast) -> None:
    await client_of(cast)
    why = Reason("剩余风险可控")
    async with cast.transaction() as session:
        risk = next(r for r in await queries.risks(session) if r.key == "wrong_tax")  # 4 × 4
        risk.owner_id = cast.mara.id
    for actor in (cast.ben, cast.quinn, cast.mara):  # no managers, and the risk's own owner
        with pytest.raises(Forbidden):
            async with cast.transaction() as session:
                await perform(session, RISK, risk.id, "accept", actor, why, now=tomorrow())
    async with cast.transaction() as session:
        await perform(session, RISK, risk.id, "accept", cast.paula, why, now=tomorrow())
    graver = Scored(likelihood=5, impact=5, residual_likelihood=5, residual_impact=4, reason="又发生两起")
    async with cast.transaction() as session:
        await deeds.score(session, risk.id, graver, cast.ben, tomorrow())
        assert (await queries.risk(session, risk.id)).state == "open"


async def test_the_database_holds_it_too(cast: Cast) -> None:
    await client_of(cast)
    async with cast.transaction() as session:
        risk = next(r for r in await queries.risks(session) if r.key == "wrong_tax")
        risk.owner_id = cast.mara.id
    for statement in (
        "UPDATE risks SET likelihood = 1 WHERE id = :id",
        "UPDATE risks SET exposure = 0 WHERE id = :id",
        f"UPDATE risks SET state = 'accepted', accepted_by = '{cast.mara.id}' WHERE id = :id",
        f"UPDATE risks SET state = 'accepted', accepted_by = '{cast.quinn.id}' WHERE id = :id",
        f"UPDATE risks SET state = 'closed', closed_by = '{cast.mara.id}' WHERE id = :id",
        "UPDATE risk_scores SET impact = 1 WHERE risk_id = :id",
        "DELETE FROM risk_scores WHERE risk_id = :id",
    ):
        with pytest.raises(DBAPIError):
            async with cast.transaction() as session:
                await session.execute(text(statement), {"id": risk.id})


async def test_otto_counts_nothing_of_it(cast: Cast) -> None:
    client_id = await client_of(cast)
    await confirm(cast, client_id, "N25", tomorrow())
    async with cast.transaction(otto=True) as session:
        assert (await session.scalars(select(Hit))).all() == []
        assert (await session.scalars(select(Risk))).all() == []
        assert await limits.evaluate(session, tomorrow()) == []
