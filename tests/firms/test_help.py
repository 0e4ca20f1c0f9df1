"""The guide tells every workflow in words, in both languages, to anybody."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from saas.firms.help import rows, steps
from saas.firms.help_guides import guides
from saas.kernel.module import composition
from tests.cast import Browser

People = Callable[[str], Awaitable[Browser]]


async def test_every_workflow_and_every_guide_is_told_and_can_be_jumped_to(as_person: People) -> None:
    page = (await (await as_person("nobody")).get("/help")).text
    wanted = [*composition().workflows, *(guide["anchor"] for guide in guides("zh"))]
    for anchor in wanted:
        assert f'id="{anchor}"' in page, anchor
        assert f'href="#{anchor}"' in page, anchor
    assert len(re.findall(r'\sid="([^"]+)"', page)) == len(set(re.findall(r'\sid="([^"]+)"', page)))
    assert "已入账" in page
    assert "账面金额" not in page


def test_states_say_who_acts_and_what_happens_by_itself(as_person: People) -> None:
    case = composition().workflows["case"]
    told = {str(row["state"]): row for row in rows(case)}
    assert set(told) == {str(state.label) for state in case.states}
    approved = told["已批准"]
    assert str(approved["turn"]) == "清账系统"
    assert [step["by_itself"] for step in approved["steps"] if "已通知客户" in map(str, step["to"])] == [True]
    assert [str(step["label"]) for step in steps(case)][-1] == "已结案"


@pytest.mark.parametrize("guide", guides("en"), ids=lambda guide: guide["anchor"])
def test_guides_say_the_same_in_both_languages(guide: dict[str, object]) -> None:
    chinese = next(g for g in guides("zh") if g["anchor"] == guide["anchor"])
    assert len(chinese["lines"]) == len(guide["lines"])  # type: ignore[arg-type]
    assert all(re.search("[\u4e00-\u9fff]", line) for line in chinese["lines"])
