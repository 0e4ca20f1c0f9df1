"""Innocent controls: unusual but right. A good detector stays silent about every one of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from saas.demo.books.agenda import Task, some_day
from saas.demo.books.amounts import agreed, round_up
from saas.demo.books.desk import Desk, month_end_before
from saas.demo.books.events import assets, expenses, funds, purchases, sales
from saas.demo.books.voucher import Voucher
from saas.kernel.months import month_end

MISTAKEN = {"office": "selling.ad", "advice": "selling.ad", "freight": "admin.transport", "travel": "admin.transport"}
THINGS = {  # what a company of this industry buys to last
    "services": ("会议一体机", "asset.office"),
    "trading": ("电动叉车", "asset.vehicle"),
    "manufacturing": ("数控车床", "asset.plant"),
    "restaurant": ("蒸烤箱", "asset.plant"),
    "technology": ("服务器", "asset.office"),
}


def plan_innocent(desk: Desk, first: date) -> Iterator[Task]:
    rng, company = desk.rng, desk.company
    if company.industry in ("trading", "manufacturing"):
        yield from _reversals(desk)
        if rng.random() < 0.4:
            net = agreed(rng, company.revenue_yuan / 12 * desk.cost_share * 0.06, 0.2)
            yield month_end(first).day, partial(purchases.estimate, desk, rng.choice(desk.suppliers), net)
        if rng.random() < 0.12:
            yield some_day(rng, first, 10, 25), partial(_take_back, desk)
    if company.industry != "restaurant" and rng.random() < 0.15:
        yield from _overpaid(desk, first)
    if rng.random() < 0.3:
        person, fen = rng.choice(desk.staff), rng.choice((200_000, 300_000, 500_000))
        day = some_day(rng, first, 3, 12)
        yield day, partial(expenses.lend_for_travel, desk, person, fen)
        yield some_day(rng, first, day + 4, 27), partial(_settle, desk, person, fen)
    if company.second_bank and rng.random() < 0.35:
        yield some_day(rng, first, 3, 26), partial(_transfer, desk)
    if rng.random() < 0.12:
        yield some_day(rng, first, 12, 24), partial(_correct, desk)
    yield some_day(rng, first, 27, 31), partial(_repay_when_rich, desk)
    yield from _once_in_a_while(desk, first)


def _reversals(desk: Desk) -> Iterator[Task]:
    """Last month's estimates are reversed on the first; the invoice comes some days later, at times dearer."""
    for supplier, fen in list(desk.parties_of("ap.estimate")):
        yield 1, partial(purchases.reverse_estimate, desk, supplier, -fen)
        price = round(-fen * desk.rng.choice((1.0, 1.0, 0.98, 1.02)) / 100) * 100
        yield desk.rng.randrange(4, 15), partial(purchases.buy_stock, desk, supplier, price)


def _take_back(desk: Desk) -> None:
    owing = [(customer, fen) for customer, fen in desk.parties_of("ar") if fen > 0]
    if owing:
        customer, fen = desk.rng.choice(owing)
        sales.take_back(desk, customer, max(round(fen * 0.12 / 10_000) * 10_000, 10_000))


def _overpaid(desk: Desk, first: date) -> Iterator[Task]:
    """A customer pays something twice and gets it back."""
    customer = desk.rng.choice(desk.customers)
    fen = agreed(desk.rng, desk.company.revenue_yuan / 12 * 0.02, 0.3)
    day = some_day(desk.rng, first, 5, 14)
    yield day, partial(sales.collect, desk, customer, fen)
    yield some_day(desk.rng, first, day + 3, 28), partial(sales.refund, desk, customer, fen)


def _settle(desk: Desk, person: str, lent: int) -> None:
    if desk.balance["receivable.person", person]:
        expenses.settle_travel(desk, person, round(lent * desk.rng.uniform(0.75, 1.1) / 100) * 100)


def _transfer(desk: Desk) -> None:
    spare = desk.balance["bank.main", ""] - desk.wage_bill * 3
    if spare > 5_000_000:
        funds.transfer(desk, min(spare // 1_000_000 * 1_000_000, 3_000_000))


def _repay_when_rich(desk: Desk) -> None:
    spare = desk.balance["bank.main", ""] - desk.wage_bill * 4
    if spare > 2_000_000:
        funds.repay_shareholder(desk, spare // 1_000_000 * 1_000_000)


def _correct(desk: Desk) -> None:
    """Last month's wrong account, corrected as 会计基础工作规范 第51条 wants it: red copy, blue right one."""
    month = month_end_before(desk.today)
    mistaken = [v for v in desk.vouchers if v.kind in MISTAKEN and v.period == f"{month:%Y-%m}" and _uncited(desk, v)]
    if not mistaken or month.year != desk.today.year:
        return
    wrong = desk.rng.choice(mistaken)
    red, blue = wrong.copy().entries, wrong.copy().entries
    for entry in red:
        entry.debit, entry.credit = -entry.debit, -entry.credit
    blue[0].role = MISTAKEN[wrong.kind]
    desk.post("red", "注销{cited}凭证", *red, cites=wrong)
    desk.post("blue", "订正{cited}凭证", *blue, cites=wrong)


def _uncited(desk: Desk, voucher: Voucher) -> bool:
    return all(other.cites is not voucher for other in desk.vouchers)


def _once_in_a_while(desk: Desk, first: date) -> Iterator[Task]:
    rng, company = desk.rng, desk.company
    if company.industry == "technology":
        if desk.balance["bank.main", ""] < desk.wage_bill * 3:
            fen = round_up(desk.wage_bill * 6, 100_000)
            yield some_day(rng, first, 5, 8), partial(funds.pay_in_capital, desk, company.shareholders[-1], fen)
        if first.month == 7:
            yield some_day(rng, first, 5, 20), partial(funds.receive_subsidy, desk, rng.choice((5, 8, 10)) * 1_000_000)
    elif first.month == 4 and rng.random() < 0.5:
        yield some_day(rng, first, 5, 26), partial(funds.receive_subsidy, desk, agreed(rng, 2_400, 0.3))
    if rng.random() < 0.1:
        thing, role = rng.choice((("笔记本电脑", "asset.office"), ("打印机", "asset.office"), THINGS[company.industry]))
        yield some_day(rng, first, 5, 25), partial(assets.buy_asset, desk, role, thing, agreed(rng, 7_500, 0.3))
