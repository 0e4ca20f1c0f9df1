"""A lesson's causes as a tree, for a nested list that a screen reader reads in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from saas.improvement.lessons.lesson_models import Cause
from saas.kernel.i18n import Text, _

KINDS: dict[str, Text] = {
    "people": _("People and knowledge"),
    "process": _("Process and control"),
    "system": _("Program and data"),
    "papers": _("Documents and evidence"),
    "client": _("Client’s side"),
    "outside": _("From outside"),
}
DEEPEST = 6


@dataclass(slots=True)
class Branch:
    """A cause with what caused it."""

    cause: Cause
    kind: Text
    causes: list[Branch] = field(default_factory=list)


def grown(causes: Sequence[Cause]) -> list[Branch]:
    """The first level, each with its own; `causes` in the order in which they were added."""
    known = {cause.id: Branch(cause, KINDS[cause.kind]) for cause in causes}
    first: list[Branch] = []
    for cause in causes:
        above = known.get(cause.parent_id) if cause.parent_id else None
        (above.causes if above is not None else first).append(known[cause.id])
    return first


def depth(causes: Sequence[Cause], cause_id: UUID | None) -> int:
    """How many causes stand above, itself included."""
    parents = {cause.id: cause.parent_id for cause in causes}
    steps, here = 0, cause_id
    while here is not None and here in parents:
        steps, here = steps + 1, parents[here]
    return steps
