"""What a module declares, and the composition of all of them. app.py's MODULES is the only registration."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any, Literal
from uuid import UUID

from litestar.types import ControllerRouterHandler
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor, Grant, permissions_of
from saas.kernel.directory import Firm
from saas.kernel.duties import Proof
from saas.kernel.i18n import Text
from saas.kernel.workflow import Action, Workflow


@dataclass(frozen=True, slots=True)
class Job:
    """Work done by a worker: `run(session, **args)` inside one transaction in the firm's scope."""

    name: str  # "notices.render"
    run: Callable[..., Awaitable[None]]
    kind: Literal["light", "heavy"] = "light"
    while_suspended: bool = False  # also done for a firm that the operator has suspended: its exports


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job that each firm gets every so often; one slot is taken once, however many schedulers run.

    `for_nobody`: once for the whole product instead, in the scope of no firm.
    """

    job: str
    every: timedelta
    for_nobody: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to `row`, told inside the transaction in which it happened."""

    name: str
    row: Any
    actor: Actor
    now: datetime
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transition:
    """A record's step from one state to the next (equal where the state stays; `source` is "" at its start)."""

    workflow: Workflow
    row: Any
    action: str
    source: str
    target: str
    actor: Actor
    now: datetime


Observer = Callable[[AsyncSession, Transition], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reaction:
    """A later module's answer to an earlier event: in the same transaction for state, by the outbox for effects."""

    event: str
    run: Callable[[AsyncSession, Event], Awaitable[None]] | None = None
    job: str = ""  # a job name; it gets subject_id


@dataclass(frozen=True, slots=True)
class NavItem:
    """A line of the side bar. `count` asks how many wait there (kernel/prepared.py): all lines in one statement."""

    label: Text
    path: str  # under the firm: "/cases"
    icon: str
    permission: str
    section: Literal["work", "manage", "settings"] = "work"
    count: Select[int] | None = None
    first: bool = False  # of its section, whatever the module's place


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page of a firm: asked with the counts of the side bar, in the same statement.

    The templates know it by its name, as `shown` says it of the value and the firm.
    """

    name: str
    asks: Select[Any]
    shown: Callable[[Any, Firm], Any]


@dataclass(frozen=True, slots=True)
class Hit:
    """Something the search found. `group` is the heading it stands under; `url` is under the firm."""

    group: Text
    icon: str
    title: Text | str
    note: Text | str
    url: str


Search = Callable[[AsyncSession, Actor, str], Awaitable[Sequence[Hit]]]  # only what this person may open; at most ten


@dataclass(frozen=True, slots=True)
class StartStep:
    """One of a new firm's first steps; ticked once `done` says so."""

    name: str
    title: Text
    detail: Text
    path: str  # under the firm
    permission: str
    done: Callable[[AsyncSession], Awaitable[bool]]
    order: int


@dataclass(frozen=True, slots=True)
class Holding:
    """Open work that names a member: it goes to somebody else before the member leaves."""

    label: Text
    count: int


Holdings = Callable[[AsyncSession, UUID], Awaitable[Sequence[Holding]]]


@dataclass(frozen=True, slots=True)
class Module:
    """Everything a module contributes. Nothing else lists modules."""

    name: str
    tables: ModuleType | None = None  # models.py: naming it here makes its tables known
    routes: Sequence[ControllerRouterHandler] = ()
    workflows: Sequence[Workflow] = ()
    grants: Sequence[Grant] = ()
    jobs: Sequence[Job] = ()
    schedules: Sequence[Schedule] = ()
    reactions: Sequence[Reaction] = ()
    observers: Sequence[Observer] = ()  # told of every transition of every workflow, in its transaction
    emits: Sequence[str] = ()  # events told outside a workflow
    navigation: Sequence[NavItem] = ()
    settings: Sequence[NavItem] = ()  # tabs of the settings
    search: Sequence[Search] = ()
    frame: Sequence[Frame] = ()  # what every whole page of a firm shows around its content
    start: Sequence[StartStep] = ()
    holdings: Sequence[Holdings] = ()  # answered to "member.leaving" by handing it over
    deeds: Mapping[str, Text] = field(default_factory=dict)  # words for what record() writes down
    qualifications: Mapping[str, Text] = field(default_factory=dict)  # by code
    by_choice: Sequence[str] = ()  # qualifications that steps ask for only where a firm wants it
    duties: Sequence[Proof] = ()  # separation of duties proved from the trail, for `saas audit verify`
    guards: str = ""  # a file of triggers beside the module: separation of duties in the database
    panels: dict[str, Sequence[Callable[..., Awaitable[dict[str, Any]]]]] = field(default_factory=dict)  # by slot


class Composition:
    """All modules as one: looked up by name, checked once at start-up."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self.modules = tuple(modules)
        self.workflows = {w.name: w for m in modules for w in m.workflows}
        self.grants = tuple(g for m in modules for g in m.grants)
        self._permissions: dict[frozenset[str], frozenset[str]] = {}
        self.jobs = {j.name: j for m in modules for j in m.jobs}
        self.schedules = tuple(s for m in modules for s in m.schedules if not s.for_nobody)
        self.own_schedules = tuple(s for m in modules for s in m.schedules if s.for_nobody)
        self.navigation = tuple(sorted((n for m in modules for n in m.navigation), key=lambda n: not n.first))
        self.settings = tuple(n for m in modules for n in m.settings)
        self.searches = tuple(s for m in modules for s in m.search)
        self.frames = tuple(f for m in modules for f in m.frame)
        self.start = tuple(sorted((s for m in modules for s in m.start), key=lambda step: step.order))
        self.holdings = tuple(h for m in modules for h in m.holdings)
        self.duties = tuple(proof for m in modules for proof in m.duties)
        self.deeds = {name: words for m in modules for name, words in m.deeds.items()}
        self.qualifications = {code: label for m in modules for code, label in m.qualifications.items()}
        self.by_choice = frozenset(code for m in modules for code in m.by_choice)
        self.gates: dict[str, list[Action]] = {}  # by qualification: the steps that may ask for it
        for action in (a for w in self.workflows.values() for a in w.actions if a.qualification):
            self.gates.setdefault(action.qualification, []).append(action)
        # Only where a step asks for one are qualifications read with each request.
        self.asks_qualifications = bool(self.gates)
        self.observers = tuple(o for m in modules for o in m.observers)
        self.reactions: dict[str, list[Reaction]] = {}
        for module in modules:
            for reaction in module.reactions:
                self.reactions.setdefault(reaction.event, []).append(reaction)
        self._check()

    def _check(self) -> None:
        emitted = {a.emits for w in self.workflows.values() for a in w.actions}
        emitted |= {f"{name}.started" for name in self.workflows}
        emitted |= {event for m in self.modules for event in m.emits}
        permissions = {g.permission for g in self.grants}
        faults = [f"a reaction waits for {name}, which nobody emits" for name in self.reactions if name not in emitted]
        faults += [
            f"a reaction to {r.event} names the unknown job {r.job}"
            for reactions in self.reactions.values()
            for r in reactions
            if r.job and r.job not in self.jobs
        ]
        faults += [
            f"a schedule names the unknown job {s.job}"
            for s in (*self.schedules, *self.own_schedules)
            if s.job not in self.jobs
        ]
        faults += [
            f"{w.name}.{a.name} needs {a.permission}, which no module grants"
            for w in self.workflows.values()
            for a in w.actions
            if a.by == "member" and a.permission not in permissions
        ]
        if faults:
            raise RuntimeError("; ".join(faults))

    def permissions_of(self, roles: frozenset[str]) -> frozenset[str]:
        """What a member with these roles may do; reckoned once for each set of roles."""
        if roles not in self._permissions:
            self._permissions[roles] = permissions_of(roles, self.grants)
        return self._permissions[roles]

    def job(self, name: str) -> Job:
        return self.jobs[name]

    def panel(self, slot: str) -> list[Callable[..., Awaitable[dict[str, Any]]]]:
        return [panel for m in self.modules for panel in m.panels.get(slot, ())]


_composition: Composition | None = None


def compose(modules: Sequence[Module]) -> Composition:
    """Called once by app.py; everything in the kernel that needs a module's declaration asks composition()."""
    global _composition
    _composition = Composition(modules)
    return _composition


def composition() -> Composition:
    if _composition is None:
        raise RuntimeError("no modules are composed: import saas.app first")
    return _composition
