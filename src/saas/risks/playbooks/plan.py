"""What a version of a playbook says, typed. Texts are {"zh": …, "en": …}; minutes count from T0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from saas.kernel.i18n import Text, _
from saas.risks.playbooks.playbook_models import PlaybookVersion

Both = dict[str, str]
Phase = Literal["contain", "inform", "recover", "review"]
PHASES: dict[str, Text] = {
    "contain": _("Contain"),
    "inform": _("Inform"),
    "recover": _("Recover"),
    "review": _("Look back"),
}
AUDIENCES: dict[str, Text] = {
    "clients": _("To clients"),
    "staff": _("To colleagues"),
    "authority": _("To an authority"),
    "media": _("To the press"),
}


class RoleOf(Struct):
    """A part to be played: `position` is the firm's role that plays it unless a member is named."""

    key: str
    name: Both
    position: str
    task: Both = field(default_factory=dict)
    member_id: str = ""
    deputy_id: str = ""


class CallOf(Struct):
    """Who calls whom: `callee` is a role of this plan, `outside` somebody who does not work here."""

    caller: str
    minutes: int
    about: Both
    callee: str = ""
    outside: Both = field(default_factory=dict)
    phone: str = ""


class StepOf(Struct):
    key: str
    phase: Phase
    minutes: int
    role: str
    what: Both


class MessageOf(Struct):
    """A text ready to be sent; {number}, {began} and {lead} are filled in."""

    key: str
    audience: Literal["clients", "staff", "authority", "media"]
    subject: Both
    text: Both


class DutyOf(Struct):
    """What the law asks. `minutes` is the term, or the firm's own limit where the law says “at once”."""

    key: str
    what: Both
    deadline: Both
    source: str
    minutes: int | None = None
    mark: Literal["K", "V"] = "K"


class Plan(Struct):
    """One version."""

    roles: list[RoleOf]
    calls: list[CallOf]
    steps: list[StepOf]
    messages: list[MessageOf]
    duties: list[DutyOf]

    def stored(self) -> dict[str, list[dict[str, Any]]]:
        """The columns of a PlaybookVersion."""
        found: dict[str, list[dict[str, Any]]] = msgspec.to_builtins(self)
        return found

    def role(self, key: str) -> RoleOf | None:
        return next((role for role in self.roles if role.key == key), None)


def plan_of(version: PlaybookVersion) -> Plan:
    return plan_from({name: getattr(version, name) for name in Plan.__struct_fields__})


def plan_from(stored: Mapping[str, Any]) -> Plan:
    """msgspec.ValidationError where something has the wrong shape."""
    return msgspec.convert({name: stored[name] for name in Plan.__struct_fields__}, Plan)


def faults(plan: Plan) -> Iterator[Text]:
    """Why a plan cannot be carried out."""
    keys = {role.key for role in plan.roles}
    if "lead" not in keys:
        yield _("The plan needs the part of the incident lead.")
    if not plan.steps:
        yield _("The plan needs at least one step.")
    if not any(step.phase == "contain" for step in plan.steps):
        yield _("The plan needs a step that contains the damage.")
    if any(step.role not in keys for step in plan.steps) or any(call.caller not in keys for call in plan.calls):
        yield _("Every step and call needs a part of this plan.")
    if any(call.callee not in keys and not any(call.outside.values()) for call in plan.calls):
        yield _("Every call needs somebody who is called.")


def worded(text: str, *, number: str, began: str, lead: str) -> str:
    """A template's words with what is known of the incident; other braces stay as they are."""
    for name, value in (("number", number), ("began", began), ("lead", lead)):
        text = text.replace("{" + name + "}", value)
    return text
