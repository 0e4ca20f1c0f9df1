"""Screens of the register, limits and playbooks: who may open and do what, bad input, and pressing twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from uuid import UUID

from openpyxl import load_workbook
from sqlalchemy import select

from saas.kernel import clock
from saas.risks.models import Measure, RiskScore
from saas.risks.playbooks.playbook_models import Playbook, PlaybookVersion
from saas.risks.register import queries
from saas.risks.starter import begin
from saas.risks.watch.watch_models import Trigger
from saas.tasks.models import Task
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
GIVEN = {
    "name": "新系统上线", "category": "data", "cause": "切换仓促", "event": "期初导错", "effect": "报表错误",
    "treatment": "reduce", "plan": "并行两月", "review_months": "6", "likelihood": "4", "impact": "4",
    "residual_likelihood": "2", "residual_impact": "4", "exposure": "12,000.00",
}  # fmt: skip


async def filled(cast: Cast) -> dict[str, UUID]:
    """The starter's entries by key, owned by Ben."""
    async with cast.transaction() as session:
        await begin(session)
        found = await queries.risks(session)
        for risk in found:
            risk.owner_id = cast.ben.id
        return {risk.key: risk.id for risk in found}


async def test_who_opens_what(cast: Cast, as_person: People) -> None:
    keys = await filled(cast)
    base = f"/f/{cast.firm.slug}"
    async with cast.transaction() as session:
        plan = (await session.scalars(select(Playbook))).first()
        assert plan is not None
    pages = ["/risks", "/risks?view=inherent&likelihood=4&impact=4", f"/risks/{keys['leak']}", "/risks/limits",
             "/risks/hits?watch=rule:N25", "/playbooks", f"/playbooks/{plan.id}",
             f"/playbooks/{plan.id}?version=1"]  # fmt: skip
    for path in pages:
        for name, status in (("paula", 200), ("ben", 200), ("ada", 200), ("otto", 404), ("nobody", 303)):
            assert (await (await as_person(name)).get(base + path)).status_code == status, (path, name)
    for path, may, may_not in (
        ("/risks/new", "ben", "cash"), (f"/risks/{keys['leak']}/edit", "quinn", "ada"), ("/risks/export", "ada", "ben"),
        (f"/playbooks/{plan.id}/edit", "mara", "quinn"),
    ):  # fmt: skip
        assert (await (await as_person(may)).get(base + path)).status_code == 200, path
        assert (await (await as_person(may_not)).get(base + path)).status_code == 403, path
        assert (await (await as_person("otto")).get(base + path)).status_code == 404, path
        assert (await (await as_person("nobody")).get(base + path)).status_code == 303, path
    assert (await (await as_person("ben")).get(f"{base}/risks/hits?watch=x")).status_code == 404


async def test_the_map_opens_into_the_list(cast: Cast, as_person: People) -> None:
    await filled(cast)
    ben, base = await as_person("ben"), f"/f/{cast.firm.slug}/risks"
    async with cast.transaction() as session:
        here = [r for r in await queries.risks(session) if (r.likelihood, r.impact) == (2, 5)]
    page = (await ben.get(f"{base}?view=inherent&likelihood=2&impact=5")).text
    rows = page[page.index('id="register"') :]
    assert all(risk.number in rows for risk in here)
    assert rows.count("FX-") == len(here)
    assert "没有风险符合" in (await ben.get(f"{base}?view=inherent&likelihood=1&impact=1")).text


async def test_written_twice_it_is_one_entry(cast: Cast, as_person: People) -> None:
    await filled(cast)
    ben, base = await as_person("ben"), f"/f/{cast.firm.slug}/risks"
    given = {**GIVEN, "owner_id": str(cast.ben.id), "review_on": (clock.today() + timedelta(90)).isoformat(),
             "watches": ["rule:N06", "cause:SYSTEM"]}  # fmt: skip
    bad = await ben.post(f"{base}/new", {**given, "residual_likelihood": "5"})
    assert bad.status_code == 422
    assert "切换仓促" in bad.text
    for _press in range(2):
        assert (await ben.post(f"{base}/new", given)).status_code == 303
    async with cast.transaction() as session:
        found = [r for r in await queries.risks(session) if r.title == "新系统上线"]
        assert len(found) == 1
        assert (found[0].watches, found[0].exposure.fen if found[0].exposure else 0) == (
            ["rule:N06", "cause:SYSTEM"], 1200000,
        )  # fmt: skip
        assert len(await queries.scores(session, found[0].id)) == 1
    cash = await as_person("cash")
    assert (await cash.post(f"{base}/new", given)).status_code == 403


