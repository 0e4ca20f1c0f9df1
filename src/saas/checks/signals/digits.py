"""How one amount becomes another by a slip of the pen: the decimal point, or two neighbouring digits exchanged."""

from __future__ import annotations

import polars as pl

PECULIAR = 3  # significant digits that make an amount more than a round one
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


def figures(amount: str) -> pl.Expr:
    """How many significant digits the amounts of a column (fen) have: 3 for 120,500.00."""
    return pl.col(amount).cast(pl.String).str.strip_chars_end("0").str.len_chars().cast(pl.Int64)


def other_sums(sums: pl.DataFrame, amount: str) -> pl.DataFrame:
    """The rows once for each sum that may have been meant: `meant` (fen), and `tries`, how many of its kind there are.

    The point moved, or two neighbours among the first seven digits exchanged.
    """
    fen = pl.col(amount)
    point = [
        *(sums.with_columns(meant=pl.when(fen % by == 0).then(fen // by)) for by in FACTORS),
        *(sums.with_columns(meant=fen * by) for by in FACTORS[:2]),
    ]
    text = fen.cast(pl.String)
    swaps = [
        sums.filter(text.str.len_chars() > at + 1).with_columns(
            meant=pl.concat_str(
                text.str.slice(0, at), text.str.slice(at + 1, 1), text.str.slice(at, 1), text.str.slice(at + 2)
            ).cast(pl.Int64)
        )
        for at in range(6)
    ]
    tried = [(1.0, part) for part in point] + [(5.0, part) for part in swaps]
    every = pl.concat([part.with_columns(tries=pl.lit(tries)) for tries, part in tried])
    return every.drop_nulls("meant").filter(pl.col("meant") != fen)
