"""A member as somebody who acts, where no browser is there: jobs do what the member promised."""

from __future__ import annotations

from saas.identity.models import Membership
from saas.kernel.access import Actor, permissions_of
from saas.kernel.module import composition


def actor_for(member: Membership) -> Actor:
    """With the permissions of today's roles; never fresh from signing in."""
    granted = permissions_of(member.roles, composition().grants)
    return Actor("member", member.id, member.name, member.person_id, frozenset(member.roles), granted)
