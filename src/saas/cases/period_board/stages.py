"""A client's month on its way: documents received, books imported, checked, corrected, returns filed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from saas.cases.models import Case
from saas.filings.models import RegisteredFiling
from saas.filings.profile import name_of, period_name
from saas.kernel.i18n import Text, _
from saas.kernel.pages import show_date

STAGES: dict[str, Text] = {
    "received": _("Documents received"),
    "imported": _("Books imported"),
    "checked": _("Books checked"),
    "corrected": _("Corrected"),
    "filed": _("Returns filed"),
}
FOR_CLIENT: dict[str, Text] = {
    "received": _("We wait for your documents of this month."),
    "imported": _("Your documents are here; we are keeping the books."),
    "checked": _("The books are kept; we are checking them."),
    "corrected": _("We are putting something right in the books."),
    "filed": _("The books are ready; the returns are being handed in."),
    "": _("All returns of this month are accepted."),
}


@dataclass(slots=True)
class Month:
    """What is known of one client's month."""

    client_id: UUID
    month: str
    expects: bool = True  # a return belongs to it
    received_on: date | None = None
    has_books: bool = False
    checked: bool = False
    severe: int = 0  # open findings of high or critical severity
    cases: list[Case] = field(default_factory=list)  # open ones of this month
    filings: list[RegisteredFiling] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a month: done or not, in words, and where to go."""

    name: str
    done: bool
    words: Text
    url: str  # under the firm


def stages(month: Month, today: date) -> list[Stage]:
    """The five steps in order."""
    return [_received(month), _imported(month), _checked(month), _corrected(month), _filed(month, today)]


def holding(found: Sequence[Stage]) -> Stage | None:
    """What holds the month up: the first step that is not done; None when all are."""
    return next((stage for stage in found if not stage.done), None)


def is_known(month: Month) -> bool:
    """Whether anything at all happened or is due in this month."""
    return bool(month.received_on or month.has_books or month.filings or month.cases)


def _received(month: Month) -> Stage:
    url = f"/periods/{month.client_id}"
    if month.received_on is not None:
        return Stage("received", True, _("received %(day)s", day=show_date(month.received_on)), url)
    if month.has_books:
        return Stage("received", True, _("here with the books"), url)
    return Stage("received", False, _("documents not all here"), url)


def _imported(month: Month) -> Stage:
    if month.has_books:
        return Stage("imported", True, _("imported"), f"/clients/{month.client_id}/ledgers")
    return Stage("imported", False, _("books not imported"), f"/clients/{month.client_id}/ledgers")


def _checked(month: Month) -> Stage:
    url = f"/findings?client={month.client_id}"
    if not month.checked:
        return Stage("checked", False, _("books not checked"), url)
    if month.severe:
        return Stage("checked", False, _("%(n)s severe findings open", n=month.severe), url)
    return Stage("checked", True, _("books checked"), url)


def _corrected(month: Month) -> Stage:
    if not month.cases:
        return Stage("corrected", True, _("nothing to correct"), f"/cases?client={month.client_id}")
    first = month.cases[0]
    if len(month.cases) == 1:
        return Stage("corrected", False, _("case %(number)s open", number=first.number), f"/cases/{first.id}")
    return Stage("corrected", False, _("%(n)s cases open", n=len(month.cases)), f"/cases?client={month.client_id}")


def _filed(month: Month, today: date) -> Stage:
    url = f"/clients/{month.client_id}/filings"
    waiting = [filing for filing in month.filings if filing.is_open]
    if not month.filings and not month.expects:
        return Stage("filed", True, _("no return for this month"), url)
    if not month.filings:
        return Stage("filed", False, _("no return registered"), url)
    if not waiting:
        return Stage("filed", True, _("%(n)s returns accepted", n=len(month.filings)), url)
    first = waiting[0]
    name = _("%(name)s %(period)s", name=name_of(first.code), period=period_name(first.period))
    if first.due_on < today:
        return Stage("filed", False, _("%(name)s was due %(day)s", name=name, day=show_date(first.due_on)),
                     f"/filings/{first.id}")  # fmt: skip
    return Stage("filed", False, _("%(name)s due %(day)s", name=name, day=show_date(first.due_on)),
                 f"/filings/{first.id}")  # fmt: skip
