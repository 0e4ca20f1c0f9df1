"""What a token may be allowed to do. Each scope opens routes of the API and carries the permissions behind them.

None carries a permission with which anything is approved, reviewed, paid or sent: two pairs of eyes stay human, here
and in the database (guards.sql).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from saas.kernel.i18n import Text, _


@dataclass(frozen=True, slots=True)
class Scope:
    label: Text
    help: Text
    permissions: frozenset[str]


def _scope(label: Text, help: Text, *permissions: str) -> Scope:
    return Scope(label, help, frozenset(permissions))


SCOPES: dict[str, Scope] = {
    "clients:read": _scope(
        _("Read clients"), _("Names, numbers and kinds of taxpayer, without contacts."), "clients.read"
    ),
    "ledgers:read": _scope(_("Read imports"), _("How far an import is, and which rows were refused."), "ledgers.read"),
    "ledgers:push": _scope(
        _("Push ledgers"), _("A file as by hand; a person confirms before it is stored."), "ledgers.read",
        "ledgers.import",
    ),
    "ledgers:store": _scope(
        _("Store pushed ledgers without a person"),
        _("Only what the checks let pass; undone by a person like any import."),
        "ledgers.read",
        "ledgers.import",
    ),
    "findings:read": _scope(_("Read findings"), _("What the rules found in the books."), "checks.read"),
    "cases:read": _scope(_("Read cases"), _("State and due time of anomaly cases."), "cases.read"),
    "notices:read": _scope(_("Read letters"), _("State and delivery of letters, not their text."), "notices.read"),
    "filings:read": _scope(_("Read filings"), _("What is due, filed and accepted."), "filings.read"),
}  # fmt: skip


TOKEN = "token"  # noqa: S105 - what any token may ask: about itself


def permissions_of(scopes: Iterable[str]) -> frozenset[str]:
    """What the kernel is asked for on each route and deed."""
    return frozenset({TOKEN, *(p for name in scopes if name in SCOPES for p in SCOPES[name].permissions)})
