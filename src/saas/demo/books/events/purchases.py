"""Buying: stock with its invoice, stock whose invoice is late (暂估), and paying for it."""

from __future__ import annotations

from saas.demo.books.desk import Desk
from saas.demo.books.events.vat import bought, gross
from saas.demo.books.voucher import Voucher, credit, debit

GOODS_RATE = {"trading": 13, "manufacturing": 13, "restaurant": 9}  # per cent, by industry
PHRASE = {"trading": "purchase", "manufacturing": "materials", "restaurant": "food"}


def stock_role(desk: Desk) -> str:
    return "goods" if desk.company.industry == "trading" else "raw"


def buy_stock(desk: Desk, supplier: str, net: int) -> Voucher:
    industry = desk.company.industry
    lines = bought(desk, stock_role(desk), net, GOODS_RATE[industry])
    desk.last_invoice[supplier] = desk.invoice()
    return desk.post(
        "purchase",
        desk.say(PHRASE[industry], party=supplier),
        *lines,
        credit("ap", gross(lines), supplier),
        invoice=desk.last_invoice[supplier],
    )


def buy_food_in_cash(desk: Desk, supplier: str, gross_fen: int) -> None:
    """The market: no invoice to deduct, paid from the till."""
    paid = desk.from_cash(gross_fen)
    desk.post("purchase", desk.say("food", party=supplier), debit(stock_role(desk), gross_fen), paid)


def pay_supplier(desk: Desk, supplier: str, fen: int) -> None:
    """Some bookkeepers name the invoice they pay, which is not the same invoice booked twice."""
    paid = desk.from_bank(fen)
    invoice = desk.last_invoice.get(supplier, "") if desk.rng.random() < 0.15 else ""
    phrase = "pay_invoice" if invoice and desk.company.invoices_in == "summary" else "pay_supplier"
    summary = desk.say(phrase, party=supplier, invoice=invoice)
    desk.post("pay_supplier", summary, debit("ap", fen, supplier), paid)


def take_refund(desk: Desk, supplier: str, fen: int) -> None:
    """Money back from a supplier that was paid too much."""
    desk.post(
        "supplier_refund",
        desk.say("supplier_refund", party=supplier),
        debit("bank.main", fen),
        credit("ap", fen, supplier),
    )


def estimate(desk: Desk, supplier: str, net: int) -> Voucher:
    """Goods are here, the invoice is not: 暂估入库, without tax."""
    return desk.post(
        "estimate",
        desk.say("estimate", party=supplier),
        debit(stock_role(desk), net),
        credit("ap.estimate", net, supplier),
    )


def reverse_estimate(desk: Desk, supplier: str, net: int) -> None:
    """In red, on the same sides, so that turnover stays right."""
    before = desk.today.month - 1 or 12
    year = desk.today.year - (desk.today.month == 1)
    desk.post(
        "estimate_reversal",
        desk.say("estimate_reversal", party=supplier, m=before, y=year),
        debit(stock_role(desk), -net),
        credit("ap.estimate", -net, supplier),
    )


def subcontract(desk: Desk, supplier: str, net: int) -> None:
    """Bought-in service that is cost of sales."""
    lines = bought(desk, "cogs.service", net, 6)
    desk.post(
        "subcontract",
        desk.say("subcontract", party=supplier),
        *lines,
        credit("ap", gross(lines), supplier),
        invoice=desk.invoice(),
    )
