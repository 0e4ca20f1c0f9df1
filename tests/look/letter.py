"""The sample letter as the product prints it.

    python tests/look/letter.py DIRECTORY

writes letter.zh.pdf and letter.en.pdf.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import segno
from gallery import ROOT, environment, sample

from saas.kernel.documents import cool_down, render_pdf
from saas.kernel.i18n import Locale, reading


def letter(locale: Locale) -> dict[str, Any]:
    """The context of documents/base.html, picture 5 of the design."""
    values = sample("letter", locale, "light")
    t = values["t"]
    firm = SimpleNamespace(
        name="衡溪会计服务（杭州）有限公司",
        name_en="Hengxi Accounting Services (Hangzhou) Co., Ltd.",
        licence="DLJZ33010620190057",
        address=t("Floor 6, 88 Wenxi Road, Xihu, Hangzhou", "杭州市西湖区文溪路 88 号 6 层"),
        phone="0571-5550 0188",
        email="notice@hengxi.example",
    )
    verify = {
        "code": "7KQ4-92XM-C3TD",
        "fingerprint": "c1e8 40b7 9a55 … 3f06 21dd",
        "snapshot": "9f3c 41ae … 7d20",
        "qr": "image:qr",
    }
    values["letter"] = SimpleNamespace(
        firm=firm,
        title=t("Notice of Adjustment", "账目调整通知书"),
        serial="衡调字〔2026〕第 0127 号",
        version=t("Version 1", "第 1 版"),
        date=t("25 November 2026", "二〇二六年十一月二十五日"),
        verify=verify,
        annexes=t("glossary, details", "术语说明、更正明细"),
    )
    return values


def html(locale: Locale) -> str:
    with reading(locale):
        return environment().get_template("gallery/letter.html").render(letter(locale))


async def pdf(locale: Locale) -> bytes:
    png = BytesIO()
    segno.make("https://hengxi.example/v/7KQ4-92XM-C3TD").save(png, kind="png", scale=8, border=0)
    css = (ROOT / "static" / "css" / "document.css").read_text("utf-8")
    moment = datetime(2026, 11, 25, tzinfo=UTC)
    return await render_pdf(html(locale), css=css, images={"qr": png.getvalue()}, created=moment)


async def main(directory: Path) -> None:
    locales: tuple[Locale, ...] = ("zh", "en")
    for locale in locales:
        (directory / f"letter.{locale}.pdf").write_bytes(await pdf(locale))
    cool_down()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
