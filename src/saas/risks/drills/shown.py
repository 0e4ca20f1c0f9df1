"""Drills in words and figures, for page and paper alike: one reading of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from saas.clients.models import Client
from saas.kernel.i18n import Text, _, listed
from saas.kernel.pages import show_datetime
from saas.risks.drill_models import BOOKS, Drill, DrillError, DrillPart
from saas.risks.drills.errors.kinds import KINDS
from saas.risks.playbooks.playbook_models import Playbook

NOTHING = "—"
GOOD = 0.8  # share of the errors from which on the score is shown in green


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called."""

    clients: Mapping[UUID, Client]
    members: Mapping[UUID, str]
    scenarios: Mapping[str, Text | str]


def scenarios(playbooks: Sequence[Playbook]) -> dict[str, Text | str]:
    """What can be rehearsed: errors in the books, or the emergency of a playbook."""
    return {BOOKS: _("Errors in the books"), **{playbook.key: playbook.title for playbook in playbooks}}


def result_of(drill: Drill) -> str:
    """ "7 of 10", with the share where there is one; a dash where nothing was injected or counted."""
    if drill.scored_at is None or not drill.injected:
        return NOTHING
    share = round(100 * drill.detected / drill.injected)
    return str(_("%(detected)s of %(injected)s (%(share)s%%)", detected=drill.detected, injected=drill.injected,
                 share=share))  # fmt: skip


def took(start: datetime | None, end: datetime | None) -> str:
    """Hours and minutes between two times on the clock; a dash where one is missing."""
    if start is None or end is None or end < start:
        return NOTHING
    minutes = int((end - start).total_seconds() // 60)
    if minutes < 60:
        return str(_("%(n)s min", n=minutes))
    return str(_("%(hours)s h %(minutes)s min", hours=minutes // 60, minutes=minutes % 60))


def figures(drill: Drill) -> list[dict[str, Any]]:
    """The head of the score: found, handled, false alarms; in an emergency also declared and contained."""
    shown = []
    if drill.injected:
        good = drill.detected >= GOOD * drill.injected
        shown = [
            {
                "label": _("Score: found ÷ injected"),
                "value": result_of(drill),
                "tone": "green" if good else "",
            },
            {"label": _("Dealt with"), "value": f"{drill.handled} / {drill.injected}"},
            {"label": _("False alarms"), "value": str(drill.false_alarms)},
        ]
    if drill.scenario != BOOKS:
        shown += [
            {"label": _("Time to declare"), "value": took(drill.started_at, drill.declared_at)},
            {"label": _("Time to contain"), "value": took(drill.started_at, drill.contained_at)},
        ]
    return [*shown, {"label": _("Time worked"), "value": took(drill.started_at, drill.ended_at)}]


def error_rows(drill: Drill, errors: Sequence[DrillError], names: Names) -> list[dict[str, Any]]:
    """Each injected error with where it was, who found it after how long, and how it should read."""
    return [
        {
            "kind": KINDS[error.kind].label,
            "told": KINDS[error.kind].told,
            "client": names.clients.get(error.client_id),
            "period": error.period,
            "vouchers": listed(error.vouchers),
            "rules": listed(error.rules),
            "right": [
                {"code": line["account"], "name": _party(line), "debit": line["debit"], "credit": line["credit"]}
                for line in error.right
            ],
            "found": error.detected_at is not None,
            "by": error.detected_by,
            "after": took(drill.started_at, error.detected_at),
            "handled": took(drill.started_at, error.handled_at),
            "is_handled": error.handled_at is not None,
        }
        for error in errors
    ]


def part_rows(drill: Drill, parts: Sequence[DrillPart]) -> list[dict[str, Any]]:
    return [
        {
            "name": part.name,
            "first": took(drill.started_at, part.first_at),
            "deeds": part.deeds,
            "detected": part.detected,
            "false_alarms": part.false_alarms,
        }
        for part in parts
    ]


def asked(drill: Drill, names: Names, *, told: bool) -> list[dict[str, Any]]:
    """What was planned; the kinds of error only where they may be `told`."""
    kinds = [f"{KINDS[kind].label} × {n}" for kind, n in drill.kinds.items() if kind in KINDS]
    chosen = [names.clients[UUID(each)] for each in drill.clients if UUID(each) in names.clients]
    people = [names.members.get(UUID(each), "") for each in drill.participants]
    rows: list[dict[str, Any]] = [
        {"label": _("Scenario"), "value": names.scenarios.get(drill.scenario, drill.scenario)},
        {"label": _("Clients"), "value": listed(client.name for client in chosen)},
        {"label": _("Participants"), "value": listed(people)},
        {"label": _("Errors"), "value": (listed(kinds) or NOTHING) if told else _("sealed")},
        {"label": _("Time limit"), "value": _("%(n)s min", n=drill.limit_minutes)},
    ]
    begins: list[dict[str, Any]] = (
        [{"label": _("Begins"), "value": show_datetime(drill.begins_at)}] if drill.begins_at else []
    )
    return [*rows, *begins]


def proof(drill: Drill) -> dict[str, Any] | None:
    """The erased sandbox: what was removed, and that every table was counted afterwards."""
    if drill.erased_at is None or not drill.remaining:
        return None
    return {
        "at": drill.erased_at,
        "removed": sum(drill.erased.values()),
        "tables": len(drill.remaining) - 2,  # beside files and letters
        "left": sum(drill.remaining.values()),
        "rows": [{"label": name, "value": f"{n:,}"} for name, n in sorted(drill.erased.items())],
    }


def _party(line: Mapping[str, Any]) -> str:
    return f"{line['name']}（{line['aux']}）" if line["aux"] else str(line["name"])
