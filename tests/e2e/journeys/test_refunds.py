"""Refunds as five people and a client on a phone live them; the other firm's owner is refused at every step."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.journeys.refunds import (
    CLIENT,
    People,
    answer_letter,
    ask_by_link,
    countersign,
    find_refund,
    open_letter,
    open_office,
    reckon,
    stands,
    talk_and_check,
)
from tests.e2e.journeys.steps import deed, submit


def test_from_the_clients_phone_to_the_sealed_file(person: People, tmp_path: Path) -> None:
    office = open_office(person, tmp_path)
    ben, quinn, mara, cash, cleo = office.ben, office.quinn, office.mara, office.cash, office.cleo

    # Asked for by link, without the written notice; it is asked for, and sent from the phone.
    ask_by_link(office, papers=("contract",))
    find_refund(office)
    deed(ben, "exchange", channel="phone", summary="请补盖章的解约通知；客户已在手机上看过计算方法。")
    ben.page.locator("button[commandfor='ask-papers']").click()
    ben.page.locator("dialog#ask-papers form:not([method=dialog]) button").last.click()
    ben.page.wait_for_load_state()
    stands(ben, office, "等待")
    office.stranger_is_refused()
    cleo.mail("材料")
    cleo.follow_mail()
    cleo.page.set_input_files("[name^='files-']", office.paper("notice.pdf"))
    supply = cleo.page.locator("form[action$='/supply']")
    supply.locator("[name=signed_name]").fill(cleo.name)
    supply.locator("button").last.click()
    cleo.sees("已记录")

    # Checked, reckoned, countersigned by a second person.
    ben.open(office.refund)
    talk_and_check(office, "核对身份、合同与付款单位。")
    reckon(office)
    expect(ben.page.locator("form[action$='/countersign']")).to_have_count(0)
    countersign(office)

    # The client agrees on the phone; the manager approves; nobody else can.
    open_letter(office, "退费方案")
    cleo.is_accessible()
    answer_letter(cleo, choice="refund")
    stands(ben, office, "审批")
    expect(ben.page.locator("form[action$='/approve']")).to_have_count(0)
    expect(quinn.page.locator("form[action$='/approve']")).to_have_count(0)
    office.stranger_is_refused()
    mara.open(office.refund)
    submit(mara, "/approve")

    # The account, checked by somebody who neither asked nor wrote it down; paid with the bank's receipt.
    ben.open(f"{office.refund}/payment")
    deed(ben, "payee", holder=CLIENT, kind="corporate", bank="中国工商银行杭州西湖支行", account="33001616781050001234",
         bank_code="102331000123")  # fmt: skip
    office.stranger_is_refused()
    cash.open(f"{office.refund}/payment")
    submit(cash, "/check_payee")
    cash.open(f"{office.refund}/payment")
    submit(cash, "/pay")
    cash.open(f"{office.refund}/payment")
    cash.page.locator("button[commandfor='settle']").click()
    dialog = cash.page.locator("dialog#settle")
    dialog.locator("[name=bank_reference]").fill("ICBC-20260001")
    dialog.locator("[name=files]").set_input_files(office.paper("receipt.pdf"))
    dialog.locator("form:not([method=dialog]) button").last.click()
    cash.page.wait_for_load_state()
    office.stranger_is_refused()

    # Letter with voucher, sealed file, survey.
    cleo.mail("退费通知")
    cleo.follow_mail()
    cleo.sees(CLIENT)
    deadline = time.monotonic() + 60
    ben.open(office.refund)
    while "已归档" not in ben.page.locator("main").inner_text():
        assert time.monotonic() < deadline, "the file was not sealed"
        ben.page.reload()
    cleo.mail("三个问题")
    cleo.follow_mail()
    for name in ("process", "attitude", "speed"):
        cleo.page.locator(f"[name={name}][value='5']").check(force=True)
    cleo.page.locator("button[form='answer-form']").last.click()
    cleo.sees("谢谢")
    office.stranger_is_refused()


def test_a_dispute_ends_in_credit(person: People, tmp_path: Path) -> None:
    office = open_office(person, tmp_path)
    mara, cleo = office.mara, office.cleo
    ask_by_link(office, papers=("contract", "notice"))
    find_refund(office)
    talk_and_check(office, "客户打算自己记账，已说明计算方法。")
    reckon(office)
    countersign(office)
    open_letter(office, "退费方案")
    cleo.press("我有异议")
    answer_letter(cleo, text="八月只做了零申报，不应按整月收费。")
    stands(mara, office, "争议")
    office.stranger_is_refused()
    deed(mara, "exchange", channel="phone", summary="说明零申报也是申报；客户愿意把余款留作抵扣。")
    deed(mara, "convert", into="credit", reason="客户选择转为服务抵扣", how="phone")
    for path in ("", "/board", "?view=closed", "/watch", "/watch/fairness", "/watch/precedents", "/watch/times"):
        mara.inside(f"/refunds{path}")
        mara.is_accessible()
    stands(mara, office, "转为")
    expect(mara.page.locator("form[action$='/convert']")).to_have_count(0)
    office.stranger_is_refused()


def test_a_rejection_is_appealed_and_decided_by_another_person(person: People, tmp_path: Path) -> None:
    office = open_office(person, tmp_path)
    ben, quinn, mara, cleo = office.ben, office.quinn, office.mara, office.cleo
    ask_by_link(office, reason="unmet", papers=("contract", "records"))
    find_refund(office)
    talk_and_check(office, "逐月核对交付，均有签收。")
    deed(ben, "propose_rejection", code="delivered", reason="全年服务均已交付并签收，未使用不属于未达约定。")
    expect(ben.page.locator("form[action$='/reject']")).to_have_count(0)
    quinn.open(office.refund)
    submit(quinn, "/reject")
    office.stranger_is_refused()
    open_letter(office, "答复函")
    cleo.press("我有异议")
    answer_letter(cleo, text="九月以后没有人报税。")
    stands(mara, office, "申诉")
    quinn.open(office.refund)
    expect(quinn.page.locator("button[commandfor='grant_appeal']")).to_have_count(0)
    office.stranger_is_refused()
    mara.open(office.refund)
    deed(mara, "grant_appeal", reason="九月申报回执缺失，申诉成立，重新计算。")
    stands(ben, office, "计算")
    reckon(office)
    office.stranger_is_refused()
