"""The letter as a document: what it must say in either language, its frozen content inside, its bytes once issued."""

from __future__ import annotations

import dataclasses
import io
import re
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pypdf
import pytest
from PIL import Image
from pyzbar import pyzbar

from saas.kernel import documents as printing
from saas.kernel.i18n import Text, _
from saas.notices import documents, glossary, qr, wording
from saas.notices.content import at, canonical, fingerprint, grouped, is_empty, plain
from saas.notices.documents import Letterform, Pictures
from saas.notices.letters import Letter
from saas.notices.vouchers import move, vouchers
from tests.notices.sample import CONTENT, TITLE

ISSUED = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
SIGNED = {"handler": "陆予安", "reviewer": "沈知微", "head": "周以宁", "contact": "陆予安", "phone": "0571-5550 0188"}
LETTER = {
    "title": TITLE.store(),
    "serial": "衡调字〔2026〕第 0127 号",
    "version": 1,
    "date": "2026-11-25",
    "verify_code": "qycuy52t.42KTK87KJRSNP-H7JT7V5KHSW74",
    "sender": {
        "name": "衡溪会计服务（杭州）有限公司",
        "name_en": "Hengxi Accounting Services (Hangzhou) Co., Ltd.",
        "licence": "DLJZ33010620190057",
        "address": "杭州市西湖区文溪路 88 号 6 层",
        "address_en": "6F, 88 Wenxi Road, Hangzhou",
        "phone": "0571-5550 0188",
        "email": "notice@hengxi.example",
        "logo_sha256": "",
        "seal_sha256": "",
    },
    "addressee": {
        "name": "杭州澄屿茶业有限公司",
        "name_en": "Hangzhou Chengyu Tea Co., Ltd.",
        "uscc": "91110000600037341L",
        "standard": "small",
        "person": "许承泽 总经理",
    },
}
COMPLETION: dict[str, Any] = {
    "notice": LETTER["serial"],
    "vouchers": "记-61、记-62、记-63，2026-11-30",
    "balances": CONTENT["comparison"],
    "result": "重新导入 11 月账簿，原规则不再命中",
    "payments": "none",
    "lesson": "5,000 元以上的采购先判断是否为固定资产",
    "before_sha256": "9f3c41ae" * 8,
    "after_sha256": "1b7d20aa" * 8,
}


def form(locale: str = "zh", kind: str = "adjustment", content: dict[str, Any] | None = None) -> Letterform:
    filled = plain({**(CONTENT if content is None else content), **SIGNED, "answer_by": "2026-11-30"})
    filled["letter"] = {**LETTER, "locale": locale}
    return Letterform(kind, filled, filled["letter"], fingerprint(filled), Pictures())


def words(html: str) -> str:
    """What a reader sees, white space apart."""
    text = re.sub(r"<(head|style).*?</\1>", "", html, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


async def text_of(made: Letterform) -> str:
    reader = pypdf.PdfReader(io.BytesIO(await documents.pdf(made, ISSUED)))
    return "\n".join(page.extract_text() for page in reader.pages)


@pytest.mark.parametrize(
    ("locale", "wanted"),
    [
        ("zh", ["账目调整通知书", "调整事由", "自动检查", "数据录入错误", "我公司", "红字更正法", "增值税影响", "回执",
                "《会计基础工作规范》第五十一条第（五）项", "代理记账合同第七条", "2026 年 11 月 30 日", "术语说明",
                "4,340.00 元（人民币肆仟叁佰肆拾元整）", "21.70 元（人民币贰拾壹元柒角）", "企业所得税 2026 年第三季度",
                "未答复不视为同意", "9f3c41ae9f3c", "小企业会计准则", "统一社会信用代码 91110000600037341L",
                "代理记账许可证书", "DLJZ33010620190057", "二〇二六年十一月二十五日", "人民币陆佰捌拾柒元壹角柒分",
                "陆予安", "沈知微", "周以宁", "第 1 版"]),
        ("en", ["Notice of Account Adjustment", "1. Why", "an automatic check", "Entry error", "our firm",
                "red-letter correction", "30 November 2026", "CNY 4,340.00", "人民币肆仟叁佰肆拾元整",
                "Silence is not taken as consent", "Hengxi Accounting Services (Hangzhou) Co., Ltd.", "Version 1",
                "Accounting Standard for Small Enterprises", "25 November 2026", "Terms used",
                "Hangzhou Chengyu Tea Co., Ltd."]),
    ],
)  # fmt: skip
async def test_the_letter_says_what_it_must(locale: str, wanted: list[str]) -> None:
    text = re.sub(r"\s+", "", await text_of(form(locale)))
    assert [phrase for phrase in wanted if re.sub(r"\s+", "", phrase) not in text] == []


async def test_both_languages_stand_in_one_letter_chinese_first() -> None:
    reader = pypdf.PdfReader(io.BytesIO(await documents.pdf(form("both"), ISSUED)))
    pages = [page.extract_text() for page in reader.pages]
    first_english = next(i for i, page in enumerate(pages) if "Notice of Account Adjustment" in page)
    assert "账目调整通知书" in pages[0]
    assert first_english > 0
    assert f"共 {len(pages)} 页" in pages[0]


async def test_pages_are_counted_and_carry_the_serial() -> None:
    reader = pypdf.PdfReader(io.BytesIO(await documents.pdf(form(), ISSUED)))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) == 2
    assert "第 1 页" in pages[0]
    assert "第 2 页" in pages[1]
    assert "共 2 页" in pages[1]
    assert "0127" in pages[1]


