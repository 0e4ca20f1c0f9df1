"""The ledger of bonuses and penalties: the managers' list with its export, proposing by hand, one entry."""

from __future__ import annotations

import re
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.identity.queries import members, members_by_id
from saas.insights.dashboards.boards import tabs
from saas.insights.rooms import ROOMS
from saas.insights.scorecards.export import ledger
from saas.insights.scorecards.pay_limits import HELP
from saas.insights.scorecards.pay_models import KINDS, PayEntry
from saas.insights.scorecards.pay_workflow import PAY_ENTRY, TITLES
from saas.insights.scorecards.proposing import propose
from saas.insights.scorecards.record_page import MINE, readable, record_page
from saas.insights.scorecards.showing import MANAGES, entries, entry_row, name_of
from saas.kernel import clock
from saas.kernel.actions import action_routes
from saas.kernel.audit import record
from saas.kernel.errors import Invalid
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_date, to
from saas.kernel.spreadsheets import XLSX
from saas.kernel.tenancy import of_this_firm
from saas.kernel.uploads import attachment, download, keep

ROOM = "/insights/pay"
AT = f"/f/{{slug:str}}{ROOM}"
NEW = f"/f/{{slug:str}}{ROOM}/new"
MANAGE = {"permission": MANAGES}
PROPOSE = {"permission": "insights.propose"}
OWN = {"permission": "insights.own"}
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
LARGEST = 100_000_00


class NewEntry(Struct, kw_only=True):
    """`key` is made with the page: the same form sent twice proposes once."""

    key: UUID
    member: UUID
    kind: str
    month: str
    amount: Money
    reason: Annotated[str, Meta(max_length=2000)]
    clause: Annotated[str, Meta(max_length=200)] = ""
    files: list[UploadFile] = []


@get(AT, opt=MANAGE)
async def index(request: Req, session: Db, month: FromQuery[str] = "") -> Response[str]:
    people, at = await members_by_id(session), address_in(request)
    months = sorted(set((await session.scalars(select(PayEntry.month).where(of_this_firm(PayEntry)))).all()))
    wanted = [PayEntry.month == month] if month in months else []
    found = await entries(session, *wanted)
    return await page(
        request,
        "insights/pay/index.html",
        session=session,
        tabs=tabs(request, "/insights/scorecards", rooms=ROOMS),
        rows=[entry_row(entry, people) for entry in found],
        months=[{"label": _("All"), "url": at(ROOM), "active": not wanted}]
        + [{"label": m, "url": at(f"{ROOM}?month={m}"), "active": m == month} for m in reversed(months[-12:])],
        export_url=at(f"{ROOM}/list.xlsx") + (f"?month={month}" if wanted else ""),
        help=HELP,
    )


@get(f"{AT}/list.xlsx", opt=MANAGE)
async def export(request: Req, session: Db, month: FromQuery[str] = "") -> Response[bytes]:
    """For payroll: every entry with its state; only final ones change anybody's pay."""
    wanted = [PayEntry.month == month] if MONTH.fullmatch(month) else []
    found, people = await entries(session, *wanted, limit=100_000), await members_by_id(session)
    record(session, actor_of(request), "insights.pay_export", clock.now(), month=month, rows=len(found))
    name = "-".join(part for part in (str(_("Bonuses and penalties")), month if wanted else "") if part)
    return attachment(ledger(found, people), f"{name}.xlsx", XLSX)


@get(NEW, opt=PROPOSE)
async def new(request: Req, session: Db) -> Response[str]:
    month = f"{clock.today():%Y-%m}"
    return await _new(request, session, Submitted({"key": str(uuid7()), "kind": "bonus", "month": month}))


