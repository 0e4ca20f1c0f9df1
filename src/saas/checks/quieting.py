"""A rule that is wrong too often in this firm is quietened: its findings wait in the digest, not in the list.

Precision is confirmed ÷ (confirmed + dismissed) of this firm's own findings; what one firm learns stays there.
Critical findings are never quietened, and a rule speaks up again as soon as its precision is back above the floor.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import queries
from saas.checks.models import FoundAnomaly
from saas.firms.choices import Choice, choice, offer_choices
from saas.kernel.i18n import _
from saas.kernel.tenancy import of_this_firm

JUDGED = 10  # judgements before a rate says anything about a rule

offer_choices(
    Choice(
        "precision_floor",
        _("Quieten rules below this precision"),
        _("Per cent of a rule’s judged findings that were right, from ten judgements on. 0: no rule is quietened."),
        "count",
        30,
        least=0,
        most=95,
    )
)


async def quiet_rules(session: AsyncSession) -> frozenset[str]:
    """The rules whose precision in this firm lies below its floor."""
    floor = int(await choice(session, "precision_floor"))
    judged = await queries.judged(session)
    return frozenset(
        rule for rule, (yes, no) in judged.items() if yes + no >= JUDGED and 100 * yes < floor * (yes + no)
    )


async def quieten(session: AsyncSession, client_id: UUID) -> None:
    """Bring a client's open findings in line with what is quiet now."""
    quiet = and_(FoundAnomaly.rule.in_(await quiet_rules(session)), FoundAnomaly.severity != "critical")
    mine = update(FoundAnomaly).where(
        of_this_firm(FoundAnomaly), FoundAnomaly.client_id == client_id, FoundAnomaly.state == "open",
        FoundAnomaly.quiet != quiet,
    )  # fmt: skip
    await session.execute(mine.values(quiet=quiet).execution_options(synchronize_session="fetch"))
