"""A foreign-owned client: the letter in English, read and objected to on a phone; the case goes back to analysis."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.e2e.conftest import Person
from tests.e2e.journeys import books
from tests.e2e.journeys.office import found_firm, invite, set_up_second_factor, write_letterhead
from tests.e2e.journeys.steps import deed, import_ledger, open_case, path_of, state, submit, today

People = Callable[..., Person]


def test_an_english_client_objects(person: People, tmp_path: Path) -> None:
    paula, ben, quinn = person("Paula Zhou"), person("Ben Lu"), person("Quinn Shen")
    cleo = person("Cleo Smith", phone=True, locale="en-GB")
    found_firm(paula, "Hengxi Accounting")
    write_letterhead(paula)
    invite(paula, ben, "bookkeeper")
    invite(paula, quinn, "reviewer")
    set_up_second_factor(quinn)
    for colleague in (ben, quinn):
        colleague.inside("/work")
        colleague.page.locator("button[name=locale][value=en]").click()
        colleague.sees("My work")

    ben.inside("/clients/new")
    ben.fill(name="杭州澄屿茶业有限公司", name_en="Hangzhou Chengyu Tea Co., Ltd.", uscc="91110000600037341L")
    submit(ben, "/clients/new")
    client = path_of(ben)
    deed(ben, "contact", name="Cleo Smith", email=cleo.email, locale="en", may_approve="yes")
    import_ledger(ben, client, books.write(tmp_path, "chengyu.csv", books.month(today())), stored="Stored")
    case = open_case(ben, button="Open a case")
    deed(ben, "confirm", cause_class="entry", exposure="2000.00", likelihood="2", impact="2", treatment="reduce")
    deed(ben, "exchange", channel="phone", summary="The freight was paid once.", contact_name="Cleo Smith")
    submit(ben, "/contact")
    deed(
        ben, "analyse", cause_class="entry", cause_code="DUP", cause="One invoice was booked twice.",
        responsibility="firm", expectation="corrected this month",
    )  # fmt: skip
    ben.open(f"{case}/adjustment/new")
    ben.page.locator("[name=kind]").select_option("duplicate")
    for box in ben.page.locator("[name=voucher]").all():
        box.set_checked("记-6" in (box.get_attribute("value") or ""))
    ben.fill(original=f"{today():%Y-%m} 记-3")
    for amount in ben.page.locator("[name^='right-0-']:visible").all():
        amount.fill("")
    submit(ben, "/adjustment/new")
    ben.fill(effective_on=f"{today()}", duties="Please check your payment records")
    submit(ben, "/submit")
    quinn.open(f"{case}/adjustment")
    for tick in quinn.page.locator("[name=tick]").all():
        tick.check()
    submit(quinn, "/approve")
    quinn.sees("Approved")

    cleo.mail("Adjustment notice")
    cleo.follow_mail()
    cleo.sees("Hangzhou Chengyu Tea")
    cleo.is_accessible()
    cleo.press("I object")
    cleo.fill(text="We paid this freight twice, please look again.", signed_name="Cleo Smith")
    cleo.page.locator("#answer-form button, button[form='answer-form']").last.click()
    cleo.sees("objected")
    ben.open(case)
    state(ben, "Analysed")
