"""What the watch adds to the declaration of refunds (module.py)."""

from __future__ import annotations

from datetime import timedelta

from saas.kernel.i18n import _
from saas.kernel.module import Job, Reaction, Schedule
from saas.refunds.watch import library_pages, pages, quality, report_pages, signals

ROUTES = [*pages.ROUTES, *report_pages.ROUTES, *library_pages.ROUTES]
JOBS = [Job("refunds.draw", quality.draw)]
SCHEDULES = [Schedule("refunds.draw", timedelta(days=1))]
REACTIONS = [
    Reaction(f"refund.{step}", run=signals.follow)
    for step in ("submitted", "taken", "assessed", "payee_written", "approved")
]
DEEDS = {
    "refunds.see_signal": _("Signal looked at"),
    "refunds.draw": _("Drawn for the quality sample"),
    "refunds.check_quality": _("Read again for quality"),
}