async def test_the_frozen_content_is_inside_and_hashes_to_the_printed_fingerprint() -> None:
    made = form()
    reader = pypdf.PdfReader(io.BytesIO(await documents.pdf(made, ISSUED)))
    (annex,) = reader.attachments["content.json"]
    assert annex == canonical(made.content)
    assert sha256(annex).hexdigest() == made.content_sha256
    assert grouped(made.content_sha256).split(" … ")[0] in reader.pages[0].extract_text()
    metadata = reader.xmp_metadata
    assert metadata is not None
    assert (metadata.pdfaid_part, metadata.pdfaid_conformance) == ("3", "U")


async def test_the_same_content_gives_the_same_bytes() -> None:
    assert await documents.pdf(form(), ISSUED) == await documents.pdf(form(), ISSUED)


async def test_what_people_typed_is_text_and_never_markup() -> None:
    evil = '<img src="file:///etc/passwd"><script>x</script>{{ 7*7 }}'
    made = form(content={**CONTENT, "facts": evil, "duties": [evil], "cause": evil})
    html = documents.html(made)
    assert evil not in html
    assert "&lt;img src=" in html
    assert "{{ 7*7 }}" in words(html)
    await documents.pdf(made, ISSUED)


async def test_logo_seal_and_code_are_drawn() -> None:
    made = form()
    picture = io.BytesIO()
    Image.new("RGB", (60, 60), "navy").save(picture, "PNG")
    drawn = Pictures(picture.getvalue(), picture.getvalue(), qr.png(documents.verify_url(LETTER["verify_code"])))
    pages = pypdf.PdfReader(io.BytesIO(await documents.pdf(dataclasses.replace(made, pictures=drawn), ISSUED))).pages
    assert len({image.name for page in pages for image in page.images}) >= 2
    preview = documents.html(dataclasses.replace(made, pictures=drawn), preview=True)
    assert preview.count('src="data:image/png;base64,') == 3
    (found,) = pyzbar.decode(Image.open(io.BytesIO(drawn.qr)).resize((600, 600)))
    assert found.data.decode().endswith(f"/v/{LETTER['verify_code']}")


def test_the_preview_is_the_same_letter() -> None:
    assert words(documents.html(form(), preview=True)) == words(documents.html(form()))


def test_the_letter_repeats_what_the_client_expects() -> None:
    zh, en = (words(documents.html(form(locale))) for locale in ("zh", "en"))
    assert "贵公司提出的期望：年报前更正完毕，并说明对税款的影响。" in zh
    assert "贵公司希望于 2026 年 12 月 5 日前办妥。" in zh
    assert "You told us what you expect: corrected before the annual report, tax explained." in en
    assert "You wish it to be done by 5 December 2026." in en
    without = {name: value for name, value in CONTENT.items() if name not in ("expectation", "expected_by")}
    assert "希望" not in words(documents.html(form(content=without)))  # a letter of before


def test_the_completion_letter_carries_both_hashes() -> None:
    text = words(documents.html(form("zh", "completion", COMPLETION)))
    for wanted in ("账目调整完成报告", LETTER["serial"], "记-61、记-62、记-63", "9f3c41ae" * 8, "1b7d20aa" * 8,
                   "1,949,112.83", "改进措施"):  # fmt: skip
        assert str(wanted) in text


