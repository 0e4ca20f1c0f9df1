"""Levels of a skill in words, and what a certificate is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from saas.kernel.i18n import Text, _

LEVELS: tuple[Text, ...] = (
    _("cannot do it yet"),
    _("knows it"),
    _("with guidance"),
    _("alone"),
    _("teaches it"),
)
CERTIFIED = 2  # who passed the course works with guidance; what they can alone, a manager sees at work


@dataclass(frozen=True, slots=True)
class Standing:
    """One person in one skill."""

    required: int
    certified_until: date | None  # of the certificate valid today
    marked: int | None
    marked_on: date | None

    @property
    def level(self) -> int:
        """What the certificate shows or the manager saw, whichever is more."""
        return max(CERTIFIED if self.certified_until else 0, self.marked or 0)

    @property
    def gap(self) -> int:
        return max(self.required - self.level, 0)

    @property
    def word(self) -> Text:
        """What stands in the matrix, whatever its colour."""
        if not self.required:
            return _("not needed")
        if self.gap:
            return _("gap: %(is)s, needs %(must)s", **{"is": LEVELS[self.level], "must": LEVELS[self.required]})
        return _("enough: %(is)s", **{"is": LEVELS[self.level]})

    @property
    def tone(self) -> str:
        return "" if not self.required else "red" if self.gap > 1 else "amber" if self.gap else "green"

    @property
    def icon(self) -> str:
        return "minus" if not self.required else "flag" if self.gap else "check"


def required(levels: Mapping[str, Any], roles: Iterable[str]) -> int:
    """The highest that one of these roles needs."""
    return max((int(levels.get(role, 0)) for role in roles), default=0)
