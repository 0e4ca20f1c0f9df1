"""Charts of accounts: which standard a ledger follows, and which account plays which role."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a ledger, resolved against the standard's chart."""

    code: str
    name: str
    category: str  # asset, liability, common, equity, cost, pnl
    side: str  # "D", "C" or "B" (either side is normal)
    role: str  # "cash", "inventory.goods", "tax.vat.input", ... or "" (accounting.md §2.5)
    level: int
    parent: str  # "" at level 1
    leaf: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts of one ledger. Rules name roles, never codes."""

    standard: str
    accounts: dict[str, Account]

    def having(self, *roles: str) -> list[str]:
        """Codes of the accounts with one of these roles or one beneath it ("inventory" finds "inventory.goods")."""
        wanted = tuple(f"{role}." for role in roles)
        return [a.code for a in self.accounts.values() if a.role in roles or a.role.startswith(wanted)]
