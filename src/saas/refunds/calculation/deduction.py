"""P4: the deduction for ending without cause. Never without a proved loss, at our own fault, or above its caps.

Civil Code 585, Judicial Interpretation Fa Shi [2023] 13, art. 65: a penalty over 130 % of the loss is excessive.
"""

from __future__ import annotations

from fractions import Fraction

from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.refunds.calculation.ladder import Steps, half_up
from saas.refunds.calculation.service import Agreed, Service
from saas.refunds.terms import Reason, Terms


def deduct(steps: Steps, reason: Reason, terms: Terms, agreed: Agreed, service: Service) -> None:
    """The smallest of agreed penalty, so many percent of the proved loss, and the firm's own cap. One line, always."""
    label = _("Deduction for ending early")
    proved = sum(loss.fen for loss in service.losses if loss.proof)
    if reason.at_fault:
        steps.add("deduction", label, 0, _("none: the firm is at fault"))
    elif not terms.penalty:
        steps.add("deduction", label, 0, _("none: no penalty is agreed"))
    elif not proved:
        steps.add("deduction", label, 0, _("none: no loss is proved"))
    else:
        by_loss = Fraction(proved * terms.loss_percent, 100)
        cap = Fraction(agreed.received * terms.deduction_cap_percent, 100)
        basis = _(
            "the smallest of: agreed penalty %(penalty)s; %(percent)s %% of the proved loss of %(loss)s = %(by_loss)s; "
            "the firm’s cap %(cap)s",
            penalty=Money(terms.penalty),
            percent=terms.loss_percent,
            loss=Money(proved),
            by_loss=Money(half_up(by_loss)),
            cap=Money(half_up(cap)),
        )
        steps.add("deduction", label, -min(Fraction(terms.penalty), by_loss, cap), basis)
