"""What a drill found, printed as one JSON object."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Strike:
    """One kill: when (seconds from the drill's begin), of which part, how many jobs or requests it cut off.

    `again` is how many seconds it took until each of them was begun again.
    """

    at: float
    part: str
    live: int
    again: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """`lost` and `doubled` are what the drill is about; `facts` are its other figures."""

    name: str
    lost: int
    doubled: int
    seconds: float
    passed: bool
    facts: dict[str, Any] = field(default_factory=dict)
    strikes: list[Strike] = field(default_factory=list)

    def say(self) -> None:
        json.dump(self.as_json(), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")

    def as_json(self) -> dict[str, Any]:
        struck = [{**asdict(s), "again": [round(a, 1) for a in s.again]} for s in self.strikes]
        return {
            "name": self.name,
            "lost": self.lost,
            "doubled": self.doubled,
            "seconds": round(self.seconds, 1),
            "passed": self.passed,
            **self.facts,
            **({"strikes": struck} if struck else {}),
        }


def percentile(values: Sequence[float], share: float = 0.95) -> float:
    """The value that `share` of them do not pass (nearest rank); 0 of none."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)] if values else 0.0


def load() -> float:
    """How many processes want a processor here, so that a reader can judge the seconds."""
    return round(os.getloadavg()[0], 1)
