"""The people of the tests: a firm with everyone in it, and Otto, who owns another one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from httpx import Response
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from saas.firms.models import FirmProfile
from saas.identity.models import Membership, Person
from saas.identity.sessions import open_session
from saas.identity.visitors import member_actor
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.directory import Firm, FirmKind
from saas.kernel.identifiers import firm_code, uuid7
from saas.kernel.web import csrf_token

PASSWORD = "correct horse battery staple"
ROLES = {
    "paula": ("周以宁", "owner"),
    "mara": ("马若兰", "manager"),
    "quinn": ("沈知微", "reviewer"),
    "ben": ("陆予安", "bookkeeper"),
    "lin": ("林小满", "bookkeeper"),
    "cash": ("何静", "cashier"),
    "tina": ("唐一诺", "trainer"),
    "ada": ("安达", "auditor"),
}


@dataclass(slots=True)
class Cast:
    """Everyone, as the kernel sees them: fresh from signing in, with the permissions of their roles."""

    database: Database
    firm: Firm
    other_firm: Firm
    actors: dict[str, Actor] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.actors[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def scope(self) -> tenancy.Scope:
        return tenancy.firm(self.firm.id)

    @asynccontextmanager
    async def transaction(self, *, otto: bool = False) -> AsyncIterator[AsyncSession]:
        """One transaction inside the firm (or inside Otto's)."""
        firm = self.other_firm if otto else self.firm
        async with self.database.transaction(tenancy.firm(firm.id)) as session:
            yield session


async def make_cast(database: Database) -> Cast:
    """Two firms, never the same twice, so that tests of one module cannot meet."""
    suffix = uuid7().hex[-10:]
    now = clock.now()
    firms = [
        Firm(slug=f"{name}-{suffix}", code=firm_code(), name=title, kind="demo", created_at=now)
        for name, title in (("hengxi", "衡溪会计"), ("other", "别家会计"))
    ]
    cast = Cast(database, *firms)
    async with database.transaction(tenancy.PLATFORM) as session:
        session.add_all(firms)
        for name, (title, _role) in [*ROLES.items(), ("otto", ("奥托", "owner"))]:
            person = Person(email=f"{name}-{suffix}@example.com", name=title, confirmed_at=now, created_at=now)
            session.add(person)
            cast.persons[name] = person
    await _join(cast, firms[0], ROLES)
    await _join(cast, firms[1], {"otto": ("奥托", "owner")})
    return cast


async def _join(cast: Cast, firm: Firm, roles: Mapping[str, tuple[str, str]]) -> None:
    now = clock.now()
    async with cast.database.transaction(tenancy.firm(firm.id)) as session:
        session.add(FirmProfile(id=firm.id, name=firm.name, licence_number="DLJZ33010620190057"))
        for name, (title, role) in roles.items():
            person = cast.persons[name]
            member = Membership(
                person_id=person.id,
                name=title,
                email=person.email,
                roles=[role],
                is_owner=role == "owner",
                joined_at=now,
            )
            session.add(member)
            await session.flush()
            cast.actors[name] = member_actor(member, person).signed_in(now)


async def make_kind(settings: Settings, firm: Firm, kind: FirmKind) -> None:
    """What no program can do: another kind of firm, set by the owner of the database past its triggers."""
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(text("UPDATE firms SET kind = :kind WHERE id = :id"), {"kind": kind, "id": firm.id})
    await engine.dispose()


class Browser:
    """One person's browser against the real application: cookies and the CSRF field are kept for them."""

    def __init__(self, client: AsyncTestClient[Litestar], token: str, csrf: str) -> None:
        self.client = client
        self.csrf = csrf
        self.cookies = {"__Host-session": token} if token else {}

    async def get(self, path: str, **headers: str) -> Response:
        return await self.client.get(path, headers=self._headers(headers), follow_redirects=False)

    async def post(
        self, path: str, data: Mapping[str, Any] | None = None, files: Any = None, **headers: str
    ) -> Response:
        fields = {"csrf": self.csrf, **(data or {})}
        return await self.client.post(
            path, data=fields, files=files, headers=self._headers(headers), follow_redirects=False
        )

    def _headers(self, extra: Mapping[str, str]) -> dict[str, str]:
        cookie = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        return {**({"cookie": cookie} if cookie else {}), **{k.replace("_", "-"): v for k, v in extra.items()}}


async def browser(app: Litestar, client: AsyncTestClient[Litestar], cast: Cast, name: str) -> Browser:
    """A signed-in browser of one of the cast; "nobody" has no session."""
    secret: bytes = app.state.door.secret
    if name == "nobody":
        nobody = Browser(client, "", csrf_token(secret, "nobody"))
        nobody.cookies = {"__Host-anon": "nobody"}  # as any page we show first would have set it
        return nobody
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        token = open_session(
            session, cast.persons[name], clock.now(), address="test", browser="test", needs_second_factor=False
        )
    return Browser(client, token, csrf_token(secret, sha256(token.encode()).hexdigest()))


def member_id(actor: Actor) -> UUID:
    assert actor.id is not None
    return actor.id
