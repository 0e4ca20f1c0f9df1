"""A link to the figures: made and taken back by those who manage, read without an account, looked through by people."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from httpx import Response
from litestar.testing import AsyncTestClient
from sqlalchemy import func, select

from saas.firms.choices import choose
from saas.firms.queries import profile
from saas.insights.owner_link.link_models import OwnerLink, OwnerView
from saas.insights.reports.report_models import MonthlyReport
from saas.kernel import clock
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.tasks.models import Task
from tests.cases import story
from tests.cast import Browser, Cast
from tests.identity.post import link_in, mails_to, run_promised

People = Callable[[str], Awaitable[Browser]]


def wanted(**changes: str) -> dict[str, str]:
    return {
        "key": str(uuid4()),
        "for_name": "郑老板",
        "email": "zheng@example.com",
        "days": "7",
        "locale": "zh",
        **changes,
    }


async def count(cast: Cast, table: Any) -> int:
    async with cast.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def press(client: AsyncTestClient[Any], page: Response, deed: str) -> Response:
    csrf = re.findall(r'"x-csrf": "([^"]+)"', page.text)[0]
    return await client.post(f"{page.url.path}/{deed}", data={"csrf": csrf}, follow_redirects=False)


async def overdue_case(cast: Cast) -> str:
    """A client with something late; its name."""
    _case, client, _contact = await story.opened(cast)
    async with cast.transaction() as session:
        for task in (await session.scalars(select(Task))).all():
            task.due_at = clock.now() - timedelta(days=9)
    return client.name


async def test_an_owner_reads_the_figures_without_an_account_or_a_clients_name(
    cast: Cast, as_person: People, client: AsyncTestClient[Any], mailbox_folder: Path
) -> None:
    named = await overdue_case(cast)
    mara, at, form = await as_person("mara"), f"/f/{cast.firm.slug}/insights/links", wanted()
    for _time in range(2):  # sent twice, made once
        assert (await mara.post(at, form)).status_code == 303
    assert await count(cast, OwnerLink) == 1
    await run_promised(cast.database, cast.firm.id)
    [letter] = mails_to(mailbox_folder, "zheng@example.com")
    address = link_in(letter)
    for _scan in range(20):  # a mail scanner opens every link: nothing is noted, nothing is used up
        page = await client.get(address, follow_redirects=True)
        assert page.status_code == 200
    assert await count(cast, OwnerView) == 0
    assert f"/f/{cast.firm.slug}" not in page.text.replace(f"/f/{cast.firm.slug}/locale", "")  # no way into rows
    assert "n = " in page.text
    assert named not in page.text
    assert "逾期" in page.text
    assert (await press(client, page, "report")).status_code == 404  # there is none yet
    pdf = b"%PDF-1.7 as printed"
    async with cast.transaction() as session:
        digest = await store_of(active()).put(cast.firm.id, pdf)
        session.add(MonthlyReport(month="2026-10", edition=1, made_at=clock.now(), pages=13, zh_sha256=digest,
                                  zh_size=len(pdf), en_sha256=digest, en_size=len(pdf), reached=3))  # fmt: skip
        choose(await profile(session), "owner_link_names", "on", clock.today())
    page = await client.get(address, follow_redirects=True)
    assert named in page.text  # the firm allows it now
    taken = await press(client, page, "report")
    assert (taken.content, taken.headers["content-type"]) == (pdf, "application/pdf")
    for _time in range(3):  # one look, however often the page is loaded anew and whatever was taken before
        assert (await press(client, page, "looked")).status_code == 204
    assert await count(cast, OwnerView) == 2
    shown = (await mara.get(f"{at}/{form['key']}")).text
    assert "2026-10-1-zh.pdf" in shown
    assert address in shown
    assert "查看 2 次" in (await mara.get(at)).text


async def test_a_link_ends_when_it_is_taken_back_or_its_time_is_over(
    cast: Cast, as_person: People, client: AsyncTestClient[Any]
) -> None:
    paula, at, form = await as_person("paula"), f"/f/{cast.firm.slug}/insights/links", wanted(email="")
    assert (await paula.post(at, form)).status_code == 303
    shown = (await paula.get(f"{at}/{form['key']}")).text
    found = re.search(r"https?://[^/\s\"]+(/l/[^\s\"<]+)", shown)
    assert found
    page = await client.get(found[1], follow_redirects=True)
    assert page.status_code == 200
    with clock.at(clock.now() + timedelta(days=8)):
        assert (await client.get(found[1])).status_code == 410
    for _time in range(2):
        assert (await paula.post(f"{at}/{form['key']}/revoke")).status_code == 303
    assert (await client.get(page.url.path)).status_code == 410  # also for whoever has the page open
    assert (await press(client, page, "looked")).status_code == 410
    assert (await client.get(found[1])).status_code == 410
    assert await count(cast, OwnerView) == 0
    after = (await paula.get(f"{at}/{form['key']}")).text
    assert found[1] not in after
    assert "此链接已失效" in after


async def test_a_link_is_read_in_the_language_it_was_made_in(
    cast: Cast, as_person: People, client: AsyncTestClient[Any]
) -> None:
    paula, at = await as_person("paula"), f"/f/{cast.firm.slug}/insights/links"
    for locale, words in (("en", "counted now"), ("zh", "实时统计")):
        form = wanted(email="", locale=locale)
        assert (await paula.post(at, form)).status_code == 303
        found = re.search(r"https?://[^/\s\"]+(/l/[^\s\"<]+)", (await paula.get(f"{at}/{form['key']}")).text)
        assert found
        assert words in (await client.get(found[1], follow_redirects=True)).text
        client.cookies.clear()


async def test_who_may_and_what_is_refused(cast: Cast, as_person: People) -> None:
    at = f"/f/{cast.firm.slug}/insights/links"
    for name, status in (("paula", 200), ("mara", 200), ("ada", 403), ("ben", 403), ("otto", 404), ("nobody", 303)):
        person = await as_person(name)
        assert (await person.get(at)).status_code == status, name
    for name, status in (("ada", 403), ("ben", 403), ("otto", 404)):
        person = await as_person(name)
        assert (await person.post(at, wanted())).status_code == status, name
        assert (await person.post(f"{at}/{uuid4()}/revoke")).status_code == status, name
    mara = await as_person("mara")
    for wrong in ({"for_name": ""}, {"email": "zheng"}, {"days": "9999"}, {"key": "x"}):
        assert (await mara.post(at, wanted(**wrong))).status_code == 422, wrong
    assert (await mara.get(f"{at}/{uuid4()}")).status_code == 404
    assert await count(cast, OwnerLink) == 0
