"""What a returned message is, and which of its words are its own: without a database."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

import pytest

from saas.kernel import return_paths
from saas.kernel.config import SettingsError, settings_from
from saas.notices.models import Delivery
from saas.notices.returns import reading
from saas.notices.returns.addresses import is_held
from saas.notices.returns.judging import judge
from tests.notices.returned.reports import REPLY_QQ, REPORTS, as_bytes

DELIVERY = UUID("0190a0b0-0000-7000-8000-00000000abcd")
RETURNS = settings_from({"SAAS_ENV": "test", "SAAS_SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnop",
                         "SAAS_RETURN_DOMAIN": "returns.example"})  # fmt: skip


def parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("name", REPORTS)
def test_reports_are_told_from_machines_and_people(name: str) -> None:
    report, kind, status, soft = REPORTS[name]
    found = judge(parsed(as_bytes(report)))
    assert (found.kind, found.status, found.soft) == (kind, status, soft)


def test_the_reason_is_the_servers_own_words() -> None:
    reasons = {name: judge(parsed(as_bytes(report))).reason for name, (report, *_rest) in REPORTS.items()}
    assert reasons["postfix"].startswith("550 5.1.1 <xu@chengyu.example>: Recipient address rejected")
    assert "550 Mailbox not found" in reasons["qq"]
    assert "外星人" in reasons["163, server away"]


@pytest.mark.parametrize(
    "quotation",
    [
        '在 2026-11-20 10:00:00，"衡信" <b@returns.example> 写道：\n> 原文',
        "于 2026年11月20日 周五 10:00写道：\n> 原文",
        "On Fri, Nov 20, 2026 at 10:00 AM Hengxi <b@returns.example>\nwrote:\n> original",
        "-----Original Message-----\nFrom: Hengxi\n\noriginal",
        '------------------ 原始邮件 ------------------\n发件人: "衡信"',
        "---- 回复的原邮件 ----\n| 发件人 | 衡信<b@returns.example> |",
        "________________________________\n发件人: 衡信 <b@returns.example>",
        "> quoted\n> to the end",
    ],
)
def test_what_is_quoted_is_cut(quotation: str) -> None:
    assert reading.said(f"发票已补。\n第二行在 12 月写好。\n\n{quotation}\n") == "发票已补。\n第二行在 12 月写好。"


def test_an_answer_below_the_quotation_is_kept() -> None:
    assert reading.said("> 金额对吗？\n对的。\n> 日期呢？\n也对。") == "> 金额对吗？\n对的。\n> 日期呢？\n也对。"
    assert reading.said("在 2026-11-20，b@x.example 写道：\n> 金额对吗？\n对的。").endswith("对的。")


def test_html_is_read_for_its_words_only() -> None:
    message = parsed(as_bytes(REPLY_QQ))
    text = reading.text_of(message)
    assert reading.said(text) == "发票已经补开，550 元那张是重复的。"
    assert "alert" not in text
    assert [name for name, _content in reading.attachments(message)] == ["发票.png", "setup.exe"]
    assert reading.clean("a\x00b\u202ec\u3000d") == "abc\u3000d"


def test_a_wrong_charset_or_a_broken_header_is_no_error() -> None:
    head = b"From: =?x-what?B?!!!?= <a@b\r\nSubject: \xff\xfe\r\nMessage-ID: <<>\r\n"
    broken = head + b"Content-Type: text/plain; charset=moon\r\n\r\nhi"
    message = parsed(broken)
    assert reading.text_of(message) == "hi"
    assert judge(message).kind == "reply"
    gbk = b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    gbk += "镕".encode("gb18030")
    assert reading.text_of(parsed(gbk)) == "镕"


def test_only_addresses_that_we_gave_out_are_read() -> None:
    address = return_paths.address("hengxi23", DELIVERY, RETURNS)
    local = address.partition("@")[0]
    assert len(local) <= 64
    assert return_paths.read(address.upper(), RETURNS) == return_paths.ReturnPath("hengxi23", DELIVERY)
    other_firm, other_mail = address.replace("hengxi23", "hengxi24"), address.replace("abcd", "abce")
    forged = [
        address[:-20] + "@returns.example",
        other_firm,
        other_mail,
        f"{local}@else.example",
        "b+x@returns.example",
        "",
    ]
    assert [return_paths.read(one, RETURNS) for one in forged] == [None] * len(forged)
    assert return_paths.read(address, replace(RETURNS, secret_key="another-secret-0123456789-abcdefghijkl")) is None
    assert return_paths.address("hengxi23", DELIVERY, replace(RETURNS, return_domain="")) == ""


@pytest.mark.parametrize(
    "wrong", [{"SAAS_RETURN_DOMAIN": "not a domain"}, {"SAAS_LMTP": "lmtp://8.8.8.8:24"}, {"SAAS_LMTP": "lmtp://127.0.0.1"},
              {"SAAS_LMTP": "lmtp://0.0.0.1.example:24"}, {"SAAS_LMTP": "http://127.0.0.1:24"}]
)  # fmt: skip
def test_the_listener_is_an_inner_one(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        settings_from({"SAAS_ENV": "test", "SAAS_SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnop", **wrong})


def test_three_full_mailboxes_in_a_row_are_as_good_as_a_wrong_address() -> None:
    soft, hard, fine = (Delivery(status=status, bounced=how) for status, how in
                        (("bounced", "soft"), ("bounced", "hard"), ("delivered", "")))  # fmt: skip
    assert [is_held([soft, soft, fine]), is_held([soft, soft, soft]), is_held([soft])] == [False, True, False]
    assert [is_held([hard, fine]), is_held([fine, hard])] == [True, False]
