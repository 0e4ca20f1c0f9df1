"""The steps of the whole replay, in the order of their times."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

from saas.demo import (
    attending,
    checking_off,
    deeds,
    drilling,
    earlier,
    filing_returns,
    hearing,
    improving,
    judging,
    learning,
    month_ends,
    serving,
    studying,
    teaming,
    telling,
    treating,
)
from saas.demo.clearing import CLOCKS, clear, put_aside
from saas.demo.labels import SETTLED, months_of
from saas.demo.opening import register_clients, staff_joins
from saas.demo.refunding import accept_policy, set_up
from saas.demo.scene import Scene
from saas.demo.story import THIS_QUARTER, Beat, Days, Story
from saas.demo.tenant import Client, Tenant
from saas.kernel.clock import CHINA
from saas.kernel.months import month_end

LOOKED_AT = timedelta(minutes=6)  # between a file's preview and the bookkeeper's yes
READ_AGAIN = 8  # working days: by then a story of earlier months has imported its ledger once more
DESK_HOURS = ("09:20", "10:05", "10:50", "11:35", "13:50", "14:30", "15:10", "15:50", "16:30", "17:10")


@dataclass(frozen=True, slots=True)
class Step:
    """One deed at its time. `story` shares what its earlier steps have noted; one refused ends it."""

    at: datetime
    key: str
    story: str
    do: Callable[[Scene], Awaitable[None]]
    client: str = ""  # its short name


def steps_of(tenant: Tenant, stories: Sequence[Story], days: Days) -> list[Step]:
    """Opening, books, stories: everything that is replayed after the firm was founded."""
    told = {client.short: _told_from(client.short, stories) for client in tenant.clients}
    found = [
        *(
            Step(at, f"people/{key}", f"people/{key.partition('/')[0]}", do)
            for at, key, do in staff_joins(tenant, days)
        ),
        *(
            Step(at, f"clients/{client.short}/{key}", f"clients/{client.short}", do, client.short)
            for client in tenant.clients
            for at, key, do in register_clients(tenant, client, days)
        ),
        *_refund_policy(tenant, stories, days),
        *(Step(at, f"drill/{key}", "drill", do) for at, key, do in drilling.steps(tenant, days)),
        *_checklists(tenant, days),
        *_rooms(tenant, days),
        *(Step(at, f"month_ends/{key}", f"month_ends/{key}", do) for at, key, do in month_ends.plan(days)),
        *_books(tenant, told, days),
        *(step for story in stories for step in _told(story, days)),
        *_desks_cleared(tenant, told, days),
    ]
    return sorted(found, key=lambda step: step.at)


def _rooms(tenant: Tenant, days: Days) -> Iterator[Step]:
    """What goes on beside the cases, a module each; deeds of the team and of scorecards share what they know."""
    for name, plan in (
        ("learning", learning.plan),
        ("studying", studying.plan),
        ("improving", improving.plan),
        ("serving", serving.plan),
        ("attending", attending.plan),
        ("treating", treating.plan),
        ("telling", telling.plan),
        ("hearing", hearing.plan),
    ):
        yield from (Step(days.moment(on), f"{name}/{key}", f"{name}/{key}", do) for on, key, do in plan(tenant))
    for name, plan_for in (("filings", filing_returns.plan), ("earlier", earlier.plan)):
        yield from (
            Step(days.moment(on), f"{name}/{key}", f"{name}/{key}", do) for on, key, do in plan_for(tenant, days)
        )
    for name, plan in (("team", teaming.plan), ("judging", judging.plan)):
        yield from (Step(days.moment(on), f"{name}/{key}", name, do) for on, key, do in plan(tenant))


def _refund_policy(tenant: Tenant, stories: Sequence[Story], days: Days) -> Iterator[Step]:
    """Qualifications and budget; contracts of clients that will ask for money back name the policy they accepted."""
    asking = {s.client for s in stories if any(beat.do.endswith((".request", ".knock")) for beat in s.beats)}
    if not asking:
        return
    yield Step(days.moment("+1 09:00"), "refunds/set_up", "refunds", partial(set_up, tenant=tenant))
    for place, client in enumerate(c for c in tenant.clients if c.short in asking):
        at = days.moment("+1 09:30") + timedelta(minutes=place)
        yield Step(at, f"refunds/{client.short}", f"refunds/{client.short}", accept_policy, client.short)


def _checklists(tenant: Tenant, days: Days) -> Iterator[Step]:
    """Procedures read, two months closed with evidence; the schedule takes over when the story ends."""
    for on, key, do in (
        ("+0 09:04", "by_hand", checking_off.by_hand),
        ("+1 13:40", "procedures", checking_off.read_procedures),
        ("0 17:40", "by_itself", checking_off.by_itself),
    ):
        yield Step(days.moment(on), f"checklists/{key}", "checklists", partial(do, tenant=tenant))
    for client, on in zip(tenant.clients, ("-40 16:05", "-39 16:15"), strict=False):
        key = f"checklists/{client.short}"
        yield Step(days.moment(on), key, key, checking_off.close_month, client.short)


def _desks_cleared(tenant: Tenant, told: Mapping[str, Sequence[int]], days: Days) -> Iterator[Step]:
    """On the last day; for a story of earlier months on its first day, and once the ledger was read again."""
    for place, client in enumerate(tenant.clients):
        clock = CLOCKS[place % len(CLOCKS)]
        for day in told[client.short]:
            for when in (day, day + READ_AGAIN) if day < THIS_QUARTER else ():
                key = f"desk/{client.short}/{when}"
                yield Step(days.moment(f"{when} {clock}"), key, key, put_aside, client.short)
        if any(begins >= THIS_QUARTER for begins in told[client.short]):
            yield Step(days.moment(f"0 {clock}"), f"desk/{client.short}", f"desk/{client.short}", clear, client.short)


def _told(story: Story, days: Days) -> Iterator[Step]:
    for position, beat in enumerate(story.beats, 1):
        yield from _beat(beat, days.moment(beat.on), f"{story.file}/{position}", story.file, story.client)


def _beat(beat: Beat, at: datetime, key: str, story: str, client: str) -> Iterator[Step]:
    yield Step(at, key, story, partial(deeds.play, beat=beat), client)
    if beat.do == "ledger.import":
        yes = Beat(beat.on, beat.who, "ledger.store")
        yield Step(at + LOOKED_AT, f"{key}/store", story, partial(deeds.play, beat=yes), client)


def _told_from(client: str, stories: Sequence[Story]) -> list[int]:
    """The working days on which the stories of a client's books begin, in order."""
    return sorted(story.begins for story in stories if story.client == client and story.books)


