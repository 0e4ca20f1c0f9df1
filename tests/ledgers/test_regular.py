"""The quick reading of a text file gives what the careful one gives, or leaves the file to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas.ledgers.reading import regular
from saas.ledgers.reading.delimited import _records
from saas.ledgers.reading.grid import from_rows, tidy

PIECES = st.sampled_from(["a", "1", ",", ",", '"', "\n", "\r\n", "\r", " ", "。", '""', ',"x",', '\n"', '"1,0",'])


@given(st.lists(PIECES, min_size=1, max_size=25).map("".join).filter(str.strip))
def test_both_ways_read_the_same(text: str) -> None:
    quick = regular.cells(text.encode(), ",")
    if quick is not None:
        assert tidy(quick).rows() == from_rows("", _records(text, ",")).cells.rows()


@pytest.mark.parametrize("text", ["a,b\n1,2\n", 'a,b\r\n"1,000.00",2\r\n', '"a","b"\n"1",""\n', "a,b\n1\n"])
def test_ordinary_files_go_the_quick_way(text: str) -> None:
    assert regular.cells(text.encode(), ",") is not None


@pytest.mark.parametrize(
    "text", ['a,b\n1,"x\ny"\n', 'a,b\n1,5" disk\n', 'a,b\n1,"5"" disk"\n', "a,b\n1,2,3\n", "a,b\r1,2\r"]
)
def test_doubtful_files_are_left_to_the_careful_way(text: str) -> None:
    assert regular.cells(text.encode(), ",") is None
