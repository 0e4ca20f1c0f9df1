"""A month's checklist as a bookkeeper and a reviewer live it: made by its schedule, worked through with evidence,
signed off by another person; the other firm's owner is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import Person
from tests.e2e.journeys.office import found_firm, invite, set_up_second_factor
from tests.e2e.journeys.steps import path_of, refused, state, submit, today

People = Callable[..., Person]
CLIENT = "杭州澄屿茶业有限公司"
CHECKLIST = "月末结账（小规模纳税人）"
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_a_months_checklist_from_its_schedule_to_the_second_signature(person: People, tmp_path: Path) -> None:
    paula, quinn, ben, otto = person("周以宁"), person("沈知微"), person("陆予安"), person("奥托")
    found_firm(paula, "衡溪会计")
    found_firm(otto, "别家会计")
    invite(paula, quinn, "reviewer")
    invite(paula, ben, "bookkeeper")
    paula.inside("/clients/new")
    paula.fill(name=CLIENT, uscc="91110000600037341L")
    for field, colleague in (("bookkeeper_id", ben), ("reviewer_id", quinn)):
        paula.page.locator(f"[name={field}]").select_option(label=colleague.name)
    submit(paula, "/clients/new")

    # The schedule makes it; nobody has to wait for the next hour.
    run = _made(paula, ben)
    refused(otto, run)
    ben.is_accessible()

    # Every step with what it asks for; two of them tell what the page does with bad and with missing answers.
    _tick(ben, 4, number="很多")
    ben.sees("这不是数字")
    expect(ben.page.locator("#number-4")).to_have_value("很多")
    paper = tmp_path / "对账单.pdf"
    paper.write_bytes(PAPER)
    for number in range(1, ben.page.locator(".checklist-step").count() + 1):
        _do(ben, number, paper)
    ben.sees("对账单.pdf")
    submit(ben, "/finish")
    state(ben, "待签核")

    # Whoever did it does not sign it off; the reviewer does.
    expect(ben.page.locator("form[action$='/sign_off']")).to_have_count(0)
    paula.open(run)
    expect(paula.page.locator("form[action$='/sign_off']")).to_have_count(1)
    set_up_second_factor(quinn)
    quinn.inside("/checklists/runs?view=sign")
    quinn.page.get_by_role("link", name=CLIENT).first.click()
    submit(quinn, "/sign_off")
    state(quinn, "已签核")
    expect(quinn.page.locator("form[action$='/tick']")).to_have_count(0)
    refused(otto, run)
    for path in ("", "/runs?view=closed", "/templates", "/procedures", "/on-time"):
        quinn.inside(f"/checklists{path}")
        quinn.is_accessible()


def _made(owner: Person, bookkeeper: Person) -> str:
    """The owner asks for what is due; the month's checklist stands with the bookkeeper. Its path."""
    owner.inside("/checklists")
    submit(owner, "/checklists/make")
    deadline = time.monotonic() + 30
    link = bookkeeper.page.locator("tr", has_text=CHECKLIST).filter(has_text=f"{today():%Y-%m}").get_by_role("link")
    bookkeeper.inside("/checklists/runs?view=mine")
    while not link.count():
        assert time.monotonic() < deadline, "the schedule made no checklist"
        bookkeeper.page.reload()
    link.first.click()
    bookkeeper.page.wait_for_load_state()
    return path_of(bookkeeper)


def _do(person: Person, number: int, paper: Path) -> None:
    """One step of the page as it asks to be done."""
    step = person.page.locator(f"#step-{number}")
    given = {"note": "已逐项核对，无差异。"}
    if step.locator("[name=number]").count():
        given["number"] = "0"
    if step.locator("[name=link]").count():
        given["link"] = f"/f/{person.firm}/findings"
    if step.locator("[name=files]").count():
        step.locator("summary").click()
        step.locator("[name=files]").set_input_files(paper)
    _tick(person, number, **given)
    expect(person.page.locator(f"#step-{number}")).to_contain_text("已完成")


def _tick(person: Person, position: int, /, **given: str) -> None:
    step = person.page.locator(f"#step-{position}")
    if not step.locator("[name=note]").is_visible():
        step.locator("summary").click()
    for name, value in given.items():
        step.locator(f"[name={name}]").fill(value)
    step.locator("button[value=done]").click()
    person.page.wait_for_load_state()
