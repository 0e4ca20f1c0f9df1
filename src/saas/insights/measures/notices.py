"""Letters to clients: whether they arrive, are answered, and how fast (domain.md W3 and W5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.measuring.counting import moments
from saas.insights.measures.counted import (
    cohort_of,
    exact,
    listed,
    medians,
    narrowed,
    share_by_span,
    share_of,
    shares,
    yes_no,
)
from saas.insights.measures.measure import SMALLEST_SHOWN, BySpan, Cuts, Figure, Measure, Rows, Scope
from saas.insights.models import Fact
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.notices.models import Answer, Delivery, Notice
from saas.notices.proofs import CHANNELS

URL = "/notices/{id}"
FILTERS = frozenset({"client_id", "member_id", "team"})
BY_ISSUE = _("Letters issued in the period.")
LETTERS = _("The table of letters and the proofs of delivery of each channel.")
LOG = _("The stage log of the letters, summed up in one row for each letter that asks for an answer.")
WITHDRAWN = _("Drafts and letters that were withdrawn.")
NUMBER = func.coalesce(Notice.content["letter"]["serial"].astext, "")
DAYS = 5  # working days within which a letter should be answered


def issued(scope: Scope, mark: Any) -> Select[Any]:
    """Letters that went out in the period and were not withdrawn."""
    begin, end = moments(scope.since, scope.until)
    query = cohort_of(Notice.id, NUMBER, Notice.issued_at, Notice.client_id, mark).where(
        of_this_firm(Notice), Notice.issued_at >= begin, Notice.issued_at < end, Notice.state != "withdrawn"
    )
    return narrowed(query, scope, client=Notice.client_id, member=Notice.owner_id)


def _arrived(*of_channel: Any) -> Any:
    """Whether a proof says that the letter came to the client."""
    return (
        select(Delivery.id)
        .where(of_this_firm(Delivery), Delivery.notice_id == Notice.id, Delivery.delivered_at.is_not(None), *of_channel)
        .exists()
    )


async def _delivered(session: AsyncSession, scope: Scope) -> Select[Any]:
    return issued(scope, _arrived())


async def _delivery(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
    """Beside the last: of each channel's letters, the share that came to the client by it."""
    *earlier, whole = await share_by_span(session, issued(scope, _arrived()), cuts)
    rows = issued(scope.between(cuts[-1], scope.until), _arrived()).subquery()
    one = (
        select(Delivery.channel, Delivery.notice_id, func.bool_or(Delivery.delivered_at.is_not(None)).label("there"))
        .join(rows, rows.c.id == Delivery.notice_id)
        .where(of_this_firm(Delivery))
        .group_by(Delivery.channel, Delivery.notice_id)
        .subquery()
    )
    query = select(one.c.channel, func.count(), func.count().filter(one.c.there)).group_by(one.c.channel)
    by_channel = {row[0]: (row[1], row[2]) for row in (await session.execute(query)).all()}
    parts = [
        (CHANNELS[channel][0], exact(Decimal(there) / all_of) or Decimal(0))
        for channel, (all_of, there) in sorted(by_channel.items())
        if channel in CHANNELS and all_of >= SMALLEST_SHOWN
    ]
    return [*earlier, share_of(whole.hits or 0, whole.n, parts)]


async def _delivery_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await listed(
        session, await _delivered(session, scope), offset, limit, url=URL, words=yes_no, head=_("Delivered"),
        first=False,
    )  # fmt: skip


def asked(scope: Scope, mark: Any) -> Select[Any]:
    """Letters that went out and ask for an answer, from their compact rows; a number is looked up for what is shown."""
    begin, end = moments(scope.since, scope.until)
    number = select(NUMBER).where(of_this_firm(Notice), Notice.id == Fact.subject_id).scalar_subquery()
    query = cohort_of(Fact.subject_id, number, Fact.at, Fact.client_id, mark).where(
        of_this_firm(Fact), Fact.workflow == "notice", Fact.at >= begin, Fact.at < end
    )
    return narrowed(query, scope, client=Fact.client_id, member=Fact.member_id)


async def _acknowledged(session: AsyncSession, scope: Scope) -> Select[Any]:
    """Those that were answered or have had their five working days."""
    calendar = await calendar_of(session)
    over = calendar.add_working_days(clock.today(), -DAYS)
    quick = Fact.gross <= DAYS * calendar.minutes_per_day
    query = asked(scope, and_(Fact.confirmed, func.coalesce(quick, false())))
    return query.where(Fact.gross.is_not(None) | (Fact.at < moments(over, over)[0]))


async def _answer_time(session: AsyncSession, scope: Scope) -> Select[Any]:
    return asked(scope, Fact.gross).where(Fact.gross.is_not(None), Fact.confirmed)


async def _objected(session: AsyncSession, scope: Scope) -> Select[Any]:
    """A superseded letter keeps the answer it had."""
    no = (of_this_firm(Answer), Answer.notice_id == Notice.id, Answer.kind == "object")
    return issued(scope, select(Answer.id).where(*no).exists()).where(Notice.answer_by.is_not(None))


DELIVERY = Measure(
    "notice_delivery", _("Letters delivered"), "notices", "share",
    _("Letters with a proof of delivery ÷ letters issued; beside it the same for each channel that five letters or "
      "more went by. Delivered is what was taken and did not come back, was opened by its link, or was put on record."),
    BY_ISSUE, LETTERS, WITHDRAWN,
    BySpan(_delivery), _delivery_rows, better="up", kpi="Notice delivery", part_unit="share", filters=FILTERS,
)  # fmt: skip
ACKNOWLEDGED = Measure(
    "acknowledged", _("Confirmed within 5 working days"), "notices", "share",
    _("Letters the client confirmed within five working days of sending ÷ letters that ask for an answer."),
    BY_ISSUE, LOG,
    _("Letters that only inform; withdrawn ones; unanswered ones whose five working days are not over."),
    *shares(_acknowledged, URL, _("In time"), first=False), better="up", kpi="Acknowledgement rate / time",
    filters=FILTERS,
)  # fmt: skip
ANSWER_TIME = Measure(
    "acknowledgement_time", _("Time to the confirmation"), "notices", "wd",
    _("The median of working days from sending a letter to the client’s confirmation."),
    BY_ISSUE, LOG, _("Letters that only inform, that were withdrawn, objected to or not answered yet."),
    *medians(_answer_time, URL, _("Working days")), better="down", kpi="Acknowledgement rate / time", filters=FILTERS,
)  # fmt: skip
OBJECTED = Measure(
    "objected", _("Letters objected to"), "notices", "share",
    _("Letters the client objected to ÷ letters issued that ask for an answer."),
    BY_ISSUE, _("The table of letters and the client’s answers."),
    _("Letters that only inform; withdrawn ones."),
    *shares(_objected, URL, _("Objected")), better="down", kpi="Objection rate", filters=FILTERS,
)  # fmt: skip

MEASURES = (DELIVERY, ACKNOWLEDGED, ANSWER_TIME, OBJECTED)
