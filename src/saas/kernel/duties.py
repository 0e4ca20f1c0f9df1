"""Separation of duties, proved once more from the audit trail alone: modules contribute the proofs, `saas audit verify`
asks for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class Breach:
    """Somebody did both halves of what two people have to do; `entry_id` is the deed that should have been refused."""

    duty: str  # own_review, both_approvals, own_letter, …
    subject_id: UUID
    person_id: UUID
    entry_id: UUID


# Every breach in the current firm's trail, given in the order in which it was written. A breach is a bug or a forgery.
Proof = Callable[[AsyncSession, Sequence[AuditEntry]], Awaitable[Sequence[Breach]]]


def by_members(trail: Iterable[AuditEntry]) -> Iterable[tuple[AuditEntry, UUID, UUID]]:
    """(entry, member, subject) of what members did and what was not refused: only that counts."""
    for entry in trail:
        if entry.outcome == "done" and entry.actor_kind == "member" and entry.actor_id and entry.subject_id:
            yield entry, entry.actor_id, entry.subject_id


def apart(
    trail: Iterable[AuditEntry],
    duty: str,
    *,
    prepares: Collection[str],
    decides: Collection[str],
    begins_anew: Collection[str] = (),
) -> list[Breach]:
    """Whoever did one of `prepares` to a record and then one of `decides`; after `begins_anew` nobody has prepared."""
    prepared: dict[UUID, set[UUID]] = defaultdict(set)
    found = []
    for entry, member, subject in by_members(trail):
        if entry.action in decides and member in prepared[subject]:
            found.append(Breach(duty, subject, member, entry.id))
        if entry.action in prepares:
            prepared[subject].add(member)
        if entry.action in begins_anew:
            prepared[subject].clear()
    return found


def about_oneself(
    trail: Iterable[AuditEntry], duty: str, *, decides: Collection[str], concerned: Mapping[UUID, UUID]
) -> list[Breach]:
    """Whoever did one of `decides` to a record that is about them; `concerned` names whom each record is about."""
    return [
        Breach(duty, subject, member, entry.id)
        for entry, member, subject in by_members(trail)
        if entry.action in decides and concerned.get(subject) == member
    ]
