"""The same books in every known layout read to the same lines, whatever the order of columns and the frills around."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from saas.ledgers.frame import BALANCES, LINES, Ledger
from saas.ledgers.reading import read_file
from tests.ledgers.book import BOOK, LAYOUTS, Row, english_signed, printed, shuffled
from tests.ledgers.files import csv_file, xlsx_file

FORMS = {
    "plain": lambda rows: rows,
    "printed": printed,
    "shuffled": lambda rows: shuffled(rows, 1),
    "shuffled and printed": lambda rows: printed(shuffled(rows, 7)),
}


def fen(yuan: str) -> int:
    return int(Decimal(yuan or 0) * 100)


WANTED = [(e.key, e.line, e.day, e.word, e.number, e.summary, e.code, fen(e.debit), fen(e.credit)) for e in BOOK]
ENGLISH = [(e.key, e.line, e.day, "", e.number, e.summary, e.code, fen(e.debit), fen(e.credit)) for e in BOOK]


def lines_of(ledger: Ledger) -> list[tuple[object, ...]]:
    columns = ("voucher", "line", "date", "word", "number", "summary", "account", "debit", "credit")
    return ledger.lines.select(columns).rows()


def check(path: Path, layout: str) -> Ledger:
    (ledger,) = read_file(path)
    assert lines_of(ledger) == (ENGLISH if layout.startswith("english") else WANTED)
    assert ledger.rejects == []
    assert ledger.lines["period"].to_list() == [f"{e.day:%Y-%m}" for e in BOOK]
    assert ledger.standard == "small"
    assert dict(ledger.lines.schema) == LINES
    assert dict(ledger.balances.schema) == BALANCES
    return ledger


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_in_every_form(tmp_path: Path, layout: str, form: str) -> None:
    rows: list[Row] = FORMS[form](list(LAYOUTS[layout](BOOK)))
    check(csv_file(tmp_path / "2026.csv", rows), layout)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_as_a_workbook_with_a_cover_sheet(tmp_path: Path, layout: str) -> None:
    rows = printed(shuffled(list(LAYOUTS[layout](BOOK)), 5))
    check(xlsx_file(tmp_path / "2026.xlsx", rows, cover=True), layout)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = csv_file(tmp_path / "a.csv", list(LAYOUTS["haokuaiji"](BOOK)), encoding, delimiter)
    check(path, "haokuaiji")


@pytest.mark.parametrize(
    ("layout", "program"),
    [
        ("yonyou-nc", "yonyou-nc"),
        ("yonyou-tplus", "yonyou-tplus"),
        ("kingdee-k3", "kingdee-k3"),
        ("kingdee-kis", "kingdee-kis"),
        ("yonyou-raw", "yonyou-u8"),
        ("haokuaiji", "haokuaiji"),
        ("english-indicator", "english-gl"),
        ("side-and-amount", "generic"),
    ],
)
def test_the_layout_is_named(tmp_path: Path, layout: str, program: str) -> None:
    (ledger,) = read_file(csv_file(tmp_path / "2026.csv", list(LAYOUTS[layout](BOOK))))
    assert ledger.layout == program


def test_signed_amounts(tmp_path: Path) -> None:
    (ledger,) = read_file(csv_file(tmp_path / "a.csv", list(english_signed(BOOK))))
    wanted = [line for line in ENGLISH if line[7] >= 0 and line[8] >= 0]
    assert [line[2:] for line in lines_of(ledger)] == [line[2:] for line in wanted]


def test_what_else_a_k3_export_says(tmp_path: Path) -> None:
    (ledger,) = read_file(csv_file(tmp_path / "a.csv", list(LAYOUTS["kingdee-k3"](BOOK))))
    first = ledger.lines.row(0, named=True)
    assert (first["preparer"], first["reviewer"], first["poster"], first["posted"]) == ("张三", "李四", "王五", True)
    assert (first["currency"], first["source"], first["attachments"]) == ("RMB", "总账", 1)
    assert first["document_date"] == BOOK[0].day
    assert ledger.lines["aux"].to_list()[2] == "甲公司"


def test_auxiliary_items_lose_their_labels(tmp_path: Path) -> None:
    for layout in ("yonyou-nc", "ningmeng"):
        (ledger,) = read_file(csv_file(tmp_path / "2026.csv", list(LAYOUTS[layout](BOOK))))
        assert [aux for aux in ledger.lines["aux"] if aux] == ["甲公司"], layout


def test_rows_are_those_of_the_file(tmp_path: Path) -> None:
    rows = list(LAYOUTS["haokuaiji"](BOOK))
    (plain,) = read_file(csv_file(tmp_path / "a.csv", rows))
    assert plain.lines["row"].to_list() == list(range(2, len(BOOK) + 2))
    (lower,) = read_file(xlsx_file(tmp_path / "a.xlsx", [[], [], ["序时账"], [], *rows]))
    assert lower.lines["row"].to_list() == list(range(6, len(BOOK) + 6))
