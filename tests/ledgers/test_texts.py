"""Repeated texts: asked once each, answered in every line."""

from __future__ import annotations

import polars as pl

from saas.ledgers.charts_data import details, roles
from saas.ledgers.frame import REPEATED
from saas.ledgers.reading.grid import tidy
from saas.ledgers.texts import of_each, says, spelled


def test_each_line_has_the_answer_of_its_text() -> None:
    lines = pl.DataFrame({"text": ["付房租", None, "收货款", "付房租"]}, schema={"text": REPEATED})
    assert lines.select(says("text", "^付")).to_series().to_list() == [True, None, False, True]
    first = lines.select(of_each("text", lambda text: text.str.slice(0, 1), REPEATED)).to_series()
    assert first.to_list() == ["付", None, "收", "付"]
    assert first.dtype == REPEATED


def test_what_a_voucher_has_is_spelled_once_and_in_order() -> None:
    first = [("记-1", "5602", "D"), ("记-1", "1002", "C"), ("记-1", "1002", "C")]
    rows = [*first, ("记-2", "1002", "C"), ("记-2", "5602", "D"), ("记-3", "1002", "C")]
    lines = pl.DataFrame(rows, schema=dict.fromkeys(("voucher", "base", "side"), REPEATED), orient="row")
    forms = dict(spelled(lines, "voucher", "form", "base", "side").iter_rows())
    assert forms == {"记-1": "1002C|5602D", "记-2": "1002C|5602D", "记-3": "1002C"}


def test_cells_are_tidied_whether_they_repeat_or_not() -> None:
    cells = ["\u3000甲 ", "", " ", "甲", None]
    frame = pl.DataFrame({"0": cells, "1": cells}, schema={"0": pl.String(), "1": REPEATED})
    assert tidy(frame).rows() == [("甲", "甲"), (None, None), (None, None), ("甲", "甲"), (None, None)]


def test_every_role_is_in_the_vocabulary_with_those_above_it() -> None:
    known = set(roles())
    assert {detail.role for detail in details()} <= known
    assert {"", "tax", "tax.vat", "tax.vat.input"} <= known
