"""Passwords: argon2id, any length from 10 to 128, none that everybody tries first.

Texts are normalised (NFKC) before they are hashed or compared, so that the same keys typed through a Chinese input
method give the same password.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from saas.kernel.i18n import Text, _

SHORTEST, LONGEST = 10, 128
SLOW_SECONDS = 2.0  # what a guess costs after too many failures; nobody is ever locked out
COMMON = Path(__file__).with_name("common_passwords.txt")  # its licences stand beside it

_hasher = PasswordHash((Argon2Hasher(),))
# Compared with where the account does not exist: the hash of random bytes nobody kept, made with the same settings.
_DUMMY = "$argon2id$v=19$m=65536,t=3,p=4$noG4BMmVvOWzJtnrlRlZKA$jReLVd8zr0LmtN8My0pzhmGtEL4NMsFrLeWm7uP1Q/g"
_limiter = CapacityLimiter(2)  # each hash takes 64 MiB and a core for a moment


def weakness(password: str, *, personal: Iterable[str] = ()) -> Text | None:
    """Why this password cannot be chosen, or None. `personal` are words anyone would try: address, name, firm."""
    text = _normal(password)
    if len(text) < SHORTEST:
        return _("A password needs at least %(count)s characters.", count=SHORTEST)
    if len(text) > LONGEST:
        return _("A password has at most %(count)s characters.", count=LONGEST)
    if text.casefold() in common() or len(set(text)) < 4:
        return _("This password is among the first anyone would try. Please choose another.")
    words = (_normal(word).casefold().partition("@")[0] for word in personal)
    if any(len(word) >= 4 and word in text.casefold() for word in words):
        return _("A password must not contain your name or e-mail address.")
    return None


async def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return await to_thread.run_sync(_hasher.hash, _normal(password), limiter=_limiter)


async def verify(password: str, stored: str, *, slow: bool = False) -> bool:
    """Whether the password is the stored one. Without a stored hash the same work is done, and the answer is no.

    `slow` makes the caller wait, right or wrong, before the answer.
    """
    right = await to_thread.run_sync(_matches, password, stored or _DUMMY, limiter=_limiter)
    if slow:
        await asyncio.sleep(SLOW_SECONDS)
    return right and bool(stored)


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker settings than today's: hash the password again at the next sign-in."""
    return bool(_hasher.current_hasher.check_needs_rehash(stored))


@cache
def common() -> frozenset[str]:
    """Passwords of at least ten characters that are tried first, in lower case."""
    return frozenset(COMMON.read_text("utf-8").split("\n"))


def _matches(password: str, stored: str) -> bool:
    # A longer text cannot be anyone's password; the same work is done on its beginning.
    text = _normal(password)
    return _hasher.verify(text[:LONGEST], stored) and len(text) <= LONGEST


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
