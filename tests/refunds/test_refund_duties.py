"""Separation of duties of refunds as the audit trail alone shows it: what `saas audit verify` asks."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.identifiers import uuid7
from saas.kernel.module import composition
from saas.refunds.duties import breaches
from tests.refunds import payment_story as story
from tests.refunds.house import House

REFUND = uuid7()
LIN, BEN, QUINN, MARA, PAULA, CASH = (uuid7() for _one in range(6))


def deed(action: str, who: UUID | None, to: str = "", **more: object) -> AuditEntry:
    return AuditEntry(
        id=uuid7(), at=clock.now(), actor_kind="member" if who else "contact", actor_id=who, actor_name="x",
        action=action, outcome=more.pop("outcome", "done"), subject_id=REFUND, from_state="", to_state=to, detail=more,
    )  # fmt: skip


RIGHT = [
    deed("refund.submit", LIN),
    deed("refunds.calculate", BEN),
    deed("refund.assess", BEN),
    deed("refund.countersign", QUINN),
    deed("refund.approve", MARA),
    deed("refund.approve", PAULA),
    deed("refunds.payee", BEN),
    deed("refund.check_payee", CASH),
    deed("refund.pay", CASH),
]


def test_six_people_in_their_own_roles_are_no_breach() -> None:
    assert breaches(RIGHT) == []


@pytest.mark.parametrize(
    ("trail", "duty"),
    [
        ([deed("refund.assess", BEN), deed("refund.countersign", BEN)], "own_refund"),
        ([deed("refunds.calculate", BEN), deed("refund.approve", BEN)], "own_refund"),
        ([deed("refund.submit", LIN), deed("refund.reject", LIN)], "own_refund"),
        ([deed("refund.take", MARA, preparer_id=str(BEN)), deed("refund.countersign", BEN)], "own_refund"),
        ([deed("refund.countersign", QUINN), deed("refund.approve", QUINN)], "both_approvals"),
        ([deed("refund.approve", MARA), deed("refund.approve", MARA)], "both_approvals"),
        ([deed("refund.reject", MARA), deed("refund.refuse", MARA)], "own_rejection"),
        ([deed("refund.submit", LIN), deed("refund.check_payee", LIN)], "own_account"),
        ([deed("refunds.payee", CASH), deed("refund.check_payee", CASH)], "own_account"),
        ([deed("refunds.payee", CASH), deed("refund.pay", CASH)], "own_account"),
    ],
)
def test_each_breach_is_found_at_the_deed_that_made_it(trail: list[AuditEntry], duty: str) -> None:
    (found,) = breaches(trail)
    assert (found.duty, found.entry_id, found.subject_id) == (duty, trail[-1].id, REFUND)


def test_sent_back_it_is_signed_anew_and_refused_attempts_do_not_count() -> None:
    again = [deed("refund.approve", MARA), deed("refund.send_back", PAULA, "complete"), deed("refund.approve", MARA)]
    assert breaches(again) == []
    assert breaches([deed("refund.assess", BEN), deed("refund.approve", BEN, outcome="refused")]) == []
    assert breaches([deed("refunds.payee", CASH), deed("refunds.payee", None), deed("refund.pay", CASH)]) == []


async def test_the_whole_way_leaves_no_breach_and_a_forged_deed_is_found(house: House) -> None:
    refund = await story.paid(house)
    async with house.cast.transaction() as session:
        trail = list(await session.scalars(select(AuditEntry).order_by(AuditEntry.position)))
        found = [one for proof in composition().duties for one in await proof(session, trail)]
        assert found == []
        forged = AuditEntry(at=clock.now(), actor_kind="member", actor_id=house.cast.ben.id, actor_name="陆予安",
                            action="refund.countersign", subject_kind="refund", subject_id=refund.id)  # fmt: skip
        session.add(forged)
        await session.flush()
        [breach] = [one for proof in composition().duties for one in await proof(session, [*trail, forged])]
    assert (breach.duty, breach.person_id) == ("own_refund", house.cast.ben.id)
