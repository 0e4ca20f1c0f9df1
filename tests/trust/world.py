"""Two firms with a row in every table: the world of the isolation tests. Made once a session, cloned for each file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from sqlalchemy import text

from saas.identity.models import Membership, Person
from saas.identity.visitors import member_actor
from saas.kernel import clock, tenancy
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from tests.cast import Cast, make_cast, member_id
from tests.trust.filling import file_of, fill, without_checks

# Colleagues of Otto's, so that in his firm, too, a record can name two people; and one of Paula's who leaves in a test.
COLLEAGUES = {"olga": "manager", "oren": "bookkeeper"}
GOING = {"wim": "bookkeeper"}


@dataclass(slots=True)
class World:
    """The cast, and of either firm one row of every table. `ours` is the firm of Paula, `theirs` is Otto's."""

    cast: Cast
    ours: Mapping[str, UUID] = field(default_factory=dict)
    theirs: Mapping[str, UUID] = field(default_factory=dict)
    file: str = ""  # the hash of the file that our rows list


async def make_world(settings: Settings) -> World:
    """Both firms begun as the product begins a firm, then filled to the last table."""
    database, owner = Database(settings.app_database_url), Database(settings.database_url)
    cast = await make_cast(database)
    await _give_colleagues(cast, cast.other_firm, COLLEAGUES)
    await _give_colleagues(cast, cast.firm, GOING)
    world = World(cast)
    checks = await without_checks(owner)
    world.ours = await fill(database, owner, cast.firm.id, _parts(cast, "paula", "wim", "mara"))
    world.theirs = await fill(database, owner, cast.other_firm.id, _parts(cast, "otto", "olga", "oren"))
    async with owner.transaction(tenancy.PLATFORM) as session:
        for check in checks:
            await session.execute(text(check))
    world.file = sha256(file_of(cast.firm.id)).hexdigest()
    await database.close()
    await owner.close()
    return world


async def _give_colleagues(cast: Cast, firm: Firm, roles: Mapping[str, str]) -> None:
    now = clock.now()
    for name, role in roles.items():
        person = Person(email=f"{name}-{firm.slug}@example.com", name=name, confirmed_at=now, created_at=now)
        async with cast.database.transaction(tenancy.PLATFORM) as session:
            session.add(person)
        async with cast.database.transaction(tenancy.firm(firm.id)) as session:
            member = Membership(person_id=person.id, name=name, email=person.email, roles=[role], joined_at=now)
            session.add(member)
            await session.flush()
        cast.persons[name], cast.actors[name] = person, member_actor(member, person).signed_in(now)


def _parts(cast: Cast, author: str, second: str, third: str) -> dict[str, UUID]:
    return {
        part: member_id(cast.actors[name]) for part, name in (("author", author), ("second", second), ("third", third))
    }