def _books(tenant: Tenant, told: Mapping[str, Sequence[int]], days: Days) -> Iterator[Step]:
    """What there is the day before a story begins; the rest month by month, or, of clients without a story these
    months, in one file on the last day.
    """
    months, complete = months_of(days)
    for place, client in enumerate(tenant.clients):
        clock, left = DESK_HOURS[place % len(DESK_HOURS)], months[:complete]
        for begins in told[client.short]:
            brought = days.moment(f"{begins - 1} {clock}")
            there = [month for month in left if _ready(month, place, clock, days) <= brought]
            if there:
                yield from _file(client, there[0], there[-1], brought)
            left = left[len(there) :]
            if begins >= THIS_QUARTER:
                break
        if told[client.short] and told[client.short][-1] >= THIS_QUARTER:
            for month in left:
                yield from _file(client, month, month, _ready(month, place, clock, days))
        elif left:
            yield from _file(client, left[0], left[-1], days.moment(f"0 {clock}"))


def _ready(month: str, place: int, clock: str, days: Days) -> datetime:
    """The fourth to sixth working day of the next month: the firm exports a month once its books are closed."""
    last = month_end(month)
    day = days.calendar.add_working_days(last, 4 + place % 3)
    return datetime.combine(min(day, days.day(1 - SETTLED)), time.fromisoformat(clock), CHINA)


def _file(client: Client, first: str, last: str, at: datetime) -> Iterator[Step]:
    beat = Beat("", client.bookkeeper, "ledger.import", {"first": first, "last": last})
    yield from _beat(beat, at, f"books/{client.short}/{last}", f"books/{client.short}", client.short)
