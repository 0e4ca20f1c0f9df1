"""The jobs: looking once a day whether a month has ended, printing its report, and telling those who wish it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import Choice, choice, offer_choices
from saas.firms.queries import firm as firm_of
from saas.identity.mails import Message, deliver
from saas.identity.models import Membership
from saas.identity.queries import member as member_of
from saas.identity.queries import persons_of
from saas.insights.dashboards.readings import goal
from saas.insights.dashboards.units import said
from saas.insights.measures.catalogue import MEASURES
from saas.insights.reports import printing, queries
from saas.insights.reports.months import asked_for, month_title
from saas.insights.reports.report_models import MonthlyReport
from saas.insights.reports.sheet import Sheet, count, gather, paged
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.kernel.i18n import Locale, Text, _, reading
from saas.kernel.jobs import HopelessError
from saas.kernel.mail import Attachment
from saas.kernel.months import month_before
from saas.kernel.outbox import enqueue
from saas.kernel.perform import calendar_of

ROOM = "/insights/reports"
NAMED = 5  # figures off their target that a mail names

offer_choices(
    Choice(
        "report_mail",
        _("The monthly report by mail"),
        _("To the members who subscribed. A link asks them to sign in; a file can be passed on by anybody."),
        "one",
        "link",
        options=(("link", _("Send a link")), ("file", _("Send the PDF with it"))),
    )
)


async def month_end(session: AsyncSession) -> None:
    """Once a day: the month that is over gets its report, unless it has one or the firm began after it.

    A firm whose past is being replayed gets it when the replay is over: printing is the worker's, not the replay's.
    """
    firm, zone = await firm_of(session), (await calendar_of(session)).zone
    month = month_before(clock.now().astimezone(zone).date())
    begun_in = f"{firm.created_at.astimezone(zone):%Y-%m}"
    if firm.kind == "sandbox" or firm.replaying or begun_in > month or await queries.newest(session, month) is not None:
        return
    if month not in await queries.being_printed(session):
        enqueue(session, queries.JOB, month=month, member_id=None)


async def make(session: AsyncSession, month: str, member_id: str | None = None) -> None:
    """Print one edition in both languages and keep it: by the schedule once, for people as often as they ask."""
    asked, before, now = asked_for(month), await queries.newest(session, month), clock.now()
    if asked is None:
        raise HopelessError(f"{month} is no month")
    if member_id is None and before is not None:
        return
    sheet = await gather(session, asked, before.edition + 1 if before is not None else 1, now)
    row = await _kept(sheet, member_id)
    session.add(row)
    await session.flush()
    maker = await member_of(session, UUID(member_id)) if member_id else None
    actor = Actor("member", maker.id, maker.name) if maker is not None else Actor("system")
    record(session, actor, "insights.report", now, subject=row, month=month, edition=row.edition,
           zh_sha256=row.zh_sha256, en_sha256=row.en_sha256)  # fmt: skip
    for wish, reader in await queries.subscribers(session):
        if wish.monthly:
            enqueue(session, "insights.mail_report", report_id=row.id, member_id=reader.id)


async def _kept(sheet: Sheet, member_id: str | None) -> MonthlyReport:
    """The row with the hashes of both files, which are in the store by then."""
    zh, en = await printing.pdf(sheet, "zh"), await printing.pdf(sheet, "en")
    store, firm_id = store_of(active()), tenancy.current_firm_id()
    missed = [
        {"key": r.measure.key, "value": str(r.now.value), "target": str(r.target), "n": r.now.n} for r in sheet.missed
    ]
    return MonthlyReport(
        month=sheet.asked.period.key, edition=sheet.edition, made_at=sheet.made_at,
        made_by=UUID(member_id) if member_id else None, pages=count(sheet, paged(sheet)),
        zh_sha256=await store.put(firm_id, zh), zh_size=len(zh), en_sha256=await store.put(firm_id, en),
        en_size=len(en), reached=len(sheet.judged) - len(missed), missed=missed,
    )  # fmt: skip


async def mail_report(session: AsyncSession, report_id: str, member_id: str) -> None:
    """The mail to one subscriber, in their language: a link, and the file only where the firm chose so."""
    row, reader = await queries.report(session, UUID(report_id)), await member_of(session, UUID(member_id))
    if reader.left_at is not None or not queries.readers() & set(reader.roles):
        return
    locale = await language_of(session, reader)
    files = []
    if await choice(session, "report_mail") == "file":
        content = await store_of(active()).get(tenancy.current_firm_id(), digest_of(row, locale))
        files = [Attachment(f"{row.month}-{row.edition}-{locale}.pdf", content)]
    firm = await firm_of(session)
    with reading(locale):
        message = _message(row, f"/f/{firm.slug}{ROOM}")
    await deliver(message, reader.email, reader.name, locale, files=files)


async def language_of(session: AsyncSession, reader: Membership) -> Locale:
    """As this person reads the product."""
    return "en" if (await persons_of(session, [reader.person_id]))[reader.person_id].locale == "en" else "zh"


def digest_of(row: MonthlyReport, locale: str) -> str:
    return row.en_sha256 if locale == "en" else row.zh_sha256


def _message(row: MonthlyReport, url: str) -> Message:
    month = month_title(row.month)
    lines: list[Text] = [_("%(reached)s figures came to their target, %(missed)s did not.",
                           reached=row.reached, missed=len(row.missed))]  # fmt: skip
    if row.edition > 1:
        lines.append(_("This is edition %(n)s; it takes the place of the earlier ones.", n=row.edition))
    return Message(
        _("The report of %(month)s is ready", month=month),
        lines,
        url,
        _("Open the report"),
        facts=[told(one) for one in row.missed[:NAMED] if one["key"] in MEASURES],
        foot=_("You get this mail because you subscribed to the monthly report; the same page ends it."),
    )


def told(one: dict[str, Any]) -> tuple[Text, Text]:
    """A figure off its target as it was printed: its name, its value and what it should have come to."""
    measure = MEASURES[one["key"]]
    value, target = said(measure.unit, Decimal(one["value"])), goal(measure, Decimal(one["target"]))
    return measure.name, _("%(value)s, target %(target)s (n = %(n)s)", value=value, target=target, n=one["n"])
