"""From a ledger file to a closed case, as five people in two firms; the other firm's owner is refused at every step."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import Person
from tests.e2e.journeys import books
from tests.e2e.journeys.office import found_firm, invite, set_up_second_factor, write_letterhead
from tests.e2e.journeys.steps import deed, import_ledger, open_case, path_of, refused, state, submit, today

People = Callable[..., Person]


def test_the_whole_path(person: People, tmp_path: Path) -> None:
    paula, ben, quinn = person("周以宁"), person("陆予安"), person("沈知微")
    otto, cleo = person("奥托"), person("许承泽", phone=True)
    found_firm(paula, "衡溪会计")
    write_letterhead(paula)
    found_firm(otto, "别家会计")
    invite(paula, ben, "bookkeeper")
    invite(paula, quinn, "reviewer")
    set_up_second_factor(quinn)

    # A client with a contact who may approve.
    ben.inside("/clients/new")
    ben.fill(name="杭州澄屿茶业有限公司", uscc="91110000600037341L")
    submit(ben, "/clients/new")
    client = path_of(ben)
    deed(ben, "contact", name="许承泽", email=cleo.email, may_approve="yes")
    ben.sees("许承泽")
    refused(otto, client)

    # The ledger, and what the rules find in it.
    import_ledger(ben, client, books.write(tmp_path, "澄屿茶业_序时账.csv", books.month(today())))
    refused(otto, path_of(ben))
    case = open_case(ben)
    ben.sees("记-6")
    refused(otto, case)

    # Confirm, talk, analyse.
    deed(ben, "confirm", cause_class="entry", exposure="2000.00", likelihood="2", impact="2", treatment="reduce")
    state(ben, "已确认")
    deed(ben, "exchange", channel="phone", summary="核实运费只付了一次，发票只有一张。", contact_name="许承泽")
    submit(ben, "/contact")
    deed(
        ben, "analyse", cause_class="entry", cause_code="DUP", cause="同一张发票入账两次。", responsibility="firm",
        expectation="本月内更正",
    )  # fmt: skip
    state(ben, "已分析")

    # The correcting voucher by the lawful method.
    ben.page.get_by_role("link", name="编制更正方案").first.click()
    ben.page.locator("[name=kind]").select_option("duplicate")
    boxes = ben.page.locator("[name=voucher]")
    for box in boxes.all():
        box.set_checked("记-6" in (box.get_attribute("value") or ""))
    ben.fill(original=f"{today():%Y-%m} 记-3")
    for amount in ben.page.locator("[name^='right-0-']").all():
        if amount.is_visible():
            amount.fill("")
    submit(ben, "/adjustment/new")
    ben.sees("−2,000.00")
    ben.sees("重复")
    refused(otto, f"{case}/adjustment")
    ben.fill(effective_on=f"{today()}", duties="请核对运费付款记录")
    submit(ben, "/submit")
    ben.sees("复核")

    # Nobody reviews their own work; a second person does, ticking every point.
    expect(ben.page.locator("form[action$='/approve']")).to_have_count(0)
    quinn.open(f"{case}/adjustment")
    for tick in quinn.page.locator("[name=tick]").all():
        tick.check()
    refused(otto, f"{case}/adjustment")
    submit(quinn, "/approve")
    quinn.sees("已批准")

    # The letter reaches the client, who confirms it on a phone.
    cleo.mail("调整", cleo.email)
    cleo.follow_mail()
    letter = path_of(cleo)
    cleo.sees("2,000.00")
    otto.open(letter)
    otto.sees("此链接无法使用")
    cleo.fill(signed_name="许承泽")
    cleo.page.get_by_role("button", name="我确认").click()
    cleo.sees("确认")

    # Booked as approved, imported again, proved, closed.
    ben.open(f"{case}/adjustment")
    submit(ben, "/execute")
    submit(ben, "/posted")
    ben.sees("已记账")
    import_ledger(ben, client, books.write(tmp_path, "澄屿茶业_更正后.csv", books.corrected(today())))
    quinn.open(f"{case}/adjustment")
    submit(quinn, "/prove")
    quinn.sees("规则不再查出该异常")
    paula.open(case)
    deed(
        paula, "lesson", why_1="同一发票录入两次", why_2="没有按发票号查重", why_3="导入前未核对",
        action="录入前按发票号查重", action_owner_id="", action_due=f"{today()}",
    )  # fmt: skip
    deed(paula, "close")
    state(paula, "已结案")
    refused(otto, case)

    # The client's opinion, and the case file.
    cleo.mail("一个问题", cleo.email)
    cleo.follow_mail()
    cleo.page.locator("[name=satisfaction][value='5']").check(force=True)
    cleo.page.get_by_role("button", name="提交答复").click()
    cleo.sees("谢谢")
    paula.open(case)
    with paula.page.expect_download() as download:
        paula.page.get_by_role("link", name=re.compile("案卷|案件档案")).click()
    assert download.value.suggested_filename.endswith(".zip")
