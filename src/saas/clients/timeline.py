"""A client's one timeline, from the audit rows that carry its id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saas.kernel.audit import AuditEntry
from saas.kernel.i18n import Text, _
from saas.kernel.module import composition
from saas.kernel.pages import show_datetime

DEEDS: dict[str, tuple[Text, str]] = {
    "clients.add": (_("Client added"), "building"),
    "clients.change": (_("Details changed"), "edit"),
    "clients.communicate": (_("Exchange recorded"), "message-question"),
    "clients.add_contact": (_("Contact added"), "user"),
    "clients.change_contact": (_("Contact changed"), "user"),
    "clients.add_contract": (_("Contract added"), "file-text"),
    "clients.add_receipt": (_("Receipt added"), "file-text"),
    "clients.archive": (_("Client archived"), "lock"),
    "clients.restore": (_("Client restored"), "lock"),
    "clients.merge": (_("Clients merged"), "users"),
}
KINDS: dict[str, Text] = {
    "communications": _("Exchanges"),
    "case": _("Anomalies"),
    "refund": _("Refunds"),
    "notice": _("Notices"),
    "import": _("Ledgers"),
    "clients": _("Details"),
}


def lines(entries: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """The entries as the `timeline` macro shows them."""
    return [_line(entry) for entry in entries]


def kinds(chosen: str, url: str) -> list[dict[str, Any]]:
    """The filters above the timeline."""
    return [
        {
            "label": label,
            "url": f"{url}?kind={kind}#timeline",
            **({"clear_url": f"{url}#timeline"} if kind == chosen else {}),
        }
        for kind, label in KINDS.items()
    ]


def _line(entry: AuditEntry) -> dict[str, Any]:
    what, icon = DEEDS.get(entry.action) or (_deed_of_workflow(entry), "edit")
    return {
        "icon": icon,
        "tone": "accent" if entry.actor_kind == "member" else "",
        "who": entry.actor_name if entry.actor_kind != "system" else "",
        "what": what,
        "when": show_datetime(entry.at),
        "detail": entry.detail.get("summary") or entry.detail.get("reason") or entry.detail.get("name") or "",
    }


def _deed_of_workflow(entry: AuditEntry) -> Text:
    """A workflow's step in the words of its table: “Anomaly case: Confirm the anomaly”."""
    name, _dot, action = entry.action.partition(".")
    workflow, known = composition().workflows.get(name), composition().deeds.get(entry.action)
    if workflow is None:
        return known or Text(entry.action)
    arrows = workflow.named(action)
    deed = arrows[0].label if arrows else known or _("Opened")
    return _("%(record)s: %(deed)s", record=workflow.label, deed=deed)
