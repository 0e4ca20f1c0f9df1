"""The list of findings as a workbook: what the filters leave, and what each column means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import queries
from saas.checks.asked import wanted_of
from saas.checks.catalogue import BY_ID
from saas.checks.listing import LABELS
from saas.checks.models import FoundAnomaly
from saas.checks.workflow import FINDING
from saas.clients import queries as clients
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.i18n import Text, _, listed
from saas.kernel.pages import Db, Req, actor_of
from saas.kernel.spreadsheets import XLSX, Cell, Sheet, day, workbook, yuan
from saas.kernel.uploads import attachment

MOST = 50_000  # rows of one file
# (head, width, what it means)
COLUMNS: tuple[tuple[Text, int, Text], ...] = (
    (_("Client"), 30, _("the client whose books were checked")),
    (_("Rule"), 8, _("number of the rule; the list of rules explains each")),
    (_("Name of the rule"), 26, _("what the rule looks for")),
    (_("Severity"), 10, _("critical, high, medium, low, for information")),
    (_("Score"), 8, _("0 to 100: 100 × (1 − Π(1 − weight × confidence))")),
    (_("Finding"), 70, _("what the rule says, with the numbers it compared")),
    (_("Period"), 10, _("the month it is about")),
    (_("Account"), 14, _("code of the account it is about")),
    (_("Vouchers"), 24, _("the vouchers it names")),
    (_("Amount"), 14, _("yuan that may be wrong")),
    (_("State"), 12, _("to be looked at, in a case, dismissed, excepted or cured")),
    (_("Reason"), 40, _("why it was put aside")),
    (_("Decided by"), 12, _("who put it aside or opened the case")),
    (_("Found on"), 12, _("the day of the check that found it first")),
    (_("Last found on"), 12, _("the day of the last check that found it")),
    (_("No longer found since"), 12, _("the first check that did not find it any more")),
)


@get("/f/{slug:str}/findings/list.xlsx", opt={"permission": "checks.read"})
async def export(request: Req, session: Db) -> Response[bytes]:
    """What the filters of the address leave; written down in the audit trail."""
    found = await queries.findings(session, wanted_of(request), limit=MOST)
    content = await as_workbook(session, found)
    record(session, actor_of(request), "checks.export", clock.now(), summary="findings.xlsx", rows=len(found))
    return attachment(content, f"{_('Findings')}-{clock.today()}.xlsx", XLSX)


async def as_workbook(session: AsyncSession, found: Sequence[FoundAnomaly]) -> bytes:
    named = await clients.clients_by_id(session, list({finding.client_id for finding in found}))
    people = await members_by_id(session)
    return workbook(
        Sheet(_("Findings"), [(head, width) for head, width, _said in COLUMNS],
              [_line(finding, named, people) for finding in found]),
        Sheet(_("Definitions"), ((_("Column"), 24), (_("Meaning"), 70)),
              [(str(head), str(said)) for head, _width, said in COLUMNS]),
        Sheet(_("Rules"), ((_("Rule"), 8), (_("Name"), 30), (_("What it says"), 80), (_("Reason"), 80)),
              [_rule(number) for number in sorted({finding.rule for finding in found})]),
    )  # fmt: skip


def _line(finding: FoundAnomaly, named: Any, people: Any) -> list[Cell]:
    client, decider = named.get(finding.client_id), people.get(finding.decided_by)
    return [
        client.name if client else "",
        finding.rule,
        str(BY_ID[finding.rule].name) if finding.rule in BY_ID else "",
        str(LABELS[finding.severity]),
        round(finding.score, 1),
        str(finding.message),
        finding.period or "",
        finding.account or "",
        listed(finding.vouchers),
        yuan(finding.amount),
        str(FINDING.state(finding.state).label),
        finding.reason,
        decider.name if decider else "",
        day(finding.found_at),
        day(finding.seen_at),
        day(finding.gone_at),
    ]


def _rule(number: str) -> list[Cell]:
    rule = BY_ID.get(number)
    return [number, *([str(rule.name), str(rule.explanation), str(rule.reason)] if rule else [])]


ROUTES = [export]
