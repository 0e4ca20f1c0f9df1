"""Irregular but right: standing orders of equal price, refunds from suppliers, over-accruals, a loan paid back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from saas.demo.books.agenda import Task, some_day
from saas.demo.books.amounts import agreed
from saas.demo.books.desk import Desk
from saas.demo.books.events import funds, payroll, purchases, sales


def plan_irregular(desk: Desk, first: date) -> Iterator[Task]:
    yield from _standing_orders(desk, first)
    yield from _retainers(desk, first)
    if desk.company.keeps_stock and desk.rng.random() < 0.1:
        yield from _overpaid_supplier(desk, first)
    if desk.rng.random() < 0.08:
        fen = round(desk.wage_bill * desk.rng.uniform(0.01, 0.04) / 10_000) * 10_000
        yield some_day(desk.rng, first, 3, 8), partial(_reverse_wages, desk, fen)
    if desk.company.loan_yuan and desk.rng.random() < 0.06:
        yield some_day(desk.rng, first, 22, 28), partial(funds.repay_loan, desk)


def _standing_orders(desk: Desk, first: date) -> Iterator[Task]:
    """The same goods for the same price twice within a week: two deliveries, two invoices."""
    if desk.company.keeps_stock and desk.rng.random() < 0.25:
        supplier = desk.rng.choice(desk.suppliers)
        net = agreed(desk.rng, desk.company.revenue_yuan / 12 * desk.cost_share * 0.04, 0.3)
        day = some_day(desk.rng, first, 2, 18)
        for delivery in (day, day + desk.rng.randrange(2, 7)):
            yield delivery, partial(purchases.buy_stock, desk, supplier, net)


def _retainers(desk: Desk, first: date) -> Iterator[Task]:
    """Services sold for a fixed fee every month, sometimes to two customers for the same price on the same day."""
    if desk.company.industry in ("services", "technology"):
        fee = max(desk.company.revenue_yuan // 12 // 40 // 100 * 10_000, 50_000)
        day = some_day(desk.rng, first, 20, 26)
        for customer in desk.customers[:2]:
            yield day, partial(sales.sell, desk, customer, fee)


def _overpaid_supplier(desk: Desk, first: date) -> Iterator[Task]:
    supplier = desk.rng.choice(desk.suppliers)
    fen = agreed(desk.rng, desk.company.revenue_yuan / 12 * 0.01, 0.3)
    day = some_day(desk.rng, first, 5, 14)
    yield day, partial(_pay_too_much, desk, supplier, fen)
    yield some_day(desk.rng, first, day + 3, 28), partial(_get_back, desk, supplier)


def _pay_too_much(desk: Desk, supplier: str, fen: int) -> None:
    owed = max(-desk.balance["ap", supplier], 0)
    if desk.balance["bank.main", ""] > owed + fen + desk.wage_bill:
        purchases.pay_supplier(desk, supplier, owed + fen)


def _get_back(desk: Desk, supplier: str) -> None:
    fen = desk.balance["ap", supplier]
    if fen > 0:
        purchases.take_refund(desk, supplier, fen)


def _reverse_wages(desk: Desk, fen: int) -> None:
    if fen and -desk.balance["payroll.wage", ""] > fen * 5:
        payroll.reverse_over_accrual(desk, fen)
