"""A quarter's scorecards in the browser: made once, disputed, answered by another, frozen; money by rule, by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from saas.firms.choices import choose
from saas.firms.models import Notification
from saas.firms.queries import profile
from saas.identity.models import Membership
from saas.insights import facts
from saas.insights.dashboards.periods import Period, period_of
from saas.insights.measures.catalogue import MEASURES
from saas.insights.measures.measure import Scope
from saas.insights.scorecards.card_models import Scorecard, ScoreDispute, ScoreLine, ScoreWeights
from saas.insights.scorecards.pay_models import PayEntry, PayRule
from saas.insights.scorecards.points import points
from saas.insights.scorecards.reckoning import last_complete
from saas.insights.scorecards.settling import settle
from saas.insights.scorecards.weighing import begin, weights_on
from saas.insights.targets.reading import begin as begin_targets
from saas.insights.targets.reading import targets
from saas.kernel import clock
from saas.kernel.config import Settings
from saas.tasks.models import Task
from tests.cast import Browser, Cast, member_id
from tests.insights.past import make_past

People = Callable[[str], Awaitable[Browser]]
pytestmark = pytest.mark.usefixtures("late_november")  # the quarter before is full of what the past closed
JUDGED = ("mara", "quinn", "ben", "lin", "cash", "tina")


def quarter() -> str:
    return last_complete("quarter", clock.today())


async def rows(cast: Cast, table: Any, *conditions: Any) -> list[Any]:
    async with cast.transaction() as session:
        return list((await session.scalars(select(table).where(*conditions))).all())


async def card_of(cast: Cast, name: str) -> Scorecard:
    found: Scorecard = (await rows(cast, Scorecard, Scorecard.member_id == member_id(cast.actors[name])))[0]
    return found


async def refused(cast: Cast, sql: str, **values: Any) -> str:
    """What the database says to the application's role; it must say no."""
    with pytest.raises(DBAPIError) as said:
        async with cast.transaction() as session:
            await session.execute(text(sql), values)
    return str(said.value)


async def prepared(cast: Cast, settings: Settings | None = None) -> Period:
    """People who were here all the time, the starter's weights, rules and targets; with settings also a past."""
    if settings is not None:
        await make_past(settings, cast, lambda past: None)
    async with cast.transaction() as session:
        await session.execute(update(Membership).values(joined_at=clock.now() - timedelta(days=900)))
        await begin(session)
        await begin_targets(session)
        if settings is not None:
            await facts.rebuild(session)
    period = period_of(quarter(), clock.today())
    assert period is not None
    return period


