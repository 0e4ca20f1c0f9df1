"""Trial balances by month, per leaf account and auxiliary, rolled forward from the opening."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from saas.demo.books.accounts import BookChart
from saas.demo.books.voucher import Draft, Shift, Voucher

AccountKey = tuple[str, str]  # (code, auxiliary)


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One row of a 科目余额表; openings and closings signed, debit positive, in fen."""

    period: str
    account: str
    aux: str
    year_opening: int
    opening: int
    debit: int
    credit: int
    year_debit: int
    year_credit: int
    closing: int


@dataclass(slots=True)
class _Running:
    year_opening: int = 0
    opening: int = 0
    debit: int = 0
    credit: int = 0
    year_debit: int = 0
    year_credit: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit


def month_balances(draft: Draft, chart: BookChart) -> dict[str, list[BalanceRow]]:
    running: defaultdict[AccountKey, _Running] = defaultdict(_Running)
    for (role, aux), fen in draft.opening.items():
        held = running[chart.code(role), aux]
        held.opening, held.year_opening = held.opening + fen, held.year_opening + fen
    vouchers: dict[str, list[Voucher]] = defaultdict(list)
    for voucher in draft.vouchers:
        vouchers[voucher.period].append(voucher)
    balances = {}
    for period in draft.months:
        shifted = [shift for shift in draft.shifts if shift.period == period]
        _shift(running, [s for s in shifted if s.at_opening], chart)
        _post(running, vouchers[period], chart)
        late = {(chart.code(s.role), ""): s.fen for s in shifted if not s.at_opening}
        balances[period] = [_row(period, key, running[key], late.get(key, 0)) for key in sorted(running)]
        _carry(running, new_year=period.endswith("-12"))
        _shift(running, [s for s in shifted if not s.at_opening], chart)
    return balances


def _post(running: defaultdict[AccountKey, _Running], vouchers: Iterable[Voucher], chart: BookChart) -> None:
    for voucher in vouchers:
        for entry in voucher.entries:
            held = running[chart.account(entry.account).code, entry.aux]
            held.debit, held.credit = held.debit + entry.debit, held.credit + entry.credit
            held.year_debit, held.year_credit = held.year_debit + entry.debit, held.year_credit + entry.credit


def _carry(running: defaultdict[AccountKey, _Running], new_year: bool) -> None:
    for held in running.values():
        held.opening, held.debit, held.credit = held.closing, 0, 0
        if new_year:
            held.year_opening, held.year_debit, held.year_credit = held.opening, 0, 0


def _shift(running: defaultdict[AccountKey, _Running], shifts: Iterable[Shift], chart: BookChart) -> None:
    for shift in shifts:
        running[chart.code(shift.role), ""].opening += shift.fen


def _row(period: str, key: AccountKey, held: _Running, late: int) -> BalanceRow:
    year = (held.year_opening, held.year_debit, held.year_credit)
    return BalanceRow(period, *key, year[0], held.opening, held.debit, held.credit, *year[1:], held.closing + late)
