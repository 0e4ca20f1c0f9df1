"""From where on something is a signal, and how many closed refunds are read again: the firm's own choices."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import Choice, chosen, offer_choices
from saas.firms.queries import profile
from saas.kernel.i18n import _

FEWEST = 5  # below so many a share says nothing

offer_choices(
    Choice(
        "refund_signal_count",
        _("Refunds of one person that are a signal"),
        _("So many refunds prepared by one person within 30 days are shown to a reviewer."),
        "count",
        3,
        least=2,
        most=100,
    ),
    Choice(
        "refund_override_percent",
        _("Changed amounts that are a signal, in percent"),
        _("Of the refunds for one reason within 180 days, once there are five: more changed by hand than this."),
        "count",
        20,
        least=1,
        most=100,
    ),
    Choice(
        "refund_early_days",
        _("Days after the contract’s start that are a signal"),
        _("A refund asked for so soon after the service began is shown to a reviewer."),
        "count",
        30,
        least=1,
        most=365,
    ),
    Choice(
        "refund_sample",
        _("Closed refunds read again each month"),
        _("Drawn at random; read by somebody who had no part in them. 0: none."),
        "count",
        3,
        most=50,
    ),
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The firm's choices in force today."""

    by_one: int = 3  # refunds of one preparer within DAYS
    overrides_percent: int = 20
    early_days: int = 30
    sample: int = 3


async def thresholds(session: AsyncSession) -> Thresholds:
    firm = await profile(session)
    return Thresholds(
        int(chosen(firm, "refund_signal_count")),
        int(chosen(firm, "refund_override_percent")),
        int(chosen(firm, "refund_early_days")),
        int(chosen(firm, "refund_sample")),
    )
