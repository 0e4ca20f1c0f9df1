"""The firm's own colour on what its clients see: one tone, checked for contrast, and what follows from it.

Pure. Contrast is that of WCAG 2.2 (relative luminance); text needs 4.5 : 1 on the page and under white letters.
"""

from __future__ import annotations

import re

from saas.kernel.errors import Invalid
from saas.kernel.i18n import _

LEAST = 4.5
WHITE, PAGE, NIGHT = "FFFFFF", "F4F6F3", "0E1413"  # paper, and the page by day and by night (static/css/tokens.css)
SHAPE = re.compile(r"#?([0-9A-Fa-f]{6})")


def contrast(one: str, other: str) -> float:
    """1 … 21 between two tones written as six hexadecimal digits."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def checked(text: str) -> str:
    """The six digits in capitals, "" for none; Invalid where nobody could read it."""
    if not text:
        return ""
    found = SHAPE.fullmatch(text.strip())
    if found is None:
        raise Invalid(_("Write a colour as six digits, like #0D6366."))
    tone = found[1].upper()
    reached = min(contrast(tone, WHITE), contrast(tone, PAGE))
    if reached < LEAST:
        raise Invalid(_("This colour is too light: its contrast with the page is %(found)s, and text needs 4.5. "
                        "Choose a darker one.", found=f"{reached:.1f}"))  # fmt: skip
    return tone


def stylesheet(tone: str) -> str:
    """The accent of the client's pages by day and by night, and of a letter's head, from one checked tone."""
    by_night = tone
    while contrast(by_night, NIGHT) < 7:
        by_night = mixed(by_night, WHITE, 0.12)
    tones = {
        "accent": (tone, by_night),
        "accent-hover": (mixed(tone, "000000", 0.25), mixed(by_night, WHITE, 0.3)),
        "accent-soft": (mixed(tone, WHITE, 0.88), mixed(by_night, NIGHT, 0.82)),
        "accent-line": (mixed(tone, WHITE, 0.6), mixed(by_night, NIGHT, 0.6)),
        "on-accent": (WHITE, mixed(by_night, "000000", 0.85)),
    }
    lines = [f"--{name}:var(--if-light,#{day}) var(--if-dark,#{night});" for name, (day, night) in tones.items()]
    return f":root{{{''.join(lines)}}}\n{on_paper(tone)}"


def on_paper(tone: str) -> str:
    """The double rule under the letterhead and the firm's mark."""
    return f".letterhead{{border-bottom-color:#{tone}}}.letterhead-mark span{{background:#{tone}}}\n"


def mixed(one: str, other: str, part: float) -> str:
    """`part` of the other tone in the one."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "".join(f"{round(a * (1 - part) + b * part):02X}" for a, b in pairs)


def _channels(tone: str) -> list[int]:
    return [int(tone[at : at + 2], 16) for at in (0, 2, 4)]


def _luminance(tone: str) -> float:
    parts = [value / 255 for value in _channels(tone)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
