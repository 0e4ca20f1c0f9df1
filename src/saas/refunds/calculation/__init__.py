"""How much is given back: pure functions from contract, receipts, service and policy to a ladder of lines."""

from saas.refunds.calculation.ladder import Ladder, Line
from saas.refunds.calculation.reckoning import reckon

__all__ = ["Ladder", "Line", "reckon"]
