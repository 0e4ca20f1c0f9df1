"""Importing a list of filings: a file, a preview of every row, and then exactly what was shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.filings import duties, list_plan, planning, queries, recording
from saas.filings.forms import ConfirmForm, FilingListForm
from saas.filings.list_plan import Planned
from saas.filings.models import RegisteredFiling as Filing
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.errors import Invalid, Missing
from saas.kernel.files import store_of
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, page, to

WORK = {"permission": "filings.work"}


@get("/f/{slug:str}/filings/import", opt=WORK)
async def choose(request: Req, session: Db) -> Response[str]:
    return await _choose(request, session, Submitted())


@post("/f/{slug:str}/filings/import", opt=WORK)
async def preview(request: Req, session: Db) -> Response[Any]:
    """Read the file and say what would happen with each row; only the file itself is kept."""
    form = await submitted(request, FilingListForm)
    if not form.ok:
        return await _choose(request, session, form, status=422)
    content = await form.taken.file.read()
    try:
        planned = await list_plan.plan(session, content)
    except Invalid as refusal:
        form.refuse("file", refusal.reason)
        return await _choose(request, session, form, status=422)
    sha256 = await store_of(active()).put(tenancy.current_firm_id(), content)
    return await _show(request, session, sha256, form.taken.file.filename[-160:], planned)


@post("/f/{slug:str}/filings/import/confirm", opt=WORK)
async def confirm(request: Req, session: Db) -> Response[Any]:
    """Store what the preview showed. When the register has changed since, show it again instead."""
    form = await submitted(request, ConfirmForm)
    if not form.ok:
        raise Missing()
    given = form.taken
    try:
        content = await store_of(active()).get(tenancy.current_firm_id(), given.sha256)
    except FileNotFoundError:
        raise Missing() from None
    lock = func.hashtextextended(f"filings {tenancy.current_firm_id()}", 0)  # two confirmations at once: one waits
    await session.execute(select(func.pg_advisory_xact_lock(lock)))
    planned = await list_plan.plan(session, content)
    stored = [row for row in planned if row.fate in ("new", "changed")]
    if not stored:
        return to("/filings", request)  # the same form twice: everything is already there
    if list_plan.digest(planned) != given.shown:
        reason = _("The filings have changed since: please look at the rows again.")
        return await _show(request, session, given.sha256, given.file_name, planned, notice=reason, status=409)
    await _store(session, actor_of(request), stored)
    detail: dict[str, Any] = {"file": given.file_name, "sha256": given.sha256, "stored": len(stored)}
    record(session, actor_of(request), "filings.import_list", clock.now(), **detail)
    last = max(row.due.day for row in stored if row.due is not None)
    return to(f"/filings?month={last:%Y-%m}", request)


async def _store(session: AsyncSession, actor: Actor, rows: Sequence[Planned]) -> None:
    known, now, pairs = await queries.by_key(session), clock.now(), []
    for row in rows:
        if row.client_id is None or row.due is None:
            raise RuntimeError("only complete rows are stored")
        filing = known.get((row.client_id, row.code, row.period))
        if filing is None:
            filing = Filing(**planning.row_of(row.client_id, row.code, row.period, row.due), receipts=[])
            session.add(filing)
            await session.flush()
        await recording.change(
            session, actor, filing, "filings.import", now, source="imported", settled=False, **row.values
        )
        pairs.append((filing.client_id, filing.due_on))
    await duties.settle(session, pairs, now, actor.id)


async def _choose(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    return await page(request, "filings/import.html", session=session, form=form, status=status)


async def _show(
    request: Req, session: AsyncSession, sha256: str, file_name: str, planned: Sequence[Planned], *,
    notice: Text | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    counts = Counter(row.fate for row in planned)
    return await page(
        request, "filings/import_preview.html", session=session, status=status, rows=planned, counts=counts,
        storable=counts["new"] + counts["changed"], sha256=sha256, shown=list_plan.digest(planned),
        file_name=file_name, notice=notice,
    )  # fmt: skip


ROUTES = [choose, preview, confirm]
