"""Numbers others issue and we must read right (domain.md F4), and the ones we make.

A reader takes what a person typed or a file holds and gives the number as it is registered, or raises `Invalid` with a
sentence that says what is wrong. Full-width characters, spaces and lower case are forgiven; nothing else is.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from saas.kernel import clock
from saas.kernel.errors import Invalid
from saas.kernel.i18n import _

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
ID_CHECKS = "10X98765432"

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"(?=.{{1,64}}$){_ATOM}(\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}\.)+(?=[A-Za-z].){_LABEL}")

TaxIdKind = Literal["uscc", "registration", "id_card"]


@dataclass(frozen=True, slots=True)
class TaxId:
    """A taxpayer number: a company's code, or what a sole trader may hold instead."""

    kind: TaxIdKind
    number: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """A Chinese VAT invoice's number; `code` is empty for a 数电票, whose 20 digits stand alone."""

    kind: Literal["digital", "coded"]
    code: str
    number: str


def uscc(text: str) -> str:
    """Unified social credit code (统一社会信用代码), 18 characters with its check character.

    Codes of rural collectives (N2…) are as valid as 91…: only positions 3–8 are always digits (the region).
    """
    code = plain(text)
    if len(code) != 18:
        raise Invalid(_("A unified social credit code has 18 characters; this has %(count)s.", count=len(code)))
    strange = sorted(set(code) - set(USCC_ALPHABET))
    if strange:
        raise Invalid(_("A unified social credit code never contains %(characters)s.", characters=" ".join(strange)))
    if not code[2:8].isdigit():
        raise Invalid(_("Characters 3 to 8 of a unified social credit code are the region's digits."))
    if code[17] != uscc_check(code[:17]):
        raise Invalid(_("The check character of this unified social credit code is wrong: please compare each digit."))
    return code


def uscc_check(first17: str) -> str:
    """The check character: (31 − Σ value·weight mod 31) mod 31."""
    total = sum(USCC_ALPHABET.index(c) * w for c, w in zip(first17, USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total) % 31]


def tax_id(text: str, *, sole_trader: bool = False) -> TaxId:
    """A client's taxpayer number. Only a sole trader may hold a 15-digit registration or an identity-card number."""
    code = plain(text)
    if sole_trader and re.fullmatch(r"[0-9]{15}", code):
        return TaxId("registration", code)
    if sole_trader and is_identity_number(code[:18]) and re.fullmatch(r"([0-9][0-9])?", code[18:]):
        return TaxId("id_card", code)
    return TaxId("uscc", uscc(code))


def is_identity_number(code: str) -> bool:
    """Whether these 18 characters are a citizen identity number: real birth date, right check character."""
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", code):
        return False
    try:
        date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        return False
    total = sum(int(c) * w for c, w in zip(code[:17], ID_WEIGHTS, strict=True))
    return code[17] == ID_CHECKS[total % 11]


def invoice(number: str, code: str = "") -> Invoice:
    """An invoice by its number, and its 发票代码 where it has one.

    A 数电票 has 20 digits: year(2) region(2) channel(1) sequence(15). Older ones: 10 or 12 digits of code and 8 of
    number, which registers also write as one number of 18 or 20 digits; 数电票 exist since 2021, and no 12-digit code
    in use begins with 2, so the first two digits tell them apart.
    """
    digits, series = plain(number), plain(code)
    if not re.fullmatch(r"[0-9]+", digits) or not re.fullmatch(r"[0-9]*", series):
        raise Invalid(_("An invoice number has digits only."))
    if not series and len(digits) == 20 and int(digits[:2]) >= 21:
        return Invoice("digital", "", digits)
    if not series and len(digits) in (18, 20):
        digits, series = digits[-8:], digits[:-8]
    if len(digits) == 8 and len(series) in (10, 12):
        return Invoice("coded", series, digits)
    if len(digits) == 8 and not series:
        raise Invalid(_("An invoice number of 8 digits needs its invoice code of 10 or 12 digits."))
    raise Invalid(_("An invoice has 20 digits (digital invoice), or a code of 10 or 12 digits and a number of 8."))


def card_number(text: str) -> str:
    """A natural person's bank card: 16–19 digits, Luhn. Never use it for a company's account (no common check)."""
    digits = plain(text)
    if not re.fullmatch(r"[0-9]{16,19}", digits):
        raise Invalid(_("A bank card number has 16 to 19 digits."))
    if not luhn(digits):
        raise Invalid(_("This bank card number has a wrong digit: please compare it with the card."))
    return digits


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check (ISO/IEC 7812) of the others."""
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def corporate_account(text: str) -> str:
    """A company's bank account: 8–32 digits. Banks share no check digit, so the name and the bank decide."""
    digits = plain(text).replace("-", "")
    if not re.fullmatch(r"[0-9]{8,32}", digits):
        raise Invalid(_("A company's bank account has 8 to 32 digits."))
    return digits


def bank_branch_code(text: str) -> str:
    """联行号: the 12 digits by which the payment system knows a branch."""
    digits = plain(text)
    if not re.fullmatch(r"[1-9][0-9]{11}", digits):
        raise Invalid(_("A bank branch code has 12 digits and does not begin with 0."))
    return digits


def email(text: str) -> str:
    """A mail address, its domain in lower case. Anything that could break a mail header is refused."""
    address = unicodedata.normalize("NFKC", text).strip()
    local, _at, domain = address.rpartition("@")
    if len(address) > 254 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise Invalid(_("This is not an e-mail address."))
    return f"{local}@{domain.lower()}"


def mobile(text: str) -> str:
    """A mobile number of mainland China: 11 digits, without +86."""
    digits = re.sub(r"^(\+|00)?86(?=1[0-9]{10}$)", "", plain(text).replace("-", ""))
    if not re.fullmatch(r"1[3-9][0-9]{9}", digits):
        raise Invalid(_("A mobile number has 11 digits and begins with 13 to 19."))
    return digits


def uuid7() -> UUID:
    """A row's id (RFC 9562): 48 bits of Unix milliseconds, 12 bits of the millisecond's fraction, 62 random bits.

    Ids made later sort later, to the microsecond, so that B-trees grow at one end.
    """
    microseconds = int(clock.now().timestamp() * 1_000_000)
    milliseconds, rest = divmod(microseconds, 1000)
    fraction = rest * 4096 // 1000
    random = secrets.randbits(62)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random)


def firm_code() -> str:
    """The public code of a firm, first part of its links: 8 characters nobody confuses when reading them aloud."""
    return "".join(secrets.choice("23456789abcdefghjkmnpqrstuvwxyz") for _place in range(8))


def plain(text: str) -> str:
    """Half-width, upper case, without any white space: how registers write their numbers."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
