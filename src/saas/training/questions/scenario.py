"""A branching talk or case: where it stands after some choices, and what the best way through is worth."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from saas.training.questions.kinds import Choice, Scenario, Step


def walked(scenario: Scenario, path: Sequence[int]) -> list[tuple[Step, Choice]]:
    """The steps gone so far with what was chosen; stops at a choice that is none."""
    steps: list[tuple[Step, Choice]] = []
    here = scenario.step(scenario.start)
    for chosen in path:
        if here is None or not 0 <= chosen < len(here.options):
            break
        steps.append((here, here.options[chosen]))
        here = scenario.step(here.options[chosen].next)
    return steps


def standing(scenario: Scenario, path: Sequence[int]) -> Step | None:
    """The step that waits for a choice; None once it has ended."""
    gone = walked(scenario, path)
    return scenario.step(gone[-1][1].next) if gone else scenario.step(scenario.start)


def best(scenario: Scenario) -> int:
    """The points of the best way. ValueError for one that never ends, or leads to a step there is not."""
    steps = {step.id: step for step in scenario.steps}
    on_the_way: set[str] = set()

    @cache
    def best_from(name: str) -> int:
        if not name:
            return 0
        if name not in steps:
            raise ValueError(f"there is no step {name!r}")
        if name in on_the_way:
            raise ValueError(f"the step {name!r} leads back to itself")
        on_the_way.add(name)
        found = max(choice.points + best_from(choice.next) for choice in steps[name].options)
        on_the_way.discard(name)
        return found

    return best_from(scenario.start)


def unreached(scenario: Scenario) -> list[str]:
    """Steps that no way leads to."""
    seen, waiting = set[str](), [scenario.start]
    while waiting:
        step = scenario.step(waiting.pop())
        if step is not None and step.id not in seen:
            seen.add(step.id)
            waiting += [choice.next for choice in step.options]
    return [step.id for step in scenario.steps if step.id not in seen]
