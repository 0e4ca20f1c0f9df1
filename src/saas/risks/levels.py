"""Categories, scales and levels: what a 3 means, and from where on a risk is high."""

from __future__ import annotations

from dataclasses import dataclass

from saas.kernel.i18n import Text, _

CATEGORIES: dict[str, Text] = {
    "accounting": _("Bookkeeping"),
    "tax": _("Tax"),
    "data": _("Data and systems"),
    "privacy": _("Privacy and secrecy"),
    "money": _("Money and payments"),
    "people": _("Staff and hand-over"),
    "client": _("Clients"),
    "legal": _("Law and contracts"),
}
LIKELIHOOD: dict[int, Text] = {
    1: _("less than once a year"),
    2: _("one to three times a year"),
    3: _("four to eleven times a year"),
    4: _("twelve times a year or more"),
    5: _("every week or more"),
}
IMPACT: dict[int, Text] = {
    1: _("an hour’s work, no client notices"),
    2: _("one client asks, put right the same day"),
    3: _("a correction or a fine under 2,000 yuan"),
    4: _("a client lost, or loss and fine up to 50,000 yuan"),
    5: _("several clients lost, the licence or the firm at stake"),
}
TREATMENTS: dict[str, Text] = {
    "avoid": _("Avoid"),
    "reduce": _("Reduce"),
    "transfer": _("Transfer to others"),
    "accept": _("Accept"),
}


@dataclass(frozen=True, slots=True)
class Level:
    """A band of likelihood × impact; `severity` is its shape (templates/ui), `tone` its colour."""

    name: str
    label: Text
    least: int
    severity: str
    tone: str


LEVELS = (  # 15 is also where a case needs a manager (domain.md W2)
    Level("critical", _("Very high"), 20, "critical", "red"),
    Level("high", _("High"), 15, "high", "red"),
    Level("medium", _("Medium"), 8, "medium", "amber"),
    Level("low", _("Low"), 1, "low", ""),
)
HIGH = 15  # from here on only a manager or the owner accepts, and never the risk's own


def level_of(score: int) -> Level:
    """The band of a product of 1…25."""
    return next(level for level in LEVELS if score >= level.least)
