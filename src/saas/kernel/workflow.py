"""One table per workflow: states, permissions, buttons, routes, clocks and the diagram all come from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import ROLES, Actor
from saas.kernel.i18n import Text, _

Tone = Literal["primary", "default", "danger", "quiet"]
ACTING: dict[str, Text] = ROLES | {
    "client": _("Client"),
    "system": _("Qingzhang"),
    "assignee": _("Whoever owns the record"),
    "": _("Nobody"),
}
Minutes = int | Callable[[Any], int | None] | None


@dataclass(slots=True)
class Deed:
    """One performance of an action: who does what to which row, with which form, when.

    `facts` is what the workflow loaded beforehand, so that rules and verbs touch only loaded rows. A verb puts rows it
    creates into `new` and words for the audit trail into `detail`.
    """

    actor: Actor
    now: datetime
    form: Any = None
    facts: Any = None
    new: list[Any] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)


Rule = Callable[[Any, Deed], Text | None]  # a reason to refuse, or None
Verb = Callable[[Any, Deed], None]


@dataclass(frozen=True, slots=True)
class State:
    """A place in a workflow: its words, whose turn it is, how long they have, and whether the clock stands still."""

    name: str
    label: Text
    responsible: str = ""  # a key of ACTING; a firm has a role "owner", a record has its assignee
    within: Minutes = None  # working minutes for this state, or a function of the row
    pauses: bool = False
    final: bool = False
    tone: str = "work"  # work, wait, done, due, late, sealed
    step: Text | None = None  # the step of the stepper this state belongs to; several states may share one

    @property
    def turn(self) -> Text:
        """Whoever acts in it, in words."""
        return ACTING[self.responsible]

    @property
    def colour(self) -> str:
        """The badge's colour; with its icon and its word it says the same thing three times."""
        return {"done": "green", "wait": "violet", "late": "red", "due": "amber", "sealed": ""}.get(self.tone, "accent")

    @property
    def icon(self) -> str:
        icons = {"done": "circle-check", "wait": "player-pause", "late": "alarm", "due": "clock", "sealed": "lock"}
        return icons.get(self.tone, "edit")


@dataclass(frozen=True, slots=True)
class Action:
    """One arrow (or several that share a name) of the diagram."""

    name: str
    label: Text
    source: frozenset[str]
    to: str | tuple[str, ...] | None  # None: the state stays; several: `choose` picks one
    permission: str
    verb: Verb
    form: type | None = None
    rules: tuple[Rule, ...] = ()
    choose: Callable[[Any, Deed], str] | None = None
    by: Literal["member", "contact", "system"] = "member"
    fresh_sign_in: bool = False
    qualification: str = ""  # what a member must hold besides the permission
    qualified_for: Callable[[Any, Deed], bool] | None = None  # the rows it is asked for; None: all
    emits: str = ""
    tone: Tone = "default"
    consequence: Text | None = None  # shown before the deed is done
    timeline: bool = True

    @property
    def targets(self) -> tuple[str, ...]:
        return (self.to,) if isinstance(self.to, str) else (self.to or ())


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: the action, and the reason why it is refused right now, if it is."""

    action: Action
    refusal: Text | None


@dataclass(frozen=True)
class Workflow:
    """The table. `facts(session, row)` loads what the rules look at; `url(row)` is the row's page under the firm."""

    name: str
    label: Text
    row: type
    initial: str
    states: tuple[State, ...]
    actions: tuple[Action, ...]
    url: Callable[[Any], str]
    title: Callable[[Any], Text | str]
    path: str  # "cases": actions are posted to /f/{slug}/cases/{id}/{action}
    facts: Callable[[AsyncSession, Any], Awaitable[Any]] | None = None
    within: Minutes = None  # working minutes for the whole, pauses excluded
    no_later_than: Callable[[Any], datetime | None] | None = None  # the filing guard: the clock never runs past it
    assignee: Callable[[Any], Any] | None = None  # the member id whose turn it is, where a person owns the row

    def __post_init__(self) -> None:
        names = {s.name for s in self.states}
        for action in self.actions:
            unknown = (set(action.source) | set(action.targets)) - names
            if unknown:
                raise ValueError(f"workflow {self.name}, action {action.name}: unknown states {sorted(unknown)}")
            if len(action.targets) > 1 and action.choose is None:
                raise ValueError(f"workflow {self.name}, action {action.name}: several targets need `choose`")

    def state(self, name: str) -> State:
        return next(s for s in self.states if s.name == name)

    def named(self, name: str) -> list[Action]:
        """The arrows that share this name, each from other states."""
        return [a for a in self.actions if a.name == name]

    def leaving(self, state: str) -> Iterable[Action]:
        return (a for a in self.actions if state in a.source)

    def offers(self, row: Any, deed: Deed) -> list[Offer]:
        """The buttons of a row's page: what this person may do from here, refused ones with their reason."""
        mine = (a for a in self.leaving(row.state) if a.by == "member" and deed.actor.may(a.permission))
        return [Offer(a, refusal_of(a, row, deed)) for a in mine]

    def mermaid(self) -> str:
        """The diagram of docs and help."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for action in self.actions:
            for source in sorted(action.source):
                lines += [f"    {source} --> {target}: {action.name}" for target in action.targets or (source,)]
        lines += [f"    {s.name} --> [*]" for s in self.states if s.final]
        return "\n".join(lines)


def refusal_of(action: Action, row: Any, deed: Deed) -> Text | None:
    lacking = unqualified(action, row, deed)
    if lacking is not None:
        return lacking
    return next((reason for rule in action.rules if (reason := rule(row, deed)) is not None), None)


def unqualified(action: Action, row: Any, deed: Deed) -> Text | None:
    """Why this member is not qualified for the action; the one place that asks, for buttons and for the deed."""
    if not action.qualification or deed.actor.kind != "member":
        return None
    if action.qualified_for is not None and not action.qualified_for(row, deed):
        return None
    return deed.actor.lacks(action.qualification)


def states(*names: str) -> frozenset[str]:
    return frozenset(names)


def duration(minutes: Minutes, row: Any) -> int | None:
    return minutes(row) if callable(minutes) else minutes
