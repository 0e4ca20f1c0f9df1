"""Every SELECT on clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client, Communication, Contact, Contract, Receipt
from saas.kernel.audit import AuditEntry
from saas.kernel.i18n import reader
from saas.kernel.prepared import FIRM, here
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm


async def client(session: AsyncSession, client_id: UUID) -> Client:
    """One client of this firm; Missing for any other id."""
    return await own_row(session, Client, client_id)


async def clients(
    session: AsyncSession, search: str = "", *, archived: bool = False, limit: int = 100, after: str = ""
) -> Sequence[Client]:
    """The firm's clients by pinyin, merged ones left out."""
    query = select(Client).where(
        of_this_firm(Client),
        Client.merged_into_id.is_(None),
        Client.archived_at.is_not(None) if archived else Client.archived_at.is_(None),
    )
    if search:
        like = f"%{search.strip()}%"
        query = query.where(
            or_(Client.name.ilike(like), Client.name_en.ilike(like), Client.uscc.ilike(like),
                Client.pinyin.ilike(like), Client.number.ilike(like))
        )  # fmt: skip
    if after:
        query = query.where(Client.sort_key > after)
    return (await session.scalars(query.order_by(Client.sort_key).limit(limit))).all()


async def every_client(session: AsyncSession) -> Sequence[Client]:
    """The whole register, archived clients too, merged ones left out: what a list is compared with."""
    return (await session.scalars(select(Client).where(of_this_firm(Client), Client.merged_into_id.is_(None)))).all()


@dataclass(frozen=True, slots=True)
class Name:
    """What a list shows of a client."""

    name: str
    name_en: str

    def name_in(self, locale: str) -> str:
        return (self.name_en or self.name) if locale == "en" else self.name


COUNT = select(func.count()).select_from(Client).where(Client.firm_id == FIRM, Client.archived_at.is_(None))


async def count(session: AsyncSession) -> int:
    """How many clients the firm has, archived ones left out."""
    return await session.scalar(COUNT, here()) or 0


async def of_member(session: AsyncSession, member_id: UUID) -> Sequence[Client]:
    """Clients, archived ones too, that name this member as bookkeeper or reviewer."""
    named = or_(Client.bookkeeper_id == member_id, Client.reviewer_id == member_id)
    query = select(Client).where(of_this_firm(Client), Client.merged_into_id.is_(None), named)
    return (await session.scalars(query.order_by(Client.sort_key))).all()


async def client_by_uscc(session: AsyncSession, uscc: str) -> Client | None:
    found: Client | None = await session.scalar(
        select(Client).where(of_this_firm(Client), Client.uscc == uscc, Client.merged_into_id.is_(None))
    )
    return found


async def clients_by_id(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Client]:
    rows = (await session.scalars(select(Client).where(of_this_firm(Client), Client.id.in_(ids)))).all()
    return {row.id: row for row in rows}


_NAMES = select(Client.id, Client.name, Client.name_en).where(
    Client.firm_id == FIRM, Client.id == any_(bindparam("ids", type_=ARRAY(Uuid())))
)


async def names_by_id(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Name]:
    """The same with nothing but their names, for lists."""
    rows = (await session.execute(_NAMES, {**here(), "ids": list(ids)})).all()
    return {client_id: Name(name, name_en) for client_id, name, name_en in rows}


async def called(session: AsyncSession, ids: Sequence[UUID]) -> dict[str, dict[UUID, str]]:
    """names: by id, in the reader's language; for lists of earlier modules, which know nothing of clients."""
    found = await names_by_id(session, ids)
    return {"names": {client_id: name.name_in(reader()) for client_id, name in found.items()}}


async def contacts(session: AsyncSession, client_id: UUID) -> Sequence[Contact]:
    """The people to talk to, those who may approve first."""
    query = select(Contact).where(of_this_firm(Contact), Contact.client_id == client_id, Contact.left_at.is_(None))
    return (await session.scalars(query.order_by(Contact.may_approve.desc(), Contact.name))).all()


async def contact(session: AsyncSession, contact_id: UUID) -> Contact:
    return await own_row(session, Contact, contact_id)


async def approvers(session: AsyncSession, client_id: UUID) -> list[Contact]:
    """KA: the contacts whose yes counts."""
    return [c for c in await contacts(session, client_id) if c.may_approve]


async def receipt_like(session: AsyncSession, contract: Contract, fields: Mapping[str, Any]) -> Receipt | None:
    """The same money under this contract: day, amount, payer and bank reference."""
    same = [getattr(Receipt, name) == value for name, value in fields.items()]
    query = select(Receipt).where(of_this_firm(Receipt), Receipt.contract_id == contract.id, *same)
    found: Receipt | None = await session.scalar(query.limit(1))
    return found


async def contracts(session: AsyncSession, client_id: UUID) -> Sequence[tuple[Contract, list[Receipt]]]:
    """Contracts, the newest first, each with what was received."""
    query = (
        select(Contract)
        .where(of_this_firm(Contract), Contract.client_id == client_id)
        .order_by(Contract.starts_on.desc())
    )
    found = (await session.scalars(query)).all()
    paid = select(Receipt).where(of_this_firm(Receipt), Receipt.contract_id.in_([c.id for c in found]))
    receipts = (await session.scalars(paid.order_by(Receipt.received_on))).all()
    return [(c, [r for r in receipts if r.contract_id == c.id]) for c in found]


async def communications(
    session: AsyncSession, *, client_id: UUID | None = None, subject_id: UUID | None = None, limit: int = 200
) -> Sequence[Communication]:
    """The log of a client or of one record, the newest first."""
    query = select(Communication).where(of_this_firm(Communication))
    if client_id is not None:
        query = query.where(Communication.client_id == client_id)
    if subject_id is not None:
        query = query.where(Communication.subject_id == subject_id)
    return (await session.scalars(query.order_by(Communication.at.desc()).limit(limit))).all()


async def communication(session: AsyncSession, client_id: UUID, entry_id: UUID) -> Communication:
    """One exchange of one client; Missing for any other id."""
    return await own_row(session, Communication, entry_id, Communication.client_id == client_id)


async def timeline(session: AsyncSession, client_id: UUID, kind: str = "", limit: int = 100) -> Sequence[AuditEntry]:
    """Everything that happened to a client, the newest first; `kind` is a subject kind ("case", "notices", …)."""
    query = select(AuditEntry).where(
        of_this_firm(AuditEntry), AuditEntry.client_id == client_id, AuditEntry.timeline, AuditEntry.outcome == "done"
    )
    if kind:
        query = query.where(AuditEntry.subject_kind == kind)
    return (await session.scalars(query.order_by(AuditEntry.at.desc()).limit(limit))).all()