async def test_made_once_disputed_answered_by_another_and_frozen(
    cast: Cast, as_person: People, settings: Settings
) -> None:
    period = await prepared(cast, settings)
    at = f"/f/{cast.firm.slug}/insights/scorecards"
    people = {name: await as_person(name) for name in ("paula", "mara", "ben", "lin", "ada", "otto", "nobody")}
    mara, ben = people["mara"], people["ben"]
    assert "尚无考核表" in (await mara.get(at)).text
    assert "您还没有考核表" in (await ben.get(f"/f/{cast.firm.slug}/scorecards")).text
    for wrong in ("2999-Q1", "90d", "", f"{clock.today():%Y-%m}", str(clock.today().year - 1)):
        assert (await mara.post(at, {"period": wrong})).status_code == 422, wrong
    for _time in range(2):
        assert (await mara.post(at, {"period": quarter()})).status_code == 303
    cards = await rows(cast, Scorecard)
    assert {card.member_id for card in cards} == {member_id(cast.actors[name]) for name in JUDGED}
    card, tasks = await card_of(cast, "ben"), await rows(cast, Task, Task.subject_kind == "scorecard")
    assert {task.assignee_id for task in tasks} == {card.member_id for card in cards}
    await the_figures_are_those_of_the_boards(cast, card, period)

    one = f"{at}/{card.id}"
    seen = {"paula": 200, "mara": 200, "ben": 200, "lin": 404, "ada": 403, "otto": 404, "nobody": 303}
    for path in (one, f"{one}/rows/sla_hit"):
        assert {name: (await people[name].get(path)).status_code for name in people} == seen
    assert (await ben.get(at)).status_code == 403
    assert (await ben.get(f"{one}/rows/arpu")).status_code == 404

    lines = await rows(cast, ScoreLine, ScoreLine.card_id == card.id)
    line = next(each for each in lines if each.measure == "sla_hit")
    objection = {"line": str(line.id), "reason": "两件异常等客户补资料，不应算逾期。"}
    assert (await mara.post(f"{one}/dispute", objection)).status_code == 403
    assert (await people["lin"].post(f"{one}/dispute", objection)).status_code == 404
    assert (await ben.post(f"{one}/dispute", {**objection, "reason": ""})).status_code == 422
    assert (await ben.post(f"{one}/dispute", objection)).status_code == 303
    assert "等待主管答复" in (await ben.post(f"{one}/dispute", objection)).text
    [dispute] = await rows(cast, ScoreDispute)
    answer = {"dispute": str(dispute.id), "answer": "核对属实，扣除等待时间后均未逾期。", "points": "100"}
    assert (await ben.post(f"{one}/answer", answer)).status_code == 403
    assert (await mara.post(f"{one}/answer", {**answer, "points": "101"})).status_code == 422
    assert (await ben.post(f"{one}/agree")).status_code == 409  # an answer is due
    assert (await mara.post(f"{one}/answer", answer)).status_code == 303
    after = await card_of(cast, "ben")
    assert (after.state, (await rows(cast, ScoreLine, ScoreLine.id == line.id))[0].corrected) == ("open", Decimal(100))
    assert after.total is not None
    assert card.total is not None
    assert after.total >= card.total
    assert "已更正得分" in (await ben.get(one)).text
    assert (await ben.post(f"{one}/agree")).status_code == 303
    await nothing_passes_the_database(cast, card, line, dispute)


async def the_figures_are_those_of_the_boards(cast: Cast, card: Scorecard, period: Period) -> None:
    async with cast.transaction() as session:
        wanted = await targets(session, period.until)
        for line in (await session.scalars(select(ScoreLine).where(ScoreLine.card_id == card.id))).all():
            scope = Scope(period.since, period.until, member_id=card.member_id)
            figure = await MEASURES[line.measure].figure(session, scope)
            assert (line.n, line.value, line.target) == (figure.n, figure.value, wanted.get(line.measure))
            assert line.points == points(MEASURES[line.measure], line.value, line.target)


async def nothing_passes_the_database(cast: Cast, card: Scorecard, line: ScoreLine, dispute: ScoreDispute) -> None:
    """As the application's role, by SQL: what was closed is frozen, and nobody decided about themselves before."""
    by, other = {"id": card.id}, await card_of(cast, "lin")
    assert "frozen" in await refused(cast, "UPDATE scorecards SET state = 'open' WHERE id = :id", **by)
    assert "total changes" in await refused(cast, "UPDATE scorecards SET total = 99 WHERE id = :id", id=other.id)
    assert "not over" in await refused(cast, "UPDATE scorecards SET state = 'closed' WHERE id = :id", id=other.id)
    assert "never removed" in await refused(cast, "DELETE FROM scorecards WHERE id = :id", **by)
    counted = "UPDATE score_lines SET points = 100 WHERE card_id = :id"
    assert "never changes" in await refused(cast, counted, id=other.id)
    late = "UPDATE score_lines SET corrected = 50, corrected_by = :who WHERE id = :id"
    assert "while they are disputed" in await refused(cast, late, id=line.id, who=member_id(cast.mara))
    again = "UPDATE score_disputes SET answer = 'x' WHERE id = :id"
    assert "stay as they were said" in await refused(cast, again, id=dispute.id)
    raised = (
        "INSERT INTO score_disputes (firm_id, id, card_id, line_id, reason, raised_by, raised_at, answer)"
        " SELECT firm_id, gen_random_uuid(), :id, :line, 'x', :who, now(), '' FROM scorecards WHERE id = :id"
    )
    said = await refused(cast, raised, id=card.id, line=line.id, who=card.member_id)
    assert "in time" in said


