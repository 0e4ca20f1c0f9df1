"""The firm's targets: what counts today, what counted before, and setting one from a day on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.insights.dashboards.boards import BOARDS, tabs, to_choose
from saas.insights.dashboards.readings import goal
from saas.insights.dashboards.units import in_unit, said, typed
from saas.insights.measures.catalogue import MEASURES
from saas.insights.rooms import ROOMS
from saas.insights.targets import standards
from saas.insights.targets.reading import FROM_THE_START, counting, history
from saas.insights.targets.target_models import KpiTarget
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, page, show_date, to

ROOM = "/insights/targets"


class NewTarget(Struct):
    """`value` in the unit the page shows; empty takes the target away."""

    measure: str
    applies_from: date
    value: str = ""
    regulation: UUID | None = None  # the standard it rests on
    clause: Annotated[str, Meta(max_length=60)] = ""


@get(f"/f/{{slug:str}}{ROOM}", opt={"permission": "insights.read"})
async def index(request: Req, session: Db) -> Response[str]:
    return await _page(request, session)


@post(f"/f/{{slug:str}}{ROOM}", opt={"permission": "insights.manage"}, status_code=200)
async def set_target(request: Req, session: Db) -> Response[Any]:
    """A target from a day on; the same one said twice is written once."""
    form = await submitted(request, NewTarget)
    value = _value(form) if form.ok else None
    if form.ok and form.taken.regulation and str(form.taken.regulation) not in dict(await standards.choices(session)):
        form.refuse("regulation", _("Choose an entry of the register that is in force."))
    if not form.ok:
        return await _page(request, session, form, status=422)
    given, rows, now = form.taken, await history(session), clock.now()
    clause = given.clause if given.regulation else ""
    same_day = [r for r in rows if r.measure == given.measure and r.applies_from == given.applies_from]
    known = same_day[0] if same_day else None
    if known is None or (known.value, known.regulation_id, known.clause) != (value, given.regulation, clause):
        row = KpiTarget(measure=given.measure, value=value, applies_from=given.applies_from, set_at=now, clause=clause,
                        regulation_id=given.regulation, set_by=actor_of(request).id)  # fmt: skip
        session.add(row)
        await session.flush()
        record(session, actor_of(request), "insights.target", now, subject=row, measure=given.measure,
               value=str(value) if value is not None else "", applies_from=given.applies_from.isoformat())  # fmt: skip
    return to(ROOM, request)


def _value(form: Submitted[NewTarget]) -> Decimal | None:
    """In the measure's unit; what cannot be one stands beneath its field."""
    given = form.taken
    measure = MEASURES.get(given.measure)
    if measure is None:
        form.refuse("measure", _("Choose one of the measures."))
        return None
    if not FROM_THE_START <= given.applies_from <= date(2199, 12, 31):
        form.refuse("applies_from", _("This is not a date. Write it like 2026-11-21."))
    if not given.value:
        return None
    try:
        return typed(measure.unit, given.value)
    except ValueError:
        percent = _("Write a number between 0 and 100 without a unit.")
        form.refuse("value", percent if measure.unit == "share" else _("This is not a number."))
        return None


async def _page(
    request: Req, session: AsyncSession, form: Submitted[NewTarget] | None = None, status: int = 200
) -> Response[str]:
    rows, today, members = await history(session), clock.today(), await members_by_id(session)
    now = counting(rows, today)
    names = {key: member.name for key, member in members.items()}
    titles = await standards.names(session, list(rows))
    return await page(
        request,
        "insights/targets.html",
        session=session,
        status=status,
        tabs=tabs(request, ROOM, rooms=ROOMS),
        groups=[
            {
                "label": board.label,
                "rows": [
                    {**_row(key, now, rows, names), "standard": _standard(key, rows, titles, today)}
                    for key in _keys(board.key)
                ],
            }
            for board in BOARDS.values()
            if board.key and _keys(board.key)
        ],
        options=to_choose(),
        standards=await standards.choices(session),
        form=form or Submitted({"applies_from": today.isoformat()}),
        may_set=actor_of(request).may("insights.manage"),
    )


def _standard(key: str, rows: Any, titles: dict[UUID, str], today: date) -> dict[str, Any] | None:
    """What the target that counts today rests on."""
    row = next((r for r in rows if r.measure == key and r.applies_from <= today), None)
    if row is None or row.regulation_id not in titles:
        return None
    return {"title": f"{titles[row.regulation_id]} {row.clause}".strip(),
            "url": f"/improvement/regulations/{row.regulation_id}"}  # fmt: skip


def _keys(subject: str) -> list[str]:
    return [key for key, measure in MEASURES.items() if measure.subject == subject]


def _row(key: str, now: dict[str, Decimal], rows: Any, names: dict[Any, str]) -> dict[str, Any]:
    measure = MEASURES[key]
    mine = [row for row in rows if row.measure == key]
    return {
        "key": key,
        "name": measure.name,
        "definition": measure.definition,
        "value": goal(measure, now.get(key)),
        "raw": f"{in_unit(measure.unit, now[key]):f}" if key in now else "",
        "history": [_line(measure.unit, row, names) for row in mine],
    }


def _line(unit: Any, row: KpiTarget, names: dict[Any, str]) -> Text:
    value = said(unit, row.value) if row.value is not None else _("no target")
    if row.applies_from == FROM_THE_START:
        return _("%(value)s from the start", value=value)
    name = names.get(row.set_by, "")
    return _("%(value)s from %(day)s (%(name)s)", value=value, day=show_date(row.applies_from), name=name)


ROUTES = [index, set_target]
