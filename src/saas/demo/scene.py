"""What a step of the replay has at hand: the firm, who acts, the records its story has made so far."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client, Contact
from saas.demo.books import Books, Late
from saas.demo.browser import PHONE, Browser
from saas.demo.story import Days
from saas.demo.tenant import Client as ClientData
from saas.demo.tenant import Tenant
from saas.identity.models import Membership
from saas.identity.queries import person as person_of
from saas.identity.sessions import open_session
from saas.kernel import clock, tenancy
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.notices.models import Delivery
from saas.notices.sending import address_for


class NotThere(LookupError):
    """The story speaks of something that does not exist: a fault of the data, or of the product."""


@dataclass(slots=True)
class Stage:
    """What all steps share."""

    app: Any
    database: Database
    tenant: Tenant
    days: Days
    password: str
    firm: Firm | None = None  # from the first step on
    books: dict[tuple[str, str, tuple[Late, ...]], Books] = field(default_factory=dict)  # made lately, by client

    @property
    def firm_id(self) -> UUID:
        if self.firm is None:
            raise NotThere("the firm is not founded yet")
        return self.firm.id

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A short transaction inside the firm."""
        async with self.database.transaction(tenancy.firm(self.firm_id)) as session:
            yield session


@dataclass(slots=True)
class Scene:
    """One step at its time. `known` are the ids that the story's earlier steps have noted; new ones are kept."""

    stage: Stage
    at: datetime
    story: str
    data: ClientData | None = None
    known: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The beginning of every address in the firm."""
        if self.stage.firm is None:
            raise NotThere("the firm is not founded yet")
        return f"/f/{self.stage.firm.slug}"

    @property
    def client_data(self) -> ClientData:
        if self.data is None:
            raise NotThere(f"{self.story} is about no client")
        return self.data

    @property
    def approver(self) -> str:
        """The name of the client's first contact who may approve."""
        return next(contact.name for contact in self.client_data.contacts if contact.may_approve)

    def record(self, name: str) -> str:
        """The id the story noted under a name."""
        if name not in self.known:
            raise NotThere(f"{self.story}: there is no {name} yet")
        return self.known[name]

    async def client(self) -> Client:
        async with self.stage.reading() as session:
            found = await clients.client_by_uscc(session, self.client_data.uscc)
        if found is None:
            raise NotThere(f"{self.client_data.short} is not in the register")
        return found

    async def contact(self, name: str) -> Contact:
        client = await self.client()
        async with self.stage.reading() as session:
            found = next((c for c in await clients.contacts(session, client.id) if c.name == name), None)
        if found is None:
            raise NotThere(f"{self.client_data.short} has no contact {name}")
        return found

    async def member(self, name: str) -> Membership:
        async with self.stage.reading() as session:
            query = select(Membership).where(Membership.firm_id == self.stage.firm_id, Membership.name == name)
            found = await session.scalar(query)
        if found is None:
            raise NotThere(f"{name} does not work here")
        return found

    async def browser_of(self, name: str) -> Browser:
        """A colleague who has just signed in."""
        member = await self.member(name)
        async with self.stage.database.transaction(tenancy.PLATFORM) as session:
            person = await person_of(session, member.person_id)
            token = open_session(
                session, person, clock.now(), address="127.0.0.1", browser="demo", needs_second_factor=False
            )
        return Browser(self.stage.app, self.stage.app.state.door, token)

    async def visitor(self, contact: Contact, kind: str, subject_id: UUID) -> tuple[Browser, str]:
        """A contact who opened the link of the newest message of this kind; their browser, and the page's address."""
        async with self.stage.reading() as session:
            query = (
                select(Delivery)
                .where(Delivery.firm_id == self.stage.firm_id, Delivery.contact_id == contact.id)
                .where(Delivery.subject_kind == kind, Delivery.subject_id == subject_id, Delivery.link_id.is_not(None))
                .order_by(Delivery.created_at.desc())
            )
            delivery = (await session.scalars(query.limit(1))).first()
        if delivery is None or self.stage.firm is None:
            raise NotThere(f"{contact.name} was never sent a {kind}")
        browser = Browser(self.stage.app, self.stage.app.state.door, agent=PHONE)
        address = address_for(self.stage.firm, delivery)
        answer = await browser.get(address[address.index("/l/") :])
        return browser, answer.headers["location"]
