"""A change: approved by a second person with the figure of before, in force on its day, measured, kept or withdrawn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.checklists import filling
from saas.checklists.procedures import procedure_queries as procedures
from saas.improvement.changes import queries
from saas.improvement.changes.calendar import turn
from saas.improvement.changes.change_models import Change
from saas.improvement.changes.forms import Reason
from saas.improvement.changes.workflow import CHANGE
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.errors import Forbidden
from saas.kernel.identifiers import uuid7
from saas.kernel.perform import perform, start
from saas.surveys.models import ClientNote
from saas.tasks.models import Task
from tests.cases import story
from tests.cast import Browser, Cast, member_id
from tests.improvement import history

People = Callable[[str], Awaitable[Browser]]


async def drafted(cast: Cast, effective_on: date, **known: object) -> Change:
    change = Change(
        number=f"GG-{uuid7().hex[-6:]}", kind="process", title="当日复核", problem="金额录错", proposal="由另一人复核",
        target_kind="rule", target_key="N41", author_id=member_id(cast.ben), drafted_at=clock.now(),
        effective_on=effective_on, measure_days=30, **known,
    )  # fmt: skip
    async with cast.transaction() as session:
        await start(session, CHANGE, change, cast.ben)
    return change


async def act(cast: Cast, change: Change, name: str, actor: Actor, form: object = None) -> Change:
    async with cast.transaction() as session:
        done: Change = await perform(session, CHANGE, change.id, name, actor, form)
    return done


async def past_the_program(cast: Cast, change: Change, attempt: str) -> None:
    """By SQL, as the application's role."""
    async with cast.transaction() as session:
        await session.execute(text(f"UPDATE improvement_changes SET {attempt} WHERE id = :id"), {"id": change.id})


async def daily(cast: Cast) -> None:
    async with cast.transaction() as session:
        await turn(session)


async def measured(cast: Cast) -> Change:
    """In force forty days ago; two cases before, none after."""
    client, _contact = await story.make_client(cast)
    months = sorted({f"{history.moment(days):%Y-%m}" for days in range(0, 90, 20)})
    await story.import_text(cast, client, history.vouchers(months, 28))
    for days in (60, 55):
        await history.opened(cast, client, days)
    day = history.moment(40).date()
    with clock.at(history.moment(50)):
        change = await drafted(cast, day)
        await act(cast, change, "propose", cast.ben)
        await act(cast, change, "approve", cast.mara)
    with clock.at(history.moment(41)):
        await daily(cast)
    async with cast.transaction() as session:
        assert (await queries.change(session, change.id)).state == "approved"
    for _twice in range(2):
        with clock.at(history.moment(40)):
            await daily(cast)
    async with cast.transaction() as session:
        assert (await queries.change(session, change.id)).state == "in_force"
    await daily(cast)
    async with cast.transaction() as session:
        return await queries.change(session, change.id)


async def test_a_change_is_measured_by_itself(cast: Cast, as_person: People) -> None:
    change = await measured(cast)
    assert change.state == "measured"
    assert change.baseline is not None
    assert change.outcome is not None
    assert (change.baseline["count"], change.outcome["count"]) == (2, 0)
    assert change.baseline["until"] == str(history.moment(51).date())
    assert change.outcome["since"] == str(history.moment(40).date())
    async with cast.transaction() as session:
        open_tasks = (
            await session.scalars(select(Task).where(Task.subject_id == change.id, Task.done_at.is_(None)))
        ).all()
        assert [t.role for t in open_tasks] == ["manager"]
        assert [c.id for c in await queries.of_target(session, "rule", "N41")] == [change.id]
    page = (await (await as_person("ada")).get(f"/f/{cast.firm.slug}/improvement/changes/{change.id}")).text
    assert "<svg" in page.partition('id="measured"')[2]
    assert "Wilson" in page
    kept = await act(cast, change, "keep", cast.mara, Reason("没有再出现"))
    assert (kept.state, kept.decided_by) == ("kept", cast.mara.id)
    at = f"/f/{cast.firm.slug}/improvement/changes/{change.id}"
    assert f"/surveys/notes/new?change={change.number}" in (await (await as_person("mara")).get(at)).text
    async with cast.transaction() as session:
        session.add(ClientNote(said="录错金额", did="由另一人当日复核", change_number=change.number,
                               written_by=member_id(cast.mara), written_at=clock.now()))  # fmt: skip
    told = (await (await as_person("ada")).get(at)).text.partition('id="told"')[2]
    assert "由另一人当日复核" in told
    assert "/surveys/notes/new" not in told  # an auditor reads


async def test_nobody_approves_or_keeps_their_own(cast: Cast) -> None:
    change = await drafted(cast, clock.today() + timedelta(days=3))
    with pytest.raises(Forbidden, match="somebody else"):
        await act(cast, change, "propose", cast.mara)
    await act(cast, change, "propose", cast.ben)
    promoted = Actor("member", cast.ben.id, cast.ben.name, permissions=cast.mara.permissions)
    for name, form in (("approve", None), ("send_back", Reason("x"))):
        with pytest.raises(Forbidden, match="yourself"):
            await act(cast, change, name, promoted, form)
    await act(cast, change, "send_back", cast.mara, Reason("写清由谁复核"))
    await act(cast, change, "propose", cast.ben)
    await act(cast, change, "approve", cast.mara)
    attempts = {
        "proposal = '别的'": "never change",
        "effective_on = effective_on + 1": "never change",
        "baseline = '{}'": "never change",
        "approved_by = author_id": "never change",
        "state = 'kept'": "somebody else",
        "state = 'kept', decided_by = author_id": "somebody else",
    }
    for attempt, reason in attempts.items():
        with pytest.raises(DBAPIError, match=reason):
            async with cast.transaction() as session:
                await session.execute(
                    text(f"UPDATE improvement_changes SET {attempt} WHERE id = :id"), {"id": change.id}
                )
    fresh = await drafted(cast, clock.today())
    with pytest.raises(DBAPIError, match="second person"):
        async with cast.transaction() as session:
            await session.execute(
                text("UPDATE improvement_changes SET state = 'in_force' WHERE id = :id"), {"id": fresh.id}
            )


