"""Formulas that count no months: nothing was begun (P6), cooling-off (P8), paid twice (P10).

Where the facts do not bear them out they do not apply, and the ladder says so; the months count then, as in P1.
"""

from __future__ import annotations

from datetime import timedelta

from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.refunds.calculation.ladder import Steps
from saas.refunds.calculation.service import Agreed, Service
from saas.refunds.terms import Terms


def not_begun(steps: Steps, service: Service) -> bool:
    """P6: everything back but what was paid to third parties against a receipt. False: something was delivered."""
    label = _("Nothing begun")
    if service.delivered_any:
        steps.add("not_begun", label, 0, _("not so: work was delivered, so the months served count"))
        return False
    steps.add("not_begun", label, 0, _("nothing was delivered, so nothing is charged for service"))
    for loss in service.losses:
        if loss.kind != "third_party":
            continue
        name = _("Paid to third parties: %(name)s", name=loss.name)
        if loss.proof:
            basis = _("receipt: %(proof)s", proof=loss.proof)
            steps.add("third_party", name, -loss.fen, basis, quantity="1", unit=loss.fen)
        else:
            steps.add("third_party", name, 0, _("no receipt, so not deducted"), unit=loss.fen)
    return True


def cooling_off(steps: Steps, terms: Terms, agreed: Agreed, service: Service) -> bool:
    """P8: all of it within so many days of the beginning, if nothing was filed. A promise beyond the law."""
    label = _("Cooling-off, %(days)s days", days=terms.cooling_off_days)
    last = agreed.starts_on + timedelta(days=terms.cooling_off_days)
    if agreed.notice_on > last:
        steps.add("cooling_off", label, 0, _("over since %(day)s, so the months served count", day=last.isoformat()))
        return False
    if service.delivered_any:
        steps.add("cooling_off", label, 0, _("something was filed already, so the months served count"))
        return False
    steps.add("cooling_off", label, 0,
              _("asked by %(day)s and nothing filed: all of it; the firm’s own promise, beyond the law",
                day=last.isoformat()))  # fmt: skip
    return True


def keep_price(steps: Steps, agreed: Agreed) -> None:
    """P10: the contract goes on; what came in above its price goes back."""
    steps.add("price", _("Contract price"), -agreed.price,
              _("the contract goes on: only what was paid above its price goes back (Civil Code 985)"),
              quantity="1", unit=agreed.price)  # fmt: skip


def credit_worth(refund: int, terms: Terms) -> int:
    """P9: the same amount as service credit, with the policy's bonus, rounded once. In fen."""
    return Money.round(Money(refund).yuan * (100 + terms.credit_bonus_percent) / 100).fen
