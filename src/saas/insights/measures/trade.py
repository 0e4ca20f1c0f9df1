"""What bookkeeping firms compare themselves by: clients and vouchers a person, fees, money in, new clients
(accounting.md §9). Renewals stand in measures/renewals.py, filings in measures/filings.py.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from saas.clients.models import Client, Contract, Receipt
from saas.identity.models import Membership
from saas.improvement.measuring.counting import moments, vouchers
from saas.insights.measures.counted import cohort_of, exact, listed, narrowed, share_of
from saas.insights.measures.measure import SMALLEST_SHOWN, Figure, Measure, Row, Rows, Scope
from saas.insights.measures.satisfaction import active_clients, month_ends
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.kernel.pages import show_date
from saas.kernel.tenancy import of_this_firm
from saas.services import measures as services
from saas.teams.handover.handover_models import Handover
from saas.teams.measures import handed_over_on_time

CONTRACTS = _("The table of contracts.")
AT_THE_END = _("As it stands on the last day of the period.")


async def _keepers(session: AsyncSession, day: date) -> int:
    """People who keep books here on a day: bookkeepers by their role."""
    end = moments(day, day)[1]
    query = select(func.count()).where(
        of_this_firm(Membership), Membership.roles.contains(["bookkeeper"]), Membership.joined_at < end,
        Membership.left_at.is_(None) | (Membership.left_at >= end),
    )  # fmt: skip
    return int(await session.scalar(query) or 0)


async def _per_person(session: AsyncSession, scope: Scope) -> Figure:
    day = min(scope.until, clock.today())
    clients, people = await active_clients(session, day), await _keepers(session, day)
    return Figure(people, exact(Decimal(clients) / people) if people else None, parts=((_("Clients"), clients),))


async def _vouchers_per_person(session: AsyncSession, scope: Scope) -> Figure:
    """A bookkeeper and month. n: bookkeeper-months; the month counts by the part of it that lies in the period."""
    made = sum((await vouchers(session, scope.since, scope.until)).values())
    people = sum([await _keepers(session, day) for day in month_ends(scope.since, scope.until)])
    return Figure(people, exact(Decimal(made) / people) if people else None, parts=((_("Vouchers"), made),))


async def _people_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    """Every bookkeeper with the clients in their charge."""
    count = select(func.count()).where(
        of_this_firm(Client), Client.bookkeeper_id == Membership.id, Client.archived_at.is_(None)
    )
    query = select(Membership.name, count.scalar_subquery().label("clients")).where(
        of_this_firm(Membership), Membership.roles.contains(["bookkeeper"]), Membership.left_at.is_(None)
    )
    found = (await session.execute(query.order_by(Membership.name))).all()
    rows = tuple(Row(name, "", (str(clients),)) for name, clients in found)
    return Rows(len(rows), rows[offset : offset + limit], (_("Clients"),))


async def _arpu(session: AsyncSession, scope: Scope) -> Figure:
    fee, payers = await services.arpu(session, min(scope.until, clock.today()))
    return Figure(payers, Decimal(fee.fen) if payers else None)


async def _value_added(session: AsyncSession, scope: Scope) -> Figure:
    """Money, not heads: n is the contracts in force."""
    day = min(scope.until, clock.today())
    found, n = await services.value_added(session, day), await services.running_count(session, day)
    if n < SMALLEST_SHOWN or not found.n:
        return Figure(n, hidden=n > 0)
    return Figure(n, exact(Decimal(found.part) / found.n))


async def _fee_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    """The contracts in force at the end of the period."""
    day = min(scope.until, clock.today())
    columns = select(Contract.number, Contract.client_id, Contract.ends_on, Contract.price)
    page = services.in_force(columns, day).order_by(Contract.number, Contract.id).offset(offset).limit(limit)
    rows = tuple(
        Row(number, f"/clients/{client_id}", (show_date(ends_on), str(price)))
        for number, client_id, ends_on, price in (await session.execute(page)).all()
    )
    return Rows(await services.running_count(session, day), rows, (_("Ends on"), _("Price")))


async def _collected(session: AsyncSession, scope: Scope) -> Figure:
    """Money of contracts that began in the period: received so far ÷ price."""
    rows = _begun(scope).subquery()
    price, n = (await session.execute(select(func.coalesce(func.sum(rows.c.mark), 0), func.count()))).one()
    received = select(func.coalesce(func.sum(Receipt.amount), 0)).where(
        of_this_firm(Receipt), Receipt.contract_id.in_(select(rows.c.id))
    )
    got = (await session.execute(received)).scalar_one()
    if n < SMALLEST_SHOWN or not price.fen:
        return Figure(n, hidden=n > 0)
    return Figure(n, exact(Decimal(got.fen) / price.fen), parts=((_("Received"), got.fen), (_("Price"), price.fen)))


def _begun(scope: Scope) -> Select[Any]:
    query = cohort_of(Contract.id, Contract.number, Contract.starts_on, Contract.client_id, Contract.price).where(
        of_this_firm(Contract), Contract.starts_on >= scope.since, Contract.starts_on <= scope.until
    )
    return narrowed(query, scope, client=Contract.client_id)


async def _begun_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await listed(session, _begun(scope), offset, limit, url="", words=str, head=_("Price"))


async def _referred(session: AsyncSession, scope: Scope) -> Figure:
    found = await services.referral_rate(session, scope.since, scope.until)
    return share_of(found.part, found.n)


async def _new_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await listed(session, _first_contracts(scope), offset, limit, url="/clients/{id}", words=str,
                        head=_("Price"))  # fmt: skip


def _first_contracts(scope: Scope) -> Select[Any]:
    """New clients: the first contract of each that began in the period."""
    earlier = aliased(Contract)
    before = select(earlier.id).where(
        of_this_firm(earlier), earlier.client_id == Contract.client_id, earlier.starts_on < Contract.starts_on
    )
    query = cohort_of(Contract.client_id, Contract.number, Contract.starts_on, Contract.client_id, Contract.price)
    return query.where(of_this_firm(Contract), Contract.starts_on >= scope.since, Contract.starts_on <= scope.until,
                       ~before.exists())  # fmt: skip


async def _new_clients(session: AsyncSession, scope: Scope) -> Figure:
    n = len(await services.new_clients(session, scope.since, scope.until))
    return Figure(n, Decimal(n))


async def _handed_over(session: AsyncSession, scope: Scope) -> Figure:
    found = await handed_over_on_time(session, clock.now())
    return share_of(found.part, found.n)


async def _handover_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    query = select(Handover).where(of_this_firm(Handover), Handover.state != "dropped")
    found = (await session.scalars(query.order_by(Handover.effective_on.desc(), Handover.id))).all()
    rows = tuple(
        Row(one.number, f"/teams/handover/{one.id}", (show_date(one.effective_on), show_date(one.supervised_at)))
        for one in found
    )
    return Rows(len(rows), rows[offset : offset + limit], (_("Date of the change"), _("Signed on")))


PER_PERSON = Measure(
    "clients_per_person", _("Clients a bookkeeper"), "trade", "score",
    _("Clients with the firm ÷ people with the role of bookkeeper."),
    AT_THE_END, _("The list of clients and the members of the firm."),
    _("Archived clients; people who left. Clients are not weighted by their size."),
    _per_person, _people_rows, kpi="户均人效",
)  # fmt: skip
VOUCHERS = Measure(
    "vouchers_per_person", _("Vouchers a bookkeeper and month"), "trade", "score",
    _("Vouchers dated in the period ÷ bookkeepers at the end of each month, added up over the months."),
    _("Vouchers by their date."), _("The version of each month’s books that counts now; the members of the firm."),
    _("Void vouchers; months whose books were never imported."),
    _vouchers_per_person, _people_rows, better="up", kpi="人均凭证数 / 自动化率",
)  # fmt: skip
ARPU = Measure(
    "arpu", _("Fee a client and month"), "trade", "fen",
    _("The monthly fee of all contracts in force ÷ clients that pay one."),
    AT_THE_END, CONTRACTS, _("Archived clients; contracts that ended or were cancelled."),
    _arpu, _fee_rows, better="up", kpi="户均收入 ARPU / 人均产值",
)  # fmt: skip
VALUE_ADDED = Measure(
    "value_added", _("Fees beyond bookkeeping"), "trade", "share",
    _("The monthly fee of services beyond bookkeeping ÷ the monthly fee of all contracts in force."),
    AT_THE_END, _("Contracts and the plans they were written from."),
    _("Contracts that no plan wrote count as bookkeeping."),
    _value_added, _fee_rows, better="up", kpi="增值业务占比",
)  # fmt: skip
COLLECTED = Measure(
    "collected", _("Fees received"), "trade", "share",
    _("Money received so far ÷ price of the contracts."),
    _("Contracts that began in the period."), _("The tables of contracts and receipts."),
    _("Nothing is taken off for cancelled contracts and refunds."),
    _collected, _begun_rows, better="up", kpi="收款率, 应收账龄", part_unit="fen", filters=frozenset({"client_id"}),
)  # fmt: skip
NEW_CLIENTS = Measure(
    "new_clients", _("New clients"), "trade", "count",
    _("Clients whose first contract began in the period."),
    _("First contracts that began in the period."), CONTRACTS, _("Renewals and second contracts."),
    _new_clients, _new_rows, better="up", kpi="新签, 转介绍率",
)  # fmt: skip
REFERRED = Measure(
    "referred", _("New clients that were referred"), "trade", "share",
    _("New clients that came through a client or a partner ÷ new clients."),
    _("First contracts that began in the period."), _("Contracts and the origin written down for each client."),
    _("A client whose origin nobody wrote down counts as not referred."),
    _referred, _new_rows, better="up", kpi="新签, 转介绍率",
)  # fmt: skip
HANDED_OVER = Measure(
    "handed_over", _("Hand-over lists signed in time"), "trade", "share",
    _("Hand-over lists signed by all three within 10 working days of the change ÷ lists that are signed or whose days "
      "are over."),
    _("All lists, whatever the period."), _("The hand-over lists of the team."), _("Lists dropped as a mistake."),
    _handed_over, _handover_rows, better="up", kpi="交接及时率", live=True,
)  # fmt: skip

MEASURES = (PER_PERSON, VOUCHERS, ARPU, VALUE_ADDED, COLLECTED, NEW_CLIENTS, REFERRED, HANDED_OVER)
