"""The month's trade: selling and collecting, buying and paying, restaurant takings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from saas.demo.books.agenda import Task, some_day
from saas.demo.books.amounts import shares
from saas.demo.books.company import Industry
from saas.demo.books.desk import Desk
from saas.demo.books.events import purchases, sales
from saas.kernel.months import month_end

INVOICES: dict[Industry, int] = {"services": 7, "trading": 12, "manufacturing": 8, "restaurant": 0, "technology": 4}
PURCHASES: dict[Industry, int] = {"services": 2, "trading": 9, "manufacturing": 7, "restaurant": 9, "technology": 1}
CASH_SHARE = 0.08  # of a restaurant's takings
SUPPLIER_RESERVE = 3  # months of wages that stay in the bank when suppliers are paid


def plan_selling(desk: Desk, first: date, net_sales: int) -> Iterator[Task]:
    count = max(round(INVOICES[desk.company.industry] * desk.company.density * desk.rng.uniform(0.85, 1.15)), 1)
    for net in shares(desk.rng, net_sales, count):
        customer = desk.rng.choice(desk.customers)
        yield some_day(desk.rng, first, 2, 29), partial(sales.sell, desk, customer, net)
    for customer in desk.customers:
        if desk.rng.random() < 0.8:
            yield some_day(desk.rng, first, 4, 28), partial(_collect, desk, customer)


def plan_takings(desk: Desk, first: date, net_sales: int) -> Iterator[Task]:
    """Every few days; on the last day what is left of the month."""
    step = 3 if desk.company.density >= 1 else 7
    ends = [*range(step, month_end(first).day - 1, step), month_end(first).day]
    start = 1
    for end, net in zip(ends, shares(desk.rng, net_sales, len(ends), 0.12), strict=True):
        yield end, partial(sales.take, desk, net, start, end, CASH_SHARE)
        start = end + 1
    for day in (8, 16, 24):
        yield day, partial(sales.bank_the_cash, desk, 300_000)


def plan_buying(desk: Desk, first: date, net_sales: int) -> Iterator[Task]:
    industry = desk.company.industry
    count = max(round(PURCHASES[industry] * desk.company.density * desk.rng.uniform(0.85, 1.15)), 1)
    inclusive = 1 if desk.company.general else 1.13  # small-scale taxpayers' cost includes the tax
    for net in shares(desk.rng, round(net_sales * desk.cost_share / inclusive), count):
        supplier = desk.rng.choice(desk.suppliers)
        day = some_day(desk.rng, first, 1, 27)
        if industry == "restaurant" and desk.rng.random() < 0.2:
            yield day, partial(purchases.buy_food_in_cash, desk, supplier, min(net, 300_000))
        elif desk.company.keeps_stock:
            yield day, partial(purchases.buy_stock, desk, supplier, net)
        else:
            yield day, partial(purchases.subcontract, desk, supplier, net)
    for supplier in desk.suppliers:
        if desk.rng.random() < 0.85:
            yield some_day(desk.rng, first, 12, 29), partial(_pay, desk, supplier)


def _collect(desk: Desk, customer: str) -> None:
    """What the customer owes, mostly all of it, sometimes a round part."""
    owed = desk.balance["ar", customer]
    if owed > 0:
        part = round(owed * desk.rng.uniform(0.4, 0.8) / 100_000) * 100_000
        sales.collect(desk, customer, part if part and desk.rng.random() < 0.2 else owed)


def _pay(desk: Desk, supplier: str) -> None:
    """What is owed, all or in round parts, as long as the wages stay safe."""
    owed = -desk.balance["ap", supplier]
    spare = desk.balance["bank.main", ""] - round(desk.wage_bill * SUPPLIER_RESERVE)
    if owed > 0:
        fen = owed if owed <= spare and desk.rng.random() < 0.85 else min(owed, spare) // 100_000 * 100_000
        if fen > 0:
            purchases.pay_supplier(desk, supplier, fen)
