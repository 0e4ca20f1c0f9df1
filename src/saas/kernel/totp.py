"""The second factor: time-based codes (RFC 6238, 30 seconds, 6 digits) and recovery codes for a lost telephone."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp

from saas.kernel.identifiers import plain

STEP = 30  # seconds
RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else


def new_secret() -> str:
    """A fresh secret of 160 bits in base32; store it encrypted."""
    return pyotp.random_base32()


def setup_uri(secret: str, account: str, issuer: str) -> str:
    """What the QR code holds: otpauth://totp/…, as every authenticator app reads it."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def accepted_step(secret: str, code: str, now: datetime, last_step: int | None = None) -> int | None:
    """The time step this code belongs to, or None if it is wrong, too old, or used before.

    One step either way is forgiven for clocks that differ. Store the step in the same transaction: a step that was
    accepted once, and every one before it, is refused from then on.
    """
    digits = plain(code)
    current = int(now.timestamp()) // STEP
    found = None
    for step in (current - 1, current, current + 1):
        right = hmac.compare_digest(pyotp.TOTP(secret).generate_otp(step).encode(), digits.encode())
        if right and (last_step is None or step > last_step):
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Ten codes of 79 bits, to be shown once: "k3mw-x7vt-29pq-hd8s"."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _n in range(4)) for _m in range(4))
        for _k in range(RECOVERY_CODES)
    ]


def hash_recovery_code(code: str) -> str:
    """What is stored. The codes are random and long, so a plain hash is enough."""
    plain = "".join(c for c in code.lower() if c in _LETTERS)
    return hashlib.sha256(plain.encode()).hexdigest()


def spend_recovery_code(hashes: Sequence[str], code: str) -> list[str] | None:
    """The hashes that remain after this code was used, or None if it is not among them. Store what remains."""
    spent = hash_recovery_code(code)
    matches = [hmac.compare_digest(spent, known) for known in hashes]
    return [known for known, same in zip(hashes, matches, strict=True) if not same] if any(matches) else None
