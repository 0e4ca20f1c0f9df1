"""The first steps of a new firm, each ticked once it is done; any may be left out."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Missing
from saas.kernel.i18n import _
from saas.kernel.module import StartStep, composition
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to


@get("/f/{slug:str}/start", opt={"permission": "firms.read"})
async def start(request: Req, session: Db) -> Response[str]:
    actor, at = actor_of(request), address_in(request)
    skipped = (await queries.profile(session)).started_steps
    steps = [
        {
            "name": step.name,
            "number": number,
            "title": step.title,
            "detail": step.detail,
            "url": at(step.path),
            "done": await step.done(session),
            "skipped": step.name in skipped,
        }
        for number, step in enumerate((s for s in composition().start if actor.may(s.permission)), start=1)
    ]
    open_steps = [s for s in steps if not s["done"] and not s["skipped"]]
    return await page(
        request,
        "firms/start.html",
        session=session,
        steps=steps,
        current=open_steps[0]["name"] if open_steps else "",
        may_skip=actor.may("firms.settings"),
        side_panels=[await panel(session, None, actor) for panel in composition().panel("firms.start")],
    )


@post("/f/{slug:str}/start/{name:str}/skip", opt={"permission": "firms.settings"})
async def skip(request: Req, session: Db, name: FromPath[str]) -> Response[Any]:
    if name not in {step.name for step in composition().start}:
        raise Missing()
    profile = await queries.profile(session)
    if name not in profile.started_steps:
        profile.started_steps = [*profile.started_steps, name]
        record(session, actor_of(request), "firms.skip_step", clock.now(), subject=profile, step=name)
    return to("/start", request)


async def has_colleagues(session: AsyncSession) -> bool:
    return await queries.count_people(session) > 1


INVITE = StartStep(
    "people",
    _("Invite your colleagues"),
    _("Corrections need two people: one prepares, another reviews. Each gets a mail with a link."),
    "/settings/people",
    "firms.people",
    has_colleagues,
    30,
)
ROUTES = [start, skip]
