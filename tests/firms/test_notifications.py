"""Being told: in the product at once, by mail where somebody wishes it, never twice, never somebody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from saas.cases.forms import HandTo, Triage
from saas.firms.jobs import daily
from saas.firms.models import Notification
from saas.firms.notifications import notify
from saas.kernel import clock, sealing
from saas.kernel.audit import record
from saas.kernel.i18n import Text
from saas.kernel.outbox import Outbox
from tests.cases import story
from tests.cast import Browser, Cast, member_id
from tests.identity.post import mails_to, run_promised

People = Callable[[str], Awaitable[Browser]]
TEXT = Text("Case YC-2026-0001 waits for you")


async def _tell(cast: Cast, name: str, kind: str = "mention", url: str = "/cases/1") -> None:
    async with cast.transaction() as session:
        await notify(session, [member_id(cast.actors[name])], kind, TEXT, url, clock.now())


async def _told(cast: Cast, name: str) -> list[Notification]:
    async with cast.transaction() as session:
        query = select(Notification).where(Notification.member_id == cast.actors[name].id)
        return list((await session.scalars(query)).all())


async def test_a_notification_stands_at_the_bell_until_it_is_read(cast: Cast, as_person: People) -> None:
    await _tell(cast, "ben")
    ben, base = await as_person("ben"), f"/f/{cast.firm.slug}"
    assert 'class="bell-count"' in (await ben.get(f"{base}/work")).text
    assert str(TEXT) in (await ben.get(f"{base}/notifications")).text
    row = (await _told(cast, "ben"))[0]
    lin = await as_person("lin")
    assert str(TEXT) not in (await lin.get(f"{base}/notifications")).text
    assert (await lin.get(f"{base}/notifications/{row.id}")).status_code == 404, "a colleague's is nobody's"
    assert (await ben.get(f"{base}/notifications/{row.id}")).headers["location"] == f"{base}/cases/1"
    assert 'class="bell-count"' not in (await ben.get(f"{base}/work")).text


async def test_the_same_is_not_said_twice_while_unread(cast: Cast, as_person: People) -> None:
    for _time in range(2):
        await _tell(cast, "ben")
    assert len(await _told(cast, "ben")) == 1
    ben = await as_person("ben")
    for _time in range(2):
        assert (await ben.post(f"/f/{cast.firm.slug}/notifications/read")).status_code == 303
    await _tell(cast, "ben")
    assert len(await _told(cast, "ben")) == 2


async def test_mail_comes_as_the_person_wishes(cast: Cast, as_person: People, mailbox_folder: Path) -> None:
    address = cast.persons["ben"].email
    await _tell(cast, "ben", "assigned")
    await run_promised(cast.database, cast.firm.id)
    assert mails_to(mailbox_folder, address) == [], "by default only in the product"
    await _tell(cast, "ben", "mention", "/cases/2")
    await run_promised(cast.database, cast.firm.id)
    assert str(TEXT) in mails_to(mailbox_folder, address)[0].text
    ben = await as_person("ben")
    await ben.post("/account/notifications", {"mail": ["assigned"]})
    for kind, url in (("mention", "/cases/3"), ("assigned", "/cases/4")):
        await _tell(cast, "ben", kind, url)
    await run_promised(cast.database, cast.firm.id)
    texts = [letter.text for letter in mails_to(mailbox_folder, address)]
    assert [("/cases/4" in t, "/cases/3" in t) for t in texts] == [(True, False), (False, False)]
    assert (await ben.post("/account/notifications", {"mail": "gossip"})).status_code == 404


async def test_who_saw_it_in_the_product_gets_no_mail(cast: Cast, as_person: People, mailbox_folder: Path) -> None:
    await _tell(cast, "ben")
    await (await as_person("ben")).post(f"/f/{cast.firm.slug}/notifications/read")
    await run_promised(cast.database, cast.firm.id)
    assert mails_to(mailbox_folder, cast.persons["ben"].email) == []


async def test_whose_turn_it_is_hears_of_a_step_and_nobody_else(cast: Cast) -> None:
    """It is the turn of the record's owner: the firm's owner, whose role has the same name, hears nothing of it."""
    client, _contact = await story.make_client(cast)
    case = await story.by_hand(cast, client)
    await story.act(cast, case, "triage", cast.ben, Triage(member_id(cast.ben)))
    await story.act(cast, case, "confirm", cast.ben, story.CONFIRM)
    before = {name: len(await _told(cast, name)) for name in cast.actors if name != "nobody"}
    await story.act(cast, case, "hand_to", cast.ben, HandTo(member_id(cast.lin)))
    after = {name: len(await _told(cast, name)) for name in before}
    assert (before["paula"], before["ben"]) == (0, 0)
    assert after == {**before, "lin": before["lin"] + 1}


async def test_an_unknown_kind_is_a_bug(cast: Cast) -> None:
    async with cast.transaction() as session:
        with pytest.raises(ValueError, match="gossip"):
            await notify(session, [uuid4()], "gossip", TEXT, "/", clock.now())


async def test_strangers_are_never_told(cast: Cast) -> None:
    async with cast.transaction() as session:
        assert await notify(session, [member_id(cast.otto), uuid4()], "mention", TEXT, "/", clock.now()) == []


async def test_the_owner_hears_daily_of_the_trail_and_of_missing_years(cast: Cast, mailbox_folder: Path) -> None:
    async with cast.transaction() as session:
        record(session, cast.ben, "clients.add", clock.now())
        await session.flush()
        await sealing.seal(session)
        sequence, head = await sealing.head(session)
    for _time in range(2):
        async with cast.transaction() as session:
            await daily(session)
    told = await _told(cast, "paula")
    assert [n.kind for n in told] == ["calendar"]
    async with cast.transaction() as session:
        assert len((await session.scalars(select(Outbox.id).where(Outbox.job == "firms.mail_notification"))).all()) == 1
    await run_promised(cast.database, cast.firm.id)
    mails = mails_to(mailbox_folder, cast.persons["paula"].email)
    how = f"saas audit verify --firm {cast.firm.slug} --head {sequence}:{head}"
    assert any(how in letter.text for letter in mails), "with how to compare"
    assert await _told(cast, "mara") == []
