"""Wages: accrued at month-end, paid the month after, with social insurance, housing fund and income tax."""

from __future__ import annotations

from saas.demo.books.amounts import percent
from saas.demo.books.company import Industry
from saas.demo.books.desk import Desk, month_end_before
from saas.demo.books.voucher import Entry, credit, debit

EMPLOYER_SOCIAL, EMPLOYEE_SOCIAL = 25.4, 10.5  # per cent of the base; Hangzhou's sums, rounded
FUND = 5  # per cent, each side
IIT = 1.2  # per cent of gross, the average of a small company under cumulative withholding
BONUS_IIT = 3.0  # per cent, the lowest bracket
WAGE_SPLIT: dict[Industry, dict[str, float]] = {  # where the wage bill goes
    "services": {"cogs.service": 0.55, "selling.wage": 0.15, "admin.wage": 0.30},
    "trading": {"selling.wage": 0.55, "admin.wage": 0.45},
    "manufacturing": {"production.labour": 0.55, "overhead.wage": 0.12, "selling.wage": 0.13, "admin.wage": 0.20},
    "restaurant": {"selling.wage": 0.75, "admin.wage": 0.25},
    "technology": {"rd": 0.60, "selling.wage": 0.15, "admin.wage": 0.25},
}


def accrue_wages(desk: Desk, gross: int) -> None:
    lines = _split(desk, gross)
    desk.post("wages", desk.say("wages"), *lines, credit("payroll.wage", gross), series="wages")
    social, fund = percent(gross * 7 // 10, EMPLOYER_SOCIAL), percent(gross * 7 // 10, FUND)
    desk.post(
        "social",
        desk.say("social"),
        debit("admin.social", social),
        debit("admin.fund", fund),
        credit("payroll.social", social),
        credit("payroll.fund", fund),
        series="social",
    )


def accrue_bonus(desk: Desk, fen: int) -> None:
    desk.bonus_owed += fen
    desk.post("bonus", desk.say("bonus"), debit("admin.wage", fen), credit("payroll.wage", fen))


def reverse_over_accrual(desk: Desk, fen: int) -> None:
    """Last month's wages were accrued too high: red on the sides of the accrual, naming the month."""
    summary = desk.say("over_accrued", m=month_end_before(desk.today).month)
    desk.post("over_accrued", summary, debit("admin.wage", -fen), credit("payroll.wage", -fen))


def pay_bonus(desk: Desk) -> None:
    """全年一次性奖金, taxed by itself, before the Spring Festival."""
    gross, desk.bonus_owed = desk.bonus_owed, 0
    if gross > 0:
        tax = percent(gross, BONUS_IIT)
        paid = desk.from_bank(gross - tax)
        summary = desk.say("pay_bonus", y=desk.today.year - 1)
        desk.post("pay_bonus", summary, debit("payroll.wage", gross), paid, credit("tax.iit", tax))


def pay_wages(desk: Desk) -> None:
    """Pay last month's accrual, holding back the employees' shares and income tax."""
    gross = -desk.balance["payroll.wage", ""] - desk.bonus_owed
    if gross <= 0:
        return
    base = min(gross, desk.wage_bill) * 7 // 10
    social, fund, tax = percent(base, EMPLOYEE_SOCIAL), percent(base, FUND), percent(gross, IIT)
    paid = desk.from_bank(gross - social - fund - tax)
    desk.post(
        "pay_wages",
        desk.say("pay_wages", m=month_end_before(desk.today).month),
        debit("payroll.wage", gross),
        paid,
        credit("withheld.social", social),
        credit("withheld.fund", fund),
        credit("tax.iit", tax),
        series="pay_wages",
    )


def pay_insurance(desk: Desk) -> None:
    """Both shares of social insurance and housing fund, from the bank."""
    for own, withheld, phrase in (
        ("payroll.social", "withheld.social", "pay_social"),
        ("payroll.fund", "withheld.fund", "pay_fund"),
    ):
        ours, theirs = -desk.balance[own, ""], -desk.balance[withheld, ""]
        if ours > 0:
            paid = desk.from_bank(ours + theirs)
            desk.post(phrase, desk.say(phrase), debit(own, ours), debit(withheld, theirs), paid, series=phrase)


def _split(desk: Desk, gross: int) -> list[Entry]:
    split = WAGE_SPLIT[desk.company.industry]
    lines = [debit(role, round(gross * share / 100) * 100) for role, share in split.items()]
    lines[-1].debit += gross - sum(entry.debit for entry in lines)
    return lines
