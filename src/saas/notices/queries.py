"""Every SELECT on letters, deliveries and answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client, Contact
from saas.kernel import tenancy
from saas.kernel.directory import Firm
from saas.kernel.links import Link
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.notices.letters import Letter
from saas.notices.models import Answer, Delivery, Notice

UNSETTLED = ("queued", "sending", "uncertain")
OUT = ("sending", "accepted", "delivered", "bounced", "no_proof", "viewed")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the register is narrowed down to; "" and None mean everything."""

    state: str = ""
    kind: str = ""
    client_id: UUID | None = None
    search: str = ""


async def notice(session: AsyncSession, notice_id: UUID) -> Notice:
    """One letter of this firm; Missing for any other id."""
    return await own_row(session, Notice, notice_id)


async def notice_by_code(session: AsyncSession, verify_hash: str) -> Notice | None:
    found: Notice | None = await session.scalar(
        select(Notice).where(of_this_firm(Notice), Notice.verify_hash == verify_hash, Notice.approved_at.is_not(None))
    )
    return found


async def register(session: AsyncSession, filters: Filters, *, limit: int, before: datetime | None = None) -> Sequence[
    tuple[Notice, Client]
]:  # fmt: skip
    """The newest first, each with its client."""
    query = (
        select(Notice, Client)
        .join(Client, (Client.firm_id == Notice.firm_id) & (Client.id == Notice.client_id))
        .where(*_conditions(filters))
    )
    if before is not None:
        query = query.where(Notice.entered_at < before)
    rows = (await session.execute(query.order_by(Notice.entered_at.desc(), Notice.id.desc()).limit(limit))).all()
    return [(row[0], row[1]) for row in rows]


async def counts_by_state(session: AsyncSession, filters: Filters) -> dict[str, int]:
    """How many letters stand in each state, whatever the state asked for."""
    open_filters = Filters("", filters.kind, filters.client_id, filters.search)
    query = (
        select(Notice.state, func.count())
        .join(Client, (Client.firm_id == Notice.firm_id) & (Client.id == Notice.client_id))
        .where(*_conditions(open_filters))
        .group_by(Notice.state)
    )
    return {str(state): n for state, n in (await session.execute(query)).all()}


GROUPS = {
    "draft": ("draft", "in_review"),
    "out": ("approved", "rendering", "sending", "accepted", "delivered", "viewed"),
    "trouble": ("bounced", "no_proof", "expired", "objected"),
    "done": ("acknowledged", "filed"),
    "over": ("withdrawn", "superseded", "discarded"),
}  # the tabs of the register


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found = [of_this_firm(Notice)]
    if filters.state:
        found.append(Notice.state.in_(GROUPS.get(filters.state, (filters.state,))))
    if filters.kind:
        found.append(Notice.kind == filters.kind)
    if filters.client_id is not None:
        found.append(Notice.client_id == filters.client_id)
    if filters.search:
        like = f"%{filters.search.strip()}%"
        serial = Notice.content["letter"]["serial"].astext
        found.append(or_(serial.ilike(like), Client.name.ilike(like), Client.name_en.ilike(like)))
    return found


async def deliveries(session: AsyncSession, notice_ids: Sequence[UUID]) -> dict[UUID, list[Delivery]]:
    """Every attempt to hand these letters over, in order."""
    query = (
        select(Delivery).where(of_this_firm(Delivery), Delivery.notice_id.in_(notice_ids)).order_by(Delivery.created_at)
    )
    found: dict[UUID, list[Delivery]] = {notice_id: [] for notice_id in notice_ids}
    for delivery in (await session.scalars(query)).all():
        if delivery.notice_id is not None:
            found[delivery.notice_id].append(delivery)
    return found


async def delivery(session: AsyncSession, delivery_id: UUID) -> Delivery:
    """One delivery, locked: jobs and people must not settle it at the same time."""
    return await own_row(session, Delivery, delivery_id, lock=True)


async def delivery_of_link(session: AsyncSession, link_id: UUID) -> Delivery | None:
    found: Delivery | None = await session.scalar(
        select(Delivery).where(of_this_firm(Delivery), Delivery.link_id == link_id).with_for_update()
    )
    return found


