"""Words that several rooms of services share."""

from __future__ import annotations

from typing import Any

from saas.kernel.i18n import Text, _
from saas.kernel.pages import Req, address_in

ROOMS: dict[str, tuple[Text, str]] = {
    "catalogue": (_("Catalogue"), "/services"),
    "proposals": (_("Plans for clients"), "/services/proposals"),
    "leads": (_("Leads"), "/services/leads"),
    "sources": (_("Sources and partners"), "/services/sources"),
    "support": (_("Support policies"), "/services/support"),
    "library": (_("Answers and phrases"), "/services/library"),
    "care": (_("Care"), "/services/care"),
    "given": (_("Service given free"), "/services/given"),
}
TIERS: dict[str, Text] = {"gold": _("Gold"), "standard": _("Standard"), "basic": _("Basic")}
UNITS: dict[str, Text] = {"month": _("a month"), "year": _("every year"), "once": _("once")}
LIMITS: dict[str, Text] = {
    "vouchers": _("Vouchers a month"),
    "invoices": _("Invoices a month"),
    "filings": _("Kinds of tax filed"),
    "headcount": _("People on the payroll"),
}
TAXPAYERS: dict[str, Text] = {"small": _("Small-scale taxpayer"), "general": _("General taxpayer")}
SOURCES: dict[str, Text] = {
    "client": _("recommended by a client"),
    "partner": _("through a partner"),
    "own": _("our own search"),
    "platform": _("a platform"),
    "walk_in": _("came by themselves"),
    "other": _("otherwise"),
}
WAYS: dict[str, Text] = {
    "visit": _("in person"),
    "phone": _("by telephone"),
    "wechat": _("by WeChat"),
    "email": _("by e-mail"),
    "paper": _("on paper"),
}


def tabs(request: Req, here: str) -> list[dict[str, Any]]:
    at = address_in(request)
    return [{"label": label, "url": at(path), "active": name == here} for name, (label, path) in ROOMS.items()]


def kept(before: dict[str, Any], zh: str, en: str) -> dict[str, Any]:
    """Both languages as typed; where one was left empty, what stood there stays."""
    return {"zh": zh or before.get("zh", ""), "en": en or before.get("en", "")}
