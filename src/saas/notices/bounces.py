"""Bounces: the reports of delivery that come back to our own address, and what the embedded mailbox has seen."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path

from saas.kernel import mailbox
from saas.kernel.config import Settings

RECENT = timedelta(days=3)
OURS = re.compile(r"<[0-9a-f]{32}@[^>\s]+>")


def seen(settings: Settings, message_id: str) -> bool:
    """Whether the embedded mailbox has taken this message."""
    return mailbox.times_seen(settings.mailbox_dir, message_id) > 0


def reported(settings: Settings, now: datetime) -> dict[str, str]:
    """Message-ID → the reporting server's words, for every message that recent reports say was not delivered.

    Only the embedded mailbox can be read; behind a real relay bounces go to the firm's own address (Reply-To and
    sender), and a person records them.
    """
    if not settings.embedded_smtp or not settings.mailbox_dir.is_dir():
        return {}
    found: dict[str, str] = {}
    for path in sorted(settings.mailbox_dir.glob("*.eml")):
        if _arrived(path) >= (now - RECENT).timestamp() and b"multipart/report" in path.read_bytes()[:8192]:
            found |= read_report(path.read_bytes())
    return found


def read_report(content: bytes) -> dict[str, str]:
    """The failed messages that one report (RFC 3464) names."""
    message = message_from_bytes(content, policy=policy.SMTP)
    status = next((part for part in message.walk() if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return {}
    fields = _fields(status)
    if "failed" not in fields.get("action", ""):
        return {}
    reason = fields.get("diagnostic-code") or fields.get("status") or "returned"
    originals = (
        part for part in message.walk() if part.get_content_type() in ("message/rfc822", "text/rfc822-headers")
    )
    return {message_id: reason for part in originals for message_id in OURS.findall(_text(part))}


def _fields(status: Message) -> dict[str, str]:
    """The fields of all blocks of a delivery-status part, the last one of each name."""
    payload = status.get_payload()
    blocks = payload if isinstance(payload, list) else []
    return {name.lower(): str(value) for block in blocks if isinstance(block, Message) for name, value in block.items()}


def _text(part: Message) -> str:
    return part.as_string()


def _arrived(path: Path) -> float:
    return int(path.stem.partition("-")[0]) / 1e6
