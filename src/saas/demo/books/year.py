"""A year of a company's life: which events happen in which month, day by day."""

from __future__ import annotations

from datetime import date
from random import Random

from saas.demo.books.accounts import BookChart
from saas.demo.books.agenda import Task
from saas.demo.books.closing import close
from saas.demo.books.company import Company
from saas.demo.books.desk import Desk
from saas.demo.books.innocent import plan_innocent
from saas.demo.books.irregular import plan_irregular
from saas.demo.books.monthly import plan_month_end, plan_routine, plan_taxes
from saas.demo.books.opening import open_desk
from saas.demo.books.trade import plan_buying, plan_selling, plan_takings
from saas.demo.books.voucher import Balances, Draft
from saas.demo.books.wording import Wording
from saas.kernel.months import month_end


def live(company: Company, months: list[str], seed: int) -> Draft:
    """Right books of these consecutive months ("2026-01", …), vouchers in the order they were written."""
    rng = Random(f"{seed}/{company.uscc}")  # noqa: S311 (reproducible, not secret)
    desk = open_desk(company, months[0], rng)
    opening = Balances(int, {key: fen for key, fen in desk.balance.items() if fen})
    chart = BookChart(company)
    quarter_sales = 0
    for period in months:
        first = date.fromisoformat(f"{period}-01")
        quarter_sales = 0 if first.month % 3 == 1 else quarter_sales
        quarter_sales += live_month(desk, chart, first, quarter_sales)
    return Draft(months, opening, desk.vouchers, desk.customers, desk.suppliers, desk.staff)


def live_month(desk: Desk, chart: BookChart, first: date, quarter_sales: int) -> int:
    """One month, events in the order of their days, closing last. Returns the month's planned net sales, fen."""
    desk.today = first
    if first.month == 1:
        desk.cit_accrued = 0
    if f"{first:%Y-%m}" == desk.company.taken_over:
        desk.words = Wording(desk.rng)  # another bookkeeper, other habits
    if first.month == 7:
        desk.wage_bill = round(desk.wage_bill * desk.rng.uniform(1.0, 1.06) / 10_000) * 10_000  # raises, new base
    sales = month_sales(desk)
    takings = desk.company.industry == "restaurant"
    tasks: list[Task] = [
        *plan_routine(desk, first),
        *plan_taxes(desk, first),
        *(plan_takings(desk, first, sales) if takings else plan_selling(desk, first, sales)),
        *plan_buying(desk, first, sales),
        *plan_innocent(desk, first),
        *plan_irregular(desk, first),
    ]
    for day, task in sorted(tasks, key=lambda each: each[0]):
        desk.today = first.replace(day=day)
        task()
    desk.today = month_end(first)
    plan_month_end(desk, sales, quarter_sales + sales, chart.pnl_roles)
    for kind in ("close_income", "close_expense", *(("year_close",) if first.month == 12 else ())):
        lines = close(kind, desk.balance, chart)
        if lines:
            desk.post(kind, desk.say(kind), *lines)
    return sales


def month_sales(desk: Desk) -> int:
    """The month's net sales, fen: a twelfth of the year, a quiet February, a busy year's end."""
    season = {1: 0.95, 2: 0.72, 6: 1.05, 9: 1.05, 11: 1.1, 12: 1.2}.get(desk.today.month, 1.0)
    return round(desk.company.revenue_yuan / 12 * season * desk.rng.lognormvariate(0, 0.1)) * 100
