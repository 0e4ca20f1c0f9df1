"""The quick way through a text file whose quoting leaves no doubt; every other file takes the careful way."""

from __future__ import annotations

import csv
import io
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import polars as pl

from saas.ledgers.frame import REPEATED
from saas.ledgers.reading.grid import HEAD, REPEATING, tidy

FEW = 10_000  # quotes, beyond which most lines have some


def cells(data: bytes, delimiter: str) -> pl.DataFrame | None:
    """Every record of UTF-8 text as tidy texts in columns "0", "1", …; None where a careful reader might differ.

    That is where a quote stands inside a field, a field holds a line break, a line ends in a lone carriage return, or a
    record is wider than the first ones.
    """
    head = data[: 1000 * HEAD].decode(errors="ignore")
    try:
        records = list(islice(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), HEAD))
    except csv.Error:  # a stray quote swallows lines
        return None
    with ThreadPoolExecutor(1) as pool:  # Polars parses on one core while the bytes are looked at on another
        parsed = pool.submit(
            pl.read_csv, data, has_header=False, separator=delimiter, infer_schema=False, schema=_schema(records)
        )
        is_plain = _quotes_enclose(data, delimiter) and data.count(b"\r") == data.count(b"\r\n")
        lines = data.count(b"\n") + (not data.endswith(b"\n"))
    if not is_plain or isinstance(parsed.exception(), pl.exceptions.PolarsError):
        return None
    read = parsed.result()
    return tidy(read) if read.height == lines else None


def _schema(records: list[list[str]]) -> dict[str, pl.DataType]:
    width = max((len(record) for record in records), default=0)
    kinds = (len({record[column] for record in records if column < len(record)}) for column in range(width))
    return {str(at): REPEATED if n < REPEATING * len(records) else pl.String() for at, n in enumerate(kinds)}


def _quotes_enclose(data: bytes, delimiter: str) -> bool:
    """Whether each quote opens or closes a whole field, and none stands for itself."""
    quotes = data.count(b'"')
    if not quotes:
        return True
    d, part = delimiter.encode(), _lines_with_quotes(data) if quotes < FEW else data
    if b'""' in part and re.search(rb'(?<![%b\n])""|""(?![%b\r\n])' % (d, d), part):
        return False
    opening = part.count(d + b'"') + part.count(b'\n"') + part.startswith(b'"')
    closing = part.count(b'"' + d) + part.count(b'"\n') + part.count(b'"\r\n') + part.endswith(b'"')
    return opening == closing == quotes / 2


def _lines_with_quotes(data: bytes) -> bytes:
    """Each with the line breaks before and after it: counting pairs of bytes in few lines is quicker than in all."""
    found, at = [], data.find(b'"')
    while at >= 0:
        begin, end = max(data.rfind(b"\n", 0, at), 0), data.find(b"\n", at) + 1 or len(data)
        found.append(data[begin:end])
        at = data.find(b'"', end)
    return b"".join(found)
