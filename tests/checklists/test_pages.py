"""Pages of checklists: who may open what, nothing done twice, nothing typed lost; gates and links beside refunds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from saas.checklists import editing, queries, reactions
from saas.checklists.models import ChecklistRun
from saas.checklists.plan import Plan, StepPlan, Words
from saas.checklists.workflow import RUN
from saas.firms.choices import choose
from saas.firms.queries import profile
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.errors import Forbidden
from saas.kernel.module import Event
from saas.kernel.tenancy import of_this_firm
from saas.refunds.models import Refund
from tests.cast import Browser
from tests.checklists.conftest import Desk
from tests.refunds.house import House, make_house

People = Callable[[str], Awaitable[Browser]]


def at(desk: Desk, path: str = "") -> str:
    return f"/f/{desk.cast.firm.slug}{path}"


async def test_everyone_of_the_firm_reads_and_nobody_else(desk: Desk, as_person: People) -> None:
    run = await desk.run()
    found = await desk.checklist("month-end-general")
    pages = [
        "/checklists", "/checklists/runs?view=mine", "/checklists/runs?view=overdue", "/checklists/runs?view=closed",
        "/checklists/templates", f"/checklists/templates/{found.checklist.id}", "/checklists/on-time?days=30",
        RUN.url(run),
    ]  # fmt: skip
    for name, status in (("ben", 200), ("tina", 200), ("ada", 200), ("otto", 404), ("nobody", 303)):
        person = await as_person(name)
        for path in pages:
            assert (await person.get(at(desk, path))).status_code == status, (name, path)
    ben = await as_person("ben")
    board = await ben.get(at(desk, "/checklists"))
    assert "月末结账（一般纳税人）" in (await ben.get(at(desk, "/checklists/runs?view=mine"))).text
    assert desk.client.name in board.text
    assert (await ben.get(at(desk, "/checklists/runs?view=all"))).status_code == 404
    other = f"/checklists/runs/{uuid4()}"
    assert (await ben.get(at(desk, other))).status_code == 404
    client_page = await ben.get(at(desk, f"/clients/{desk.client.id}"))
    assert RUN.url(run) in client_page.text


async def test_only_some_may_change_start_and_export(desk: Desk, as_person: People) -> None:
    found = await desk.checklist("month-end-general")
    edit = f"/checklists/templates/{found.checklist.id}/edit"
    for path, allowed in (
        ("/checklists/templates/new", {"paula", "mara"}),
        (edit, {"paula", "mara"}),
        ("/checklists/start", {"paula", "mara", "quinn", "ben"}),
        ("/checklists/export?view=open", {"paula", "mara", "quinn", "ada"}),
    ):
        for name in ("paula", "mara", "quinn", "ben", "cash", "ada", "otto", "nobody"):
            wanted = {"otto": 404, "nobody": 303}.get(name, 200 if name in allowed else 403)
            assert (await (await as_person(name)).get(at(desk, path))).status_code == wanted, (name, path)
    for path in (edit, f"/checklists/templates/{found.checklist.id}/switch", "/checklists/make",
                 f"/clients/{desk.client.id}/checklists"):  # fmt: skip
        for name, status in (("ben", 403), ("otto", 404), ("nobody", 303)):
            assert (await (await as_person(name)).post(at(desk, path), {})).status_code == status, (name, path)


async def test_a_step_with_its_file_from_form_to_sign_off(desk: Desk, as_person: People) -> None:
    run = await desk.run()
    url, ben, ada = at(desk, RUN.url(run)), await as_person("ben"), await as_person("ada")
    assert (await ada.post(f"{url}/tick", {"step": "2"})).status_code == 403
    assert (await (await as_person("otto")).post(f"{url}/tick", {"step": "2"})).status_code == 404
    lost = await ben.post(f"{url}/tick", {"step": "3", "note": "x", "number": "很多"})
    assert (lost.status_code, "很多" in lost.text) == (422, True)
    for _twice in range(2):
        files = {"files": ("调节表.pdf", b"%PDF-1.7 paper", "application/pdf")}
        done = await ben.post(f"{url}/tick", {"step": "2", "outcome": "done"}, files=files)
        assert done.status_code == 303, done.text[-500:]
    step = (await desk.steps(run))[1]
    assert len(step.files) == 1
    saved = await ada.get(f"{url}/files/{step.files[0]['sha256']}")
    assert (saved.content, saved.headers["content-disposition"][:10]) == (b"%PDF-1.7 paper", "attachment")
    assert (await ada.get(f"{url}/files/{'0' * 64}")).status_code == 404
    await ben.post(f"{url}/tick", {"step": "5", "number": "1,234.50"})
    assert str((await desk.steps(run))[4].number) == "1234.5000"
    bad = await ben.post(f"{url}/tick", {"step": "12", "link": "javascript:alert(1)"})
    assert bad.status_code == 422
    assert (await ben.post(f"{url}/tick", {"step": "99"})).status_code == 404
    refused = await ben.post(f"{url}/finish")
    assert (refused.status_code, "未完成" in refused.text) == (403, True)
    await desk.prepared(run)
    assert (await ben.post(f"{url}/sign_off")).status_code == 403
    quinn = await as_person("quinn")
    assert RUN.url(run) in (await quinn.get(at(desk, "/checklists/runs?view=sign"))).text
    assert (await quinn.post(f"{url}/sign_off")).status_code == 303
    assert (await quinn.post(f"{url}/sign_off")).status_code == 409
    async with desk.cast.transaction() as session:
        query = select(AuditEntry).where(of_this_firm(AuditEntry), AuditEntry.subject_id == run.id)
        deeds = [e.action for e in await session.scalars(query) if e.outcome == "done"]
    assert deeds.count("checklist.sign_off") == 1
    book = load_workbook(BytesIO((await quinn.get(at(desk, "/checklists/export?view=closed"))).content))
    assert [sheet.max_row for sheet in book.worksheets] == [2, 14]


async def test_runs_are_started_by_hand_for_chosen_clients_once(desk: Desk, as_person: People) -> None:
    found, ben = await desk.checklist("take-over"), await as_person("ben")
    month = f"{clock.today():%Y-%m}"
    sent = {"checklist_id": str(found.checklist.id), "client": [str(desk.client.id)], "period": month}
    assert (await ben.post(at(desk, "/checklists/start"), {**sent, "client": []})).status_code == 422
    for _twice in range(2):
        assert (await ben.post(at(desk, "/checklists/start"), sent)).status_code == 303
    assert len(await desk.runs("take-over")) == 1
    monthly = await desk.checklist("month-end-small")
    wrong = await ben.post(at(desk, "/checklists/start"), {**sent, "checklist_id": str(monthly.checklist.id),
                                                           "period": "soon"})  # fmt: skip
    assert wrong.status_code == 422
    vat = await desk.checklist("before-vat-filing")
    await ben.post(at(desk, "/checklists/start"), {**sent, "checklist_id": str(vat.checklist.id)})
    assert [run.period for run in await desk.runs("before-vat-filing")] == [month]


async def test_a_checklist_is_changed_switched_and_made_anew(desk: Desk, as_person: People) -> None:
    mara, found = await as_person("mara"), await desk.checklist("take-over")
    url = at(desk, f"/checklists/templates/{found.checklist.id}")
    raw = editing.typed(found.plan)
    rows = raw.pop("rows")
    sent: dict[str, Any] = {**raw, "key": str(uuid4()), "after": "1", "note": "加一步"}
    sent |= {f"step_{name}": [row[name] for row in rows] for name in editing.STEP_FIELDS}
    unchanged = await mara.post(f"{url}/edit", sent)
    assert unchanged.status_code == 422
    sent |= {"name_zh": "客户接管", "step_order": list(range(11, 0, -1))}
    sent["step_zh"] = [*sent["step_zh"][:-1], "最后一步"]
    for _twice in range(2):
        assert (await mara.post(f"{url}/edit", sent)).status_code == 303
    newer = await desk.checklist("take-over")
    assert (newer.version.version, newer.plan.name.zh, newer.plan.steps[0].title.zh) == (2, "客户接管", "最后一步")
    late = await mara.post(f"{url}/edit", {**sent, "key": str(uuid4()), "name_zh": "别的"})
    assert (late.status_code, "别的" in late.text) == (409, True)
    empty = await mara.post(f"{url}/edit", {**sent, "key": str(uuid4()), "after": "2", "step_zh": "", "step_en": ""})
    assert empty.status_code == 422
    for _twice in range(2):
        await mara.post(f"{url}/switch", {"active": "no"})
    assert (await desk.checklist("take-over")).checklist.active is False
    own = {**sent, "key": str(uuid4()), "checklist": str(uuid4()), "after": "0", "name_zh": "自定清单"}
    for _twice in range(2):
        assert (await mara.post(at(desk, "/checklists/templates/new"), own)).status_code == 303
    assert "自定清单" in (await mara.get(at(desk, "/search?q=自定清单"))).text
    assert (await mara.get(f"{url}?version=1")).status_code == 200
    assert (await mara.get(f"{url}?version=9")).status_code == 404


async def test_an_exemption_is_given_and_lifted(desk: Desk, as_person: People) -> None:
    mara, found = await as_person("mara"), await desk.checklist("month-end-general")
    url, sent = at(desk, f"/clients/{desk.client.id}/checklists"), {"checklist_id": str(found.checklist.id)}
    for _twice in range(2):
        assert (await mara.post(url, {**sent, "reason": "停业"})).status_code == 303
    assert await desk.make("month-end-general") == []
    assert "停业" in (await mara.get(at(desk, f"/clients/{desk.client.id}"))).text
    await mara.post(url, sent)
    assert len(await desk.make("month-end-general")) > 0


async def _assessed(desk: Desk) -> tuple[House, Refund]:
    """A refund of the house, told as calculated."""
    house = await make_house(desk.cast)
    refund = await house.completed()
    async with desk.cast.transaction() as session:
        await reactions.refund_assessed(session, Event("refund.assessed", refund, desk.cast.ben, clock.now()))
    return house, refund


async def _of(desk: Desk, subject_id: UUID) -> list[ChecklistRun]:
    async with desk.cast.transaction() as session:
        return list(await queries.of_subject(session, subject_id))


async def test_a_refund_gets_its_checklist_before_the_offer(desk: Desk, as_person: People) -> None:
    _house, refund = await _assessed(desk)
    runs = await _of(desk, refund.id)
    assert [(run.period, run.state, run.subject_url) for run in runs] == [
        (refund.number, "open", f"/refunds/{refund.id}")
    ]
    page = await (await as_person("ben")).get(at(desk, f"/refunds/{refund.id}"))
    assert RUN.url(runs[0]) in page.text
    event = Event("refund.countersigned", refund, desk.cast.quinn, clock.now())
    async with desk.cast.transaction() as session:
        await reactions.refund_assessed(session, Event("refund.assessed", refund, desk.cast.ben, clock.now()))
        await reactions.refund_gate(session, event)  # a reminder only
        choose(await profile(session), reactions.GATE, "gate", clock.today())
    with pytest.raises(Forbidden):
        async with desk.cast.transaction() as session:
            await reactions.refund_gate(session, event)
    assert len(await _of(desk, refund.id)) == 1
    async with desk.cast.transaction() as session:
        await reactions.refund_over(session, Event("refund.cancelled", refund, desk.cast.ben, clock.now()))
        await reactions.refund_gate(session, event)  # nothing is open any more
    async with desk.cast.transaction() as session:
        await reactions.refund_assessed(session, Event("refund.assessed", refund, desk.cast.ben, clock.now()))
    assert {(run.period, run.state) for run in await _of(desk, refund.id)} == {
        (refund.number, "void"), (f"{refund.number}/2", "open"),
    }  # fmt: skip


def test_a_plan_is_read_as_it_was_shown() -> None:
    step = StepPlan(Words("核对", "Check"), "number", "cashier", Words("怎么做", "How"), two_person=True, due_days=-3)
    plan = Plan(Words("名", "Name"), Words("为", "For"), "filing", (step,), filing="vat", opens_days=-10, due_days=-2)
    raw = editing.typed(plan)
    rows = raw.pop("rows")
    raw |= {f"step_{name}": [row[name] for row in rows] for name in editing.STEP_FIELDS}
    assert editing.read(raw).value == plan
    for wrong, field in (
        ({"filing": "nothing"}, "filing"), ({"every": "event"}, "event"), ({"who": "sample"}, "sample_percent"),
        ({"due_days": "bald"}, "due_days"), ({"name_zh": "", "name_en": ""}, "name_zh"),
        ({"step_zh": "", "step_en": ""}, "steps"),
    ):  # fmt: skip
        assert field in editing.read({**raw, **wrong}).errors
