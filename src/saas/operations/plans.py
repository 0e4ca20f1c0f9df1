"""The catalogue of plans: tenants/_starter/plans.toml, or the deployment's own in its data folder."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from saas.kernel.config import active
from saas.kernel.i18n import Text, _, reader
from saas.kernel.pages import ROOT
from saas.operations.models import Subscription

STARTER = ROOT / "tenants" / "_starter" / "plans.toml"
MEASURES: dict[str, Text] = {
    "members": _("Members"),
    "clients": _("Clients"),
    "storage_mb": _("Storage in MB"),
    "mails": _("Mails this month"),
}


class Plan(msgspec.Struct, frozen=True, rename={"valid_from": "from"}):
    """A plan from a day on. A limit of None is no limit; `days` makes it a trial."""

    key: str
    valid_from: date
    name: dict[str, str]
    about: dict[str, str]
    days: int | None = None
    members: int | None = None
    clients: int | None = None
    storage_mb: int | None = None
    mails: int | None = None
    withdrawn: bool = False  # nobody new gets it

    @property
    def title(self) -> str:
        return self.name[reader()]

    @property
    def text(self) -> str:
        return self.about[reader()]


class Catalogue(msgspec.Struct, frozen=True):
    """All rows, the plan a new firm begins with, and from which percent of a limit it is told."""

    begins_with: str
    plan: list[Plan]
    warn_at: int = 80

    def offered(self, day: date) -> list[Plan]:
        """Of each key the row that counts on this day, in the file's order."""
        newest: dict[str, Plan] = {}
        for row in sorted(self.plan, key=lambda row: row.valid_from):
            if row.valid_from <= day:
                newest[row.key] = row
        return [newest[key] for key in dict.fromkeys(row.key for row in self.plan) if key in newest]

    def on(self, key: str, day: date) -> Plan | None:
        """The plan of this key as it counts on this day; None where there is none (any more)."""
        return next((row for row in self.offered(day) if row.key == key), None)


def catalogue() -> Catalogue:
    """The deployment's plans, or ours."""
    own = active().data_dir / "plans.toml"
    path = own if own.exists() else STARTER
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path: Path, _changed: int) -> Catalogue:
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Catalogue)


def limits_of(subscription: Subscription | None, day: date) -> Mapping[str, int | None]:
    """The limit of each measure; None where there is none. What was agreed with the firm goes before the plan's."""
    plan = catalogue().on(subscription.plan, day) if subscription is not None else None
    if subscription is None or plan is None:
        return dict.fromkeys(MEASURES)
    return {measure: subscription.extra.get(measure, getattr(plan, measure)) for measure in MEASURES}
