"""What firms does after the answer: mails to people invited, and the owner's daily word."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import audit_queries, queries
from saas.firms.calendar import working_calendar
from saas.firms.invitations import PURPOSE
from saas.firms.notifications import notify, wants_mail
from saas.identity.mails import Message, deliver
from saas.identity.queries import member as member_of
from saas.identity.queries import person as person_of
from saas.identity.tokens import secret_for
from saas.kernel import clock, sealing
from saas.kernel.i18n import Text, _
from saas.kernel.jobs import HopelessError
from saas.kernel.outbox import enqueue


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
    sequence, _head = await sealing.head(session)
    if sequence and wants_mail(await person_of(session, owner.person_id), "audit"):
        enqueue(session, "firms.mail_head", sequence=sequence)
    for year in (await working_calendar(session)).years_missing(clock.today()):
        text = _("The holidays of %(year)s are not here yet. Dates that touch that year are provisional.", year=year)
        await notify(session, [owner.id], "calendar", text, f"/settings/calendar?year={year}", now)


async def mail_head(session: AsyncSession, sequence: str) -> None:
    """One seal out of the house, where nobody who alters the database reaches it; read in the product or not."""
    hash_of_it = await audit_queries.sealed(session, int(sequence))
    if hash_of_it is None:  # it was there when the mail was promised: its tail was cut meanwhile
        raise HopelessError(f"seal {sequence} is gone")
    firm, owner = await queries.firm(session), await queries.owner(session)
    person = await person_of(session, owner.person_id)
    day, noted = clock.today().isoformat(), f"{sequence}:{hash_of_it}"
    message = Message(
        _("Head of the audit trail of %(firm)s on %(day)s", firm=firm.name, day=day),
        [
            _("Please keep this mail. It shows later whether the end of the audit trail was cut off or rewritten."),
            _("To compare, paste the head into the audit trail’s page, or have somebody with the server run:"),
            Text(f"saas audit verify --firm {firm.slug} --head {noted}"),
        ],
        f"/f/{firm.slug}/settings/audit#compare",
        _("Compare"),
        facts=[(_("Sealed entries"), sequence), (_("Head of the chain"), noted)],
        foot=_("You get this mail because of your settings under My account → Notifications."),
    )
    await deliver(message, person.email, owner.name, person.locale)
