"""What a firm asks for its own safety: who needs a second factor, which addresses may join, how long a browser stays.

Roles and domains are choices with their history; the session's length stands in the directory, where every request
looks it up before a firm's own rows can be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.firms.choices import choose, chosen, second_factor_roles
from saas.firms.models import FirmProfile
from saas.identity.models import LONGEST
from saas.kernel import clock, identifiers
from saas.kernel.directory import Firm
from saas.kernel.errors import Invalid
from saas.kernel.i18n import Text, _, listed

MOST_DOMAINS = 30
IDLE = int(LONGEST.idle.total_seconds() // 60)  # minutes
HOURS = int(LONGEST.absolute.total_seconds() // 3600)
IDLE_OPTIONS: dict[int, Text] = {
    15: _("%(n)s minutes", n=15),
    30: _("%(n)s minutes", n=30),
    60: _("%(n)s minutes", n=60),
    120: _("%(n)s hours", n=2),
    240: _("%(n)s hours", n=4),
    480: _("%(n)s hours", n=8),
    IDLE: _("%(n)s hours", n=12),
}
HOURS_OPTIONS: dict[int, Text] = {
    8: _("%(n)s hours", n=8),
    12: _("%(n)s hours", n=12),
    24: _("%(n)s hours", n=24),
    72: _("%(n)s days", n=3),
    168: _("%(n)s days", n=7),
    HOURS: _("%(n)s days", n=14),
}


@dataclass(frozen=True, slots=True)
class Security:
    """A firm's rules: roles that need a second factor, domains of addresses (none: any), idle minutes, hours in all."""

    factor_roles: tuple[str, ...]
    email_domains: tuple[str, ...]
    idle_minutes: int
    session_hours: int

    def changed_to(self, other: Security) -> dict[str, list[Any]]:
        """{name: [before, after]} of what differs, for the audit trail."""
        names = ("factor_roles", "email_domains", "idle_minutes", "session_hours")
        pairs = {name: [_kept(getattr(self, name)), _kept(getattr(other, name))] for name in names}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    def refuses(self, email: str) -> Text | None:
        """Why nobody with this address joins; None where it may."""
        if not self.email_domains or domain_of(email) in self.email_domains:
            return None
        return _("Only addresses at %(domains)s may join this firm.", domains=listed(self.email_domains))


def of(profile: FirmProfile, firm: Firm) -> Security:
    """What a loaded firm asks today."""
    return Security(
        tuple(second_factor_roles(profile, firm.kind)),
        tuple(chosen(profile, "email_domains")),
        IDLE if firm.session_idle_minutes is None else firm.session_idle_minutes,
        HOURS if firm.session_hours is None else firm.session_hours,
    )


async def current(session: AsyncSession) -> Security:
    """What the acting firm asks today."""
    return of(await queries.profile(session), await queries.firm(session))


async def address_refused(session: AsyncSession, email: str) -> Text | None:
    """Why a member of the acting firm may not have this address."""
    return (await current(session)).refuses(email)


def put(profile: FirmProfile, firm: Firm, wanted: Security) -> None:
    """From now on: what changed begins today, the sessions' length with the next request."""
    today, before = clock.today(), of(profile, firm)
    if wanted.factor_roles != before.factor_roles:
        choose(profile, "second_factor_roles", list(wanted.factor_roles), today)
    if wanted.email_domains != before.email_domains:
        choose(profile, "email_domains", list(wanted.email_domains), today)
    firm.session_idle_minutes, firm.session_hours = wanted.idle_minutes, wanted.session_hours


def domains_in(text: str) -> tuple[str, ...]:
    """The domains typed, one a line or between commas, without repeats; Invalid names the first that is none."""
    found: dict[str, None] = {}
    for word in re.split(r"[\s,;，；、]+", text.strip()):
        domain = word.removeprefix("@")
        if not domain:
            continue
        try:
            found[domain_of(identifiers.email(f"x@{domain}"))] = None
        except Invalid as error:
            reason = _("“%(domain)s” is not the part of an address after the @, as in example.com.", domain=word[:60])
            raise Invalid(reason) from error
    if len(found) > MOST_DOMAINS:
        raise Invalid(_("At most %(n)s domains.", n=MOST_DOMAINS))
    return tuple(found)


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].lower()


def _kept(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
