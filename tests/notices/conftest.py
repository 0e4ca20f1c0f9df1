"""A client, a letter on its way, and somebody behind a link."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from saas.clients.models import Client, Contact
from saas.kernel import clock, documents, jobs
from saas.kernel.config import Settings
from saas.kernel.outbox import Outbox
from saas.notices import issue, queries
from saas.notices.models import Delivery, Notice
from saas.notices.sending import secret_of
from tests.cast import Cast
from tests.notices import sample


@dataclass(slots=True)
class Office:
    """The firm of the cast with one client: letters are drafted by Ben and approved by Quinn, as in a case."""

    cast: Cast
    settings: Settings
    client: Client
    contact: Contact
    firm_code: str = field(default="")

    async def drafted(self, **changes: Any) -> Notice:
        async with self.cast.transaction() as session:
            return await sample.make_draft(session, self.cast.ben, self.client, **changes)

    async def approved(self, **changes: Any) -> Notice:
        notice = await self.drafted(**changes)
        async with self.cast.transaction() as session:
            return await issue.approve(session, notice, self.cast.quinn, clock.now())

    async def issued(self, **changes: Any) -> Notice:
        """Approved, printed and handed to the mailbox."""
        notice = await self.approved(**changes)
        await self.work("notices.render", "notices.deliver", "notices.hand_over")
        return await self.fresh(notice.id)

    async def work(self, *names: str) -> list[UUID]:
        """Do the promised jobs of these names, in this order, due or not; their ids."""
        done = []
        for name in names:
            for job_id in await self.promised(name):
                await jobs.run_job(self.cast.database, self.cast.firm.id, job_id)
                done.append(job_id)
        return done

    async def promised(self, name: str) -> list[UUID]:
        async with self.cast.transaction() as session:
            query = select(Outbox.id).where(Outbox.job == name, Outbox.finished_at.is_(None))
            return list((await session.scalars(query)).all())

    async def fresh(self, notice_id: UUID) -> Notice:
        async with self.cast.transaction() as session:
            return await queries.notice(session, notice_id)

    async def deliveries(self, notice_id: UUID) -> list[Delivery]:
        async with self.cast.transaction() as session:
            return (await queries.deliveries(session, [notice_id]))[notice_id]

    def token(self, delivery: Delivery) -> str:
        return f"{self.cast.firm.code}.{secret_of(self.settings, delivery.id)}"


@pytest.fixture
async def office(cast: Cast, settings: Settings) -> Office:
    async with cast.transaction() as session:
        client, contact = await sample.make_client(session)
    return Office(cast, settings, client, contact)


@pytest.fixture(scope="session", autouse=True)
def _printers() -> Any:
    yield
    documents.cool_down()


class Phone:
    """A contact's browser: keeps its cookies, finds the CSRF token on the page, sends what the page's form would."""

    def __init__(self, client: AsyncTestClient[Litestar]) -> None:
        self.client = client
        self.cookies: dict[str, str] = {}
        self.page = ""

    async def get(self, path: str) -> Response:
        return self._kept(await self.client.get(path, headers=self._headers(), follow_redirects=False))

    async def open(self, token: str) -> Response:
        """Follow a link as a browser does."""
        answer = await self.get(f"/l/{token}")
        return await self.get(answer.headers["location"]) if answer.status_code == 303 else answer

    async def post(self, path: str, data: dict[str, Any], *, files: Any = None, csrf: str | None = None) -> Response:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.page)
        fields = {"csrf": csrf if csrf is not None else found[1] if found else "", **data}
        answer = await self.client.post(path, data=fields, files=files, headers=self._headers(), follow_redirects=False)
        return self._kept(answer)

    def _headers(self) -> dict[str, str]:
        return {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}

    def _kept(self, answer: Response) -> Response:
        for line in answer.headers.get_list("set-cookie"):
            name, _eq, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        if "text/html" in answer.headers.get("content-type", ""):
            self.page = answer.text
        self.client.cookies.clear()
        return answer


@pytest.fixture
def phone(client: AsyncTestClient[Litestar]) -> Phone:
    return Phone(client)


@pytest.fixture
def new_phone(client: AsyncTestClient[Litestar]) -> Callable[[], Phone]:
    return lambda: Phone(client)
