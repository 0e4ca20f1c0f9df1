"""Find the table in a sheet: the header row (one or two rows), and which column is which field."""

from __future__ import annotations

import polars as pl

from saas.ledgers.reading import evidence
from saas.ledgers.reading.grid import Grid
from saas.ledgers.reading.headings import MANY, fields, fields_of
from saas.ledgers.reading.marks import FORM, TOTALS
from saas.ledgers.reading.sheet import Column, Kind, Sheet

SEARCH = 30  # rows in which a header is looked for
NEARLY = 0.9  # of the best score: a header as good as the best
SAMPLE = 200  # rows that a column is judged by


def find(grid: Grid) -> Sheet | None:
    """The table of a sheet; None when no row looks like the header of a ledger."""
    top = [list(row) for row in grid.cells.head(SEARCH + 2).rows()]
    candidates: list[tuple[float, Sheet]] = []
    for start in range(min(SEARCH, len(top))):
        if sum(cell is not None for cell in top[start]) < 2:
            continue
        found = [c for height in (1, 2) if start + height <= len(top) and (c := _candidate(grid, top, start, height))]
        candidates += [max(found, key=lambda c: c[0])] if found else []
    if not candidates:
        return None
    # Of headers that are nearly as good the first: some exports repeat the header on every page.
    enough = NEARLY * max(score for score, __ in candidates)
    return next(sheet for score, sheet in candidates if score >= enough)


def _candidate(grid: Grid, top: list[list[str | None]], start: int, height: int) -> tuple[float, Sheet] | None:
    labels = _labels(top[start], top[start + 1] if height == 2 else None)
    found: list[tuple[float, Sheet]] = []
    kinds: tuple[Kind, ...] = ("lines", "balances")
    for kind in kinds:
        guesses = [_guess(options, kind) for options in labels]
        if sum(bool(guess) for guess in guesses) < 3:
            continue
        columns = assign(grid, start + height, [options[0] if options else "" for options in labels], guesses, kind)
        fields = {column.field for column in columns}
        if _complete(kind, fields):
            titles = tuple(cell for row in top[:start] for cell in row if cell)
            score = sum(column.confidence for column in columns if column.field) - 0.1 * (height - 1)
            found.append((score + (1 if kind == "lines" else 0), Sheet(grid, kind, start + 1, height, columns, titles)))
    return max(found, key=lambda item: item[0]) if found else None


def _labels(upper: list[str | None], lower: list[str | None] | None) -> list[list[str]]:
    """For each column the readings of its heading, the likeliest first; a merged upper cell spans those right of it."""
    if lower is None:
        return [[cell] if cell else [] for cell in upper]
    labels: list[list[str]] = []
    spanning = ""
    for above, below in zip(upper, lower, strict=True):
        spanning = above or (spanning if below else "")
        if below and spanning and below != spanning:
            labels.append([f"{spanning}/{below}", below])
        else:
            labels.append([text for text in (above or below,) if text])
    return labels


def _guess(options: list[str], kind: Kind) -> dict[str, float]:
    for place, label in enumerate(options):
        if guess := fields_of(label, kind):
            return {field: score * (1 - 0.15 * place) for field, score in guess.items()}
    return {}


def assign(
    grid: Grid, first: int, labels: list[str], guesses: list[dict[str, float]], kind: Kind
) -> tuple[Column, ...]:
    """Give each field its best column, in the order of the field table; content decides between equals."""
    values = [_values(grid, first, index, labels[index]) if guess else [] for index, guess in enumerate(guesses)]
    taken: dict[int, tuple[str, float]] = {}
    for field in fields(kind):
        if _superfluous(field, {name for name, __ in taken.values()}, kind):
            continue
        offers = []
        for index, guess in enumerate(guesses):
            if index in taken or field not in guess:
                continue
            fit = evidence.fit(field, values[index])
            if fit >= evidence.REQUIRED:
                offers.append((guess[field] * (0.5 + fit / 2), -index))
        offers.sort(reverse=True)
        for score, index in offers if field in MANY else offers[:1]:
            taken[-index] = (field, round(score, 2))
    if kind == "balances":
        _sides_beside(guesses, taken)
    unique = _unique(labels)
    columns = []
    for index, heading in enumerate(unique):
        field_, confidence = taken.get(index, (None, 0.0))
        columns.append(Column(index, heading, field_, confidence, tuple(values[index][:3])))
    return tuple(columns)


def _sides_beside(guesses: list[dict[str, float]], taken: dict[int, tuple[str, float]]) -> None:
    """A column 方向 directly before a balance is that balance's side (there may be one before each)."""
    for index, guess in enumerate(guesses):
        beside = taken.get(index + 1, ("", 0.0))[0]
        if "side" in guess and beside in {"year_opening", "opening", "closing"}:
            taken[index] = (f"{beside}_side", guess["side"])


def _superfluous(field: str, taken: set[str], kind: Kind) -> bool:
    """An amount beside debit and credit is the foreign amount or a balance; its side tells nothing either."""
    if kind == "balances":
        return (field in {"opening", "closing", "year_opening"} and f"{field}_debit" in taken) or (
            field.endswith("_side") and f"{field[:-5]}_debit" in taken
        )
    return (field == "amount" and {"debit", "credit"} <= taken) or (field == "side" and "amount" not in taken)


def _values(grid: Grid, first: int, index: int, heading: str) -> list[str]:
    """The column's first cells below the header, without repeated headings, totals and the text of a printed form."""
    column = grid.cells[str(index)].slice(first, SAMPLE).drop_nulls().cast(pl.String)
    other = column.is_in(heading.split("/")) | column.str.contains(TOTALS) | column.str.contains(FORM)
    return [str(value) for value in column.filter(~other).to_list()]


def _unique(labels: list[str]) -> list[str]:
    """Headings that occur twice get a number, so that a remembered mapping can tell them apart."""
    seen: dict[str, int] = {}
    unique = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        unique.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return unique


def _complete(kind: Kind, fields: set[str | None]) -> bool:
    if not fields & {"account", "account_name"}:
        return False
    if kind == "balances":
        has = [any(f and f.startswith(prefix) for f in fields) for prefix in ("opening", "closing")]
        return any(has) and (all(has) or "debit" in fields)
    amounts = {"debit", "credit"} <= fields or "amount" in fields
    return amounts and bool(fields & {"date", "number", "journal", "month"}) and not {"opening", "closing"} & fields
