"""The second factor of a person: enrolled with a code, checked once a code, recovered by codes on paper."""

from __future__ import annotations

from datetime import datetime

import segno

from saas.identity.models import Person
from saas.kernel import totp
from saas.kernel.secrets import FieldCipher, deployed

ISSUER = "Qingzhang"  # Latin letters keep the QR code small


def begin(person: Person) -> None:
    """A new secret that counts for nothing until a code proves that the telephone has it."""
    sealed = _cipher().encrypt(totp.new_secret(), _context(person))
    person.totp_secret, person.totp_last_step = sealed.encode(), None


def confirm(person: Person, code: str, now: datetime) -> list[str] | None:
    """The recovery codes, to be shown once, if the first code is right."""
    if not accepts(person, code, now):
        return None
    person.totp_confirmed_at = now
    return renew_codes(person)


def renew_codes(person: Person) -> list[str]:
    """Ten new recovery codes; the earlier ones are void."""
    codes = totp.new_recovery_codes()
    person.recovery_hashes = [totp.hash_recovery_code(code) for code in codes]
    return codes


def accepts(person: Person, code: str, now: datetime) -> bool:
    """Whether this is the telephone's code, and not one used before. The row must be locked."""
    if person.totp_secret is None:
        return False
    step = totp.accepted_step(_secret(person), code, now, person.totp_last_step)
    if step is None:
        return False
    person.totp_last_step = step
    return True


def recovers(person: Person, code: str) -> bool:
    """Whether this is one of the recovery codes left; it is spent by this. The row must be locked."""
    left = totp.spend_recovery_code(person.recovery_hashes, code)
    if left is None:
        return False
    person.recovery_hashes = left
    return True


def remove(person: Person) -> None:
    person.totp_secret = person.totp_confirmed_at = person.totp_last_step = None
    person.recovery_hashes = []


def picture(person: Person) -> tuple[str, str]:
    """The QR code as a data address, and the secret in groups of four for typing."""
    secret = _secret(person)
    code = segno.make(totp.setup_uri(secret, person.email, ISSUER), error="m")
    address: str = code.svg_data_uri(scale=4, border=2, light="#fff")
    return address, " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _secret(person: Person) -> str:
    if person.totp_secret is None:
        raise ValueError("no second factor was begun")
    return _cipher().decrypt(person.totp_secret.decode(), _context(person))


def _cipher() -> FieldCipher:
    return deployed()


def _context(person: Person) -> str:
    return f"people.totp_secret:{person.id}"
