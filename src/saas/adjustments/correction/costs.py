"""Cost of sales that follows a correction of stock (E13): a suggestion the bookkeeper accepts."""

from __future__ import annotations

from decimal import Decimal

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.vouchers import Mistake, Voucher
from saas.kernel.errors import Invalid
from saas.kernel.i18n import _
from saas.kernel.money import ZERO, Money


def sold_share(cost_voucher: Voucher, stock_change: Money, sold: Decimal, books: OpenBooks) -> Mistake:
    """The cost voucher as a second mistake: of a change in stock, the share that was sold belongs in cost of sales.

    `stock_change` is right minus wrong of the purchase (−2,000.00 when 2,000.00 too much went into stock), `sold` the
    share that has left since (0.6). Every line of the voucher that carries the cost moves by the same amount. Invalid
    when the voucher does not take stock into cost.
    """
    if not ZERO.fen < sold <= 1:
        raise Invalid(_("The share sold lies between 0 and 1."))
    change = stock_change * sold
    takes_stock = any(books.has_role(line.account, "inventory") and not line.on_debit for line in cost_voucher.lines)
    if len(cost_voucher.lines) != 2 or not takes_stock:
        raise Invalid(_("Choose the voucher that carried this stock into cost, with one line on each side."))
    right = tuple(line.holding(line.amount + change) for line in cost_voucher.lines)
    return Mistake(cost_voucher, right)
