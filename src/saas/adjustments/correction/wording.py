"""The summaries of correcting vouchers (accounting.md §1.3). Books are kept in Chinese, so these are never translated.

Article 51 writes 某月某日某号; we always add the year and the 凭证字, because numbers start again each month.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.vouchers import Voucher


def day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def span(period: Period) -> str:
    return f"{period.year}年{period.month}月" if period.month else f"{period.year}年"


def named(voucher: Voucher) -> str:
    """2026年3月15日记-12号"""
    return f"{day(voucher.date)}{voucher.word}-{voucher.number}号"


def cancel(wrong: Voucher) -> str:
    return f"注销{named(wrong)}凭证"


def cancel_duplicate(surplus: Voucher, original: Voucher) -> str:
    return f"注销{named(surplus)}凭证(与{named(original)}重复)"


def put_right(wrong: Voucher) -> str:
    return f"订正{named(wrong)}凭证"


def cancel_many(wrong: Sequence[Voucher]) -> str:
    """注销2026年3月记-12、15、18号凭证(共3张,见清单)"""
    return f"注销{_numbers(wrong)}号凭证(共{len(wrong)}张,见清单)"


def put_right_many(wrong: Sequence[Voucher]) -> str:
    return f"订正{_numbers(wrong)}号凭证(共{len(wrong)}张,见清单)"


def _numbers(wrong: Sequence[Voucher]) -> str:
    """All of one month and one 凭证字; beyond six the first and the last."""
    numbers = [str(voucher.number) for voucher in wrong]
    shown = "、".join(numbers) if len(numbers) <= 6 else f"{numbers[0]}至{numbers[-1]}"
    return f"{span(Period.of(wrong[0].date))}{wrong[0].word}-{shown}"


def less(wrong: Voucher) -> str:
    return f"冲销{named(wrong)}凭证多记金额"


def more(wrong: Voucher) -> str:
    return f"补记{named(wrong)}凭证少记金额"


def lines_only(wrong: Voucher) -> str:
    return f"更正{named(wrong)}凭证"


def omitted(period: Period, subject: str) -> str:
    return f"补记{span(period)}{subject}"


def recognised(period: Period, subject: str) -> str:
    return f"确认{span(period)}{subject}"


def earlier_year(wrong: Voucher, why: str) -> str:
    return f"更正{named(wrong)}凭证:{why}"


def duplicate_of(original: Voucher) -> str:
    return f"与{named(original)}重复"


def depreciation(first: Period, last: Period, asset: str = "") -> str:
    """补提2026年3—4月折旧; across a year's end both years are written."""
    if first == last:
        months = span(first)
    elif first.year == last.year:
        months = f"{first.year}年{first.month}—{last.month}月"
    else:
        months = f"{span(first)}—{span(last)}"
    return f"补提{months}折旧" + (f"({asset})" if asset else "")


def closing(period: Period, what: str) -> str:
    return f"补结转{span(period)}{what}"


def accrual_back(period: Period, subject: str) -> str:
    return f"冲回{span(period)}{subject}"


def invoiced(estimate: str) -> str:
    """暂估入库 becomes 购商品入库 once the invoice is there."""
    return estimate.replace("暂估", "购商品")


def surplus_found(asset: str) -> str:
    return f"盘盈固定资产:{asset}"


def surplus_settled(asset: str) -> str:
    return f"结转盘盈固定资产:{asset}"


def income_tax(year: int, due: bool) -> str:
    return f"{year}年度更正申报{'补缴' if due else '应退'}企业所得税"


def deferred_tax(year: int) -> str:
    return f"确认{year}年度差错更正的递延所得税"


def annual_settlement(year: int, due: bool) -> str:
    return f"{year}年度汇算清缴{'补缴' if due else '应退'}企业所得税"


CARRY_FORWARD = "补充结转损益"
PROFIT_TO_RETAINED = "补充结转本年利润"
SURCHARGES = "补提附加税费"
SURCHARGES_BACK = "冲减附加税费"
PAYMENT = "缴纳税款及滞纳金"
PAYMENT_ONLY = "缴纳税款"
PRIOR_YEAR_CLOSED = "结转以前年度损益调整"
SURPLUS_RESERVE = "调整盈余公积"
MATERIAL = "(重大)"
WRONG_AMOUNT = {"amount_high": "多记金额", "amount_low": "少记金额", "side": "借贷方向记反"}
