"""From what happened in the sandbox to the rows that stay: looked up there, kept here."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.copying import close_sandbox
from saas.identity.queries import members_by_id
from saas.kernel import clock, tenancy
from saas.kernel.db import acting_in
from saas.kernel.identities import Identities
from saas.risks.drill_models import Drill, DrillError, DrillPart
from saas.risks.drills import queries
from saas.risks.drills.errors.kinds import KINDS
from saas.risks.drills.forms import Outcome
from saas.risks.drills.scoring import Key, Seen, by_member, score

HANDLED = ("approved", "notified", "acknowledged", "executing", "executed", "verified", "explained", "closed")


async def keep(session: AsyncSession, drill: Drill, key: Key) -> Outcome:
    """Count, write down what came of each error and each person, and close the sandbox."""
    assert drill.sandbox_id is not None
    assert drill.started_at is not None
    ids = Identities(drill.firm_id, drill.sandbox_id)
    async with acting_in(session, tenancy.firm(drill.sandbox_id)):
        seen = await _seen(session, drill, key)
        deeds = await queries.deeds_since(session, drill.started_at)
        incident = await queries.incident_since(session, drill.started_at)
    result = score(key.hidden, seen)
    members = await members_by_id(session)
    there = {ids.of(member): member for member in members}
    names = {ids.of(member): row.name for member, row in members.items()}
    clients = {ids.of(UUID(client)): UUID(client) for client in drill.clients}
    session.add_all(
        DrillError(
            drill_id=drill.id, position=at, kind=error.kind, client_id=clients[error.client_id], period=error.period,
            vouchers=list(error.vouchers), rules=list(KINDS[error.kind].rules), right=list(error.right),
            detected_at=found.at, detected_by=names.get(found.by, "") if found.by else "", handled_at=found.handled_at,
        )
        for at, (error, found) in enumerate(zip(key.hidden, result.found, strict=True), 1)
    )  # fmt: skip
    counted = by_member(result)
    for member in {*(ids.of(UUID(each)) for each in drill.participants), *deeds} & set(there):
        did, first = deeds.get(member, (0, None))
        right, wrong = counted.get(member, (0, 0))
        session.add(
            DrillPart(drill_id=drill.id, member_id=there[member], name=names[member], first_at=first, deeds=did,
                      detected=right, false_alarms=wrong)
        )  # fmt: skip
    await close_sandbox(session, drill.sandbox_id, clock.now())
    declared, contained = (incident.declared_at, incident.contained_at) if incident is not None else (None, None)
    return Outcome(result.detected, result.handled, len(result.false_alarms), declared, contained)


async def _seen(session: AsyncSession, drill: Drill, key: Key) -> list[Seen]:
    """In the sandbox: every finding confirmed and every case opened by hand since the drill began."""
    assert drill.started_at is not None
    confirmed = await queries.findings_since(session, drill.started_at)
    opened = await queries.cases_since(session, drill.started_at)
    cases = {f.case_id for f, _stay in confirmed if f.case_id} | {case.id for case in opened}
    handled = await queries.first_entered(session, cases, HANDLED)
    from_findings = {finding.case_id for finding, _stay in confirmed}
    known = set(key.known)
    sights = [
        Seen(finding.client_id, finding.rule, frozenset(finding.vouchers), finding.period, stay.entered_at,
             stay.actor_id, handled.get(finding.case_id) if finding.case_id else None,
             known_before=(finding.client_id, finding.rule, finding.object) in known)
        for finding, stay in confirmed
    ]  # fmt: skip
    return sights + [
        Seen(case.client_id, case.rule, frozenset(case.vouchers), case.period, case.opened_at, case.opened_by,
             handled.get(case.id))
        for case in opened
        if case.id not in from_findings
    ]  # fmt: skip
