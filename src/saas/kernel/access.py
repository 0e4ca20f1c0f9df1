"""Who acts, and what they may do. Grants are declared by modules; nothing else knows a permission."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from saas.kernel.i18n import Locale, Text, _, listed

ROLES: dict[str, Text] = {
    "owner": _("Owner"),
    "manager": _("Manager"),
    "reviewer": _("Reviewer"),
    "bookkeeper": _("Bookkeeper"),
    "cashier": _("Cashier"),
    "trainer": _("Trainer"),
    "auditor": _("Auditor"),
}
FRESH = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission, what it lets people do, and the roles that have it."""

    permission: str
    label: Text
    roles: frozenset[str]


def grant(permission: str, label: Text, *roles: str) -> Grant:
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise ValueError(f"{permission}: unknown roles {sorted(unknown)}")
    return Grant(permission, label, frozenset(roles))


EVERYONE = tuple(ROLES)
STAFF = tuple(role for role in ROLES if role != "auditor")


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a member of a firm, a client's contact behind a link, a person without a firm, another program by
    its token, the system.

    `id` is the member's, contact's, person's or token's id; None for nobody and for the system.
    """

    kind: Literal["member", "contact", "person", "token", "operator", "system", "nobody"]
    id: UUID | None = None
    name: str = ""
    person_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    qualifications: frozenset[str] = frozenset()  # those that count today
    lacking: Mapping[str, Text] = field(default_factory=dict, compare=False)  # why one of the others is missing
    locale: Locale = "zh"
    theme: str = ""
    signed_in_at: datetime | None = None
    has_second_factor: bool = False
    link_id: UUID | None = field(default=None)
    support_until: datetime | None = None  # an operator whom the firm lets in until then
    support_writes: bool = False

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def lacks(self, qualification: str) -> Text | None:
        """Why a step that asks for this qualification is refused; None where it is held."""
        if qualification in self.qualifications:
            return None
        unsaid = _("This step needs a qualification that you do not have, or that has expired.")
        return self.lacking.get(qualification, unsaid)

    def is_fresh(self, now: datetime) -> bool:
        """Whether the last sign-in step is recent enough for a deed that asks for it."""
        return self.signed_in_at is not None and now - self.signed_in_at <= FRESH

    @property
    def audited_as(self) -> str:
        """How the audit trail calls this kind of actor: support is never taken for one of the firm's people."""
        return self.kind if self.support_until is None else "support"

    @property
    def initial(self) -> str:
        return self.name[:1]

    @property
    def roles_label(self) -> str:
        """The roles in the reader's words, the widest first."""
        return listed(label for role, label in ROLES.items() if role in self.roles)

    def signed_in(self, at: datetime) -> Actor:
        return replace(self, signed_in_at=at)


NOBODY = Actor("nobody")
SYSTEM = Actor("system", name="system")


def permissions_of(roles: Iterable[str], grants: Iterable[Grant]) -> frozenset[str]:
    held = set(roles)
    return frozenset(g.permission for g in grants if g.roles & held)
