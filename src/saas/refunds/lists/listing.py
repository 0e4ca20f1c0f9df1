"""The list and the board as they are shown: filters that live in the address, where each request stands, its wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.kernel import clock
from saas.kernel.calendar import Calendar
from saas.kernel.i18n import Text, _
from saas.kernel.months import months_after, quarter_start
from saas.refunds.lists import list_queries as queries
from saas.refunds.lists.list_queries import Figures, Place, Wanted
from saas.refunds.models import Refund
from saas.refunds.terms import Terms
from saas.refunds.words import reason_name
from saas.refunds.workflow import APPROVAL, ASKED, CLOSED, OFFER, OPEN, PAYMENT, RECKONED, REFUND, STATES, TALK

Url = Callable[..., str]
STEPS: dict[str, Text] = {  # the steps of the stepper are the stages of list and board
    "asked": ASKED,
    "talk": TALK,
    "reckoned": RECKONED,
    "offer": OFFER,
    "approval": APPROVAL,
    "payment": PAYMENT,
    "closed": CLOSED,
}
STATES_OF = {key: tuple(s.name for s in STATES if s.step == step) for key, step in STEPS.items()}
ORDER = list(STEPS.values())
VIEWS: dict[str, tuple[str, ...]] = {"open": tuple(sorted(OPEN)), **STATES_OF, "all": tuple(s.name for s in STATES)}
LABELS: dict[str, Text] = {"open": _("Open"), **STEPS, "all": _("All")}
PERIODS: dict[str, Text] = {
    "month": _("This month"),
    "last-month": _("Last month"),
    "quarter": _("This quarter"),
    "year": _("This year"),
    "last-year": _("Last year"),
}
FILTERS = ("view", "client", "reason", "preparer", "period", "only", "q")


@dataclass(frozen=True, slots=True)
class Given:
    """The filters as they stand in the address."""

    view: str = "open"
    client: UUID | None = None
    reason: str = ""
    preparer: UUID | None = None
    period: str = ""
    only: str = ""  # late, unusual
    q: str = ""

    async def wanted(self, session: AsyncSession) -> Wanted:
        """The same as conditions."""
        plain = Wanted(
            VIEWS[self.view],
            self.client,
            self.reason,
            self.preparer,
            opened_between(self.period, clock.today()),
            late=self.only == "late",
            unusual=self.only == "unusual",
        )
        return await queries.searched(session, plain, self.q, clock.today().year)

    def url(self, at: Callable[[str], str], path: str = "/refunds") -> Url:
        """A maker of addresses: some filters changed, the others kept; a page's place is never kept."""

        def url(**changes: Any) -> str:
            kept = {name: getattr(self, name) for name in FILTERS}
            query = {name: value for name, value in {**kept, **changes}.items() if value}
            if query.get("view") == "open":
                del query["view"]
            return at(f"{path}?{urlencode(query)}" if query else path)

        return url

    @property
    def filtered(self) -> bool:
        return any(getattr(self, name) for name in FILTERS if name != "view")


def given(query: Mapping[str, str]) -> Given:
    """The filters of an address; what makes no sense is left out, since an address bar may hold anything."""
    texts = {name: query.get(name, "") for name in FILTERS if name not in ("client", "preparer")}
    texts["view"] = texts["view"] if texts["view"] in VIEWS else "open"
    return Given(client=_uuid(query.get("client", "")), preparer=_uuid(query.get("preparer", "")), **texts)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def opened_between(period: str, today: date) -> tuple[datetime | None, datetime | None]:
    """The moments of a named period; (None, None) for no filter."""
    month = today.replace(day=1)
    before = months_after(month, -1)
    quarter = quarter_start(today)
    year = month.replace(month=1)
    days = {
        "month": (month, None),
        "last-month": (before, month),
        "quarter": (quarter, None),
        "year": (year, None),
        "last-year": (year.replace(year=year.year - 1), year),
    }
    since, until = days.get(period, (None, None))
    return _midnight(since), _midnight(until)


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), clock.CHINA) if day is not None else None


def place_of(after: str, before: str) -> Place | None:
    """Where the page begins, as the address names it; nonsense is the first page."""
    try:
        moment, refund_id = (before or after).split("~")
        at = datetime.fromisoformat(moment)
        return Place(at, UUID(refund_id), back=bool(before)) if at.tzinfo is not None else None
    except ValueError:
        return None


