"""A short guide: what the product does, and every workflow as the program itself has it."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from saas.kernel.access import ROLES
from saas.kernel.i18n import Text, _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, page
from saas.kernel.web import PUBLIC
from saas.kernel.workflow import Workflow

TURNS: dict[str, Text] = {
    "client": _("Client"),
    "system": _("Qingzhang"),
    "owner": _("Whoever owns the record"),
    "": _("Nobody"),
}


@get("/help", opt={"permission": PUBLIC})
async def help_page(request: Req, session: Db) -> Response[str]:
    flows = [{"name": w.name, "label": w.label, "rows": rows(w)} for w in composition().workflows.values()]
    return await page(request, "firms/help.html", flows=flows)


def rows(workflow: Workflow) -> list[dict[str, Any]]:
    """The diagram as text: each state, whose turn it is, and where each step leads."""
    return [
        {
            "state": state.label,
            "turn": TURNS.get(state.responsible) or ROLES[state.responsible],
            "pauses": state.pauses,
            "steps": [
                {"label": action.label, "to": [workflow.state(t).label for t in action.targets]}
                for action in workflow.leaving(state.name)
                if action.by != "system"
            ],
        }
        for state in workflow.states
    ]


ROUTES = [help_page]
