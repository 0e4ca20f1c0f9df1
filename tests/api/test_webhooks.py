"""Another program is told: with the step, signed, tried again, stopped after long failure, sent again by hand."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from saas.api.models import WebhookDelivery, WebhookEndpoint
from saas.api.webhooks import sending
from saas.api.webhooks.sending import Outcome, attempt
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.config import Settings, activate
from saas.kernel.jobs import run_job
from saas.kernel.outbox import Outbox
from saas.tasks.models import Task
from tests.api.conftest import Program, a_token, example
from tests.cast import Browser, Cast, make_kind
from tests.ledgers.importing import MARCH

People = Callable[[str], Awaitable[Browser]]
Programs = Callable[[str], Program]
pytestmark = pytest.mark.usefixtures("mailbox_folder")


@dataclass(slots=True)
class Receiver:
    """Another program, listening on this machine: it keeps what it got and answers as told."""

    url: str = ""
    status: int = 204
    extra: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {k.lower(): v for k, _colon, v in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.got.append((headers, body))
        writer.write(
            f"HTTP/1.1 {self.status} Said\r\n{self.extra}content-length: 0\r\nconnection: close\r\n\r\n".encode()
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    async with server:
        yield receiver


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


@pytest.fixture
async def inner(settings: Settings, cast: Cast) -> AsyncIterator[Settings]:
    """A live firm whose operator lets it call programs on this machine."""
    await make_kind(settings, cast.firm, "live")
    yield activate(dataclasses.replace(settings, webhook_networks=("127.0.0.0/8",)))
    activate(settings)


async def _enter(cast: Cast, paula: Browser, url: str, *events: str) -> tuple[str, str]:
    """The address of the webhook's page, and its secret."""
    answer = await paula.post(f"/f/{cast.firm.slug}/settings/api/webhooks", {"url": url, "events": list(events)})
    assert answer.status_code == 200, answer.text
    secret = re.search(r"whsec_[\w-]+", answer.text)
    assert secret
    async with cast.transaction() as session:
        row = (await session.scalars(select(WebhookEndpoint).where(WebhookEndpoint.url == url))).one()
    return f"/f/{cast.firm.slug}/settings/api/webhooks/{row.id}", secret[0]


async def _send(cast: Cast) -> None:
    """Make every delivery that is due, as a worker would, and read what was pushed."""
    async with cast.transaction() as session:
        query = select(Outbox.id).where(
            Outbox.finished_at.is_(None), Outbox.due_at <= clock.now(),
            Outbox.job.in_(("api.deliver", "ledgers.read")),
        )  # fmt: skip
        ids = (await session.scalars(query.order_by(Outbox.created_at))).all()
    for job in ids:
        assert await run_job(cast.database, cast.firm.id, job)


async def _deliveries(cast: Cast) -> list[WebhookDelivery]:
    async with cast.transaction() as session:
        return list((await session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id))).all())


async def _endpoint(cast: Cast) -> WebhookEndpoint:
    async with cast.transaction() as session:
        return (await session.scalars(select(WebhookEndpoint))).one()


async def _turn_back(cast: Cast, **changes: Any) -> None:
    async with cast.transaction() as session:
        await session.execute(update(WebhookEndpoint).values(**changes))
        await session.execute(update(Outbox).where(Outbox.finished_at.is_(None)).values(due_at=clock.now()))


async def test_who_may_enter_one_and_where_it_may_lead(cast: Cast, as_person: People) -> None:
    page = f"/f/{cast.firm.slug}/settings/api/webhooks"
    form = {"url": "https://127.0.0.1/hook", "events": ["import.stored"]}
    for name, status in (("paula", 200), ("ada", 200), ("ben", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).get(page)).status_code == status, name
    for name, status in (("mara", 403), ("ben", 403), ("otto", 404)):
        assert (await (await as_person(name)).post(page, form)).status_code == status, name
    paula = await as_person("paula")
    for url in ("https://127.0.0.1/hook", "https://localhost/", "https://169.254.169.254/latest", "gopher://a.cn/"):
        assert (await paula.post(page, {**form, "url": url})).status_code == 422, url
    assert (await paula.post(page, {**form, "events": ["case.secret"]})).status_code == 422
    async with cast.transaction() as session:
        assert (await session.scalars(select(WebhookEndpoint))).all() == []


async def test_a_step_is_told_signed_and_written_down(
    cast: Cast, tea: Client, as_person: People, program: Programs, inner: Settings, receiver: Receiver
) -> None:
    paula = await as_person("paula")
    page, secret = await _enter(cast, paula, receiver.url, "import.previewed")
    again = await paula.post(
        f"/f/{cast.firm.slug}/settings/api/webhooks", {"url": receiver.url, "events": ["case.closed"]}
    )
    assert again.status_code == 422
    kept = await _endpoint(cast)
    assert secret not in kept.secret_sealed
    assert secret not in (await paula.get(page)).text
    imported = (await program(await a_token(cast)).push(tea, MARCH)).json()
    await _send(cast)  # the worker reads the file
    await _send(cast)  # and tells of it
    headers, body = receiver.got[0]
    assert len(receiver.got) == 1
    told = json.loads(body)
    assert (told["type"], told["data"]["id"], told["data"]["state"]) == (
        "import.previewed",
        imported["id"],
        "previewed",
    )
    assert example().is_genuine(secret, headers["qingzhang-signature"], body, clock.now().timestamp())
    assert headers["qingzhang-delivery"] == told["id"]
    assert "已送达" in (await paula.get(page)).text
    await paula.post(f"{page}/deliveries/{told['id']}/again")
    await _send(cast)
    assert [json.loads(seen)["id"] for _headers, seen in receiver.got] == [told["id"]] * 2
    otto = await as_person("otto")
    assert (await otto.post(f"{page}/deliveries/{told['id']}/again")).status_code == 404
    renewed = re.search(r"whsec_[\w-]+", (await paula.post(f"{page}/secret")).text)
    assert renewed
    assert renewed[0] != secret
    await paula.post(f"{page}/ping")
    await _send(cast)
    headers, body = receiver.got[-1]
    assert json.loads(body)["type"] == "ping"
    assert example().is_genuine(renewed[0], headers["qingzhang-signature"], body, clock.now().timestamp())


