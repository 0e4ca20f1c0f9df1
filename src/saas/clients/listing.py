"""Importing a list of clients: a template, a file, a preview of every row, and then exactly what was shown."""

from __future__ import annotations

from collections import Counter
from typing import Any

from litestar import Response, get, post
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import list_plan, list_reading
from saas.clients.forms import ClientListForm, ConfirmListForm
from saas.clients.list_template import template
from saas.clients.models import Contact
from saas.clients.register import enter
from saas.identity.queries import members
from saas.kernel import clock, tenancy
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.errors import Invalid, Missing
from saas.kernel.files import store_of
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.limits import no_room
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.uploads import attachment

WRITE = {"permission": "clients.write"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/f/{slug:str}/clients/import", opt=WRITE)
async def choose(request: Req, session: Db) -> Response[str]:
    return await _choose(request, session, Submitted())


@get("/f/{slug:str}/clients/import/template", opt=WRITE)
async def download(session: Db) -> Response[bytes]:
    people = [member.name for member in await members(session)]
    return attachment(template(people), f"{_('Clients')}.xlsx", XLSX)


@post("/f/{slug:str}/clients/import", opt=WRITE)
async def preview(request: Req, session: Db) -> Response[Any]:
    """Read the file and say what would happen with each row; only the file itself is kept."""
    form = await submitted(request, ClientListForm)
    if not form.ok:
        return await _choose(request, session, form, status=422)
    content = await form.taken.file.read()
    try:
        listed = await list_reading.read(content)
    except Invalid as refusal:
        form.refuse("file", refusal.reason)
        return await _choose(request, session, form, status=422)
    sha256 = await store_of(active()).put(tenancy.current_firm_id(), content)
    return await _show(request, session, sha256, form.taken.file.filename[-160:], listed)


@post("/f/{slug:str}/clients/import/confirm", opt=WRITE)
async def confirm(request: Req, session: Db) -> Response[Any]:
    """Create what the preview showed. When the register has changed since, show it again instead."""
    form = await submitted(request, ConfirmListForm)
    if not form.ok:
        raise Missing()
    given = form.taken
    try:
        content = await store_of(active()).get(tenancy.current_firm_id(), given.sha256)
    except FileNotFoundError:
        raise Missing() from None
    listed = await list_reading.read(content)
    lock = func.hashtextextended(f"clients {tenancy.current_firm_id()}", 0)  # two confirmations at once: one waits
    await session.execute(select(func.pg_advisory_xact_lock(lock)))
    planned = await list_plan.plan(session, listed.rows)
    new = [row for row in planned if row.fate == "new"]
    if not new:
        return to("/clients", request)  # the same form twice: everything is already there
    if list_plan.digest(planned) != given.shown:
        reason = _("The register has changed since: please look at the rows again.")
        return await _show(request, session, given.sha256, given.file_name, listed, notice=reason, status=409)
    full = await no_room(session, "clients", len(new))
    if full is not None:
        return await _show(request, session, given.sha256, given.file_name, listed, notice=full, status=409)
    for row in new:
        await _create(request, session, row, given.file_name)
    detail: dict[str, Any] = {"file": given.file_name, "sha256": given.sha256, "added": len(new)}
    record(session, actor_of(request), "clients.import", clock.now(), **detail)
    return to("/clients", request)


async def _create(request: Req, session: AsyncSession, row: list_plan.Planned, file_name: str) -> None:
    if row.client is None:
        raise RuntimeError("only rows with a form are new")
    origin = {"file": file_name, "row": row.row}
    client = await enter(session, actor_of(request), row.client, clock.now(), **origin)
    if row.contact is not None:
        fields = {name: getattr(row.contact, name) for name in row.contact.__struct_fields__}
        session.add(Contact(client_id=client.id, **fields))


async def _choose(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    return await page(request, "clients/import.html", session=session, form=form, status=status)


async def _show(
    request: Req,
    session: AsyncSession,
    sha256: str,
    file_name: str,
    listed: list_reading.ClientList,
    *,
    notice: Text | None = None,
    status: int = 200,
) -> Response[str]:
    planned = await list_plan.plan(session, listed.rows)
    return await page(
        request,
        "clients/import_preview.html",
        session=session,
        status=status,
        rows=planned,
        counts=Counter(row.fate for row in planned),
        not_taken=listed.not_taken,
        sha256=sha256,
        shown=list_plan.digest(planned),
        file_name=file_name,
        notice=notice,
    )


ROUTES = [choose, download, preview, confirm]
