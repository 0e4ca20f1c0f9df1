"""P5: the firm erred. Failed months cost nothing (by_months), and the client's direct loss is made good."""

from __future__ import annotations

from saas.kernel.i18n import _
from saas.refunds.calculation.ladder import Steps
from saas.refunds.calculation.service import Service


def compensate(steps: Steps, service: Service, *, owed: bool) -> None:
    """Adds each proved direct loss; where the reason is no own error it is shown and not added."""
    for harm in service.harms:
        label = _("Direct loss: %(name)s", name=harm.name)
        if not owed:
            steps.add("compensation", label, 0, _("made good only where the firm erred"), unit=harm.amount)
        elif not harm.proof:
            steps.add("compensation", label, 0, _("not proved, so not made good"), unit=harm.amount)
        else:
            basis = _("direct loss through the firm’s error; proof: %(proof)s", proof=harm.proof)
            steps.add("compensation", label, harm.amount, basis, quantity="1", unit=harm.amount)
