"""The list of reports, printing one, taking one away, and what a member gets by mail."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import choice
from saas.identity.queries import members_by_id
from saas.insights.dashboards.boards import tabs
from saas.insights.reports import queries
from saas.insights.reports.making import ROOM, digest_of
from saas.insights.reports.months import month_title, offered, why_not
from saas.insights.reports.report_models import FigureSubscription, MonthlyReport
from saas.insights.rooms import ROOMS
from saas.kernel import clock, tenancy
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.errors import Missing
from saas.kernel.files import store_of
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.months import month_before
from saas.kernel.outbox import enqueue
from saas.kernel.pages import Db, Req, actor_of, page, show_datetime, to
from saas.kernel.uploads import attachment

READ = {"permission": "insights.read"}
SHOWN = 60  # five years
Hour = Annotated[int, Meta(ge=0, le=23)]


class Wanted(Struct):
    month: Annotated[str, Meta(max_length=20)]


class Wishes(Struct):
    """A box that is not ticked is not sent. Hours are those of the firm's day."""

    monthly: str = ""
    weekly: str = ""
    quiet_from: Hour = 20
    quiet_until: Hour = 8


@get(f"/f/{{slug:str}}{ROOM}", opt=READ)
async def index(request: Req, session: Db) -> Response[str]:
    return await _page(request, session)


@post(f"/f/{{slug:str}}{ROOM}", opt={"permission": "insights.manage"}, status_code=200)
async def make(request: Req, session: Db) -> Response[Any]:
    """Promise a report of a month that is over; asked twice while it is being printed, it is printed once."""
    form = await submitted(request, Wanted)
    refusal = why_not(form.taken.month, clock.today()) if form.ok else None
    if refusal is not None:
        form.refuse("month", refusal)
    if not form.ok:
        return await _page(request, session, asked=form, status=422)
    if form.taken.month not in await queries.being_printed(session):
        enqueue(session, queries.JOB, month=form.taken.month, member_id=actor_of(request).id)
    return to(ROOM, request)


@get(f"/f/{{slug:str}}{ROOM}/{{report_id:uuid}}/{{name:str}}", opt=READ)
async def take(request: Req, session: Db, report_id: FromPath[UUID], name: FromPath[str]) -> Response[bytes]:
    """The bytes as they were printed: the store refuses what no longer has its hash."""
    row, locale = await queries.report(session, report_id), name.removesuffix(".pdf")
    if name not in ("zh.pdf", "en.pdf"):
        raise Missing()
    content = await store_of(active()).get(tenancy.current_firm_id(), digest_of(row, locale))
    record(session, actor_of(request), "insights.take_report", clock.now(), subject=row, month=row.month, locale=locale)
    return attachment(content, file_name(row, locale), "application/pdf")


def file_name(row: MonthlyReport, locale: str) -> str:
    return f"{row.month}-{row.edition}-{locale}.pdf"


@post(f"/f/{{slug:str}}{ROOM}/subscription", opt=READ, status_code=200)
async def subscribe(request: Req, session: Db) -> Response[Any]:
    """One's own wishes, from this moment on; the same twice changes nothing."""
    form, actor = await submitted(request, Wishes), actor_of(request)
    if not form.ok:
        return await _page(request, session, wishes=form, status=422)
    assert actor.id is not None
    given, now = form.taken, clock.now()
    values = {"monthly": bool(given.monthly), "weekly": bool(given.weekly), "quiet_from": given.quiet_from,
              "quiet_until": given.quiet_until}  # fmt: skip
    row = await queries.subscription(session, actor.id, lock=True)
    if row is None:
        row = FigureSubscription(member_id=actor.id, changed_at=now, **values)
        session.add(row)
    elif all(getattr(row, name) == value for name, value in values.items()):
        return to(ROOM, request)
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at = now
    await session.flush()
    record(session, actor, "insights.subscribe", now, subject=row, monthly=row.monthly, weekly=row.weekly)
    return to(ROOM, request)


async def _page(
    request: Req,
    session: AsyncSession,
    *,
    asked: Submitted[Wanted] | None = None,
    wishes: Submitted[Wishes] | None = None,
    status: int = 200,
) -> Response[str]:
    actor, names = actor_of(request), {key: m.name for key, m in (await members_by_id(session)).items()}
    mine = await queries.subscription(session, actor.id) if actor.id else None
    return await page(
        request,
        "insights/reports.html",
        session=session,
        status=status,
        tabs=tabs(request, ROOM, rooms=ROOMS),
        reports=[_row(row, names) for row in await queries.reports(session, SHOWN)],
        printing=[month_title(month) for month in await queries.being_printed(session)],
        months=[(month, month_title(month)) for month in offered(clock.today())],
        asked=asked or Submitted({"month": month_before(clock.today())}),
        wishes=wishes or Submitted(_wishes(mine)),
        as_file=await choice(session, "report_mail") == "file",
        may_manage=actor.may("insights.manage"),
    )


def _wishes(row: FigureSubscription | None) -> dict[str, Any]:
    if row is None:
        return {"quiet_from": 20, "quiet_until": 8}
    return {"monthly": "yes" if row.monthly else "", "weekly": "yes" if row.weekly else "",
            "quiet_from": row.quiet_from, "quiet_until": row.quiet_until}  # fmt: skip


def _row(row: MonthlyReport, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "month": month_title(row.month),
        "edition": _("Edition %(n)s", n=row.edition),
        "made": show_datetime(row.made_at),
        "by": names.get(row.made_by, "") if row.made_by else _("by the schedule"),
        "pages": row.pages,
        "reached": row.reached,
        "missed": len(row.missed),
        "files": [
            {"locale": "zh", "label": "中文", "size": row.zh_size // 1024 + 1, "hash": row.zh_sha256},
            {"locale": "en", "label": "English", "size": row.en_size // 1024 + 1, "hash": row.en_sha256},
        ],
    }


ROUTES = [index, make, take, subscribe]
