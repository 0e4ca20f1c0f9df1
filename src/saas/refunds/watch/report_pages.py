"""The watch over closed refunds: fairness, how long stages take, why clients ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from saas.clients.queries import clients_by_id
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.errors import Missing
from saas.kernel.i18n import Text, _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, address_in, page
from saas.kernel.perform import calendar_of
from saas.refunds.lists import listing
from saas.refunds.watch import closed
from saas.refunds.watch.pages import WATCH, tabs
from saas.refunds.watch.spread import BANDS, FEWEST, Group, groups
from saas.refunds.words import SOURCES
from saas.refunds.workflow import STATES

SPANS: dict[int, Text] = {1: _("the last year"), 2: _("the last two years"), 5: _("the last five years")}
SHOWN = 500  # of one group's rows


def since(years: int) -> datetime:
    return clock.now() - timedelta(days=365 * years)


def spans(request: Req, path: str, chosen: int) -> list[dict[str, Any]]:
    at = address_in(request)
    return [{"label": words, "url": at(f"{path}?years={n}"), "on": n == chosen} for n, words in SPANS.items()]


def band(number: int) -> Text:
    """A part of the service time, in words."""
    least, most = BANDS[number]
    return _("%(least)s–%(most)s %% of the time over", least=least, most=most)


def percent(share: int) -> str:
    """Per mille as percent with one decimal."""
    return f"{share // 10}.{share % 10} %"


@get(f"{WATCH}/fairness", opt={"permission": "refunds.watch"})
async def fairness(request: Req, session: Db, years: FromQuery[int] = 1) -> Response[str]:
    """For each reason and part of the service time: how far what was given back differs."""
    years = years if years in SPANS else 1
    found = groups(await closed.decisions(session, since(years)))
    named = await listing.reasons(session)
    rejected = await closed.rejected(session, since(years))
    at = address_in(request)
    return await page(
        request,
        "refunds/watch/fairness.html",
        session=session,
        tabs=tabs(request, "/fairness"),
        spans=spans(request, "/refunds/watch/fairness", years),
        fewest=FEWEST,
        rows=[
            {**_figures(g, named), "url": at(f"/refunds/watch/fairness/{g.reason}/{g.band}?years={years}")}
            for g in found
        ],
        rejected=[{"label": named.get(reason, reason), "value": n} for reason, n in rejected.items()],
    )


def _figures(group: Group, named: Mapping[str, str]) -> dict[str, Any]:
    s = group.spread
    return {
        "reason": named.get(group.reason, group.reason),
        "band": band(group.band),
        "count": s.count,
        "few": s.few,
        "median": percent(s.median),
        "middle": f"{percent(s.lower)} – {percent(s.upper)}",
        "ends": f"{percent(s.least)} – {percent(s.most)}",
        "outliers": group.outliers,
    }


@get(f"{WATCH}/fairness/{{reason:str}}/{{number:int}}", opt={"permission": "refunds.watch"})
async def rows(
    request: Req, session: Db, reason: FromPath[str], number: FromPath[int], years: FromQuery[int] = 1
) -> Response[str]:
    """The refunds of one group, the smallest share first; those far outside are marked."""
    years = years if years in SPANS else 1
    found = groups([d for d in await closed.decisions(session, since(years)) if d.reason == reason])
    group = next((g for g in found if g.band == number), None)
    if group is None:
        raise Missing()
    shown, named = group.decisions[:SHOWN], await listing.reasons(session)
    return await page(
        request,
        "refunds/watch/group.html",
        session=session,
        figures=_figures(group, named),
        rows=[{"decision": d, "share": percent(d.share), "outlier": group.spread.is_outlier(d.share)} for d in shown],
        clients=await clients_by_id(session, list({d.client_id for d in shown})),
        members=await members_by_id(session),
    )


@get(f"{WATCH}/times", opt={"permission": "refunds.watch"})
async def times(request: Req, session: Db, years: FromQuery[int] = 1) -> Response[str]:
    """How long each step takes, for what reasons clients ask, and how the clients had come to the firm."""
    years = years if years in SPANS else 1
    begin, calendar = since(years), await calendar_of(session)
    stays, named = await closed.stage_times(session, begin), await listing.reasons(session)
    sources = {key: str(words) for key, words in SOURCES.items()}
    return await page(
        request,
        "refunds/watch/times.html",
        session=session,
        tabs=tabs(request, "/times"),
        spans=spans(request, "/refunds/watch/times", years),
        fewest=FEWEST,
        stages=_stages(stays, calendar.minutes_per_day),
        tables=[
            {"title": title, "rows": [_requests(row, words) for row in await closed.by_reason(session, begin, column)]}
            for title, column, words in (
                (_("Why clients ask for money back"), "reason", named),
                (_("How these clients had come to us"), "source", sources),
            )
        ],
        panels=[await panel(session, begin, actor_of(request)) for panel in composition().panel("refunds.times")],
    )


def _stages(stays: Mapping[str, tuple[int, int, int]], a_day: int) -> list[dict[str, Any]]:
    """The steps that somebody has left, in the order of the workflow."""
    return [
        {
            "label": state.label,
            "paused": state.pauses,
            "count": stays[state.name][0],
            "median": _days(stays[state.name][1], a_day),
            "upper": _days(stays[state.name][2], a_day),
            "few": stays[state.name][0] < FEWEST,
        }
        for state in STATES
        if state.name in stays
    ]


def _days(minutes: int, a_day: int) -> str:
    """Working minutes as working days with one decimal."""
    tenths = minutes * 10 // a_day
    return f"{tenths // 10}.{tenths % 10}"


def _requests(row: Any, named: Mapping[str, str]) -> dict[str, Any]:
    key, count, asked, paid, kept, rejected = row
    return {
        "label": named.get(key, key),
        "count": count,
        "asked": asked,
        "paid": paid,
        "kept": kept,
        "kept_percent": f"{kept * 100 // count} %" if count >= FEWEST else "",
        "rejected": rejected,
    }


ROUTES = [fairness, rows, times]
