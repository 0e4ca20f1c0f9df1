"""The kinds of error and what an injector works with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from random import Random

from saas.demo.books.accounts import BookChart
from saas.demo.books.closing import DERIVED
from saas.demo.books.company import Company
from saas.demo.books.voucher import Draft, Entry, Voucher


class CannotInject(ValueError):
    """These books offer no place for this error (no stock to run short, no December, …)."""


class Stage(IntEnum):
    """When an injector runs: while vouchers are written, or after they are numbered."""

    WRITTEN = 1
    NUMBERED = 2


@dataclass(frozen=True, slots=True)
class ErrorSpec:
    """One error asked for. `month` is an index into the months of the books (-1 the last), the nearest that offers a
    place is taken; None = the maker chooses."""

    kind: str
    month: int | None = None
    amount_yuan: int | None = None  # where the kind has an amount of its own
    what: str = ""  # the thing bought or the summary, where the kind has one


@dataclass(slots=True)
class Mistake:
    """What an injector did. `right` is the entry that should stand in the books instead (or in addition)."""

    vouchers: list[Voucher]
    period: str
    account: str = ""  # code; of several the first
    right: list[Entry] = field(default_factory=list)
    note: str = ""
    accounts: tuple[str, ...] = ()  # further accounts it shows on


@dataclass(slots=True)
class Scene:
    """The books as far as they are made, and the dice."""

    company: Company
    chart: BookChart
    draft: Draft
    rng: Random
    touched: set[int] = field(default_factory=set)  # id() of vouchers an earlier error used

    def periods(self, spec: ErrorSpec, skip_first: int = 0, skip_last: int = 0) -> list[str]:
        """Every month that qualifies: by distance from the month asked for, else in random order."""
        months = self.draft.months
        usable = months[skip_first : len(months) - skip_last]
        if spec.month is None:
            return self.rng.sample(usable, len(usable))
        wanted = spec.month % len(months)
        return sorted(usable, key=lambda period: abs(months.index(period) - wanted))

    def pick(
        self, spec: ErrorSpec, *kinds: str, where: Callable[[Voucher], bool] = lambda _: True, skip_first: int = 0
    ) -> Voucher:
        """A voucher of these kinds that no other error or correction touches."""
        for voucher in self.candidates(spec, *kinds, skip_first=skip_first):
            if where(voucher):
                self.touched.add(id(voucher))
                return voucher
        raise CannotInject(f"{spec.kind}: no voucher of kind {', '.join(kinds)} fits")

    def candidates(self, spec: ErrorSpec, *kinds: str, skip_first: int = 0) -> Iterator[Voucher]:
        cited = {id(voucher.cites) for voucher in self.draft.vouchers if voucher.cites}
        for period in self.periods(spec, skip_first):
            found = [
                v for v in self.draft.of(*kinds, period=period) if id(v) not in cited and id(v) not in self.touched
            ]
            yield from self.rng.sample(found, len(found))

    def spare(self, role: str, day: date) -> int:
        """The least an account holds from that day on, fen: what may be taken without driving it below zero."""
        held = sum(fen for (each, _), fen in self.draft.opening.items() if each == role)
        least: int | None = None
        for voucher in self.draft.vouchers:
            if least is None and voucher.date >= day:
                least = held
            held += voucher.side(role)
            if least is not None:
                least = min(least, held)
        return held if least is None else least

    def insert(self, voucher: Voucher) -> None:
        """Put a voucher where its date belongs, before the closing entries of its month."""
        self.touched.add(id(voucher))
        for index, other in enumerate(self.draft.vouchers):
            closing = other.kind in DERIVED and other.period == voucher.period
            if other.date > voucher.date or closing:
                self.draft.vouchers.insert(index, voucher)
                return
        self.draft.vouchers.append(voucher)

    def remove(self, voucher: Voucher) -> None:
        self.draft.vouchers = [each for each in self.draft.vouchers if each is not voucher]


Injector = Callable[[Scene, ErrorSpec], Mistake]


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One kind: the rules that should find it, and those it may also wake (its consequences)."""

    name: str
    rules: tuple[str, ...]
    also: tuple[str, ...]
    stage: Stage
    inject: Injector


ERRORS: dict[str, ErrorKind] = {}


def error(
    name: str, *rules: str, also: tuple[str, ...] = (), stage: Stage = Stage.WRITTEN
) -> Callable[[Injector], Injector]:
    """Register an injector under the name of its kind."""

    def register(inject: Injector) -> Injector:
        ERRORS[name] = ErrorKind(name, rules, also, stage, inject)
        return inject

    return register
