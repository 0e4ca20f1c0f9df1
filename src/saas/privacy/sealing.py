"""A sealed archive: only the key that the owner was given once opens it; the half that the product keeps only seals.

Layout: the line `QZARCHIVE1`, the sender's X25519 key (32 bytes), a nonce (12), then AES-256-GCM over the ZIP with
those 44 bytes as associated data. The AES key is HKDF-SHA256 of the shared secret with
both public keys as salt, the sender's first.
"""

from __future__ import annotations

import os
from base64 import b32decode, b32encode
from binascii import Error

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"QZARCHIVE1\n"
PURPOSE = b"qingzhang sealed archive 1"
KEY, NONCE, GROUP = 32, 12, 4
PADDING = "===="


class NotOpened(Exception):
    """Not such an archive, altered, or another key."""


def new_key() -> tuple[str, str]:
    """The owner's key, to be shown once, and the public half in hexadecimal."""
    private = X25519PrivateKey.generate()
    letters = b32encode(private.private_bytes_raw()).decode().rstrip("=")
    grouped = "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))
    return grouped, private.public_key().public_bytes_raw().hex()


def seal(content: bytes, public_key: str) -> bytes:
    """The archive for whoever has the other half of `public_key` (hexadecimal)."""
    receiver, sender = bytes.fromhex(public_key), X25519PrivateKey.generate()
    mine = sender.public_key().public_bytes_raw()
    shared = sender.exchange(X25519PublicKey.from_public_bytes(receiver))
    nonce = os.urandom(NONCE)
    head = mine + nonce
    return MAGIC + head + AESGCM(_derive(shared, mine + receiver)).encrypt(nonce, content, head)


def opened(archive: bytes, key: str) -> bytes:
    """The ZIP inside. Raises NotOpened."""
    try:
        raw = b32decode(key.strip().replace("-", "").replace(" ", "").upper() + PADDING)
        private = X25519PrivateKey.from_private_bytes(raw)
    except (Error, ValueError):
        raise NotOpened("this is no key of an archive") from None
    if not archive.startswith(MAGIC):
        raise NotOpened("this is no sealed archive")
    body = archive[len(MAGIC) :]
    head, sealed = body[: KEY + NONCE], body[KEY + NONCE :]
    sender = head[:KEY]
    shared = private.exchange(X25519PublicKey.from_public_bytes(sender))
    try:
        key_bytes = _derive(shared, sender + private.public_key().public_bytes_raw())
        return AESGCM(key_bytes).decrypt(head[KEY:], sealed, head)
    except (InvalidTag, ValueError):
        raise NotOpened("another key, or altered bytes") from None


def _derive(shared: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY, salt=salt, info=PURPOSE).derive(shared)
