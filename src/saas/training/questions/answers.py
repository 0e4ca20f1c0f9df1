"""What a form sends for a question, as the answer that is kept. Shown positions become places in the question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saas.training.questions.kinds import Number, Options, Order, Scenario, TrueFalse, content_of
from saas.training.questions.scenario import standing

SLIPS = 4  # as many vouchers as an exercise has room for
LONGEST = 80  # of anything typed


def answered(
    kind: str, stored: dict[str, Any], order: Sequence[int], sent: dict[str, Any], before: dict[str, Any]
) -> dict[str, Any]:
    """The answer in what was sent; {} where nothing was chosen or typed. A scenario goes one step on from `before`."""
    content = content_of(kind, stored)
    if isinstance(content, Options):
        chosen = sorted(order[n] for n in _numbers(sent.get("choice"), len(order)))
        return {"chosen": chosen[:1] if kind == "single" else chosen} if chosen else {}
    if isinstance(content, TrueFalse):
        return {"value": sent["choice"] == "yes"} if sent.get("choice") in ("yes", "no") else {}
    if isinstance(content, Number):
        typed = str(sent.get("typed", "")).strip()[:LONGEST]
        return {"typed": typed} if typed else {}
    if isinstance(content, Order):
        return _places(order, sent)
    if isinstance(content, Scenario):
        return _one_step(content, sent, before)
    return _vouchers(sent)


def _numbers(given: Any, below: int) -> list[int]:
    texts = given if isinstance(given, list) else [given]
    return [
        int(text) for text in dict.fromkeys(texts) if str(text).isascii() and str(text).isdigit() and int(text) < below
    ]


def _places(order: Sequence[int], sent: dict[str, Any]) -> dict[str, Any]:
    """The place typed for each option, in the options' own order; 0 where none was."""
    places = [0] * len(order)
    for shown, place in enumerate(order):
        typed = str(sent.get(f"place{shown}", ""))
        places[place] = int(typed) if typed.isascii() and typed.isdigit() and 0 < int(typed) <= len(order) else 0
    return {"places": places} if any(places) else {}


def _one_step(content: Scenario, sent: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """A choice counts for the step it was made at: pressed twice, or in an old window, it changes nothing."""
    path = list(before.get("path", []))
    step = standing(content, path)
    chosen = _numbers(sent.get("way"), len(step.options)) if step else []
    if step is None or not chosen or str(sent.get("step", "")) != str(len(path)):
        return before
    return {"path": [*path, chosen[0]]}


def _vouchers(sent: dict[str, Any]) -> dict[str, Any]:
    slips = [slip for number in range(SLIPS) if (slip := _rows(sent, f"v{number}_"))]
    method = str(sent.get("method", ""))[:LONGEST]
    return {"method": method, "slips": slips} if method or slips else {}


def _rows(sent: dict[str, Any], prefix: str) -> list[dict[str, str]]:
    columns = [_column(sent.get(f"{prefix}{name}")) for name in ("account", "debit", "credit")]
    width = max(len(column) for column in columns)
    rows = [
        dict(zip(("account", "debit", "credit"), (c[row] if row < len(c) else "" for c in columns), strict=True))
        for row in range(min(width, 20))
    ]
    return [row for row in rows if any(row.values())]


def _column(given: Any) -> list[str]:
    values = given if isinstance(given, list) else [] if given is None else [given]
    return [str(value).strip()[:LONGEST] for value in values]
