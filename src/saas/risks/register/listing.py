"""The register as a list and as a heat map: what is shown of each entry, and by what it is narrowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from saas.identity.models import Membership
from saas.kernel.i18n import Text, _, listed
from saas.risks.levels import CATEGORIES, IMPACT, LEVELS, LIKELIHOOD, TREATMENTS, level_of
from saas.risks.models import Risk
from saas.risks.register.workflow import RISK

STEPS = (1, 2, 3, 4, 5)
VIEWS: dict[str, Text] = {
    "today": _("As it stands today"),
    "inherent": _("Without treatment"),
    "residual": _("With treatment"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; "" or 0 leaves it open. `view` is a key of VIEWS.

    Today a risk that is not treated yet stands where it stands without treatment.
    """

    view: str = "today"
    level: str = ""
    category: str = ""
    state: str = ""
    owner: str = ""
    likelihood: int = 0
    impact: int = 0

    def place(self, risk: Risk) -> tuple[int, int]:
        """Likelihood and impact as this view has them."""
        if self.view == "inherent" or (self.view == "today" and risk.state == "open"):
            return risk.likelihood, risk.impact
        return risk.residual_likelihood, risk.residual_impact

    def score(self, risk: Risk) -> int:
        likelihood, impact = self.place(risk)
        return likelihood * impact

    def takes(self, risk: Risk) -> bool:
        likelihood, impact = self.place(risk)
        return (
            self.category in ("", risk.category)
            and self.state in ("", risk.state)
            and self.level in ("", level_of(likelihood * impact).name)
            and self.owner in ("", str(risk.owner_id or ""))
            and self.likelihood in (0, likelihood)
            and self.impact in (0, impact)
        )

    @property
    def query(self) -> dict[str, str]:
        """Its address, without what is left open."""
        given = {name: str(getattr(self, name)) for name in ("level", "category", "state", "owner")}
        given |= {"likelihood": str(self.likelihood or ""), "impact": str(self.impact or "")}
        given["view"] = "" if self.view == "today" else self.view
        return {name: value for name, value in given.items() if value}


def wanted(given: Mapping[str, str]) -> Wanted:
    """From the address; what is not known is left open."""

    def one(name: str, known: Sequence[str]) -> str:
        return given.get(name, "") if given.get(name, "") in known else ""

    def step(name: str) -> int:
        return int(given[name]) if given.get(name, "") in ["1", "2", "3", "4", "5"] else 0

    return Wanted(
        view=one("view", list(VIEWS)) or "today",
        level=one("level", [level.name for level in LEVELS]),
        category=one("category", list(CATEGORIES)),
        state=one("state", [state.name for state in RISK.states]),
        owner=given.get("owner", "")[:36],
        likelihood=step("likelihood"),
        impact=step("impact"),
    )


def chosen(risks: Sequence[Risk], asked: Wanted) -> list[Risk]:
    """The gravest first."""
    return sorted((r for r in risks if asked.takes(r)), key=lambda r: (-asked.score(r), r.number))


def row(
    risk: Risk, asked: Wanted, members: Mapping[UUID, Membership], measures: Mapping[UUID, tuple[int, int]], today: date
) -> dict[str, Any]:
    """One line of the list."""
    owner = members.get(risk.owner_id) if risk.owner_id else None
    done, of = measures.get(risk.id, (0, 0))
    likelihood, impact = asked.place(risk)
    return {
        "risk": risk,
        "level": level_of(likelihood * impact),
        "score": likelihood * impact,
        "terms": f"{likelihood} × {impact}",
        "category": CATEGORIES.get(risk.category, Text(risk.category)),
        "state": RISK.state(risk.state),
        "treatment": TREATMENTS.get(risk.treatment, Text("")),
        "owner": owner,
        "measures": f"{done}/{of}" if of else "",
        "overdue": risk.review_on < today and risk.state != "closed",
    }


def heat_map(risks: Sequence[Risk], asked: Wanted, url: Any) -> dict[str, Any]:
    """5×5, the gravest impact on top; each cell says how many stand there and opens into the list."""

    def cell(likelihood: int, impact: int) -> dict[str, Any]:
        here = [r for r in risks if asked.place(r) == (likelihood, impact)]
        marked = (asked.likelihood, asked.impact) == (likelihood, impact)
        return {
            "score": likelihood * impact,
            "tone": level_of(likelihood * impact).name,
            "count": len(here),
            "url": url(likelihood="" if marked else likelihood, impact="" if marked else impact),
            "marked": marked,
            "numbers": listed(r.number for r in here[:8]),
        }

    rows = [
        {"impact": impact, "label": IMPACT[impact], "cells": [cell(step, impact) for step in STEPS]}
        for impact in reversed(STEPS)
    ]
    return {"rows": rows, "heads": [{"step": step, "label": LIKELIHOOD[step]} for step in STEPS]}


def by_level(risks: Sequence[Risk], asked: Wanted) -> dict[str, int]:
    """How many stand on each level."""
    counts = {level.name: 0 for level in LEVELS}
    for risk in risks:
        counts[level_of(asked.score(risk)).name] += 1
    return counts
