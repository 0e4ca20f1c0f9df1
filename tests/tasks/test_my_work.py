"""My work: a tab for each kind of record, one for everything that belongs to none."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.tasks.models import Task
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]


async def test_what_belongs_to_no_workflow_shares_one_tab(cast: Cast, as_person: People) -> None:
    kinds = ("case", "course", "week_digest", "security", "")
    async with cast.transaction() as session:
        session.add_all(
            Task(
                workflow="case" if kind == "case" else "", subject_kind=kind, url="/work", assignee_id=cast.ben.id,
                title=_("Look at %(what)s", what=kind or "x"), step=_("Read"), created_at=clock.now(),
            )
            for kind in kinds
        )  # fmt: skip
    ben = await as_person("ben")
    at = f"/f/{cast.firm.slug}/work"
    page = (await ben.get(at)).text
    tabs = dict(re.findall(rf'href="{at}\?kind=(\w+)"[^>]*>\D*(\d+)', page))
    assert tabs == {"case": "1", "other": "4"}
    others = (await ben.get(f"{at}?kind=other")).text
    assert [kind for kind in kinds if f"Look at {kind or 'x'}" in others] == ["course", "week_digest", "security", ""]


async def test_each_record_stands_with_its_client_unless_its_title_names_it(cast: Cast, as_person: People) -> None:
    name, now = "杭州澄屿茶业有限公司", clock.now()
    shown = {"2026-09 记-3": name, f"关于{name}的提醒": "异常案件", "YC-2026-0001": name}
    async with cast.transaction() as session:
        client = Client(number="K0007", name=name, sort_key="cy", pinyin="cy", taxpayer_kind="small", standard="small",
                        created_at=now)  # fmt: skip
        session.add(client)
        await session.flush()
        session.add_all(
            Task(
                workflow="case", subject_kind="case", url="/work", assignee_id=cast.quinn.id, client_id=client.id,
                title=Text(title), step=_("Triaged"), created_at=now, paused_since=now if title[0] == "Y" else None,
            )
            for title in shown
        )  # fmt: skip
    page = (await (await as_person("quinn")).get(f"/f/{cast.firm.slug}/work")).text
    rows = re.findall(r"<strong><a [^>]*>([^<]*)</a></strong>[^<]*</span><small>([^<]*)</small>", page)
    assert {title: note.rpartition(" · ")[2] for title, note in rows} == shown
    assert f"{name} · 已分诊" in page, "what waits for a client says for whom"