async def test_failures_wait_longer_and_longer_and_end_in_a_task(
    cast: Cast, as_person: People, inner: Settings, receiver: Receiver
) -> None:
    paula, receiver.status = await as_person("paula"), 503
    page, _secret = await _enter(cast, paula, receiver.url, "case.opened")
    await paula.post(f"{page}/ping")
    await _send(cast)
    first = await _endpoint(cast)
    assert (first.failures, (await _deliveries(cast))[0].error) == (1, "refused")
    assert first.rests_until is not None
    await paula.post(f"{page}/ping")
    await _send(cast)  # while it rests nobody calls it
    assert len(receiver.got) == 1
    waits = []
    for _time in range(3):
        await _turn_back(cast, rests_until=None)
        begun = clock.now()
        async with cast.transaction() as session:  # one of the two
            job = (await session.scalars(select(Outbox.id).where(Outbox.job == "api.deliver",
                                                                 Outbox.finished_at.is_(None)))).first()  # fmt: skip
        assert job is not None
        assert await run_job(cast.database, cast.firm.id, job)
        rests = (await _endpoint(cast)).rests_until
        assert rests is not None
        waits.append(round((rests - begun).total_seconds(), -1))
    assert waits == [60, 300, 1800]
    long_ago = clock.now() - sending.LONGEST - timedelta(hours=1)
    await _turn_back(cast, rests_until=None, failing_since=long_ago)
    await _send(cast)
    stopped = await _endpoint(cast)
    assert (stopped.stopped_reason, stopped.is_on) == ("failing", False)
    async with cast.transaction() as session:
        task = (await session.scalars(select(Task).where(Task.subject_id == stopped.id))).one()
        assert (task.assignee_id, task.done_at) == (cast.paula.id, None)
        assert (await session.scalars(select(AuditEntry).where(AuditEntry.action == "api.stop_webhook"))).one()
    assert "连续三天" in (await paula.get(f"/f/{cast.firm.slug}/work")).text
    calls, receiver.status = len(receiver.got), 204
    for _twice in range(2):
        assert (await paula.post(f"{page}/go-on")).status_code == 303
    await _send(cast)
    assert {row.status for row in await _deliveries(cast)} == {"delivered"}
    assert len(receiver.got) == calls + 2
    async with cast.transaction() as session:
        assert (await session.get_one(Task, (cast.firm.id, task.id))).done_at is not None


async def test_no_redirect_is_followed_and_no_inner_address_called(
    cast: Cast, as_person: People, inner: Settings, receiver: Receiver
) -> None:
    paula = await as_person("paula")
    async with receiving() as elsewhere:
        receiver.status, receiver.extra = 302, f"location: {elsewhere.url}\r\n"
        await _enter(cast, paula, receiver.url, "case.opened")
        row = WebhookDelivery(event="ping", body={})
        async with cast.transaction():
            assert await attempt(await _endpoint(cast), row, clock.now()) == Outcome(302, "redirect")
        assert elsewhere.got == []

    async def moved(host: str, port: int) -> list[str]:
        return ["10.0.0.1"]

    async with cast.transaction():
        address, calls = await _endpoint(cast), len(receiver.got)
        assert await attempt(address, row, clock.now(), moved) == Outcome(None, "not_allowed")
    activate(dataclasses.replace(inner, webhook_networks=()))
    async with cast.transaction():
        assert await attempt(address, row, clock.now()) == Outcome(None, "not_allowed")
    activate(dataclasses.replace(inner, env="production"))  # http is good enough nowhere but here
    async with cast.transaction():
        assert await attempt(address, row, clock.now()) == Outcome(None, "not_allowed")
    assert len(receiver.got) == calls


async def test_a_demo_calls_nobody(cast: Cast, as_person: People, settings: Settings, receiver: Receiver) -> None:
    activate(dataclasses.replace(settings, webhook_networks=("127.0.0.0/8",)))
    paula = await as_person("paula")
    page, _secret = await _enter(cast, paula, receiver.url, "case.opened")
    await paula.post(f"{page}/ping")
    await _send(cast)
    assert ([row.status for row in await _deliveries(cast)], receiver.got) == (["kept"], [])
    for _twice in range(2):
        await paula.post(f"{page}/stop")
    for status in (303, 404):
        assert (await paula.post(f"{page}/remove")).status_code == status
    async with cast.transaction() as session:
        deeds = (await session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("api.%")))).all()
    assert deeds == ["api.make_webhook", "api.stop_webhook", "api.remove_webhook"]
    activate(settings)
