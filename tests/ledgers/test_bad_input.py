"""Wrong, empty, truncated, encrypted, huge and hostile files: each gets its sentence, none gets half a ledger."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from saas.ledgers.reading import Unreadable, container, read_file
from tests.ledgers.book import BOOK, haokuaiji
from tests.ledgers.files import text_file, xlsx_file

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
HEADER = "日期,凭证号,摘要,科目编码,科目名称,借方,贷方\n"
DAMAGED = "damaged or cut off"


def sentence(path: Path) -> str:
    with pytest.raises(Unreadable) as refused:
        read_file(path)
    assert refused.value.reason.to("zh") != refused.value.reason.to("en"), "no Chinese"
    return refused.value.reason.to("en")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return xlsx_file(tmp_path / "ok.xlsx", list(haokuaiji(BOOK)))


def repacked(book: Path, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with its sheet's XML changed."""
    path = book.with_name("changed.xlsx")
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, change(data) if "sheet1" in entry.filename else data)
    return path


def with_row(xml: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(b"</sheetData>", xml + b"</sheetData>")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (random.Random(1).randbytes(4000), "not text in UTF-8, GB18030 or UTF-16"),
        (HEADER.encode("gb18030") + b"\xff\xff\x80,\x81 ,1,1\n", "not text in UTF-8, GB18030 or UTF-16"),
        (bytes(5000), "control characters"),
        ("一封没有表格的信".encode(), "not a table"),
        ("一,封\n没有,表头\n的,信".encode(), "No header row was found"),
        (HEADER.encode(), "no row beneath it"),
        (b"%PDF-1.7 x", "PDF"),
        (b"\x89PNG\r\n", "PNG"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (OLE + "WordDocument".encode("utf-16-le"), "not a workbook"),
        (OLE + "Workbook".encode("utf-16-le"), "damaged"),
        ((",".join(["a"] * 2000) + "\n").encode(), "2000 columns"),
        (b"<html><body>nothing</body></html>", "without a table"),
    ],
)
def test_files_that_are_no_ledgers(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "file.xls"
    path.write_bytes(data)
    assert words in sentence(path)


def test_no_such_file(tmp_path: Path) -> None:
    assert "no such file" in sentence(tmp_path / "nothing.csv")
    assert "a folder, not a file" in sentence(tmp_path)


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_BYTES", 10)
    assert "at most" in sentence(text_file(tmp_path / "a.csv", HEADER))


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.999])
def test_truncated_workbooks(book: Path, keep: float) -> None:
    data = book.read_bytes()
    book.write_bytes(data[: int(len(data) * keep)])
    assert DAMAGED in sentence(book)


def test_corrupt_workbook(book: Path) -> None:
    data = book.read_bytes()
    book.write_bytes(data[:2000] + bytes(300) + data[2300:])
    assert "damaged" in sentence(book)


def test_archive_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "not an XLSX workbook" in sentence(path)


def test_zip_bomb_is_not_unpacked(book: Path) -> None:
    path = repacked(book, lambda data: data + b" " * (200 << 20))
    assert "would unpack to 20" in sentence(path)


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>',
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="30"><c r="ZZZZZZZZ30"><v>1</v></c></row>',
        b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
    ],
)
def test_absurd_addresses(book: Path, row: bytes) -> None:
    assert "far-off addresses" in sentence(repacked(book, with_row(row)))


def test_an_absurd_address_that_hides_from_the_scan_dies_in_the_limited_process(book: Path) -> None:
    row = b'<row r="1048576"><c\nr="XFD1048576"><v>1</v></c></row>'
    assert "needs more memory" in sentence(repacked(book, with_row(row)))


def test_a_far_cell_without_a_value_does_no_harm(book: Path) -> None:
    (ledger,) = read_file(repacked(book, with_row(b'<row r="1048576"><c r="XFD1048576" s="0"/></row>')))
    assert ledger.lines.height == len(BOOK)


def test_entity_expansion(book: Path) -> None:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
    text = b'<row r="40"><c r="A40" t="inlineStr"><is><t>&e11;</t></is></c></row>'
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "lol">' + entities + b"]>"
    path = repacked(book, lambda data: bomb + with_row(text)(data).split(b"?>", 1)[-1])
    assert DAMAGED in sentence(path)


def test_a_text_cut_off_inside_a_character_is_read_with_a_remark(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + "2026-03-05,记-1,买,1001,库存现金,1,\n2026-03-05,记-1,买,1002,银").encode()[:-1])
    (ledger,) = read_file(path)
    assert ledger.lines.height == 2
    assert any("不完整" in str(note) for note in ledger.notes)


def test_a_stray_quote_swallows_no_lines(tmp_path: Path) -> None:
    rows = "".join(f"2026-03-05,记-{n},x,1001,库存现金,1,\n" for n in range(1, 60))
    path = text_file(tmp_path / "a.csv", HEADER + '2026-03-05,记-0,"未闭合,1001,库存现金,1,\n' + rows)
    (ledger,) = read_file(path)
    assert ledger.lines["row"].to_list() == list(range(2, 62))


@pytest.mark.parametrize("below", [1, 5, 15])
def test_a_stray_quote_near_the_end_swallows_none_either(tmp_path: Path, below: int) -> None:
    rows = "".join(f"2026-03-05,记-{n},x,1001,库存现金,1,\n" for n in range(1, below + 1))
    path = text_file(tmp_path / "a.csv", HEADER + '2026-03-05,记-0,"未闭合,1001,库存现金,1,\n' + rows)
    (ledger,) = read_file(path)
    assert ledger.lines["row"].to_list() == list(range(2, below + 3))


def test_western_bytes_are_not_read_as_chinese(tmp_path: Path) -> None:
    text = (
        "Journal ID,Date,Account,Account Name,Debit,Credit\n1,2026-03-05,1,Büromaterial,1,\n1,2026-03-05,2,Gebühr,,1\n"
    )
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode("cp1252"))
    (ledger,) = read_file(path)
    assert ledger.lines["account_name"].to_list() == ["Büromaterial", "Gebühr"]