def mark_of(refund: Refund, wanted: Wanted) -> str:
    """The place of a row, for the address of the next page."""
    moment = refund.due_at if wanted.by_due else refund.opened_at
    return f"{moment.isoformat() if moment else ''}~{refund.id}"


def tabs(given: Given, counted: Mapping[str, Figures], url: Url) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": url(view=view), "active": view == given.view, "count": total(view, counted).words}
        for view, label in LABELS.items()
    ]


def total(view: str, counted: Mapping[str, Figures]) -> Figures:
    """The figures of all states of a view together."""
    return sum((counted[state] for state in VIEWS.get(view, VIEWS["open"]) if state in counted), Figures())


async def reasons(session: AsyncSession) -> dict[str, str]:
    """What each reason is called in the reader's language, in any version of the policy; the newest name counts."""
    named: dict[str, str] = {}
    for policy in await queries.policies(session):
        for reason in msgspec.convert(policy.terms, Terms).reasons:
            named.setdefault(reason.code, reason_name(reason))
    return named


def menus(
    given: Given, url: Url, named: Mapping[str, str], members: Mapping[UUID, Membership], client: str
) -> list[dict[str, Any]]:
    """The filters as drop-downs. A client is chosen by the search or on its own page, and taken off here."""
    people = [
        (id, m.name) for id, m in members.items() if {"owner", "manager", "reviewer", "bookkeeper"} & set(m.roles)
    ]
    offered: list[tuple[Text, str, Sequence[tuple[Any, Any]]]] = [
        (_("Refund reason"), "reason", list(named.items())),
        (_("Handled by"), "preparer", people),
        (_("Asked on"), "period", list(PERIODS.items())),
        (_("Show"), "only", [("late", _("Overdue only")), ("unusual", _("Exceptions only"))]),
    ]
    found = [
        {
            "label": label,
            "value": next((words for value, words in choices if value == getattr(given, name)), ""),
            "clear_url": url(**{name: ""}),
            "choices": [{"label": words, "url": url(**{name: value})} for value, words in choices],
        }
        for label, name, choices in offered
    ]
    if given.client is not None:
        found.insert(0, {"label": _("Client"), "value": client, "clear_url": url(client=""), "choices": []})
    return found


def row(refund: Refund, named: Mapping[str, str], calendar: Calendar, now: datetime) -> dict[str, Any]:
    """A request as list, board and client page show it: amounts, step, promised date, and how long it waits."""
    state = REFUND.state(refund.state)
    running = not state.final and not state.pauses
    late = running and refund.due_at is not None and refund.due_at < now
    since = refund.submitted_at or refund.opened_at
    worked = calendar.working_minutes(since, refund.paid_at or refund.closed_at or now)
    return {
        "refund": refund,
        "state": state,
        "at": ORDER.index(state.step) + 1 if state.step else 1,
        "steps": len(ORDER),
        "reason": named.get(refund.reason, refund.reason),
        "amount": refund.amount if refund.amount is not None else refund.asked,
        "offered": refund.amount is not None,
        "late": late,
        "paused": state.pauses,
        "days": worked // calendar.minutes_per_day,
        "marks": marks(refund),
    }


def marks(refund: Refund) -> list[dict[str, Any]]:
    """What makes a request an exception, as badges."""
    said: list[tuple[bool, Text, str, str]] = [
        (refund.signals > 0, _("Signal"), "red", "flag"),
        (refund.state == "failed", _("Payment failed"), "red", "alert-triangle"),
        (refund.state == "disputed" or bool(refund.mediation), _("Disputed"), "amber", "message-question"),
        (bool(refund.appeal), _("Appealed"), "amber", "scale"),
        (refund.overridden, _("Amount changed"), "amber", "edit"),
        (refund.at_fault and refund.computed is not None, _("Our error"), "amber", "alert-triangle"),
        (refund.at_fault and refund.computed is None, _("Our error, as the client says"), "amber", "alert-triangle"),
        (refund.rounds > 1, _("Sent back more than once"), "amber", "arrow-back-up"),
    ]
    return [{"label": label, "tone": tone, "icon": icon} for is_so, label, tone, icon in said if is_so]
