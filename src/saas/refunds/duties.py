"""Two pairs of eyes on every refund, derived once more from the audit trail alone (trust.md §3): a breach is a bug or a
forgery. Pure: rows in the order written go in, breaches come out; no column of a refund and no rule is trusted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.audit import AuditEntry
from saas.kernel.duties import Breach

ASKS = frozenset({"refund.start", "refund.submit"})
PREPARES = frozenset(
    f"refund.{deed}" for deed in ("check", "complete", "assess", "propose_rejection")
) | {"refunds.calculate"}  # fmt: skip
REVIEWS = frozenset(f"refund.{deed}" for deed in ("countersign", "reject", "approve", "grant_appeal", "refuse"))
CHECKS = frozenset({"refund.check_payee", "refund.pay"})


class Deeds:
    """What was done to one refund so far."""

    def __init__(self) -> None:
        self.asked: set[UUID] = set()
        self.prepared: set[UUID] = set()
        self.countersigned: UUID | None = None
        self.first_yes: UUID | None = None
        self.rejected: UUID | None = None
        self.wrote_account: UUID | None = None


def breaches(entries: Sequence[AuditEntry]) -> list[Breach]:
    """Every breach: whoever prepared or asked reviews; one person signs twice; who rejected decides the appeal; who
    asked for the money or wrote the account down checks it or pays.

    Only what members did and what was not refused counts. A refund sent back is signed anew by anybody entitled.
    """
    known: dict[UUID, Deeds] = defaultdict(Deeds)
    found: list[Breach] = []
    for entry in entries:
        person, subject = entry.actor_id, entry.subject_id
        if entry.outcome != "done" or subject is None:
            continue
        deeds = known[subject]
        member = person if entry.actor_kind == "member" else None
        if member is not None:
            duty = _broken(entry, deeds, member)
            if duty:
                found.append(Breach(duty, subject, member, entry.id))
        _remember(entry, deeds, member)
    return found


def _broken(entry: AuditEntry, deeds: Deeds, person: UUID) -> str:
    """The duty this deed breaks, or ""."""
    if entry.action in REVIEWS and person in deeds.prepared | deeds.asked:
        return "own_refund"
    if entry.action == "refund.approve" and person in (deeds.countersigned, deeds.first_yes):
        return "both_approvals"
    if entry.action in ("refund.grant_appeal", "refund.refuse") and person == deeds.rejected:
        return "own_rejection"
    if entry.action in CHECKS and (person in deeds.asked or person == deeds.wrote_account):
        return "own_account"
    return ""


def _remember(entry: AuditEntry, deeds: Deeds, person: UUID | None) -> None:
    if entry.action == "refunds.payee":
        deeds.wrote_account = person  # None: the client, by link
    if entry.action == "refund.take" and entry.detail.get("preparer_id"):
        deeds.prepared.add(UUID(entry.detail["preparer_id"]))
    if entry.action.startswith("refund.") and entry.to_state == "complete":
        deeds.countersigned = deeds.first_yes = None
    if person is None:
        return
    if entry.action in ASKS:
        deeds.asked.add(person)
    elif entry.action in PREPARES:
        deeds.prepared.add(person)
    elif entry.action == "refund.countersign":
        deeds.countersigned = person
    elif entry.action == "refund.approve":
        deeds.first_yes = person
    elif entry.action == "refund.reject":
        deeds.rejected = person


async def proved(session: AsyncSession, trail: Sequence[AuditEntry]) -> list[Breach]:
    """What refunds contribute to `saas audit verify`."""
    return breaches([entry for entry in trail if entry.action.startswith(("refund.", "refunds."))])
