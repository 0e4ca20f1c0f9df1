"""Text messages stand behind a gateway; the local one keeps them as files, for demo, sandbox and tests."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from saas.kernel.config import Settings

_gateway: SmsGateway | None = None


class SmsRefusedError(Exception):
    """The gateway said no for good: a number that cannot be, a text that may not be sent."""


class SmsDelayedError(Exception):
    """Nothing was handed over; try again later."""


@dataclass(frozen=True, slots=True)
class SmsReceipt:
    """The gateway's answer, kept as proof."""

    reply: str
    reference: str


class SmsGateway(Protocol):
    """What a provider of text messages has to be able to do. The same `delivery_id` is never sent twice."""

    async def send(self, number: str, text: str, delivery_id: UUID) -> SmsReceipt:
        """Hand one message over; SmsRefusedError or SmsDelayedError."""


class LocalSms:
    """Keeps messages as files, one a delivery, so that a repeat is recognised."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, number: str, text: str, delivery_id: UUID) -> SmsReceipt:
        digits = number.replace(" ", "").replace("-", "").removeprefix("+86")
        if not digits.isdigit() or len(digits) < 7:
            raise SmsRefusedError(f"not a telephone number: {number}")
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{delivery_id.hex}.json"
        if not path.exists():
            path.write_text(json.dumps({"to": digits, "text": text}, ensure_ascii=False), "utf-8")
        return SmsReceipt("kept by the local gateway", delivery_id.hex[:12])


def is_mobile(number: str) -> bool:
    """Whether text messages reach this number: a mainland mobile, or one written with another country's code."""
    digits = re.sub(r"[\s()-]", "", number)
    return re.fullmatch(r"(\+?86)?1[3-9]\d{9}|\+(?!86)\d{7,15}", digits) is not None


def use_gateway(gateway: SmsGateway | None) -> None:
    """Name the deployment's provider."""
    global _gateway
    _gateway = gateway


def gateway_for(settings: Settings, *, live: bool) -> SmsGateway | None:
    """The provider of a live firm, else the local one; None where a live firm has none."""
    if live and _gateway is not None:
        return _gateway
    return LocalSms(settings.data_dir / "sms") if not live or settings.embedded_smtp else None
