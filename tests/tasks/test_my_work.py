"""My work: a tab for each kind of record, one for everything that belongs to none."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from saas.kernel import clock
from saas.kernel.i18n import _
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
