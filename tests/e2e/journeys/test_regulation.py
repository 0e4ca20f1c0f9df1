"""A regulation rolled out: recorded, a task and a case for every client it touches, read and answered by two people."""

from __future__ import annotations

import re
import time

from playwright.sync_api import expect

from tests.e2e.conftest import Person
from tests.e2e.journeys.office import found_firm, invite
from tests.e2e.journeys.steps import deed, path_of, refused, submit, today

RULE = "关于小规模纳税人起征点口径的公告"
QUIZ = {
    "question_1": "恰好达到起征点怎样计税？",
    "right_1": "全额计税",
    "wrong_1": "不计税\n只就超过部分计税",
    "why_1": "公告第一条。",
    "question_2": "何时起施行？",
    "right_2": "2026 年 1 月 1 日",
    "wrong_2": "2027 年 1 月 1 日",
    "why_2": "公告第三条。",
}


def add_client(owner: Person, name: str, kind: str) -> None:
    owner.inside("/clients/new")
    owner.fill(name=name)
    for field, value in (("taxpayer_kind", kind), ("standard", "small")):
        found = owner.page.locator(f"[name={field}]")
        if found.first.evaluate("f => f.tagName") == "SELECT":
            found.select_option(value=value)
        else:
            owner.page.locator(f"[name={field}][value={value}]").check(force=True)
    owner.page.locator("main form button").last.click()
    owner.page.wait_for_url(re.compile(r"/clients/[0-9a-f-]{36}"))


def answer(reader: Person, path: str, *choices: str) -> None:
    """Read the entry and tick one choice a question."""
    reader.open(path)
    for choice in choices:
        reader.page.get_by_text(choice, exact=True).first.click()
    submit(reader, "/read")
    expect(reader.page.locator("#receipts")).to_contain_text(reader.name)


def test_a_regulation_reaches_every_client_and_everybody(person: type[Person]) -> None:
    paula, ben, otto = person("周以宁"), person("陆予安"), person("奥托")
    found_firm(paula, "衡溪会计")
    invite(paula, ben, "bookkeeper", "trainer")
    found_firm(otto, "别家会计")
    for name, kind in (("澄屿茶业", "small"), ("云栖文创", "small"), ("远山机械", "general")):
        add_client(paula, name, kind)

    # Recorded with its source and quiz; the register itself came filled.
    ben.inside("/improvement/regulations")
    ben.sees("中华人民共和国增值税法")
    ben.is_accessible()
    ben.inside("/improvement/regulations/new")
    ben.fill(title_zh=RULE, number="税务总局公告2026年第4号", source="税务总局网站", effective_on="2026-01-01")
    ben.fill(changes_zh="未达到起征点的免征，达到的全额征税。", impact_zh="季末开票前先与客户核对累计销售额。")
    ben.page.locator("[name=taxpayer_kind]").select_option(value="small")
    for box in ben.page.locator("main details").all():
        box.evaluate("d => d.open = true")
    ben.fill(**QUIZ)
    ben.page.locator("main form button").last.click()
    ben.page.wait_for_url(re.compile(r"/regulations/[0-9a-f-]{36}"))
    entry = path_of(ben).partition("#")[0]
    refused(otto, entry)

    # A task and a case for each of the two small-scale clients, once.
    paula.open(entry)
    paula.is_accessible()
    deed(paula, "tasks", due_on=str(today().replace(year=today().year + 1)))
    expect(paula.page.locator("#clients tbody tr")).to_have_count(2)
    deed(paula, "cases")
    deadline = time.monotonic() + 40
    while paula.page.locator("#clients a[href*='/cases/']").count() < 2:
        assert time.monotonic() < deadline, "the cases were not opened"
        paula.open(entry)

    # Two people read it; one answers wrongly, and both see why.
    deed(paula, "ask", days="3")
    answer(ben, entry, "只就超过部分计税", "2026 年 1 月 1 日")
    ben.sees("公告第一条。")
    answer(paula, entry, "全额计税", "2026 年 1 月 1 日")
    expect(paula.page.locator("#receipts")).to_contain_text("1 / 2")
    expect(paula.page.locator("#receipts")).to_contain_text("2 / 2")

    # One client is done: the rate says so.
    paula.page.locator("button[commandfor^='done-']").first.click()
    dialog = paula.page.locator("dialog[open]")
    dialog.locator("[name=result]").fill("已核对本季累计 26 万元，提醒客户控制开票。")
    dialog.locator("form:not([method=dialog]) button").last.click()
    paula.page.wait_for_load_state()
    paula.sees("已完成 1 / 2")
    refused(otto, entry)
