"""Which months of a contract were served, and which share of the last one. Months are the contract's own.

A contract from the 15th has months from the 15th to the 14th; each is named after the calendar month it begins in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from saas.kernel.months import month_name, month_number, months_after, next_month
from saas.refunds.calculation.service import Agreed, Service
from saas.refunds.terms import NoticeMonth


@dataclass(frozen=True, slots=True)
class Served:
    """Whole months in their order ("2026-01"), and (days, days of the month) of one begun after them, if any."""

    months: tuple[str, ...]
    part: tuple[int, int] | None = None
    part_month: str = ""


def served(agreed: Agreed, service: Service, counting: NoticeMonth) -> Served:
    """By dates, or as the preparer found it with a reason (`service.served_months`).

    `counting` says what the month of the notice is worth. Never more months than the contract has, gifts included.
    """
    most = agreed.paid_months + agreed.gift_months
    if service.served_months is not None:
        return Served(_named(agreed.starts_on, min(service.served_months, most)))
    begun = sum(months_after(agreed.starts_on, month) <= agreed.notice_on for month in range(most))
    ended_before = months_after(agreed.starts_on, begun) <= agreed.notice_on  # the contract was over by then
    if begun == 0 or ended_before or counting == "full":
        return Served(_named(agreed.starts_on, begun))
    whole = _named(agreed.starts_on, begun - 1)
    if counting == "none":
        return Served(whole)
    first, following = months_after(agreed.starts_on, begun - 1), months_after(agreed.starts_on, begun)
    days, of = (agreed.notice_on - first).days + 1, (following - first).days
    name = f"{first:%Y-%m}"
    return Served((*whole, name)) if days == of else Served(whole, (days, of), name)


def _named(start: date, count: int) -> tuple[str, ...]:
    return tuple(month_name(month_number(start) + month) for month in range(count))


def in_runs(months: tuple[str, ...]) -> str:
    """Months in their order, runs drawn together: "2026-01–2026-03, 2026-05"."""
    runs: list[list[str]] = []
    for month in months:
        if runs and month == next_month(runs[-1][-1]):
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
