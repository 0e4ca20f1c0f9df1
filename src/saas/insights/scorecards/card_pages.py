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
from saas.insights.scorecards.showing import (
    MANAGES,
    card_row,
    disputes_of,
    entries,
    entry_row,
    for_reader,
    may_see,
    name_of,
    part_heads,
    parts_of,
    said_points,
)
from saas.kernel import clock, records
from saas.kernel.actions import action_routes
from saas.kernel.audit import record
from saas.kernel.errors import Missing, Refusal
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


async def one(session: AsyncSession, card_id: UUID) -> Scorecard:
    found: Scorecard | None = await session.scalar(
        select(Scorecard).where(of_this_firm(Scorecard), Scorecard.id == card_id)
    )
    if found is None:
        raise Missing()
    return found


@get(f"{AT}/{{row_id:uuid}}", opt=OWN)
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
) -> Response[Any]:
    """One card, for the person concerned and for managers."""
    card = await one(session, row_id)
    may_see(request, card.member_id)
    people, found, at = await members_by_id(session), await facts(session, card), address_in(request)
    drafted = await entries(session, PayEntry.card_id == card.id)
    manages = actor_of(request).may(MANAGES)
    disputes = disputes_of(found, people)
    viewed = await records.view(session, SCORECARD, card, actor_of(request), clock.now())
    return await page(
        request,
        "insights/scorecards/card.html",
        session=session,
        status=status,
        card=card,
        title=SCORECARD.title(card),
        name=name_of(people, card.member_id),
        total=said_points(card.total),
        parts=parts_of(card, found, f"{SCORECARD.url(card)}/rows"),
        disputes=disputes,
        options=[(line["id"], line["name"]) for part in parts_of(card, found, "") for line in part["lines"]],
        open_disputes=[(one["id"], one["text"]) for one in disputes if one["open"]],
        facts=_facts(card),
        entries=[entry_row(entry, people) for entry in drafted],
        back={"label": _("Scorecards"), "url": at(ROOM)} if manages else {"label": _("My scorecards"), "url": at(MINE)},
        record=for_reader(request, viewed, card.member_id),
        record_url=at(SCORECARD.url(card)),
        form=form or Submitted(),
        refusal=refusal,
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
    card, measure = await one(session, row_id), measure_of(key)
    may_see(request, card.member_id)
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


MINE = "/scorecards"


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
