"""Scorecards: the manager's list by period, one card, what a figure of it counts, and one's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.insights.dashboards.boards import measure_of, tabs
from saas.insights.dashboards.periods import choices, period_of
from saas.insights.measures.measure import Scope
from saas.insights.rooms import ROOMS
from saas.insights.scorecards.card_models import Scorecard, ScoreLine
from saas.insights.scorecards.card_workflow import SCORECARD, CardFacts, facts
from saas.insights.scorecards.pay_models import PayEntry
from saas.insights.scorecards.points import PARTS
from saas.insights.scorecards.reckoning import last_complete, make
from saas.insights.scorecards.record_page import MINE, readable, record_page
from saas.insights.scorecards.showing import (
    MANAGES,
    card_row,
    disputes_of,
    entries,
    entry_row,
    name_of,
    part_heads,
    parts_of,
    said_points,
)
from saas.kernel import clock
from saas.kernel.actions import action_routes
from saas.kernel.audit import record
from saas.kernel.errors import Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_date, to
from saas.kernel.tenancy import of_this_firm

ROOM = "/insights/scorecards"
AT = f"/f/{{slug:str}}{ROOM}"
MANAGE = {"permission": MANAGES}
OWN = {"permission": "insights.own"}
MOST_ROWS = 200


class NewCards(Struct):
    period: str


@get(AT, opt=MANAGE)
async def index(request: Req, session: Db, period: FromQuery[str] = "") -> Response[str]:
    return await _index(request, session, Submitted({"period": period}))


@post(AT, opt=MANAGE, status_code=200)
async def make_cards(request: Req, session: Db) -> Response[Any]:
    """Cards for everybody who has none for this period yet; pressed twice it makes them once."""
    form, now, today = await submitted(request, NewCards), clock.now(), clock.today()
    period = period_of(form.taken.period, today) if form.ok and form.taken.period in dict(_periods()) else None
    if form.ok and period is None:
        form.refuse("period", _("Choose one of the periods."))
    if period is not None and period.until >= today:
        form.refuse("period", _("This period is not over: its figures would still change."))
    if not form.ok or period is None:
        return await _index(request, session, form, status=422)
    made = await make(session, period, actor_of(request), now)
    if made:
        record(session, actor_of(request), "insights.scorecards", now, period=period.key, made=made)
    return to(f"{ROOM}?period={period.key}", request)


def _periods() -> list[tuple[str, Any]]:
    """Months and quarters."""
    return [(key, label) for key, label in choices(clock.today()) if "-" in key]


async def _index(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    cards = (await session.scalars(select(Scorecard).where(of_this_firm(Scorecard)))).all()
    known = sorted({card.period: card.until for card in cards}.items(), key=lambda one: one[1], reverse=True)
    wanted = str(form.raw.get("period") or "")
    chosen = wanted if wanted in dict(known) else known[0][0] if known else ""
    people, at = await members_by_id(session), address_in(request)
    mine = [card for card in cards if card.period == chosen]
    by_card = await _by_card(session, mine)
    rows = [card_row(card, people, by_card[card.id].by_part()) for card in mine]
    waiting = await entries(session, PayEntry.state.in_(("proposed", "objected")))
    return await page(
        request,
        "insights/scorecards/index.html",
        session=session,
        status=status,
        tabs=tabs(request, ROOM, rooms=ROOMS),
        parts=part_heads(),
        rows=sorted(rows, key=lambda row: str(row["name"])),
        chosen=chosen,
        periods=[{"label": p, "url": at(f"{ROOM}?period={p}"), "active": p == chosen} for p, _until in known],
        options=_periods(),
        form=form,
        period=wanted or last_complete("quarter", clock.today()),
        waiting=[entry_row(entry, people) for entry in waiting],
    )


async def _by_card(session: AsyncSession, cards: list[Scorecard]) -> dict[UUID, CardFacts]:
    """The lines of many cards in one query."""
    found: dict[UUID, list[ScoreLine]] = {card.id: [] for card in cards}
    query = select(ScoreLine).where(of_this_firm(ScoreLine), ScoreLine.card_id.in_(found))
    for line in (await session.scalars(query.order_by(ScoreLine.place))).all():
        found[line.card_id].append(line)
    return {card_id: CardFacts(lines, ()) for card_id, lines in found.items()}


@get(f"{AT}/{{row_id:uuid}}", opt=OWN)
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(request: Req, session: AsyncSession, row_id: UUID, **told: Any) -> Response[Any]:
    """One card with its figures, objections and what was proposed with it."""
    card: Scorecard = await readable(request, session, Scorecard, row_id)
    people, found = await members_by_id(session), await facts(session, card)
    parts, disputes = parts_of(card, found, f"{SCORECARD.url(card)}/rows"), disputes_of(found, people)
    return await record_page(
        request,
        session,
        SCORECARD,
        card,
        "insights/scorecards/card.html",
        (_("Scorecards"), ROOM),
        told,
        card=card,
        title=SCORECARD.title(card),
        name=name_of(people, card.member_id),
        total=said_points(card.total),
        parts=parts,
        disputes=disputes,
        options=[(line["id"], line["name"]) for part in parts for line in part["lines"]],
        open_disputes=[(one["id"], one["text"]) for one in disputes if one["open"]],
        facts=_facts(card),
        entries=[entry_row(entry, people) for entry in await entries(session, PayEntry.card_id == card.id)],
    )


def _facts(card: Scorecard) -> list[dict[str, Any]]:
    return [
        {"label": _("Period"), "value": f"{show_date(card.since)} – {show_date(card.until)}"},
        {"label": _("Card made"), "value": show_date(card.made_at)},
        {"label": _("Objections until"), "value": show_date(card.closes_at)},
    ]


@get(f"{AT}/{{row_id:uuid}}/rows/{{key:str}}", opt=OWN)
async def counted(request: Req, session: Db, row_id: FromPath[UUID], key: FromPath[str]) -> Response[str]:
    """What a figure of the card counts, as it stands today: also for the person concerned, who sees no boards."""
    card, measure = await readable(request, session, Scorecard, row_id), measure_of(key)
    if not any(key in part.measures for part in PARTS.values()):
        raise Missing()
    scope = Scope(card.since, card.until, member_id=card.member_id)
    return await page(
        request,
        "insights/scorecards/counted.html",
        session=session,
        measure=measure,
        title=SCORECARD.title(card),
        card_url=SCORECARD.url(card),
        counted=await measure.rows(session, scope, 0, MOST_ROWS),
    )


@get(f"/f/{{slug:str}}{MINE}", opt=OWN)
async def own(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    """One's own cards and entries; nobody else's, whatever one's role."""
    me, people = actor_of(request).id, await members_by_id(session)
    query = select(Scorecard).where(of_this_firm(Scorecard), Scorecard.member_id == me)
    cards = list((await session.scalars(query.order_by(Scorecard.until.desc()))).all())
    by_card = await _by_card(session, cards)
    entered = await entries(session, PayEntry.member_id == me)
    return await page(
        request,
        "insights/scorecards/mine.html",
        session=session,
        parts=part_heads(),
        rows=[card_row(card, people, by_card[card.id].by_part()) for card in cards],
        entries=[entry_row(entry, people) for entry in entered],
        may_propose=actor_of(request).may("insights.propose"),
        proposed=done == "proposed",
    )


ROUTES = [index, make_cards, detail, counted, own, *action_routes(SCORECARD, show)]
