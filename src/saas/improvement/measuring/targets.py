"""What a change or an action is measured by, named by a kind and a key: what is counted, and against what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from saas.cases.words import CAUSE_CODES
from saas.cases.workflow import CASE
from saas.checks.catalogue import BY_ID
from saas.kernel.i18n import Text, _
from saas.kernel.workflow import State, Workflow
from saas.refunds.workflow import REFUND

KINDS: dict[str, Text] = {
    "rule": _("Rule"),
    "cause": _("Cause"),
    "step": _("Step of a process"),
    "policy": _("Refund policy"),
    "kpi": _("Key figure"),
}
STEPS: dict[str, tuple[Workflow, State]] = {
    f"{workflow.name}.{state.name}": (workflow, state)
    for workflow in (CASE, REFUND)
    for state in workflow.states
    if isinstance(state.within, int) and not state.final and state.responsible != "system"
}
FIGURES: dict[str, Text] = {
    "rework": _("Cases sent back ÷ cases closed"),
    "late": _("Cases closed late ÷ cases closed"),
    "after_filing": _("Found after filing ÷ confirmed cases"),
    "not_by_us": _("Found by client or authority ÷ confirmed cases"),
    "own_error": _("Refunds for our own error ÷ refunds closed"),
    "low_rating": _("Answers of 1 or 2 ÷ answers of clients"),
}
POLICY = _("Refunds changed, disputed or appealed ÷ refunds closed")


@dataclass(frozen=True, slots=True)
class Target:
    """`kind` and `key` as a change keeps them."""

    kind: str
    key: str

    @property
    def label(self) -> Text | str:
        if self.kind == "rule":
            return _("%(rule)s %(name)s", rule=self.key, name=BY_ID[self.key].name)
        if self.kind == "cause":
            return CAUSE_CODES[self.key]
        if self.kind == "step":
            workflow, state = STEPS[self.key]
            return _("%(workflow)s: %(state)s", workflow=workflow.label, state=state.label)
        if self.kind == "policy":
            return _("Refund policy, version %(version)s", version=self.key)
        return FIGURES[self.key]

    @property
    def formula(self) -> Text:
        """What is divided by what."""
        if self.kind in ("rule", "cause"):
            return _("confirmed cases per 1,000 vouchers")
        if self.kind == "step":
            return _("stays longer than allowed ÷ stays that ended")
        return POLICY if self.kind == "policy" else FIGURES[self.key]

    @property
    def per(self) -> int:
        """A rate is shown per so many of its base: 1,000 vouchers, else in percent."""
        return 1000 if self.kind in ("rule", "cause") else 100


def target_of(kind: str, key: str) -> Target | None:
    """A target that exists, or None. A policy is named by the number of its version."""
    known: dict[str, Collection[str]] = {"rule": BY_ID, "cause": CAUSE_CODES, "step": STEPS, "kpi": FIGURES}
    if key in known.get(kind, ()) or (kind == "policy" and key.isdecimal() and 0 < int(key) < 10_000):
        return Target(kind, key)
    return None


def choices(policy_versions: list[int]) -> list[tuple[str, str]]:
    """For a select: ("rule:N41", its words), by kind."""
    keys: dict[str, list[str]] = {
        "rule": list(BY_ID),
        "cause": list(CAUSE_CODES),
        "step": list(STEPS),
        "policy": [str(version) for version in policy_versions],
        "kpi": list(FIGURES),
    }
    return [
        (f"{kind}:{key}", f"{KINDS[kind]} · {Target(kind, key).label}") for kind, found in keys.items() for key in found
    ]


def parsed(value: str) -> Target | None:
    """ "rule:N41" as a select sends it."""
    kind, _colon, key = value.partition(":")
    return target_of(kind, key)
