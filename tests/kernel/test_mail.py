"""Mail over a real SMTP server: what is built arrives, what cannot be a header is refused, repeats are known."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from saas.kernel import mail, mailbox
from saas.kernel.config import Settings


def letter(settings: Settings, delivery_id: UUID | None = None, **changes: str) -> EmailMessage:
    words = {"to": "li@example.cn", "subject": "账务调整通知 清字〔2026〕第 12 号", "text": "请确认。\n"} | changes
    attachment = mail.Attachment("通知.pdf", b"%PDF-1.7 ...")
    return mail.build(**words, attachments=[attachment], delivery_id=delivery_id or uuid4(), settings=settings)  # type: ignore[arg-type]


async def test_a_letter_arrives_whole(base_settings: Settings, mailbox_folder: Path) -> None:
    message = letter(base_settings, to_name="李 会计", html="<p>请<b>确认</b>。</p>", from_name="明达代理记账")
    accepted = await mail.send(message, base_settings, outlet="relay")
    (got,) = mailbox.list_messages(mailbox_folder)
    assert accepted.reply.endswith(got.id)
    assert (got.subject, got.text.strip(), got.html.strip()) == (
        message["Subject"],
        "请确认。",
        "<p>请<b>确认</b>。</p>",
    )
    assert got.to == "李 会计 <li@example.cn>"
    assert got.sender == "明达代理记账 <noreply@qingzhang.localhost>"
    assert [(a.name, a.content_type, a.content) for a in got.attachments] == [
        ("通知.pdf", "application/pdf", b"%PDF-1.7 ...")
    ]
    assert mailbox.read_message(mailbox_folder, got.id) == got


@pytest.mark.parametrize("field", ["to", "to_name", "from_name", "subject", "reply_to"])
def test_a_line_break_in_a_header_is_an_error(base_settings: Settings, field: str) -> None:
    with pytest.raises(mail.MailRefusedError):
        letter(base_settings, **{field: "li@example.cn\r\nBcc: everyone@example.cn"})


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "a b@example.cn"])
def test_what_is_no_address_is_refused(base_settings: Settings, address: str) -> None:
    with pytest.raises(mail.MailRefusedError):
        letter(base_settings, to=address)


async def test_a_repeat_after_success_is_recognised(base_settings: Settings, mailbox_folder: Path) -> None:
    message = letter(base_settings, delivery_id := uuid4())
    assert not mail.seen(message, base_settings)
    await mail.send(message, base_settings, outlet="relay")
    again = await mail.send(letter(base_settings, delivery_id), base_settings, attempt=2, outlet="relay")
    assert again.repeated
    assert mailbox.times_seen(mailbox_folder, message["Message-ID"]) == 1


async def test_a_demo_firms_mail_never_leaves(base_settings: Settings, mailbox_folder: Path) -> None:
    real_relay = dataclasses.replace(base_settings, smtp_url="smtp://127.0.0.1:1", embedded_smtp=False)
    await mail.send(letter(base_settings), real_relay, outlet="mailbox")
    assert len(mailbox.list_messages(mailbox_folder)) == 1


async def test_no_relay_there_means_later(base_settings: Settings) -> None:
    nobody = dataclasses.replace(base_settings, smtp_url="smtp://127.0.0.1:1", embedded_smtp=False)
    with pytest.raises(mail.MailAwayError):
        await mail.send(letter(base_settings), nobody, outlet="relay")


async def test_a_mailbox_without_room_asks_for_patience(base_settings: Settings, tmp_path: Path) -> None:
    """A 5xx would send the letter back to the firm as undeliverable."""
    (tmp_path / "no folder").touch()  # whatever is written below it fails as on a full disk
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with mailbox.serving_on(port, tmp_path / "no folder"):
        settings = dataclasses.replace(base_settings, smtp_url=f"smtp://127.0.0.1:{port}", embedded_smtp=False)
        with pytest.raises(mail.MailDelayedError, match="452"):
            await mail.send(letter(base_settings), settings, outlet="relay")


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("550 no such mailbox", mail.MailRefusedError),
        ("451 try again later", mail.MailDelayedError),
        ("", mail.MailUncertainError),  # the line drops after the message was sent
    ],
)
async def test_what_the_relay_says_decides(base_settings: Settings, reply: str, outcome: type[Exception]) -> None:
    async with relay_that_says(reply) as port:
        settings = dataclasses.replace(base_settings, smtp_url=f"smtp://127.0.0.1:{port}", embedded_smtp=False)
        with pytest.raises(outcome):
            await mail.send(letter(base_settings), settings, outlet="relay")


async def test_a_password_is_never_sent_in_the_clear(base_settings: Settings) -> None:
    async with relay_that_says("250 ok") as port:
        url = f"smtp://user:secret@127.0.0.1:{port}"
        settings = dataclasses.replace(base_settings, smtp_url=url, embedded_smtp=False)
        with pytest.raises(mail.MailDelayedError, match="STARTTLS"):
            await mail.send(letter(base_settings), settings, outlet="relay")


async def test_the_newest_letters_come_first_and_by_address(base_settings: Settings, mailbox_folder: Path) -> None:
    for to in ("a@example.cn", "b@example.cn", "a@example.cn"):
        await mail.send(letter(base_settings, to=to), base_settings, outlet="relay")
    assert [m.to for m in mailbox.list_messages(mailbox_folder)] == ["a@example.cn", "b@example.cn", "a@example.cn"]
    assert len(mailbox.list_messages(mailbox_folder, to="B@example.cn")) == 1
    assert mailbox.read_message(mailbox_folder, "../secret") is None


@asynccontextmanager
async def relay_that_says(final_reply: str) -> AsyncIterator[int]:
    """A relay that takes a whole message and then answers as told, or drops the line. Yields its port."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        say: Callable[[str], None] = lambda line: writer.write(f"{line}\r\n".encode())  # noqa: E731
        say("220 relay")
        while line := (await reader.readline()).decode().strip():
            if line == "DATA":
                say("354 go on")
                await reader.readuntil(b"\r\n.\r\n")
                if not final_reply:
                    break
                say(final_reply)
            else:
                say("250 ok")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=16 * 1024 * 1024)  # whole letters
    async with server:
        yield server.sockets[0].getsockname()[1]
