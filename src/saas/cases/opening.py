"""How a case begins: from findings, by hand, or by a client's report through a link."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries
from saas.cases.facts import guard_of
from saas.cases.forms import NewCase, Report, Triage
from saas.cases.models import Case
from saas.cases.workflow import CASE
from saas.checks.forms import LinkCase
from saas.checks.models import FoundAnomaly
from saas.checks.queries import SEVERITIES
from saas.checks.workflow import FINDING
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.firms.notifications import notify
from saas.firms.queries import with_roles
from saas.identity.queries import members
from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.kernel.perform import perform, start
from saas.kernel.serials import next_serial

PREPARERS = ("bookkeeper", "reviewer", "manager", "owner")


async def from_findings(session: AsyncSession, actor: Actor, findings: Sequence[FoundAnomaly], now: datetime) -> Case:
    """One case for one or several findings of one client. They are confirmed, and the case starts at triaged.

    Invalid when there is none or they belong to several clients; Conflict when one is already in a case or put aside.
    """
    if not findings:
        raise Invalid(_("Select at least one finding."))
    if len({finding.client_id for finding in findings}) > 1:
        raise Invalid(_("A case is about one client: select findings of one client."))
    taken = next((finding for finding in findings if finding.state != "open"), None)
    if taken is not None:
        raise Conflict(_("“%(finding)s” is already in a case or was put aside. Nothing was changed.",
                         finding=taken.message))  # fmt: skip
    client = await clients.client(session, findings[0].client_id)
    lead = max(findings, key=lambda f: (-SEVERITIES.index(f.severity), f.score))
    case = await started(
        session, actor, client, now,
        title=_title(lead, len(findings)),
        source="rule",
        severity=lead.severity,
        period=lead.period or next((f.period for f in findings if f.period), None),
        rule=lead.rule,
        object=lead.object,
        score=together([f.score for f in findings]),
        exposure=_exposure(findings),
        reopens_id=await _earlier(session, findings),
    )  # fmt: skip
    for finding in findings:
        await perform(session, FINDING, finding.id, "confirm", actor, LinkCase(case.id), now=now)
    owner_id = await owner_for(session, client, actor)
    if owner_id is not None and case.period:
        await perform(session, CASE, case.id, "triage", actor, Triage(owner_id), now=now)
    return case


async def by_hand(
    session: AsyncSession, actor: Actor, form: NewCase, files: list[dict[str, Any]], now: datetime
) -> Case:
    """What somebody noticed, or what an authority wrote; it waits to be triaged."""
    client = await clients.client(session, form.client_id)
    return await started(
        session, actor, client, now,
        id=form.key,
        title=Text(form.title),
        source=form.source,
        severity=form.severity,
        period=form.period,
        description=form.description,
        vouchers=voucher_numbers(form.vouchers),
        files=files,
    )  # fmt: skip


async def by_client(
    session: AsyncSession, actor: Actor, client: Client, form: Report, files: list[dict[str, Any]], now: datetime
) -> Case:
    """A problem told through a link; the firm triages it within the first-response time."""
    if form.about == "complaint":
        return await complaint(
            session, actor, client, now, id=form.key, title=Text(form.title), period=form.period,
            description=form.description, files=files, reported_by=form.signed_name,
        )  # fmt: skip
    case = await started(
        session, actor, client, now,
        id=form.key,
        title=Text(form.title),
        source="client",
        severity="medium",
        period=form.period,
        description=form.description,
        files=files,
        reported_by=form.signed_name,
    )  # fmt: skip
    here = {m.id for m in await with_roles(session, ["bookkeeper"])}
    told = {client.bookkeeper_id} & here or here
    said = _("%(client)s reports a problem: %(title)s", client=client.name, title=form.title)
    await notify(session, [member_id for member_id in told if member_id], "answer", said, CASE.url(case), now)
    return case


async def complaint(session: AsyncSession, actor: Actor, client: Client, now: datetime, **known: Any) -> Case:
    """A client complains about our work: a case of its own, answered first within half a day; a manager is told."""
    case = await started(session, actor, client, now, source="complaint", severity="medium", **known)
    managers = [m.id for m in await with_roles(session, ["manager", "owner"])]
    said = _("%(client)s complains: %(title)s", client=client.name, title=case.title)
    await notify(session, managers, "answer", said, CASE.url(case), now)
    return case


async def owner_for(session: AsyncSession, client: Client, actor: Actor) -> UUID | None:
    """P: the client's bookkeeper while they work here, else whoever opens the case, where they may prepare."""
    here = {m.id for m in await members(session)}
    if client.bookkeeper_id in here:
        return client.bookkeeper_id
    return actor.id if actor.kind == "member" and actor.roles & set(PREPARERS) else None


def together(scores: Sequence[float]) -> float:
    """The score of several findings at once: 100·(1−Π(1−Sᵢ/100))."""
    doubt = 1.0
    for score in scores:
        doubt *= 1 - min(max(score, 0.0), 100.0) / 100
    return round(100 * (1 - doubt), 1)


def voucher_numbers(text: str) -> list[str]:
    """Numbers as a person lists them: "2026-09 记-47、2026-10 记-3"."""
    return [part.strip() for part in re.split(r"[,，、;；\n]+", text) if part.strip()]


async def started(
    session: AsyncSession, actor: Actor, client: Client, now: datetime, *, title: Text, **known: Any
) -> Case:
    """A new case with its number and its clock. Conflict where the client is archived or merged."""
    if client.merged_into_id is not None or client.archived_at is not None:
        raise Conflict(_("This client is archived: nothing new is opened for it."))
    year = now.astimezone(CHINA).year
    case = Case(
        number=f"YC-{year}-{await next_serial(session, 'case', year):04}",
        client_id=client.id,
        title=title,
        opened_at=now,
        opened_by=actor.id if actor.kind == "member" else None,
        filing_guard_at=await guard_of(session, client.id, now),
        **known,
    )
    await start(session, CASE, case, actor, now=now, summary=case.number)
    return case


def _title(lead: FoundAnomaly, count: int) -> Text:
    if count == 1:
        return lead.message
    return _("%(first)s (and %(n)s more)", first=lead.message, n=count - 1)


def _exposure(findings: Sequence[FoundAnomaly]) -> Money | None:
    amounts = [abs(f.amount) for f in findings if f.amount is not None]
    return Money(sum(amount.fen for amount in amounts)) if amounts else None


async def _earlier(session: AsyncSession, findings: Sequence[FoundAnomaly]) -> UUID | None:
    """The closed case these findings once belonged to: it came back too late to be reopened, but it is a repeat."""
    for finding in findings:
        known = await queries.case_or_none(session, finding.case_id) if finding.case_id else None
        if known is not None:
            return known.id
    return None
