"""The report of the month: a manager subscribes, the job prints it, the mail leads to it, and an owner without an
account reads it by a link until the link is taken back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Person
from tests.e2e.journeys.office import found_firm, invite
from tests.e2e.journeys.steps import submit

People = Callable[..., Person]
REPORTS, LINKS = "/insights/reports", "/insights/links"


def test_the_report_of_the_month_and_the_owner_without_an_account(person: People) -> None:
    paula, mara = person("周以宁"), person("马若兰")
    partner = person("郑国栋", phone=True)
    found_firm(paula, "衡溪会计")
    invite(paula, mara, "manager")

    # She wants it by mail, and last month's at once: it is printed while she waits, kept, and taken as a file.
    mara.inside(REPORTS)
    mara.sees("还没有月报")
    mara.page.locator("[name=monthly]").check()
    submit(mara, f"{REPORTS}/subscription")
    mara.page.locator("[name=month]").fill("2199-01")
    submit(mara, REPORTS)
    mara.sees("尚未开始")
    _prints(mara)
    mara.is_accessible()

    mara.mail("月报已生成")
    mara.follow_mail()
    expect(mara.page).to_have_url(re.compile(REPORTS))
    _hands_on_a_link(mara, partner)


def _prints(mara: Person) -> None:
    """The page asks by itself until the file is there."""
    mara.inside(REPORTS)
    submit(mara, REPORTS)
    mara.sees("正在生成")
    link = mara.page.locator("#printed a", has_text="English")
    expect(link).to_be_visible(timeout=60_000)
    with mara.page.expect_download() as taken:
        link.click()
    assert taken.value.path().read_bytes().startswith(b"%PDF")


def _hands_on_a_link(mara: Person, partner: Person) -> None:
    """He opens it on his phone, without an account; taken back, it shows nothing any more."""
    mara.inside(LINKS)
    mara.fill(for_name=partner.name, email=partner.email)
    submit(mara, LINKS)
    partner.mail()
    partner.follow_mail()
    partner.sees("衡溪会计")
    partner.is_accessible()
    where = partner.page.url
    with partner.page.expect_download() as taken:
        partner.page.locator("form[action$='/report'] button").click()
    assert taken.value.path().read_bytes().startswith(b"%PDF")
    _sees_the_look(mara)
    partner.open(f"/f/{mara.firm}/insights")  # nothing but that page is open to him
    expect(partner.page).to_have_url(re.compile("/sign-in"))
    mara.page.locator("form[action$='/revoke'] button").click()
    mara.sees("已失效")
    partner.page.goto(where)
    partner.sees("此链接已撤回")


def _sees_the_look(mara: Person) -> None:
    """Who opened it stands there; a browser that stayed counts, a program that passed by does not."""
    deadline = time.monotonic() + 30
    while "查看了指标" not in mara.page.locator("main").inner_text():
        assert time.monotonic() < deadline, "no look was noted"
        mara.page.reload()
