"""The working calendar of the acting firm: the State Council's days with the firm's own hours and special days."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.queries import working_hours
from saas.kernel import clock
from saas.kernel.calendar import WORKING_HOURS, Calendar, hours
from saas.kernel.holidays import Days, load_days
from saas.kernel.pages import ROOT

CALENDARS = ROOT / "tenants" / "_starter" / "calendar"


async def working_calendar(session: AsyncSession) -> Calendar:
    """The hours in force today; a firm that set none works the default ones."""
    in_force = [h for h in await working_hours(session) if h.valid_from <= clock.today()]
    if not in_force:
        return _calendar("", ())
    return _calendar(in_force[-1].hours, tuple(sorted(in_force[-1].special_days.items())))


@lru_cache(maxsize=256)
def _calendar(written: str, special: tuple[tuple[str, str], ...]) -> Calendar:
    own = {date.fromisoformat(day): hours(stretches) for day, stretches in special}
    return Calendar(state_days(), hours(written) if written else WORKING_HOURS, special=own)


@cache
def state_days() -> Days:
    """The national list as shipped."""
    return load_days(CALENDARS)
