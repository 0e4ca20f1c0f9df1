"""An interrupted payment is never made twice: the server is killed once it has written the payment, before anybody
read its answer; the browser sends the same form to the next server.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from urllib.parse import urlencode

import httpx
from sqlalchemy import select

from saas.identity.sessions import open_session
from saas.kernel import clock, tenancy
from saas.kernel.config import Settings
from saas.kernel.web import csrf_token
from saas.refunds import queries
from saas.refunds.payment import paying
from saas.refunds.payment.payment_models import Payment
from tests.cast import Cast
from tests.refunds import payment_story as story
from tests.refunds.house import House

PATIENCE = 30  # seconds


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(settings: Settings, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The real application in a process of its own."""
    env = {**os.environ, "SAAS_ENV": "test", "SAAS_DATA_DIR": str(settings.data_dir),
           "SAAS_SECRET_KEY": settings.secret_key, "SAAS_DATABASE_URL": settings.database_url,
           "SAAS_APP_DATABASE_URL": settings.app_database_url}  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "--factory", "saas.app:create_app", "--port", str(port)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def up(port: int) -> None:
    async with httpx.AsyncClient() as client:
        for _try in range(PATIENCE * 10):
            try:
                await client.get(f"http://127.0.0.1:{port}/sign-in")
                return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    raise AssertionError("the server did not come up")


async def cookies(cast: Cast, settings: Settings) -> tuple[str, str]:
    """(cookie header, CSRF token) of Cash's session."""
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        token = open_session(
            session, cast.persons["cash"], clock.now(), address="test", browser="test", needs_second_factor=False
        )
    return f"__Host-session={token}", csrf_token(settings.derive("csrf"), sha256(token.encode()).hexdigest())


async def test_killed_between_commit_and_answer_it_is_paid_once(house: House, settings: Settings) -> None:
    refund = await story.checked(house)
    async with house.cast.transaction() as session:
        payee = await queries.payee(session, refund.id)
        assert payee is not None
    cookie, csrf = await cookies(house.cast, settings)
    form = {"csrf": csrf, "key": paying.new_key(), "payee_id": str(payee.id), "amount": "2100.00"}
    path = f"/f/{house.cast.firm.slug}/refunds/{refund.id}/payment/pay"
    port = free_port()
    with serving(settings, port) as process:
        await up(port)
        body = urlencode(form).encode()
        head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\ncontent-length: {len(body)}\r\n"
        head += "content-type: application/x-www-form-urlencoded\r\n\r\n"
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + body)
        await writer.drain()
        await _written(house)
        os.kill(process.pid, signal.SIGKILL)  # nobody has read an answer
        writer.close()
    port = free_port()
    with serving(settings, port):
        await up(port)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as browser:
            for _again in range(2):
                answer = await browser.post(path, data=form, headers={"cookie": cookie})
                assert answer.status_code == 303
    [payment] = await _payments(house)
    assert (payment.key, payment.status) == (form["key"], "in_transit")
    assert (await house.fresh(refund)).state == "executing"


async def _written(house: House) -> None:
    for _try in range(PATIENCE * 50):
        if await _payments(house):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the payment was never written")


async def _payments(house: House) -> list[Payment]:
    async with house.cast.transaction() as session:
        return list(await session.scalars(select(Payment)))
