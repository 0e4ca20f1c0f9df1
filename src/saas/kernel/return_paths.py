"""Return addresses: every delivery has its own, so that what comes back says itself what it belongs to.

`b+{firm code}.{delivery id}.{mark}@{return domain}` is both the envelope's sender and Reply-To: at most 64 characters
before the @ (RFC 5321), all lower case, since some servers fold it. The mark is 80 bits of an HMAC: nobody can write to
a delivery whose mail they never got, and a forged address is refused before anything is looked up.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from saas.kernel.config import Settings

_SHAPE = re.compile(r"b\+([0-9a-z]{1,12})\.([0-9a-f]{32})\.([a-z2-7]{16})")


@dataclass(frozen=True, slots=True)
class ReturnPath:
    """What a genuine address says: whose mail came back, and which."""

    firm_code: str
    delivery_id: UUID


def address(firm_code: str, delivery_id: UUID, settings: Settings) -> str:
    """The return address of one delivery; empty where the deployment has no return domain."""
    if not settings.return_domain:
        return ""
    return f"b+{firm_code}.{delivery_id.hex}.{_mark(firm_code, delivery_id, settings)}@{settings.return_domain}"


def read(written: str, settings: Settings) -> ReturnPath | None:
    """The delivery an address belongs to; None for one we never made."""
    local, _at, domain = written.strip().lower().rpartition("@")
    found = _SHAPE.fullmatch(local)
    if found is None or not settings.return_domain or domain != settings.return_domain:
        return None
    path = ReturnPath(found[1], UUID(found[2]))
    return path if hmac.compare_digest(found[3], _mark(path.firm_code, path.delivery_id, settings)) else None


def _mark(firm_code: str, delivery_id: UUID, settings: Settings) -> str:
    told = f"{firm_code}.{delivery_id.hex}".encode()
    return base64.b32encode(hmac.new(settings.derive("return address"), told, sha256).digest()[:10]).decode().lower()
