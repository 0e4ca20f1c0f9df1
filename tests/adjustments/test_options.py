"""A client's choices of how errors are corrected: who decides, what is kept, and that the planner follows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from saas.adjustments.correction.facts import Settings
from saas.adjustments.models import Adjustment
from saas.adjustments.options import settings_of
from saas.cases.models import Case
from saas.clients.models import Client
from saas.kernel.audit import AuditEntry
from tests.adjustments.test_pages import PRIOR, RETAINED, booked, case, client_of, facts
from tests.cast import Browser, Cast

__all__ = ["case"]  # the fixture
pytestmark = pytest.mark.usefixtures("mailbox_folder")
People = Callable[[str], Awaitable[Browser]]
CHOSEN = {
    "line_only": "yes",
    "pl_reverse": "same_side_negative",
    "reopen": "yes",
    "prior_year_to_nonoperating": "yes",
    "surplus_percent": "10 %",
}


def options(cast: Cast, case: Case) -> str:
    return f"/f/{cast.firm.slug}/clients/{case.client_id}/correction"


async def test_owner_and_manager_decide(cast: Cast, case: Case, as_person: People) -> None:
    path = options(cast, case)
    for name in ("paula", "mara"):
        assert (await (await as_person(name)).get(path)).status_code == 200
    for name in ("quinn", "ben", "cash", "tina", "ada"):
        assert (await (await as_person(name)).get(path)).status_code == 403
        assert (await (await as_person(name)).post(path, CHOSEN)).status_code == 403
    assert (await (await as_person("otto")).get(path)).status_code == 404
    assert (await (await as_person("otto")).post(path, CHOSEN)).status_code == 404
    assert (await (await as_person("nobody")).get(path)).status_code == 303
    assert settings_of(await client_of(cast, case)) == Settings()


async def test_what_is_chosen_is_kept_shown_and_told_once(cast: Cast, case: Case, as_person: People) -> None:
    mara, path = await as_person("mara"), options(cast, case)
    first = (await mara.get(path)).text
    for ground in ("第五十一条", "财会〔2024〕12号", "第八十八条", "第二百一十条"):
        assert ground in first
    async with cast.transaction() as session:
        (await session.scalars(select(Client).where(Client.id == case.client_id))).one().settings = {"accounts": {}}
    for _press in range(2):
        assert (await mara.post(path, CHOSEN)).status_code == 303
    client = await client_of(cast, case)
    assert settings_of(client) == Settings(True, "same_side_negative", True, Decimal("0.1"), False, True)
    assert client.settings["accounts"] == {}  # what the client's other settings hold stays
    async with cast.transaction() as session:
        query = select(func.count()).where(
            AuditEntry.firm_id == cast.firm.id,
            AuditEntry.action == "adjustment.options",
            AuditEntry.client_id == client.id,
        )
        assert await session.scalar(query) == 1
    again = (await mara.get(path)).text
    assert 'value="10"' in again
    page = (await (await as_person("ben")).get(f"/f/{cast.firm.slug}/clients/{client.id}")).text
    assert "差错更正方式" in page
    assert "10 %" in page
    assert f"clients/{client.id}/correction" not in page  # Ben may look, not change


@pytest.mark.parametrize("percent", ["0", "-5", "101", "ten", "NaN", "Infinity"])
async def test_a_share_that_is_none_is_refused(cast: Cast, case: Case, as_person: People, percent: str) -> None:
    paula = await as_person("paula")
    answer = await paula.post(options(cast, case), {**CHOSEN, "surplus_percent": percent})
    assert answer.status_code == 422
    assert f'value="{percent}"' in answer.text
    assert settings_of(await client_of(cast, case)) == Settings()


async def test_a_restatement_corrects_the_reserve_too(cast: Cast, case: Case, as_person: People) -> None:
    await (await as_person("paula")).post(options(cast, case), {"surplus_percent": "10"})
    given: dict[str, Any] = {**facts(), PRIOR: "6901 以前年度损益调整", RETAINED: "410415 未分配利润"}
    ben, path = await as_person("ben"), f"/f/{cast.firm.slug}/cases/{case.id}/adjustment"
    answer = await ben.post(f"{path}/new", {**given, "account:surplus": "4101 盈余公积"})
    assert answer.status_code == 303, answer.text
    assert "4101" in await booked(cast, case)
    async with cast.transaction() as session:
        plan = (await session.scalars(select(Adjustment).where(Adjustment.firm_id == cast.firm.id))).one()
        assert plan.facts["settings"]["surplus_reserve"] == "0.1"
