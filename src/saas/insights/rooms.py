"""The rooms of insights beside the boards."""

from __future__ import annotations

from saas.kernel.i18n import Text, _

ROOMS: list[tuple[str, Text]] = [
    ("/insights/targets", _("Targets")),
    ("/insights/alerts", _("Alerts")),
    ("/insights/reports", _("Reports")),
    ("/insights/scorecards", _("Scorecards")),
    ("/insights/health", _("Client health")),
]
ASKS = {"/insights/scorecards": "insights.score"}  # rooms that ask for more than seeing the figures
