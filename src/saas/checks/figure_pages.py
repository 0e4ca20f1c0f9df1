"""A client's page for the few figures its ledger does not hold: a month at a time, each with its source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import queries
from saas.checks.catalogue import RULES
from saas.checks.figures import FIGURES, Figure
from saas.checks.models import PeriodFigure
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.forms import raw_form
from saas.kernel.i18n import Text, _, listed
from saas.kernel.money import Money
from saas.kernel.months import month_name, month_number
from saas.kernel.outbox import enqueue
from saas.kernel.pages import Db, Req, actor_of, page, to

MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
MONTHS_OFFERED = 18
MAY_BE_BELOW_ZERO = ("profit_filed", "bank_balance", "invoices_issued_tax")
MOST = 10**15  # fen: ten trillion yuan, beyond any client
PAGE = "/f/{slug:str}/clients/{client_id:uuid}/figures"


@get(PAGE, opt={"permission": "checks.read"})
async def of_client(request: Req, session: Db, client_id: FromPath[UUID], period: FromQuery[str] = "") -> Response[str]:
    """The figures of one month, and those of the others."""
    client = await clients.client(session, client_id)
    return await _page(request, session, client, period if MONTH.fullmatch(period) else offered()[1])


@post(PAGE, opt={"permission": "checks.work"})
async def supply(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    """Keep what was typed; a field left empty takes its figure away. The rules run again when something changed."""
    client = await clients.client(session, client_id)
    raw = {name: str(value).strip() for name, value in (await raw_form(request)).items()}
    period = raw.get("period", "")
    values, errors = read(raw)
    if not MONTH.fullmatch(period):
        errors["period"] = _("Choose a month.")
    if errors:
        shown = period if MONTH.fullmatch(period) else offered()[1]
        return await _page(request, session, client, shown, raw=raw, errors=errors, status=422)
    if await keep(session, request, client, period, values, raw.get("source", "")[:200]):
        enqueue(session, "checks.run", client_id=client.id)
    return to(f"/clients/{client.id}/figures?period={period}", request)


def read(raw: Mapping[str, str]) -> tuple[dict[str, int], dict[str, Text]]:
    """(fen or number by figure, errors by figure) of what was typed; empty fields are left out."""
    values: dict[str, int] = {}
    errors: dict[str, Text] = {}
    for figure in FIGURES:
        text = raw.get(figure.name, "")
        if not text:
            continue
        try:
            values[figure.name] = Money.of(text).fen if figure.unit == "fen" else int(text)
        except ValueError:
            errors[figure.name] = _("This cannot be taken: please choose or correct it.")
            continue
        below_zero = values[figure.name] < 0 and figure.name not in MAY_BE_BELOW_ZERO
        if below_zero or abs(values[figure.name]) > MOST:
            errors[figure.name] = _("This cannot be taken: please choose or correct it.")
    return values, errors


async def keep(
    session: AsyncSession, request: Req, client: Client, period: str, values: Mapping[str, int], source: str
) -> bool:
    """Bring the month's figures to these; whether anything changed. What changed stands in the audit trail."""
    known = {row.name: row for row in await queries.figures(session, client.id) if row.period == period}
    actor, now = actor_of(request), clock.now()
    before = {name: row.value for name, row in known.items()}
    if before == dict(values):
        return False
    for name in set(before) - set(values):
        await session.delete(known[name])
    for name, value in values.items():
        if before.get(name) == value:
            continue
        row = known.get(name) or PeriodFigure(client_id=client.id, period=period, name=name)
        row.value, row.source, row.entered_by, row.entered_at = value, source, actor.id, now
        session.add(row)
    await session.flush()
    detail: dict[str, Any] = {"period": period, "before": before, "after": dict(values), "source": source}
    record(session, actor, "checks.supply", now, subject=client, client_id=client.id, timeline=True, **detail)
    return True


def offered() -> list[str]:
    """The months one may choose: this one and those before it."""
    this = month_number(clock.today())
    return [month_name(this - back) for back in range(MONTHS_OFFERED)]


async def _page(
    request: Req,
    session: AsyncSession,
    client: Client,
    period: str,
    *,
    raw: Mapping[str, str] | None = None,
    errors: Mapping[str, Text] | None = None,
    status: int = 200,
) -> Response[str]:
    rows = await queries.figures(session, client.id)
    own = {row.name: row for row in rows if row.period == period}
    source = next((row.source for row in own.values() if row.source), "")
    months = list(dict.fromkeys([*offered(), period]))
    return await page(
        request,
        "checks/figures.html",
        session=session,
        status=status,
        client=client,
        period=period,
        months=[(month, month) for month in months],
        fields=[_field(figure, own, raw) for figure in FIGURES],
        source=raw.get("source", "") if raw is not None else source,
        supplied=_supplied(rows),
        errors=errors or {},
        may_work=actor_of(request).may("checks.work") and client.archived_at is None,
    )


def _field(figure: Figure, own: Mapping[str, PeriodFigure], raw: Mapping[str, str] | None) -> dict[str, Any]:
    row = own.get(figure.name)
    return {
        "name": figure.name,
        "label": figure.label,
        "where": figure.where,
        "value": raw.get(figure.name, "") if raw is not None else _shown(figure, row.value) if row else "",
        "rules": listed(rule.id for rule in RULES if figure.name in rule.needs),
    }


def _shown(figure: Figure, value: int) -> str:
    return str(Money(value)) if figure.unit == "fen" else str(value)


def _supplied(rows: Sequence[PeriodFigure]) -> list[dict[str, Any]]:
    """Month, and which figures it has."""
    labels = {figure.name: figure.label for figure in FIGURES}
    months = dict.fromkeys(row.period for row in rows)
    return [
        {"period": month, "figures": [labels[row.name] for row in rows if row.period == month and row.name in labels]}
        for month in months
    ]


ROUTES = [of_client, supply]
