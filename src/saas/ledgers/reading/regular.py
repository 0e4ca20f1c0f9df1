"""The quick way through a text file whose quoting leaves no doubt; every other file takes the careful way."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice

import polars as pl

from saas.ledgers.reading.grid import BLANKS, tidy

HEAD = 200  # records that say how wide the table is


def cells(data: bytes, delimiter: str) -> pl.DataFrame | None:
    """Every record of UTF-8 text as tidy strings in columns "0", "1", …; None where a careful reader might differ.

    That is where a quote stands inside a field, a field holds a line break, a line ends in a lone carriage return, or a
    record is wider than the first ones.
    """
    if not _quotes_enclose(data, delimiter) or data.count(b"\r") != data.count(b"\r\n"):
        return None
    head = data[: 1000 * HEAD].decode(errors="ignore")
    records = islice(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), HEAD)
    width = max((len(record) for record in records), default=0)
    try:
        read = pl.read_csv(
            data, has_header=False, separator=delimiter, infer_schema=False,
            schema={str(column): pl.String() for column in range(width)},
        )  # fmt: skip
    except pl.exceptions.PolarsError:
        return None
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    if read.height != lines:
        return None
    if b'""' not in data and not _blanks_beside(data, delimiter):
        return read  # nothing to tidy: a copy of every cell would only cost memory
    return tidy(read)


def _blanks_beside(data: bytes, delimiter: str) -> bool:
    """Whether a cell may begin or end with a blank."""
    edges = [delimiter.encode(), b"\n", b'"']
    for blank in (blank.encode() for blank in BLANKS if blank not in "\n" and blank != delimiter):
        if blank == b"\r":
            continue  # only before line feeds: the reader takes it for a part of the line's end
        if blank in data and (
            data.startswith(blank)
            or data.endswith(blank)
            or any(edge + blank in data or blank + edge in data for edge in edges)
            or blank + b"\r" in data
        ):
            return True
    return False


def _quotes_enclose(data: bytes, delimiter: str) -> bool:
    """Whether each quote opens or closes a whole field, and none stands for itself."""
    quotes = data.count(b'"')
    if not quotes:
        return True
    d = delimiter.encode()
    if b'""' in data and re.search(rb'(?<![%b\n])""|""(?![%b\r\n])' % (d, d), data):
        return False
    opening = data.count(d + b'"') + data.count(b'\n"') + data.startswith(b'"')
    closing = data.count(b'"' + d) + data.count(b'"\n') + data.count(b'"\r\n') + data.endswith(b'"')
    return opening == closing == quotes / 2
