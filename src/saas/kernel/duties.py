"""Separation of duties, proved once more from the audit trail alone: modules contribute the proofs, `saas audit verify`
asks for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class Breach:
    """Somebody did both halves of what two people have to do; `entry_id` is the deed that should have been refused."""

    duty: str  # own_review, both_approvals, own_letter
    subject_id: UUID
    person_id: UUID
    entry_id: UUID


# Every breach in the current firm's trail, given in the order in which it was written. A breach is a bug or a forgery.
Proof = Callable[[AsyncSession, Sequence[AuditEntry]], Awaitable[Sequence[Breach]]]
