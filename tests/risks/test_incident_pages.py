"""Screens of incidents: declared from a case, worked, printed; who may do what; pressing twice; bad input."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from saas.kernel import clock
from saas.kernel.identifiers import uuid7
from saas.risks.incidents import measures, queries
from saas.risks.incidents.cast import cast as give_parts
from saas.risks.incidents.incident_models import Entry, Incident
from saas.risks.playbooks.plan import plan_of
from saas.risks.starter import give_playbooks, starter_playbooks
from tests.cases import story
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]


async def declared(cast: Cast, as_person: People, name: str = "ben") -> tuple[str, UUID]:
    """Declared through the form; (address, id)."""
    async with cast.transaction() as session:
        await give_playbooks(session, clock.now())
    key = uuid7()
    form = {"key": str(key), "playbook": "missed_filing", "title": "3户增值税未申报", "severity": "critical"}
    made = await (await as_person(name)).post(f"/f/{cast.firm.slug}/incidents/new", form)
    assert made.status_code == 303
    return f"/f/{cast.firm.slug}/incidents/{key}", key


async def test_everybody_on_staff_declares(cast: Cast, as_person: People) -> None:
    url, key = await declared(cast, as_person, "cash")
    new = f"/f/{cast.firm.slug}/incidents/new"
    for path in (new, f"{new}?playbook=leak"):
        for name, status in (("tina", 200), ("ben", 200), ("ada", 403), ("otto", 404), ("nobody", 303)):
            assert (await (await as_person(name)).get(path)).status_code == status, name
    for path in (url, f"/f/{cast.firm.slug}/incidents"):
        for name, status in (("cash", 200), ("ada", 200), ("otto", 404), ("nobody", 303)):
            assert (await (await as_person(name)).get(path)).status_code == status, name
    cash = await as_person("cash")
    form = {"key": str(key), "playbook": "missed_filing", "title": "3户增值税未申报", "severity": "critical"}
    assert (await cash.post(new, form)).headers["location"].endswith(str(key))
    for bad, status in (
        ({**form, "key": str(uuid7()), "title": ""}, 422), ({**form, "key": str(uuid7()), "playbook": "none"}, 404),
        ({**form, "key": str(uuid7()), "began_at": (clock.now() + timedelta(days=2)).isoformat()[:16]}, 422),
    ):  # fmt: skip
        assert (await cash.post(new, bad)).status_code == status
    async with cast.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Incident)) == 1


async def test_worked_on_its_page(cast: Cast, as_person: People) -> None:
    url, key = await declared(cast, as_person)
    ben, mara = await as_person("ben"), await as_person("mara")
    async with cast.transaction() as session:
        step = (await queries.steps(session, key))[0]
        call, duty = (await queries.calls(session, key))[0], (await queries.duties(session, key))[0]
        part = next(p for p in await queries.parts(session, key) if p.role == "filing")
    refused = await ben.post(f"{url}/steps/{step.id}", {"skipped": "yes"})
    assert (refused.status_code, "请写明此步骤不适用的理由" in refused.text) == (422, True)
    for _press in range(2):
        assert (await ben.post(f"{url}/steps/{step.id}", {"remark": "两户已补报"})).status_code == 303
        assert (await ben.post(f"{url}/calls/{call.id}", {"result": "reached"})).status_code == 303
        note = {"text": "税务所答复首违不罚"}
        assert (await ben.post(f"{url}/notes", note, files={"files": ("回执.txt", b"ok")})).status_code == 303
    assert (await ben.post(f"{url}/notes", note, files={"files": ("x.exe", b"MZ")})).status_code == 422
    assert (await ben.post(f"{url}/duties/{duty.id}", {"result": "done", "remark": "x"})).status_code == 403
    assert (await mara.post(f"{url}/duties/{duty.id}", {"result": "done"})).status_code == 422
    assert (await mara.post(f"{url}/duties/{duty.id}", {"result": "done", "remark": "已补报"})).status_code == 303
    member = {"member_id": str(cast.lin.id)}
    assert (await ben.post(f"{url}/parts/{part.id}", member)).status_code == 403
    assert (await mara.post(f"{url}/parts/{part.id}", member)).status_code == 303
    page = (await ben.get(url)).text
    for words in ("两户已补报", "税务所答复首违不罚", "回执.txt", "林小满", "首违不罚"):
        assert words in page
    async with cast.transaction() as session:
        kinds = (await session.scalars(select(Entry.kind).where(Entry.incident_id == key))).all()
        assert sorted(kinds) == ["call", "duty", "note", "note", "state", "step"]
        [file] = [f for e in await queries.entries(session, key) for f in e.files]
    assert (await (await as_person("ada")).get(f"{url}/files/{file['sha256']}")).content == b"ok"
    assert (await (await as_person("otto")).get(f"{url}/files/{file['sha256']}")).status_code == 404
    assert (await (await as_person("ada")).post(f"{url}/notes", note)).status_code == 403


async def test_the_report_is_a_pdf(cast: Cast, as_person: People) -> None:
    url, _key = await declared(cast, as_person)
    printed = await (await as_person("ada")).get(f"{url}/report.pdf")
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")
    assert (await (await as_person("otto")).get(f"{url}/report.pdf")).status_code == 404


async def test_from_a_case_and_back(cast: Cast, as_person: People) -> None:
    async with cast.transaction() as session:
        await give_playbooks(session, clock.now())
    case, _client, _contact = await story.analysed(cast)
    ben = await as_person("ben")
    page = (await ben.get(f"/f/{cast.firm.slug}/cases/{case.id}")).text
    assert f"/incidents/new?playbook=mass_error&amp;case={case.id}" in page
    form = {"key": str(uuid7()), "playbook": "mass_error", "title": "同类差错", "severity": "high",
            "case_id": str(case.id)}  # fmt: skip
    assert (await ben.post(f"/f/{cast.firm.slug}/incidents/new", form)).status_code == 303
    assert "SJ-" in (await ben.get(f"/f/{cast.firm.slug}/cases/{case.id}")).text
    assert case.number in (await ben.get(f"/f/{cast.firm.slug}/incidents/{form['key']}")).text
    stranger = {**form, "key": str(uuid7()), "case_id": str(uuid7())}
    assert (await ben.post(f"/f/{cast.firm.slug}/incidents/new", stranger)).status_code == 404


async def test_a_firm_of_one_still_has_a_lead(cast: Cast) -> None:
    """The owner plays every part where nobody else works here."""
    from saas.identity.queries import members

    plan = next(p for p in starter_playbooks() if p.key == "leak").plan
    async with cast.transaction() as session:
        owner = [m for m in await members(session) if m.is_owner]
    assert {player.id for role in give_parts(plan, owner).values() for player in role} == {cast.paula.id}


async def test_times_say_how_many_they_rest_on(cast: Cast) -> None:
    t0 = clock.now()
    found = [
        Incident(declared_at=t0, contained_at=t0 + timedelta(minutes=m), began_at=t0 - timedelta(minutes=9))
        for m in (10, 20, 30, 40)
    ]
    few = measures.figures(found)
    assert (few.declared, few.n_contained, few.contain, few.n_recovered) == (4, 4, None, 0)
    enough = measures.figures([*found, Incident(declared_at=t0, contained_at=t0 + timedelta(minutes=300))])
    assert (enough.n_contained, enough.contain, enough.n_detected) == (5, 30, 4)


async def test_versions_keep_their_shape(cast: Cast) -> None:
    from saas.risks.playbooks.queries import playbooks, version

    async with cast.transaction() as session:
        await give_playbooks(session, clock.now())
        for playbook in await playbooks(session):
            plan = plan_of(await version(session, playbook.id, 1))
            assert len(plan.steps) >= 8, playbook.key
            assert len(plan.calls) >= 3
            assert len(plan.messages) == 3
            assert len(plan.duties) >= 3
            assert {s.phase for s in plan.steps} == {"contain", "inform", "recover", "review"}
            assert all(d.source and d.what["zh"] and d.what["en"] for d in plan.duties)
