"""Every layout is read back as the same books: dates, numbers, accounts, sides, and the rows the labels point to."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from saas.demo.books import Books, Company, ErrorSpec, books
from saas.demo.books.layouts import BALANCE_STYLES, LAYOUTS, write, write_balances
from saas.demo.books.layouts.balance_list import BalanceStyle
from saas.ledgers.reading import read_file

MONTHS = [f"2026-{month:02d}" for month in range(1, 7)]
COMPANY = Company(
    name="杭州临川机电设备有限公司",
    uscc="91330106MA2HQX7K6L",
    industry="trading",
    taxpayer="general",
    standard="small",
    shareholders=("方启明", "吴志远"),
    second_bank="招行钱江支行",
    three_words=True,
)


@pytest.fixture(scope="module")
def made() -> Books:
    return books(COMPANY, MONTHS, 9, [ErrorSpec("red_without_reference"), ErrorSpec("duplicate_voucher")])


@pytest.mark.parametrize("file", ["book.xlsx", "book.csv"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_is_read_back(made: Books, layout: str, file: str, tmp_path: Path) -> None:
    written = write(made, layout, tmp_path / file, encoding="gb18030")
    (ledger,) = read_file(written.path)
    assert ledger.rejects == []
    columns = ["date", "summary", "debit", "credit"] + ([] if layout == "one-line" else ["account"])
    assert ledger.lines.select(columns).rows() == [tuple(line[c] for c in columns) for line in made.lines]
    assert ledger.lines["row"].to_list() == [written.row(at) for at in range(1, len(made.lines) + 1)]
    if layout != "english-gl":  # whose company names its vouchers by journal ids: below
        assert ledger.lines["voucher"].to_list() == [line["voucher"] for line in made.lines]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_list_that_runs_across_the_years_end_keeps_its_years(layout: str, tmp_path: Path) -> None:
    across = books(COMPANY, ["2025-11", "2025-12", "2026-01", "2026-02"], 9)
    (ledger,) = read_file(write(across, layout, tmp_path / "book.xlsx").path)
    assert ledger.lines["date"].to_list() == [line["date"] for line in across.lines]


def test_a_label_names_rows_of_the_file(made: Books, tmp_path: Path) -> None:
    written = write(made, "kingdee-kis", tmp_path / "book.xlsx")
    (ledger,) = read_file(written.path)
    for label in made.labels:
        rows = {written.row(position) for position in label.rows}
        found = ledger.lines.filter(ledger.lines["row"].is_in(list(rows)))
        assert set(found["voucher"]) == set(label.vouchers)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_labels_and_late_vouchers_are_numbered_as_the_ledger_read_from_the_file(layout: str, tmp_path: Path) -> None:
    company = replace(COMPANY, journal_ids=layout == "english-gl")
    own = books(company, MONTHS, 9, [ErrorSpec("red_without_reference"), ErrorSpec("duplicate_voucher")])
    written = write(own, layout, tmp_path / "book.xlsx")
    (ledger,) = read_file(written.path)
    assert ledger.lines["voucher"].to_list() == [line["voucher"] for line in own.lines]
    for label in own.labels:
        rows = [written.row(position) for position in label.rows]
        assert set(ledger.lines.filter(ledger.lines["row"].is_in(rows))["voucher"]) == set(label.vouchers)


@pytest.mark.parametrize("style", BALANCE_STYLES)
@pytest.mark.parametrize("periods", [("2026-03",), tuple(MONTHS)], ids=["one month", "six months"])
@pytest.mark.parametrize("file", ["balances.xlsx", "balances.csv"])
def test_a_trial_balance_is_read_back(
    made: Books, style: BalanceStyle, periods: tuple[str, ...], file: str, tmp_path: Path
) -> None:
    path = tmp_path / file
    first_row = write_balances(made, path, periods, style)
    (ledger,) = read_file(path)
    assert ledger.rejects == []
    leaves = {account.code for account in made.chart if account.leaf}
    read = ledger.balances.filter(ledger.balances["account"].is_in(list(leaves)))
    columns = ("period", "account", "aux", "opening", "debit", "credit", "closing")
    expected = [tuple(getattr(row, c) for c in columns) for period in periods for row in made.balances[period]]
    assert Counter(read.select(columns).rows()) == Counter(expected)
    assert ledger.balances["row"].min() == first_row


def test_vouchers_and_balances_in_one_workbook(made: Books, tmp_path: Path) -> None:
    written = write(made, "haokuaiji", tmp_path / "both.xlsx", with_balances=True)
    (ledger,) = read_file(written.path)
    assert ledger.lines.height == len(made.lines)
    assert set(ledger.balances["period"]) == set(MONTHS)
