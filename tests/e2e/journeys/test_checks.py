"""Findings as a firm lives with them: judged by keyboard, excepted, held against the bank, told at the month's end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Person
from tests.e2e.journeys.books import HEAD, write
from tests.e2e.journeys.office import found_firm, invite
from tests.e2e.journeys.steps import import_ledger, path_of, refused, submit, today

People = Callable[..., Person]
CLIENT = "杭州澄屿茶业有限公司"
VOUCHERS = (
    (1, "收到投资款", "1002", "3001", "500000.00"),
    (2, "收甲公司货款", "1002", "1122", "80000.00"),
    (3, "付顺达物流运费", "5601", "1002", "2000.00"),
    (4, "付顺达物流运费", "5601", "1002", "2000.00"),
    (5, "付水电费", "5602", "1002", "1240.50"),
    (6, "付乙公司货款", "2202", "1001", "80000.00"),
    (7, "付丙公司货款", "2202", "1001", "90000.00"),
)
NAMES = {"1001": "库存现金", "1002": "银行存款", "1122": "应收账款", "2202": "应付账款", "3001": "实收资本",
         "5601": "销售费用", "5602": "管理费用"}  # fmt: skip


def books() -> str:
    """A month with a duplicate and two large payments in cash."""
    text, first = HEAD, today().replace(day=1)
    for number, summary, debit, credit, amount in VOUCHERS:
        for account, sides in ((debit, f"{amount},"), (credit, f",{amount}")):
            text += f"{first},记-{number},{summary},{account},{NAMES[account]},{sides},陆予安,\n"
    return text


def statement() -> str:
    """The bank's month: the bill for light eight days later, and a fee that nobody booked."""
    first = today().replace(day=1)
    rows = [(first, "股东", "投资款", "500000.00", ""), (first, "甲公司", "货款", "80000.00", ""),
            (first, "顺达物流", "运费", "", "2000.00"), (first, "顺达物流", "运费", "", "2000.00"),
            (first + timedelta(8), "供电公司", "电费", "", "1240.50"),
            (first, "", "网银手续费", "", "15.00")]  # fmt: skip
    lines = "".join(f"{day},{party},{text},{into},{out},\n" for day, party, text, into, out in sorted(rows))
    return f"账号：3301 0400 1600 5678\n交易日期,对方户名,摘要,收入,支出,余额\n{lines}"


def test_findings_are_judged_reconciled_and_told(person: People, tmp_path: Path) -> None:
    paula, quinn, ben, otto = person("周以宁"), person("沈知微"), person("陆予安"), person("奥托")
    found_firm(paula, "衡溪会计")
    found_firm(otto, "别家会计")
    invite(paula, quinn, "reviewer")
    invite(paula, ben, "bookkeeper")
    paula.inside("/clients/new")
    paula.fill(name=CLIENT, uscc="91110000600037341L")
    paula.page.locator("[name=bookkeeper_id]").select_option(label=ben.name)
    submit(paula, "/clients/new")
    client = path_of(paula)
    import_ledger(ben, client, write(tmp_path, "序时账.csv", books()))
    triage(quinn, ben, otto)
    reconcile(ben, otto, client, write(tmp_path, "对账单.csv", statement()))
    month_end(paula, ben, otto)


def triage(quinn: Person, ben: Person, otto: Person) -> None:
    """One finding after the other without the mouse: passed over, put aside, excepted, taken up."""
    deadline = time.monotonic() + 60
    ben.inside("/findings")
    while ben.page.locator("[name=finding]").count() < 3:  # the rules run behind the import
        assert time.monotonic() < deadline, "no finding"
        ben.page.reload()
    ben.inside("/findings/triage")
    ben.sees("须由质控人员排除")  # what is severe a bookkeeper does not put aside alone
    ben.is_accessible()

    quinn.inside("/findings/triage")
    first = heading(quinn.page)
    press(quinn.page, "j")
    second = heading(quinn.page)
    press(quinn.page, "k")
    assert heading(quinn.page) == first != second

    quinn.page.keyboard.press("d")
    quinn.page.locator("dialog[open] [name=reason]").fill("已核对两张运单与两张发票，为两次运输。")
    press(quinn.page, "Control+Enter")
    assert heading(quinn.page) == second  # on to the next by itself

    quinn.page.keyboard.press("e")
    dialog = quinn.page.locator("dialog#except")
    dialog.locator("[name=scope]").select_option(value="rule")
    dialog.locator("[name=owner_id]").select_option(label=ben.name)
    dialog.locator("[name=until]").fill(f"{today() + timedelta(days=90)}")
    dialog.locator("[name=reason]").fill("该客户按合同以现金结算，已附收据。")
    press(quinn.page, "Control+Enter")
    press(quinn.page, "c")
    for state, text in (("dismissed", first), ("excepted", second)):
        quinn.inside(f"/findings?state={state}")
        quinn.sees(text)
    quinn.page.get_by_role("link", name=second).first.click()
    quinn.sees("该客户按合同以现金结算")
    refused(otto, path_of(quinn))
    quinn.inside("/cases")
    quinn.sees(CLIENT)
    for group in ("", "?group=rule", "?group=account&state=dismissed"):
        quinn.inside(f"/findings{group}")
        quinn.is_accessible()


def reconcile(ben: Person, otto: Person, client: str, file: Path) -> None:
    """The statement finds the fee; the bill of another day is matched by hand, and its finding goes."""
    ben.open(f"{client}/statements")
    ben.page.locator("[name=kind][value=bank]").check(force=True)
    ben.page.locator("[name=account]").select_option(index=1)
    ben.page.set_input_files("[name=file]", file)
    submit(ben, "/statements")
    sheet = path_of(ben)
    refused(otto, sheet)
    ben.is_accessible()
    ben.sees("网银手续费")
    ben.page.locator("[name=statement_key]").and_(ben.page.get_by_label("1,240.50")).check()
    ben.page.locator("[name=books_key]").and_(ben.page.get_by_label("1,240.50")).check()
    submit(ben, "/reconciliation/pair")
    expect(ben.page.locator("[name=books_key]")).to_have_count(0)
    expect(ben.page.locator("[type=radio][name=statement_key]")).to_have_count(1)
    ben.sees("手工 1")
    ben.open(f"{client}/statements")
    ben.is_accessible()


def month_end(paula: Person, ben: Person, otto: Person) -> None:
    """Checked as before filing: what is new stands on the page, in the bookkeeper's My work and in their mail."""
    paula.inside("/findings/month-end")
    paula.page.locator("form[action$='/findings/month-end'] button").click()
    deadline = time.monotonic() + 30
    while not paula.page.locator("td", has_text=CLIENT).count():
        assert time.monotonic() < deadline, "no month-end run"
        paula.page.reload()
    paula.is_accessible()
    ben.inside("/work")
    expect(ben.page.locator(".panel", has_text=CLIENT).filter(has_text=re.compile("新发现")).first).to_be_visible()
    ben.mail("申报前")
    ben.follow_mail()
    ben.sees(CLIENT)
    refused(otto, path_of(ben))
    otto.inside("/findings/month-end")
    expect(otto.page.locator("main")).not_to_contain_text(CLIENT)


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def press(page: Page, key: str) -> None:
    """A key that leads to another page."""
    before = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before)
