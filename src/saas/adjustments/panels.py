"""The plan as the case's page shows it: where it stands, its vouchers, and the way into the builder."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments import planning
from saas.adjustments.correction.methods import NAMES, Method
from saas.adjustments.screen import STATUS
from saas.cases.models import Case
from saas.kernel.access import Actor
from saas.kernel.money import Money


async def of_case(session: AsyncSession, case: Case, actor: Actor) -> dict[str, Any]:
    adjustment = await planning.newest(session, case)
    rows = await planning.vouchers_of(session, adjustment) if adjustment is not None else []
    label, tone, icon = STATUS[adjustment.status] if adjustment is not None else ("", "", "")
    return {
        "template": "adjustments/_panel.html",
        "case": case,
        "adjustment": adjustment,
        "status": {"label": label, "tone": tone, "icon": icon},
        "method": NAMES[Method(adjustment.method)] if adjustment is not None else "",
        "rows": [
            {
                "kind": "red" if row.kind in ("red", "mixed") else "blue",
                "summary": row.summary,
                "debit": Money(sum(line["debit_fen"] for line in row.lines)),
                "credit": Money(sum(line["credit_fen"] for line in row.lines)),
            }
            for row in rows
        ],
        "may_begin": actor.may("adjustments.write") and case.state in ("analysed", "planned") and adjustment is None,
    }
