"""A version as it is read, on the page and in print: nine numbered parts, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from saas.kernel.i18n import Text, _, listed, reader
from saas.kernel.pages import show_date
from saas.refunds.calculation.presets import PRESETS
from saas.refunds.checklist import EVIDENCE
from saas.refunds.policies.fields import DEADLINE_FIELDS, PARTS, Field
from saas.refunds.policies.versions import FIRST_DAY, Validity
from saas.refunds.terms import Reason, Terms

STATES: dict[str, tuple[Text, str, str]] = {  # label, tone, icon
    "in_force": (_("in force"), "green", "check"),
    "coming": (_("still to come"), "accent", "clock"),
    "past": (_("no longer in force"), "", "history"),
    "replaced": (_("replaced before it began"), "", "history"),
}


def parts_of(terms: Terms, *, internal: bool = True) -> list[dict[str, Any]]:
    """[{number, title, intro, rows, stages, reasons, lines}] with what the version says in each part.

    Without `internal` as it is printed: our cost of an hour and the limits of approval are nobody else's matter.
    """
    _name, basis, further = terms.in_words(reader())
    own: dict[int, dict[str, Any]] = {
        1: {"reasons": [reason_row(reason) for reason in terms.reasons]},
        6: {"stages": [_deadline(terms, state, field) for state, field in DEADLINE_FIELDS.items()]},
        8: {"lines": further},
        9: {"lines": basis},
    }
    shown = []
    for part in PARTS:
        extra = own.get(part.number, {})
        fields = [field for field in part.fields if internal or not field.internal]
        rows = [{"label": field.label, "value": field.shown(getattr(terms, field.name))} for field in fields]
        shown.append(
            {
                "number": part.number,
                "title": part.title,
                "intro": part.intro,
                "rows": rows,
                "stages": extra.get("stages", []),
                "reasons": extra.get("reasons", []),
                "lines": extra.get("lines", ()),
            }
        )
    return shown


def reason_row(reason: Reason) -> dict[str, Any]:
    """One reason: its name and condition, formula, papers, limit and marks, in words."""
    name, when = reason.in_words(reader())
    preset = PRESETS[reason.preset]
    limits = [
        _("up to %(months)s months %(percent)s %%", months=tier.months, percent=tier.percent) for tier in reason.tiers
    ]
    if reason.tiers or reason.most_percent < 100:
        limits.append(_("at most %(percent)s %%", percent=reason.most_percent))
    return {
        "name": name,
        "when": when,
        "preset": preset.name,
        "formula": preset.formula,
        "papers": listed(EVIDENCE[key] for key in reason.evidence) or "—",
        "limit": listed(limits) or "—",
        "at_fault": reason.at_fault,
        "optional": reason.optional,
    }


def _deadline(terms: Terms, state: str, field: Field) -> dict[str, Any]:
    days = terms.deadlines.get(state)
    return {"label": field.label, "value": field.shown(days) if days else _("as usual")}


def version_rows(rows: list[Validity], today: date, named: Mapping[UUID, Any]) -> list[dict[str, Any]]:
    """The list of versions, the newest first."""
    shown = []
    for row in rows:
        label, tone, icon = STATES[row.state(today)]
        member = named.get(row.policy.made_by) if row.policy.made_by else None
        shown.append(
            {
                "version": row.policy.version,
                "days": days_of(row),
                "state": label,
                "tone": tone,
                "icon": icon,
                "by": member.name if member else _("supplied with the product"),
                "at": row.policy.made_at,
                "note": row.policy.note,
            }
        )
    return shown


def days_of(row: Validity) -> Text | str:
    """From when to when a version is in force."""
    since = _("from the beginning") if row.since == FIRST_DAY else show_date(row.since)
    if row.until is None:
        return since if row.since == FIRST_DAY else _("from %(day)s", day=since)
    if row.until < row.since:
        return "—"
    return _("%(since)s – %(until)s", since=since, until=show_date(row.until))
