"""An entry of the audit trail as a sentence a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saas.firms.pages import FIELDS
from saas.kernel.access import ROLES
from saas.kernel.audit import AuditEntry
from saas.kernel.i18n import Text, _, listed
from saas.kernel.module import composition
from saas.kernel.pages import show_datetime

DEEDS: dict[str, Text] = {
    "firms.create": _("Firm created"),
    "firms.copied": _("Copied as a sandbox"),
    "firms.change_settings": _("Firm’s details changed"),
    "firms.change_picture": _("Logo or seal changed"),
    "firms.change_hours": _("Working hours changed"),
    "firms.change_day": _("Special working day changed"),
    "firms.choose": _("Choice of the firm changed"),
    "firms.skip_step": _("First step left out"),
    "firms.export_audit": _("Audit trail exported"),
    "firms.secure": _("Security of the firm changed"),
    "people.invite": _("Person invited"),
    "people.withdraw": _("Invitation withdrawn"),
    "people.join": _("Person joined"),
    "people.rename": _("Name changed"),
    "people.change_email": _("E-mail address changed"),
    "people.roles": _("Roles changed"),
    "people.remove": _("Person removed"),
    "people.hand_over": _("Firm handed over"),
    "people.qualify": _("Qualification granted"),
    "people.sign_out": _("Signed out everywhere by somebody else"),
    "people.reset_factor": _("Removal of a second factor allowed"),
}
WORDS: dict[str, Text] = {  # for the names under which deeds keep their details
    **FIELDS,
    "name": _("Name"),
    "url": _("Address"),
    "scopes": _("It may"),
    "events": _("Events"),
    "locale": _("Language"),
    "roles": _("Roles"),
    "changed": _("Changed"),
    "which": _("Which"),
    "hours": _("Hours"),
    "since": _("Counts from"),
    "day": _("Day"),
    "until": _("Until"),
    "choice": _("Choice"),
    "code": _("Qualification"),
    "rows": _("Rows"),
    "step": _("Step"),
    "summary": _("Summary"),
    "number": _("Number"),
    "amount": _("Amount"),
    "period": _("Period"),
    "file": _("File"),
    "new": _("Newly found"),
    "gone": _("No longer found"),
    "again": _("Found again"),
    "channel": _("Channel"),
    "contact": _("Contact"),
    "contact_name": _("Contact"),
    "direction": _("Direction"),
    "reason": _("Reason"),
    "how": _("How"),
    "text": _("Text"),
    "expectation": _("Expectation"),
    "purpose": _("Purpose"),
    "factor_roles": _("Second factor to approve"),
    "email_domains": _("Addresses that may join"),
    "idle_minutes": _("Minutes without a click"),
    "session_hours": _("Hours in all"),
    "phrase": _("Phrase"),
}
VALUES: dict[str, Text] = {  # of channels, directions and other codes that deeds keep
    "in": _("incoming"),
    "out": _("outgoing"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "wechat": _("WeChat"),
    "sms": _("SMS"),
    "visit": _("Visit"),
    "letter": _("Letter"),
    "link": _("Link"),
    "intake": _("Tell us about a problem in your books"),
    "status": _("See where your matters stand"),
    "met": _("met"),
}
CODED = {"channel", "direction", "how", "purpose", "expectation"}
HIDDEN = {"to_id", "owner_id"}


def deed(entry: AuditEntry) -> Text:
    """What was done, in words: a workflow's action, a deed of a module, or a page that was refused."""
    subject, _dot, name = entry.action.partition(".")
    workflow = composition().workflows.get(subject)
    if workflow is not None:
        arrows = workflow.named(name)
        if arrows or name == "start":
            what = arrows[0].label if arrows else _("Opened")
            return _("%(record)s: %(action)s", record=workflow.label, action=what)
    if entry.action.startswith("open "):
        return _("Page not allowed: %(permission)s", permission=_permission(entry.action.removeprefix("open ")))
    return composition().deeds.get(entry.action) or Text(entry.action)


