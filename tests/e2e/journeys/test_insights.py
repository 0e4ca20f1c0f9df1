"""Monday morning: a manager opens the figures, goes down to a row, sets a target and is told when a figure crosses.

Then a client who leaves answers a survey of the firm's own on a phone; the low answer is followed up and the client
hears what was done. A stranger sees none of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Person
from tests.e2e.journeys.office import found_firm, invite
from tests.e2e.journeys.steps import deed, path_of, refused, submit
from tests.e2e.journeys.test_drill import awaits

People = Callable[..., Person]
OPEN_CASES = "/insights/measures/backlog_age"


def test_figures_on_monday_and_the_answer_of_a_client(person: People) -> None:
    paula, mara, ben, otto = person("周以宁"), person("马若兰"), person("陆予安"), person("奥托")
    cleo = person("许承泽", phone=True)
    found_firm(paula, "衡溪会计")
    found_firm(otto, "别家会计")
    invite(paula, mara, "manager")
    invite(paula, ben, "bookkeeper")
    ben.inside("/clients/new")
    ben.fill(name="杭州澄屿茶业有限公司", uscc="91110000600037341L")
    submit(ben, "/clients/new")
    client = path_of(ben)
    deed(ben, "contact", name=cleo.name, email=cleo.email, may_approve="yes", hours="00:00-24:00")

    # Nothing yet: the overview says what will appear. Then one case, which the tile counts and the list names.
    mara.inside("/insights")
    mara.sees("办结第一个案件后，这里就会出现数据")
    ben.inside("/cases/new")
    ben.page.locator("[name=client_id]").select_option(index=1)
    ben.fill(title="九月房租重复入账", description="记-47 与记-52 摘要、金额相同。")
    submit(ben, "/cases/new")
    _reads_the_figures(mara)
    for path in ("/insights", OPEN_CASES):
        refused(otto, f"/f/{mara.firm}{path}")
    _sets_a_target_and_is_told(mara)
    _answers_on_the_phone(mara, cleo, client)
    _follows_up(mara, cleo)


def _reads_the_figures(mara: Person) -> None:
    """Overview, board, tile, definition, rows, and the record behind the row."""
    mara.inside("/insights")
    mara.is_accessible()
    mara.page.get_by_role("link", name="异常", exact=True).first.click()
    mara.page.locator(f"a[href*='{OPEN_CASES}']").first.click()
    mara.sees("当前未结案件，按立案以来")
    row = mara.page.locator("#counted tbody tr")
    expect(row).to_have_count(1)
    mara.is_accessible()
    row.get_by_role("link").click()
    mara.sees("九月房租重复入账")


def _sets_a_target_and_is_told(mara: Person) -> None:
    """No open case is the target; a rule looks at it at once and gives its owner a task."""
    mara.inside("/insights/targets")
    mara.page.locator("[name=measure]").select_option("backlog_age")
    mara.fill(value="0")
    submit(mara, "/insights/targets")
    mara.inside(OPEN_CASES)
    expect(mara.page.locator(".tile").first).to_contain_text("0")
    mara.inside("/insights/alerts")
    mara.page.locator("[name=measure]").select_option("backlog_age")
    mara.fill(bound="0", quiet_from="0", quiet_until="0")
    submit(mara, "/insights/alerts")
    awaits(mara, "1，高于 0")
    mara.mail("指标预警")
    mara.inside("/insights/alerts")
    alarm = mara.page.locator("tr[id^=alarm-]").first
    alarm.locator("[name=answer]").fill("今天复核，明天结案。")
    alarm.get_by_role("button").click()
    mara.sees("今天复核，明天结案。")
    mara.is_accessible()


def _answers_on_the_phone(mara: Person, cleo: Person, client: str) -> None:
    """Mara asks those who leave one question of her own; the client leaves, is asked, and is not satisfied."""
    mara.inside("/surveys/questionnaires/new")
    mara.page.locator("[name=occasion]").select_option("lost")
    mara.page.locator("[name=is_on]").check()
    mara.fill(name_zh="临别一问", subject_zh="临别想请您说一句", intro_zh="只有一个问题，不到一分钟。")
    mara.page.locator("[name=text_zh_0]").fill("您对我们的服务满意吗？")
    submit(mara, mara.page.locator("form:has([name=base])").get_attribute("action") or "")
    mara.sees("您对我们的服务满意吗？")
    mara.open(client)
    mara.page.locator("form[action$='/archive'] button").click()
    mara.page.wait_for_load_state()
    cleo.mail("临别想请您说一句")
    cleo.follow_mail()
    cleo.is_accessible()
    cleo.page.locator("input[type=radio][value='2']").first.check(force=True)
    cleo.fill(text="发了三次资料，没有人回复。")
    cleo.page.locator("button[form=answer-form]:visible").click()
    cleo.sees("谢谢，已记录")


def _follows_up(mara: Person, cleo: Person) -> None:
    """The low answer is a follow-up; its reply ends it, and the note says what was done."""
    mara.inside("/surveys")
    mara.page.locator("main a[href*='/surveys/0']").first.click()
    mara.page.wait_for_url(re.compile(r"/surveys/[0-9a-f-]{36}"))
    mara.sees("没有人回复")
    mara.fill(reply="已致电道歉，改由马若兰负责。")
    submit(mara, "/reply")
    mara.sees("已致电道歉")
    mara.page.locator("a[href*='/surveys/notes/new']").first.click()
    mara.fill(said="资料发来没有人回复。", did="每份资料当天回执，超过一个工作日由经理接手。")
    mara.is_accessible()
    submit(mara, "/surveys/notes")
    cleo.mail("您提的意见")
    cleo.follow_mail()
    cleo.sees("每份资料当天回执")
    cleo.is_accessible()
