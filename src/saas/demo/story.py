"""Stories as data (tenants/demo/stories): who did what, how many working days ago, with which form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from saas.demo.tenant import DATA
from saas.kernel.calendar import Calendar
from saas.kernel.clock import CHINA

THIS_QUARTER = -60  # working days before the last: a story that begins earlier tells of the months before
LEAD = 12  # working days from the founding to the first of those
Field = str | int | float | bool | list[str]


class Beat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One deed of one person. `on` is "-46 10:12": working days before the replay ends, and the time in China."""

    on: str
    who: str  # a colleague's or a contact's name
    do: str  # "case.confirm": what the form is about, and the deed (saas.demo.deeds)
    form: dict[str, Field] = {}  # the fields as typed; {placeholders} as in saas.demo.placeholders
    files: list[str] = []  # names of papers to attach; they are drawn
    of: str = ""  # the kind of injected error meant (Label.kind), where the deed is about one
    name: str = ""  # what the new record is called in this story; "case" and "letter" if nothing is said
    on_record: str = ""  # the record meant, where the story has several of them


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happened at one client; `shows` says to developers why it is there."""

    client: str  # its short name
    shows: str
    beats: list[Beat]
    books: bool = True  # False: the client's books come on the last day, as those of clients without a story
    file: str = ""

    @property
    def begins(self) -> int:
        """The working day of its first beat."""
        return int(self.beats[0].on.partition(" ")[0])


@dataclass(frozen=True, slots=True)
class Days:
    """The days of the replay: `last` is its last working day, counted from backwards; on `founded` the firm begins."""

    calendar: Calendar
    last: dt.date
    founded: int = THIS_QUARTER

    def day(self, offset: int) -> dt.date:
        """The day so many working days before the last (offset ≤ 0)."""
        return self.last if offset == 0 else self.calendar.add_working_days(self.last, offset)

    def moment(self, on: str) -> dt.datetime:
        """The time of "-46 10:12", counted from the last day, or of "+3 12:02", from the founding. Else ValueError."""
        offset, _space, clock = on.partition(" ")
        begins = self.founded if offset.startswith("+") else 0
        return dt.datetime.combine(self.day(begins + int(offset)), dt.time.fromisoformat(clock), CHINA)

    @classmethod
    def before(cls, calendar: Calendar, now: dt.datetime, founded: int = THIS_QUARTER) -> Days:
        """Ending with the last working day that is over by now."""
        day = now.astimezone(CHINA).date()
        while not calendar.is_working(day) or calendar.close_of(day) > now:
            day -= dt.timedelta(days=1)
        return cls(calendar, day, founded)


def stories(folder: Path = DATA / "stories") -> list[Story]:
    """Every story, by file name. msgspec.ValidationError, naming the field, when one is not of this form."""
    return [
        msgspec.structs.replace(msgspec.toml.decode(path.read_bytes(), type=Story), file=path.stem)
        for path in sorted(folder.glob("*.toml"))
    ]


def founding(told: Sequence[Story]) -> int:
    """The working day on which the firm of these stories begins."""
    return min((THIS_QUARTER, *(story.begins - LEAD for story in told)))
