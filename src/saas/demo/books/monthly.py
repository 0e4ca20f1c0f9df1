"""What every month brings: rent, wages, claims, fees, taxes, and the entries of its last day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

from saas.demo.books.agenda import Task, some_day
from saas.demo.books.amounts import agreed, measured, percent
from saas.demo.books.company import Company
from saas.demo.books.desk import Desk
from saas.demo.books.events import assets, expenses, funds, payroll, stock, taxes

BOOKKEEPING_FEE = 40_000  # fen a month
LOAN_RATE = 4.35  # per cent a year


def plan_routine(desk: Desk, first: date) -> Iterator[Task]:
    rng, company = desk.rng, desk.company
    if not company.quarterly_rent:
        if f"{first:%Y-%m}" > desk.rent_paid_until:
            yield some_day(rng, first, 3, 8), partial(expenses.pay_rent, desk, 2 if rng.random() < 0.04 else 1)
    elif first.month % 3 == 1 or not desk.balance["prepaid", desk.landlord]:
        yield some_day(rng, first, 3, 8), partial(expenses.prepay_rent, desk)
    yield some_day(rng, first, 9, 12), partial(payroll.pay_wages, desk)
    yield some_day(rng, first, 16, 22), partial(payroll.pay_insurance, desk)
    if first.month == 1:
        yield some_day(rng, first, 18, 27), partial(payroll.pay_bonus, desk)
    if not _every_other_month(company) or first.month % 2 == 0:
        yield some_day(rng, first, 18, 26), partial(expenses.pay_utility, desk)
    yield some_day(rng, first, 15, 25), partial(expenses.pay_phone, desk)
    for _ in range(max(round((3 + company.headcount / 4) * company.density), 2)):
        yield some_day(rng, first, 2, 28), partial(expenses.reimburse, desk)
    for _ in range(rng.randrange(1, 4)):
        yield some_day(rng, first, 2, 28), partial(expenses.pay_fee, desk)
    yield from _by_industry(desk, first)
    if first.month % 3 == 0:
        fen = measured(rng, desk.balance["bank.main", ""] / 100 * 0.0008 + 5)
        yield 21, partial(funds.receive_interest, desk, fen, sum(map(ord, company.uscc)) % 2 == 0)
    yield 21, partial(funds.pay_interest, desk, LOAN_RATE)
    if first.month % 3 == 1:
        yield some_day(rng, first, 5, 12), partial(expenses.pay_bookkeeping, desk, BOOKKEEPING_FEE)


def _every_other_month(company: Company) -> bool:
    """Some meters are read every second month."""
    return sum(map(ord, company.name)) % 5 == 0


def _by_industry(desk: Desk, first: date) -> Iterator[Task]:
    rng, industry = desk.rng, desk.company.industry
    month = desk.company.revenue_yuan / 12
    if industry in ("trading", "manufacturing"):
        for _ in range(max(round(2 * desk.company.density), 1)):
            net = agreed(rng, month * 0.006 + 200)
            yield some_day(rng, first, 3, 28), partial(expenses.buy_service, desk, "freight", "selling.freight", net)
    if industry == "restaurant":
        net = measured(rng, month * 0.03, 0.1)
        yield some_day(rng, first, 26, 29), partial(expenses.buy_service, desk, "platform", "selling.platform", net)
    if industry == "technology":
        yield some_day(rng, first, 6, 9), partial(expenses.pay_cloud, desk)
    if rng.random() < 0.35:
        net = agreed(rng, month * 0.012 + 500)
        yield some_day(rng, first, 5, 27), partial(expenses.buy_service, desk, "ad", "selling.ad", net)
    if rng.random() < 0.15:
        yield (
            some_day(rng, first, 5, 27),
            partial(expenses.buy_service, desk, "advice", "admin.advice", agreed(rng, 3_000)),
        )


def plan_taxes(desk: Desk, first: date) -> Iterator[Task]:
    """Paid by the filing date, mostly the 15th."""
    rng, quarter = desk.rng, first.month % 3 == 1
    yield some_day(rng, first, 8, 14), partial(taxes.pay_iit, desk)
    if desk.company.general or quarter:
        yield some_day(rng, first, 8, 14), partial(taxes.pay_vat, desk)
    if quarter:
        yield some_day(rng, first, 8, 14), partial(taxes.pay_cit, desk)
        stamp = percent(desk.company.revenue_yuan * 25, 0.015) + desk.rng.randrange(100, 900)
        yield some_day(rng, first, 8, 14), partial(taxes.pay_stamp, desk, stamp)
    if first.month == 5:
        due = agreed(rng, desk.company.revenue_yuan * 0.0012, 0.3)
        yield some_day(rng, first, 18, 27), partial(taxes.settle_annual_cit, desk, due)


def plan_month_end(desk: Desk, net_sales: int, quarter_sales: int, pnl_roles: Iterable[str]) -> None:
    """The entries of the last day, each resting on the one before."""
    payroll.accrue_wages(desk, wage_of_month(desk))
    if desk.today.month == 12:
        payroll.accrue_bonus(desk, round(desk.wage_bill * desk.rng.uniform(0.6, 1.0) / 10_000) * 10_000)
    assets.depreciate(desk)
    assets.amortise(desk)
    if desk.company.quarterly_rent:
        expenses.share_rent(desk)
    _carry_costs(desk, net_sales)
    if desk.company.general:
        taxes.transfer_vat(desk)
    elif desk.today.month % 3 == 0:
        taxes.settle_levy(desk, quarter_sales)
    if desk.today.month % 3 == 0:
        profit = -desk.balance["year_profit", ""] - sum(desk.balance[r, ""] for r in pnl_roles if r != "income_tax")
        taxes.accrue_cit(desk, profit + desk.cit_accrued)


def wage_of_month(desk: Desk) -> int:
    """Nearly the same every month; a little overtime, a newcomer, a raise."""
    return round(desk.wage_bill * desk.rng.uniform(0.97, 1.04) / 1_000) * 1_000


def _carry_costs(desk: Desk, net_sales: int) -> None:
    industry = desk.company.industry
    if industry == "manufacturing":
        stock.issue_materials(desk, round(net_sales * desk.cost_share * desk.rng.uniform(0.93, 1.03)))
        stock.share_overhead(desk)
        made = stock.finish_products(desk)
        stock.carry_cost(desk, round(made * desk.rng.uniform(0.95, 1.04)))
    if industry == "trading":
        stock.carry_cost(desk, round(net_sales * desk.cost_share))
    if industry == "restaurant":
        stock.use_food(desk, net_sales)
    if industry == "technology":
        stock.expense_research(desk)
