"""The LMTP listener (RFC 2033): the mail server in front hands over what came to a return address.

It says yes only after the commit, 451 when it could not (the server in front keeps the mail and asks again), and 550
to an address that was never given out. It never sends mail itself, so it cannot answer an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from saas.kernel import clock, return_paths, tenancy
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.directory import firm_by_code
from saas.kernel.embedded import private_folder
from saas.kernel.errors import Missing
from saas.kernel.return_paths import ReturnPath
from saas.notices import queries
from saas.notices.returns.intake import take_in

log = logging.getLogger("saas.returns")

LARGEST = 25 * 1024 * 1024
MOST_HOPS = 50
UNKNOWN = "550 5.1.1 no such return address"
LATER = "451 4.3.0 not now, please try again later"
TWICE_ROUND = "554 5.4.6 this mail has been handed on too often"


async def serve(settings: Settings) -> None:
    """Listen until told to stop."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # it would write every address down
    database, stopping = Database(settings.app_database_url, pool_size=3), asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    try:
        async with listening(settings, database):
            await stopping.wait()
    finally:
        await database.close()


@asynccontextmanager
async def listening(settings: Settings, database: Database) -> AsyncIterator[None]:
    """The address of `settings.lmtp_url` answers while the block runs."""
    where, speaking = urlsplit(settings.lmtp_url), _speaking(_Door(settings, database))
    loop = asyncio.get_running_loop()
    if where.scheme == "lmtp":
        server: asyncio.Server = await loop.create_server(speaking, where.hostname, where.port or 0)
    else:
        server = await loop.create_unix_server(speaking, _free_socket(Path(where.path), settings))
        os.chmod(where.path, 0o660)
    try:
        yield
    finally:
        server.close()
        if where.scheme != "lmtp":
            with contextlib.suppress(FileNotFoundError):
                os.unlink(where.path)


def _free_socket(path: Path, settings: Settings) -> Path:
    if path.parent == settings.run_dir:
        private_folder(settings.run_dir)
    path.unlink(missing_ok=True)
    return path


def _speaking(door: _Door) -> Callable[[], LMTP]:
    loop = asyncio.get_running_loop()
    return lambda: LMTP(door, hostname="localhost", enable_SMTPUTF8=True, data_size_limit=LARGEST, loop=loop)


class _Door:
    """aiosmtpd's handler. Each recipient is taken in by itself and answered by itself, as LMTP wants it."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: LMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        path = return_paths.read(address, self._settings)
        if path is None:
            return UNKNOWN
        try:
            if await self._firm_of(path) is None:
                return UNKNOWN
        except Exception as error:  # whatever it is: the server in front keeps the mail
            log.warning("return address cannot be looked up: %s", error)
            return LATER
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 known"

    async def handle_DATA(self, server: LMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        if _hops(content) > MOST_HOPS:
            return "\r\n".join(TWICE_ROUND for _address in envelope.rcpt_tos)
        return "\r\n".join([await self._take(address, content) for address in envelope.rcpt_tos])

    async def _take(self, address: str, content: bytes) -> str:
        path = return_paths.read(address, self._settings)
        if path is None:
            return UNKNOWN
        try:
            firm_id = await self._firm_of(path)
            if firm_id is None:
                return UNKNOWN
            async with self._database.transaction(tenancy.firm(firm_id)) as session:
                kind = await take_in(session, path.delivery_id, content, clock.now())
        except Exception:  # whatever it is: the server in front keeps the mail
            log.exception("returned mail cannot be taken in: delivery %s", path.delivery_id)
            return LATER
        log.info("returned mail taken in: firm %s delivery %s kind %s", firm_id, path.delivery_id, kind)
        return f"250 2.6.0 taken as {kind}"

    async def _firm_of(self, path: ReturnPath) -> UUID | None:
        """The firm whose delivery this is; None when firm or delivery is not (any more) there."""
        async with self._database.transaction(tenancy.PLATFORM) as session:
            firm = await firm_by_code(session, path.firm_code)
        if firm is None:
            return None
        async with self._database.transaction(tenancy.firm(firm.id)) as session:
            try:
                await queries.delivery(session, path.delivery_id)
            except Missing:
                return None
        return firm.id


def _hops(content: bytes) -> int:
    return len(message_from_bytes(content.partition(b"\r\n\r\n")[0]).get_all("Received", []))
