"""What firms does after the answer: mails to people invited, and the owner's daily word."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.firms.calendar import working_calendar
from saas.firms.invitations import PURPOSE
from saas.firms.notifications import notify
from saas.identity.mails import Message, deliver
from saas.identity.queries import member as member_of
from saas.identity.tokens import secret_for
from saas.kernel import clock, sealing
from saas.kernel.i18n import _


async def mail_invitation(session: AsyncSession, invitation_id: str) -> None:
    """The link to join; nothing when the invitation is over meanwhile."""
    row = await queries.invitation(session, UUID(invitation_id))
    if row.accepted_at is not None or row.withdrawn_at is not None:
        return
    firm, inviter = await queries.firm(session), await member_of(session, row.invited_by)
    message = Message(
        _("%(firm)s invites you to Qingzhang", firm=firm.name),
        [
            _("%(name)s would like you to work in %(firm)s on Qingzhang.", name=inviter.name, firm=firm.name),
            _("The link is for you alone and works for 14 days."),
        ],
        f"/join/{firm.code}.{secret_for(PURPOSE, row.id)}",
        _("Join"),
    )
    await deliver(message, row.email, row.name, firm.locale)


async def daily(session: AsyncSession) -> None:
    """The head of the audit trail to the owner, and the alarm of a year without its calendar."""
    now = clock.now()
    owner = await queries.owner(session)
    sequence, head = await sealing.head(session)
    if sequence:
        day = clock.today().isoformat()
        text = _("Audit trail on %(day)s: %(n)s entries, head %(head)s", day=day, n=sequence, head=head)
        await notify(session, [owner.id], "audit", text, "/settings/audit", now)
    for year in (await working_calendar(session)).years_missing(clock.today()):
        text = _("The holidays of %(year)s are not here yet. Dates that touch that year are provisional.", year=year)
        await notify(session, [owner.id], "calendar", text, f"/settings/calendar?year={year}", now)
