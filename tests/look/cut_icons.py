"""Cut the icon sprite: the names in static/img/icons.txt out of an unpacked @tabler/icons package (MIT).

    npm pack @tabler/icons@3.51.0 && tar xzf tabler-icons-3.51.0.tgz
    python tests/look/cut_icons.py package/icons/outline

Writes static/img/icons.svg: one <symbol> per name, 24 × 24; stroke and fill come from the class `icon` in base.css.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

IMG = Path(__file__).parents[2] / "static" / "img"
GROUND = '<path stroke="none" d="M0 0h24v24H0z" fill="none"/>'


def symbol(name: str, svg: str) -> str:
    """One Tabler file as a <symbol>: its paths without the transparent ground."""
    body = "".join(re.sub(r"\s*/>", "/>", " ".join(path.split())) for path in re.findall(r"<(?!/|svg)[^>]+/>", svg))
    return f'<symbol id="{name}" viewBox="0 0 24 24">{body.replace(GROUND, "")}</symbol>'


def cut(outline: Path) -> str:
    names = sorted(set((IMG / "icons.txt").read_text("utf-8").split()))
    symbols = (symbol(name, (outline / f"{name}.svg").read_text("utf-8")) for name in names)
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


if __name__ == "__main__":
    (IMG / "icons.svg").write_text(cut(Path(sys.argv[1])), "utf-8")
