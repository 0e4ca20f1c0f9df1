"""The embedded mailbox: an SMTP server on a unix socket that keeps what it gets as files, for demo and development.

A message's file is named by its arrival and its Message-ID, so the mailbox can say whether it has seen one.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from pathlib import Path
from uuid import UUID

from aiosmtpd.smtp import SMTP, Envelope, Session

from saas.kernel import clock
from saas.kernel.config import Settings
from saas.kernel.embedded import private_folder

LARGEST = 40 * 1024 * 1024
LONGEST_HEAD = 16 * 1024
FIRM_HEADER = "X-Firm"  # of letters that stay in the house, so that a sandbox's can be found and erased
REPLAYED = timedelta(hours=1)  # a letter older than this on arrival comes from a replay


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as its page shows it; every field is text that the template must escape."""

    id: str
    sender: str
    to: str
    subject: str
    received: datetime
    text: str
    html: str
    attachments: tuple[Attached, ...]
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    name: str
    content_type: str
    content: bytes


def list_messages(folder: Path, to: str = "", limit: int = 200) -> list[Letter]:
    """The newest first; `to` keeps those sent to one address."""
    letters = (_letter(path) for path in sorted(folder.glob("*.eml"), reverse=True))
    found = (letter for letter in letters if to.lower() in letter.to.lower())
    return [letter for letter, _ in zip(found, range(limit), strict=False)]


def read_message(folder: Path, message_id: str) -> Letter | None:
    """One letter by the id that list_messages gave, None when there is none such."""
    path = folder / f"{message_id}.eml"
    return _letter(path) if message_id.replace("-", "").isalnum() and path.is_file() else None


def times_seen(folder: Path, message_id: str) -> int:
    """How often a message with this Message-ID header arrived: 0, 1, or more when it was sent again."""
    return sum(1 for _ in folder.glob(f"*-{_digest(message_id)}.eml"))


def letters_of(folder: Path, firm_id: UUID) -> list[Path]:
    """The files of the letters that this firm's jobs sent here: they say so in their head."""
    mark = f"\n{FIRM_HEADER}: {firm_id}".encode()
    return [path for path in folder.glob("*.eml") if mark in _head(path)]


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST_HEAD).partition(b"\r\n\r\n")[0]


def keep(folder: Path, content: bytes) -> str:
    """Store one message whole or not at all; the id it can be read by."""
    folder.mkdir(parents=True, exist_ok=True)
    message = message_from_bytes(content, policy=policy.SMTP)
    name = f"{_arrival(message).timestamp() * 1e6:.0f}-{_digest(str(message.get('Message-ID', '')))}"
    draft = folder / f"{name}.part"
    draft.write_bytes(content)
    draft.rename(folder / f"{name}.eml")
    return name


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Path]:
    """The mailbox answers SMTP on the socket of `settings.smtp_url` while the block runs."""
    path = private_folder(settings.run_dir) / "smtp.sock"
    path.unlink(missing_ok=True)
    server = await asyncio.get_running_loop().create_unix_server(_speaking(settings.mailbox_dir), path)
    try:
        yield path
    finally:
        server.close()
        path.unlink(missing_ok=True)


@asynccontextmanager
async def serving_on(port: int, folder: Path) -> AsyncIterator[None]:
    """A mailbox on a port of loopback, for drills: to the product it is a mail server like any other."""
    server = await asyncio.get_running_loop().create_server(_speaking(folder), "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()


def _speaking(folder: Path) -> Callable[[], SMTP]:
    handler, loop = _Keeper(folder), asyncio.get_running_loop()
    return lambda: SMTP(handler, hostname="localhost", enable_SMTPUTF8=True, data_size_limit=LARGEST, loop=loop)


class _Keeper:
    """aiosmtpd's handler: the reply goes out only after the file is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.original_content or b""
        try:
            return f"250 kept as {keep(self.folder, content)}"
        except OSError:  # a full disk is no reason to send the letter back for good
            return "452 4.3.1 not enough room, try again later"


def _arrival(message: Message) -> datetime:
    """Now; a letter of a replayed past arrives at the time it bears, or the demo's year would arrive in a minute."""
    now, sent = clock.now(), message.get("Date")
    written = getattr(sent, "datetime", None)
    if written is None or written.tzinfo is None or abs(now - written) < REPLAYED:
        return now
    return datetime.fromtimestamp(int(written.timestamp()) + now.microsecond / 1e6, UTC)


def _letter(path: Path) -> Letter:
    message = message_from_bytes(path.read_bytes(), policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return Letter(
        id=path.stem,
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        received=datetime.fromtimestamp(int(path.stem.partition("-")[0]) / 1e6, UTC),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(_attached(part) for part in message.iter_attachments() if isinstance(part, EmailMessage)),
        reply_to=str(message["Reply-To"] or ""),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""


def _attached(part: EmailMessage) -> Attached:
    content = part.get_payload(decode=True)
    return Attached(part.get_filename() or "", part.get_content_type(), content if isinstance(content, bytes) else b"")


def _digest(message_id: str) -> str:
    return hashlib.sha256(message_id.strip().encode()).hexdigest()[:32]
