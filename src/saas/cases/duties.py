"""Two pairs of eyes, derived once more from the audit trail alone (trust.md §3): a breach here is a bug or a forgery.

Pure: rows in the order written go in, breaches come out. It trusts no column of the records and none of their rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from saas.kernel.audit import AuditEntry
from saas.kernel.duties import Breach

PREPARES = frozenset(
    f"case.{deed}" for deed in ("confirm", "contact", "analyse", "explain", "plan", "submit", "execute", "finish")
)
EDITS = frozenset({"adjustment.edit", "notice.rewrite"})
REVIEWS = frozenset(f"case.{deed}" for deed in ("dismiss", "approve", "settle_without_voucher", "go_on", "verify"))
REVIEWS |= {"case.not_cured", "case.send_back", "adjustment.enter_again", "adjustment.prove"}
CLOSES_AS_REVIEWER = frozenset({"explained", "acknowledged"})  # from verified, the manager closes what Q has proved
WRITES_LETTER = frozenset({"notice.start", "notice.rewrite"})
APPROVES_LETTER = frozenset({"notice.approve", "notice.issue"})


def breaches(entries: Sequence[AuditEntry], case_of: Mapping[UUID, UUID]) -> list[Breach]:
    """Every breach in a firm's trail. `case_of` leads from a plan or a letter to its case.

    Only what members did and what was not refused counts. Whoever prepared any part of a case before a review, in
    whatever round, or owned it when it was handed on, does not review it.
    """
    prepared: dict[UUID, set[UUID]] = defaultdict(set)
    first_yes: dict[UUID, UUID] = {}
    wrote: dict[UUID, set[UUID]] = defaultdict(set)
    found: list[Breach] = []
    for entry in entries:
        person, subject = entry.actor_id, entry.subject_id
        if entry.outcome != "done" or entry.actor_kind != "member" or person is None or subject is None:
            continue
        case_id = case_of.get(subject, subject)
        if _reviews(entry) and person in prepared[case_id]:
            found.append(Breach("own_review", case_id, person, entry.id))
        if entry.action == "case.approve":
            if entry.from_state == "in_approval" and first_yes.get(case_id) == person:
                found.append(Breach("both_approvals", case_id, person, entry.id))
            first_yes[case_id] = person
        if entry.action in APPROVES_LETTER and person in wrote[subject]:
            found.append(Breach("own_letter", subject, person, entry.id))
        if entry.action in PREPARES | EDITS:
            prepared[case_id].add(person)
        if entry.action == "case.hand_to" and entry.detail.get("owner_id"):
            prepared[case_id].add(UUID(entry.detail["owner_id"]))
        if entry.action in WRITES_LETTER:
            wrote[subject].add(person)
    return found


def _reviews(entry: AuditEntry) -> bool:
    closes = entry.action == "case.close" and entry.from_state in CLOSES_AS_REVIEWER
    return closes or entry.action in REVIEWS
