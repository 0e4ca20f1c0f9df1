"""The injected errors of a client: where they stand in its books, and the findings that tell of them."""

from __future__ import annotations

from datetime import date

import msgspec

from saas.checks import queries as checks
from saas.checks.models import FoundAnomaly
from saas.demo.books import Books, Late
from saas.demo.books.books import Label
from saas.demo.scene import NotThere, Scene
from saas.demo.story import Days
from saas.demo.tenant import books_of
from saas.kernel.months import month_name, month_number

KEPT = 6  # books in memory: a story asks for its own again and again
SETTLED = 8  # working days before the story's last day by which the books of its last month are in


def months_of(days: Days) -> tuple[list[str], int]:
    """The months of all books, and how many of them are complete: twelve, then those up to the last day's own.

    The last complete month is over some working days before the story ends, so that its errors can be found in it.
    """
    end = days.day(-SETTLED)
    return [month_name(month) for month in range(month_number(end) - 12, month_number(days.last) + 1)], 12


def month(scene: Scene, offset: int) -> str:
    """-1 is the last complete month of the books, 0 the one after it."""
    months, complete = months_of(scene.stage.days)
    return months[complete + offset]


def books(scene: Scene, late: tuple[Late, ...] = (), without: str = "") -> Books:
    """The client's books, with what was booked late; `without` leaves out one kind of error."""
    made, key = scene.stage.books, (scene.client_data.uscc, without, late)
    if key not in made:
        months, complete = months_of(scene.stage.days)
        while len(made) >= KEPT:
            made.pop(next(iter(made)))
        data, staff = scene.client_data, scene.stage.tenant.staff
        data = msgspec.structs.replace(data, errors=[e for e in data.errors if e.kind != without])
        made[key] = books_of(data, staff, months, running=len(months) - complete, late=late)
    return made[key]


def label_of(scene: Scene, kind: str) -> Label:
    """The injected error of this kind; "kind#2" is the second of several."""
    name, _mark, which = kind.partition("#")
    found = [label for label in books(scene).labels if label.kind == name]
    if len(found) < int(which or 1):
        raise NotThere(f"{scene.client_data.short} has no error {kind}")
    return found[int(which or 1) - 1]


async def findings_of(scene: Scene, kind: str) -> list[FoundAnomaly]:
    """The open findings that tell of an injected error, without its consequences; NotThere when no rule found it."""
    label, client = label_of(scene, kind), await scene.client()
    async with scene.stage.reading() as session:
        kept = await checks.of_client(session, client.id)
    found = [f for f in kept if f.state == "open" and f.gone_at is None and tells_of(f, label)]
    if not found:
        raise NotThere(f"no rule found {kind} of {scene.client_data.short} ({label.period})")
    own = [f for f in found if f.rule in label.rules]
    return sorted(own or found, key=lambda f: -f.score)


def tells_of(finding: FoundAnomaly, label: Label) -> bool:
    """One of the rules for this error, at its voucher or in its month."""
    if finding.rule not in (*label.rules, *label.also):
        return False
    return bool(set(finding.vouchers) & set(label.vouchers)) or finding.period == label.period


def is_complete(period: str, until: date) -> bool:
    """Whether the month is over on that day."""
    return period < f"{until:%Y-%m}"
