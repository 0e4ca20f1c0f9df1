"""The page of one card or one entry: for the person concerned and for managers; for everybody else it is not there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from saas.insights.scorecards.showing import MANAGES
from saas.kernel import clock, records
from saas.kernel.errors import Missing
from saas.kernel.forms import Submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Req, actor_of, address_in, page
from saas.kernel.records import RecordView
from saas.kernel.rows import own_row
from saas.kernel.workflow import Workflow

MINE = "/scorecards"


async def readable(request: Req, session: AsyncSession, table: Any, row_id: UUID) -> Any:
    """The row of a Scorecard or PayEntry; Missing also where the reader is neither its person nor a manager."""
    row, actor = await own_row(session, table, row_id), actor_of(request)
    if actor.id != row.member_id and not actor.may(MANAGES):
        raise Missing()
    return row


async def record_page(
    request: Req,
    session: AsyncSession,
    workflow: Workflow,
    row: Any,
    template: str,
    room: tuple[Text, str],
    told: dict[str, Any],
    **values: Any,
) -> Response[Any]:
    """`room` is the managers' list it belongs to; `told` is what an action refused (kernel.actions.Show)."""
    actor, at = actor_of(request), address_in(request)
    label, url = room if actor.may(MANAGES) else (_("My scorecards"), MINE)
    viewed = await records.view(session, workflow, row, actor, clock.now())
    return await page(
        request,
        template,
        session=session,
        status=told.get("status", 200),
        back={"label": label, "url": at(url)},
        record=_for_reader(viewed, is_own=actor.id == row.member_id),
        record_url=at(workflow.url(row)),
        form=told.get("form") or Submitted(),
        refusal=told.get("refusal"),
        **values,
    )


def _for_reader(record: RecordView, *, is_own: bool) -> RecordView:
    """Without the deeds that only the person concerned can do, where that is somebody else."""
    if is_own:
        return record
    return replace(record, offers=[offer for offer in record.offers if offer.action.permission != "insights.own"])
