"""One matter, a case for each client: opened once, whatever is pressed or run twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from saas.cases import bulk, queries
from saas.cases.forms import ForMany
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.identifiers import uuid7
from tests.cases import story
from tests.cast import Browser, Cast, member_id

AsPerson = Callable[[str], Awaitable[Browser]]


def form_for(*clients: Client, **changes: Any) -> dict[str, Any]:
    known = {"key": str(uuid7()), "client_ids": [str(c.id) for c in clients], "title": "税率调整", "period": "2026-10"}
    said = {"description": "自2026年10月起执行，逐户复核。", "source": "authority", "severity": "medium"}
    return known | said | changes


async def test_every_client_gets_one_case(cast: Cast, as_person: AsPerson) -> None:
    first, _ = await story.make_client(cast)
    second, _ = await story.make_client(cast)
    ben = await as_person("ben")
    form = form_for(first, second)
    sent = await ben.post(f"/f/{cast.firm.slug}/cases/for-many", form)
    assert sent.status_code == 303
    assert (await ben.post(f"/f/{cast.firm.slug}/cases/for-many", form)).headers["location"] == sent.headers["location"]
    for _turn in range(2):
        async with cast.transaction() as session:
            await bulk.open_many(session, str(form["key"]))
    async with cast.transaction() as session:
        cases = await queries.of_bulk(session, UUID(form["key"]))
    assert {case.client_id for case in cases} == {first.id, second.id}
    assert {(case.state, case.owner_id, case.cause_class) for case in cases} == {
        ("triaged", member_id(cast.ben), "external")
    }
    shown = await ben.get(f"/f/{cast.firm.slug}/cases/for-many/{form['key']}")
    assert shown.status_code == 200
    assert all(case.number in shown.text for case in cases)


async def test_a_client_archived_meanwhile_is_named(cast: Cast) -> None:
    here, _ = await story.make_client(cast)
    gone, _ = await story.make_client(cast, archived_at=clock.now())
    key = uuid7()
    async with cast.transaction() as session:
        await bulk.promise(
            session, cast.ben, ForMany(key, [here.id, gone.id], "税率调整", "说明", "2026-10"), clock.now()
        )
        await bulk.open_many(session, str(key))
        made = await bulk.opening(session, key)
        assert made is not None
        assert made.left_out == [str(gone.id)]
        assert len(await queries.of_bulk(session, key)) == 1


async def test_who_may_and_what_is_refused(cast: Cast, as_person: AsPerson) -> None:
    mine, _ = await story.make_client(cast)
    ben = await as_person("ben")
    nobody_chosen = await ben.post(f"/f/{cast.firm.slug}/cases/for-many", form_for())
    assert nobody_chosen.status_code == 422
    foreign = form_for(mine) | {"client_ids": [str(mine.id), str(uuid7())]}
    assert (await ben.post(f"/f/{cast.firm.slug}/cases/for-many", foreign)).status_code == 404
    assert (await ben.get(f"/f/{cast.firm.slug}/cases/for-many?taxpayer_kind=small")).text.count(mine.name) == 0
    assert mine.name in (await ben.get(f"/f/{cast.firm.slug}/cases/for-many?taxpayer_kind=general")).text
    form = form_for(mine)
    await ben.post(f"/f/{cast.firm.slug}/cases/for-many", form)
    for name, status in (("cash", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).get(f"/f/{cast.firm.slug}/cases/for-many")).status_code == status
    assert (await (await as_person("otto")).get(f"/f/{cast.firm.slug}/cases/for-many/{form['key']}")).status_code == 404
    assert (await (await as_person("ada")).get(f"/f/{cast.firm.slug}/cases/for-many/{form['key']}")).status_code == 200
