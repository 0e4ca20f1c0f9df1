"""What a summary says: its skeleton, the month it names, the company, its tell-tale words."""

from __future__ import annotations

import polars as pl
import pytest

from saas.checks.wording import alike, company_in, is_last, month_said, nearest, plain, skeleton, yuan


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("计提3月工资", "计提工资"),
        ("计提2026年3月份工资", "计提工资"),
        ("支付２０２６年３月房租", "支付房租"),
        ("付4-6月房租", "付房租"),
        ("缴纳第一季度印花税", "缴纳印花税"),
        ("付张三差旅费", "付差旅费"),
        ("购办公用品 发票号26332000000123456789", "购办公用品"),
        ("收A-1023合同款(尾款)", "收合同款尾款"),
        ("Rent for March 2026", "rentfor"),
    ],
)
def test_the_skeleton_is_what_recurs(text: str, key: str) -> None:
    frame = pl.DataFrame({"summary": [text]})
    assert frame.select(skeleton(plain(), ["张三"])).item() == key


@pytest.mark.parametrize(
    ("text", "period", "named"),
    [
        ("计提3月工资", 2026 * 12 + 2, 2026 * 12 + 2),
        ("发放12月工资", 2026 * 12 + 0, 2025 * 12 + 11),  # in January last December is meant
        ("预提1月租金", 2026 * 12 + 11, 2027 * 12 + 0),
        ("补记2025年11月房租", 2026 * 12 + 5, 2025 * 12 + 10),
        ("付4-6月房租", 2026 * 12 + 3, None),
        ("缴纳2季度所得税", 2026 * 12 + 6, None),
        ("付房租", 2026 * 12 + 3, None),
        ("补提上月折旧", 24315, 24314),
        ("缴纳本月社保", 24315, None),
    ],
)
def test_the_month_a_summary_names(text: str, period: int, named: int | None) -> None:
    dated, bare = month_said(pl.col("text"))
    frame = pl.DataFrame({"text": [text], "period": [period]}, schema_overrides={"period": pl.Int32})
    assert frame.select(pl.coalesce(dated, nearest(bare, pl.col("period")))).item() == named


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("购进嘉兴星林食品有限公司货物", "嘉兴星林食品"),
        ("付货款-上海正林茶叶股份有限公司", "上海正林茶叶"),
        ("永盛五金制品厂采购入库", "永盛五金制品"),
        ("支付房租", None),
    ],
)
def test_the_company_a_summary_names(text: str, name: str | None) -> None:
    assert company_in(text) == name


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("摊销房租(12/12)", True),
        ("摊销房租（第6期/共6期）", True),
        ("摊销房租(3/12)", False),
        ("付2026/12/12房租", False),
    ],
)
def test_whether_instalments_count_the_last(text: str, last: bool) -> None:
    assert is_last(text) is last


def test_alike_says_much_the_same() -> None:
    assert alike("付乙公司检测费", "支付乙公司检测费")
    assert not alike("付张三补助", "购办公用品")


def test_amounts_in_json_are_plain_yuan() -> None:
    assert [yuan(fen) for fen in (0, 5, 123456, -123456)] == ["0.00", "0.05", "1234.56", "-1234.56"]
