"""The operator's console: firms, and what is stuck anywhere. It shows the numbers that each firm's own job wrote."""

from __future__ import annotations

import shutil
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from saas.kernel import clock
from saas.kernel.config import active
from saas.kernel.errors import Missing
from saas.kernel.forms import submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.web import OPERATOR
from saas.operations import firms
from saas.operations.forms import Retry
from saas.operations.plans import catalogue
from saas.operations.state import health, versions

FOR_OPERATORS = {"permission": OPERATOR}
ROOMS: dict[str, Text] = {
    "": _("Overview"),
    "/firms": _("Firms"),
    "/jobs": _("Jobs"),
    "/mail": _("Mail"),
    "/storage": _("Storage"),
}
STANDING: dict[str, tuple[Text, str, str]] = {
    "live": (_("in use"), "green", "check"),
    "demo": (_("Demo firm"), "", "flag"),
    "suspended": (_("suspended"), "red", "player-pause"),
    "closed": (_("closed"), "", "lock"),
}


def rooms(request: Req) -> list[dict[str, Any]]:
    here = request.url.path.removeprefix("/operator")
    return [
        {"label": label, "url": f"/operator{path}", "active": here == path or (path and here.startswith(path + "/"))}
        for path, label in ROOMS.items()
    ]


def shown(row: firms.Known) -> dict[str, Any]:
    """A firm as a row of any of the console's tables."""
    label, tone, icon = STANDING[row.standing]
    plan = catalogue().on(row.subscription.plan, clock.today()) if row.subscription is not None else None
    wish = catalogue().on(row.subscription.wanted_plan, clock.today()) if row.subscription is not None else None
    return {"firm": row.firm, "plan": plan.title if plan is not None else "", "sub": row.subscription,
            "wanted": wish.title if wish is not None else "",
            "total": row.totals, "state": {"label": label, "tone": tone, "icon": icon},
            "url": f"/operator/firms/{row.firm.id}"}  # fmt: skip


@get("/operator", opt=FOR_OPERATORS)
async def overview(request: Req, session: Db) -> Response[str]:
    found = await firms.known(session)
    wishes = [shown(row) for row in found if row.subscription is not None and row.subscription.wanted_plan]
    return await page(
        request,
        "operations/overview.html",
        rooms=rooms(request),
        sums=_sums(found),
        wishes=wishes,
        health=await health(session, request.app.state.redis, found),
        versions=await versions(session, request.app.state.redis),
    )


@get("/operator/firms", opt=FOR_OPERATORS)
async def index(request: Req, session: Db, q: FromQuery[str] = "") -> Response[str]:
    rows = [shown(row) for row in await firms.known(session, q.strip(), closed=True)]
    return await page(request, "operations/firms.html", rooms=rooms(request), rows=rows, q=q)


@get("/operator/jobs", opt=FOR_OPERATORS)
async def jobs(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    rows = [shown(row) for row in await firms.known(session) if row.totals is not None]
    busy = [r for r in rows if r["total"].jobs_waiting or r["total"].jobs_failing or r["total"].jobs_dead]
    return await page(request, "operations/jobs.html", rooms=rooms(request), rows=busy, done=done)


@post("/operator/firms/{firm_id:uuid}/retry", opt=FOR_OPERATORS)
async def retry(request: Req, session: Db, firm_id: FromPath[UUID]) -> Response[Any]:
    form, known = await submitted(request, Retry), await firms.one(session, firm_id)
    if not form.ok:
        raise Missing()
    ids = [form.taken.job_id] if form.taken.job_id is not None else []
    again = await firms.retry(session, known.firm, actor_of(request), clock.now(), ids)
    _forget(known, {str(job_id) for job_id in again})
    return to(f"/operator/jobs?done={len(again)}")


@get("/operator/mail", opt=FOR_OPERATORS)
async def mail(request: Req, session: Db) -> Response[str]:
    rows = [shown(row) for row in await firms.known(session) if row.totals is not None]
    rows.sort(key=lambda row: (-row["total"].mails_uncertain, -row["total"].mails_failed, -row["total"].mails_waiting))
    return await page(request, "operations/mail.html", rooms=rooms(request), rows=rows)


@get("/operator/storage", opt=FOR_OPERATORS)
async def storage(request: Req, session: Db) -> Response[str]:
    rows = [shown(row) for row in await firms.known(session, closed=True) if row.totals is not None]
    rows.sort(key=lambda row: -row["total"].storage_mb)
    free = shutil.disk_usage(active().data_dir).free // 1024**2
    return await page(request, "operations/storage.html", rooms=rooms(request), rows=rows, free=free)


def _forget(known: firms.Known, again: set[str]) -> None:
    """What is tried again no longer stands in the totals as stuck, until the firm's next count."""
    if known.totals is None:
        return
    gone = [job for job in known.totals.stuck if job["id"] in again]
    known.totals.stuck = [job for job in known.totals.stuck if job["id"] not in again]
    known.totals.jobs_dead -= min(known.totals.jobs_dead, sum(job["dead"] for job in gone))
    known.totals.jobs_failing -= min(known.totals.jobs_failing, sum(not job["dead"] for job in gone))
    known.totals.jobs_waiting += len(gone)


def _sums(found: list[firms.Known]) -> list[dict[str, Any]]:
    totals = [row.totals for row in found if row.totals is not None]
    in_use = sum(row.standing == "live" for row in found)
    return [
        {"label": _("Firms in use"), "value": in_use},
        {"label": _("suspended"), "value": sum(row.standing == "suspended" for row in found)},
        {"label": _("Members"), "value": sum(t.members for t in totals)},
        {"label": _("Clients"), "value": sum(t.clients for t in totals)},
        {"label": _("Jobs waiting"), "value": sum(t.jobs_waiting for t in totals)},
        {"label": _("Jobs given up"), "value": sum(t.jobs_dead for t in totals)},
        {"label": _("Mails uncertain"), "value": sum(t.mails_uncertain for t in totals)},
        {"label": _("Storage in MB"), "value": sum(t.storage_mb for t in totals)},
    ]


ROUTES = [overview, index, jobs, retry, mail, storage]
