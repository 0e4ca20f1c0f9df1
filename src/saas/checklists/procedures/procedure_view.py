"""A procedure's version in words: what it helps with, who must read it, who has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from saas.cases.workflow import CASE
from saas.checklists.procedures.procedure_models import ProcedureReceipt, ProcedureVersion
from saas.checklists.procedures.procedure_workflow import PROCEDURE
from saas.identity.models import Membership
from saas.kernel.access import ROLES
from saas.kernel.forms import Submitted
from saas.kernel.i18n import Text, _, listed
from saas.refunds.workflow import REFUND

# What a procedure can be linked to: findings, cases and refunds as a whole, or one state of them.
STEPS: list[tuple[str, Text]] = [
    ("finding", _("Findings")),
    ("case", _("Cases")),
    *((f"case.{s.name}", _("Case: %(state)s", state=s.label)) for s in CASE.states if not s.final),
    ("refund", _("Refunds")),
    *((f"refund.{s.name}", _("Refund: %(state)s", state=s.label)) for s in REFUND.states if not s.final),
]
WORDS = dict(STEPS)
Members = Sequence[Membership]


def step_words(version: ProcedureVersion) -> list[Text]:
    return [WORDS[step] for step in version.steps if step in WORDS]


def says(version: ProcedureVersion, members: Members, seen: set[tuple[UUID, UUID]], unread: bool) -> dict[str, Any]:
    """A line of the library."""
    must = [m for m in members if set(m.roles) & set(version.readers)]
    return {
        "version": version,
        "state": PROCEDURE.state(version.state),
        "links": listed([*version.rules, *step_words(version)]),
        "readers": listed(ROLES[role] for role in version.readers if role in ROLES),
        "must": len(must),
        "have": sum((version.id, m.id) in seen for m in must),
        "unread": unread,
    }


def readers_view(
    version: ProcedureVersion, members: Members, receipts: Mapping[UUID, ProcedureReceipt]
) -> list[dict[str, Any]]:
    """Who must read it, and when they did; those who still have to come first."""
    must = [m for m in members if set(m.roles) & set(version.readers)]
    rows = [{"member": m, "read_at": receipts[m.id].read_at if m.id in receipts else None} for m in must]
    return sorted(rows, key=lambda row: row["read_at"] is not None)


def as_submitted(draft: ProcedureVersion) -> Submitted[Any]:
    """The draft as its form shows it."""
    names = ("title_zh", "title_en", "body_zh", "body_en", "source", "change", "read_days")
    raw: dict[str, Any] = {name: getattr(draft, name) for name in names}
    raw |= {"rules": ", ".join(draft.rules), "steps": draft.steps, "readers": draft.readers}
    return Submitted({**raw, "effective_on": draft.effective_on.isoformat(), "key": ""})
