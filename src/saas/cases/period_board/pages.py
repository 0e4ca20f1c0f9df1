"""The period board: clients × months, what holds each up, and one client's months step by step."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.period_board import queries
from saas.cases.period_board.stages import FOR_CLIENT, STAGES, Month, holding, is_known, stages
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.filings.board_pages import tabs
from saas.filings.receiving import receive
from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to

PAGE = 50
FOR_CLIENTS = 3  # months a client sees of its own
READ, WORK = {"permission": "filings.read"}, {"permission": "filings.work"}


class DocumentsForm(Struct):
    """The day on which all documents of a month were handed in; without one it is taken back."""

    month: Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    received_on: date | None = None
    back: str = ""  # the query of the board it came from


@get("/f/{slug:str}/periods", opt=READ)
async def board(
    request: Req, session: Db, member: FromQuery[UUID | None] = None, after: FromQuery[UUID | None] = None
) -> Response[str]:
    """Fifty clients by pinyin; the month before this one stands first, since that is the one being worked on."""
    today, at = clock.today(), address_in(request)
    months = queries.last_months(today)
    shown, more = await queries.clients_page(session, PAGE, member_id=member, after=after)
    grid = await queries.grid(session, shown, months)
    people = [m for m in await members(session) if "bookkeeper" in m.roles or m.id == member]
    return await page(
        request, "cases/periods.html", session=session, tabs=tabs(at, "periods"), months=months,
        rows=[{"client": client, "cells": [_cell(client, grid[client.id, month], today) for month in months]}
              for client in shown],
        people={"value": next((m.name for m in people if m.id == member), ""), "clear_url": at("/periods"),
                "choices": [{"label": m.name, "url": at(f"/periods?member={m.id}")} for m in people]},
        next_url=at(f"/periods?{_query(member, shown[-1].id)}") if more else "",
        first_url=at(f"/periods?{_query(member, None)}") if after else "",
        back=_query(member, after), today=today, steps=len(STAGES), may_work=actor_of(request).may("filings.work"),
    )  # fmt: skip


@get("/f/{slug:str}/periods/{client_id:uuid}", opt=READ)
async def of_client(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[str]:
    return await _show(request, session, await clients.client(session, client_id))


@post("/f/{slug:str}/periods/{client_id:uuid}/documents", opt=WORK)
async def documents(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    """收票, by a tick on the board or with its day on the client's page. The same day twice changes nothing."""
    client, form = await clients.client(session, client_id), await submitted(request, DocumentsForm)
    if form.ok:
        try:
            await receive(session, actor_of(request), client, form.taken.month, form.taken.received_on, clock.now())
        except Refusal as refusal:
            form.refuse("received_on", refusal.reason)
    if not form.ok:
        return await _show(request, session, client, form=form, status=422)
    back = form.taken.back
    return to(f"/periods?{back}" if back else f"/periods/{client.id}", request)


async def months_for_client(session: AsyncSession, client: Client) -> list[dict[str, Any]]:
    """The client's own row on its status page, in its own words; nothing of a month in which nothing is known."""
    today = clock.today()
    months = queries.last_months(today, FOR_CLIENTS)
    grid = await queries.grid(session, [client], months)
    rows = []
    for month in (grid[client.id, name] for name in months):
        if is_known(month):
            found = stages(month, today)
            waits = "" if found[-1].done else next(stage.name for stage in found if not stage.done)
            rows.append({"month": month.month, "words": FOR_CLIENT[waits], "done": not waits,
                         "due": min((f.due_on for f in month.filings if f.is_open), default=None)})  # fmt: skip
    return rows


def _cell(client: Client, month: Month, today: date) -> dict[str, Any]:
    """How far a month is, and in words what holds it up."""
    if month.month < _first(client) and not is_known(month):
        return {"served": False}
    found = stages(month, today)
    waits = holding(found)
    return {
        "served": True,
        "month": month.month,
        "client_id": client.id,
        "at": [stage.done for stage in found].index(False) + 1 if waits else len(found),
        "done": waits is None,
        "label": STAGES[waits.name] if waits else STAGES["filed"],
        "words": waits.words if waits else found[-1].words,
        "url": waits.url if waits else found[-1].url,
        "late": any(f.is_open and f.due_on < today for f in month.filings),
        "also": found[-1].words if waits and month.filings and found[-1].done else "",
        "ticks": waits is not None and waits.name == "received",
    }


def _first(client: Client) -> str:
    """The first month we answer for: taken over, and not before the one that was open when the client came here."""
    came = client.created_at.astimezone(clock.CHINA).date().replace(day=1) - timedelta(days=1)
    return max(f"{came:%Y-%m}", f"{client.taken_over_on:%Y-%m}" if client.taken_over_on else "")


async def _show(
    request: Req, session: AsyncSession, client: Client, *, form: Submitted[Any] | None = None, status: int = 200
) -> Response[str]:
    today = clock.today()
    months = queries.last_months(today)
    grid = await queries.grid(session, [client], months)
    errors: dict[str, Text] = form.errors if form else {}
    return await page(
        request, "cases/period.html", session=session, status=status, client=client, today=today,
        stages=list(STAGES.values()), may_work=actor_of(request).may("filings.work"),
        rows=[{"month": month, "stages": stages(grid[client.id, month], today),
               "received_on": _typed(form, month, grid[client.id, month]),
               "error": next(iter(errors.values()), "") if form and form.raw.get("month") == month else ""}
              for month in months],
    )  # fmt: skip


def _typed(form: Submitted[Any] | None, name: str, month: Month) -> str:
    if form is not None and form.raw.get("month") == name:
        return str(form.raw.get("received_on", ""))
    return month.received_on.isoformat() if month.received_on else ""


def _query(member: UUID | None, after: UUID | None) -> str:
    given = {"member": member, "after": after}
    return urlencode({name: value for name, value in given.items() if value}) or "all="


ROUTES = [board, of_client, documents]