@post(NEW, opt=PROPOSE, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    """Proposed with what happened; a manager who is neither the person concerned nor the proposer approves."""
    form, actor = await submitted(request, NewEntry), actor_of(request)
    if form.ok:
        await _check(session, form, actor.id)
    files: list[dict[str, Any]] = []
    if form.ok:
        try:
            files = await keep(request, form.taken.files)
        except Invalid as wrong:
            form.refuse("files", wrong.reason)
    if not form.ok:
        return await _new(request, session, form, status=422)
    given = form.taken
    known = await session.scalar(select(PayEntry.id).where(of_this_firm(PayEntry), PayEntry.id == given.key))
    if known is None:
        await propose(
            session, actor, clock.now(), id=given.key, member_id=given.member, kind=given.kind, month=given.month,
            amount=given.amount, clause=given.clause, reason=Text(given.reason), files=files,
        )  # fmt: skip
    return to(ROOM if actor.may(MANAGES) else f"{MINE}?done=proposed", request)


async def _check(session: AsyncSession, form: Submitted[NewEntry], me: UUID | None) -> None:
    given = form.taken
    if given.member == me:
        form.refuse("member", _("Nobody proposes a bonus or a penalty for themselves."))
    elif given.member not in {m.id for m in await members(session) if not m.is_owner}:
        form.refuse("member", _("Choose somebody who works here."))
    if given.kind not in KINDS:
        form.refuse("kind", _("Please fill this in."))
    if not MONTH.fullmatch(given.month):
        form.refuse("month", _("Write the month like 2026-11."))
    if not 0 < given.amount.fen <= LARGEST:
        form.refuse("amount", _("Write an amount between 0.01 and 100,000."))
    if given.kind == "penalty" and not given.clause:
        form.refuse("clause", _("A penalty needs the clause of the rule book that provides for it."))


async def _new(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    me = actor_of(request)
    people = [m for m in await members(session) if not m.is_owner and m.id != me.id]
    label, url = (_("Bonuses and penalties"), ROOM) if me.may(MANAGES) else (_("My scorecards"), MINE)
    return await page(
        request,
        "insights/pay/new.html",
        session=session,
        status=status,
        form=form,
        back={"label": label, "url": url},
        people=[(str(m.id), m.name) for m in people],
        kinds=list(TITLES.items()),
        help=HELP,
    )


@get(f"{AT}/{{row_id:uuid}}", opt=OWN)
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(request: Req, session: AsyncSession, row_id: UUID, **told: Any) -> Response[Any]:
    """One entry with what it rests on and what its person said."""
    entry: PayEntry = await readable(request, session, PayEntry, row_id)
    people = await members_by_id(session)
    return await record_page(
        request,
        session,
        PAY_ENTRY,
        entry,
        "insights/pay/entry.html",
        (_("Bonuses and penalties"), ROOM),
        told,
        entry=entry,
        view=entry_row(entry, people),
        facts=_facts(entry, people),
        answered=name_of(people, entry.answered_by),
        card_url=f"/insights/scorecards/{entry.card_id}" if entry.card_id else "",
        help=HELP,
    )


def _facts(entry: PayEntry, people: dict[UUID, Membership]) -> list[dict[str, Any]]:
    """What is known of it, without what is not there yet."""
    by = name_of(people, entry.proposed_by) if entry.proposed_by is not None else _("by rule")
    approver = name_of(people, entry.approved_by)
    told: list[tuple[Text, Any]] = [
        (_("Person"), name_of(people, entry.member_id)),
        (_("Month"), entry.month),
        (_("Clause of the rule book"), entry.clause),
        (_("Proposed"), _("%(day)s, %(name)s", day=show_date(entry.proposed_at), name=by)),
        (_("Approved"), _("%(day)s, %(name)s", day=show_date(entry.approved_at), name=approver) if approver else ""),
        (_("Objections until"), show_date(entry.objects_until)),
        (_("Wage of the month"), str(entry.wage) if entry.wage else ""),
        (_("Local minimum wage"), str(entry.minimum) if entry.minimum else ""),
    ]
    return [{"label": label, "value": value} for label, value in told if value]


@get(f"{AT}/{{row_id:uuid}}/files/{{sha256:str}}", opt=OWN)
async def file(request: Req, session: Db, row_id: FromPath[UUID], sha256: FromPath[str]) -> Response[bytes]:
    entry: PayEntry = await readable(request, session, PayEntry, row_id)
    return await download(entry.files, sha256)


ROUTES = [index, export, new, add, detail, file, *action_routes(PAY_ENTRY, show)]
