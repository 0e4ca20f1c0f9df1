"""The owner says for which deeds a certificate is asked for. Nothing is saved before its outlook was seen."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.tabs import settings_tabs
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import FreshSignInNeeded, Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Both, Text, _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.training.duty_models import Gate
from saas.training.gates import gate_queries
from saas.training.gates.outlook import Outlook, outlook, standing_rows
from saas.training.gates.standing import Asked, Demand, by_default, everything
from saas.training.queries import Published, published

PATH = "/f/{slug:str}/settings/gates"
DEMANDS: dict[Demand, tuple[Text, Text]] = {
    "off": (_("Nothing"), _("The role is enough.")),
    "either": (_("A certificate or the owner’s word"), _("Granted by hand under People, or earned by the course.")),
    "certificate": (_("Only a certificate"), _("What was granted by hand does not count.")),
}


class SetGate(msgspec.Struct):
    """What is asked for from a day on; `seen` names the outlook that was shown."""

    demand: Demand
    valid_from: date
    course_id: UUID | None = None
    seen: str = ""
    nobody: bool = False


@get(PATH, opt={"permission": "firms.read"})
async def gates(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    return await _show(request, session, done=done)


@post(f"{PATH}/{{code:str}}", opt={"permission": "training.gates"})
async def save(request: Req, session: Db, code: FromPath[str]) -> Response[Any]:
    """First the outlook, then the deed; where nobody would be left, only with a tick that says so."""
    now, today, actor = clock.now(), clock.today(), actor_of(request)
    if code not in composition().gates:
        raise Missing()
    if not actor.is_fresh(now):
        raise FreshSignInNeeded()
    form, courses = await submitted(request, SetGate), await published(session)
    if form.ok:
        _check(code, form, courses, today)
    if not form.ok:
        return await _show(request, session, code=code, form=form, status=422)
    given = form.taken
    look = await outlook(session, code, _asked(given, courses), today)
    if look.locked_out and given.seen != look.seen:
        return await _show(request, session, code=code, form=form, look=look)
    if look.nobody_for and not given.nobody:
        form.refuse("nobody", _("Tick this if nobody is to do it until somebody has passed the course."))
        return await _show(request, session, code=code, form=form, look=look, status=422)
    row = await gate_queries.of_day(session, code, given.valid_from)
    if row is None:
        row = Gate(qualification=code, valid_from=given.valid_from)
        session.add(row)
    elif (row.demand, row.course_id) == (given.demand, given.course_id):
        return to(f"/settings/gates?done={code}", request)
    row.demand, row.course_id, row.set_by, row.set_at = given.demand, given.course_id, actor.id, now
    record(session, actor, "training.gate", now, subject=row, qualification=code, asked=given.demand,
           since=given.valid_from.isoformat(), locked_out=len(look.locked_out))  # fmt: skip
    return to(f"/settings/gates?done={code}", request)


def _check(code: str, form: Submitted[SetGate], courses: list[Published], today: date) -> None:
    given = form.taken
    if given.demand == "off":
        given.course_id = None
        if code not in composition().by_choice:
            form.refuse("demand", _("This cannot be taken: please choose or correct it."))
    if given.valid_from < today:
        form.refuse("valid_from", _("Choose today or a later day."))
    if given.demand == "certificate" and given.course_id is None:
        form.refuse("course_id", _("Choose the course whose certificate is asked for."))
    if given.course_id is not None and given.course_id not in {course.id for course, _version in courses}:
        form.refuse("course_id", _("This cannot be taken: please choose or correct it."))


def _asked(given: SetGate, courses: list[Published]) -> Asked:
    titles = {course.id: Both(version.title["zh"], version.title["en"]) for course, version in courses}
    return Asked(given.demand, given.course_id, titles.get(given.course_id) if given.course_id else None)


async def _show(
    request: Req,
    session: AsyncSession,
    *,
    code: str = "",
    form: Submitted[Any] | None = None,
    look: Outlook | None = None,
    done: str = "",
    status: int = 200,
) -> Response[str]:
    today, courses = clock.today(), await published(session)
    asked, _holders = await everything(session, today)
    rows = await gate_queries.history(session)
    shown = []
    for gate in composition().gates:
        wanted = asked.get(gate) or by_default(gate)
        coming = [(row.valid_from, DEMANDS[_demand(row)][0]) for row in rows
                  if row.qualification == gate and row.valid_from > today]  # fmt: skip
        mine = form if form is not None and gate == code else Submitted[Any]()
        panel = _panel(gate, wanted, courses, mine, today)
        panel |= {"people": await standing_rows(session, gate, wanted, today), "coming": coming}
        shown.append({**panel, "look": look if gate == code else None, "saved": gate == done})
    return await page(
        request,
        "training/gates/settings.html",
        session=session,
        tabs=settings_tabs(request),
        gates=shown,
        courses=[(str(course.id), Both(v.title["zh"], v.title["en"])) for course, v in courses],
        today=today,
        may_change=actor_of(request).may("training.gates"),
        status=status,
    )


def _panel(code: str, wanted: Asked, courses: list[Published], form: Submitted[Any], today: date) -> dict[str, Any]:
    """One gate as it stands, and its form as it was filled in."""
    return {
        "code": code,
        "label": composition().qualifications[code],
        "steps": list(dict.fromkeys(step.label for step in composition().gates[code])),
        "demand": DEMANDS[wanted.demand][0],
        "course": wanted.title,
        "choices": _choices(code),
        "value": form.raw.get("demand", wanted.demand),
        "course_id": form.raw.get("course_id", str(wanted.course_id or _giving(code, courses))),
        "valid_from": form.raw.get("valid_from", today),
        "errors": form.errors,
    }


def _demand(row: Gate) -> Demand:
    demand: Demand = msgspec.convert(row.demand, Demand)
    return demand


def _choices(code: str) -> list[dict[str, Any]]:
    return [
        {"value": demand, "label": label, "detail": detail}
        for demand, (label, detail) in DEMANDS.items()
        if demand != "off" or code in composition().by_choice
    ]


def _giving(code: str, courses: list[Published]) -> UUID | str:
    """The first course that says it gives this, as a proposal."""
    return next((course.id for course, version in courses if code in version.qualifications), "")


ROUTES = [gates, save]
