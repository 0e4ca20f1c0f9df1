"""What the operator's deeds say to a firm's owner, and what a firm's wishes say to the operators."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries as firms
from saas.identity.mails import Message, deliver
from saas.identity.queries import person as person_of
from saas.kernel import clock, tenancy
from saas.kernel.directory import Firm
from saas.kernel.i18n import Text, _
from saas.kernel.outbox import enqueue
from saas.operations.models import Subscription
from saas.operations.operators import is_operator, operators
from saas.operations.plans import catalogue


async def tell_owner(session: AsyncSession, what: str) -> None:
    """The job: one mail to the owner about the firm's standing as it is now."""
    firm, owner = await firms.firm(session), await firms.owner(session)
    subject, lines = _standing(firm, what, await _plan_title(session, firm))
    message = Message(subject, lines, f"/f/{firm.slug}/settings/usage")
    await deliver(message, owner.email, owner.name, firm.locale)


def _standing(firm: Firm, what: str, plan: str) -> tuple[Text, list[Text]]:
    if what == "suspended":
        return _("%(firm)s is suspended", firm=firm.name), [
            _("The operator has suspended this firm. Its data is kept; nothing can be changed."),
            _("The reason given: %(reason)s", reason=firm.suspended_for or ""),
            _("You and your people can still take out your data."),
        ]
    if what == "resumed":
        return _("%(firm)s goes on", firm=firm.name), [_("The operator has lifted the suspension. Everything goes on.")]
    return _("The plan of %(firm)s has changed", firm=firm.name), [_("The plan is now: %(plan)s.", plan=plan)]


async def _plan_title(session: AsyncSession, firm: Firm) -> str:
    row = await session.get(Subscription, firm.id)
    plan = catalogue().on(row.plan, clock.today()) if row is not None else None
    return plan.name["en" if firm.locale == "en" else "zh"] if plan is not None else ""


async def tell_operators(session: AsyncSession, wanted: str) -> None:
    """The job: one mail job for each operator, so that a repeat writes to nobody twice."""
    for person in await operators(session):
        enqueue(session, "operations.mail_wish", person_id=person.id, wanted=wanted)


async def mail_wish(session: AsyncSession, person_id: str, wanted: str) -> None:
    """A firm asks for a plan: to one operator."""
    firm, row = await firms.firm(session), await session.get(Subscription, tenancy.current_firm_id())
    if not await is_operator(session, UUID(person_id)) or row is None or row.wanted_plan != wanted:
        return
    person = await person_of(session, UUID(person_id))
    lines = [
        _("From %(before)s to %(plan)s.", before=row.plan, plan=wanted),
        _("Their words: %(text)s", text=row.wanted_note),
    ]
    message = Message(_("%(firm)s asks for another plan", firm=firm.name), lines, f"/operator/firms/{firm.id}")
    await deliver(message, person.email, person.name, person.locale)