async def test_scores_measures_and_reviews_by_hand(cast: Cast, as_person: People) -> None:
    keys = await filled(cast)
    ben, one = await as_person("ben"), f"/f/{cast.firm.slug}/risks/{keys['missed_filing']}"
    score = {"likelihood": "4", "impact": "4", "residual_likelihood": "2", "residual_impact": "4",
             "exposure": "20000", "reason": "本季漏报两次"}  # fmt: skip
    assert (await ben.post(f"{one}/score", {**score, "reason": ""})).status_code == 422
    for _press in range(2):
        assert (await ben.post(f"{one}/score", score)).status_code == 303
    due = (clock.today() + timedelta(7)).isoformat()
    measure = {"text": "征期第10日全户核对", "owner_id": str(cast.lin.id), "due_on": due}
    assert (await ben.post(f"{one}/measures", {**measure, "due_on": "2020-01-01"})).status_code == 422
    for _press in range(2):
        assert (await ben.post(f"{one}/measures", measure)).status_code == 303
    async with cast.transaction() as session:
        scores = (await session.scalars(select(RiskScore).where(RiskScore.risk_id == keys["missed_filing"]))).all()
        rows = (await session.scalars(select(Measure).where(Measure.risk_id == keys["missed_filing"]))).all()
        task = (await session.scalars(select(Task).where(Task.subject_id == rows[0].id))).one()
        assert (len(scores), len(rows), task.assignee_id) == (2, 1, cast.lin.id)
    for _press in range(2):
        assert (await ben.post(f"{one}/measures/{rows[0].id}", {"result": "已执行"})).status_code == 303
    assert (await ben.post(f"{one}/treat", {"reason": "核对单两月无漏报"})).status_code == 303
    refused = await ben.post(f"{one}/close", {"reason": "x"})
    assert refused.status_code == 403
    next_on = (clock.today() + timedelta(200)).isoformat()
    for _press in range(2):
        assert (await ben.post(f"{one}/review", {"reason": "有效", "review_on": next_on})).status_code == 303
    page = (await ben.get(one)).text
    assert "本季漏报两次" in page
    assert "已执行" in page
    otto = await as_person("otto")
    assert (await otto.post(f"{one}/score", score)).status_code == 404


async def test_the_workbook_has_three_sheets(cast: Cast, as_person: People) -> None:
    await filled(cast)
    content = (await (await as_person("ada")).get(f"/f/{cast.firm.slug}/risks/export?category=tax")).content
    book = load_workbook(BytesIO(content))
    assert len(book.sheetnames) == 3
    first = book.worksheets[0]
    async with cast.transaction() as session:
        tax = [r for r in await queries.risks(session) if r.category == "tax"]
    assert first.max_row == len(tax) + 1
    assert first.cell(2, 10).value == first.cell(2, 8).value * first.cell(2, 9).value


async def test_limits_are_the_firms(cast: Cast, as_person: People) -> None:
    await filled(cast)
    mara, base = await as_person("mara"), f"/f/{cast.firm.slug}/risks/limits"
    given = {"name": "重复入账盯紧", "kind": "rule", "about": "rule:N25", "at_least": "2", "days": "14",
             "role": "reviewer", "is_on": "yes"}  # fmt: skip
    assert (await mara.post(base, {**given, "at_least": "viele"})).status_code == 422
    for _press in range(2):
        assert (await mara.post(base, given)).status_code == 303
    async with cast.transaction() as session:
        rows = (await session.scalars(select(Trigger).where(Trigger.key == "", Trigger.about == "N25"))).all()
        exposure = (await session.scalars(select(Trigger).where(Trigger.key == "exposure"))).one()
        assert len(rows) == 1
    money = {**given, "name": exposure.name["zh"], "kind": "exposure", "about": "", "at_least": "50000"}
    assert (await mara.post(f"{base}/{exposure.id}", money)).status_code == 303
    async with cast.transaction() as session:
        assert (await session.scalars(select(Trigger).where(Trigger.key == "exposure"))).one().at_least == 5000000
    assert (await (await as_person("quinn")).post(base, given)).status_code == 403
    assert "50,000.00" in (await mara.get(base)).text


async def test_a_playbook_is_rewritten_as_a_version(cast: Cast, as_person: People) -> None:
    await filled(cast)
    mara = await as_person("mara")
    async with cast.transaction() as session:
        plan = (await session.scalars(select(Playbook).where(Playbook.key == "leak"))).one()
        first = (await session.scalars(select(PlaybookVersion).where(PlaybookVersion.playbook_id == plan.id))).one()
    here = f"/f/{cast.firm.slug}/playbooks/{plan.id}"
    fields = form_of(first, step_text="停用账号并通知运维")
    assert (await mara.post(f"{here}/edit", {**fields, "reason": ""})).status_code == 422
    broken = await mara.post(f"{here}/edit", {**fields, "steps.minutes": ["bald", *fields["steps.minutes"][1:]]})
    assert broken.status_code == 422
    assert "停用账号并通知运维" in broken.text
    for _press in range(2):
        assert (await mara.post(f"{here}/edit", fields)).status_code == 303
    other = {**fields, "steps.what": ["又一种", *fields["steps.what"][1:]]}
    assert (await mara.post(f"{here}/edit", other)).status_code == 422  # based on version 1, 2 is there
    async with cast.transaction() as session:
        newest = (await session.scalars(select(PlaybookVersion).where(PlaybookVersion.number == 2))).one()
        assert newest.steps[0]["what"]["zh"] == "停用账号并通知运维"
        assert newest.steps[0]["what"]["en"] == first.steps[0]["what"]["en"]
        assert [s["key"] for s in newest.steps] == [s["key"] for s in first.steps]
    for _press in range(2):
        made = await mara.post(f"/f/{cast.firm.slug}/playbooks", {"name": "本所停电", "like": str(plan.id)})
        assert made.status_code == 303
    assert (await mara.post(f"{here}/review", {"reason": "演练后通读"})).status_code == 303
    async with cast.transaction() as session:
        assert len((await session.scalars(select(Playbook))).all()) == 8
    assert (await (await as_person("ben")).post(f"{here}/edit", fields)).status_code == 403


def form_of(version: PlaybookVersion, *, step_text: str) -> dict[str, list[str]]:
    """The edit form as a browser sends it, with the first step's words changed."""
    from saas.risks.playbooks.editing import fields
    from saas.risks.playbooks.plan import plan_of

    rows = fields(plan_of(version))
    sent = {f"{part}.{name}": [row[name] for row in lines] for part, lines in rows.items() for name in lines[0]}
    sent["steps.what"][0] = step_text
    return {**sent, "based_on": [str(version.number)], "reason": ["加上运维"]}
