"""Where a filing stands: its state follows from its days and from today, and is never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_

from saas.filings.models import RegisteredFiling as Filing
from saas.kernel.i18n import Text, _


@dataclass(frozen=True, slots=True)
class Standing:
    """A state: its words, and the badge's colour and icon that say the same."""

    label: Text
    tone: str
    icon: str


STANDINGS: dict[str, Standing] = {
    "due": Standing(_("to be filed"), "", "circle-dashed"),
    "filed": Standing(_("filed, not accepted yet"), "accent", "send"),
    "accepted": Standing(_("accepted"), "green", "check"),
    "late": Standing(_("late"), "amber", "alarm"),
    "missed": Standing(_("not handed in"), "red", "alarm"),
    "amended": Standing(_("amended"), "violet", "edit"),
    "waived": Standing(_("not required"), "", "minus"),
}


def standing(filing: Filing, today: date) -> str:
    """A key of STANDINGS. What counts as late is the day of acceptance, not the day of sending (accounting.md §9)."""
    if filing.waived_on is not None:
        return "waived"
    if filing.amended_on is not None:
        return "amended"
    if filing.accepted_on is not None:
        return "late" if filing.accepted_on > filing.due_on else "accepted"
    if filing.filed_on is not None:
        return "late" if today > filing.due_on else "filed"
    return "missed" if today > filing.due_on else "due"


def is_open() -> ColumnElement[bool]:
    """Neither accepted nor waived."""
    return and_(Filing.accepted_on.is_(None), Filing.waived_on.is_(None))


def is_late(today: date) -> ColumnElement[bool]:
    """Accepted after the due day, or the due day has passed without acceptance."""
    return and_(Filing.waived_on.is_(None), func.coalesce(Filing.accepted_on, today) > Filing.due_on)


def is_missed(today: date) -> ColumnElement[bool]:
    """Nothing had been handed in when the due day ended, whether or not it was made good later."""
    return and_(
        Filing.waived_on.is_(None),
        Filing.due_on < today,
        or_(Filing.filed_on.is_(None), Filing.filed_on > Filing.due_on),
    )
