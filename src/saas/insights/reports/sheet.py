"""The pages of a report: a summary first, the overview, then every subject with all its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.models import FirmProfile
from saas.firms.queries import profile as profile_of
from saas.insights.dashboards.asking import Asked
from saas.insights.dashboards.boards import BOARDS, OVERVIEW, Board
from saas.insights.dashboards.readings import Reading, change, goal, readings
from saas.insights.dashboards.units import said
from saas.insights.measures.catalogue import MEASURES
from saas.insights.reports.cards import card
from saas.notices.pictures import pictures_of

T = TypeVar("T")
ACROSS, DOWN = 2, 3  # figures on a page
FRONT = 2  # pages before the subjects: summary, overview
SUBJECTS = [board for board in BOARDS.values() if board.key not in ("", "charter")]
LONGEST_LIST = 10  # figures off their target that the summary names; the others are counted


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed: whose, of when, every measure's reading, and the firm's logo as bytes."""

    asked: Asked
    edition: int
    made_at: datetime
    profile: FirmProfile
    found: dict[str, Reading]
    logo: bytes = b""

    @property
    def judged(self) -> list[Reading]:
        return [reading for reading in self.found.values() if reading.reached is not None]

    @property
    def missed(self) -> list[Reading]:
        return [reading for reading in self.judged if not reading.reached]

    def counted(self, board: Board) -> bool:
        """Whether the subject has anything to show in any of the six months."""
        return any(figure.n for reading in self.of(board) for figure in reading.figures)

    def of(self, board: Board) -> list[Reading]:
        return [self.found[measure.key] for measure in board.measures() if measure.key in self.found]


@dataclass(slots=True)
class Section:
    """A subject on a page: its lines of figures. `first` carries the heading, further pages say that they go on."""

    board: Board
    rows: list[list[Reading]] = field(default_factory=list)
    first: bool = True


async def gather(session: AsyncSession, asked: Asked, edition: int, made_at: datetime) -> Sheet:
    """Every measure over the six months, read once for both languages."""
    profile = await profile_of(session)
    found = await readings(session, MEASURES.values(), asked)
    pictures = await pictures_of({"logo_sha256": profile.logo_sha256})
    return Sheet(asked, edition, made_at, profile, {r.measure.key: r for r in found}, pictures.logo)


def paged(sheet: Sheet) -> list[list[Section]]:
    """Sections on pages: a subject begins on a new one unless all of it still fits beneath the one before."""
    pages: list[list[Section]] = []
    room = 0
    for board in SUBJECTS:
        rows = _in_lots(sheet.of(board), ACROSS) if sheet.counted(board) else []
        if rows and len(rows) <= room:
            pages[-1].append(Section(board, rows))
            room -= len(rows)
            continue
        for number, lines in enumerate(_in_lots(rows, DOWN)):
            pages.append([Section(board, lines, first=number == 0)])
            room = DOWN - len(lines)
    return pages


def _in_lots(things: Sequence[T], size: int) -> list[list[T]]:
    return [list(things[start : start + size]) for start in range(0, len(things), size)]


def content(sheet: Sheet) -> dict[str, Any]:
    """The template's context, in the language that is being read."""
    pages = paged(sheet)
    begins = {s.board.key: FRONT + n for n, page in enumerate(pages, 1) for s in page if s.first}
    missed = sheet.missed
    return {
        "any": bool(pages),
        "reached": len(sheet.judged) - len(missed),
        "judged": len(sheet.judged),
        "missed": len(missed),
        "unjudged": len(sheet.found) - len(sheet.judged),
        "off_target": [_line(reading, begins) for reading in missed[:LONGEST_LIST]],
        "more": max(len(missed) - LONGEST_LIST, 0),
        "overview": [card(sheet.found[key], low=True) for key in OVERVIEW if key in sheet.found],
        "pages": [[_section(sheet, section) for section in page] for page in pages],
        "contents": [{"key": key, "label": BOARDS[key].label, "page": page} for key, page in begins.items()],
        "to_come": [_to_come(sheet, board) for board in SUBJECTS if not sheet.counted(board)],
        "to_come_page": FRONT + len(pages) + 1 if pages else FRONT,
        "total": count(sheet, pages),
    }


def count(sheet: Sheet, pages: Sequence[Any]) -> int:
    """Pages in all: a firm without any figure gets the summary and what will appear."""
    if not pages:
        return FRONT
    return FRONT + len(pages) + any(not sheet.counted(board) for board in SUBJECTS)


def _line(reading: Reading, begins: dict[str, int]) -> dict[str, Any]:
    measure = reading.measure
    return {
        "name": measure.name,
        "subject": BOARDS[measure.subject].label,
        "key": measure.key,
        "value": said(measure.unit, reading.now.value),
        "target": goal(measure, reading.target),
        "change": change(reading) if len(reading.figures) > 1 else "",
        "n": reading.now.n,
        "page": begins.get(measure.subject, ""),
    }


def _section(sheet: Sheet, section: Section) -> dict[str, Any]:
    judged = [reading for reading in sheet.of(section.board) if reading.reached is not None]
    return {
        "key": section.board.key,
        "label": section.board.label,
        "first": section.first,
        "judged": len(judged),
        "reached": sum(bool(reading.reached) for reading in judged),
        "rows": [[card(reading) for reading in row] for row in section.rows],
    }


def _to_come(sheet: Sheet, board: Board) -> dict[str, Any]:
    """A subject without a figure yet: how its first ones come about, and which they are."""
    return {
        "label": board.label,
        "hint": board.hint,
        "measures": [reading.measure.name for reading in sheet.of(board)],
    }
