"""What the checks are told of a client's corrections: booked vouchers are read together with what they correct."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments.execution import correction
from saas.adjustments.models import Adjustment, PlannedVoucher
from saas.checks.corrections import Correction
from saas.kernel import tenancy


async def corrections_of(session: AsyncSession, client_id: UUID) -> Sequence[Correction]:
    """The vouchers of every plan that is booked; one whose proof failed corrects nothing."""
    query = (
        select(PlannedVoucher, Adjustment)
        .join(
            Adjustment,
            (Adjustment.firm_id == PlannedVoucher.firm_id) & (Adjustment.id == PlannedVoucher.adjustment_id),
        )
        .where(Adjustment.firm_id == tenancy.current_firm_id(), Adjustment.client_id == client_id)
        .where(Adjustment.executed_at.is_not(None))
        .order_by(Adjustment.executed_at, PlannedVoucher.position)
    )
    rows = (await session.execute(query)).all()
    return [correction(voucher) for voucher, adjustment in rows if adjustment.status != "not_cured"]
