"""A tax effect as JSON, and back, for the case, the notice and the reviewer."""

from __future__ import annotations

from datetime import date
from typing import Any

from saas.adjustments.correction.facts import Period
from saas.adjustments.tax.effect import TaxEffect
from saas.adjustments.tax.figures import CannotKnow, Figure, Known
from saas.adjustments.tax.taxpayer import AmendedReturn
from saas.kernel.i18n import Text
from saas.kernel.money import Money

Json = dict[str, Any]
FIGURES = ("vat", "surcharges", "cit", "iit", "late_fee")


def dump_effect(effect: TaxEffect) -> Json:
    """{vat: {amount_fen, basis, law, marks} or {needs}, …, amended_returns, …}."""
    return {name: dump_figure(getattr(effect, name)) for name in FIGURES} | {
        "amended_returns": [
            {"tax": r.tax, "first": r.first.isoformat(), "last": r.last.isoformat()} for r in effect.amended_returns
        ],
        "surcharge_parts": {
            str(period): {role: amount.fen for role, amount in parts.items()}
            for period, parts in effect.surcharge_parts.items()
        },
        "cit_by_year": {str(year): amount.fen for year, amount in effect.cit_by_year.items()},
        "choices": [{"name": name.store(), "figure": dump_figure(figure)} for name, figure in effect.choices],
    }


def load_effect(stored: Json) -> TaxEffect:
    return TaxEffect(
        **{name: load_figure(stored[name]) for name in FIGURES},
        amended_returns=tuple(
            AmendedReturn(r["tax"], date.fromisoformat(r["first"]), date.fromisoformat(r["last"]))
            for r in stored["amended_returns"]
        ),
        surcharge_parts={
            Period.parse(period): {role: Money(fen) for role, fen in parts.items()}
            for period, parts in stored["surcharge_parts"].items()
        },
        cit_by_year={int(year): Money(fen) for year, fen in stored["cit_by_year"].items()},
        choices=tuple((Text.restore(c["name"]), load_figure(c["figure"])) for c in stored["choices"]),
    )


def dump_figure(figure: Figure) -> Json:
    if isinstance(figure, CannotKnow):
        return {"needs": [need.store() for need in figure.needs]}
    return {
        "amount_fen": figure.amount.fen,
        "basis": [sentence.store() for sentence in figure.basis],
        "law": figure.law,
        "marks": sorted(figure.marks),
    }


def load_figure(stored: Json) -> Figure:
    if "needs" in stored:
        return CannotKnow(tuple(Text.restore(need) for need in stored["needs"]))
    return Known(
        Money(stored["amount_fen"]),
        tuple(Text.restore(sentence) for sentence in stored["basis"]),
        stored["law"],
        frozenset(stored["marks"]),
    )