async def test_a_managers_own_card_is_answered_by_another_and_time_closes_the_rest(
    cast: Cast, as_person: People
) -> None:
    """Without a past there is nothing to count: no total, no bonus, and a dispute all the same."""
    await prepared(cast)
    at, mara, paula = f"/f/{cast.firm.slug}/insights/scorecards", await as_person("mara"), await as_person("paula")
    assert (await mara.post(at, {"period": quarter()})).status_code == 303
    card = await card_of(cast, "mara")
    assert card.total is None
    [line] = await rows(cast, ScoreLine, ScoreLine.card_id == card.id, ScoreLine.measure == "csat")
    one = f"{at}/{card.id}"
    assert (
        await mara.post(f"{one}/dispute", {"line": str(line.id), "reason": "没有计入电话回访。"})
    ).status_code == 303
    told = await rows(cast, Notification, Notification.member_id == member_id(cast.paula))
    assert [note.url for note in told] == [f"/insights/scorecards/{card.id}"]  # its manager may not answer
    [dispute] = await rows(cast, ScoreDispute)
    answer = {"dispute": str(dispute.id), "answer": "电话回访不在问卷口径内。"}
    assert (await mara.post(f"{one}/answer", answer)).status_code == 403
    own = "UPDATE score_disputes SET answered_by = :who, answered_at = now(), answer = 'x' WHERE id = :id"
    assert "somebody else" in await refused(cast, own, id=dispute.id, who=member_id(cast.mara))
    corrected = "UPDATE score_lines SET corrected = 100, corrected_by = :who WHERE id = :id"
    assert "nobody corrects" in await refused(cast, corrected, id=line.id, who=member_id(cast.mara))

    async with cast.transaction() as session:  # Lin leaves in the meantime
        lin = (await session.scalars(select(Membership).where(Membership.id == member_id(cast.lin)))).one()
        lin.left_at = clock.now()
    with clock.at(card.closes_at + timedelta(minutes=1)):
        async with cast.transaction() as session:
            await settle(session)
        assert {(await card_of(cast, name)).state for name in ("quinn", "ben", "lin")} == {"closed"}
        assert (await card_of(cast, "mara")).state == "disputed"  # until somebody answers
        mara, paula = await as_person("mara"), await as_person("paula")
        assert (await paula.post(f"{one}/answer", answer)).status_code == 303
        assert "已离职" in (await paula.get(at)).text
        late = {"line": str(line.id), "reason": "再来一次"}
        assert (await mara.post(f"{one}/dispute", late)).status_code == 403
        async with cast.transaction() as session:
            await settle(session)
    assert {card.state for card in await rows(cast, Scorecard)} == {"closed"}
    assert await rows(cast, PayEntry) == []
    assert all(t.done_at for t in await rows(cast, Task, Task.subject_kind == "scorecard"))


async def test_weights_and_rules_count_from_their_day_and_cards_come_by_themselves(
    cast: Cast, as_person: People
) -> None:
    period = await prepared(cast)
    at, mara = f"/f/{cast.firm.slug}/insights/scorecards/rules", await as_person("mara")
    given = {"quality": "50", "speed": "30", "satisfaction": "10", "learning": "10", "applies_from": "2026-01-01"}
    for _time in range(2):
        assert (await mara.post(f"{at}/weights", given)).status_code == 303
    assert (await mara.post(f"{at}/weights", {**given, "learning": "11"})).status_code == 422
    later = {**given, "quality": "60", "speed": "20", "applies_from": "2190-01-01"}
    assert (await mara.post(f"{at}/weights", later)).status_code == 303
    assert len(await rows(cast, ScoreWeights)) == 3
    async with cast.transaction() as session:
        assert (await weights_on(session, period.until))["quality"] == 50
        assert (await weights_on(session, clock.today().replace(year=2191)))["quality"] == 60
        assert (await weights_on(session, clock.today().replace(year=2025)))["quality"] == 40
    rule = {"kind": "penalty", "name_zh": "质量不合格", "points": "40", "amount": "100", "most": "400",
            "part": "quality", "starts": "2026-01-01", "clause": "《员工手册》第 6.2 条"}  # fmt: skip
    for wrong in ({"clause": ""}, {"most": "50"}, {"amount": "-1"}, {"key": "nobody"}, {"points": "101"}):
        assert (await mara.post(at, {**rule, **wrong})).status_code == 422, wrong
    for _time in range(2):
        assert (await mara.post(at, rule)).status_code == 303
    [made] = await rows(cast, PayRule, PayRule.kind == "penalty")
    page = (await mara.get(at)).text
    assert "质量不合格" in page
    assert "第十六条" in page
    assert (await mara.post(at, {**rule, "key": made.key, "amount": "0", "starts": "2026-02-01"})).status_code == 303
    assert "质量不合格" not in (await mara.get(at)).text.split("新规则")[0]
    assert "permission denied" in await refused(cast, "UPDATE pay_rules SET amount = 1")
    for name, status in (("ben", 403), ("ada", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).get(at)).status_code == status
    async with cast.transaction() as session:
        choose(await profile(session), "scorecards", "quarter", clock.today())
    for _time in range(2):
        async with cast.transaction() as session:
            await settle(session)
    found = await rows(cast, Scorecard)
    assert len(found) == len(JUDGED)
    assert {(card.period, card.weights["quality"]) for card in found} == {(quarter(), 50)}


