"""What an hour of work costs, and how much of the time a record stands with us is really worked: the firm's choices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import Choice, chosen, offer_choices
from saas.firms.models import FirmProfile
from saas.firms.queries import profile
from saas.kernel.i18n import _

offer_choices(
    Choice(
        "hour_cost_fen",
        _("What an hour of work costs the firm"),
        _("Wages with social insurance and overhead. The cost of refunds and of poor quality is reckoned with it."),
        "fen",
        8000,
        most=1_000_000,
    ),
    Choice(
        "worked_percent",
        _("Part of the time a record stands with us that is worked on it, in percent"),
        _("The rest it waits its turn. Working time from the stage log times this is what hours are reckoned from."),
        "count",
        10,
        least=1,
        most=100,
    ),
    Choice(
        "transfer_fee_fen",
        _("Bank fee of one transfer"),
        _("Counts for every refund paid by bank, in the cost of refunds."),
        "fen",
        0,
        most=100_000,
    ),
)


@dataclass(frozen=True, slots=True)
class Costs:
    """The choices with their days: what happened on a day costs what was in force on it."""

    firm: FirmProfile

    def work(self, minutes: int, day: date) -> int:
        """Fen that working minutes in the stage log cost, rounded half up."""
        hour = Decimal(int(chosen(self.firm, "hour_cost_fen", day)))
        part = Decimal(int(chosen(self.firm, "worked_percent", day)))
        return int((Decimal(minutes) * part * hour / 6000).to_integral_value("ROUND_HALF_UP"))

    def works(self, minutes: Iterable[tuple[date, int]]) -> int:
        """The same of many days."""
        return sum(self.work(each, day) for day, each in minutes)

    def transfers(self, payments: Iterable[tuple[date, int]]) -> int:
        """Fen of so many transfers by day."""
        return sum(int(chosen(self.firm, "transfer_fee_fen", day)) * count for day, count in payments)


async def costs(session: AsyncSession) -> Costs:
    return Costs(await profile(session))
