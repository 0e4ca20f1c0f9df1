"""What a firm uses: counted by its own job each hour, and asked for room before something is added."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.firms.models import Notification
from saas.firms.notifications import notify
from saas.firms.queries import owner
from saas.identity.models import Membership
from saas.kernel import clock, tenancy
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.kernel.i18n import Text, _
from saas.kernel.outbox import Outbox
from saas.kernel.tenancy import of_this_firm
from saas.notices.models import Delivery
from saas.operations.models import Subscription, UsageTotal
from saas.operations.plans import MEASURES, catalogue, limits_of

MEGABYTE = 1024 * 1024
MOST_STUCK = 50  # jobs a firm's totals name
LATELY = timedelta(days=7)
TOLD_FOR = timedelta(days=30)
TOTAL = "operations.total"
NAMED = re.compile(r"^([A-Za-z_][\w.]*(?:Error|Exception|Refused|Gone|Forbidden|Missing|Conflict|Invalid))\b", re.M)


async def total(session: AsyncSession) -> None:
    """The job: count, keep the numbers where the operator sees them, and tell the owner before a limit is reached."""
    now = clock.now()
    values = {
        "id": tenancy.current_firm_id(),
        "measured_at": now,
        "members": await _members(session),
        "clients": await clients.count(session),
        "storage_mb": -(-await store_of(active()).used(tenancy.current_firm_id()) // MEGABYTE),
        **await _jobs(session, now),
        **await _mails(session, now),
    }
    await session.execute(insert(UsageTotal).values(values).on_conflict_do_update(index_elements=["id"], set_=values))
    await _warn(session, values, now)


async def room(session: AsyncSession, measure: str, adding: int) -> Text | None:
    """Why the firm's plan has no room for so many more; None where it has, or where the firm has no plan."""
    subscription, totals = await plan_and_totals(session)
    if subscription is None:
        return None
    if subscription.ends_on is not None and subscription.ends_on < clock.today():
        return _("The trial ended on %(day)s. Everything can be read and exported; to add something, ask for a plan "
                 "under Settings, Plan and usage.", day=subscription.ends_on.isoformat())  # fmt: skip
    limit = limits_of(subscription, clock.today())[measure]
    if limit is None or await _used(session, measure, totals) + adding <= limit:
        return None
    return _("Your plan’s limit is reached: %(measure)s, %(limit)s. Nothing was added; ask for a larger plan under "
             "Settings, Plan and usage.", measure=MEASURES[measure], limit=limit)  # fmt: skip


async def plan_and_totals(session: AsyncSession) -> tuple[Subscription | None, UsageTotal | None]:
    """The current firm's, as far as there are any."""
    firm_id = tenancy.current_firm_id()
    return await session.get(Subscription, firm_id), await session.get(UsageTotal, firm_id)


async def measured(session: AsyncSession) -> dict[str, int]:
    """What the current firm uses, for its own page."""
    _plan, totals = await plan_and_totals(session)
    return {measure: await _used(session, measure, totals) for measure in MEASURES}


async def _used(session: AsyncSession, measure: str, totals: UsageTotal | None) -> int:
    """People and clients as of now; storage and mails as of the last hour's count."""
    if measure == "members":
        return await _members(session)
    if measure == "clients":
        return await clients.count(session)
    return int(getattr(totals, measure)) if totals is not None else 0


async def _members(session: AsyncSession) -> int:
    query = select(func.count()).select_from(Membership).where(of_this_firm(Membership), Membership.left_at.is_(None))
    return await session.scalar(query) or 0


async def _jobs(session: AsyncSession, now: datetime) -> dict[str, Any]:
    unfinished = (of_this_firm(Outbox), Outbox.finished_at.is_(None), Outbox.job != TOTAL)
    waiting = and_(~Outbox.dead, Outbox.attempts == 0, Outbox.due_at <= now)
    failing = and_(~Outbox.dead, Outbox.attempts > 0, Outbox.last_error != "")
    query = select(
        func.count(case((waiting, 1))),
        func.count(case((failing, 1))),
        func.count(case((Outbox.dead, 1))),
        func.min(case((waiting, Outbox.due_at))),
    )
    first, second, third, oldest = (await session.execute(query.where(*unfinished))).one()
    stuck = select(Outbox).where(*unfinished, Outbox.last_error != "", or_(Outbox.dead, Outbox.attempts > 0))
    stuck = stuck.order_by(Outbox.dead.desc(), Outbox.created_at).limit(MOST_STUCK)
    return {
        "jobs_waiting": first,
        "jobs_failing": second,
        "jobs_dead": third,
        "oldest_job_at": oldest,
        "stuck": [_stuck(row) for row in await session.scalars(stuck)],
    }


def _stuck(row: Outbox) -> dict[str, Any]:
    """A job that failed, without its arguments and the words of its error: those may name people."""
    return {"id": str(row.id), "job": row.job, "attempts": row.attempts, "dead": row.dead,
            "error": error_name(row.last_error), "since": row.created_at.isoformat()}  # fmt: skip


def error_name(trace: str) -> str:
    """The kind of error at the end of a traceback."""
    found = NAMED.findall(trace)
    return str(found[-1]) if found else ""


async def _mails(session: AsyncSession, now: datetime) -> dict[str, int]:
    month = now.astimezone(clock.CHINA).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    query = select(
        func.count(case((Delivery.created_at >= month, 1))),
        func.count(case((Delivery.status.in_(("queued", "sending")), 1))),
        func.count(case((Delivery.status == "uncertain", 1))),
        func.count(case((and_(Delivery.status.in_(("failed", "bounced")), Delivery.created_at > now - LATELY), 1))),
    ).where(of_this_firm(Delivery), Delivery.channel == "email")
    sent, waiting, uncertain, failed = (await session.execute(query)).one()
    return {"mails": sent, "mails_waiting": waiting, "mails_uncertain": uncertain, "mails_failed": failed}


async def _warn(session: AsyncSession, used: dict[str, Any], now: datetime) -> None:
    """Once a month for each measure that comes near its limit, and once when it is reached."""
    subscription = await session.get(Subscription, tenancy.current_firm_id())
    for measure, limit in limits_of(subscription, clock.today()).items():
        if limit is None or used[measure] * 100 < limit * catalogue().warn_at:
            continue
        name = MEASURES[measure]
        if used[measure] < limit:
            text = _("Your plan’s limit is near: %(measure)s, up to %(limit)s.", measure=name, limit=limit)
        else:
            text = _("Your plan’s limit is reached: %(measure)s, %(limit)s. Nothing more can be added until you have a "
                     "larger plan.", measure=name, limit=limit)  # fmt: skip
        await _tell(session, text, now)


async def _tell(session: AsyncSession, text: Text, now: datetime) -> None:
    """The owner, unless they were told so within a month, whether they have read it or not."""
    chief = await owner(session)
    lately = (Notification.member_id == chief.id, Notification.kind == "plan", Notification.created_at > now - TOLD_FOR)
    said = select(Notification.id).where(of_this_firm(Notification), *lately, Notification.text == text)
    if await session.scalar(said.limit(1)) is None:
        await notify(session, [chief.id], "plan", text, "/settings/usage", now)
