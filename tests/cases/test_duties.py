"""Separation of duties as the audit trail alone shows it."""

from __future__ import annotations

from uuid import UUID

import pytest

from saas.cases.duties import breaches
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.identifiers import uuid7

CASE, PLAN, LETTER = uuid7(), uuid7(), uuid7()
BEN, QUINN, MARA = uuid7(), uuid7(), uuid7()


def deed(action: str, who: UUID, subject: UUID = CASE, source: str = "", **more: object) -> AuditEntry:
    return AuditEntry(
        id=uuid7(), at=clock.now(), actor_kind=more.pop("kind", "member"), actor_id=who, actor_name="x", action=action,
        outcome=more.pop("outcome", "done"), subject_id=subject, from_state=source, to_state="", detail=more,
    )  # fmt: skip


RIGHT = [
    deed("case.confirm", BEN),
    deed("case.submit", BEN),
    deed("case.approve", QUINN, source="in_review"),
    deed("case.approve", MARA, source="in_approval"),
    deed("case.verify", QUINN),
    deed("case.close", MARA, source="verified"),
]


def test_three_people_in_their_own_roles_are_no_breach() -> None:
    assert breaches(RIGHT, {}) == []


@pytest.mark.parametrize(
    ("trail", "duty"),
    [
        ([deed("case.submit", BEN), deed("case.approve", BEN, source="in_review")], "own_review"),
        ([deed("case.explain", BEN), deed("case.close", BEN, source="explained")], "own_review"),
        ([deed("adjustment.edit", QUINN, PLAN), deed("case.approve", QUINN, source="in_review")], "own_review"),
        ([deed("case.submit", BEN), deed("adjustment.enter_again", BEN, PLAN)], "own_review"),
        ([deed("case.hand_to", MARA, owner_id=str(QUINN)), deed("case.verify", QUINN)], "own_review"),
        (
            [deed("case.approve", MARA, source="in_review"), deed("case.approve", MARA, source="in_approval")],
            "both_approvals",
        ),
        ([deed("notice.start", BEN, LETTER), deed("notice.issue", BEN, LETTER)], "own_letter"),
        ([deed("notice.rewrite", QUINN, LETTER), deed("notice.issue", QUINN, LETTER)], "own_letter"),
    ],
)
def test_each_breach_is_found_at_the_deed_that_made_it(trail: list[AuditEntry], duty: str) -> None:
    (found,) = breaches(trail, {PLAN: CASE})
    assert (found.duty, found.entry_id) == (duty, trail[-1].id)


def test_refused_attempts_and_other_peoples_deeds_do_not_count() -> None:
    trail = [
        deed("case.submit", BEN),
        deed("case.approve", BEN, outcome="refused"),
        deed("case.verify", BEN, kind="system"),
    ]
    assert breaches(trail, {}) == []