async def unsettled(session: AsyncSession, before: datetime) -> Sequence[Delivery]:
    """Deliveries that have waited longer than they should."""
    query = select(Delivery).where(
        of_this_firm(Delivery),
        Delivery.status.in_(UNSETTLED),
        func.coalesce(Delivery.sent_at, Delivery.created_at) < before,
    )
    return (await session.scalars(query.order_by(Delivery.created_at).limit(200))).all()


async def deliveries_by_message(session: AsyncSession, message_ids: Sequence[str]) -> Sequence[Delivery]:
    query = select(Delivery).where(of_this_firm(Delivery), Delivery.message_id.in_(message_ids))
    return (await session.scalars(query)).all()


async def answers(session: AsyncSession, notice_id: UUID) -> Sequence[Answer]:
    """What was answered, asked and replied, in order."""
    query = select(Answer).where(of_this_firm(Answer), Answer.notice_id == notice_id).order_by(Answer.at)
    return (await session.scalars(query)).all()


async def open_letters(session: AsyncSession) -> Sequence[Notice]:
    """Letters that wait for the client."""
    return (await session.scalars(select(Notice).where(of_this_firm(Notice), Notice.state.in_(OUT)))).all()


async def of_client(session: AsyncSession, client_id: UUID, limit: int = 10) -> Sequence[Notice]:
    """The client's latest letters, those of clients that were merged into it among them."""
    merged = select(Client.id).where(
        of_this_firm(Client), or_(Client.id == client_id, Client.merged_into_id == client_id)
    )
    query = select(Notice).where(of_this_firm(Notice), Notice.client_id.in_(merged))
    return (await session.scalars(query.order_by(Notice.entered_at.desc()).limit(limit))).all()


async def overdue(session: AsyncSession, today: date) -> Sequence[Notice]:
    """Letters whose day of answer has passed."""
    query = select(Notice).where(of_this_firm(Notice), Notice.state.in_(OUT), Notice.answer_by < today)
    return (await session.scalars(query)).all()


async def latest_version(session: AsyncSession, letter: Notice) -> int:
    """The highest approved version that carries this letter's serial."""
    query = select(func.max(Notice.version)).where(
        of_this_firm(Notice), Notice.kind == letter.kind, Notice.year == letter.year, Notice.serial == letter.serial,
        Notice.content_sha256 != "",
    )  # fmt: skip
    return await session.scalar(query) or 0


async def contacts_by_id(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Contact]:
    rows = (await session.scalars(select(Contact).where(of_this_firm(Contact), Contact.id.in_(ids)))).all()
    return {row.id: row for row in rows}


async def links_by_id(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Link]:
    rows = (await session.scalars(select(Link).where(of_this_firm(Link), Link.id.in_(ids)))).all()
    return {row.id: row for row in rows}


async def contact_or_none(session: AsyncSession, contact_id: UUID) -> Contact | None:
    found: Contact | None = await session.scalar(select(Contact).where(of_this_firm(Contact), Contact.id == contact_id))
    return found


async def firm(session: AsyncSession) -> Firm:
    """The acting firm's line of the directory: code, zone, kind."""
    return (await session.execute(select(Firm).where(Firm.id == tenancy.current_firm_id()))).scalar_one()


async def drafts_of(session: AsyncSession, subject_id: UUID) -> Sequence[Notice]:
    """Letters of a record that nobody has approved yet."""
    query = select(Notice).where(
        of_this_firm(Notice), Notice.subject_id == subject_id, Notice.state.in_(GROUPS["draft"])
    )
    return (await session.scalars(query)).all()


async def standing(session: AsyncSession, subject_id: UUID, *, reports: bool = False) -> Notice | None:
    """The newest approved letter of a record that no later version replaced.

    `reports` asks for those that only inform (the completion report), else for those that ask for an answer.
    """
    query = select(Notice).where(
        of_this_firm(Notice),
        Notice.subject_id == subject_id,
        Notice.approved_at.is_not(None),
        Notice.superseded_by_id.is_(None),
    )
    found = (await session.scalars(query.order_by(Notice.approved_at.desc()))).all()
    return next((notice for notice in found if Letter.kind(notice.kind).asks is not reports), None)


async def draft_of_successor(session: AsyncSession, notice_id: UUID) -> Notice | None:
    """The draft that is to replace this letter, if one is being written."""
    query = select(Notice).where(
        of_this_firm(Notice), Notice.supersedes_id == notice_id, Notice.state.in_(("draft", "in_review"))
    )
    found: Notice | None = await session.scalar(query.limit(1))
    return found
