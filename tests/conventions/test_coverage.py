"""docs/COVERAGE.md knows every requirement, and the tests it names exist."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

POINTS = {"A1": 4, "R-S": 6, "A-S": 4}  # sections with another number of points than three (A) or four (R)
SECTIONS = [f"{part}{n}" for part in "AR" for n in range(1, 21)]
IDS = [f"{section}.{n}" for section in SECTIONS for n in range(1, POINTS.get(section, 3 if section < "R" else 4) + 1)]
IDS += [f"{part}-S{n}" for part in "AR" for n in range(1, POINTS[f"{part}-S"] + 1)]
STATUS = re.compile(r"done|partial \(issue \d: .+\)|open \(issue \d\)")


@dataclass(frozen=True)
class Row:
    """One requirement's line of the table."""

    line: int
    id: str
    where: str
    tests: tuple[str, ...]
    status: str


@pytest.fixture(scope="module")
def rows(root: Path) -> list[Row]:
    lines = (root / "docs" / "COVERAGE.md").read_text("utf-8").splitlines()
    found = []
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if re.fullmatch(r"[AR](\d+\.\d+|-S\d)", cells[0]):
            assert len(cells) == 5, f"docs/COVERAGE.md:{number}: five columns expected (no | inside a cell)"
            tests = tuple(re.findall(r"tests/[\w./\-]+(?:::\w+)?", cells[3]))
            found.append(Row(number, cells[0], cells[2], tests, cells[4]))
    return found


def test_the_list_of_requirements_is_complete() -> None:
    assert len(IDS) == 61 + 80 + 4 + 6
    assert {"A1.4", "A20.3", "R1.1", "R20.4", "A-S4", "R-S6"} <= set(IDS)


def test_every_requirement_has_one_row(rows: list[Row]) -> None:
    ids = [row.id for row in rows]
    assert [i for i in IDS if i not in ids] == []
    assert [i for i in ids if i not in IDS or ids.count(i) > 1] == []


def test_every_row_has_a_status(rows: list[Row]) -> None:
    wrong = [f"docs/COVERAGE.md:{r.line}: {r.id}: {r.status!r}" for r in rows if not STATUS.fullmatch(r.status)]
    assert not wrong, "\n".join(wrong)


def test_what_is_not_open_says_where_it_is_and_what_proves_it(rows: list[Row]) -> None:
    bare = [
        f"docs/COVERAGE.md:{row.line}: {row.id} is not open and names no {'test' if row.where else 'place'}"
        for row in rows
        if not row.status.startswith("open") and not (row.where and row.tests)
    ]
    assert not bare, "\n".join(bare)


def test_every_test_named_exists(rows: list[Row], root: Path) -> None:
    missing = []
    for row in rows:
        for test in row.tests:
            path, _colons, name = test.partition("::")
            file = root / path
            found = file.exists() and (not name or re.search(rf"\b(def|class) {name}\b", file.read_text("utf-8")))
            if not found:
                missing.append(f"docs/COVERAGE.md:{row.line}: {row.id} names {test}, which does not exist")
    assert not missing, "\n".join(missing)
