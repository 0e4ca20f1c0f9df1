"""What the interface for other programs contributes to the product."""

from __future__ import annotations

from datetime import timedelta

from saas.api import document, models, token_pages
from saas.api.webhooks import events, pages, sending
from saas.kernel.access import grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Schedule

MODULE = Module(
    "api",
    tables=models,
    routes=[*document.ROUTES, *token_pages.ROUTES, *pages.ROUTES],
    grants=[
        grant("api.read", _("See tokens and webhooks"), "owner", "manager", "auditor"),
        grant("api.manage", _("Make and revoke tokens and webhooks"), "owner"),
    ],
    jobs=[Job("api.deliver", sending.deliver), Job("api.forget", sending.forget)],
    schedules=[Schedule("api.forget", timedelta(days=1))],
    observers=[events.follow],
    settings=[NavItem(_("Interfaces"), "/settings/api", "arrows-exchange", "api.read", "settings")],
    deeds={
        "api.make_token": _("Token made"),
        "api.revoke_token": _("Token revoked"),
        "api.make_webhook": _("Webhook entered"),
        "api.change_webhook": _("Webhook’s events changed"),
        "api.renew_secret": _("Webhook’s secret renewed"),
        "api.stop_webhook": _("Webhook stopped"),
        "api.start_webhook": _("Webhook goes on"),
        "api.remove_webhook": _("Webhook removed"),
        "api.send_again": _("Webhook’s message sent again"),
    },
    guards="guards.sql",
)
