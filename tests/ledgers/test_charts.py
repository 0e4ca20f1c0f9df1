"""Charts of accounts: telling them apart, roles by name, parents whatever the shape of the codes."""

from __future__ import annotations

import pytest

from saas.ledgers.charts import build
from saas.ledgers.charts_data import details, officials
from saas.ledgers.standards import detect

SMALL = [("1001", "库存现金"), ("5001", "主营业务收入"), ("5602", "管理费用"), ("3103", "本年利润")]
ENTERPRISE = [("1001", "库存现金"), ("6001", "主营业务收入"), ("6602", "管理费用"), ("4103", "本年利润")]


def test_the_charts_are_complete() -> None:
    assert len(officials("small")) == 66
    assert len([a for a in officials("enterprise") if a.code < "9"]) >= 156
    for standard in ("small", "enterprise", "npo"):
        assert {a.side for a in officials(standard)} <= {"D", "C", "B"}
        assert {a.category for a in officials(standard)} <= {"asset", "liability", "common", "equity", "cost", "pnl"}


@pytest.mark.parametrize(
    ("accounts", "standard", "certain"),
    [
        (SMALL, "small", True),
        (ENTERPRISE, "enterprise", True),
        ([("1001", ""), ("5602", ""), ("5711", ""), ("2221", "")], "small", True),
        ([("1001", ""), ("6602", ""), ("6001", ""), ("2221", "")], "enterprise", True),
        ([("560201", "办公费"), ("560302", "利息"), ("1002", "银行存款")], "small", True),
        ([("560201", "管理费用-办公费"), ("1002", "银行存款")], "small", True),
        ([("1001", "库存现金"), ("1002", "银行存款")], "small", False),
        ([("1131", "应收账款"), ("2121", "应付账款"), ("2171", "应交税金"), ("5502", "管理费用")], "other", True),
        ([("113100", ""), ("473000", ""), ("160000", ""), ("176000", ""), ("470000", "")], "other", False),
        ([("4101", "捐赠收入"), ("5101", "业务活动成本"), ("3101", "非限定性净资产"), ("1001", "现金")], "npo", True),
        ([*SMALL, ("1999", "本公司自设科目")], "small", True),
        ([("1001", "Petty cash"), ("5602", "Stationery"), ("5711", "Fines"), ("5001", "Sales")], "small", True),
        ([("", "管理费用-办公费"), ("", "库存现金"), ("", "银行存款")], "small", False),
    ],
)
def test_telling_the_charts_apart(accounts: list[tuple[str, str]], standard: str, certain: bool) -> None:
    detected = detect(accounts)
    assert detected.standard == standard
    assert detected.certain == certain


def test_colliding_codes_take_their_meaning_from_the_chart() -> None:
    assert build("small", SMALL).accounts["5001"].role == "revenue.main"
    assert build("enterprise", [("5001", "生产成本")]).accounts["5001"].role == "production_cost"


@pytest.mark.parametrize(
    ("codes", "parents"),
    [
        (["1002", "100201", "10020101"], ["", "1002", "100201"]),
        (["1002", "1002001", "1002001001"], ["", "1002", "1002001"]),
        (["1002", "10020001", "100200010001"], ["", "1002", "10020001"]),
        (["1002", "1002.01", "1002.01.03"], ["", "1002", "1002.01"]),
        (["1002", "1002-01", "1002-01-03"], ["", "1002", "1002-01"]),
        (["1002", "100201A"], ["", "1002"]),
        (["1002", "10020101"], ["", "1002"]),
    ],
)
def test_parents(codes: list[str], parents: list[str]) -> None:
    accounts = build("small", [(code, "x") for code in codes]).accounts
    assert [accounts[code].parent for code in codes] == parents
    assert [accounts[code].leaf for code in codes] == [False] * (len(codes) - 1) + [True]
    assert {accounts[code].role for code in codes} == {"bank"}


@pytest.mark.parametrize(
    ("path", "role", "side"),
    [
        ("进项税额", "tax.vat.input", "D"),
        ("销项税额", "tax.vat.output", "C"),
        ("进项税额转出", "tax.vat.input_out", "C"),
        ("待认证进项税额", "tax.vat.unverified", "D"),
        ("待抵扣进项税额", "tax.vat.pending", "D"),
        ("未交增值税", "tax.vat.unpaid", "B"),
        ("应交增值税", "tax.vat", "B"),
        ("应交税费-应交增值税-销项税额", "tax.vat.output", "C"),
        ("应交税费_应交个人所得税", "tax.iit", "C"),
        ("应交企业所得税", "tax.cit", "B"),
        ("应交城市维护建设税", "tax.urban", "C"),
        ("地方教育附加", "tax.local_edu", "C"),
        ("教育费附加", "tax.edu", "C"),
    ],
)
def test_details_of_taxes_are_mapped_by_name(path: str, role: str, side: str) -> None:
    for code in ("222101", "22210107", "2221.99"):
        account = build("small", [(code, path)]).accounts[code]
        assert (account.role, account.side) == (role, side)


def test_a_detail_inside_the_value_added_tax() -> None:
    accounts = build("small", [("222101", "应交增值税"), ("22210101", "进项税额"), ("22210105", "本期")]).accounts
    assert [a.role for a in accounts.values()] == ["tax", "tax.vat", "tax.vat.input", "tax.vat"]
    assert accounts["2221"].used is False


@pytest.mark.parametrize(
    ("code", "name", "role"),
    [
        ("220202", "应付账款-暂估应付款", "ap.accrued"),
        ("221101", "工资", "payroll.wage"),
        ("560203", "业务招待费", "admin.entertainment"),
        ("560301", "利息收入", "finance.interest_income"),
        ("571102", "税收滞纳金", "loss.fine"),
        ("310405", "未分配利润", "retained.undistributed"),
        ("122101", "股东往来", "receivable.shareholder"),
        ("1221", "其他应收款", "other_receivable"),
    ],
)
def test_roles_of_other_details(code: str, name: str, role: str) -> None:
    assert build("small", [(code, name)]).accounts[code].role == role


def test_roles_by_name_where_the_chart_is_unknown() -> None:
    chart = build(
        "other", [("1131", "应收账款"), ("10100", "Cash at Bank"), ("40000", "Sales Revenue"), ("", "管理费用")]
    )
    assert [a.role for a in chart.accounts.values()] == ["ar", "admin", "bank", "revenue.main"]


def test_names_alone_make_a_tree() -> None:
    accounts = build("small", [("", "管理费用-办公费"), ("", "库存现金"), ("", "Long-term loans")]).accounts
    assert accounts["管理费用-办公费"].parent == "管理费用"
    assert accounts["Long-term loans"].parent == ""
    assert accounts["库存现金"].role == "cash"


def test_roles_find_those_beneath() -> None:
    chart = build("small", [("1403", "原材料"), ("1405", "库存商品"), ("1001", "库存现金")])
    assert chart.having("inventory") == ["1403", "1405"]
    assert chart.having("inventory.goods", "cash") == ["1001", "1405"]
    assert chart.top("1403") == "1403"


def test_details_stay_inside_known_roles() -> None:
    roles = {a.role for standard in ("small", "enterprise", "npo") for a in officials(standard)}
    assert {detail.within for detail in details()} <= roles
