"""Cells that hold a mark: the side, yes or no, posted, void; and the rows that are no lines (totals, page marks)."""

from __future__ import annotations

import unicodedata
from typing import Literal

DEBITS = {"借", "借方", "d", "dr", "dr.", "debit", "s", "soll", "db", "j", "+", "1"}
CREDITS = {"贷", "贷方", "c", "cr", "cr.", "credit", "h", "haben", "k", "-", "0", "-1", "2"}
FLAT = {"平", "flat", "nil"}
YES = {
    "y",
    "yes",
    "true",
    "t",
    "1",
    "1.0",
    "x",
    "√",
    "✓",
    "是",
    "已",
    "有",
    "posted",
    "已记账",
    "已过账",
    "已登账",
    "已入账",
    "p",
}
NO = {
    "n",
    "no",
    "false",
    "f",
    "0",
    "0.0",
    "否",
    "未",
    "无",
    "unposted",
    "未记账",
    "未过账",
    "未登账",
    "未入账",
    "×",
    "u",
}
POSTED = {"已记账", "已过账", "记账", "过账", "posted", "已登账", "已入账", "complete", "completed"}
UNPOSTED = {"未记账", "未过账", "unposted", "未审核", "draft", "草稿", "暂存", "未登账", "未入账", "pending", "saved"}
VOIDED = {"作废", "已作废", "void", "voided", "cancelled", "canceled", "废"}

# A row with one of these in a text cell is no line. The whole cell must be the mark: 合计报销差旅费 is a summary.
TOTALS = (
    r"(?i)^[\s\[【(（*]*"
    r"(?:(?:\d{4}年)?\d{0,2}(?:本|当|全|累)?(?:页|日|旬|月|期|季|季度|年|年度|凭证|科目|借方|贷方|计))?(?:份)?(?:发生额|余额)?及?"
    r"(?:合\s*计|小\s*计|总\s*计|累\s*计|共\s*计|总\s*额|总\s*合\s*计|合\s*计\s*数|本期发生额|本月发生额)"
    r"(?:金额|数|发生额|余额)?[\s\]】)）*]*(?:[:：].*|\(大写\).*|（大写）.*)?$"
    r"|^(?:grand |sub ?-?|page |period |journal |voucher |report )?totals?\b[\s:]*$|^sum\s*:?$"
)
CARRIED = (
    r"(?i)^[\s\[【(（*]*"
    r"(?:(?:期|年|月|上年|上期|上月)初|(?:期|年|月)末|上[年期月]结转|承前页|过次页|转次页|转下页|接上页|接前页|结转下页|上年余额)"
    r"(?:余额|数|结存|结余|金额)*[\s\]】)）]*$"
    r"|^(?:opening|beginning|closing|ending) balance.*$|^balance (?:b/?f|c/?f|brought|carried).*$"
    r"|^(?:brought|carried) forward.*$"
)
# Rows of a printed form around the table. A line of the table never looks so.
FORM = (
    r"(?i)^\s*(?:制单|制表|审核|复核|记账|出纳|过账|会计主管|财务主管|主管|经办|核算单位|编制单位|单位|公司|打印|制表|期间|会计期间|币种|页码)"
    r"(?:人|员|名称|单位|日期|时间)?\s*[:：]|^\s*第\s*\d+\s*页|^\s*共\s*\d+\s*页|^\s*page\s*:?\s*\d+(?:\s*(?:of|/)\s*\d+)?\s*$|^\s*-\s*\d+\s*-\s*$"
)
VOID_SUMMARY = (
    r"(?i)^\s*(?:[\[【(（<〈]\s*(?:已?作废|void(?:ed)?)\s*[\]】)）>〉].*"
    r"|(?:此|该|本)?(?:凭证|号)?(?:已?作废|void(?:ed)?|空号|废号)(?:凭证)?\s*[。.!！]?)$"
)


def plain(text: str) -> str:
    """A mark without width, case and blanks."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def side(text: str) -> Literal["D", "C", ""] | None:
    """ "D", "C", "" for 平 (a zero balance), None for what is no side."""
    mark = plain(text)
    if mark in DEBITS:
        return "D"
    return "C" if mark in CREDITS else ("" if mark in FLAT else None)


def flag(text: str) -> bool | None:
    """Yes or no; None for anything else."""
    mark = plain(text)
    return True if mark in YES else (False if mark in NO else None)
