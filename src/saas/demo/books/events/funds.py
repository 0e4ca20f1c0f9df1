"""Money itself: shareholders, loans, interest, own accounts, subsidies."""

from __future__ import annotations

from saas.demo.books.amounts import percent
from saas.demo.books.desk import Desk
from saas.demo.books.voucher import credit, debit


def repay_shareholder(desk: Desk, fen: int) -> None:
    person = desk.company.shareholders[0]
    fen = min(fen, -desk.balance["payable.shareholder", person])
    if fen > 0:
        paid = desk.from_bank(fen)
        desk.post(
            "shareholder_out",
            desk.say("shareholder_out", person=person),
            debit("payable.shareholder", fen, person),
            paid,
        )


def transfer(desk: Desk, fen: int) -> None:
    """Between the company's own two accounts."""
    paid = desk.from_bank(fen)
    desk.post("transfer", desk.say("transfer", to=desk.company.second_bank), debit("bank.second", fen), paid)


def receive_interest(desk: Desk, fen: int, red_debit: bool) -> None:
    """Many bookkeepers write interest income red on the debit side, for reports that read only debits."""
    income = debit("finance.income", -fen) if red_debit else credit("finance.income", fen)
    desk.post("interest_income", desk.say("interest_income"), debit("bank.main", fen), income)


def pay_interest(desk: Desk, year_rate: float) -> None:
    """A month's interest on the bank loan, as long as there is one."""
    fen = percent(-desk.balance["loan", ""], year_rate) // 12
    if fen > 0:
        paid = desk.from_bank(fen)
        desk.post("interest", desk.say("interest"), debit("finance.interest", fen), paid, series="interest")


def repay_loan(desk: Desk) -> None:
    fen = -desk.balance["loan", ""]
    if 0 < fen < desk.balance["bank.main", ""] - desk.wage_bill * 2:
        desk.post("loan_back", desk.say("loan_back"), debit("loan", fen), credit("bank.main", fen))


def receive_subsidy(desk: Desk, fen: int) -> None:
    desk.post("subsidy", desk.say("subsidy"), debit("bank.main", fen), credit("nonop.subsidy", fen))


def pay_in_capital(desk: Desk, person: str, fen: int) -> None:
    desk.post("capital", desk.say("capital", person=person), debit("bank.main", fen), credit("capital", fen, person))
