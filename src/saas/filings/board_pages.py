"""The register of one due month: clients × returns, in words; many accepted at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client
from saas.filings import planning, queries, recording
from saas.filings.forms import AcceptForm
from saas.filings.models import RegisteredFiling as Filing
from saas.filings.profile import name_of, period_name
from saas.filings.queries import Wanted
from saas.filings.standing import STANDINGS, standing
from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.errors import Refusal
from saas.kernel.filing import filing_table
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.months import month_before, next_month
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_date, to

READ, WORK = {"permission": "filings.read"}, {"permission": "filings.work"}
SHOWS: dict[str, Text] = {"": _("All"), "open": _("Open"), "late": _("Late")}
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


@get("/f/{slug:str}/filings", opt=READ)
async def board(
    request: Req, session: Db, month: FromQuery[str] = "", show: FromQuery[str] = "",
    member: FromQuery[UUID | None] = None, after: FromQuery[UUID | None] = None,
) -> Response[str]:  # fmt: skip
    wanted = _wanted(month, show, member)
    return await _board(request, session, wanted, Submitted({"accepted_on": clock.today().isoformat()}), after=after)


@post("/f/{slug:str}/filings/accept", opt=WORK)
async def accept(
    request: Req, session: Db, month: FromQuery[str] = "", show: FromQuery[str] = "",
    member: FromQuery[UUID | None] = None,
) -> Response[Any]:  # fmt: skip
    """The ticked returns were accepted on one day. Sent twice, the second time finds nothing open."""
    wanted, form = _wanted(month, show, member), await submitted(request, AcceptForm)
    if form.ok and not form.taken.filing:
        form.refuse("accepted_on", _("Tick the returns that were accepted."))
    if form.ok:
        try:
            await recording.accept_many(
                session, actor_of(request), form.taken.filing, form.taken.accepted_on, clock.now()
            )
        except Refusal as refusal:
            form.refuse("accepted_on", refusal.reason)
    if not form.ok:
        return await _board(request, session, wanted, form, status=422)
    return to(f"/filings?{_query(wanted)}", request)


@post("/f/{slug:str}/filings/plan", opt=WORK)
async def plan(request: Req, session: Db) -> Response[Any]:
    """What the daily job does, at once: a firm that has just brought its clients need not wait for tomorrow."""
    await planning.plan_for(session, await clients.clients(session, limit=planning.EVERYBODY))
    return to("/filings", request)


def _wanted(month: str, show: str, member: UUID | None) -> Wanted:
    named = month if MONTH.fullmatch(month) else f"{clock.today():%Y-%m}"
    return Wanted(named, show if show in SHOWS else "", member)


def _query(wanted: Wanted, **other: str | UUID | None) -> str:
    named = {"month": wanted.month, "show": wanted.show, "member": wanted.member_id, **other}
    return urlencode({name: value for name, value in named.items() if value})


async def _board(
    request: Req, session: AsyncSession, wanted: Wanted, form: Submitted[Any], *,
    after: UUID | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    today, at = clock.today(), address_in(request)
    shown, cells, more = await queries.board(session, wanted, today, after)
    present = {filing.code for row in cells.values() for filing in row}
    codes = [code for code in filing_table().filings if code in present]
    counts = await queries.counts(session, wanted, today)
    ticked = form.raw.get("filing", [])
    count, since = await queries.earlier_open(session, wanted, today)
    return await page(
        request, "filings/board.html", session=session, status=status, form=form, wanted=wanted,
        tabs=tabs(at, "filings"),
        shows=[{"label": label, "url": at(f"/filings?{_query(wanted, show=key)}"), "count": counts[key],
                "active": wanted.show == key} for key, label in SHOWS.items()],
        columns=[{"code": code, "label": name_of(code)} for code in codes],
        rows=[_row(client, cells[client.id], codes, today, ticked) for client in shown],
        months=_months(wanted, at), people=await _people(session, wanted, at),
        next_url=at(f"/filings?{_query(wanted, after=shown[-1].id)}") if more else "",
        first_url=at(f"/filings?{_query(wanted)}") if after else "",
        earlier=count, earlier_url=at(f"/filings?{_query(wanted, month=_named(since), show='open')}"),
        accept_url=at(f"/filings/accept?{_query(wanted)}"), total=counts[""], today=today,
        may_work=actor_of(request).may("filings.work"),
    )  # fmt: skip


def tabs(at: Callable[[str], str], active: str) -> list[dict[str, Any]]:
    """The rooms of filings; the period board is kept by cases, which know what is being corrected."""
    rooms = (("filings", _("Filings"), "/filings"), ("periods", _("Period board"), "/periods"),
             ("measures", _("On-time rates"), "/filings/measures"))  # fmt: skip
    return [{"label": label, "url": at(path), "active": name == active} for name, label, path in rooms]


def _row(
    client: Client, filings: Sequence[Filing], codes: Sequence[str], today: date, ticked: Sequence[str]
) -> dict[str, Any]:
    return {
        "client": client,
        "cells": [[cell(f, today, ticked) for f in filings if f.code == code] for code in codes],
    }


def cell(filing: Filing, today: date, ticked: Sequence[str] = ()) -> dict[str, Any]:
    """One return as a cell says it: the word, the day that matters, and what a tick would be called."""
    name = standing(filing, today)
    return {
        "id": filing.id,
        "standing": STANDINGS[name],
        "period": period_name(filing.period),
        "day": show_date(filing.amended_on or filing.accepted_on or filing.filed_on or filing.due_on),
        "is_open": filing.is_open,
        "zero": filing.zero,
        "provisional": filing.provisional and filing.is_untouched,
        "ticked": str(filing.id) in ticked,
        "label": _("%(name)s %(period)s", name=name_of(filing.code), period=filing.period),
    }


def _named(day: date | None) -> str | None:
    return f"{day:%Y-%m}" if day else None


def _months(wanted: Wanted, at: Callable[[str], str]) -> dict[str, Any]:
    return {
        "shown": wanted.month,
        "previous": at(f"/filings?{_query(wanted, month=month_before(wanted.month))}"),
        "next": at(f"/filings?{_query(wanted, month=next_month(wanted.month))}"),
    }


async def _people(session: AsyncSession, wanted: Wanted, at: Callable[[str], str]) -> dict[str, Any]:
    """The filter by bookkeeper."""
    people = [m for m in await members(session) if "bookkeeper" in m.roles or m.id == wanted.member_id]
    return {
        "value": next((m.name for m in people if m.id == wanted.member_id), ""),
        "clear_url": at(f"/filings?{_query(wanted, member=None)}"),
        "choices": [{"label": m.name, "url": at(f"/filings?{_query(wanted, member=m.id)}")} for m in people],
    }


ROUTES = [board, accept, plan]
