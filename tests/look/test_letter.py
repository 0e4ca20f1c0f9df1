"""The letter: one printed page in Chinese, its own fonts only, red lines that survive grey print."""

from __future__ import annotations

from io import BytesIO

import letter
import pytest
from pypdf import PdfReader

from saas.kernel.documents import cool_down


@pytest.fixture(scope="module", autouse=True)
def _printers():
    yield
    cool_down()


async def test_the_chinese_letter_is_complete_on_its_page() -> None:
    pages = PdfReader(BytesIO(await letter.pdf("zh"))).pages
    text = pages[0].extract_text()
    assert len(pages) == 1
    for words in (
        "一、调整原因",
        "四、请贵公司办理",
        "红字",
        "−86,800.00",
        "人民币陆佰捌拾柒元壹角柒分",
        "第 1 页",
        "共 1 页",
    ):
        assert words in text
    assert "清账" not in text


async def test_only_our_fonts_are_used() -> None:
    """A missing glyph would bring in a font of the machine, and another machine would print another letter."""
    page = PdfReader(BytesIO(await letter.pdf("zh"))).pages[0]
    names = {str(font.get_object()["/BaseFont"]).partition("+")[2] for font in page["/Resources"]["/Font"].values()}
    assert names == {"Noto-Serif-SC", "Noto-Serif-SC-Bold"}


async def test_the_english_letter_counts_its_pages() -> None:
    pages = PdfReader(BytesIO(await letter.pdf("en"))).pages
    assert f"Page 1 of {len(pages)}" in pages[0].extract_text()
    assert "1. Cause" in pages[0].extract_text()
