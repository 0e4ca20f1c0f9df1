"""A tax figure is known with its basis, or it says what is needed to know it. Nothing is estimated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from saas.kernel.i18n import Text
from saas.kernel.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class Known:
    """Positive: more to pay; negative: to be claimed back."""

    amount: Money
    basis: tuple[Text, ...]  # sentences that show the calculation
    law: str = ""  # source of the rate, as the tax table cites it
    marks: frozenset[str] = field(default_factory=frozenset)  # V, K, confirm: how sure the table is of its rows


@dataclass(frozen=True, slots=True)
class CannotKnow:
    """No figure, because these facts are missing."""

    needs: tuple[Text, ...]


Figure = Known | CannotKnow


def none(reason: Text) -> Known:
    """Zero, with the reason why."""
    return Known(ZERO, (reason,))


def total(figures: Iterable[Figure]) -> Figure:
    """The sum with every basis, or everything that is missing, each need once."""
    figures = list(figures)
    needs = [need for figure in figures if isinstance(figure, CannotKnow) for need in figure.needs]
    if needs:
        return CannotKnow(tuple(dict.fromkeys(needs)))
    known = [figure for figure in figures if isinstance(figure, Known)]
    return Known(
        Money(sum(figure.amount.fen for figure in known)),
        tuple(sentence for figure in known for sentence in figure.basis),
        "；".join(dict.fromkeys(figure.law for figure in known if figure.law)),
        frozenset().union(*(figure.marks for figure in known)),
    )
