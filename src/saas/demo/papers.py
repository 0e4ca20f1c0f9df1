"""Papers that people attach: a bank receipt, an invoice, a photograph of a contract, drawn as pictures."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from saas.kernel.pages import STATIC

SIZE = (900, 560)
INK, PAPER, RULE = "#26302c", "#fdfcf8", "#b9c2bb"
FONT = STATIC / "fonts" / "document" / "NotoSerifSC-Regular.ttf"


def paper(name: str, firm: str, day: date) -> tuple[str, bytes, str]:
    """(file name, bytes, media type): a picture with the paper's title, its company and its day."""
    picture = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(picture)
    large, small = (ImageFont.truetype(FONT, size) for size in (40, 24))
    pen.rectangle((24, 24, SIZE[0] - 24, SIZE[1] - 24), outline=RULE, width=2)
    pen.text((60, 60), name.rpartition(".")[0], fill=INK, font=large)
    for row, words in enumerate((firm, f"{day:%Y-%m-%d}", f"No. {day:%Y%m%d}{len(name):04d}")):
        pen.text((60, 150 + 60 * row), words, fill=INK, font=small)
        pen.line((60, 190 + 60 * row, SIZE[0] - 60, 190 + 60 * row), fill=RULE)
    out = BytesIO()
    picture.save(out, "PNG")
    return name, out.getvalue(), "image/png"
