"""Which rules run for a firm and with which thresholds: the catalogue's values, the firm's own over them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import queries
from saas.checks.catalogue import BY_ID, RULES
from saas.checks.models import PeriodFigure
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.i18n import reader
from saas.kernel.pages import ROOT

STARTER = ROOT / "tenants" / "_starter" / "rules.toml"


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number or list a firm may set, with its name in both languages, its unit and its range."""

    key: str
    words: Mapping[str, str]
    unit: str  # day, month, count, share, fen, numbers, names, choice
    least: float | None
    most: float | None
    choices: tuple[tuple[str, Mapping[str, str]], ...]

    @property
    def name(self) -> str:
        return self.words[reader()]


@dataclass(frozen=True, slots=True)
class Preset:
    """What the starter says of one rule."""

    is_on: bool
    why: Mapping[str, str]
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class InForce:
    """What runs: the rules that are on, and the settings of each that differ from the rule's own."""

    enabled: frozenset[str]
    settings: dict[str, dict[str, Any]]

    def full(self, rule: str) -> dict[str, Any]:
        """Every setting of a rule as it runs; JSON-ready, for the finding that remembers them."""
        return {**BY_ID[rule].settings, **self.settings.get(rule, {})}


@cache
def presets() -> dict[str, Preset]:
    """tenants/_starter/rules.toml."""
    table = tomllib.loads(STARTER.read_text("utf-8"))
    return {rule: _preset(row) for rule, row in table.items()}


async def in_force(session: AsyncSession, client: Client | None = None) -> InForce:
    """The firm's switches and thresholds now, with what is known of one client (its shareholders)."""
    own = await queries.current_settings(session, clock.now())
    enabled = {rule.id for rule in RULES if (own[rule.id].is_on if rule.id in own else preset_of(rule.id).is_on)}
    settings = {rule: dict(row.thresholds) for rule, row in own.items() if rule in BY_ID}
    if client is not None:
        _of_client(settings, client)
        _with_figures(settings, await queries.figures(session, client.id))
    return InForce(frozenset(enabled), settings)


def _of_client(settings: dict[str, dict[str, Any]], client: Client) -> None:
    """What the client's page says, for the rules that ask for it."""
    known: dict[str, Any] = {
        "taxpayer": "G" if client.taxpayer_kind == "general" else "S",
        "vat_by": "month" if client.filing_period == "month" else "quarter",
    }
    for rule in RULES:
        own = settings.get(rule.id, {})
        own |= {name: value for name, value in known.items() if name in rule.settings}
        if client.shareholders and "shareholders" in rule.settings:
            own["shareholders"] = sorted({*own.get("shareholders", ()), *client.shareholders})
        if own:
            settings[rule.id] = own


def _with_figures(settings: dict[str, dict[str, Any]], rows: Sequence[PeriodFigure]) -> None:
    """What was supplied from outside the ledger, for the rules that need it: name → month → fen or number."""
    supplied: dict[str, dict[str, int]] = {}
    for row in rows:
        supplied.setdefault(row.name, {})[row.period] = row.value
    for rule in RULES:
        own = {name: supplied[name] for name in rule.needs if name in supplied}
        if own:
            settings[rule.id] = {**settings.get(rule.id, {}), "figures": own}


def preset_of(rule: str) -> Preset:
    """The starter's word on a rule; one it does not name is on and has nothing to set."""
    return presets().get(rule) or Preset(True, {}, ())


def _preset(row: Mapping[str, Any]) -> Preset:
    own = tuple(_threshold(key, value) for key, value in row.items() if isinstance(value, dict) and "unit" in value)
    return Preset(row["on"], row.get("why", {}), own)


def _threshold(key: str, row: Mapping[str, Any]) -> Threshold:
    choices = tuple((choice["value"], choice["name"]) for choice in row.get("choices", ()))
    return Threshold(key, row["name"], row["unit"], row.get("least"), row.get("most"), choices)
