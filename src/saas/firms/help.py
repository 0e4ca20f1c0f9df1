"""The guide: how the work goes, step by step, and every workflow as the program itself has it."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from saas.firms.help_guides import guides
from saas.kernel.i18n import Text, listed, reader
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, page
from saas.kernel.web import PUBLIC
from saas.kernel.workflow import Workflow


@get("/help", opt={"permission": PUBLIC})
async def help_page(request: Req, session: Db) -> Response[str]:
    flows = [
        {"name": w.name, "label": w.label, "steps": steps(w), "rows": rows(w)} for w in composition().workflows.values()
    ]
    return await page(request, "firms/help.html", guides=guides(reader()), flows=flows)


def steps(workflow: Workflow) -> list[dict[str, Any]]:
    """The stepper of every record of this kind, with who acts in each step."""
    found: dict[Text, list[Text]] = {}
    for state in workflow.states:
        if state.step is not None:
            turns = found.setdefault(state.step, [])
            turns += [turn for turn in [state.turn] if not state.final and turn not in turns]
    return [{"label": label, "state": "future", "note": listed(turns)} for label, turns in found.items()]


def rows(workflow: Workflow) -> list[dict[str, Any]]:
    """The diagram as text: each state, whose turn it is, and where each step leads."""
    return [
        {
            "state": state.label,
            "turn": state.turn,
            "pauses": state.pauses,
            "final": state.final,
            "steps": [
                {
                    "label": action.label,
                    "by_itself": action.by == "system",
                    "to": [workflow.state(t).label for t in action.targets],
                }
                for action in workflow.leaving(state.name)
                if set(action.targets) - {state.name}
            ],
        }
        for state in workflow.states
    ]


ROUTES = [help_page]
