"""Making a firm: its place in the directory, its profile and its owner, in one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.models import FirmProfile
from saas.identity.models import Membership, Person
from saas.identity.visitors import member_actor
from saas.kernel import tenancy
from saas.kernel.audit import record
from saas.kernel.db import acting_in
from saas.kernel.directory import Firm, FirmKind
from saas.kernel.identifiers import firm_code, uuid7
from saas.kernel.module import Event
from saas.kernel.perform import tell
from saas.kernel.pinyin import slug as slug_of

MOST_TRIES = 5
RESERVED = frozenset({"new", "demo", "admin", "api", "static", "www"})


async def create_firm(
    session: AsyncSession,
    *,
    name: str,
    owner: Person,
    now: datetime,
    locale: str = "zh",
    name_en: str = "",
    uscc: str = "",
    kind: FirmKind = "live",
    slug: str = "",
) -> tuple[Firm, Membership]:
    """A firm with its profile and its owner; later modules add what theirs begins with (`firm.created`).

    Works in the transaction of the caller, whatever its scope (platform at sign-up, person later). The address is made
    from the name unless `slug` is given.
    """
    firm = Firm(
        id=uuid7(),
        slug=slug,
        code=firm_code(),
        name=name,
        name_en=name_en,
        kind=kind,
        locale=locale,
        created_at=now,
    )
    await _enter(session, firm, wanted=slug)
    async with acting_in(session, tenancy.firm(firm.id, owner.id)):
        profile = FirmProfile(id=firm.id, name=name, name_en=name_en, uscc=uscc, email=owner.email, locale=locale)
        member = Membership(
            person_id=owner.id, name=owner.name, email=owner.email, roles=["owner"], is_owner=True, joined_at=now
        )
        session.add_all([profile, member])
        await session.flush()
        actor = member_actor(member, owner)
        record(session, actor, "firms.create", now, subject=profile, name=name)
        await tell(session, Event("firm.created", profile, actor, now))
    return firm, member


async def _enter(session: AsyncSession, firm: Firm, wanted: str) -> None:
    """Into the directory; where another firm took the same address in this moment, with the next one."""
    for _try in range(MOST_TRIES):
        firm.slug = wanted or await free_slug(session, firm.name)
        try:
            async with session.begin_nested():
                session.add(firm)
        except IntegrityError:
            if wanted:
                raise
        else:
            return
    raise RuntimeError(f"no free address for {firm.name} after {MOST_TRIES} tries")


async def free_slug(session: AsyncSession, name: str) -> str:
    """The firm's name in pinyin, with a number where another firm has it."""
    base = slug_of(name, longest=34)
    taken = set((await session.scalars(select(Firm.slug).where(Firm.slug.startswith(base, autoescape=True)))).all())
    if base not in taken | RESERVED:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
