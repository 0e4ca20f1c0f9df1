"""The rates of the register over a stretch of due days, for the firm and by bookkeeper."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from litestar import Response, get
from litestar.params import FromQuery

from saas.filings import measures
from saas.filings.board_pages import tabs
from saas.filings.measures import MEASURES, PROGRESS, Cohort, Rate, Tally
from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, address_in, page

STRETCHES: dict[str, Text] = {"90": _("90 days"), "365": _("a year")}
FEWEST = 5  # below this many a rate says nothing


@get("/f/{slug:str}/filings/measures", opt={"permission": "filings.read"})
async def rates(request: Req, session: Db, days: FromQuery[str] = "90") -> Response[str]:
    """Each rate with its definition and its n."""
    chosen, at, today = days if days in STRETCHES else "90", address_in(request), clock.today()
    cohort = Cohort(today - timedelta(days=int(chosen)), today)
    whole = await measures.tally(session, cohort)
    people = [m for m in await members(session) if "bookkeeper" in m.roles]
    tallies = [(m.name, await measures.tally(session, Cohort(cohort.since, today, None, m.id))) for m in people]
    month = f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
    documents = await measures.documents_in_time(session, month)
    return await page(
        request, "filings/measures.html", session=session, tabs=tabs(at, "measures"), cohort=cohort,
        rows=[{"measure": m, **_shown(Rate(*m.of(whole)))} for m in MEASURES.values()],
        progress=[{"day": day, **_shown(Rate(whole.accepted_by.get(day, 0), whole.due))} for day in PROGRESS],
        documents={"month": month, "day": measures.DOCUMENTS_BY, **_shown(documents)},
        people=[{"name": name, "cells": _cells(tally)} for name, tally in tallies if tally.due],
        labels=[m.label for m in MEASURES.values()], n=whole.due, fewest=FEWEST, last=_yesterday(today),
        stretches=[{"label": label, "url": at(f"/filings/measures?days={key}"), "active": key == chosen}
                   for key, label in STRETCHES.items()],
    )  # fmt: skip


def _cells(tally: Tally) -> list[dict[str, Any]]:
    return [_shown(Rate(*m.of(tally))) for m in MEASURES.values()]


def _shown(rate: Rate) -> dict[str, Any]:
    percent = "–" if rate.percent is None or rate.n < FEWEST else f"{rate.percent:.1f} %"
    return {"percent": percent, "count": rate.count, "n": rate.n}


def _yesterday(today: date) -> date:
    return today - timedelta(days=1)


ROUTES = [rates]
