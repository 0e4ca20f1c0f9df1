"""A page that waits for a check asks how far it is, and shows the findings by itself when the check is done."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from saas.clients.models import Client
from saas.kernel.jobs import run_job
from saas.kernel.outbox import Outbox
from tests.cast import Cast
from tests.ledgers.importing import MARCH, People, drop, tea_house, work

pytestmark = pytest.mark.usefixtures("mailbox_folder")
UNBALANCED = MARCH.replace("1122,应收账款,,1000.00", "1122,应收账款,,999.00")


@pytest.fixture
async def tea(cast: Cast) -> Client:
    return await tea_house(cast)


async def store_only(cast: Cast) -> None:
    """The worker has stored the import and has not begun to check."""
    async with cast.transaction() as session:
        job = (await session.scalars(select(Outbox.id).where(Outbox.job == "ledgers.store"))).one()
    assert await run_job(cast.database, cast.firm.id, job)


async def test_the_imports_page_waits_for_the_check_and_shows_its_findings(
    cast: Cast, tea: Client, as_person: People
) -> None:
    ben = await as_person("ben")
    address = await drop(cast, ben, tea, UNBALANCED)
    await ben.post(f"{address}/store", {"posted": "posted", "accept_unbalanced": "yes"})
    await store_only(cast)
    asked = f"/f/{cast.firm.slug}/clients/{tea.id}/check/progress"
    for page in (address, f"/f/{cast.firm.slug}/findings?client={tea.id}"):
        waiting = (await ben.get(page)).text
        assert f'hx-get="{asked}"' in waiting
        assert "N01" not in waiting
    assert "hx-refresh" not in (await ben.get(asked)).headers
    await work(cast)
    assert (await ben.get(asked)).headers["hx-refresh"] == "true"
    for page in (address, f"/f/{cast.firm.slug}/findings?client={tea.id}"):
        done = (await ben.get(page)).text
        assert asked not in done
        assert "N01" in done


async def test_only_the_firms_own_people_ask(cast: Cast, tea: Client, as_person: People) -> None:
    asked = f"/f/{cast.firm.slug}/clients/{tea.id}/check/progress"
    for person, status in (("ada", 200), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(person)).get(asked)).status_code == status
