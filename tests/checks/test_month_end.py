"""Rules that are often wrong wait in the digest; the run before a filing day is compared with the one before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import select

from saas.checks import jobs, month_end
from saas.checks.models import FoundAnomaly
from saas.checks.queries import Wanted, findings
from saas.checks.quieting import JUDGED, quiet_rules
from saas.clients.models import Client
from saas.firms.models import Notification
from saas.kernel import clock
from saas.kernel.identifiers import uuid7
from saas.kernel.outbox import Outbox
from tests.cases import story
from tests.cast import Browser, Cast, member_id

AsPerson = Callable[[str], Awaitable[Browser]]
LATER = """
2026-09-05 记-1 提现 | D 1001 5000.00 | C 1002 5000.00
2026-09-20 记-3 购办公用品 | D 5602 800.00 | C 1002 800.00
2026-10-20 记-1 购办公用品 | D 5602 800.00 | C 1002 750.00
"""


async def month_end_run(cast: Cast, client: Client) -> month_end.Compared:
    async with cast.transaction() as session:
        await jobs.run(session, str(client.id), None, month_end.MONTH_END)
    async with cast.transaction() as session:
        _day, rows = await month_end.of_day(session, None)
        return next(row for row in rows if row.client.id == client.id)


async def judge(cast: Cast, client: Client, rule: str, dismissed: int) -> None:
    """So many findings of a rule that somebody put aside, as if over a year."""
    async with cast.transaction() as session:
        [model] = (await session.scalars(select(FoundAnomaly).where(FoundAnomaly.rule == rule).limit(1))).all()
        known = {c.name: getattr(model, c.name) for c in FoundAnomaly.__table__.columns}
        for _n in range(dismissed):
            copy = {**known, "id": uuid7(), "object": uuid7().hex, "state": "dismissed", "reason": "无误"}
            session.add(FoundAnomaly(**copy))


async def test_a_rule_that_is_mostly_wrong_is_quietened_and_comes_back(cast: Cast, as_person: AsPerson) -> None:
    client, _contact, listed = await story.found(cast)
    assert "N01" in {one.rule for one in listed}
    await judge(cast, client, "N01", JUDGED - 1)
    await story.check(cast, client)
    async with cast.transaction() as session:
        assert await quiet_rules(session) == frozenset()  # nine judgements say nothing
    await judge(cast, client, "N01", 1)
    async with cast.transaction() as session:
        assert await quiet_rules(session) == {"N01"}
    await story.check(cast, client)
    async with cast.transaction() as session:
        shown = {one.rule for one in await findings(session, Wanted(client_id=client.id))}
        quiet = {one.rule for one in await findings(session, Wanted("quiet", client_id=client.id))}
    assert ("N01" in shown, quiet) == (False, {"N01"})
    ben = await as_person("ben")
    assert "借贷不平" in (await ben.get(f"/f/{cast.firm.slug}/findings?state=quiet")).text
    async with cast.transaction(otto=True) as session:
        assert await quiet_rules(session) == frozenset()  # nothing learned here reaches another firm


async def test_new_cured_and_still_there(cast: Cast) -> None:
    with clock.at(clock.now() - timedelta(days=30)):
        client, _contact, _listed = await story.found(cast)
        first = await month_end_run(cast, client)
    assert (first.new > 0, first.cured, first.standing, first.worst) == (True, 0, 0, "high")
    await story.import_text(cast, client, LATER)
    second = await month_end_run(cast, client)
    assert (second.new >= 1, second.cured >= 1) == (True, True)


async def test_everybody_hears_once_of_their_clients(cast: Cast, as_person: AsPerson) -> None:
    client, _contact, _listed = await story.found(cast)
    await month_end_run(cast, client)
    for _turn in range(2):
        async with cast.transaction() as session:
            await month_end.tell(session)
    async with cast.transaction() as session:
        told = (await session.scalars(select(Notification).where(Notification.kind == "digest"))).all()
        mails = (await session.scalars(select(Outbox).where(Outbox.job == "firms.mail_notification"))).all()
    assert [one.member_id for one in told] == [member_id(cast.ben)]
    [mail] = [one for one in mails if one.args["notification_id"] == str(told[0].id)]
    assert mail.due_at <= mail.created_at  # a digest waits for nobody
    ben = await as_person("ben")
    assert client.name in (await ben.get(f"/f/{cast.firm.slug}{told[0].url}")).text
    assert client.name in (await ben.get(f"/f/{cast.firm.slug}/work")).text
    for name, status in (("ada", 200), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).get(f"/f/{cast.firm.slug}/findings/month-end")).status_code == status


async def test_all_books_are_checked_on_demand_and_the_last_run_tells(cast: Cast, as_person: AsPerson) -> None:
    """A press is one promise a client, however often; when the last is kept, everybody is told."""
    client, _contact, _listed = await story.found(cast)
    at = f"/f/{cast.firm.slug}/findings/month-end"
    for name, status in (("ada", 403), ("otto", 404), ("nobody", 303), ("ben", 303), ("ben", 303)):
        assert (await (await as_person(name)).post(at, {})).status_code == status, name
    async with cast.transaction() as session:
        assert await month_end.promised(session) == {str(client.id)}
        assert await month_end.begin(session) == 0
    assert "正在检查 1 户" in (await (await as_person("ben")).get(at)).text
    for _turn in range(2):
        await month_end_run(cast, client)
    async with cast.transaction() as session:
        tellings = (await session.scalars(select(Outbox).where(Outbox.job == "checks.tell_month_end"))).all()
    assert len(tellings) == 2
