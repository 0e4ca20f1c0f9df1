"""What an owner sees by link: the overview and the month's report. No list, no filter, no name of a client unless the
firm allows it. GET shows and records nothing; a look is noted once the page stayed open in somebody's browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import Choice, choice, offer_choices
from saas.firms.queries import firm as firm_of
from saas.identity.mails import Message, deliver
from saas.insights.dashboards.asking import Asked
from saas.insights.dashboards.boards import BOARDS, CHARTS_OF_OVERVIEW
from saas.insights.dashboards.periods import USUAL, period_of
from saas.insights.dashboards.readings import chart, readings, tile
from saas.insights.measures.measure import Scope
from saas.insights.overdue import Late, late
from saas.insights.owner_link import queries
from saas.insights.owner_link.link_models import OwnerView
from saas.insights.owner_link.pages import PURPOSE, address
from saas.insights.reports import queries as reports
from saas.insights.reports.making import digest_of
from saas.insights.reports.months import month_title
from saas.insights.reports.pages import file_name
from saas.kernel import clock
from saas.kernel.config import active
from saas.kernel.errors import Missing
from saas.kernel.files import store_of
from saas.kernel.i18n import Locale, _, reader, reading
from saas.kernel.link_entrance import Visit, purpose
from saas.kernel.links import Link
from saas.kernel.pages import Req, page, show_date
from saas.kernel.perform import calendar_of
from saas.kernel.uploads import attachment

ONE_LOOK = timedelta(minutes=10)  # a page reloaded within is the same look
LATEST = 10  # overdue things that are listed

offer_choices(
    Choice(
        "owner_link_names",
        _("Clients’ names on links for owners"),
        _("A link without an account shows what is overdue. Without names it says only what kind of thing is late."),
        "one",
        "off",
        options=(("off", _("No names of clients")), ("on", _("Name the clients"))),
    )
)


async def show(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    row, _link = await queries.one(session, visit.link.subject_id)
    period = period_of(USUAL, clock.today())
    assert period is not None
    asked, board = Asked(period, Scope(period.since, period.until)), BOARDS[""]
    found = await readings(session, board.measures(), asked)
    report = await reports.newest(session)
    total, oldest = await late(session, await calendar_of(session), clock.now(), LATEST)
    named = await choice(session, "owner_link_names") == "on"
    return await page(
        request,
        "insights/owner_view.html",
        firm=visit.face,
        owner=row,
        since=period.since,
        until=period.until,
        tiles=[{**tile(one, asked, str), "url": ""} for one in found],
        charts=[_unlinked(chart(one, asked, str)) for one in found[:CHARTS_OF_OVERVIEW]],
        nothing=all(figure.n == 0 for one in found for figure in one.figures),
        hint=board.hint,
        report=None if report is None else {"month": month_title(report.month), "pages": report.pages,
                                            "reached": report.reached, "missed": len(report.missed)},
        overdue=total,
        oldest=[_line(one, named) for one in oldest],
        root=f"/c/{PURPOSE}/{visit.link.id}",
        valid_until=visit.link.expires_at,
    )  # fmt: skip


def _unlinked(drawn: dict[str, Any]) -> dict[str, Any]:
    """The same chart without a way to the rows it counts."""
    return {**drawn, "url": "", "rows": [{**row, "url": ""} for row in drawn["rows"]]}


def _line(one: Late, named: bool) -> dict[str, Any]:
    """A title may carry a client's name or words of its ledger: it is shown where names are."""
    return {
        "label": one.task.step,
        "note": " · ".join(str(word) for word in (one.client, one.task.title) if word) if named else "",
        "value": _("%(n)s working days late", n=one.days),
    }


async def looked(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """The page stayed open for a moment: one look, however often it is reloaded meanwhile."""
    row, now = (await queries.one(session, visit.link.subject_id, lock=True))[0], clock.now()
    last = next(iter(await queries.views(session, row.id, 1, what="page")), None)
    if last is None or now - last.at > ONE_LOOK:
        session.add(OwnerView(owner_link_id=row.id, at=now, what="page"))
        visit.link.viewed_at = visit.link.viewed_at or now
    return Response(None, status_code=204)


async def take(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """The last month's report in the language that is being read; a pressed button, and noted."""
    row, report = (await queries.one(session, visit.link.subject_id))[0], await reports.newest(session)
    if report is None:
        raise Missing()
    name = file_name(report, reader())
    content = await store_of(active()).get(visit.firm.id, digest_of(report, reader()))
    session.add(OwnerView(owner_link_id=row.id, at=clock.now(), what="report", note=name))
    return attachment(content, name, "application/pdf")


async def mail_link(session: AsyncSession, owner_link_id: str) -> None:
    """The job behind a link's mail."""
    (row, link), firm = await queries.one(session, UUID(owner_link_id)), await firm_of(session)
    if link.revoked_at is not None:
        return
    locale: Locale = "en" if row.locale == "en" else "zh"
    with reading(locale):
        name = firm.name_in(locale)
        until = show_date(link.expires_at)
        message = Message(
            _("The figures of %(firm)s", firm=name),
            [_("With this link you see the firm’s figures and the report of the last month. It needs no account."),
             _("It is for you alone and valid until %(day)s. Please do not pass it on.", day=until)],
            address(firm, row).removeprefix(active().public_url),
            _("See the figures"),
        )  # fmt: skip
    await deliver(message, row.email, row.for_name, locale)


async def language(session: AsyncSession, link: Link) -> str:
    """As it was made for its owner, who may choose another on the page."""
    return (await queries.one(session, link.subject_id))[0].locale


ROUTES = purpose(PURPOSE, show, deeds={"looked": looked, "report": take}, language=language)
