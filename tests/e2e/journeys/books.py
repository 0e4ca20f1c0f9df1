"""The ledger of the journeys: a small trading company's current month, in which one invoice was booked twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

HEAD = "日期,凭证字号,摘要,科目编码,科目名称,借方金额,贷方金额,制单人,发票号\n"
INVOICE = "26332000000018427305"


def _voucher(day: date, number: int, summary: str, debit: tuple[str, str], credit: tuple[str, str], amount: str,
             invoice: str = "") -> str:  # fmt: skip
    start = f"{day},记-{number},{summary}"
    return (
        f"{start},{debit[0]},{debit[1]},{amount},,陆予安,{invoice}\n"
        f"{start},{credit[0]},{credit[1]},,{amount},陆予安,{invoice}\n"
    )


def month(today: date) -> str:
    """Eight innocent vouchers, and 记-3 and 记-6 for the same invoice."""
    first = today.replace(day=1)
    bank, selling = ("1002", "银行存款"), ("5601", "销售费用")
    return HEAD + "".join(
        [
            _voucher(first, 1, "收到投资款", bank, ("3001", "实收资本"), "500000.00"),
            _voucher(first, 2, "收甲公司货款", bank, ("1122", "应收账款"), "80000.00"),
            _voucher(first, 3, "付顺达物流运费", selling, bank, "2000.00", INVOICE),
            _voucher(first, 4, "付办公用品款", ("5602", "管理费用"), bank, "860.00", "26332000000018420011"),
            _voucher(first, 5, "购商品入库", ("1405", "库存商品"), bank, "45000.00", "26332000000018420077"),
            _voucher(first, 6, "付顺达物流运费", selling, bank, "2000.00", INVOICE),
            _voucher(first, 7, "付银行手续费", ("5603", "财务费用"), bank, "35.00"),
            _voucher(first, 8, "付水电费", ("5602", "管理费用"), bank, "1240.50", "26332000000018420099"),
        ]
    )


def corrected(today: date) -> str:
    """The same month after the red copy of 记-6 was booked as approved."""
    first = today.replace(day=1)
    day = f"{first.year}年{first.month}月{first.day}日"
    summary = f"注销{day}记-6号凭证(与{day}记-3号重复)"
    return month(today) + _voucher(today, 9, summary, ("5601", "销售费用"), ("1002", "银行存款"), "-2000.00")


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
