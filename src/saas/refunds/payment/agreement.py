"""The facts of contract and money as the calculation wants them."""

from __future__ import annotations

from datetime import date

from saas.clients.models import Contract
from saas.kernel.money import Money
from saas.refunds.calculation.service import Agreed


def agreed_of(contract: Contract, received: Money, refunded: Money, notice_on: date) -> Agreed:
    """`refunded` is what other refunds of the contract reserved, sent or paid (`queries.committed`)."""
    return Agreed(
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        paid_months=contract.paid_months,
        gift_months=contract.gift_months,
        price=contract.price.fen,
        list_month=contract.list_month.fen,
        received=received.fen,
        refunded=refunded.fen,
        notice_on=notice_on,
    )
