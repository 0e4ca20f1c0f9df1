"""What an entry of the register is, and whom it touches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, convert, to_builtins

from saas.kernel.i18n import Text, _, listed

KINDS: dict[str, Text] = {
    "accounting": _("Accounting"),
    "tax": _("Tax"),
    "law": _("Other law"),
    "industry": _("Industry"),
    "competitor": _("Competitor"),
}
NOTES = ("industry", "competitor")  # notes on the market: nothing comes into force by them
MARKS: dict[str, Text] = {"V": _("verified in the text"), "K": _("to be confirmed")}
TAXPAYERS: dict[str, Text] = {"small": _("Small-scale taxpayers"), "general": _("General taxpayers")}
STANDARDS: dict[str, Text] = {
    "small": _("Standard for small enterprises"),
    "enterprise": _("Standards for enterprises"),
    "npo": _("Non-profit organisations"),
    "other": _("Other standard"),
}
PERIODS: dict[str, Text] = {"month": _("files by month"), "quarter": _("files by quarter")}


class Filter(Struct, frozen=True):
    """Which clients a rule touches; what is empty does not narrow. `industry` and `region` are words, any of which."""

    whom: str = "clients"  # clients, or firm: the rule binds the firm itself
    taxpayer_kind: str = ""
    standard: str = ""
    filing_period: str = ""
    industry: str = ""
    region: str = ""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Filter:
        return convert(dict(stored), cls)

    def store(self) -> dict[str, Any]:
        return {name: value for name, value in to_builtins(self).items() if value}

    @property
    def words(self) -> str:
        """The filter as people say it."""
        if self.whom == "firm":
            return str(_("The firm itself"))
        said = [
            TAXPAYERS.get(self.taxpayer_kind),
            STANDARDS.get(self.standard),
            PERIODS.get(self.filing_period),
            _("industry: %(words)s", words=listed(parts(self.industry))) if self.industry else None,
            _("place: %(words)s", words=listed(parts(self.region))) if self.region else None,
        ]
        return listed(one for one in said if one is not None) or str(_("All clients"))


def parts(words: str) -> list[str]:
    """ "电商，直播" → two words."""
    return [word.strip() for word in words.replace("，", ",").replace("、", ",").split(",") if word.strip()]
