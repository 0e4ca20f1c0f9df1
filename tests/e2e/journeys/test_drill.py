"""A drill as a manager and a bookkeeper live it: planned, worked in the copy, scored, erased. Otto sees none of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import Person
from tests.e2e.journeys import books
from tests.e2e.journeys.office import found_firm, invite
from tests.e2e.journeys.steps import import_ledger, path_of, refused, submit, today

People = Callable[..., Person]
PATIENCE = 60  # seconds


def awaits(person: Person, words: str) -> None:
    """Look again until the workers are there."""
    deadline = time.monotonic() + PATIENCE
    while words not in person.page.locator("main").inner_text():
        assert time.monotonic() < deadline, f"“{words}” did not come"
        person.page.reload()


def test_an_error_hidden_in_a_copy_is_found_scored_and_erased(person: People, tmp_path: Path) -> None:
    paula, ben, otto = person("周以宁"), person("陆予安"), person("奥托")
    found_firm(paula, "衡溪会计")
    found_firm(otto, "别家会计")
    invite(paula, ben, "bookkeeper")
    ben.inside("/clients/new")
    ben.fill(name="杭州澄屿茶业有限公司", uscc="91110000600037341L")
    submit(ben, "/clients/new")
    client = path_of(ben)
    import_ledger(ben, client, books.write(tmp_path, "序时账.csv", books.month(today())))

    # Planned: one voucher that does not balance, for Ben, within half an hour.
    paula.inside("/risks/drills")
    paula.is_accessible()
    paula.inside("/risks/drills/new")
    paula.fill(title="账簿差错演练", limit_minutes="30")
    paula.page.locator("[name='n-unbalanced']").fill("1")
    paula.page.locator("[name=clients]").first.check()
    paula.page.locator("fieldset:has([name=participants]) label", has_text=ben.name).locator("input").check()
    paula.is_accessible()
    submit(paula, "/risks/drills/new")
    drill = path_of(paula)
    refused(otto, drill)
    submit(paula, "/begin")
    awaits(paula, "计时至")

    # Worked: by the switcher into the copy, which says what it is; the finding becomes a case.
    ben.open(drill)
    ben.sees("封存")
    ben.open("/firms")
    ben.page.get_by_role("link", name=re.compile("演练 DRILL")).first.click()
    ben.page.wait_for_url(re.compile(r"/f/drill-"))
    sandbox = "/".join(path_of(ben).split("/")[:3])
    expect(ben.page.locator(".sandbox-mark")).to_contain_text("邮件不会发给客户")
    refused(otto, f"{sandbox}/findings")
    ben.open(f"{sandbox}/findings")
    ben.is_accessible()
    ben.page.locator("tr", has_text="N01").locator("[name=finding]").check()
    ben.page.get_by_role("button", name="立案").click()
    ben.page.wait_for_url(re.compile(r"/cases/"))
    expect(ben.page.locator(".sandbox-mark")).to_be_visible()

    # Scored and erased; the real firm has no case and the copy is gone.
    paula.open(drill)
    submit(paula, "/finish")
    awaits(paula, "1／1（100%）")
    paula.sees("陆予安")
    awaits(paula, "剩余 0")
    paula.is_accessible()
    refused(ben, f"{sandbox}/findings")
    ben.inside("/cases")
    expect(ben.page.locator("main")).not_to_contain_text("YC-")
    refused(otto, drill)
