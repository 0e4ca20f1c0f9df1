"""PDF documents: PDF/A, Chinese that can be read back, the same bytes twice, and no way out of the process."""

from __future__ import annotations

import io
import math
import operator
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from saas.kernel import documents
from saas.kernel.sandbox import MIB, ExhaustedError, Sandbox

CREATED = datetime(2026, 3, 31, 8, 0, tzinfo=UTC)
PARAGRAPH = "<p>贵公司 2026 年 3 月记-12 号凭证将应计入应付职工薪酬的款项误记入管理费用，现按红字更正法更正。</p>"
CSS = '@page { margin: 19mm; @bottom-center { content: "第 " counter(page) " 页 共 " counter(pages) " 页" } }'


def letter(body: str) -> str:
    return f"<html lang=zh-CN><head><title>账务调整通知</title></head><body><h1>账务调整通知</h1>{body}</body></html>"


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 60), "navy").save(out, kind)
    return out.getvalue()


async def test_the_chinese_of_a_letter_can_be_read_back() -> None:
    pdf = await documents.render_pdf(
        letter(PARAGRAPH * 25 + "<p>委托方：犇鑫堃喆（上海）商贸有限公司</p>"), css=CSS, created=CREATED
    )
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) == 2
    assert "应付职工薪酬" in pages[0]
    assert "犇鑫堃喆（上海）" in pages[1]
    assert "第 2 页 共 2 页" in pages[1]


async def test_it_declares_itself_pdf_a_3_and_embeds_its_fonts() -> None:
    pdf = await documents.render_pdf(letter(PARAGRAPH + "<b>粗体</b>"), created=CREATED)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    metadata = reader.xmp_metadata
    assert metadata is not None
    assert (metadata.pdfaid_part, metadata.pdfaid_conformance) == ("3", "U")
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert len(fonts) == 2
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "NotoSerif" in descriptor["/FontName"].replace("-", "")
        assert "/FontFile2" in descriptor


def test_a_process_that_printed_leaves_no_fonts_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """WeasyPrint copies the fonts of @font-face into a temporary folder, which a killed process never removes."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    documents.cool_down()
    documents.warm_up()
    left = [path.name for path in tmp_path.iterdir() if path.name.startswith("weasyprint")]
    documents.cool_down()
    assert left == []


async def test_a_character_the_fonts_lack_is_refused_and_not_left_out() -> None:
    with pytest.raises(documents.DocumentRefusedError, match=r"𠮷 \(U\+20BB7\)"):
        await documents.render_pdf(letter("<p>𠮷野家（上海）有限公司</p>"), created=CREATED)


@pytest.mark.parametrize(
    "words",
    ["犇鑫垚堃喆珺玥昇囍", "镕甯赟龑", "〇一二￥①②③√×÷±℃№…—·「」『』【】《》〔〕%‰", "\u00a0\u3000\ufeff\u200b"],
)
async def test_what_a_letter_in_china_needs_is_there(words: str) -> None:
    assert await documents.render_pdf(letter(f"<p>{words}</p>"), created=CREATED)


async def test_the_same_input_gives_the_same_bytes() -> None:
    annexes = [documents.Annex("分录.json", b"{}", "the approved entries")]
    made = [
        await documents.render_pdf(letter(PARAGRAPH), css=CSS, annexes=annexes, created=CREATED) for _time in range(2)
    ]
    assert made[0] == made[1]


async def test_an_annex_comes_out_as_it_went_in() -> None:
    pdf = await documents.render_pdf(
        letter(PARAGRAPH), annexes=[documents.Annex("entries.json", b"[1]")], created=CREATED
    )
    assert pypdf.PdfReader(io.BytesIO(pdf)).attachments == {"entries.json": [b"[1]"]}


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
async def test_an_image_handed_in_is_drawn(kind: str) -> None:
    page = letter('<img src="image:logo">')
    pdf = await documents.render_pdf(page, images={"logo": picture(kind)}, created=CREATED)
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].images) == 1


@pytest.mark.parametrize(
    "page",
    [
        '<img src="http://127.0.0.1:9/x.png">',
        '<img src="file:///etc/passwd">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<style>@import url("http://127.0.0.1:9/x.css");</style>',
        '<p style="background: url(http://127.0.0.1:9/x)">x</p>',
        '<img src="image:another">',
        '<style>@font-face { font-family: x; src: url("font:../../../pyproject.toml") }</style>',
        '<img src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22/>">',
    ],
)
async def test_a_page_reaches_nothing_but_what_it_was_given(page: str) -> None:
    with pytest.raises(documents.DocumentRefusedError, match="may not fetch"):
        await documents.render_pdf(letter(page), created=CREATED)


async def test_a_page_cannot_attach_files_itself() -> None:
    pdf = await documents.render_pdf(letter('<link rel="attachment" href="file:///etc/passwd">'), created=CREATED)
    assert pypdf.PdfReader(io.BytesIO(pdf)).attachments == {}


@pytest.mark.parametrize("content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"", b"GIF89a"])
async def test_an_image_of_another_kind_is_refused(content: bytes) -> None:
    with pytest.raises(documents.DocumentRefusedError, match="neither PNG nor JPEG"):
        await documents.render_pdf(letter('<img src="image:logo">'), images={"logo": content}, created=CREATED)


async def test_501_rows_are_too_many_for_a_letter() -> None:
    with pytest.raises(documents.DocumentRefusedError, match="501 rows"):
        await documents.render_pdf(letter("<table>" + "<tr><td>1</td></tr>" * 501 + "</table>"), created=CREATED)


@pytest.mark.parametrize(
    ("function", "argument"),
    [pytest.param(bytearray, 2048 * MIB, id="memory"), pytest.param(math.factorial, 10**7, id="time")],
)
def test_work_past_its_limits_ends_alone(function: Callable[[int], object], argument: int) -> None:
    sandbox = Sandbox(memory=512 * MIB, cpu_seconds=1)
    with pytest.raises(ExhaustedError):
        sandbox.call(function, argument)
    assert sandbox.call(operator.mul, 2, 21) == 42
    sandbox.close()
