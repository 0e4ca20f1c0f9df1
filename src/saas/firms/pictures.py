"""Logo and seal: drawn anew from what was uploaded, so that nothing but the picture itself is ever kept or shown."""

from __future__ import annotations

import io

from anyio import to_thread
from PIL import Image, ImageOps, UnidentifiedImageError

from saas.kernel.errors import Invalid
from saas.kernel.i18n import _

LARGEST_FILE = 4 * 1024 * 1024  # bytes
LARGEST_SIDE = 6000  # pixels of the upload
KEPT_SIDE = 800  # pixels of what is kept
FORMATS = ("PNG", "JPEG")


async def redraw(content: bytes) -> bytes:
    """A PNG of at most 800 pixels a side, without metadata; Invalid for anything but a PNG or JPEG of sane size."""
    if len(content) > LARGEST_FILE:
        raise Invalid(_("The picture is larger than %(n)s MB.", n=LARGEST_FILE // 1024 // 1024))
    return await to_thread.run_sync(_redraw, content)


def _redraw(content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as found:
            if max(found.size) > LARGEST_SIDE:
                raise Invalid(_("The picture has more than %(n)s pixels on a side.", n=LARGEST_SIDE))
            drawn = ImageOps.exif_transpose(found).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Invalid(_("This is not a PNG or JPEG picture, or it is damaged.")) from error
    drawn.thumbnail((KEPT_SIDE, KEPT_SIDE))
    plain = Image.new("RGBA", drawn.size)
    plain.paste(drawn)
    out = io.BytesIO()
    plain.save(out, "PNG", optimize=True)
    return out.getvalue()