def actions() -> list[tuple[str, Text]]:
    """What one can filter by: the records and areas deeds belong to."""
    areas = {name: workflow.label for name, workflow in composition().workflows.items()}
    for name in composition().deeds:
        areas.setdefault(name.partition(".")[0], AREAS.get(name.partition(".")[0], Text(name.partition(".")[0])))
    return list(areas.items())


def readings() -> list[str]:
    """Deeds that change nothing but show or take out what is kept: accounts revealed, bank files, exports."""
    return [name for name in composition().deeds if name in TAKEN_OUT or "export" in name.partition(".")[2]]


TAKEN_OUT = frozenset({"refunds.reveal", "refunds.batch_file"})
AREAS: dict[str, Text] = {
    "demo": _("Demo firm"),
    "filings": _("Filings"),
    "drills": _("Drills"),
    "risks": _("Risks"),
    "playbooks": _("Playbooks"),
    "training": _("Training"),
    "checklists": _("Checklists"),
    "procedures": _("Procedures"),
    "teams": _("Team"),
    "services": _("Services"),
    "consents": _("Consents"),
    "partners": _("Partners"),
    "reviews": _("Public reviews"),
    "support": _("Support policies"),
    "library": _("Answer library"),
    "care": _("Care reminders"),
    "insights": _("Insights"),
    "api": _("Interfaces"),
    "operations": _("Operator"),
    "privacy": _("Privacy"),
    "firms": _("Settings"),
    "people": _("People"),
    "clients": _("Clients"),
    "cases": _("Work on cases"),
    "checks": _("Checks of ledgers"),
    "ledgers": _("Ledgers"),
    "adjustment": _("Correction plans"),
    "surveys": _("Clients’ ratings"),
    "refunds": _("Work on refunds"),
}


def line(entry: AuditEntry, chain: Mapping[Any, int]) -> dict[str, Any]:
    """One row of the report. `chain` gives the seal's number by entry."""
    return {
        "at": show_datetime(entry.at),
        "who": entry.actor_name if entry.actor_kind != "system" else _("Qingzhang"),
        "what": deed(entry),
        "states": _states(entry),
        "detail": detail(entry),
        "refused": entry.outcome == "refused",
        "seal": chain.get(entry.id),
    }


def detail(entry: AuditEntry) -> str:
    """The words kept with a deed: why it was refused, what it was before and is now."""
    if entry.outcome == "refused" and isinstance(entry.detail.get("reason"), dict):
        return str(Text.restore(entry.detail["reason"]))
    kept = {name: value for name, value in entry.detail.items() if name not in HIDDEN}
    parts = []
    if "before" in kept and "after" in kept:
        parts.append(f"{_plain(kept.pop('before'))} → {_plain(kept.pop('after'))}")
    parts += [f"{WORDS.get(name) or name}{_(': ')}{_said(name, value)}" for name, value in kept.items()]
    return str(_("; ")).join(parts)


def _said(name: str, value: Any) -> str:
    """A detail's value; the codes of some are told in words."""
    return str(VALUES[value]) if name in CODED and isinstance(value, str) and value in VALUES else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, dict) and "msgid" in value:
        return str(Text.restore(value))
    if isinstance(value, dict):  # {field: [before, now]}
        return str(_(", ")).join(f"{WORDS.get(name) or name} {_change(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return listed(ROLES[v] if isinstance(v, str) and v in ROLES else _plain(v) for v in value)
    return "—" if value in (None, "") else str(value)


def _change(value: Any) -> str:
    """A field's value before and now; anything else as it is."""
    if isinstance(value, list) and len(value) == 2:
        return " → ".join(_plain(v) for v in value)
    return _plain(value)


def _states(entry: AuditEntry) -> str:
    workflow = composition().workflows.get(entry.subject_kind)
    if workflow is None or not entry.to_state:
        return ""
    labels = [str(workflow.state(s).label) for s in (entry.from_state, entry.to_state) if s]
    return " → ".join(dict.fromkeys(labels))


def _permission(name: str) -> Text:
    return next((g.label for g in composition().grants if g.permission == name), Text(name))
