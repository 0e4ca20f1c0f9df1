"""A report's sheet out of chance: every measure with six months of figures, no database."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from saas.firms.models import FirmProfile
from saas.insights.dashboards.readings import Reading
from saas.insights.measures.catalogue import MEASURES
from saas.insights.measures.measure import Figure, Measure
from saas.insights.reports.months import asked_for
from saas.insights.reports.sheet import Sheet
from saas.insights.targets.reading import starter_targets
from saas.kernel.clock import CHINA

MONTH = "2026-10"
PRINTED = datetime(2026, 11, 1, 8, 5, tzinfo=CHINA)
USUAL = {"share": 0.6, "fen": 2_500_000}  # of the other units about ten


def sheet(seed: int = 1, empty: Collection[str] = (), **known: Figure) -> Sheet:
    """`empty` subjects have nothing counted; `known` measures have this figure in the month."""
    asked, chance = asked_for(MONTH), random.Random(seed)
    assert asked is not None
    found = {}
    for key, measure in MEASURES.items():
        given = starter_targets().get(key)
        target = Decimal(given.value) if given else None
        spans = asked.period.spans[-1:] if measure.live else asked.period.spans
        figures = [_figure(measure, chance, empty) for _span in spans]
        if key in known:
            figures[-1] = known[key]
        found[key] = Reading(measure, spans, tuple(figures), target)
    profile = FirmProfile(name="衡溪会计", name_en="Hengxi Accounting", licence_number="DLJZ33010620190057",
                          address="杭州", address_en="Hangzhou", phone="0571", email="a@example.com")  # fmt: skip
    return Sheet(asked, 1, PRINTED, profile, found)


def _figure(measure: Measure, chance: random.Random, empty: Collection[str]) -> Figure:
    if measure.subject in empty:
        return Figure(0)
    n = chance.randrange(5, 80)
    value = Decimal(str(round(USUAL.get(measure.unit, 10) * chance.uniform(0.6, 1.3), 4)))
    return Figure(n, min(value, Decimal(1)) if measure.unit == "share" else value)
