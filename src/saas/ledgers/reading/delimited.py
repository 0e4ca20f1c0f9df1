"""Text files: which encoding, which delimiter, which rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

import polars as pl

from saas.kernel.i18n import Text, _
from saas.ledgers.reading import regular
from saas.ledgers.reading.grid import MAX_COLUMNS, Grid, Unreadable, from_rows

DELIMITERS = ",;\t|"
SNIFFED = 65_536  # characters that show the delimiter
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
CJK_RUN = re.compile(r"[\u3400-\u9fff]+")
MULTILINE = 20  # line breaks inside one field: more means that a stray quote swallowed lines


def read(data: bytes) -> list[Grid]:
    """The one sheet of a text file in UTF-8, UTF-16 or GB18030, separated by comma, semicolon, tab or bar."""
    quick = _quickly(data)
    if quick is not None:
        return [quick]
    text, notes = decode(data)
    if not text.strip():
        raise Unreadable(_("The file is empty."))
    announced = re.match(r"sep=(.)\r?\n", text)
    delimiter = announced[1] if announced else sniff_delimiter(text)
    if delimiter is None:
        raise Unreadable(_("The file is text, but not a table: no line is divided into columns."))
    quick = None if announced else _grid(regular.cells(text.encode(), delimiter), notes)
    return [quick or from_rows("", _records(text, delimiter), notes)]


def _quickly(data: bytes) -> Grid | None:
    """A file in UTF-8 is not made text first: that would cost three times its size in memory."""
    head = data[:SNIFFED].removeprefix(b"\xef\xbb\xbf").decode(errors="ignore")
    if CONTROL.search(head) or head.startswith("sep="):
        return None
    delimiter = sniff_delimiter(head)
    return _grid(regular.cells(data, delimiter), []) if delimiter else None


def _grid(cells: pl.DataFrame | None, notes: list[Text]) -> Grid | None:
    return None if cells is None or cells.width > MAX_COLUMNS else Grid("", cells, notes=notes)


def decode(data: bytes) -> tuple[str, list[Text]]:
    """The text and remarks about it. Unreadable when the bytes are no text in a supported encoding."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _checked(*_decode(data, encoding))
    for encoding in _guesses(data):
        try:
            text, notes = _decode(data, encoding)
        except Unreadable:
            continue
        if encoding == "gb18030" and _looks_western(text):
            text, notes = data.decode("cp1252", errors="replace"), []
        return _checked(text, notes)
    raise Unreadable(
        _("The file's bytes are not text in UTF-8, GB18030 or UTF-16: it may be damaged or of another kind.")
    )


def _guesses(data: bytes) -> list[str]:
    head = data[:4096]
    if head[1::2].count(0) > len(head) // 8:
        return ["utf-16-le"]
    return ["utf-16-be"] if head[::2].count(0) > len(head) // 8 else ["utf-8", "gb18030"]


def _decode(data: bytes, encoding: str) -> tuple[str, list[Text]]:
    """Strictly; but a character cut off at the very end only means that the file is cut off."""
    try:
        return data.decode(encoding), []
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 4 and error.start > 0:
            return data[: error.start].decode(encoding), [
                _("The file ends in the middle of a character: it may be cut off.")
            ]
        raise Unreadable(_("The file's bytes are not text in %(encoding)s.", encoding=encoding)) from None


def _looks_western(text: str) -> bool:
    """GB18030 also decodes Western bytes, into single ideographs between Latin letters."""
    runs = CJK_RUN.findall(text[:200_000])
    return bool(runs) and sum(len(run) > 1 for run in runs) < len(runs) / 10


def _checked(text: str, notes: list[Text]) -> tuple[str, list[Text]]:
    if len(CONTROL.findall(text[:100_000])) > len(text[:100_000]) / 500:
        raise Unreadable(_("The file is not text: it holds control characters. It may be damaged or of another kind."))
    return text, notes


def sniff_delimiter(text: str) -> str | None:
    """The delimiter that divides the most lines into the same, highest number of fields."""
    lines = [line for line in text[:SNIFFED].splitlines()[:60] if line.strip()]
    best, best_score = None, 0
    for delimiter in DELIMITERS:
        counts = Counter(n for line in lines if (n := re.sub(r'"[^"]*"', "", line).count(delimiter)))
        score = max((fields * lines_ for fields, lines_ in counts.items()), default=0)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _swallowed(rows: list[list[str]], delimiter: str) -> bool:
    """A field with too many lines, or with a line in it that is divided as the table's own lines are."""
    most = Counter(len(row) for row in rows).most_common(1)
    divided = max(3, most[0][0] // 2) if most else 3
    broken = (cell.splitlines() for row in rows for cell in row if "\n" in cell)
    return any(
        len(lines) > MULTILINE or any(line.count(delimiter) >= divided for line in lines[1:]) for lines in broken
    )


def _records(text: str, delimiter: str) -> list[list[str]]:
    """Records by the usual quoting; where a stray quote swallows lines, quotes are taken as ordinary characters."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        if not _swallowed(rows, delimiter):
            return rows
    except csv.Error:
        pass
    try:
        plain = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)
        return [[cell.strip('"') for cell in row] for row in plain]
    except csv.Error as error:
        raise Unreadable(_("The file is not a table of text: %(error)s.", error=error)) from None
