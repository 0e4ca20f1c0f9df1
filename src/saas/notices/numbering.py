"""A letter's serial and its verify code."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
PLACES = 26  # × 5 bits: 130
GROUP = 13


def serial_text(firm_mark: str, kind_mark: str, year: int, number: int) -> str:
    """衡调字〔2026〕第 0124 号, the same in both languages."""
    return f"{firm_mark}{kind_mark}字〔{year}〕第 {number:04d} 号"


def new_code(firm_code: str) -> str:
    """What the letter prints: the firm's code, then 128 bits and more in two groups that can be read aloud."""
    secret = "".join(secrets.choice(ALPHABET) for _place in range(PLACES))
    return f"{firm_code}.{secret[:GROUP]}-{secret[GROUP:]}"


def read_code(typed: str) -> tuple[str, str]:
    """(firm code, hash of the secret) of a code as people type it: any case, with or without its dash.

    The firm code is "" where it could not be one.
    """
    firm_code, _dot, secret = typed.strip().partition(".")
    firm_code = firm_code.strip().lower()
    tidy = re.sub(r"[\s-]", "", secret).upper().replace("O", "0").replace("I", "1").replace("L", "1")
    return firm_code if firm_code.isascii() and firm_code.isalnum() else "", sha256(tidy.encode()).hexdigest()