async def test_money_is_approved_by_another_within_the_law_and_final_after_objection(
    cast: Cast, as_person: People
) -> None:
    at = f"/f/{cast.firm.slug}/insights/pay"
    people = {n: await as_person(n) for n in ("paula", "mara", "quinn", "ben", "lin", "ada", "otto", "nobody")}
    quinn, mara, ben = people["quinn"], people["mara"], people["ben"]
    given = {"key": "01999999-0000-7000-8000-000000000001", "kind": "penalty", "member": str(cast.ben.id),
             "month": "2026-11", "amount": "600", "reason": "YC-2026-0007 逾期申报",
             "clause": "《员工手册》第 6.2 条"}  # fmt: skip
    for wrong in ({"clause": ""}, {"month": "2026-13"}, {"amount": "0"}, {"member": str(cast.quinn.id)}, {"kind": "x"},
                  {"member": str(cast.paula.id)}, {"reason": ""}):  # fmt: skip
        assert (await quinn.post(f"{at}/new", {**given, **wrong})).status_code == 422, wrong
    proof = [("files", ("证据.pdf", b"%PDF-1.7 proof", "application/pdf"))]
    for _time in range(2):
        assert (await quinn.post(f"{at}/new", given, files=proof)).status_code == 303
    assert (await ben.post(f"{at}/new", given)).status_code == 403
    [entry] = await rows(cast, PayEntry)
    one = f"{at}/{entry.id}"
    seen = {"paula": 200, "mara": 200, "quinn": 404, "ben": 200, "lin": 404, "ada": 403, "otto": 404, "nobody": 303}
    for path in (one, f"{one}/files/{entry.files[0]['sha256']}"):
        assert {name: (await people[name].get(path)).status_code for name in people} == seen

    wage = {"wage": "3000"}
    assert "最低工资标准" in (await mara.post(f"{one}/approve", wage)).text  # the firm has not said it yet
    async with cast.transaction() as session:
        choose(await profile(session), "minimum_wage_fen", 2490_00, clock.today())
    assert (await ben.post(f"{one}/approve", wage)).status_code == 403
    assert "2,400.00" in (await mara.post(f"{one}/approve", wage)).text  # less than the minimum would remain
    assert "20%" in (await mara.post(f"{one}/approve", {"wage": "2999"})).text
    assert (await mara.post(f"{one}/approve", {})).status_code == 403
    await the_database_keeps_the_law_too(cast, entry)
    assert (await mara.post(f"{one}/approve", {"wage": "8000"})).status_code == 303
    assert (await mara.post(f"{one}/approve", {"wage": "8000"})).status_code == 409
    second = {**given, "key": "01999999-0000-7000-8000-000000000002", "amount": "1100"}
    assert (await mara.post(f"{at}/new", second)).status_code == 303
    [other] = await rows(cast, PayEntry, PayEntry.id != entry.id)
    assert "另一位主管" in (await mara.post(f"{at}/{other.id}/approve", {"wage": "8000"})).text  # her own proposal
    assert "1,700.00" in (await people["paula"].post(f"{at}/{other.id}/approve", {"wage": "8000"})).text  # together
    assert (await people["paula"].post(f"{at}/{other.id}/refuse", {"answer": "证据不足"})).status_code == 303

    assert (await mara.post(f"{one}/object", {"reason": "x"})).status_code == 403
    assert (await ben.post(f"{one}/object", {"reason": "客户当日才补来发票。"})).status_code == 303
    assert (await ben.post(f"{one}/keep", {"answer": "x"})).status_code == 403
    assert (await mara.post(f"{one}/keep", {"answer": "提醒过三次，有记录。"})).status_code == 303
    undone = "UPDATE pay_entries SET state = 'withdrawn' WHERE id = :id"
    assert "stays as it was decided" in await refused(cast, undone, id=entry.id)
    assert "600.00" in (await ben.get(f"/f/{cast.firm.slug}/scorecards")).text
    book = load_workbook(BytesIO((await mara.get(f"{at}/list.xlsx?month=2026-11")).content))
    lines = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert [(line[2], line[4], line[5]) for line in lines] == [
        ("陆予安", -1100, "未批准"),
        ("陆予安", -600, "已确定"),
    ]
    assert "第十六条" in str(book.worksheets[1]["A2"].value)


