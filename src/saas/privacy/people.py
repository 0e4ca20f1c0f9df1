"""Everything the firm keeps about one person, wherever it stands; and putting it right or taking it away.

A row that is about the person gives what it keeps of them; a row they only acted in (approved, wrote) gives the deed
and its time: the rest of it is about somebody else.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Select, Table, Uuid, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.identity.models import Membership, Person, Session
from saas.kernel import tenancy
from saas.kernel.copying import PORTION, firm_tables
from saas.kernel.db import acting_in
from saas.kernel.errors import Invalid
from saas.kernel.i18n import Text, _
from saas.privacy.queries import contact as contact_of
from saas.privacy.register import register

ABOUT = {"contact": ("contact_id",), "member": ("member_id",)}
ACTED = re.compile(
    r"(?:^|_)(?:by|actor_id|owner_id|author_id|assignee_id|bookkeeper_id|reviewer_id|preparer_id|manager_id)$"
)
CORRECTABLE: dict[str, dict[str, Text]] = {
    "contact": {
        "name": _("Full name"),
        "title": _("Title"),
        "email": _("E-mail"),
        "phone": _("Telephone"),
        "wechat": _("WeChat"),
    },
    "member": {"name": _("Full name"), "phone": _("Telephone")},
}
ERASED = "已删除"


async def person_row(session: AsyncSession, kind: str, person_id: UUID) -> Contact | Membership | None:
    if kind == "contact":
        return await contact_of(session, person_id)
    return await session.get(Membership, (tenancy.current_firm_id(), person_id))


async def head_of(session: AsyncSession, kind: str, person_id: UUID, now: datetime) -> dict[str, Any]:
    """How a copy (PIPL art. 45) begins: their own row and their account. Invalid when they are not known any more."""
    own = await person_row(session, kind, person_id)
    if own is None:
        raise Invalid(_("This person is not known here any more."))
    account = await _account(session, own.person_id) if isinstance(own, Membership) else None
    return {"person": {"kind": kind, **_own(own)}, "made_at": now, "account": account}


async def records_of(
    session: AsyncSession, kind: str, person_id: UUID
) -> AsyncIterator[tuple[str, AsyncIterator[dict[str, Any]]]]:
    """Of each table that may know them, its name and every row about them or of what they did, as they come."""
    for table in firm_tables():
        rows = _rows(table, kind, person_id)
        if rows is not None:
            yield table.name, _told(session, *rows, person_id)


def why(kind: str, tables: AbstractSet[str]) -> list[dict[str, str]]:
    """For which purposes they stand in these tables: purpose, ground, who sees it, how long."""
    own = (Contact if kind == "contact" else Membership).__tablename__
    return [
        {"activity": str(a.name.text), "purpose": str(a.purpose.text), "basis": str(a.basis.text),
         "seen_by": str(a.seen_by.text), "kept": str(a.kept.text)}
        for a in register().activity
        if own in a.tables or set(a.tables) & tables
    ]  # fmt: skip


def correct(row: Contact | Membership, kind: str, wanted: dict[str, str]) -> dict[str, list[str]]:
    """Put the row right; what was and what is, by field. Letters and signatures of the past stay as they were sent."""
    changed: dict[str, list[str]] = {}
    for name in CORRECTABLE[kind]:
        before, after = str(getattr(row, name)), wanted.get(name, "").strip()
        if after and after != before:
            setattr(row, name, after)
            changed[name] = [before, after]
    return changed


def anonymise(row: Contact | Membership, now: datetime) -> list[str]:
    """Take away what tells who it was; the fields that were emptied. What the law obliges to keep stands elsewhere."""
    emptied = []
    fields = (
        ("name", "title", "email", "phone", "wechat", "hours", "wishes") if isinstance(row, Contact) else ("phone",)
    )
    for name in fields:
        if getattr(row, name):
            setattr(row, name, ERASED if name == "name" else "")
            emptied.append(name)
    row.left_at = row.left_at or now
    return emptied


@dataclass(frozen=True, slots=True)
class _Columns:
    """Of one table: which columns say that a row is about the person, or that they acted; what is told of the row."""

    about: list[Column[Any]]
    acted: list[Column[Any]]
    times: list[Column[Any]]
    told: list[Column[Any]]


def _rows(table: Table, kind: str, person_id: UUID) -> tuple[Select[Any], _Columns] | None:
    """The query for one table; None where it can know nothing of the person."""
    ids = [c for c in table.columns if isinstance(c.type, Uuid) and c.name not in ("id", "firm_id")]
    about = [c for c in ids if c.name in ABOUT[kind]]
    acted = [c for c in ids if ACTED.search(c.name)]
    if not about + acted or table.name in register().kept_in:
        return None
    mine = (table.c.firm_id == tenancy.current_firm_id(), or_(*(c == person_id for c in about + acted)))
    times = [c for c in table.columns if isinstance(c.type, (Date, DateTime))]
    told = [table.c[name] for name in register().columns_of(table.name) if "sealed" not in table.c[name].info]
    return select(table.c.id, *ids, *times, *told).where(*mine), _Columns(about, acted, times, told)


async def _told(
    session: AsyncSession, query: Select[Any], columns: _Columns, person_id: UUID
) -> AsyncIterator[dict[str, Any]]:
    found = await session.stream(query, execution_options={"yield_per": PORTION})
    async for row in found.mappings():
        is_about = any(row[c.name] == person_id for c in columns.about)
        yield {
            "id": row["id"],
            "as": [c.name for c in columns.about + columns.acted if row[c.name] == person_id],
            **{c.name: row[c.name] for c in columns.times if row[c.name] is not None},
            **({c.name: row[c.name] for c in columns.told} if is_about else {}),
        }


def _own(row: Contact | Membership) -> dict[str, Any]:
    return {c.name: getattr(row, c.name) for c in row.__table__.columns if c.name != "firm_id"}


async def _account(session: AsyncSession, person_id: UUID) -> dict[str, Any] | None:
    """The sign-in account without its secrets."""
    async with acting_in(session, tenancy.PLATFORM):
        person = await session.get(Person, person_id)
        browsers = (await session.scalars(select(Session).where(Session.person_id == person_id))).all()
    if person is None:
        return None
    return {
        "name": person.name,
        "email": person.email,
        "created_at": person.created_at,
        "second_factor": person.has_second_factor,
        "browsers": [
            {"signed_in": b.created_at, "last_seen": b.seen_at, "address": b.address, "browser": b.browser}
            for b in browsers
        ],
    }
