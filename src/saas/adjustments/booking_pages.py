"""After the client's yes: booking what was approved, and the proof on the re-imported ledger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from saas.adjustments import execution, export, planning
from saas.adjustments.forms import Posted
from saas.adjustments.models import Adjustment
from saas.adjustments.pages import CASE_PATH, newest_of, on_plan
from saas.adjustments.planning import Desk
from saas.cases.workflow import CASE
from saas.kernel import clock
from saas.kernel.errors import Forbidden
from saas.kernel.forms import submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of
from saas.kernel.perform import locked
from saas.kernel.uploads import attachment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@post(f"{CASE_PATH}/execute", opt={"permission": "adjustments.write"})
async def execute(request: Req, session: Db, case_id: FromPath[UUID]) -> Response[Any]:
    async def start(at: Desk, adjustment: Adjustment) -> None:
        await execution.begin(session, at, adjustment, actor_of(request), clock.now())

    return await on_plan(request, session, case_id, start)


@post(f"{CASE_PATH}/posted", opt={"permission": "adjustments.write"})
async def posted(request: Req, session: Db, case_id: FromPath[UUID]) -> Response[Any]:
    form = await submitted(request, Posted)

    async def finish(at: Desk, adjustment: Adjustment) -> None:
        await execution.finish(session, at, adjustment, form.taken.posted_as, actor_of(request), clock.now())

    return await on_plan(request, session, case_id, finish, form)


@post(f"{CASE_PATH}/prove", opt={"permission": "adjustments.review"})
async def prove(request: Req, session: Db, case_id: FromPath[UUID]) -> Response[Any]:
    async def compare(at: Desk, adjustment: Adjustment) -> None:
        await execution.prove(session, at, adjustment, actor_of(request), clock.now())

    return await on_plan(request, session, case_id, compare)


@get(f"{CASE_PATH}/vouchers.xlsx", opt={"permission": "adjustments.read"})
async def download(session: Db, case_id: FromPath[UUID]) -> Response[bytes]:
    """The approved vouchers in the columns of the client's own export, for entry into their program."""
    case = await locked(session, CASE, case_id)
    adjustment = await newest_of(session, case)
    if adjustment.approved_at is None:
        raise Forbidden(_("Only approved vouchers are handed to the client’s program."))
    rows = await planning.vouchers_of(session, adjustment)
    return attachment(export.workbook(rows, planning.listed(adjustment, rows)), f"{case.number}.xlsx", XLSX)


ROUTES = [execute, posted, prove, download]
