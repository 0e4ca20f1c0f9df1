"""/improvement/steps: where records wait, whose turn it is there and how long they have."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromQuery

from saas.cases.workflow import CASE
from saas.improvement.causes import steps
from saas.improvement.causes.spans import span_of, spans
from saas.improvement.measuring import showing
from saas.improvement.rooms import tabs
from saas.kernel.pages import Db, Req, address_in, page, working_time
from saas.refunds.workflow import REFUND

PROCESSES = {CASE.name: CASE, REFUND.name: REFUND}


@get("/f/{slug:str}/improvement/steps", opt={"permission": "improvement.read"})
async def step_times(request: Req, session: Db, process: FromQuery[str] = "case") -> Response[str]:
    """Median and nine of ten by step, what of it is standing still, and who owns the step by when (A17.1, A17.2)."""
    workflow = PROCESSES.get(process, CASE)
    days, since, until = span_of(request)
    found = steps.table(workflow, await steps.times(session, workflow, since, until), since, until)
    at = address_in(request)
    rows = [
        {
            "label": step.state.label,
            "turn": step.state.turn,
            "within": working_time(step.state.within) if isinstance(step.state.within, int) else "",
            "paused": step.state.pauses,
            "count": step.times.count,
            "median": working_time(step.times.median),
            "upper": working_time(step.times.upper),
            "share": round(step.share, 1),
            "late": showing.in_words(step.kept, 100) if isinstance(step.state.within, int) else "",
            "few": step.times.count < 5,
            "idle": step.idle,
            "change_url": at(f"/improvement/changes/new?target=step:{workflow.name}.{step.state.name}"),
        }
        for step in found
    ]  # fmt: skip
    return await page(
        request, "improvement/causes/steps.html", session=session, tabs=tabs(request, "steps"), rows=rows,
        spans=spans(request, "/improvement/steps", {"process": workflow.name}, days),
        processes=[{"label": w.label, "url": at(f"/improvement/steps?process={name}&days={days or 365}"),
                    "on": w is workflow} for name, w in PROCESSES.items()],
    )  # fmt: skip


ROUTES = [step_times]
