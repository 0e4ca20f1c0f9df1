"""What a firm may choose for its own work: named, typed, with a default and the reason for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.queries import profile
from saas.kernel.i18n import Text, _


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice; `default` holds until the firm says otherwise."""

    name: str
    label: Text
    default: Any


CHOICES = {
    c.name: c
    for c in (
        Choice("blind_reentry_fen", _("Amounts from here on are entered a second time, blind (fen)"), 50_000_00),
        Choice("manager_risk", _("Risk (likelihood × impact) from which a manager approves too"), 15),
        Choice("letter_mark", _("Short mark of the firm in letter numbers"), ""),
    )
}


async def choice(session: AsyncSession, name: str) -> Any:
    """The firm's choice, else the default. KeyError for a name that is none."""
    given = (await profile(session)).choices
    return given.get(name, CHOICES[name].default)
