"""The list of cases as it is shown: filters that live in the address, and where each case stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries
from saas.cases.models import Case
from saas.cases.queries import Counts, Wanted
from saas.cases.words import CAUSE_CODES, SEVERITIES, SOURCES
from saas.cases.workflow import CASE, STATES
from saas.checks.catalogue import BY_ID
from saas.clients.models import Client
from saas.clients.queries import Name
from saas.identity.models import Membership
from saas.kernel import clock
from saas.kernel.calendar import Calendar
from saas.kernel.i18n import Text, _
from saas.kernel.pages import working_time
from saas.kernel.perform import calendar_of

CHOICES = 30  # of one filter; the search finds the rest
VIEWS: dict[str, Text] = {"open": _("Open"), "closed": _("Closed"), "all": _("All")}
AGES: dict[str, tuple[Text, int | None, int | None]] = {  # working days since it was opened: from, to
    "0-3": (_("0–3 working days"), None, 3),
    "4-7": (_("4–7 working days"), 4, 7),
    "8-15": (_("8–15 working days"), 8, 15),
    "16-": (_("more than 15 working days"), 16, None),
}
STEPS = list(dict.fromkeys(state.step for state in STATES))
Choices = Sequence[tuple[Any, Any, int]]  # value, label, how many
Url = Callable[..., str]


def wanted(calendar: Calendar, given: Mapping[str, Any]) -> Wanted:
    """The filters of the address; what is not known counts as not given."""
    known = {*VIEWS, *(state.name for state in STATES)}
    return Wanted(
        given["state"] if given["state"] in known else "open",
        given["severity"],
        given["rule"],
        given["client"],
        given["owner"],
        given["q"],
        opened_between(calendar, given["age"]),
        given["cause"] if given["cause"] in CAUSE_CODES else "",
        (given["since"], given["until"]),
        given["source"] if given["source"] in SOURCES else "",
    )


def opened_between(calendar: Calendar, age: str) -> tuple[datetime | None, datetime | None]:
    """The moments between which a case of this age in working days was opened; (None, None) for no filter."""
    if age not in AGES:
        return None, None
    _label, least, most = AGES[age]
    today = clock.today()

    def before_midnight(days: int) -> datetime:
        day = calendar.add_working_days(today, -days) if days else today
        return datetime.combine(day, time(), clock.CHINA) - timedelta(microseconds=1)

    after = before_midnight(most) if most is not None else None
    until = before_midnight(least - 1) if least is not None else None
    return after, until


def urls(at: Callable[[str], str], given: Mapping[str, Any]) -> Url:
    """A maker of the list's addresses: these filters changed, the others kept."""

    def url(**changes: Any) -> str:
        query = {name: value for name, value in {**given, **changes}.items() if value}
        if query.get("state") == "open":
            del query["state"]
        return at(f"/cases?{urlencode(query)}" if query else "/cases")

    return url


def tabs(chosen: str, url: Url) -> list[dict[str, Any]]:
    return [{"label": label, "url": url(state=name), "active": name == chosen} for name, label in VIEWS.items()]


def filters(
    counts: Counts,
    given: Mapping[str, Any],
    url: Url,
    named: Mapping[UUID, Client | Name],
    members: Mapping[UUID, Membership],
) -> list[dict[str, Any]]:
    """Eight drop-downs; a choice says how many it would show, where that was counted."""
    offered: list[tuple[Text, str, Choices]] = [
        (
            _("Severity"),
            "severity",
            [(s, label, counts.severity[s]) for s, label in SEVERITIES.items() if s in counts.severity],
        ),
        (_("Step"), "state", [(state.name, state.label, 0) for state in STATES]),
        (_("Owner"), "owner", [(o, members[o].name, n) for o, n in counts.owner.items() if o in members]),
        (_("Client"), "client", [(c, named[c].name, n) for c, n in counts.client.items() if c in named]),
        (_("Rule"), "rule", [(r, f"{r} {BY_ID[r].name}", n) for r, n in counts.rule.items() if r in BY_ID]),
        (_("Age"), "age", [(name, label, 0) for name, (label, _least, _most) in AGES.items()]),
        (_("How we know"), "source", [(name, label, 0) for name, label in SOURCES.items()]),
        (_("Cause"), "cause", [(code, label, 0) for code, label in CAUSE_CODES.items()]),
    ]
    return [_menu(label, name, given[name], choices, url) for label, name, choices in offered]


def _menu(label: Text, name: str, chosen: Any, choices: Choices, url: Url) -> dict[str, Any]:
    ordered = sorted(choices, key=lambda choice: -choice[2])[:CHOICES]
    return {
        "label": label,
        "value": next((text for value, text, _n in choices if chosen and value == chosen), ""),
        "clear_url": url(**{name: ""}),
        "choices": [{"label": text, "count": n or "", "url": url(**{name: value})} for value, text, n in ordered],
    }


def row(case: Case | Row[Any], calendar: Calendar, now: datetime) -> dict[str, Any]:
    """A case as the list shows it: where it stands, and how much working time is left."""
    state = CASE.state(case.state)
    left = 0
    if case.due_at is not None:
        sign = 1 if case.due_at >= now else -1
        left = sign * calendar.working_minutes(min(now, case.due_at), max(now, case.due_at))
    running = not state.pauses and not state.final
    tone = "red" if left < 0 else "amber" if left < calendar.minutes_per_day else ""
    return {
        "case": case,
        "state": state,
        "at": STEPS.index(state.step) + 1,
        "steps": len(STEPS),
        "left": working_time(left),
        "overdue": left < 0 and running,
        "tone": tone if running else "violet" if state.pauses else "",
    }


async def client_rows(session: AsyncSession, client_id: UUID, now: datetime) -> list[dict[str, Any]]:
    """A client's open cases, for the client's page."""
    calendar = await calendar_of(session)
    return [row(case, calendar, now) for case in await queries.open_of_client(session, client_id)]
