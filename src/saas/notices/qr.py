"""QR codes: vector paths on our pages, a picture of two colours in a letter."""

from __future__ import annotations

from io import BytesIO

import segno
from markupsafe import Markup, escape


def svg(address: str, label: str = "") -> Markup:
    """An <svg> for a page: one path, no style attribute."""
    code = segno.make(address, error="m", micro=False)
    out = BytesIO()
    code.save(
        out, kind="svg", xmldecl=False, svgns=True, nl=False, omitsize=True, border=0, svgclass=None, lineclass=None
    )
    drawn = out.getvalue().decode()
    return Markup(drawn.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1))  # noqa: S704 - segno's own output


def png(address: str) -> bytes:
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", scale=8, border=0)
    return out.getvalue()
