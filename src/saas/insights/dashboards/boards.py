"""Which measures stand on which board. A new measure appears on its subject's board by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from saas.insights.dashboards.units import UNITS
from saas.insights.measures.catalogue import MEASURES
from saas.insights.measures.measure import Measure
from saas.insights.rooms import ASKS
from saas.kernel.errors import Missing
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Req, actor_of, address_in

OVERVIEW = (  # eight tiles, the first four also as charts
    "sla_hit", "detection_source", "csat", "refund_cycle",
    "first_response", "rule_precision", "training_completion", "quality_cost",
)  # fmt: skip
CHARTER = (  # what the firm promises its clients, in the order of the charter
    "first_response", "sla_hit", "first_time_right", "refund_cycle", "csat", "complaint_rate",
)  # fmt: skip
CHARTS_OF_OVERVIEW = 4


@dataclass(frozen=True, slots=True)
class Board:
    """A page of figures; `hint` says where its figures come from and how to get the first of them."""

    key: str
    label: Text
    hint: Text
    way: str  # where the work behind the figures is done

    @property
    def path(self) -> str:
        return f"/insights/boards/{self.key}" if self.key else "/insights"

    def measures(self) -> list[Measure]:
        chosen = {"": OVERVIEW, "charter": CHARTER}.get(self.key)
        if chosen is None:
            return [m for m in MEASURES.values() if m.subject == self.key]
        return [MEASURES[key] for key in chosen if key in MEASURES]


BOARDS: dict[str, Board] = {
    key: Board(key, label, hint, way)
    for key, way, label, hint in (
        ("", "/cases", _("Overview"),
         _("Figures appear as soon as the first case is closed.")),
        ("anomalies", "/ledgers", _("Anomalies"),
         _("Figures appear as soon as a ledger is checked and the first case is closed.")),
        ("notices", "/notices", _("Notices"),
         _("Figures appear as soon as the first notice goes out to a client.")),
        ("refunds", "/refunds", _("Refunds"),
         _("Figures appear as soon as the first refund is decided.")),
        ("satisfaction", "/surveys", _("Satisfaction"),
         _("Figures appear as soon as the first client answers a survey.")),
        ("learning", "/training", _("Learning"),
         _("Figures appear as soon as the first course is assigned.")),
        ("risk", "/risks", _("Risk"),
         _("Figures appear as soon as the first check list or drill is done.")),
        ("quality", "/cases", _("Cost of poor quality"),
         _("Figures appear as soon as the first case is corrected.")),
        ("trade", "/clients", _("Business"),
         _("Figures appear as soon as clients and their contracts are recorded.")),
        ("charter", "/cases", _("Service charter"),
         _("What the firm promises its clients appears with its figures as soon as the first case is closed.")),
    )
}  # fmt: skip


def board_of(key: str) -> Board:
    """A board with its own address; Missing for any other word."""
    if not key or key not in BOARDS:
        raise Missing()
    return BOARDS[key]


def measure_of(key: str) -> Measure:
    if key not in MEASURES:
        raise Missing()
    return MEASURES[key]


def to_choose() -> list[tuple[str, Text]]:
    """Every measure with its unit, for a form."""
    return [(key, _("%(name)s (%(unit)s)", name=one.name, unit=UNITS[one.unit])) for key, one in MEASURES.items()]


def tabs(request: Req, chosen: str, query: str = "", rooms: Sequence[tuple[str, Text]] = ()) -> list[dict[str, Any]]:
    """The boards that have a measure, then the rooms (targets, …); filters go along from board to board."""
    at = address_in(request)
    boards = [b for b in BOARDS.values() if b.measures() or not b.key]
    found = [{"label": b.label, "url": at(b.path) + query, "active": b.path == chosen} for b in boards]
    may = actor_of(request).may
    open_rooms = [(path, label) for path, label in rooms if path not in ASKS or may(ASKS[path])]
    return found + [{"label": label, "url": at(path), "active": path == chosen} for path, label in open_rooms]
