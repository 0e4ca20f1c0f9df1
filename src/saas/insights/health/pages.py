"""Client health: the list with its filters and retention, the firm's rules, and the panel on a client's page."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromQuery
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.clients.queries import every_client
from saas.identity.queries import members_by_id
from saas.insights.dashboards.boards import tabs
from saas.insights.dashboards.units import said
from saas.insights.health.health_models import HealthRules
from saas.insights.health.reading import State, history, rules_on, states
from saas.insights.health.terms import BANDS, FLAGGED, NAMES, RENEWALS, TONES, WEIGHTS, Health, Rules
from saas.insights.measures.measure import Scope
from saas.insights.measures.renewals import RETENTION
from saas.insights.rooms import ROOMS
from saas.insights.targets.reading import FROM_THE_START
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_date, to

ROOM = "/insights/health"
AT = f"/f/{{slug:str}}{ROOM}"
PAGE = 50
YEAR = timedelta(days=365)
LATEST = date(2199, 12, 31)
Percent = Annotated[int, Meta(ge=0, le=100)]
LABELS: dict[str, Text] = {
    "cases": _("Cases"),
    "answers": _("What clients answer"),
    "refunds": _("Refunds"),
    "response": _("Response"),
    "per_case": _("Points a confirmed case takes"),
    "per_late": _("Points a case past due takes"),
    "per_complaint": _("Points a complaint takes"),
    "per_refund": _("Points a refund asked for takes"),
    "well_from": _("Well from"),
    "risk_below": _("At risk below"),
    "renewal_days": _("Renewal is due so many days before the end"),
}


class NewRules(Struct):
    cases: Percent
    answers: Percent
    refunds: Percent
    response: Percent
    per_case: Percent
    per_late: Percent
    per_complaint: Percent
    per_refund: Percent
    well_from: Percent
    risk_below: Percent
    renewal_days: Annotated[int, Meta(ge=1, le=366)]
    applies_from: date


@get(AT, opt={"permission": "insights.read"})
async def index(
    request: Req,
    session: Db,
    band: FromQuery[str] = "",
    renewal: FromQuery[str] = "",
    person: FromQuery[str] = "",
    q: FromQuery[str] = "",
    number: FromQuery[int] = 1,
) -> Response[str]:
    kept = {"band": band if band in BANDS else "", "renewal": renewal if renewal in RENEWALS else "",
            "person": person, "q": q.strip()[:80]}  # fmt: skip
    return await _page(request, session, kept, number=max(number, 1))


@post(AT, opt={"permission": "insights.manage"}, status_code=200)
async def set_rules(request: Req, session: Db) -> Response[Any]:
    """From a day on; the same said twice is written once."""
    form, now = await submitted(request, NewRules), clock.now()
    if form.ok:
        _check(form)
    if not form.ok:
        return await _page(request, session, {}, form=form, status=422)
    given, values = form.taken, {name: getattr(form.taken, name) for name in NAMES}
    same = [row for row in await history(session) if row.applies_from == given.applies_from]
    if not same or any(getattr(same[0], name) != value for name, value in values.items()):
        actor = actor_of(request)
        assert actor.id is not None
        row = HealthRules(**values, applies_from=given.applies_from, set_at=now, set_by=actor.id)
        session.add(row)
        await session.flush()
        record(session, actor, "insights.health", now, subject=row, applies_from=given.applies_from.isoformat())
    return to(ROOM, request)


def _check(form: Submitted[NewRules]) -> None:
    given = form.taken
    whole = sum(getattr(given, name) for name in WEIGHTS)
    if whole != 100:
        form.refuse("response", _("Together the weights are %(n)s; they have to be 100.", n=whole))
    if given.risk_below > given.well_from:
        form.refuse("risk_below", _("“At risk” ends below “well”."))
    if not FROM_THE_START <= given.applies_from <= LATEST:
        form.refuse("applies_from", _("This is not a date. Write it like 2026-11-21."))


async def _page(
    request: Req,
    session: AsyncSession,
    kept: dict[str, str],
    *,
    number: int = 1,
    form: Submitted[Any] | None = None,
    status: int = 200,
) -> Response[str]:
    today, people = clock.today(), await members_by_id(session)
    rules = await rules_on(session, today)
    clients = [client for client in await every_client(session) if client.archived_at is None]
    everybody = await states(session, clients, rules)
    found = sorted((one for one in everybody if _fits(one, kept)), key=_worst_first)
    shown, at = found[(number - 1) * PAGE : number * PAGE], address_in(request)
    root = at(ROOM)
    return await page(
        request,
        "insights/health/index.html",
        session=session,
        status=status,
        tabs=tabs(request, ROOM, rooms=ROOMS),
        rows=[_row(one, people) for one in shown],
        menus=_menus(kept, everybody, {str(m.id): m.name for m in people.values()}),
        kept=[(name, value) for name, value in kept.items() if value and name != "q"],
        search=kept.get("q", ""),
        clear_url=root if any(kept.values()) else "",
        shown=_("%(first)s–%(last)s of %(total)s", first=(number - 1) * PAGE + 1, last=(number - 1) * PAGE + len(shown),
                total=len(found)) if shown else "",
        previous_url=root + _query(kept, number=number - 1) if number > 1 else "",
        next_url=root + _query(kept, number=number + 1) if len(found) > number * PAGE else "",
        any_client=bool(clients),
        retention=await _retention(session, today),
        retention_url=at(f"/insights/measures/{RETENTION.key}?period=365d"),
        definition=RETENTION.definition,
        rules=[{"key": name, "label": LABELS[name], "value": getattr(rules, name)} for name in NAMES],
        history=[_line(row, people) for row in await history(session)],
        form=form or Submitted({**{name: getattr(rules, name) for name in NAMES}, "applies_from": today.isoformat()}),
        may_set=actor_of(request).may("insights.manage"),
    )  # fmt: skip


def _fits(one: State, kept: dict[str, str]) -> bool:
    words, client = kept.get("q", "").casefold(), one.client
    return all(kept.get(name, "") in ("", value) for name, value in _values(one).items()) and (
        not words or words in f"{client.number} {client.name} {client.name_en} {client.pinyin}".casefold()
    )


def _values(one: State) -> dict[str, str]:
    """What the filters look at."""
    return {"band": one.health.band, "renewal": one.renewal, "person": str(one.client.bookkeeper_id)}


def _worst_first(one: State) -> tuple[int, bool, str]:
    """What is not known comes last; among equals those whose renewal is at stake come first."""
    score = one.health.score
    return (101 if score is None else score, one.renewal not in FLAGGED, one.client.sort_key)


def _row(one: State, people: Any) -> dict[str, Any]:
    keeper = people.get(one.client.bookkeeper_id)
    return {
        "client": one.client,
        "score": "—" if one.health.score is None else str(one.health.score),
        "band": _badge(one),
        "terms": [{"label": t.label, "points": "—" if t.points is None else str(t.points)} for t in one.health.terms],
        "renewal": _flag(one),
        "keeper": keeper.name if keeper is not None else _("nobody yet"),
    }


def _badge(one: State) -> dict[str, Any]:
    tone, icon = TONES[one.health.band]
    return {"label": BANDS[one.health.band], "tone": tone, "icon": icon}


def _flag(one: State) -> dict[str, Any]:
    """The flag with its day; only what needs somebody has a colour."""
    tone = {"due": "amber", "grace": "red", "lapsed": "red"}.get(one.renewal, "")
    return {"label": RENEWALS[one.renewal], "tone": tone, "day": show_date(one.ends_on),
            "flagged": one.renewal in FLAGGED}  # fmt: skip


def _menus(kept: dict[str, str], everybody: list[State], names: dict[str, str]) -> list[dict[str, Any]]:
    """Each filter with how many clients it leaves."""
    keepers = sorted({str(one.client.bookkeeper_id) for one in everybody if one.client.bookkeeper_id is not None})
    lists: list[tuple[str, Text, list[tuple[str, Text | str]]]] = [
        ("band", _("Health"), [(key, label) for key, label in BANDS.items()]),
        ("renewal", _("Renewal"), [(key, label) for key, label in RENEWALS.items()]),
        ("person", _("Person"), [(key, names.get(key, "")) for key in keepers]),
    ]
    found = []
    for name, label, options in lists:
        chosen = kept.get(name, "")
        counts = Counter(_values(one)[name] for one in everybody if _fits(one, {**kept, name: ""}))
        found.append(
            {
                "label": label,
                "value": dict(options).get(chosen, _("All")),
                "on": chosen != "",
                "clear_url": _query({**kept, name: ""}) or "?" if chosen else "",
                "clear_label": _("All"),
                "choices": [
                    {"label": f"{text} · {counts[key]}", "url": _query({**kept, name: key})} for key, text in options
                ],
            }
        )
    return found


def _query(kept: dict[str, str], number: int = 1) -> str:
    words = {name: value for name, value in kept.items() if value} | ({"number": str(number)} if number > 1 else {})
    return f"?{urlencode(words)}" if words else ""


async def _retention(session: AsyncSession, today: date) -> list[dict[str, Any]]:
    """The measure of the last year as the board shows it: whole, with and without a case."""
    figure = await RETENTION.figure(session, Scope(today - YEAR, today))
    whole: Text | str = _("sample too small") if figure.hidden else said("share", figure.value)
    told: list[tuple[Text | str, Text | str]] = [(RETENTION.name, whole)]
    told += [(label, said("share", Decimal(value))) for label, value in figure.parts]
    return [{"label": label, "value": value} for label, value in [*told, ("n", str(figure.n))]]


def _line(row: HealthRules, people: Any) -> Text:
    value = " / ".join(str(getattr(row, name)) for name in NAMES)
    name = people[row.set_by].name if row.set_by in people else ""
    return _("%(value)s from %(day)s (%(name)s)", value=value, day=show_date(row.applies_from), name=name)


async def panel(session: AsyncSession, client: Client, actor: Actor) -> dict[str, Any]:
    """On a client's page: the score with its terms, and the renewal. A merged client has its page for the way on."""
    found: State | None = None
    if client.merged_into_id is None:
        rules: Rules = await rules_on(session, clock.today())
        [found] = await states(session, [client], rules)
    return {
        "template": "insights/health/_panel.html",
        "health": found.health if found is not None else None,
        "score": "" if found is None or found.health.score is None else str(found.health.score),
        "terms": _terms(found.health) if found is not None else [],
        "band": _badge(found) if found is not None else None,
        "renewal": _flag(found) if found is not None else None,
        "list_url": ROOM if actor.may("insights.read") else "",
    }


def _terms(health: Health) -> list[dict[str, Any]]:
    """Each with its weight, why it has so many points, and the points."""
    return [
        {"label": _("%(part)s (%(n)s %%)", part=term.label, n=term.weight), "note": term.why,
         "value": "—" if term.points is None else str(term.points)}
        for term in health.terms
    ]  # fmt: skip


ROUTES = [index, set_rules]
