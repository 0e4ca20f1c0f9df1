"""Which lines stand on accounts of a role.

Roles are a closed vocabulary of some hundred words, so a question is put to those words and not to a million lines.
"""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from saas.ledgers.charts_data import roles


def role_in(*wanted: str) -> pl.Expr:
    """True for lines whose account has one of these roles or one beneath it ("ap" finds "ap.accrued")."""
    return role_like(rf"^(?:{'|'.join(map(re.escape, wanted))})(?:\.|$)")


def role_like(pattern: str) -> pl.Expr:
    """True for lines whose account has a role that fits this regular expression."""
    return pl.col("role").is_in(_fitting(pattern))


@cache
def _fitting(pattern: str) -> list[str]:
    return [role for role in roles() if re.search(pattern, role)]
