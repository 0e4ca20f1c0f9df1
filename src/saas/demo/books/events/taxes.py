"""Taxes: VAT transferred and paid, its surcharges, income taxes, stamp duty (accounting.md §3)."""

from __future__ import annotations

from saas.demo.books.amounts import percent
from saas.demo.books.desk import Desk, month_end_before
from saas.demo.books.voucher import credit, debit

SURCHARGES = {"tax.urban": 3.5, "tax.edu": 1.5, "tax.local_edu": 1.0}  # per cent of VAT, halved (公告2023年第12号)
VAT_BOOKS = ("vat.input", "vat.output", "vat.disallowed", "vat.moved")
QUARTER_THRESHOLD = 300_000_00  # fen; small-scale sales below are exempt (增值税法 第23条, to 2027-12-31)
CIT = 5  # per cent, 小型微利 (公告2023年第12号)


def disallow_input(desk: Desk, tax: int) -> None:
    """进项税额转出: input VAT on what employees were given."""
    desk.post("disallowed", desk.say("disallowed"), debit("admin.welfare", tax), credit("vat.disallowed", tax))


def transfer_vat(desk: Desk) -> None:
    """General taxpayers: what is owed for the month goes to 未交增值税; a credit left over (留抵) stays."""
    owed = -sum(desk.balance[role, ""] for role in VAT_BOOKS)
    if owed > 0:
        desk.post("vat_transfer", desk.say("vat_transfer"), debit("vat.moved", owed), credit("vat.unpaid", owed))
        accrue_surcharges(desk, owed)


def settle_levy(desk: Desk, quarter_sales: int) -> None:
    """Small-scale, at the quarter's end: exempt below the threshold, else surcharges are accrued."""
    owed = -desk.balance["vat.levy", ""]
    if owed <= 0:
        return
    if quarter_sales < QUARTER_THRESHOLD:
        desk.post("vat_relief", desk.say("vat_relief"), debit("vat.levy", owed), credit("nonop.relief", owed))
    else:
        accrue_surcharges(desk, owed)


def accrue_surcharges(desk: Desk, vat: int) -> None:
    lines = [credit(role, percent(vat, rate)) for role, rate in SURCHARGES.items()]
    desk.post("surcharge", desk.say("surcharge"), debit("surcharge", sum(entry.credit for entry in lines)), *lines)


def pay_vat(desk: Desk) -> None:
    """Last month's or last quarter's VAT and its surcharges, by the filing date."""
    role, phrase = ("vat.unpaid", "pay_vat") if desk.company.general else ("vat.levy", "pay_levy")
    before = month_end_before(desk.today)
    slots = {"y": before.year, "m": before.month, "q": (before.month + 2) // 3}
    owed = -desk.balance[role, ""]
    if owed > 0:
        paid = desk.from_bank(owed)
        desk.post(phrase, desk.say(phrase, **slots), debit(role, owed), paid)
    lines = [debit(tax, -desk.balance[tax, ""]) for tax in SURCHARGES]
    whole = sum(entry.debit for entry in lines)
    if whole > 0:
        paid = desk.from_bank(whole)
        desk.post("pay_surcharge", desk.say("pay_surcharge", **slots), *lines, paid)


def pay_iit(desk: Desk) -> None:
    owed = -desk.balance["tax.iit", ""]
    if owed > 0:
        paid = desk.from_bank(owed)
        month = month_end_before(desk.today).month
        desk.post("pay_iit", desk.say("pay_iit", m=month), debit("tax.iit", owed), paid, series="pay_iit")


def pay_stamp(desk: Desk, fen: int) -> None:
    before = month_end_before(desk.today)
    paid = desk.from_bank(fen)
    desk.post("stamp", desk.say("stamp", q=(before.month + 2) // 3), debit("surcharge", fen), paid)


def accrue_cit(desk: Desk, year_profit: int) -> None:
    """The quarter's prepayment: 5 % of the year's profit before tax so far (fen), less what was accrued."""
    due = percent(max(year_profit, 0), CIT) - desk.cit_accrued
    if due > 0:
        desk.cit_accrued += due
        desk.post("cit", desk.say("cit"), debit("income_tax", due), credit("tax.cit", due))


def pay_cit(desk: Desk) -> None:
    owed = -desk.balance["tax.cit", ""]
    if owed > 0:
        before = month_end_before(desk.today)
        paid = desk.from_bank(owed)
        slots = {"y": before.year, "q": (before.month + 2) // 3}
        desk.post("pay_cit", desk.say("pay_cit", **slots), debit("tax.cit", owed), paid)


def settle_annual_cit(desk: Desk, fen: int) -> None:
    """汇算清缴 of last year, paid at once: an ordinary voucher, not an error (accounting.md E22)."""
    year = desk.today.year - 1
    desk.post("annual_cit", desk.say("annual_cit", y=year), debit("income_tax", fen), credit("tax.cit", fen))
    paid = desk.from_bank(fen)
    desk.post("pay_cit", desk.say("annual_cit", y=year), debit("tax.cit", fen), paid)
