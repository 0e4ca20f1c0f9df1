"""How one amount becomes another by a slip of the pen: the decimal point, or two neighbouring digits exchanged."""

from __future__ import annotations

FACTORS = (10, 100, 1000)


def slip(found: int, right: int) -> str:
    """ "×10", "÷100", "transposed", or "" when neither explains the difference. Both in fen.

    Exact, but for the digits that a division by ten cuts off below the fen.
    """
    for factor in FACTORS:
        if found == right * factor:
            return f"×{factor}"
        if found > 99 and abs(right - found * factor) < factor:
            return f"÷{factor}"
    return "transposed" if _neighbours_exchanged(str(found), str(right)) else ""


def undone(found: int) -> list[tuple[int, str]]:
    """What may have been meant, if the decimal point slipped: (fen, kind)."""
    shrunk = [(found // factor, f"×{factor}") for factor in FACTORS if found % factor == 0]
    return [*shrunk, *((found * factor, f"÷{factor}") for factor in FACTORS)]


def _neighbours_exchanged(a: str, b: str) -> bool:
    if len(a) != len(b):
        return False
    differ = [i for i in range(len(a)) if a[i] != b[i]]
    if len(differ) != 2 or differ[1] != differ[0] + 1:
        return False
    i, j = differ
    return a[i] == b[j] and a[j] == b[i]
