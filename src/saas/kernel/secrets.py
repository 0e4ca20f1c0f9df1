"""Encryption of single fields (bank accounts, identity numbers, second-factor secrets) and their masks.

The keys come from the secret in the environment. A field is bound to its place by `context` ("{firm}:{table}.{column}:
{row}"), so that a ciphertext copied into another firm's row does not open there.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from saas.kernel.config import active

NONCE = 12  # bytes
PARTS = 3  # version, key id, nonce with ciphertext


class Sealed(Exception):
    """A field that cannot be opened: another secret, another place, or altered bytes."""


@dataclass(frozen=True)
class FieldCipher:
    """AES-256-GCM under the current secret; `old` secrets still open what they sealed.

    Secrets are the deployment's own (SAAS_SECRET_KEY and those it replaced), 32 characters or more.
    """

    secret: str = field(repr=False)
    old: tuple[str, ...] = field(default=(), repr=False)

    def encrypt(self, text: str, context: str) -> str:
        """ "1.{key id}.{nonce and ciphertext}", different each time."""
        key = _derive(self.secret, "field encryption")
        nonce = os.urandom(NONCE)
        sealed = nonce + AESGCM(key).encrypt(nonce, text.encode(), context.encode())
        return f"1.{key_id(self.secret)}.{urlsafe_b64encode(sealed).decode()}"

    def decrypt(self, token: str, context: str) -> str:
        """The text; Sealed if it was not sealed by one of our secrets for this context."""
        parts = token.split(".")
        secret = next((s for s in (self.secret, *self.old) if len(parts) == PARTS and key_id(s) == parts[1]), None)
        if secret is None or parts[0] != "1":
            raise Sealed("sealed by a secret this deployment does not have")
        try:
            sealed = b64decode(parts[2], altchars=b"-_", validate=True)
            key = _derive(secret, "field encryption")
            return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], context.encode()).decode()
        except (InvalidTag, ValueError):
            raise Sealed("altered, or sealed for another place") from None

    def is_current(self, token: str) -> bool:
        """Whether the field is sealed by the current secret; `saas keys rotate` seals the others again."""
        return token.split(".")[1:2] == [key_id(self.secret)]

    def fingerprint(self, text: str, context: str) -> str:
        """Equal for equal texts in one context: finds a bank account used twice without opening any."""
        key = _derive(self.secret, "field fingerprint")
        return hmac.new(key, f"{context}\0{text}".encode(), hashlib.sha256).hexdigest()


def deployed() -> FieldCipher:
    """That of this process: under the secret in force, with those that it replaced."""
    settings = active()
    return FieldCipher(settings.secret_key, settings.former_secret_keys)


def key_id(secret: str) -> str:
    """Eight characters that name a secret without telling anything about it."""
    return _derive(secret, "key id").hex()[:8]


def mask(text: str, shown: int = 4) -> str:
    """The last characters only, "**** 1234"; nothing at all of a text too short to hide behind its end."""
    return f"**** {text[-shown:]}" if len(text) >= 2 * shown else "****"


def _derive(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()
