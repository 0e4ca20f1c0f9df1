"""Mail about an account. These jobs stand under no firm; their arguments are ids."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.mails import Message, deliver
from saas.identity.models import Confirmation, Person
from saas.identity.queries import asked_lately, only_demos_know, person_by_email
from saas.identity.queries import person as person_of
from saas.identity.tokens import token_of
from saas.kernel.i18n import Text, _

WARNINGS: dict[str, tuple[Text, Text]] = {
    "password": (_("Your password was changed"), _("The password of your account was changed just now.")),
    "factor_on": (_("A second factor was set up"), _("Your account asks for a code from your telephone from now on.")),
    "factor_off": (_("The second factor was removed"), _("Your account no longer asks for a code at sign-in.")),
    "recovery_code": (_("A recovery code was used"), _("Somebody signed in to your account with a recovery code.")),
}
KEPT = timedelta(days=30)  # a link that is over is forgotten
MOST_RESETS = 5  # mails an hour to one address, however often it is typed
NOT_YOU = _("If that was not you, reset your password at once and tell the owner of your firm.")


async def mail_reset(session: AsyncSession, confirmation_id: str) -> None:
    """The link to a new password, if anybody has the address that was typed; else nothing."""
    row = await _confirmation(session, confirmation_id)
    await session.execute(delete(Confirmation).where(Confirmation.expires_at < row.created_at - KEPT))
    person = await person_by_email(session, str(row.payload["email"]))
    if person is None or person.confirmed_at is None or await asked_lately(session, row) > MOST_RESETS:
        return
    row.person_id = person.id
    message = Message(
        _("Choose a new password"),
        [_("You, or somebody who typed your address, asked for a new password. The link works once, for two hours.")],
        f"/reset/{token_of(row)}",
        _("Choose a new password"),
    )
    await _deliver(session, message, person)


async def mail_new_address(session: AsyncSession, confirmation_id: str) -> None:
    """To the address somebody wants to sign in with: only its mailbox can confirm it."""
    row, person = await _with_person(session, confirmation_id)
    email = str(row.payload["email"])
    if await person_by_email(session, email) is not None:
        return
    message = Message(
        _("Confirm your new e-mail address"),
        [_("From now on you want to sign in to Qingzhang with this address. The link works once, for a day.")],
        f"/account/email/{token_of(row)}",
        _("Confirm this address"),
    )
    await _deliver(session, message, person, to=email)


async def mail_old_address(session: AsyncSession, confirmation_id: str) -> None:
    """To the address that no longer signs in: whoever lost a mailbox learns of it."""
    row, person = await _with_person(session, confirmation_id)
    message = Message(
        _("Your e-mail address was changed"),
        [_("Your account now signs in with %(email)s.", email=person.email), NOT_YOU],
    )
    await _deliver(session, message, person, to=str(row.payload["old"]))


async def mail_factor_reset(session: AsyncSession, confirmation_id: str) -> None:
    """A manager vouched for somebody who lost the telephone; the mailbox and the password have to agree."""
    row, person = await _with_person(session, confirmation_id)
    message = Message(
        _("Remove your lost second factor"),
        [
            _(
                "%(name)s of %(firm)s lets you remove your second factor.",
                name=row.payload["by"],
                firm=row.payload["firm"],
            ),
            _("Open the link and type your password; then set up a new one. The link works once, for a day."),
        ],
        f"/second-factor/reset/{token_of(row)}",
        _("Remove it"),
    )
    await _deliver(session, message, person)


async def mail_warning(session: AsyncSession, person_id: str, what: str) -> None:
    """Something about the account changed; nobody has to read this unless it was not them."""
    person = await person_of(session, UUID(person_id))
    subject, sentence = WARNINGS[what]
    await _deliver(session, Message(subject, [sentence, NOT_YOU]), person)


async def _deliver(session: AsyncSession, message: Message, person: Person, *, to: str = "") -> None:
    indoors = await only_demos_know(session, person.id)
    await deliver(message, to or person.email, person.name, person.locale, indoors=indoors)


async def _confirmation(session: AsyncSession, confirmation_id: str) -> Confirmation:
    return await session.get_one(Confirmation, UUID(confirmation_id))


async def _with_person(session: AsyncSession, confirmation_id: str) -> tuple[Confirmation, Person]:
    row = await _confirmation(session, confirmation_id)
    if row.person_id is None:
        raise ValueError(f"confirmation {row.id} is nobody's")
    return row, await person_of(session, row.person_id)