async def the_database_keeps_the_law_too(cast: Cast, entry: PayEntry) -> None:
    approve = (
        "UPDATE pay_entries SET approved_by = :who, approved_at = now(), state = 'approved', wage = :wage,"
        " minimum = 249000 WHERE id = :id"
    )
    ids = {"id": entry.id}
    assert "approved_by_another" in await refused(cast, approve, **ids, who=member_id(cast.ben), wage=800000)
    assert "proposed" in await refused(cast, approve, **ids, who=member_id(cast.quinn), wage=800000)
    for wage in (300_000, 299_900):
        assert "20 %" in await refused(cast, approve, **ids, who=member_id(cast.mara), wage=wage)
    assert "never changes" in await refused(cast, "UPDATE pay_entries SET amount = 1 WHERE id = :id", **ids)
    assert "approved it" in await refused(cast, "UPDATE pay_entries SET state = 'final' WHERE id = :id", **ids)


async def test_a_closed_card_proposes_what_the_rules_of_its_day_say_up_to_the_years_most(
    cast: Cast, as_person: People, settings: Settings
) -> None:
    await prepared(cast, settings)
    async with cast.transaction() as session:  # who left before the first quarter is judged no more
        others = Membership.id.not_in((member_id(cast.paula), member_id(cast.mara), member_id(cast.ben)))
        await session.execute(update(Membership).where(others).values(left_at=clock.now() - timedelta(days=800)))
    at, mara, ben = f"/f/{cast.firm.slug}/insights", await as_person("mara"), await as_person("ben")
    rule = {
        "kind": "bonus",
        "name_zh": "完成考核",
        "points": "0",
        "amount": "300",
        "most": "500",
        "starts": "2020-01-01",
    }
    assert (await mara.post(f"{at}/scorecards/rules", rule)).status_code == 303
    today = clock.today()
    months = [m for m in (1, 4, 7, 10) if m <= today.month]
    keys = [f"{today.year - 1}-Q3", f"{today.year - 1}-Q4", *(f"{today.year}-Q{(m + 2) // 3}" for m in months)][-4:-1]
    for key in keys:
        assert (await mara.post(f"{at}/scorecards", {"period": key})).status_code == 303
    assert {card.member_id for card in await rows(cast, Scorecard)} == {cast.mara.id, cast.ben.id}
    cards = await rows(cast, Scorecard, Scorecard.member_id == member_id(cast.ben), Scorecard.total.is_not(None))
    assert len(cards) >= 2
    for card in cards:
        assert (await ben.post(f"{at}/scorecards/{card.id}/agree")).status_code == 303
    made = [e for e in await rows(cast, PayEntry) if str(e.reason).find("0 分") >= 0 and e.proposed_by is None]
    mine = sorted((e.amount.fen for e in made if e.clause == ""), reverse=True)
    assert mine == [300_00, 200_00]  # the third would go beyond the most of the year
    entry = next(e for e in made if e.amount.fen == 300_00 and e.clause == "")
    assert (await mara.post(f"{at}/pay/{entry.id}/approve")).status_code == 303
    assert (await ben.post(f"{at}/pay/{entry.id}/accept")).status_code == 303
    assert (await rows(cast, PayEntry, PayEntry.id == entry.id))[0].state == "final"
