"""What a findings page was asked for: the filters and the grouping, from the address and back into it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from saas.checks.queries import Wanted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Req

STATES: dict[str, Text] = {
    "open": _("To be looked at"),
    "quiet": _("In the digest"),
    "confirmed": _("In a case"),
    "dismissed": _("Dismissed"),
    "excepted": _("Excepted"),
    "cured": _("Cured"),
    "gone": _("No longer found"),
    "all": _("All"),
}
EMPTY: dict[str, Text] = {  # what a state without findings says
    "open": _("Nothing waits here. Findings come from the rules when a ledger is imported."),
    "quiet": _(
        "No rule is below the floor of precision; the findings of such a rule wait here instead of in the list."
    ),
    "confirmed": _("No finding is in a case. Opening a case from the list brings its findings here."),
    "dismissed": _("Nothing was dismissed. “Not an anomaly” brings a finding here, with its reason."),
    "excepted": _("Nothing is excepted. “Always fine” brings a finding here until the day you choose."),
    "cured": _("Nothing is cured yet. A finding comes here when a later import shows its correction."),
    "gone": _("Nothing has gone. A finding comes here when a later check no longer finds it."),
    "all": _("There are no findings. They come from the rules when a ledger is imported."),
}
GROUPS: dict[str, Text] = {
    "": _("Not grouped"),
    "rule": _("By rule"),
    "voucher": _("By voucher"),
    "account": _("By account"),
}


def wanted_of(request: Req) -> Wanted:
    """The filters in the address; what cannot be read is no filter."""
    given = request.query_params
    shown = given.get("state", "open")
    return Wanted(
        shown if shown in STATES else "open",
        given.get("severity", ""),
        given.get("rule", ""),
        _id(given.get("client", "")),
        given.get("voucher", ""),
        given.get("account", ""),
    )


def group_of(request: Req) -> str:
    given = request.query_params.get("group", "")
    return given if given in GROUPS else ""


def offset_of(request: Req) -> int:
    given = request.query_params.get("offset", "")
    return min(int(given), 10**9) if given.isdecimal() else 0


def asked_id(request: Req) -> UUID | None:
    """The finding that is looked at now."""
    return _id(request.query_params.get("at", ""))


def query_of(wanted: Wanted, **changes: Any) -> str:
    """ "?rule=N01&client=…" with these changes; "" where nothing is filtered."""
    given = {
        "state": wanted.state,
        "severity": wanted.severity,
        "rule": wanted.rule,
        "client": wanted.client_id or "",
        "voucher": wanted.voucher,
        "account": wanted.account,
        **changes,
    }
    if given["state"] == "open":
        given["state"] = ""
    query = urlencode({name: value for name, value in given.items() if value})
    return f"?{query}" if query else ""


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
