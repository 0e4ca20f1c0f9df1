"""The day before the first month: what the company owns and owes, in balance."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from saas.demo.books import parties
from saas.demo.books.amounts import agreed, percent, round_up
from saas.demo.books.company import Company, Industry
from saas.demo.books.desk import Desk
from saas.demo.books.events.assets import held
from saas.demo.books.events.payroll import EMPLOYEE_SOCIAL, EMPLOYER_SOCIAL, FUND, IIT

COST_SHARE: dict[Industry, tuple[float, float]] = {  # goods, materials or bought-in services as a share of revenue
    "services": (0.05, 0.85),
    "trading": (0.60, 0.90),
    "manufacturing": (0.45, 0.80),
    "restaurant": (0.32, 0.48),
    "technology": (0.03, 0.60),
}
LABOUR_ON_COST = 1.22  # wages with the employer's insurance
OVERHEADS = 0.05  # of revenue: claims, fees, taxes
WAGE_YUAN: dict[Industry, int] = {  # a head, a month
    "services": 8_200,
    "trading": 6_800,
    "manufacturing": 6_500,
    "restaurant": 5_400,
    "technology": 13_500,
}
CUSTOMERS: dict[Industry, int] = {"services": 14, "trading": 18, "manufacturing": 12, "restaurant": 4, "technology": 6}
SUPPLIERS: dict[Industry, int] = {"services": 5, "trading": 9, "manufacturing": 8, "restaurant": 7, "technology": 4}


def open_desk(company: Company, first_month: str, rng: Random) -> Desk:
    """A desk on the last day before `first_month` ("2026-01"), its opening balances summing to zero."""
    desk = Desk(company, rng, date.fromisoformat(f"{first_month}-01") - timedelta(days=1))
    wide = max(company.density, 0.5) ** 0.5
    desk.customers = parties.customers(rng, company.industry, round(CUSTOMERS[company.industry] * wide) + 1)
    desk.suppliers = parties.suppliers(rng, company.industry, round(SUPPLIERS[company.industry] * wide) + 1)
    desk.staff = parties.people(rng, min(company.headcount, 12) + 1)
    desk.landlord = parties.landlord(rng)
    desk.wage_bill = round(company.headcount * WAGE_YUAN[company.industry] * rng.uniform(0.85, 1.15)) * 100
    desk.rent = round_up(int((2_000 + company.headcount * 550) * 100 * rng.uniform(0.8, 1.3)), 100)
    desk.cost_share = _cost_share(desk)
    _trade_balances(desk)
    _long_term(desk)
    _wages_and_taxes(desk)
    _equity(desk)
    return desk


def _cost_share(desk: Desk) -> float:
    """What revenue leaves for bought-in cost after wages, rent and an ordinary margin, within the trade's bounds."""
    revenue = desk.company.revenue_yuan * 100
    fixed = (desk.wage_bill * LABOUR_ON_COST + desk.rent) * 12 / revenue
    low, high = COST_SHARE[desk.company.industry]
    return min(max(1 - desk.rng.uniform(0.05, 0.12) - OVERHEADS - fixed, low), high)


def _trade_balances(desk: Desk) -> None:
    company, rng, month = desk.company, desk.rng, desk.company.revenue_yuan / 12
    own = desk.balance
    own["cash", ""] = agreed(rng, 6_000, 0.3)
    own["bank.main", ""] = agreed(rng, month * 1.1 + desk.wage_bill / 100 * 2.2, 0.2)
    if company.second_bank:
        own["bank.second", ""] = agreed(rng, month * 0.05, 0.3)
    if company.industry != "restaurant":
        for customer in rng.sample(desk.customers, len(desk.customers) // 2):
            own["ar", customer] = agreed(rng, month * 1.2 / len(desk.customers), 0.4)
    if company.keeps_stock:
        for supplier in rng.sample(desk.suppliers, len(desk.suppliers) // 2 + 1):
            own["ap", supplier] = -agreed(rng, month * desk.cost_share / len(desk.suppliers), 0.4)
        held_months = 0.3 if company.industry == "restaurant" else 1.4
        stock = agreed(rng, month * desk.cost_share * held_months, 0.1)
        own["goods" if company.industry == "trading" else "raw", ""] = stock
        if company.industry == "manufacturing":
            own["goods", ""] = agreed(rng, month * desk.cost_share, 0.1)
    own["receivable.deposit", desk.landlord] = desk.rent * 2


def _long_term(desk: Desk) -> None:
    company, rng = desk.company, desk.rng
    owned: list[tuple[str, float, int]] = [
        ("asset.office", 3_500 * company.headcount, 8),
        ("software", 24_000, 14),
        ("fitting", 90_000, 12),
    ]
    if company.industry in ("trading", "manufacturing"):
        owned.append(("asset.vehicle", 128_000, 11))
    if company.industry in ("manufacturing", "restaurant"):
        owned.append(("asset.plant", company.revenue_yuan * 0.18, 30))
    for role, median, age in owned:
        asset = held(role, agreed(rng, median, 0.15), max(age + rng.randrange(-4, 5), 1))
        desk.assets.append(asset)
        desk.balance[role, ""] += asset.cost
        desk.balance[asset.worn_role, ""] -= asset.monthly * asset.age
    desk.balance["loan", ""] = -company.loan_yuan * 100


def _wages_and_taxes(desk: Desk) -> None:
    """What the month before left unpaid: wages, insurance, income tax withheld, VAT."""
    own, base = desk.balance, desk.wage_bill * 7 // 10
    own["payroll.wage", ""] = -desk.wage_bill
    own["payroll.social", ""] = -percent(base, EMPLOYER_SOCIAL)
    own["payroll.fund", ""] = -percent(base, FUND)
    own["withheld.social", ""] = -percent(base, EMPLOYEE_SOCIAL)
    own["withheld.fund", ""] = -percent(base, FUND)
    own["tax.iit", ""] = -percent(desk.wage_bill, IIT)
    if desk.company.general:
        own["vat.unpaid", ""] = -agreed(desk.rng, desk.company.revenue_yuan / 12 * 0.02, 0.2)


def _equity(desk: Desk) -> None:
    """Capital, then the plug: profit of the year so far (but in January) and what earlier years kept."""
    company, own, rng = desk.company, desk.balance, desk.rng
    capital = round_up(max(sum(own.values()) * 6 // 10, 10_000_000), 100_000)
    heads = company.shareholders
    for person in heads:
        own["capital", person] = -capital // len(heads)
    if desk.today.month != 12:
        profit = agreed(rng, company.revenue_yuan * 0.05 * desk.today.month / 12, 0.2)
        own["year_profit", ""] = -profit
        desk.cit_accrued = percent(profit, 5)
    own["retained", ""] = -sum(own.values())
