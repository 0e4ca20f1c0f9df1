"""One client's returns: what is due and was handed in, and which returns it hands in at all."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client
from saas.filings import planning, queries
from saas.filings.board_pages import cell
from saas.filings.forms import SwitchForm
from saas.filings.models import FilingSwitch
from saas.filings.profile import EVERY, by_profile, codes, in_force, name_of
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.filing import filing_table
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, page, show_date, to

CLIENT = "/f/{slug:str}/clients/{client_id:uuid}"
LATELY = 6  # open returns in the panel


@get(f"{CLIENT}/filings", opt={"permission": "filings.read"})
async def of_client(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[str]:
    return await _show(request, session, await clients.client(session, client_id))


@post(f"{CLIENT}/filings/switch", opt={"permission": "filings.manage"})
async def switch(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    """From a month on this return is handed in so often; planned rows follow at once."""
    client, form = await clients.client(session, client_id), await submitted(request, SwitchForm)
    if form.ok and (form.taken.code not in codes() or not _fits(form.taken)):
        form.refuse("every", _("This return is not handed in so often: choose another rhythm."))
    if not form.ok:
        return await _show(request, session, client, form=form, status=422)
    given, now, actor = form.taken, clock.now(), actor_of(request)
    before = in_force(client, (await queries.switches(session, [client.id]))[client.id], given.from_month)
    if before.get(given.code, "") != given.every:
        values = {"every": given.every, "changed_by": actor.id, "changed_at": now}
        row = insert(FilingSwitch).values(client_id=client.id, code=given.code, from_month=given.from_month, **values)
        unique = ["firm_id", "client_id", "code", "from_month"]
        await session.execute(row.on_conflict_do_update(index_elements=unique, set_=values))
        record(session, actor, "filings.switch", now, subject=client, client_id=client.id, timeline=True,
               name=str(name_of(given.code)), code=given.code, every=given.every, month=given.from_month)  # fmt: skip
        await planning.plan_for(session, [client])
    return to(f"/clients/{client.id}/filings", request)


def _fits(given: SwitchForm) -> bool:
    return given.every == "" or given.every in filing_table().filings[given.code].periods


async def _show(
    request: Req, session: AsyncSession, client: Client, *, form: Submitted[Any] | None = None, status: int = 200
) -> Response[str]:
    today, actor = clock.today(), actor_of(request)
    set_for = (await queries.switches(session, [client.id]))[client.id]
    now_in_force = in_force(client, set_for, f"{today:%Y-%m}")
    table, usual = filing_table().filings, by_profile(client)
    return await page(
        request, "filings/client.html", session=session, status=status, client=client,
        rows=[{**cell(f, today), "name": name_of(f.code), "due": show_date(f.due_on), "payable": f.payable}
              for f in await queries.of_client(session, client.id)],
        returns=[{"code": code, "name": name_of(code), "every": EVERY[now_in_force.get(code, "")],
                  "on": code in now_in_force, "by_profile": usual.get(code, "") == now_in_force.get(code, "")}
                 for code in codes()],
        coming=[{"name": name_of(s.code), "every": EVERY[s.every], "month": s.from_month}
                for s in set_for if s.from_month > f"{today:%Y-%m}"],
        code_options=[(code, name_of(code)) for code in codes()],
        every_options=[(key, label) for key, label in EVERY.items() if key in {"", *_rhythms(table.values())}],
        form=form or Submitted({"from_month": f"{today:%Y-%m}", "every": "month"}),
        may_manage=actor.may("filings.manage") and client.merged_into_id is None,
    )  # fmt: skip


def _rhythms(table: Any) -> set[str]:
    return {every for filing in table for every in filing.periods}


async def client_panel(session: AsyncSession, client: Any, actor: Actor) -> dict[str, Any]:
    """On a client's page: what is open, the next due day first."""
    if not actor.may("filings.read"):
        return {"template": "filings/_client.html", "client": client, "rows": [], "shown": False}
    today = clock.today()
    since = date(today.year - 1, 1, 1)
    found = [f for f in await queries.of_client(session, client.id, since=since) if f.is_open]
    coming = sorted(found, key=lambda f: (f.due_on, f.code))[:LATELY]
    rows = [{**cell(f, today), "name": name_of(f.code), "due": show_date(f.due_on)} for f in coming]
    return {"template": "filings/_client.html", "client": client, "rows": rows, "open": len(found), "shown": True}


ROUTES = [of_client, switch]
