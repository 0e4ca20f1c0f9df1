"""Selling, collecting, and the innocent reverse: advances, returned goods, money paid back."""

from __future__ import annotations

from saas.demo.books.company import Industry
from saas.demo.books.desk import Desk
from saas.demo.books.events.vat import output_tax
from saas.demo.books.voucher import credit, debit

REVENUE: dict[Industry, str] = {
    "services": "revenue.service",
    "trading": "revenue.goods",
    "manufacturing": "revenue.goods",
    "restaurant": "revenue.catering",
    "technology": "revenue.service",
}


def sell(desk: Desk, customer: str, net: int) -> None:
    """An invoice to a customer, to be collected later. `net` in fen, without VAT."""
    revenue, tax = REVENUE[desk.company.industry], output_tax(desk, net)
    desk.post(
        "sale",
        desk.say("service_sale" if revenue == "revenue.service" else "sale", party=customer),
        debit("ar", net + tax.credit, customer),
        credit(revenue, net),
        tax,
        invoice=desk.invoice(),
    )


def take(desk: Desk, net: int, first: int, last: int, cash_share: float) -> None:
    """A restaurant's takings of some days, part in cash, the rest through the payment platforms to the bank."""
    tax = output_tax(desk, net)
    gross = net + tax.credit
    cash = round(gross * cash_share / 100) * 100
    desk.post(
        "takings",
        desk.say("takings", a=first, b=last),
        debit("cash", cash),
        debit("bank.main", gross - cash),
        credit(REVENUE[desk.company.industry], net),
        tax,
    )


def bank_the_cash(desk: Desk, keep: int) -> None:
    """Deposit what the till holds beyond `keep` fen, in whole hundreds of yuan."""
    surplus = (desk.balance["cash", ""] - keep) // 10_000 * 10_000
    if surplus > 0:
        desk.post("deposit", desk.say("deposit"), debit("bank.main", surplus), credit("cash", surplus))


def collect(desk: Desk, customer: str, fen: int) -> None:
    desk.post("collect", desk.say("collect", party=customer), debit("bank.main", fen), credit("ar", fen, customer))


def receive_advance(desk: Desk, customer: str, fen: int) -> None:
    desk.post("advance", desk.say("advance", party=customer), debit("bank.main", fen), credit("advance", fen, customer))


def deliver(desk: Desk, customer: str, gross: int) -> None:
    """Revenue out of an advance received, tax included."""
    net = round(gross / (1 + desk.company.output_rate / 100))
    tax = output_tax(desk, net)
    desk.post(
        "deliver",
        desk.say("deliver", party=customer),
        debit("advance", net + tax.credit, customer),
        credit(REVENUE[desk.company.industry], net),
        tax,
        invoice=desk.invoice(),
    )


def take_back(desk: Desk, customer: str, net: int) -> None:
    """Returned goods: a red invoice with its number, red on the sides of the sale."""
    tax = output_tax(desk, -net)
    desk.post(
        "sales_return",
        desk.say("sales_return", party=customer),
        debit("ar", -net + tax.credit, customer),
        credit(REVENUE[desk.company.industry], -net),
        tax,
        invoice=desk.invoice(),
    )


def refund(desk: Desk, customer: str, fen: int) -> None:
    """Give back what a customer paid too much: the lawful mirror of a collection."""
    paid = desk.from_bank(fen)
    desk.post("refund", desk.say("refund", party=customer), debit("ar", fen, customer), paid)
