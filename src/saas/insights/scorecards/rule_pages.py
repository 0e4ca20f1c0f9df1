"""What the parts weigh and which rules propose money, each from a day on, with what counted before."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.insights.dashboards.boards import tabs
from saas.insights.rooms import ROOMS
from saas.insights.scorecards.card_models import ScoreWeights
from saas.insights.scorecards.pay_limits import HELP
from saas.insights.scorecards.pay_models import PayRule
from saas.insights.scorecards.pay_workflow import TITLES
from saas.insights.scorecards.points import PARTS
from saas.insights.scorecards.showing import MANAGES
from saas.insights.scorecards.weighing import counting, rules_history, weights_history, weights_on
from saas.insights.targets.reading import FROM_THE_START
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.kernel.pages import Db, Req, actor_of, page, show_date, to
from saas.training.wording import said

ROOM = "/insights/scorecards/rules"
AT = f"/f/{{slug:str}}{ROOM}"
MANAGE = {"permission": MANAGES}
Percent = Annotated[int, Meta(ge=0, le=100)]
LATEST = date(2199, 12, 31)


class NewWeights(Struct):
    quality: Percent
    speed: Percent
    satisfaction: Percent
    learning: Percent
    applies_from: date


class NewRule(Struct, kw_only=True):
    """`key` names the rule that gets another version; a new one has none. `amount` 0 ends it."""

    kind: Literal["bonus", "penalty"]
    name_zh: Annotated[str, Meta(max_length=60)]
    name_en: Annotated[str, Meta(max_length=60)] = ""
    clause: Annotated[str, Meta(max_length=200)] = ""
    part: Literal["", "quality", "speed", "satisfaction", "learning"] = ""
    points: Percent
    amount: Money
    most: Money
    starts: date
    key: Annotated[str, Meta(max_length=40)] = ""


@get(AT, opt=MANAGE)
async def index(request: Req, session: Db) -> Response[str]:
    return await _page(request, session)


@post(f"{AT}/weights", opt=MANAGE, status_code=200)
async def set_weights(request: Req, session: Db) -> Response[Any]:
    """From a day on; the same said twice is written once."""
    form, now = await submitted(request, NewWeights), clock.now()
    if form.ok:
        given = form.taken
        _check_day(form, "applies_from", given.applies_from)
        parts = {part: getattr(given, part) for part in PARTS}
        if sum(parts.values()) != 100:
            form.refuse("learning", _("Together the weights are %(n)s; they have to be 100.", n=sum(parts.values())))
    if not form.ok:
        return await _page(request, session, weights=form, status=422)
    same = [row.parts for row in await weights_history(session) if row.applies_from == given.applies_from]
    if not same or same[0] != parts:
        row = ScoreWeights(**parts, applies_from=given.applies_from, set_at=now, set_by=actor_of(request).id)
        session.add(row)
        await session.flush()
        record(session, actor_of(request), "insights.weights", now, subject=row,
               applies_from=given.applies_from.isoformat(), **parts)  # fmt: skip
    return to(ROOM, request)


@post(AT, opt=MANAGE, status_code=200)
async def set_rule(request: Req, session: Db) -> Response[Any]:
    """A new rule or another version of one; rows are never changed, so an old card keeps the rule of its day."""
    form, now = await submitted(request, NewRule), clock.now()
    versions = await rules_history(session)
    if form.ok:
        _check(form, versions)
    if not form.ok:
        return await _page(request, session, rule=form, status=422)
    given = form.taken
    fields = {"kind": given.kind, "name": {"zh": given.name_zh, "en": given.name_en or given.name_zh},
              "clause": given.clause, "part": given.part, "points": given.points, "amount": given.amount,
              "most": given.most, "applies_from": given.starts}  # fmt: skip
    if not any(all(getattr(version, name) == value for name, value in fields.items()) for version in versions):
        row = PayRule(key=given.key or uuid7().hex, set_at=now, set_by=actor_of(request).id, **fields)
        session.add(row)
        await session.flush()
        record(session, actor_of(request), "insights.pay_rule", now, subject=row, kind=given.kind,
               applies_from=given.starts.isoformat())  # fmt: skip
    return to(ROOM, request)


def _check(form: Submitted[NewRule], versions: Any) -> None:
    given = form.taken
    _check_day(form, "starts", given.starts)
    if given.key and given.key not in {version.key for version in versions}:
        form.refuse("key", _("Choose one of the rules."))
    if given.kind == "penalty" and not given.clause:
        form.refuse("clause", _("A penalty needs the clause of the rule book that provides for it."))
    if given.amount.fen < 0 or given.amount.fen > 100_000_00:
        form.refuse("amount", _("Write an amount between 0 and 100,000; 0 ends the rule."))
    if not given.amount.fen <= given.most.fen <= 1_000_000_00:
        form.refuse("most", _("A person’s most in a year is at least the amount of one time."))


def _check_day(form: Submitted[Any], name: str, day: date) -> None:
    if not FROM_THE_START <= day <= LATEST:
        form.refuse(name, _("This is not a date. Write it like 2026-11-21."))


async def _page(
    request: Req,
    session: AsyncSession,
    *,
    weights: Submitted[Any] | None = None,
    rule: Submitted[Any] | None = None,
    status: int = 200,
) -> Response[str]:
    today, people = clock.today(), await members_by_id(session)
    now, versions = await weights_on(session, today), await rules_history(session)
    standing = counting(versions, today)
    return await page(
        request,
        "insights/scorecards/rules.html",
        session=session,
        status=status,
        tabs=tabs(request, "/insights/scorecards", rooms=ROOMS),
        parts=[{"key": key, "label": part.label, "weight": now[key]} for key, part in PARTS.items()],
        history=[_weighing(row, people) for row in await weights_history(session)],
        rules=[_rule(row) for row in standing],
        coming=[_rule(row) for row in versions if row.applies_from > today],
        weights=weights or Submitted({**now, "applies_from": today.isoformat()}),
        rule=rule or Submitted({"starts": today.isoformat(), "kind": "bonus"}),
        part_options=[("", _("Whole card")), *((key, part.label) for key, part in PARTS.items())],
        kind_options=list(TITLES.items()),
        key_options=[("", _("a new rule")), *((row.key, said(row.name)) for row in standing)],
        help=HELP,
    )


def _weighing(row: ScoreWeights, people: dict[Any, Membership]) -> Text:
    values = " / ".join(str(value) for value in row.parts.values())
    if row.applies_from == FROM_THE_START:
        return _("%(value)s from the start", value=values)
    name = people[row.set_by].name if row.set_by in people else ""
    return _("%(value)s from %(day)s (%(name)s)", value=values, day=show_date(row.applies_from), name=name)


def _rule(row: PayRule) -> dict[str, Any]:
    part = PARTS[row.part].label if row.part else _("Whole card")
    limit = _("%(part)s from %(n)s points", part=part, n=row.points)
    below = _("%(part)s below %(n)s points", part=part, n=row.points)
    return {
        "name": said(row.name),
        "kind": TITLES[row.kind],
        "is_penalty": row.kind == "penalty",
        "when": limit if row.kind == "bonus" else below,
        "clause": row.clause,
        "amount": row.amount,
        "most": row.most,
        "from": show_date(row.applies_from) if row.applies_from != FROM_THE_START else "",
    }


ROUTES = [index, set_weights, set_rule]
