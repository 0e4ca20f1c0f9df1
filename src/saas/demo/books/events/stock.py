"""Month-end cost: materials issued, overheads shared out, products finished, cost of sales carried over."""

from __future__ import annotations

from saas.demo.books.desk import Desk
from saas.demo.books.voucher import credit, debit

PRODUCTION = ("production.material", "production.labour", "production.overhead")
OVERHEAD = ("overhead.wage", "overhead.power", "overhead.depreciation")


def carry_cost(desk: Desk, cost: int) -> None:
    """结转销售成本, never more than the stock holds."""
    cost = min(cost, desk.balance["goods", ""])
    if cost > 0:
        desk.post("cost", desk.say("cost"), debit("cogs.goods", cost), credit("goods", cost), series="cost")


def use_food(desk: Desk, net_sales: int) -> None:
    cost = min(round(net_sales * desk.cost_share), desk.balance["raw", ""])
    if cost > 0:
        desk.post("cost", desk.say("food_cost"), debit("cogs.catering", cost), credit("raw", cost), series="cost")


def issue_materials(desk: Desk, fen: int) -> None:
    fen = min(fen, desk.balance["raw", ""])
    if fen > 0:
        desk.post("issue", desk.say("issue"), debit("production.material", fen), credit("raw", fen), series="issue")


def share_overhead(desk: Desk) -> None:
    """制造费用 into 生产成本."""
    held = [credit(role, desk.balance[role, ""]) for role in OVERHEAD]
    whole = sum(entry.credit for entry in held)
    if whole > 0:
        desk.post("overhead", desk.say("overhead"), debit("production.overhead", whole), *held, series="overhead")


def finish_products(desk: Desk) -> int:
    """All of the month's production is finished by its end, as small works count it. Returns its cost, fen."""
    made = [credit(role, desk.balance[role, ""]) for role in PRODUCTION]
    whole = sum(entry.credit for entry in made)
    if whole > 0:
        desk.post("finish", desk.say("finish"), debit("goods", whole), *made, series="finish")
    return whole


def expense_research(desk: Desk) -> None:
    """研发支出—费用化支出 to 管理费用 at month-end."""
    spent = desk.balance["rd", ""]
    if spent > 0:
        desk.post("rd", desk.say("rd"), debit("admin.rd", spent), credit("rd", spent), series="rd")
