"""Every SELECT on the firm's own rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.models import FirmProfile, Invitation, Notification, Qualification, WorkingHours
from saas.identity.models import Membership
from saas.kernel import tenancy
from saas.kernel.access import Actor
from saas.kernel.directory import Firm
from saas.kernel.errors import Missing
from saas.kernel.i18n import Text
from saas.kernel.prepared import FIRM, MEMBER, here
from saas.kernel.rows import own_row


def firm_id() -> UUID:
    return tenancy.current_firm_id()


async def profile(session: AsyncSession) -> FirmProfile:
    """The acting firm's profile; every firm has one from its first minute."""
    firm_id = tenancy.current_firm_id()
    return (await session.execute(select(FirmProfile).where(FirmProfile.firm_id == firm_id))).scalar_one()


async def firm(session: AsyncSession) -> Firm:
    """The acting firm as the directory knows it."""
    return (await session.scalars(select(Firm).where(Firm.id == tenancy.current_firm_id()))).one()


_HOURS = select(WorkingHours).where(WorkingHours.firm_id == FIRM).order_by(WorkingHours.valid_from)


async def working_hours(session: AsyncSession) -> list[WorkingHours]:
    """The firm's working hours by date, oldest first; empty means the default."""
    return list((await session.scalars(_HOURS, here())).all())


UNREAD = select(func.count()).where(
    Notification.firm_id == FIRM, Notification.member_id == MEMBER, Notification.read_at.is_(None)
)
LOGO = select(FirmProfile.logo_sha256).where(FirmProfile.firm_id == FIRM)


def picture_path(code: str, digest: str) -> str:
    """Where a browser finds a picture of the firm; "" where there is none."""
    return f"/pictures/{code}/{digest}" if digest else ""


async def count_people(session: AsyncSession) -> int:
    """Members and open invitations: whether the firm is more than its founder."""
    firm_id = tenancy.current_firm_id()
    members = select(func.count()).where(Membership.firm_id == firm_id, Membership.left_at.is_(None))
    invited = select(func.count()).where(
        Invitation.firm_id == firm_id, Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)
    )
    return (await session.scalar(members) or 0) + (await session.scalar(invited) or 0)


async def people(session: AsyncSession) -> list[Membership]:
    """Everyone who works here now, the owner first, then by name."""
    query = select(Membership).where(Membership.firm_id == tenancy.current_firm_id(), Membership.left_at.is_(None))
    return list((await session.scalars(query.order_by(Membership.is_owner.desc(), Membership.name))).all())


async def with_roles(session: AsyncSession, roles: Iterable[str]) -> list[Membership]:
    """Everyone who works here with one of these roles."""
    wanted = set(roles)
    return [member for member in await people(session) if wanted & set(member.roles)]


async def owner(session: AsyncSession, *, lock: bool = False) -> Membership:
    query = select(Membership).where(
        Membership.firm_id == tenancy.current_firm_id(), Membership.is_owner, Membership.left_at.is_(None)
    )
    return (await session.scalars(query.with_for_update() if lock else query)).one()


async def membership_of(session: AsyncSession, person_id: UUID) -> Membership | None:
    """A person's membership of this firm, also one that ended."""
    found: Membership | None = await session.scalar(
        select(Membership).where(Membership.firm_id == tenancy.current_firm_id(), Membership.person_id == person_id)
    )
    return found


async def open_invitations(session: AsyncSession, email: str = "") -> list[Invitation]:
    """Neither accepted nor withdrawn, the newest first; to one address if it is given."""
    query = select(Invitation).where(
        Invitation.firm_id == tenancy.current_firm_id(),
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        *([Invitation.email == email] if email else []),
    )
    return list((await session.scalars(query.order_by(Invitation.created_at.desc()))).all())


async def invitation(session: AsyncSession, invitation_id: UUID, *, lock: bool = False) -> Invitation:
    query = select(Invitation).where(Invitation.firm_id == tenancy.current_firm_id(), Invitation.id == invitation_id)
    options = {"populate_existing": True} if lock else {}
    found: Invitation | None = await session.scalar(
        query.with_for_update() if lock else query, execution_options=options
    )
    if found is None:
        raise Missing()
    return found


async def qualifications(session: AsyncSession, member_id: UUID) -> list[Qualification]:
    query = select(Qualification).where(
        Qualification.firm_id == tenancy.current_firm_id(), Qualification.member_id == member_id
    )
    return list((await session.scalars(query.order_by(Qualification.valid_until.desc()))).all())


async def qualification(session: AsyncSession, member_id: UUID, code: str) -> Qualification | None:
    return next((q for q in await qualifications(session, member_id) if q.code == code), None)


async def notifications(session: AsyncSession, actor: Actor, limit: int) -> list[Notification]:
    """A member's, the newest first."""
    query = select(Notification).where(
        Notification.firm_id == tenancy.current_firm_id(), Notification.member_id == actor.id
    )
    return list((await session.scalars(query.order_by(Notification.created_at.desc()).limit(limit))).all())


async def notification(session: AsyncSession, actor: Actor, notification_id: UUID) -> Notification:
    """One of the member's own; Missing for a colleague's."""
    return await own_row(session, Notification, notification_id, Notification.member_id == actor.id)


async def is_told(session: AsyncSession, member_id: UUID, kind: str, url: str, text: Text) -> bool:
    """Whether a member has the same unread already."""
    query = select(Notification.id).where(
        Notification.firm_id == tenancy.current_firm_id(),
        Notification.member_id == member_id,
        Notification.kind == kind,
        Notification.url == url,
        Notification.text == text,
        Notification.read_at.is_(None),
    )
    return (await session.scalar(query.limit(1))) is not None


async def mark_read(session: AsyncSession, actor: Actor, now: datetime) -> None:
    query = update(Notification).where(
        Notification.firm_id == tenancy.current_firm_id(),
        Notification.member_id == actor.id,
        Notification.read_at.is_(None),
    )
    await session.execute(query.values(read_at=now))
