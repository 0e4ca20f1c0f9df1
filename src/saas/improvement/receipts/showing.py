"""Read receipts as pages show them: a row a person, and how many have read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from saas.identity.models import Membership
from saas.improvement.receipts.receipt_models import ReadReceipt


def shown(
    receipts: Sequence[ReadReceipt], members: Mapping[UUID, Membership], me: UUID | None, now: datetime
) -> dict[str, Any]:
    """For templates/improvement/_receipts.html. People who left keep their receipt; what they never read is dropped."""
    rows: list[dict[str, Any]] = [
        {
            "receipt": receipt,
            "name": members[receipt.member_id].name,
            "initial": members[receipt.member_id].initial,
            "late": receipt.read_at is None and receipt.due_at < now,
            "score": f"{receipt.right} / {receipt.questions}" if receipt.questions else "",
        }
        for receipt in receipts
        if receipt.member_id in members and (receipt.read_at or members[receipt.member_id].left_at is None)
    ]
    mine = next((receipt for receipt in receipts if receipt.member_id == me), None)
    return {
        "rows": rows,
        "asked": len(rows),
        "read": len([row for row in rows if row["receipt"].read_at is not None]),
        "mine": mine,
        "open_for_me": mine is None or mine.read_at is None,
    }
