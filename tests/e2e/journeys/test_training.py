"""An error teaches whoever made it, and the certificate opens what was shut: the learner reads both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import Person
from tests.e2e.journeys import books
from tests.e2e.journeys.learner import course_of, pass_exam, read_lessons
from tests.e2e.journeys.office import found_firm, invite, set_up_second_factor, write_letterhead
from tests.e2e.journeys.steps import deed, import_ledger, open_case, path_of, refused, state, submit, today

People = Callable[..., Person]
COURSE = course_of("correcting-vouchers")
SETTLE = "form[action$='/settle_without_voucher']"


def test_from_the_error_to_the_open_gate(person: People, tmp_path: Path) -> None:
    """Ben prepared the faulty voucher and reviews now; Lin found it. The certificate of the course opens the gate."""
    paula, lin, ben, otto = person("周以宁"), person("林小满"), person("陆予安"), person("奥托")
    found_firm(paula, "衡溪会计")
    write_letterhead(paula)
    found_firm(otto, "别家会计")
    invite(paula, lin, "bookkeeper")
    invite(paula, ben, "reviewer")
    set_up_second_factor(ben)

    # The owner asks for a certificate before a high-risk correction; whom that locks out is shown before it counts.
    paula.inside("/settings/gates")
    gate = paula.page.locator("form[action$='/gates/corrections.high_risk']")
    gate.locator("[name=demand][value=certificate]").check(force=True)
    gate.locator("[name=course_id]").select_option(label=COURSE.title.zh)
    gate.locator("button").last.click()
    paula.sees("今天生效的话，下列人员将无法办理")
    paula.sees("陆予安")
    gate.locator("[name=nobody]").check()
    gate.locator("button").last.click()
    paula.sees("已保存")
    paula.is_accessible()
    refused(otto, f"/f/{paula.firm}/settings/gates")

    # The error, confirmed with the highest risk, ends where a second person decides.
    case = _analysed(lin, tmp_path)
    refused(otto, case)

    # The learner: the button is disabled, and leads to the course, which is in My work because of the rule.
    ben.open(case)
    expect(ben.page.locator(SETTLE)).to_have_count(0)
    refusal = ben.page.locator(".refusal", has_text=COURSE.title.zh)
    refusal.get_by_role("link").click()
    course = path_of(ben)
    refused(otto, course)
    ben.sees(COURSE.summary.zh)
    ben.inside("/training/log")
    ben.sees("规则N25")
    ben.is_accessible()
    ben.open(course)
    read_lessons(ben, COURSE)
    ben.page.locator("form[action$='/locale'] [value=en]").first.click()
    expect(ben.page.locator("html")).to_have_attribute("lang", "en")
    ben.sees(COURSE.title.en)
    pass_exam(ben, COURSE, "en")
    ben.inside("/training/log")
    ben.sees("exam passed:")
    paula.inside("/training/matrix")
    paula.is_accessible()
    expect(paula.page.locator("tr", has_text=ben.name)).to_contain_text("有效")

    # And the gate is open.
    ben.open(case)
    deed(ben, "settle_without_voucher", outcome="no_entry", duties="Nothing to be booked.")
    expect(ben.page.locator("main")).to_contain_text("Approved")
    refused(otto, case)


def _analysed(lin: Person, folder: Path) -> str:
    """Imported, found, confirmed with the highest risk, talked over and analysed; the case's path."""
    lin.inside("/clients/new")
    lin.fill(name="杭州澄屿茶业有限公司", uscc="91110000600037341L")
    submit(lin, "/clients/new")
    client = path_of(lin)
    deed(lin, "contact", name="许承泽", email="xu@example.com", may_approve="yes")
    import_ledger(lin, client, books.write(folder, "澄屿茶业_序时账.csv", books.month(today())))
    case = open_case(lin)
    deed(lin, "confirm", cause_class="entry", exposure="2000.00", likelihood="5", impact="5", treatment="reduce")
    state(lin, "已确认")
    paper = folder / "对账单.pdf"
    paper.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    lin.page.locator("button[commandfor='exchange']").first.click()
    talk = lin.page.locator("dialog#exchange")
    talk.locator("[name=channel]").first.select_option("phone")
    talk.locator("[name=summary]").fill("核实运费只付了一次，见对账单。")
    talk.locator("[name=files]").set_input_files(paper)
    talk.locator("form:not([method=dialog]) button").last.click()
    lin.page.wait_for_load_state()
    submit(lin, "/contact")
    deed(lin, "analyse", cause_class="entry", cause_code="DUP", cause="同一张发票入账两次。", responsibility="firm",
         expectation="本月内更正")  # fmt: skip
    state(lin, "已分析")
    return case
