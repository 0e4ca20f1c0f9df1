"""The firm of a drill: letters that wait for a second person's yes, and what became of each afterwards."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client, Contact
from saas.drills.sink import received
from saas.drills.world import World
from saas.firms.choices import choose
from saas.firms.creation import create_firm
from saas.firms.models import FirmProfile
from saas.identity.models import Membership, Person
from saas.identity.sessions import open_session
from saas.identity.visitors import member_actor
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.db import Database
from saas.kernel.directory import Firm
from saas.kernel.i18n import Text
from saas.kernel.outbox import Outbox
from saas.kernel.perform import perform
from saas.notices import drafts
from saas.notices.models import Delivery, Notice
from saas.notices.workflow import NOTICE
from saas.operations.models import Subscription

LETTER_JOBS = ("notices.render", "notices.deliver", "notices.hand_over", "notices.clear_up")
TEXT = "贵公司本月的账务资料我们已经收到并核对完毕，如有疑问请与我们联系。"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of letters: how many never reached the sink, and how many things happened more than once."""

    lost: int
    doubled: int
    last_printed: datetime | None
    last_sent: datetime | None


@dataclass(frozen=True, slots=True)
class DrillFirm:
    database: Database
    firm: Firm
    author: Actor
    second: Person
    client: Client

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        async with self.database.transaction(tenancy.firm(self.firm.id)) as session:
            yield session

    async def drafted(self, letters: int) -> list[UUID]:
        """One-page letters that wait for review."""
        ids: list[UUID] = []
        for first in range(0, letters, 100):
            async with self.transaction() as session:
                for number in range(first, min(first + 100, letters)):
                    notice = await drafts.draft(
                        session, self.author, kind="general", client=self.client, subject_kind="client",
                        subject_id=self.client.id, title=Text("%(title)s", title=f"月度告知 {number + 1}"),
                        content={"text": TEXT}, locale="zh", answer_by=None, now=clock.now(),
                    )  # fmt: skip
                    await perform(session, NOTICE, notice.id, "submit", self.author, now=clock.now())
                    ids.append(notice.id)
        return ids

    async def cookie(self, now: datetime) -> str:
        """A fresh sign-in of the second person."""
        async with self.database.transaction(tenancy.PLATFORM) as session:
            person = await session.get_one(Person, self.second.id)
            return open_session(session, person, now, address="drill", browser="", needs_second_factor=False)

    async def unfinished(self, job: str = "") -> int:
        """Letters' jobs that are promised and not done."""
        wanted = Outbox.job.in_((job,) if job else LETTER_JOBS)
        async with self.transaction() as session:
            return await session.scalar(select(func.count()).where(Outbox.finished_at.is_(None), wanted)) or 0

    async def finished_within(self, patience: float, job: str = "") -> float:
        """Seconds until every letter's work (or that of one job) is done; more than `patience` when it is not."""
        begun = time.monotonic()
        while True:
            with suppress(DBAPIError, OSError):  # the database may be away, that is what drills are about
                if await self.unfinished(job) == 0:
                    return time.monotonic() - begun
            if time.monotonic() - begun > patience:
                return time.monotonic() - begun
            await asyncio.sleep(0.2)

    async def fate(self, place: World, letters: Sequence[UUID]) -> Fate:
        """Compare what was promised with what the sink has. A second delivery or serial counts as doubled too."""
        seen = received(place.sink)
        async with self.transaction() as session:
            sent = (await session.scalars(select(Delivery).where(Delivery.notice_id.in_(letters)))).all()
            issued = (await session.scalars(select(Notice).where(Notice.id.in_(letters)))).all()
        arrived = {d.notice_id for d in sent if d.status in ("accepted", "delivered") and seen[digest(d)]}
        per_letter, serials = Counter(d.notice_id for d in sent), Counter(n.serial for n in issued if n.serial)
        repeats = sum(seen[digest(d)] - 1 for d in sent if seen[digest(d)])
        doubled = repeats + sum(n - 1 for n in (*per_letter.values(), *serials.values()))
        printed = [n.issued_at for n in issued if n.issued_at]
        handed = [d.accepted_at for d in sent if d.accepted_at]
        return Fate(len(set(letters) - arrived), doubled, max(printed, default=None), max(handed, default=None))


def digest(delivery: Delivery) -> str:
    return sha256((delivery.message_id or "").encode()).hexdigest()[:32]


@asynccontextmanager
async def furnished(place: World) -> AsyncIterator[DrillFirm]:
    """A live firm, so that its mail leaves the house, with an author, a reviewer and one client."""
    database, now = Database(place.settings.app_database_url, pool_size=4), clock.now()
    tag = sha256(str(now).encode()).hexdigest()[:6]
    people = [
        Person(email=f"{name}-{tag}@drill.example", name=name, confirmed_at=now, created_at=now)
        for name in ("author", "reviewer")
    ]
    async with database.transaction(tenancy.PLATFORM) as session:
        session.add_all(people)
        await session.flush()
        firm, owner = await create_firm(session, name="演练会计", owner=people[0], now=now, slug=f"drill-{tag}")
        await session.execute(delete(Subscription).where(Subscription.id == firm.id))  # no plan, no limit
    async with database.transaction(tenancy.firm(firm.id)) as session:
        profile = (await session.scalars(select(FirmProfile))).one()
        profile.licence_number = "DLJZ33010620190057"
        choose(profile, "second_factor_roles", [], clock.today())
        client = Client(
            number="K0001", name="杭州演练有限公司", sort_key="yl", pinyin="yl", taxpayer_kind="general",
            standard="small", uscc="91110000600037341L", created_at=now,
        )  # fmt: skip
        second = Membership(
            person_id=people[1].id, name="reviewer", email=people[1].email, roles=["reviewer"], is_owner=False,
            joined_at=now,
        )  # fmt: skip
        session.add_all([client, second])
        await session.flush()
        session.add(Contact(client_id=client.id, name="许承泽", email="xu@drill.example", may_approve=True))
    try:
        yield DrillFirm(database, firm, member_actor(owner, people[0]).signed_in(now), people[1], client)
    finally:
        await database.close()
