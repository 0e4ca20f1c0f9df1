"""How much may go out by refunds in a month: set from a month on, watched at 80 % and at 100 % (R6.2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromQuery
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.firms.queries import with_roles
from saas.firms.tabs import settings_tabs
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.errors import FreshSignInNeeded
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.kernel.money import ZERO, Money
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.refunds import queries
from saas.refunds.models import Refund
from saas.refunds.payment.payment_forms import BudgetForm
from saas.refunds.payment.payment_models import Payment, RefundBudget
from saas.tasks.models import Task

PATH = "/f/{slug:str}/settings/refund-budget"
URL = "/settings/refund-budget"
LEVELS = (100, 80)  # percent of the month's budget at which owner and managers hear of it, the highest first


@get(PATH, opt={"permission": "refunds.read"})
async def budget_page(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    return await _show(request, session, Submitted({"valid_from": _month(clock.today())}), done=done)


@post(PATH, opt={"permission": "refunds.policy"}, status_code=200)
async def save(request: Req, session: Db) -> Response[Any]:
    """A figure from a month on; months that are over keep theirs. Asks for a fresh sign-in, as approvals do."""
    actor, now, today = actor_of(request), clock.now(), clock.today()
    if not actor.is_fresh(now):
        raise FreshSignInNeeded()
    form = await submitted(request, BudgetForm)
    since = _first_day(form.taken.valid_from) if form.ok else None
    if form.ok and since is None:
        form.refuse("valid_from", _("This is not a month. Write it like 2026-11."))
    if form.ok and since is not None and since < today.replace(day=1):
        form.refuse("valid_from", _("Choose this month or a later one: what is over keeps its budget."))
    if form.ok and form.taken.monthly < ZERO:
        form.refuse("monthly", _("A budget is never negative."))
    if not form.ok or since is None:
        return await _show(request, session, form, status=422)
    await set_budget(session, actor, form.taken.monthly, since, now)
    return to(f"{URL}?done=yes", request)


async def set_budget(session: AsyncSession, actor: Actor, monthly: Money, since: date, now: datetime) -> None:
    """From this month on; the same figure twice is written down once."""
    if actor.id is None:
        raise ValueError("a budget is set by a member")
    row = await session.scalar(
        select(RefundBudget).where(of_this_firm(RefundBudget), RefundBudget.valid_from == since).with_for_update()
    )
    before = row.monthly if row is not None else None
    if row is None:
        row = RefundBudget(valid_from=since, monthly=monthly, set_by=actor.id, set_at=now)
        session.add(row)
    elif before != monthly:
        row.monthly, row.set_by, row.set_at = monthly, actor.id, now
    if before != monthly:
        await session.flush()
        record(session, actor, "refunds.budget", now, subject=row, since=since.isoformat(),
               before=str(before) if before is not None else "", after=str(monthly))  # fmt: skip
    await session.flush()


async def after_approved(session: AsyncSession, event: Event) -> None:
    """The reaction to `refund.approved`: owner and managers hear once a month of each level that was reached."""
    day = event.now.astimezone(CHINA).date()
    monthly, used = await queries.budget(session, day)
    if monthly is None:
        return
    reached = next((level for level in LEVELS if used.fen * 100 >= monthly.fen * level), None)
    if reached is None or await _is_told(session, day, reached):
        return
    step = _("%(percent)s %% of this month’s refund budget are used: %(used)s of %(budget)s",
             percent=reached, used=used, budget=monthly)  # fmt: skip
    calendar = await calendar_of(session)
    session.add(
        Task(
            subject_kind="refund_budget", title=_("Refund budget of %(month)s", month=_month(day)), step=step,
            url=_alert_url(day, reached), role="manager", created_at=event.now,
            due_at=calendar.add_minutes(event.now, calendar.minutes_per_day)[0],
        )
    )  # fmt: skip
    people = await with_roles(session, ["owner", "manager"])
    await notify(session, [m.id for m in people], "budget", step, URL, event.now)
    await session.flush()


async def _is_told(session: AsyncSession, day: date, level: int) -> bool:
    """Whether this level, or a higher one, was told in this month."""
    urls = [_alert_url(day, known) for known in LEVELS if known >= level]
    query = select(Task.id).where(of_this_firm(Task), Task.subject_kind == "refund_budget", Task.url.in_(urls))
    return await session.scalar(query.limit(1)) is not None


def _alert_url(day: date, level: int) -> str:
    return f"{URL}?month={_month(day)}&reached={level}"


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _first_day(month: str) -> date | None:
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        return None


async def _show(
    request: Req, session: AsyncSession, form: Submitted[Any], *, done: str = "", status: int = 200
) -> Response[str]:
    today = clock.today()
    monthly, used = await queries.budget(session, today)
    members = await members_by_id(session)
    rows = (
        await session.scalars(
            select(RefundBudget).where(of_this_firm(RefundBudget)).order_by(RefundBudget.valid_from.desc()).limit(24)
        )
    ).all()
    return await page(
        request,
        "refunds/budget.html",
        session=session,
        status=status,
        tabs=settings_tabs(request),
        form=form,
        saved=bool(done),
        month=_month(today),
        monthly=monthly,
        used=used,
        left=monthly - used if monthly is not None else None,
        reserved=await _reserved(session),
        share=_share(monthly, used),
        history=[
            {
                "since": _month(row.valid_from),
                "monthly": row.monthly,
                "who": members[row.set_by].name if row.set_by in members else "",
                "at": row.set_at,
                "state": _state(row, rows, today),
            }
            for row in rows
        ],
        may_change=actor_of(request).may("refunds.policy"),
    )


async def _reserved(session: AsyncSession) -> Money:
    """Approved in whatever month and not paid yet: what the firm keeps ready."""
    waiting = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        of_this_firm(Refund), Refund.state.in_(("approved", "payee_checked", "executing", "failed"))
    )
    gone = (
        select(func.coalesce(func.sum(Payment.amount), 0))
        .join(Refund, (Refund.firm_id == Payment.firm_id) & (Refund.id == Payment.refund_id))
        .where(
            of_this_firm(Payment),
            Payment.status == "paid",
            Refund.state.in_(("payee_checked", "executing", "failed")),
        )
    )
    return _money(await session.scalar(waiting)) - _money(await session.scalar(gone))


def _money(sum_of: Any) -> Money:
    return sum_of if isinstance(sum_of, Money) else Money(int(sum_of or 0))


def _share(monthly: Money | None, used: Money) -> dict[str, Any] | None:
    if monthly is None:
        return None
    percent = 100 * used.fen // monthly.fen if monthly.fen else 100
    tone = "red" if percent >= 100 else "amber" if percent >= 80 else ""
    return {"percent": percent, "bar": min(percent, 100), "tone": tone}


def _state(row: RefundBudget, rows: Any, today: date) -> Text:
    if row.valid_from > today:
        return _("to come")
    newest = max((r.valid_from for r in rows if r.valid_from <= today), default=None)
    return _("in force") if row.valid_from == newest else _("over")


ROUTES = [budget_page, save]
