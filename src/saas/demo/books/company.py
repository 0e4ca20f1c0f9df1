"""The company whose books are made: what it does, how it is taxed, and how its bookkeeper likes to work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Industry = Literal["services", "trading", "manufacturing", "restaurant", "technology"]
Taxpayer = Literal["small_scale", "general"]
BookStandard = Literal["small", "enterprise"]
CodeShape = Literal["4-2-2", "4-3-3", "dotted"]
InvoicesIn = Literal["summary", "reference"]

OUTPUT_RATE: dict[Industry, int] = {  # per cent, general taxpayers (增值税法 第10条, from 2026-01-01)
    "services": 6,
    "trading": 13,
    "manufacturing": 13,
    "restaurant": 6,
    "technology": 6,
}
LEVY_RATE = 1  # per cent, small-scale taxpayers (公告2026年第10号, to 2027-12-31)


@dataclass(frozen=True, slots=True)
class Company:
    """One client of the firm. Amounts in yuan, for they are typed by people; the books are in fen."""

    name: str
    uscc: str
    industry: Industry
    taxpayer: Taxpayer
    standard: BookStandard
    shareholders: tuple[str, ...]
    revenue_yuan: int = 3_000_000  # a year, without VAT
    headcount: int = 8
    density: float = 1.0  # 1.0 gives about 1,500 lines a year for a trading company
    bank: str = "工行城西支行"
    second_bank: str = ""  # "" where the company has one account only
    loan_yuan: int = 0  # short-term bank loan
    preparers: tuple[str, ...] = ("陆予安",)
    reviewer: str = "沈知微"
    three_words: bool = False  # 收/付/转 instead of 记
    journal_ids: bool = False  # its program names a voucher by an id of its own ("202603J0012"), as English ones do
    month_end_dating: bool = False  # every voucher dated on the last day of the month
    code_shape: CodeShape = "4-2-2"
    invoices_in: InvoicesIn = "summary"
    quarterly_rent: bool = False
    taken_over: str = ""  # "2026-05": earlier months were kept by `predecessor`
    predecessor: str = "王秀兰"

    @property
    def general(self) -> bool:
        return self.taxpayer == "general"

    @property
    def output_rate(self) -> int:
        return OUTPUT_RATE[self.industry] if self.general else LEVY_RATE

    @property
    def keeps_stock(self) -> bool:
        return self.industry in ("trading", "manufacturing", "restaurant")
