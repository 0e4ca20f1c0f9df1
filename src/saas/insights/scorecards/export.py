"""The ledger for payroll, as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from saas.identity.models import Membership
from saas.insights.scorecards.pay_limits import HELP
from saas.insights.scorecards.pay_models import PayEntry
from saas.insights.scorecards.pay_workflow import PAY_ENTRY, TITLES
from saas.insights.scorecards.showing import name_of
from saas.kernel.i18n import Text, _
from saas.kernel.spreadsheets import Cell, Sheet, day, workbook, yuan

HEADS: tuple[tuple[Text, int], ...] = (
    (_("Entry number"), 14), (_("Month"), 10), (_("Person"), 14), (_("Kind"), 8), (_("Amount"), 12), (_("State"), 18),
    (_("What happened"), 50), (_("Clause of the rule book"), 30), (_("Proposed"), 12), (_("Approved by"), 14),
    (_("Approved"), 12), (_("Wage of the month"), 14), (_("Local minimum wage"), 14), (_("Objection"), 30),
    (_("Answer"), 30),
)  # fmt: skip


def ledger(entries: Iterable[PayEntry], people: Mapping[UUID, Membership]) -> bytes:
    """One line an entry, penalties with a minus; the law stands on a sheet of its own."""
    return workbook(
        Sheet(_("Bonuses and penalties"), HEADS, [_line(entry, people) for entry in entries]),
        Sheet(_("Limits of the law"), ((_("Limits of the law"), 100),), [[str(HELP)]]),
    )


def _line(entry: PayEntry, people: Mapping[UUID, Membership]) -> Sequence[Cell]:
    signed = -entry.amount if entry.kind == "penalty" else entry.amount
    return (
        entry.number, entry.month, str(name_of(people, entry.member_id)), str(TITLES[entry.kind]), yuan(signed),
        str(PAY_ENTRY.state(entry.state).label), str(entry.reason), entry.clause, day(entry.proposed_at),
        str(name_of(people, entry.approved_by)), day(entry.approved_at), yuan(entry.wage), yuan(entry.minimum),
        entry.objection, entry.answer,
    )  # fmt: skip
