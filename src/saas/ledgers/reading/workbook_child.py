"""Runs in a process of its own, with limits on memory and time: workbook in, one Arrow file for each sheet out.

Usage: python -P workbook_child.py BOOK FOLDER. Writes FOLDER/<n>.arrow (String columns) and FOLDER/sheets.json; a
refusal goes there too, as {"refused": code, "detail": …}. Imports nothing of ours: it is started anew for each file.
"""

from __future__ import annotations

import html
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

MEMORY = 4 << 30  # bytes of address space; a cell far away from the others would otherwise ask for the machine's memory
SECONDS = 90
CHUNK = 4 << 20
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384  # what the format knows
MAX_CELLS = 30_000_000  # the rectangle that the filled cells span
CELL = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Za-z]+)(\d+)"[^>]*?(/?)>')
# Cheap searches, for they run over every byte: the fixed beginning matters.
FAR = re.compile(rb' r="(?:[A-Za-z]{3,}\d|[A-Za-z]*\d{7})')  # worth a closer look
WIDE = re.compile(rb' r="([B-Z][A-Z])\d')


class Refused(Exception):
    """A workbook that is not opened: a code that the parent has a sentence for, and a detail."""


def main(book: Path, folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    try:
        sheets = convert(book, folder)
        answer: dict[str, object] = {"sheets": sheets}
    except Refused as refusal:
        answer = {"refused": refusal.args[0], "detail": refusal.args[1] if len(refusal.args) > 1 else ""}
    (folder / "sheets.json").write_text(json.dumps(answer))


def convert(book: Path, folder: Path) -> list[dict[str, object]]:
    """Scan, then parse; the sheets with their names, the red cells and the number of filled rows counted apart."""
    scanned = scan(book) if zipfile.is_zipfile(book) else {}
    import fastexcel  # after the scan: a refusal needs no parser

    try:
        reader = fastexcel.read_excel(book)
    except fastexcel.FastExcelError as error:
        raise Refused("password" if "assword" in str(error) else "damaged", str(error)[:200]) from None
    sheets: list[dict[str, object]] = []
    for number, name in enumerate(reader.sheet_names):
        try:
            sheet = reader.load_sheet(number, header_row=None, skip_rows=0, dtypes="string")
        except fastexcel.FastExcelError as error:
            if sheets or number + 1 < len(reader.sheet_names):
                continue  # a chart or macro sheet
            raise Refused("damaged", str(error)[:200]) from None
        if sheet.visible != "visible":
            continue
        sheet.to_polars().write_ipc(folder / f"{number}.arrow")
        red, filled = scanned.get(name, ([], None))
        sheets.append({"name": name, "file": f"{number}.arrow", "red": red, "filled": filled})
    return sheets


def scan(book: Path) -> dict[str, tuple[list[tuple[int, int]], int]]:
    """For each sheet by name: its red cells and its filled rows. Refuses addresses that are impossible or far off."""
    try:
        with zipfile.ZipFile(book) as archive:
            styles = red_styles(_read(archive, "xl/styles.xml"))
            paths = sheet_paths(_read(archive, "xl/workbook.xml"), _read(archive, "xl/_rels/workbook.xml.rels"))
            return {name: scan_sheet(_chunks(archive, path), styles) for name, path in paths.items()}
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise Refused("damaged", str(error)[:200]) from None


def scan_sheet(chunks: Iterator[bytes], styles: set[bytes]) -> tuple[list[tuple[int, int]], int]:
    """(grid row, column) of the cells with a red style, and how many rows hold a value."""
    wanted = b"|".join(sorted(styles)) or b"(?!)"
    coloured = re.compile(rb'<(?:\w+:)?c (?=[^>]*?\bs="(?:' + wanted + rb')")[^>]*?\br="([A-Z]+)(\d+)"')
    red: list[tuple[int, int]] = []
    filled = last_row = last_column = 0
    for piece in chunks:  # a piece ends where a row begins
        chunk = piece.replace(b"'", b'"') if b" r='" in piece else piece
        rows = [row for row in chunk.split(b"row ") if b"<v" in row or b"<is" in row or b":v>" in row]
        filled += len(rows)
        last_column = max([last_column, *map(column_of, set(WIDE.findall(chunk)))])
        for part in [*rows[-1:], *([chunk] if FAR.search(chunk) else [])]:
            for letters, digits, empty in CELL.findall(part):
                if not empty:
                    last_row, last_column = max(last_row, int(digits[:9])), max(last_column, column_of(letters))
        if styles:
            red.extend((int(digits) - 1, column_of(letters) - 1) for letters, digits in coloured.findall(chunk))
        if last_row > MAX_ROW or last_column > MAX_COLUMN or last_row * last_column > MAX_CELLS:
            raise Refused("address", f"{last_row} × {last_column}")
    return red, filled


def column_of(letters: bytes) -> int:
    """1 for A, 27 for AA; far beyond the limit for absurdly long names."""
    number = 0
    for letter in letters.upper()[:6]:
        number = number * 26 + letter - 64
    return number


def red_styles(xml: bytes) -> set[bytes]:
    """Numbers of the cell formats whose font is red."""
    fonts = re.search(rb"<(?:\w+:)?fonts\b.*?</(?:\w+:)?fonts>", xml, re.DOTALL)
    formats = re.search(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", xml, re.DOTALL)
    if not fonts or not formats:
        return set()
    is_red = [
        bool(
            re.search(
                rb'<(?:\w+:)?color [^>]*(?:rgb="(?:FF)?(?:FF0000|C00000)"|indexed="(?:2|10)")', font, re.IGNORECASE
            )
        )
        for font in re.findall(rb"<(?:\w+:)?font\b(?:[^>]*/>|.*?</(?:\w+:)?font>)", fonts[0], re.DOTALL)
    ]
    used = [int(number) for number in re.findall(rb'<(?:\w+:)?xf [^>]*?fontId="(\d+)"', formats[0])]
    return {str(n).encode() for n, font in enumerate(used) if font < len(is_red) and is_red[font]}


def sheet_paths(workbook: bytes, relations: bytes) -> dict[str, str]:
    """Sheet name → path in the archive."""
    targets = {}
    for relation in re.findall(rb"<(?:\w+:)?Relationship [^>]*>", relations):
        found = dict(re.findall(rb'(\w+)="([^"]*)"', relation))
        targets[found.get(b"Id", b"")] = found.get(b"Target", b"").decode()
    paths = {}
    for sheet in re.findall(rb"<(?:\w+:)?sheet [^>]*>", workbook):
        found = dict(re.findall(rb'([\w:]+)="([^"]*)"', sheet))
        target = targets.get(found.get(b"r:id", b""), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in path:
            paths[html.unescape(found.get(b"name", b"").decode())] = path
    return paths


def _read(archive: zipfile.ZipFile, path: str) -> bytes:
    return archive.read(path) if path in archive.namelist() else b""


def _chunks(archive: zipfile.ZipFile, path: str) -> Iterator[bytes]:
    """A sheet's XML in pieces that end where a row begins."""
    if path not in archive.namelist():
        return
    rest = b""
    with archive.open(path) as file:
        while block := file.read(CHUNK):
            rest += block
            cut = rest.rfind(b"<row")
            if cut > 0:
                yield rest[:cut]
                rest = rest[cut:]
    yield rest


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
