"""How a receiver knows that a message is ours and is new: HMAC-SHA256 over "{timestamp}.{body}"."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from saas.kernel.secrets import FieldCipher, deployed

HEADER = "Qingzhang-Signature"
PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """Shown once to the person who enters it into the other program."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """ "t={seconds since 1970},v1={hex}"; the time is signed too, so that an old message cannot be sent again."""
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, sha256).hexdigest()
    return f"t={timestamp},v1={signed}"


def cipher() -> FieldCipher:
    return deployed()