def test_a_general_letter_has_its_title_paragraphs_and_duties() -> None:
    text = words(documents.html(form("both", "general", {"text": "第一段\n第二段", "duties": ["寄回合同"]})))
    for wanted in (str(TITLE), "第一段", "第二段", "寄回合同", "Please answer by 30 November 2026."):
        assert wanted in text


def test_red_letters_stand_red_and_minus_and_ordinary_ones_plain() -> None:
    shown = vouchers(CONTENT["correcting_lines"], "zh")
    assert [v["kind"] for v in shown] == ["red", "blue", "blue"]
    assert shown[0]["lines"][0]["debit"] == -8_680_000
    ordinary = vouchers([line for line in CONTENT["correcting_lines"] if not line["red"]], "zh")
    assert {v["kind"] for v in ordinary} == {""}


def test_drafts_without_numbers_are_told_apart() -> None:
    lines = [{**line, "voucher": "记"} for line in CONTENT["correcting_lines"]]
    assert [len(v["lines"]) for v in vouchers(lines, "zh")] == [3, 3, 2]


def test_the_move_is_what_left_one_account_for_another() -> None:
    found = move(CONTENT, "zh")
    assert found is not None
    assert (found.amount.fen, found.source, found.target) == (8_680_000, "管理费用—办公费", "固定资产—生产设备")
    assert move({"correcting_lines": CONTENT["correcting_lines"][6:]}, "zh") is None


def test_values_are_said_in_the_letters_language() -> None:
    stored = _("Version %(n)s", n=2).store()
    assert (wording.say(stored, "zh"), wording.say(stored, "en")) == ("第 2 版", "Version 2")
    assert wording.say({"zh": "甲", "en": "A"}, "en") == "A"
    assert wording.say({"zh": "甲"}, "en") == "甲"
    assert wording.say(["甲", {"zh": "乙", "en": "B"}], "zh") == "甲；乙"
    assert wording.say("client", "zh", "found_by") == "贵公司提出"
    assert wording.say("firm", "en", "cost_borne_by") == "our firm"
    assert wording.say("none", "zh") == "无"
    assert wording.amount(0, "zh") == "0.00 元（人民币零元整）"
    assert wording.amount("尚需三季度申报表", "zh") == "尚需三季度申报表"


@pytest.mark.parametrize(
    ("day", "zh"),
    [
        ("2026-11-25", "二〇二六年十一月二十五日"),
        ("2027-01-01", "二〇二七年一月一日"),
        ("2030-10-10", "二〇三〇年十月十日"),
        ("2026-02-20", "二〇二六年二月二十日"),
        ("2026-12-31", "二〇二六年十二月三十一日"),
    ],
)
def test_dates_of_issue_are_in_chinese_numerals(day: str, zh: str) -> None:
    assert wording.formal_day(date.fromisoformat(day), "zh") == zh


def test_every_slot_has_a_name_in_both_languages() -> None:
    for kind in Letter.kinds():
        for slot in kind.slots:
            assert wording.label(slot.word, "zh")
            assert wording.label(slot.word, "en").isascii()


def test_the_sample_is_complete() -> None:
    required = Letter.kind("adjustment").required
    filled_in = ("handler", "head", "contact", "answer_by")
    assert [name for name in required if is_empty(at(CONTENT, name)) and name not in filled_in] == []


def test_the_glossary_explains_only_what_the_letter_uses() -> None:
    terms = [term for term, _means in glossary.terms_in("adjustment", CONTENT, "zh")]
    assert "固定资产" in terms
    assert "暂估" not in terms
    assert glossary.terms_in("general", {"text": "固定资产"}, "zh") == []


def test_content_is_frozen_in_one_writing() -> None:
    assert canonical({"b": 1, "a": "甲"}) == canonical({"a": "甲", "b": 1}) == '{"a":"甲","b":1}'.encode()
    with pytest.raises(TypeError, match="float"):
        plain({"rate": 0.1})
    assert plain({"t": Text("x"), "d": ISSUED.date()}) == {"t": {"msgid": "x", "params": {}}, "d": "2026-11-25"}


def test_the_template_version_names_what_letters_are_made_of() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", documents.template_version())


@pytest.fixture(scope="module", autouse=True)
def _cool_down() -> Any:
    yield
    printing.cool_down()
