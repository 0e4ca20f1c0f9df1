"""A sealed archive: only the key that the owner was given once opens it; the half that the product keeps only seals.

Layout: the line `QZARCHIVE2`, the sender's X25519 key (32 bytes), then the ZIP in chunks of 1 MiB, each AES-256-GCM
with its tag behind it. A chunk's nonce is its number (11 bytes, big-endian, from 0) and one byte: 1 for the last chunk,
which may be shorter, else 0; so no chunk can be cut off, added or change its place. The AES key, new for each archive,
is HKDF-SHA256 of the shared secret with both public keys as salt, the sender's first; the first line is associated data
of each chunk.
"""

from __future__ import annotations

from base64 import b32decode, b32encode
from binascii import Error
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"QZARCHIVE2\n"
PURPOSE = b"qingzhang sealed archive 2"
KEY, TAG, GROUP = 32, 16, 4
HEAD = len(MAGIC) + KEY
CHUNK = 1024 * 1024  # bytes of the ZIP
PADDING = "===="


class NotOpened(Exception):
    """Not such an archive, altered, or another key."""


def new_key() -> tuple[str, str]:
    """The owner's key, to be shown once, and the public half in hexadecimal."""
    private = X25519PrivateKey.generate()
    letters = b32encode(private.private_bytes_raw()).decode().rstrip("=")
    grouped = "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))
    return grouped, private.public_key().public_bytes_raw().hex()


def seal(source: Path, target: Path, public_key: str) -> None:
    """Write the archive of a file for whoever has the other half of `public_key` (hexadecimal)."""
    receiver, sender = bytes.fromhex(public_key), X25519PrivateKey.generate()
    mine = sender.public_key().public_bytes_raw()
    cipher = AESGCM(_derive(sender.exchange(X25519PublicKey.from_public_bytes(receiver)), mine + receiver))
    with source.open("rb") as plain, target.open("wb") as sealed:
        sealed.write(MAGIC + mine)
        for number, chunk, last in _chunks(plain):
            sealed.write(cipher.encrypt(_nonce(number, last), chunk, MAGIC))


class Opening:
    """Opens an archive as it comes: feed() it with pieces of any length, then finish(). Both raise NotOpened."""

    def __init__(self, key: str) -> None:
        try:
            raw = b32decode(key.strip().replace("-", "").replace(" ", "").upper() + PADDING)
            self._private = X25519PrivateKey.from_private_bytes(raw)
        except (Error, ValueError):
            raise NotOpened("this is no key of an archive") from None
        self._cipher: AESGCM | None = None
        self._numbers = count()
        self._rest = b""

    def feed(self, piece: bytes) -> bytes:
        """What can be opened by now; the last chunk only shows at the end."""
        self._rest += piece
        if self._cipher is None:
            if len(self._rest) < HEAD:
                return b""
            self._begin()
        opened = []
        while len(self._rest) > CHUNK + TAG:
            opened.append(self._open(self._rest[: CHUNK + TAG], last=False))
            self._rest = self._rest[CHUNK + TAG :]
        return b"".join(opened)

    def finish(self) -> bytes:
        if self._cipher is None:
            raise NotOpened("this is no sealed archive")
        return self._open(self._rest, last=True)

    def _begin(self) -> None:
        if not self._rest.startswith(MAGIC):
            raise NotOpened("this is no sealed archive")
        sender, self._rest = self._rest[len(MAGIC) : HEAD], self._rest[HEAD:]
        try:
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(sender))
        except ValueError:
            raise NotOpened("another key, or altered bytes") from None
        self._cipher = AESGCM(_derive(shared, sender + self._private.public_key().public_bytes_raw()))

    def _open(self, sealed: bytes, *, last: bool) -> bytes:
        try:
            return (self._cipher or AESGCM(bytes(KEY))).decrypt(_nonce(next(self._numbers), last), sealed, MAGIC)
        except (InvalidTag, ValueError):
            raise NotOpened("another key, or altered bytes") from None


async def opened(archive: AsyncIterator[bytes], key: str) -> AsyncIterator[bytes]:
    """The ZIP inside, as the archive comes. Raises NotOpened, with a wrong key before anything is given."""
    opening = Opening(key)
    async for piece in archive:
        if found := opening.feed(piece):
            yield found
    yield opening.finish()


def _chunks(file: IO[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    """(number, chunk, whether it is the last); an empty file has one empty chunk."""
    chunk = file.read(CHUNK)
    for number in count():
        following = file.read(CHUNK)
        yield number, chunk, not following
        if not following:
            return
        chunk = following


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _derive(shared: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY, salt=salt, info=PURPOSE).derive(shared)
