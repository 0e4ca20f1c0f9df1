"""Who could still do what, were a gate to stand as proposed: shown before anything is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.queries import people
from saas.identity.models import Membership
from saas.kernel.access import permissions_of
from saas.kernel.i18n import Text
from saas.kernel.module import composition
from saas.training.gates.standing import Asked, Holder, certified_until, counts, everything


@dataclass(frozen=True, slots=True)
class Outlook:
    """The members whose role includes a step behind the gate, and the steps for which nobody would be left."""

    able: Sequence[Membership]
    locked_out: Sequence[Membership]
    nobody_for: Sequence[Text]

    @property
    def seen(self) -> str:
        """Names this very outlook, so that what is confirmed is what was shown."""
        return ".".join(member.id.hex[-8:] for member in self.locked_out)


async def outlook(session: AsyncSession, code: str, asked: Asked, day: date) -> Outlook:
    _gates, holders = await everything(session, day)
    steps = composition().gates[code]
    wanted = {step.permission for step in steps}
    held = {m.id: permissions_of(m.roles, composition().grants) for m in await people(session)}
    concerned = [m for m in await people(session) if wanted & held[m.id]]
    able = [m for m in concerned if counts(code, asked, holders.get(m.id, Holder()), day)]
    permitted = {permission for m in able for permission in held[m.id]}
    labels = {grant.permission: grant.label for grant in composition().grants}
    return Outlook(
        able,
        [m for m in concerned if m not in able],
        [labels[permission] for permission in sorted(wanted - permitted)],
    )


async def standing_rows(session: AsyncSession, code: str, asked: Asked, day: date) -> list[dict[str, object]]:
    """Each of these members with what they can show today, as the page lists them."""
    _gates, holders = await everything(session, day)
    look = await outlook(session, code, asked, day)
    return [
        {
            "name": member.name,
            "able": member in look.able,
            "until": certified_until(code, asked, holders.get(member.id, Holder())),
            "word": code in holders.get(member.id, Holder()).words,
        }
        for member in sorted((*look.able, *look.locked_out), key=lambda m: m.name)
    ]
