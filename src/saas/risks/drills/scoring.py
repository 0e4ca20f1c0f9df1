"""The score of a drill (domain.md W5): what was found of what had been injected. Pure: looks at what it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from saas.risks.drills.errors.kinds import KINDS

GONE = frozenset({"missing_number", "missing_depreciation", "not_closed"})  # no voucher is left that could be named


class Hidden(Struct, frozen=True):
    """One injected error, as sealed in the drill. `client_id` is the sandbox's."""

    kind: str
    client_id: UUID
    period: str
    vouchers: tuple[str, ...]
    right: tuple[dict[str, str | int], ...]


class Key(Struct, frozen=True):
    """The sealed answers of a drill: what was hidden, and what the rules say of the unspoiled books.

    known: (client in the sandbox, rule, object) of findings that are no part of the drill.
    """

    hidden: list[Hidden]
    known: list[tuple[UUID, str, str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """Something the team took for an anomaly: a finding it confirmed, or a case it opened by hand."""

    client_id: UUID
    rule: str
    vouchers: frozenset[str]
    period: str | None
    at: datetime
    by: UUID | None
    handled_at: datetime | None  # when its case was approved or explained, or went further
    known_before: bool = False  # a finding the real firm has too


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one injected error."""

    at: datetime | None = None
    by: UUID | None = None
    handled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """One `Found` for each error, in their order, and what was taken for an error without being one."""

    found: list[Found]
    false_alarms: list[Seen]

    @property
    def detected(self) -> int:
        return sum(each.at is not None for each in self.found)

    @property
    def handled(self) -> int:
        return sum(each.handled_at is not None for each in self.found)


def score(hidden: Sequence[Hidden], seen: Sequence[Seen]) -> Score:
    """The first sight of an error counts; what it led to, and what is wrong in the real firm too, counts nothing."""
    found = [_found([each for each in seen if hits(error, each)]) for error in hidden]
    false_alarms = [
        each
        for each in seen
        if not each.known_before and not any(hits(error, each) or follows(error, each) for error in hidden)
    ]
    return Score(found, false_alarms)


def hits(error: Hidden, seen: Seen) -> bool:
    """Whether this is that error: its voucher, or the hole it left."""
    if error.client_id != seen.client_id:
        return False
    if set(error.vouchers) & seen.vouchers:
        return True
    return error.kind in GONE and seen.period == error.period and seen.rule in KINDS[error.kind].rules


def follows(error: Hidden, seen: Seen) -> bool:
    """Whether this only shows what the error led to."""
    also = (*KINDS[error.kind].rules, *KINDS[error.kind].also)
    return error.client_id == seen.client_id and seen.rule in also and (seen.period or error.period) >= error.period


def _found(sights: Sequence[Seen]) -> Found:
    if not sights:
        return Found()
    first = min(sights, key=lambda each: each.at)
    handled = [each.handled_at for each in sights if each.handled_at is not None]
    return Found(first.at, first.by, min(handled) if handled else None)


def by_member(result: Score) -> Mapping[UUID, tuple[int, int]]:
    """Errors each member was first to see, and their false alarms."""
    counted: dict[UUID, tuple[int, int]] = {}
    for each in result.found:
        if each.by is not None:
            right, wrong = counted.get(each.by, (0, 0))
            counted[each.by] = (right + 1, wrong)
    for alarm in result.false_alarms:
        if alarm.by is not None:
            right, wrong = counted.get(alarm.by, (0, 0))
            counted[alarm.by] = (right, wrong + 1)
    return counted
