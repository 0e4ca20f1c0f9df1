"""What a record's stays in its states add up to: pure functions over the stage log, working minutes in and out.

A case counts from its opening, or from its last reopening: reopening gives it a new clock. It ends with the last proof
of its cure, or, where nothing was booked, with its closing. A refund counts from handing in to payment, or to its end.
A letter counts from sending to the client's answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

BEGINS = {"case": ("new", "reopened"), "refund": ("submitted",), "notice": ("sending",)}
ENDS = {
    "case": (("verified",), ("closed",)),  # the first of them that is there
    "refund": (("paid",), ("rejected", "refused", "cancelled", "converted", "archived")),
    "notice": (("acknowledged", "objected"),),
}
HANDED_IN = ("in_review", "explained")
WITH_REVIEWER = ("in_review", "in_approval", "explained")
PROVING = ("executed", "verified")


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of a record in a state; the last one has no minutes yet."""

    state: str
    entered_at: datetime
    minutes: int = 0
    paused: int = 0


@dataclass(frozen=True, slots=True)
class Sums:
    """What a Fact keeps of the stays. `began_at` is when the counted time begins; None where it never did."""

    began_at: datetime | None = None
    gross: int | None = None
    net: int | None = None
    submitted: int = 0
    returned: int = 0
    failed: int = 0
    rework: int = 0
    proved: bool = False
    confirmed: bool = False  # the client said yes to a letter
    stages: dict[str, int] = field(default_factory=dict)


def summed(workflow: str, stays: Sequence[Stay]) -> Sums:
    """Of one record's stays in the order in which they were entered."""
    begin = _begin(workflow, stays)
    if begin is None:
        return Sums()
    round_ = stays[begin:]
    end = _end(workflow, round_)
    steps = [(one.state, following.state) for one, following in pairwise(round_)]
    back = [place for place, step in enumerate(steps, 1) if _is_return(step) or _is_failure(step)]
    counted = round_[:end] if end is not None else ()
    stages: dict[str, int] = {}
    for stay in counted:
        stages[stay.state] = stages.get(stay.state, 0) + stay.minutes - stay.paused
    return Sums(
        began_at=round_[0].entered_at,
        gross=sum(stay.minutes for stay in counted) if end is not None else None,
        net=sum(stages.values()) if end is not None else None,
        submitted=sum(stay.state in HANDED_IN for stay in round_),
        returned=sum(map(_is_return, steps)),
        failed=sum(map(_is_failure, steps)),
        rework=sum(stay.minutes - stay.paused for stay in counted[back[0] :]) if back else 0,
        proved=any(stay.state == "verified" for stay in round_),
        confirmed=any(stay.state == "acknowledged" for stay in round_),
        stages=stages,
    )


def _begin(workflow: str, stays: Sequence[Stay]) -> int | None:
    """A case: its last opening. Others: the first time they began."""
    places = [place for place, stay in enumerate(stays) if stay.state in BEGINS[workflow]]
    if not places:
        return None
    return places[-1] if workflow == "case" else places[0]


def _end(workflow: str, stays: Sequence[Stay]) -> int | None:
    for states in ENDS[workflow]:
        places = [place for place, stay in enumerate(stays) if stay.state in states]
        if places:
            return places[-1]
    return None


def _is_return(step: tuple[str, str]) -> bool:
    return step[0] in WITH_REVIEWER and step[1] == "analysed"


def _is_failure(step: tuple[str, str]) -> bool:
    return step[0] in PROVING and step[1] == "analysed"
