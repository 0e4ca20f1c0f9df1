"""The public verify page: what a stranger with the letter in hand may know, and nothing about anybody else."""

from __future__ import annotations

import shutil
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from saas.kernel import clock, mailbox
from saas.kernel.files import store_of
from saas.kernel.perform import perform
from saas.notices import drafts, issue
from saas.notices.forms import Reason
from saas.notices.models import Notice
from saas.notices.numbering import new_code, read_code
from saas.notices.plain_words import masked
from saas.notices.workflow import NOTICE
from tests.notices.conftest import Office, Phone


async def bytes_of(office: Office, notice: Notice) -> bytes:
    return await store_of(office.settings).get(notice.firm_id, notice.file_sha256)


async def test_a_letter_is_recognised_by_its_code(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    notice = await office.issued()
    answer = await phone.get(f"/v/{notice.verify_code}")
    assert answer.status_code == 200
    for words in (notice.number, "账目调整通知书", "本函件真实有效", notice.content_sha256, notice.file_sha256,
                  "杭州＊＊＊＊有限公司"):  # fmt: skip
        assert words in answer.text
    for secret in ("杭州澄屿", "许承泽", "xu@chengyu.example", "86,800", "茶叶色选机"):
        assert secret not in answer.text


async def test_codes_are_read_as_people_type_them(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    notice = await office.issued()
    for typed in (notice.verify_code.lower(), notice.verify_code.replace("-", ""), notice.verify_code.upper()):
        assert (await phone.get(f"/v/{typed}")).status_code == 200
    firm, secret = "abcd2345", "01JKMN"
    assert read_code(f"{firm}.{secret}") == read_code(f" {firm.upper()}.oljkmn ") == read_code(f"{firm}.0I-JKMN")


def test_a_code_has_128_bits_and_more() -> None:
    codes = {new_code("abcdefgh") for _time in range(200)}
    assert len(codes) == 200
    assert all(len(code.partition(".")[2].replace("-", "")) * 5 >= 128 for code in codes)


@pytest.mark.parametrize("code", ["x", "abcdefgh.0", "%00.%00", "a" * 300, "<script>alert(1)</script>"])
async def test_an_unknown_code_says_so(office: Office, phone: Phone, code: str) -> None:
    answer = await phone.get(f"/v/{code}".replace("/script", ""))
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


async def test_another_firms_code_does_not_open_this_letter(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    notice = await office.issued()
    secret = notice.verify_code.partition(".")[2]
    assert (await phone.get(f"/v/{office.cast.other_firm.code}.{secret}")).status_code == 404


async def test_a_withdrawn_letter_is_said_to_be(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    notice = await office.issued()
    async with office.cast.transaction() as session:
        await perform(session, NOTICE, notice.id, "withdraw", office.cast.quinn, Reason("内部原因"))
    answer = await phone.get(f"/v/{notice.verify_code}")
    assert "已由签发机构撤回" in answer.text
    assert "内部原因" not in answer.text


async def test_a_replaced_letter_names_its_successor(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    old = await office.issued()
    async with office.cast.transaction() as session:
        draft = await drafts.draft(
            session, office.cast.ben, kind="adjustment", client=office.client, subject_kind="case",
            subject_id=old.subject_id, title=old.title, content=old.content, locale="zh", answer_by=old.answer_by,
            now=clock.now(), supersedes=old,
        )  # fmt: skip
        new = await issue.approve(session, draft, office.cast.quinn, clock.now())
    answer = await phone.get(f"/v/{old.verify_code}")
    assert f"已由 {old.number} 第 2 版替代" in answer.text
    assert "本函件真实有效" in (await phone.get(f"/v/{new.verify_code}")).text


async def test_the_issued_file_is_told_from_any_other(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    """Without scripts: the file is sent, hashed and forgotten."""
    notice = await office.issued()
    content = await bytes_of(office, notice)
    await phone.get(f"/v/{notice.verify_code}")
    same = await phone.post(f"/v/{notice.verify_code}", {}, files={"file": ("a.pdf", content, "application/pdf")})
    assert "与签发的原件完全一致" in same.text.split("data-same")[0]
    other = await phone.post(
        f"/v/{notice.verify_code}", {}, files={"file": ("a.pdf", content + b" ", "application/pdf")}
    )
    assert 'id="compared"' in other.text
    assert "notice-red" in other.text.split('id="compared"')[0].rsplit("<div", 1)[1]
    none = await phone.post(f"/v/{notice.verify_code}", {})
    assert "请先选择文件" in none.text


async def test_the_page_carries_the_hash_that_the_script_compares(
    office: Office, phone: Phone, mailbox_folder: Path
) -> None:
    notice = await office.issued()
    page = (await phone.get(f"/v/{notice.verify_code}")).text
    assert f'data-compare="{sha256(await bytes_of(office, notice)).hexdigest()}"' in page
    script = (await phone.get("/static/js/verify.js")).text
    assert "crypto.subtle" in script


async def test_whoever_scans_the_letter_gets_their_own_link(office: Office, phone: Phone, mailbox_folder: Path) -> None:
    notice = await office.issued()
    shutil.rmtree(mailbox_folder)
    await phone.get(f"/v/{notice.verify_code}")
    with clock.at(clock.now() + timedelta(minutes=11)):
        known = await phone.post(f"/v/{notice.verify_code}/link", {"address": "XU@chengyu.example"})
        unknown = await phone.post(f"/v/{notice.verify_code}/link", {"address": "thief@example.com"})
        again = await phone.post(f"/v/{notice.verify_code}/link", {"address": "xu@chengyu.example"})
    assert known.status_code == unknown.status_code == again.status_code == 200
    assert "即将送达" in unknown.text
    await office.work("notices.deliver", "notices.hand_over")
    (letter,) = mailbox.list_messages(mailbox_folder)
    assert letter.to.endswith("<xu@chengyu.example>")


def test_names_are_masked() -> None:
    assert masked("杭州澄屿茶业有限公司") == "杭州＊＊＊＊有限公司"
    assert masked("某某股份有限公司") == "某某＊股份有限公司"
    assert masked("张三") == "张＊"
    assert masked("阿里巴巴工作室") == "阿里＊＊工作室"
