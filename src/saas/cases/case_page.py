"""A case's page: where it stands, the evidence, the talk with the client, what was decided (LOOK.md, picture 2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries, words
from saas.cases.dossier import (
    Dossier,
    decisions,
    defaults,
    dossier,
    facts_line,
    lesson_state,
    powers,
    risk_matrix,
)
from saas.cases.forms import Evidence, EvidenceForm
from saas.cases.opening import voucher_numbers
from saas.cases.workflow import CASE
from saas.checks.catalogue import BY_ID
from saas.checks.workflow import FINDING
from saas.clients.pages import CHANNELS
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.actions import action_routes
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.perform import perform
from saas.kernel.records import view
from saas.kernel.uploads import download, keep
from saas.tasks import parts

ONE = "/f/{slug:str}/cases/{row_id:uuid}"


@get(ONE, opt={"permission": "cases.read"})
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(
    request: Req,
    session: AsyncSession,
    row_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
    opened: str = "",
) -> Response[Any]:
    """The page of one case. `form` brings back what was refused; `opened` names its dialog, if not the workflow's."""
    case = await queries.case(session, row_id)
    actor, now = actor_of(request), clock.now()
    found = await dossier(session, case)
    start: Submitted[Any] = Submitted(defaults(found, actor))
    return await page(
        request,
        "cases/detail.html",
        session=session,
        status=status,
        found=found,
        case=case,
        client=found.client,
        members=found.members,
        record=await view(session, CASE, case, actor, now),
        record_url=address_in(request)(CASE.url(case)),
        **_read_off(found, actor, now),
        form=form if form is not None and not opened else start,
        forms={opened: form} if form is not None and opened else {},
        blank=Submitted(),
        refusal=refusal,
        words=words,
        rules=BY_ID,
        finding_states={s.name: s for s in FINDING.states},
        channels=CHANNELS,
        panels=[await panel(session, case, actor) for panel in composition().panel("cases.detail")],
        side_panels=[await panel(session, case, actor) for panel in composition().panel("cases.rail")],
    )


def _read_off(found: Dossier, actor: Actor, now: datetime) -> dict[str, Any]:
    """What the dossier says, in the pieces the page is made of."""
    return {
        "facts": facts_line(found),
        "decided": decisions(found),
        "matrix": risk_matrix(found),
        "lesson": lesson_state(found),
        "tasks": parts.rows(found.tasks, found.members, now),
        "powers": powers(found, actor),
    }


@post(f"{ONE}/evidence", opt={"permission": "cases.work"}, status_code=200)
async def add_evidence(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Name vouchers or attach papers: what shows the anomaly, where no rule found it."""
    case = await queries.case(session, row_id)
    form = await submitted(request, EvidenceForm)
    if form.ok and not form.taken.files and not voucher_numbers(form.taken.vouchers):
        form.refuse("vouchers", _("Name the voucher, or attach the paper that shows it."))
    if not form.ok:
        return await show(request, session, case.id, form=form, status=422, opened="evidence")
    try:
        async with session.begin_nested():
            given = Evidence(voucher_numbers(form.taken.vouchers), await keep(request, form.taken.files))
            await perform(session, CASE, case.id, "add_evidence", actor_of(request), given)
    except Refusal as refusal:
        return await show(request, session, case.id, refusal=refusal, status=refusal.status)
    return to(CASE.url(case), request)


@get(f"{ONE}/files/{{digest:str}}", opt={"permission": "cases.read"})
async def attached(session: Db, row_id: FromPath[UUID], digest: FromPath[str]) -> Response[bytes]:
    """One of the files of this case, always for saving."""
    found = await dossier(session, await queries.case(session, row_id))
    return await download(found.files, digest)


ROUTES = [detail, add_evidence, attached, *action_routes(CASE, show)]
