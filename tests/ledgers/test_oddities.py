"""What real exports do: first-line-only cells, totals, void numbers, red type, joined cells, several ledgers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from saas.ledgers.frame import Ledger
from saas.ledgers.reading import read_file, read_sheets, sniff
from tests.ledgers.files import text_file, xlsx_file

HEADER = "日期,凭证号,摘要,科目编码,科目名称,借方,贷方\n"


def read(path: Path, text: str) -> Ledger:
    (ledger,) = read_file(text_file(path / "a.csv", text))
    return ledger


def columns(ledger: Ledger, *names: str) -> list[tuple[object, ...]]:
    return ledger.lines.select(names).rows()


def said(ledger: Ledger, words: str) -> bool:
    return any(words in str(note) for note in ledger.notes)


def test_rejected_rows_have_their_number_and_reason(tmp_path: Path) -> None:
    ledger = read(
        tmp_path,
        HEADER
        + """2026-03-05,记-1,x,1001,库存现金,"1.234,56",
        2026-02-30,记-2,x,1001,库存现金,1,
        2026-03-05,记-3,x,1001,库存现金,一百,
        2026-03-05,记-4,x,,,5,
        2026-03-05,记-5,x,,,,
        2026-03-05,记-6,x,1001,库存现金,1,""",
    )
    assert [(r.row, str(r.reason)) for r in ledger.rejects] == [
        (2, "“1.234,56”可能是欧式写法（以逗号作小数点），有歧义，请写成 1234.56"),
        (3, "日历上没有 2026-02-30 这一天"),
        (4, "“一百”不是金额"),
        (5, "有金额但没有科目。"),
        (6, "既没有科目也没有金额。"),
    ]
    assert ledger.lines["row"].to_list() == [7]


def test_totals_and_opening_rows_are_neither_lines_nor_rejects(tmp_path: Path) -> None:
    marks = [
        "合计",
        "本月合计",
        "本年累计",
        "小计",
        "总计",
        "本页小计",
        "合  计",
        "3月合计",
        "本期发生额及余额",
        "Total",
        "Grand Total",
    ]
    marks += ["期初余额", "上年结转", "承前页", "过次页", "年初余额", "Opening balance", "Balance b/f"]
    rows = "\n".join(f",,{mark},1001,库存现金,7,7" for mark in marks if mark != "本期发生额及余额")
    ledger = read(
        tmp_path, HEADER + rows + "\n2026-03-05,记-1,合计报销差旅费,1001,库存现金,1,\n2026-03-05,记-1,x,1002,,,1"
    )
    assert columns(ledger, "summary", "debit") == [("合计报销差旅费", 100), ("x", 0)]
    assert ledger.rejects == []


@pytest.mark.parametrize(("total", "missing"), [("2,2", False), ("5,5", True)])
def test_a_wrong_total_means_that_rows_are_missing(tmp_path: Path, total: str, missing: bool) -> None:
    lines = "2026-03-05,记-1,x,1001,库存现金,2,\n2026-03-05,记-1,x,1002,银行存款,,2\n"
    assert said(read(tmp_path, HEADER + lines + f",,合计,,,{total}"), "可能缺少若干行") == missing


def test_void_vouchers_keep_their_numbers(tmp_path: Path) -> None:
    ledger = read(
        tmp_path,
        HEADER
        + """2026-03-05,记-1,作废,,,,
        2026-03-05,记-2（作废）,x,1001,库存现金,1,
        2026-03-05,记-3,[作废]买纸,1001,库存现金,1,
        2026-03-05,记-4,作废发票冲回,1001,库存现金,1,
        2026-03-05,记-5,VOID,,,,""",
    )
    assert columns(ledger, "number", "void") == [(1, True), (2, True), (3, True), (4, False), (5, True)]


def test_status_and_void_columns(tmp_path: Path) -> None:
    ledger = read(
        tmp_path,
        """日期,凭证号,摘要,科目编码,借方,贷方,状态,作废
        2026-03-05,记-1,x,1001,1,,已记账,
        2026-03-05,记-2,x,1001,1,,未记账,
        2026-03-05,记-3,x,1001,1,,作废,
        2026-03-05,记-4,x,1001,1,,已记账,是""",
    )
    assert columns(ledger, "posted", "void") == [(True, False), (False, False), (None, True), (True, True)]


def test_a_column_of_posting_may_hold_names_or_marks(tmp_path: Path) -> None:
    text = "日期,凭证号,摘要,科目编码,借方,贷方,记账\n2026-03-05,记-1,x,1001,1,,{}\n2026-03-05,记-2,x,1001,1,,\n"
    names = read(tmp_path, text.format("王五"))
    assert columns(names, "posted", "poster") == [(True, "王五"), (False, None)]
    marks = read(tmp_path, text.format("√"))
    assert columns(marks, "posted", "poster") == [(True, None), (False, None)]
    silent = read(tmp_path, text.format(""))
    assert columns(silent, "posted", "poster") == [(None, None), (None, None)]
    assert said(silent, "哪些凭证已记账")


def test_a_missing_cell_is_not_filled_where_the_file_repeats_cells(tmp_path: Path) -> None:
    full = "".join(
        f"2026-03-0{n},记-{n},x,1001,库存现金,1,\n2026-03-0{n},记-{n},x,1002,银行存款,,1\n" for n in range(1, 7)
    )
    ledger = read(
        tmp_path, HEADER + full + ",记-7,x,1001,库存现金,1,\n,记-7,x,1002,银行存款,,1\n2026-03-08,,x,1001,,1,"
    )
    assert columns(ledger, "voucher", "date", "period")[-3:] == [
        ("2026-03 记-7", None, "2026-03"),
        ("2026-03 记-7", None, "2026-03"),
        ("2026-03 ?-16", date(2026, 3, 8), "2026-03"),
    ]
    assert said(ledger, "2 条分录没有日期")


def test_a_voucher_has_its_date_on_any_of_its_lines(tmp_path: Path) -> None:
    full = "".join(
        f"2026-03-0{n},记-{n},x,1001,库存现金,1,\n2026-03-0{n},记-{n},x,1002,银行存款,,1\n" for n in range(1, 7)
    )
    ledger = read(tmp_path, HEADER + full + ",记-7,x,1001,库存现金,1,\n2026-03-08,记-7,x,1002,银行存款,,1")
    assert ledger.lines["date"].to_list()[-2:] == [date(2026, 3, 8)] * 2


def test_merged_cells_of_a_printed_journal(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    rows: list[list[object]] = [
        ["2026年", None, "凭证", None, "摘要", "会计科目", "金额", None],
        ["月", "日", "字", "号", None, None, "借方", "贷方"],
        [3, 5, "记", 1, "提现", "1001 库存现金", 50, None],
        [None, None, None, None, None, "1002 银行存款[工行]", None, 50],
        [None, 8, "记", 2, "买纸", "560201 管理费用-办公费", 20, None],
        [None, None, None, None, None, "1001 库存现金", None, 20],
    ]
    for row in rows:
        page.append(row)
    for merged in ("A1:B1", "C1:D1", "E1:E2", "F1:F2", "G1:H1", "A3:A6", "B3:B4", "E3:E4"):
        page.merge_cells(merged)
    book.save(tmp_path / "a.xlsx")
    (ledger,) = read_file(tmp_path / "a.xlsx")
    assert columns(ledger, "voucher", "date", "summary", "account", "account_name", "aux", "debit", "credit") == [
        ("2026-03 记-1", date(2026, 3, 5), "提现", "1001", "库存现金", "", 5000, 0),
        ("2026-03 记-1", date(2026, 3, 5), "提现", "1002", "银行存款", "工行", 0, 5000),
        ("2026-03 记-2", date(2026, 3, 8), "买纸", "560201", "管理费用-办公费", "", 2000, 0),
        ("2026-03 记-2", date(2026, 3, 8), "买纸", "1001", "库存现金", "", 0, 2000),
    ]


def test_one_line_form_with_both_lines(tmp_path: Path) -> None:
    ledger = read(
        tmp_path,
        """科目名称,日期,凭证字,凭证号,对方科目,摘要,借方金额,贷方金额
        库存现金,2026-03-05,记,1,银行存款,提现,50,
        银行存款,2026-03-05,记,1,库存现金,提现,,50
        管理费用_办公费,2026-03-06,记,2,库存现金,买纸,20,
        库存现金,2026-03-06,记,2,管理费用_办公费,买纸,,20""",
    )
    assert columns(ledger, "row", "voucher", "account", "debit", "credit", "counter_account") == [
        (2, "2026-03 记-1", "库存现金", 5000, 0, "银行存款"),
        (3, "2026-03 记-1", "银行存款", 0, 5000, "库存现金"),
        (4, "2026-03 记-2", "管理费用_办公费", 2000, 0, "库存现金"),
        (5, "2026-03 记-2", "库存现金", 0, 2000, "管理费用_办公费"),
    ]
    assert ledger.chart.having("cash") == ["库存现金"]
    assert ledger.chart.accounts["管理费用_办公费"].parent == "管理费用"


def test_one_line_form_with_a_voucher_in_each_row(tmp_path: Path) -> None:
    ledger = read(
        tmp_path,
        """科目名称,日期,凭证字,凭证号,对方科目,摘要,借方金额,贷方金额
        库存现金,2026-03-05,记,1,银行存款,提现,50,
        银行存款,2026-03-06,记,2,应收账款,收款,20,
        财务费用,2026-03-07,记,3,银行存款,手续费,1,""",
    )
    assert columns(ledger, "row", "line", "account", "debit", "credit")[:2] == [
        (2, 1, "库存现金", 5000, 0),
        (2, 2, "银行存款", 0, 5000),
    ]
    assert said(ledger, "按借贷两条分录读取")


def test_a_ledger_sorted_by_account_is_brought_together(tmp_path: Path) -> None:
    ledger = read(
        tmp_path,
        """科目名称,日期,凭证字,凭证号,对方科目,摘要,借方金额,贷方金额
        库存现金,2026-03-05,记,1,银行存款,提现,50,
        库存现金,2026-03-06,记,2,管理费用,买纸,,20
        库存现金,2026-03-08,记,4,应收账款,收款,30,
        本月合计,,,,,,80,20
        银行存款,2026-03-05,记,1,库存现金,提现,,50
        银行存款,2026-03-07,记,3,应收账款,收款,30,
        管理费用,2026-03-06,记,2,库存现金,买纸,20,
        应收账款,2026-03-07,记,3,银行存款,收款,,30
        应收账款,2026-03-08,记,4,库存现金,收款,,30""",
    )
    assert columns(ledger, "number", "line", "row") == [
        (1, 1, 2), (1, 2, 6), (2, 1, 3), (2, 2, 8), (3, 1, 7), (3, 2, 9), (4, 1, 4), (4, 2, 10)
    ]  # fmt: skip
    assert said(ledger, "按科目排列")


def test_without_numbers_a_voucher_ends_where_it_balances(tmp_path: Path) -> None:
    ledger = read(
        tmp_path,
        """日期,摘要,科目编码,科目名称,借方,贷方
        2026-03-05,a,1001,库存现金,1,
        2026-03-05,a,1002,银行存款,,1
        2026-03-05,b,1001,库存现金,3,
        2026-03-05,b,1002,银行存款,,2
        2026-03-05,b,1122,应收账款,,1""",
    )
    assert ledger.lines["voucher"].to_list() == ["2026-03 #1"] * 2 + ["2026-03 #2"] * 3
    assert said(ledger, "没有凭证号")


@pytest.mark.parametrize("column", ["账套", "核算账簿名称", "Ledger", "账套名称"])
def test_only_a_ledger_column_splits_a_file(tmp_path: Path, column: str) -> None:
    text = f"""{column},部门,Business Unit,日期,凭证号,摘要,科目编码,借方,贷方
    甲,销售,1,2026-03-05,记-1,x,1001,1,
    甲,行政,2,2026-03-05,记-1,x,1002,,1
    乙,销售,1,2026-03-05,记-1,x,1001,2,
    乙,行政,2,2026-03-05,记-1,x,1002,,2"""
    ledgers = read_file(text_file(tmp_path / "a.csv", text))
    assert [(ledger.name, ledger.lines["row"].to_list()) for ledger in ledgers] == [("甲", [2, 3]), ("乙", [4, 5])]
    (whole,) = read_file(text_file(tmp_path / "b.csv", text.replace(column, "分公司", 1)))
    assert whole.name is None
    assert whole.lines.height == 4


def test_red_type_is_negative(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["日期", "凭证号", "摘要", "科目编码", "科目名称", "借方", "贷方"])
    for number in range(1, 7):
        page.append([f"2026-03-0{number}", f"记-{number}", "付费", "5602", "管理费用", 10, None])
        page.append([f"2026-03-0{number}", f"记-{number}", "付费", "1001", "库存现金", None, 10])
    for cell in ("F4", "G5"):
        page[cell].font = Font(color="FFFF0000")
    book.save(tmp_path / "a.xlsx")
    (ledger,) = read_file(tmp_path / "a.xlsx")
    assert columns(ledger, "debit", "credit")[2:4] == [(-1000, 0), (0, -1000)]
    assert ledger.lines["debit"].sum() == 4000
    assert said(ledger, "2 笔红字金额")


def test_red_type_that_only_decorates_negatives(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["日期", "凭证号", "摘要", "科目编码", "科目名称", "借方", "贷方"])
    page.append(["2026-03-01", "记-1", "冲", "5602", "管理费用", -10, None])
    page.append(["2026-03-01", "记-1", "冲", "1001", "库存现金", None, -10])
    page["F2"].font = page["G3"].font = Font(color="FFFF0000")
    book.save(tmp_path / "a.xlsx")
    (ledger,) = read_file(tmp_path / "a.xlsx")
    assert columns(ledger, "debit", "credit") == [(-1000, 0), (0, -1000)]


def test_placeholder_dates_give_way_to_a_better_column(tmp_path: Path) -> None:
    rows = "\n".join(f"{n},19000101,2007,{n},473000,{n}.5,S,2007{n:02}09,2007{n:02}11,101205" for n in range(1, 10))
    header = "Journal_ID,Effective_Date,Fiscal_Year,Period,GL_Account_Number,Amount,Amount_Credit_Debit_Indicator,"
    ledger = read(tmp_path, header + "Document_Date,Entered_Date,Entered_Time\n" + rows)
    assert columns(ledger, "period", "date", "entered_date", "entered_time")[2] == (
        "2007-03",
        date(2007, 3, 9),
        date(2007, 3, 11),
        "10:12:05",
    )
    assert said(ledger, "19000101")
    assert said(ledger, "单据日期")


def test_period_comes_from_year_and_period_columns(tmp_path: Path) -> None:
    ledger = read(
        tmp_path, "会计年度,会计期间,日期,凭证号,摘要,科目编码,借方,贷方\n2026年度,第3期,2026-04-02,记-1,x,1001,1,"
    )
    assert columns(ledger, "period", "voucher") == [("2026-03", "2026-03 记-1")]


@pytest.mark.parametrize(
    ("name", "title", "period"),
    [("a.csv", "2024年序时账,,,,,,", "2024-03"), ("2025年账.csv", "序时账,,,,,,", "2025-03")],
)
def test_the_year_of_month_and_day_columns(tmp_path: Path, name: str, title: str, period: str) -> None:
    (ledger,) = read_file(
        text_file(tmp_path / name, title + "\n月,日,凭证号,摘要,科目编码,借方,贷方\n3,5,记-1,x,1001,1,")
    )
    assert ledger.lines["period"].to_list() == [period]
    assert said(ledger, "没有写明年份") == (name != "a.csv")


def test_month_and_day_that_no_calendar_has(tmp_path: Path) -> None:
    ledger = read(
        tmp_path, "2026年序时账,,,,,,\n月,日,凭证号,摘要,科目编码,借方,贷方\n2,30,记-1,x,1001,1,\n2,3,记-2,x,1001,1,"
    )
    assert [(r.row, str(r.reason)) for r in ledger.rejects] == [(3, "日历上没有 2026-02-30 这一天")]


def test_a_29_february_tells_a_leap_year(tmp_path: Path) -> None:
    ledger = read(
        tmp_path, "序时账,,,,,,\n月,日,凭证号,摘要,科目编码,借方,贷方\n2,29,记-1,x,1001,1,\n3,3,记-2,x,1001,1,"
    )
    assert ledger.rejects == []
    assert all(period[:4].isdigit() and int(period[:4]) % 4 == 0 for period in ledger.lines["period"])


def test_credits_written_negative_beside_an_indicator(tmp_path: Path) -> None:
    header = "Document Number,Posting Date,G/L Account,Debit/Credit ind,Amount in local currency\n"
    ledger = read(tmp_path, header + "1,15.03.2026,473000,S,100.00\n1,15.03.2026,113100,H,-100.00")
    assert columns(ledger, "debit", "credit", "date") == [(10000, 0, date(2026, 3, 15)), (0, 10000, date(2026, 3, 15))]


def test_credits_written_negative_beside_debits(tmp_path: Path) -> None:
    header = "Journal ID,Date,Account,Account Name,Debit,Credit\n"
    ledger = read(tmp_path, header + "1.0,2026-03-05,1,Rent,100,\n1.0,2026-03-05,2,Cash,,-100")
    assert columns(ledger, "voucher", "debit", "credit") == [("1", 10000, 0), ("1", 0, 10000)]


def test_a_red_voucher_alone_stays_red(tmp_path: Path) -> None:
    ledger = read(tmp_path, HEADER + "2026-03-05,记-1,冲,5602,管理费用,-5,\n2026-03-05,记-1,冲,1001,库存现金,,-5")
    assert columns(ledger, "debit", "credit") == [(-500, 0), (0, -500)]


def test_amounts_with_a_side_behind_them(tmp_path: Path) -> None:
    header = "Transaction ID,Date,GL Code,Account Name,Amount,Description\n"
    ledger = read(tmp_path, header + '1,2026-03-15,6001,Sales,"1,100.00 CR",x\n1,2026-03-15,1001,Cash,"1,100.00 DR",x')
    assert columns(ledger, "debit", "credit") == [(0, 110000), (110000, 0)]


def test_several_sheets_are_one_ledger(tmp_path: Path) -> None:
    book = Workbook()
    for month in (3, 4):
        page = book.create_sheet(f"{month}月")
        page.append(["日期", "凭证号", "摘要", "科目编码", "科目名称", "借方", "贷方"])
        page.append([date(2026, month, 5), "记-1", "x", 1001, "库存现金", 0.1 + 0.2, None])
    page = book.create_sheet("余额表")
    page.append(["科目编码", "科目名称", "期初借方", "期初贷方", "本期借方", "本期贷方", "期末借方", "期末贷方"])
    page.append([1001, "库存现金", 5, None, 0.6, None, 5.6, None])
    book.save(tmp_path / "a.xlsx")
    (ledger,) = read_file(tmp_path / "a.xlsx")
    assert columns(ledger, "period", "row", "debit") == [("2026-03", 2, 30), ("2026-04", 2, 30)]
    assert ledger.balances.select("account", "opening", "debit", "closing").rows() == [("1001", 500, 60, 560)]
    assert not said(ledger, "没有期初余额")


def test_a_person_can_change_the_columns(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", "日期,凭证号,说明一,说明二,科目编码,借方,贷方\n2026-03-05,记-1,左,右,1001,1,")
    sheets = sniff(path)
    assert {c.heading: c.field for c in sheets[0].columns}["说明一"] is None
    (ledger,) = read_sheets(sheets, path=path, mapping={"说明二": "summary"})
    assert ledger.lines["summary"].to_list() == ["右"]
    assert sheets[0].sample(1) == [["2026-03-05", "记-1", "左", "右", "1001", "1", None]]
    assert all(0.5 < c.confidence <= 1 for c in sheets[0].columns if c.field)


def test_web_tables_saved_as_xls(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text(
        """<html><head><meta charset="gbk"></head><body><table border=1>
        <tr><td colspan=5>序时账</td></tr>
        <tr><th>日期<th>凭证号</th><th>科目编码</th><th>借方</th><th>贷方</th></tr>
        <tr><td rowspan=2>2026-03-05</td><td rowspan=2>记-1</td><td>1001</td><td>1,000.00</td><td>&nbsp;</td></tr>
        <tr><td>1002</td><td></td><td>1,000.00</td></tr></table></body></html>""",
        encoding="gb18030",
    )
    (ledger,) = read_file(path)
    assert columns(ledger, "row", "voucher", "account", "debit", "credit") == [
        (3, "2026-03 记-1", "1001", 100000, 0),
        (4, "2026-03 记-1", "1002", 0, 100000),
    ]


def test_the_old_workbook_format(tmp_path: Path) -> None:
    xlwt = pytest.importorskip("xlwt", reason="no writer of the old XLS format is installed")
    book = xlwt.Workbook()
    page = book.add_sheet("凭证")
    dated = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for at, heading in enumerate(["日期", "凭证字号", "摘要", "科目编码", "科目名称", "借方金额", "贷方金额"]):
        page.write(3, at, heading)
    for row, (code, name, debit, credit) in enumerate(
        [(1001, "库存现金", 0.1 + 0.2, ""), (1002, "银行存款", "", 0.3)], 4
    ):
        for at, value in enumerate([date(2026, 3, 5), "记-1", "提现", code, name, debit, credit]):
            page.write(row, at, value, dated if at == 0 else xlwt.easyxf())
    book.save(str(tmp_path / "a.xls"))
    (ledger,) = read_file(tmp_path / "a.xls")
    assert columns(ledger, "row", "date", "account", "debit", "credit") == [
        (5, date(2026, 3, 5), "1001", 30, 0),
        (6, date(2026, 3, 5), "1002", 0, 30),
    ]


def test_codes_as_numbers_and_text_with_blanks(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["日期", "凭证号", "摘要", "科目编码", "科目名称", "借方", "贷方"],
        ["2026-03-05", 1, "x", 1001.0, "库存现金", " 1,000.50 ", None],
        ["2026-03-05", 1, "x", "1002 ", "银行存款", None, "１，０００．５０"],
    ]
    (ledger,) = read_file(xlsx_file(tmp_path / "a.xlsx", rows))
    assert columns(ledger, "account", "debit", "credit") == [("1001", 100050, 0), ("1002", 0, 100050)]


@pytest.mark.parametrize(("noon", "clock"), [("120507", "00:12:07"), ("1205", "12:07:00")])
def test_times_that_lost_their_zeros_are_read_as_their_column_counts(tmp_path: Path, noon: str, clock: str) -> None:
    header = HEADER.replace("借方", "录入时间,借方")
    ledger = read(tmp_path, header + f"2026-03-05,记-1,x,1001,库存现金,{noon},1,\n2026-03-05,记-1,x,1002,银行,1207,,1")
    assert ledger.lines["entered_time"].to_list()[1] == clock
