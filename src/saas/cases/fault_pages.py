"""What is done about a system fault on the case's page: the vendor's number and the test of what was restored."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import faults, queries
from saas.cases.case_page import ONE, show
from saas.cases.forms import RestoreTest, VendorTicket
from saas.cases.models import Case
from saas.cases.workflow import CASE
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.errors import Refusal
from saas.kernel.forms import submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, show_date, to
from saas.ledgers.models import Import


@post(f"{ONE}/ticket", opt={"permission": "cases.work"}, status_code=200)
async def ticket(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    case = await queries.case(session, row_id)
    form = await submitted(request, VendorTicket)
    if not form.ok:
        return await show(request, session, case.id, form=form, status=422, opened="ticket")
    try:
        async with session.begin_nested():
            await faults.name_ticket(session, case, actor_of(request), form.taken, clock.now())
    except Refusal as refusal:
        return await show(request, session, case.id, refusal=refusal, status=refusal.status)
    return to(CASE.url(case), request)


@post(f"{ONE}/restore-test", opt={"permission": "cases.work"}, status_code=200)
async def restore_test(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    case = await queries.case(session, row_id)
    form = await submitted(request, RestoreTest)
    if not form.ok:
        return await show(request, session, case.id, form=form, status=422, opened="restore-test")
    try:
        async with session.begin_nested():
            await faults.compare_restored(session, case, actor_of(request), form.taken, clock.now())
    except Refusal as refusal:
        form.refuse("", refusal.reason)
        return await show(request, session, case.id, form=form, status=refusal.status, opened="restore-test")
    return to(CASE.url(case), request)


async def panel(session: AsyncSession, case: Case, actor: Actor) -> dict[str, Any]:
    """Where the fault stands; nothing where the case never took this branch."""
    fault = await faults.standing(session, case.id)
    if fault is None:
        return {"template": "cases/_fault.html", "fault": None}
    members = await members_by_id(session)
    files = await faults.importable(session, case, fault)
    named = {one.id: _file(one) for group in files.values() for one in group}
    return {
        "template": "cases/_fault.html",
        "fault": fault,
        "may_work": actor.may("cases.work") and fault.is_open and case.state == "incident",
        "trusted": [(str(one.id), named[one.id]) for one in files["trusted"]],
        "restored": [(str(one.id), named[one.id]) for one in files["restored"]],
        "compared": [named.get(i, "") if i else "" for i in (fault.trusted_id, fault.restored_id)],
        "tested_by": members[fault.tested_by].name if fault.tested_by in members else "",
        "signed_off_by": members[fault.signed_off_by].name if fault.signed_off_by in members else "",
    }


def _file(one: Import) -> Text:
    return _("%(file)s of %(day)s", file=one.file_name, day=show_date(one.uploaded_at))


ROUTES = [ticket, restore_test]
