"""One finding at a time with its evidence: confirm it, put it aside, go on. The keys press the page's own buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import queries
from saas.checks.asked import asked_id, query_of, wanted_of
from saas.checks.evidence import evidence
from saas.checks.forms import Dismiss, Except
from saas.checks.listing import SCOPES
from saas.checks.models import FoundAnomaly
from saas.checks.queries import Wanted, in_order
from saas.checks.workflow import FINDING
from saas.clients import queries as clients
from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.actions import noted
from saas.kernel.errors import Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.perform import perform
from saas.kernel.records import view

MOST = 2000  # in one sitting; the rest waits behind them
DEEDS: dict[str, Any] = {"dismiss": Dismiss, "except": Except}
KEYS: tuple[tuple[str, Text], ...] = (
    ("j", _("Next finding")),
    ("k", _("Previous finding")),
    ("c", _("It is an anomaly: open a case")),
    ("d", _("Not an anomaly")),
    ("e", _("Always fine for this client")),
    ("Ctrl+Enter", _("Send the open form")),
    ("?", _("These keys")),
)


@get("/f/{slug:str}/findings/triage", opt={"permission": "checks.read"})
async def triage(request: Req, session: Db) -> Response[str]:
    return await _page(request, session, asked_id(request))


@post("/f/{slug:str}/findings/triage/{row_id:uuid}/{deed:str}", opt={"permission": "checks.work"}, status_code=200)
async def judge(request: Req, session: Db, row_id: FromPath[UUID], deed: FromPath[str]) -> Response[Any]:
    """Put one aside and go on to the next; refused, the page says why and keeps what was typed."""
    if deed not in DEEDS:
        raise Missing()
    form: Submitted[Any] = await submitted(request, DEEDS[deed])
    wanted = wanted_of(request)
    after = _after(await _queue(session, wanted), row_id)
    if not form.ok:
        return await _page(request, session, row_id, form=form, status=422)
    try:
        async with session.begin_nested():
            await perform(session, FINDING, row_id, deed, actor_of(request), form.taken)
    except Refusal as refusal:
        await noted(request, refusal)
        return await _page(request, session, row_id, form=form, refusal=refusal, status=refusal.status)
    return to(_url(wanted, after), request)


async def _page(
    request: Req,
    session: AsyncSession,
    at_id: UUID | None,
    *,
    form: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response[str]:
    wanted, actor, at = wanted_of(request), actor_of(request), address_in(request)
    queue = await _queue(session, wanted)
    current = at_id or (queue[0] if queue else None)
    finding = await queries.finding(session, current) if current is not None else None
    place = queue.index(finding.id) if finding is not None and finding.id in queue else None
    after = _after(queue, finding.id) if finding is not None else None
    before = queue[place - 1] if place else None
    return await page(
        request,
        "checks/triage.html",
        session=session,
        status=status,
        finding=finding,
        position=_("%(n)s of %(total)s", n=place + 1, total=len(queue)) if place is not None else "",
        left=len(queue),
        next_url=at(_url(wanted, after)) if after is not None else "",
        previous_url=at(_url(wanted, before)) if before is not None else "",
        next_path=_url(wanted, after),
        deed_url=at(f"/findings/triage/{current}") if current else "",
        asked=query_of(wanted),
        list_url=at(f"/findings{query_of(wanted)}"),
        keys=KEYS,
        **(await _about(request, session, finding) if finding is not None else {}),
        may_open=actor.may("cases.open") and finding is not None and finding.state == "open",
        people=[(str(m.id), m.name) for m in await members(session)],
        scopes=SCOPES,
        form=form or Submitted({"owner_id": str(actor.id)}),
        refusal=refusal,
    )


async def _about(request: Req, session: AsyncSession, finding: FoundAnomaly) -> dict[str, Any]:
    return {
        "evidence": await evidence(session, finding),
        "client": await clients.client(session, finding.client_id),
        "record": await view(session, FINDING, finding, actor_of(request), clock.now()),
    }


async def _queue(session: AsyncSession, wanted: Wanted) -> Sequence[UUID]:
    """The findings that the filters leave, the most pressing first."""
    query = select(FoundAnomaly.id).where(*wanted.conditions()).order_by(*in_order())
    return (await session.scalars(query.limit(MOST))).all()


def _after(queue: Sequence[UUID], current: UUID) -> UUID | None:
    """Who comes next; whoever is first where this one is no longer in the queue, None at the end."""
    if current not in queue:
        return queue[0] if queue else None
    place = queue.index(current) + 1
    return queue[place] if place < len(queue) else None


def _url(wanted: Wanted, at: UUID | None) -> str:
    return f"/findings/triage{query_of(wanted, at=at or '')}"


ROUTES = [triage, judge]
