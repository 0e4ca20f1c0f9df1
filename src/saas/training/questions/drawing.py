"""What an attempt asks, and in which order: decided once by its seed, so that every window shows the same."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, Protocol, TypeVar

SHUFFLED = ("single", "several", "order")


class Bank(Protocol):
    """What drawing looks at."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...


Q = TypeVar("Q", bound=Bank)


def draw(bank: Sequence[Q], asked: int, seed: int) -> list[Q]:
    """So many of the bank, shuffled, one of each kind first: no attempt is all of one kind where the bank has many."""
    shuffled = sorted(bank, key=lambda question: question.key)
    Random(seed).shuffle(shuffled)  # noqa: S311  # a fair shuffle, nothing secret
    by_kind: dict[str, list[Q]] = {}
    for question in shuffled:
        by_kind.setdefault(question.kind, []).append(question)
    spread = [group.pop(0) for group in by_kind.values()]  # one of each kind first
    rest = [question for question in shuffled if question not in spread]
    chosen = [*spread, *rest][:asked]
    return [question for question in shuffled if question in chosen]


def order_of(kind: str, content: dict[str, Any], seed: int, position: int) -> list[int]:
    """Shown position → place among the question's options; [] where nothing is shuffled."""
    if kind not in SHUFFLED:
        return []
    places = list(range(len(content["options"])))
    Random(f"{seed}/{position}").shuffle(places)  # noqa: S311
    if kind == "order" and places == sorted(places):  # never shown solved
        places = [*places[1:], places[0]]
    return places


def step_order(count: int, seed: int, position: int, step: str) -> list[int]:
    """The same for the ways to go on from one step of a scenario."""
    places = list(range(count))
    Random(f"{seed}/{position}/{step}").shuffle(places)  # noqa: S311
    return places