async def test_a_day_that_has_passed_is_not_approved(cast: Cast) -> None:
    yesterday = history.moment(1).date()
    with clock.at(history.moment(5)):
        change = await drafted(cast, yesterday)
        await act(cast, change, "propose", cast.ben)
    with pytest.raises(Forbidden, match="is over"):
        await act(cast, change, "approve", cast.mara)


async def test_a_change_is_withdrawn_while_it_runs(cast: Cast) -> None:
    change = await drafted(cast, clock.today())
    await act(cast, change, "propose", cast.ben)
    await act(cast, change, "approve", cast.mara)
    await daily(cast)
    gone = await act(cast, change, "withdraw", cast.paula, Reason("客户反对"))
    assert (gone.state, gone.reason) == ("withdrawn", "客户反对")
    await daily(cast)
    async with cast.transaction() as session:
        assert (await queries.change(session, change.id)).state == "withdrawn"


async def test_a_draft_is_written_once_and_only_by_its_author(cast: Cast, as_person: People) -> None:
    ben, lin = await as_person("ben"), await as_person("lin")
    at = f"/f/{cast.firm.slug}/improvement/changes"
    day = clock.today() + timedelta(days=9)
    form = {"key": str(uuid7()), "kind": "policy", "title": "退费前先核对交付", "problem": "争议多",
            "proposal": "逐月签收", "target": "policy:1", "effective_on": str(day), "measure_days": "60"}  # fmt: skip
    for wrong in ({"target": "rule:N999"}, {"effective_on": "2020-01-01"}, {"measure_days": "3"}, {"title": ""}):
        refused = await ben.post(f"{at}/new", {**form, **wrong})
        assert refused.status_code == 422
        assert "逐月签收" in refused.text
    for _twice in range(2):
        assert (await ben.post(f"{at}/new", form)).headers["location"].endswith(form["key"])
    one = f"{at}/{form['key']}"
    assert (await ben.post(f"{one}/edit", {**form, "title": "退费前逐月核对交付"})).status_code == 303
    assert (await lin.post(f"{one}/edit", form)).status_code == 403
    assert "退费前逐月核对交付" in (await lin.get(one)).text
    assert (await lin.post(f"{one}/propose")).status_code == 403
    assert (await ben.post(f"{one}/propose")).status_code == 303
    assert (await ben.post(f"{one}/edit", form)).status_code == 409
    assert (await ben.post(f"{one}/approve")).status_code == 403
    assert (await (await as_person("mara")).post(f"{one}/approve")).status_code == 303
    async with cast.transaction() as session:
        assert len(await queries.changes(session)) == 1


async def test_a_change_is_written_down_in_a_procedure(cast: Cast, as_person: People) -> None:
    """One approval puts both in force on the same day; what is given up takes its version with it."""
    async with cast.transaction() as session:
        await filling.begin(session)
        known = await procedures.in_force_by_key(session, "refunds")
        assert known is not None
    quinn, ben, mara = await as_person("quinn"), await as_person("ben"), await as_person("mara")
    at, day = f"/f/{cast.firm.slug}/improvement/changes", clock.today() + timedelta(days=2)
    form = {
        "key": str(uuid7()), "kind": "process", "title": "半日答复退费申请", "problem": "客户等一天",
        "proposal": "半个工作日内答复", "target": "kpi:late", "effective_on": str(day), "measure_days": "30",
        "procedure_id": str(known.procedure_id),
    }  # fmt: skip
    assert "写入操作规程" not in (await ben.get(f"{at}/new")).text  # a bookkeeper writes no procedures
    assert (await ben.post(f"{at}/new", form | {"key": str(uuid7())})).status_code == 422
    for _twice in range(2):
        assert (await quinn.post(f"{at}/new", form)).status_code == 303
    assert (await mara.post(f"{at}/new", form | {"key": str(uuid7())})).status_code == 422  # it is being rewritten
    one = f"{at}/{form['key']}"
    assert (await quinn.post(f"{one}/propose")).status_code == 403  # nothing is written yet
    async with cast.transaction() as session:
        draft = (await procedures.versions(session, known.procedure_id))[0]
    assert (draft.version, draft.state, draft.effective_on) == (2, "draft", day)
    assert form["title"] in draft.change
    version = f"/f/{cast.firm.slug}/checklists/procedures/versions/{draft.id}"
    assert (await quinn.post(f"{version}/submit")).status_code == 303
    assert (await quinn.post(f"{one}/propose")).status_code == 303
    assert (await mara.post(f"{one}/send_back", {"reason": "写清由谁答复"})).status_code == 303
    assert (await quinn.post(f"{version}/submit")).status_code == 303
    assert (await quinn.post(f"{one}/propose")).status_code == 303
    assert (await mara.post(f"{one}/approve")).status_code == 303
    assert "已批准" in (await quinn.get(one)).text.partition('id="procedure"')[2]
    async with cast.transaction() as session:
        draft = (await procedures.versions(session, known.procedure_id))[0]
        assert (draft.state, draft.approved_by) == ("coming", cast.mara.id)
    assert (await mara.post(f"{one}/withdraw", {"reason": "改用别的办法"})).status_code == 303
    async with cast.transaction() as session:
        states = [version.state for version in await procedures.versions(session, known.procedure_id)]
    assert states == ["dropped", "in_force"]
