"""On the security page: what the nightly proof read and found, and the owner's answer to it."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, post
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.insights.measures.risk import DUTIES, subject_url
from saas.insights.models import DutyCheck, ProvedBreach
from saas.insights.proving.alarm import open_tasks
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import FreshSignInNeeded, Invalid
from saas.kernel.forms import submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, to
from saas.kernel.tenancy import of_this_firm

SHOWN = 20


class Answer(Struct):
    reason: Annotated[str, Meta(min_length=5, max_length=500)]


@post("/f/{slug:str}/settings/security/answer", opt={"permission": "firms.secure"})
async def answer(request: Req, session: Db) -> Response[Any]:
    """The owner looked into it. The finding itself stays: the trail cannot be put right, only understood."""
    form, now, actor = await submitted(request, Answer), clock.now(), actor_of(request)
    if not form.ok:
        raise Invalid(_("Write down what you found, in a few words."))
    if not actor.is_fresh(now):
        raise FreshSignInNeeded()
    tasks = await open_tasks(session)
    for task in tasks:
        task.finish(now, actor.id)
    if tasks:
        record(session, actor, "insights.alarm_answered", now, subject=tasks[0], reason=form.taken.reason)
    return to("/settings/security", request)


async def panel(session: AsyncSession, subject: None, actor: Actor) -> dict[str, Any]:
    """The last reading, and the findings of all time, the newest first."""
    checks = select(DutyCheck).where(of_this_firm(DutyCheck)).order_by(DutyCheck.at.desc())
    last = await session.scalar(checks.limit(1))
    found = (
        select(ProvedBreach, Membership.name)
        .outerjoin(Membership, (Membership.id == ProvedBreach.person_id) & of_this_firm(Membership))
        .where(of_this_firm(ProvedBreach))
        .order_by(ProvedBreach.at.desc(), ProvedBreach.id)
        .limit(SHOWN)
    )
    return {
        "template": "insights/proving/_panel.html",
        "last": last,
        "sound": last is not None and not last.breaches and not last.faults,
        "breaches": [
            {"duty": DUTIES.get(breach.duty, breach.duty), "who": name or "", "at": breach.at,
             "url": subject_url(breach)}
            for breach, name in (await session.execute(found)).all()
        ],
        "open": bool(await open_tasks(session)),
        "may_answer": actor.may("firms.secure"),
    }  # fmt: skip


ROUTES = [answer]
DEEDS = {"insights.alarm_answered": _("Alarm of the audit trail looked into")}
