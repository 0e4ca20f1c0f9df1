"""Entries for the tax an earlier year's correction brings (E17–E19, E22): suggestions the bookkeeper accepts.

Under a restatement the tax goes through 6901 like the error itself; otherwise into this year's tax expense.
"""

from __future__ import annotations

from collections.abc import Mapping

from saas.adjustments.correction import wording
from saas.adjustments.correction.books import LATE_FEE, OpenBooks
from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.vouchers import Entry, Line, Stage, credit, debit
from saas.kernel.money import ZERO, Money


def surcharges(parts: Mapping[str, Money], about: Period, method: Method, books: OpenBooks) -> Entry:
    """Urban construction tax and education fees of an earlier period: {role: amount}, negative when they fall."""
    total = Money(sum(part.fen for part in parts.values()))
    due = total > ZERO
    lines = [_line(books, role, -part) for role, part in parts.items() if part]
    expense = _line(books, "prior_year" if method is Method.RESTATE else "surcharge", total)
    ordered = [expense, *lines] if due else [*lines, expense]
    summary = wording.SURCHARGES if due else wording.SURCHARGES_BACK
    return Entry(summary, tuple(ordered), stage=Stage.TAX, about=about)


def income_tax(year: int, amount: Money, method: Method, books: OpenBooks, *, temporary: bool = False) -> Entry:
    """Income tax of an amended annual return: positive to pay, negative to claim back.

    `temporary`: the difference between book and tax turns round later, so the counter-account is deferred tax and
    nothing is paid (enterprise standard, restatement only).
    """
    expense_role = "prior_year" if method is Method.RESTATE else "income_tax"
    due = amount > ZERO
    if temporary:
        payable_role, summary = "deferred_tax.liability" if due else "deferred_tax.asset", wording.deferred_tax(year)
    else:
        payable_role, summary = "tax.cit", wording.income_tax(year, due)
    return _pair(summary, expense_role, payable_role, amount, Stage.TAX, Period(year), books)


def annual_settlement(year: int, amount: Money, books: OpenBooks) -> Entry:
    """Tax of the ordinary annual return, in the month it is determined (E22). Not a correction, no 6901."""
    summary = wording.annual_settlement(year, amount > ZERO)
    return _pair(summary, "income_tax", "tax.cit", amount, Stage.CORRECTION, None, books)


def payment(taxes: Mapping[str, Money], late_fee: Money, bank: str, books: OpenBooks) -> Entry:
    """Paying what was declared, {role: amount}, with the late fee: a non-operating loss that is not deductible."""
    lines = [_line(books, role, amount) for role, amount in taxes.items() if amount]
    if late_fee:
        fee = books.account(*LATE_FEE)
        lines.append(debit(fee.code, late_fee, name=fee.name))
    total = Money(sum(line.net.fen for line in lines))
    lines.append(credit(bank, total, name=books.named(Line(bank))))
    return Entry(wording.PAYMENT if late_fee else wording.PAYMENT_ONLY, tuple(lines), stage=Stage.PAYMENT)


def _pair(
    summary: str, expense: str, payable: str, amount: Money, stage: Stage, about: Period | None, books: OpenBooks
) -> Entry:
    lines = (_line(books, expense, amount), _line(books, payable, -amount))
    return Entry(summary, tuple(sorted(lines, key=lambda line: not line.on_debit)), stage=stage, about=about)


def _line(books: OpenBooks, role: str, net: Money) -> Line:
    """A line on the account of this role: debit when positive, credit when negative."""
    account = books.account(role)
    if net < ZERO:
        return credit(account.code, -net, name=account.name)
    return debit(account.code, net, name=account.name)
