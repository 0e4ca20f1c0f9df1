"""What the watch adds to the declaration of refunds (module.py)."""

from __future__ import annotations

from saas.kernel.i18n import _
from saas.kernel.module import Reaction
from saas.refunds.watch import pages, signals

ROUTES = [*pages.ROUTES]
REACTIONS = [
    Reaction(f"refund.{step}", run=signals.follow)
    for step in ("submitted", "taken", "assessed", "payee_written", "approved")
]
DEEDS = {"refunds.see_signal": _("Signal looked at")}
