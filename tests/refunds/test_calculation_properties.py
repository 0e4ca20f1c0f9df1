"""What holds for every contract, policy and service, whatever the numbers (hypothesis)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from saas.refunds.calculation import reckon
from saas.refunds.calculation.service import Agreed, Harm, Item, Loss, Service
from saas.refunds.terms import Reason, Terms, Tier

PRESETS = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10")
fen = st.integers(0, 2_000_000)
proof = st.sampled_from(["", "发票"])
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@st.composite
def policies(draw: st.DrawFn) -> Terms:
    falling = sorted(draw(st.lists(st.integers(0, 100), max_size=3)), reverse=True)
    tiers = tuple(Tier(3 * number + 2, percent) for number, percent in enumerate(falling))
    most = draw(st.integers(0, falling[-1])) if falling else draw(st.integers(0, 100))
    reason = Reason("r", "理", "R", draw(st.sampled_from(PRESETS)), at_fault=draw(st.booleans()), most_percent=most,
                    tiers=tiers)  # fmt: skip
    return Terms(
        "政", "P", (), (reason,),
        notice_month=draw(st.sampled_from(["full", "daily", "none"])),
        gifts=draw(st.sampled_from(["last", "spread", "forfeit"])),
        penalty=draw(fen), loss_percent=draw(st.integers(0, 130)), deduction_cap_percent=draw(st.integers(0, 100)),
        credit_bonus_percent=draw(st.integers(0, 30)),
    )  # fmt: skip


@st.composite
def contracts(draw: st.DrawFn) -> Agreed:
    starts_on, months = draw(days), draw(st.integers(0, 36))
    received = draw(fen)
    return Agreed(
        starts_on=starts_on, ends_on=starts_on + timedelta(days=30 * months), paid_months=months,
        gift_months=draw(st.integers(0, 6)), price=draw(fen), list_month=draw(st.integers(0, 100_000)),
        received=received, refunded=draw(st.integers(0, received)), notice_on=draw(days),
    )  # fmt: skip


items = st.builds(Item, name=st.sampled_from("甲乙丙"), price=fen, delivered=st.booleans())
losses = st.builds(
    Loss, kind=st.sampled_from(["labour", "sunk", "third_party", "depreciation"]), name=st.just("损"),
    hours=st.decimals(0, 50, places=2).map(Decimal), rate=st.integers(0, 50_000), amount=fen, proof=proof,
)  # fmt: skip
harms = st.builds(Harm, name=st.just("罚款"), amount=fen, proof=proof)
services = st.builds(
    Service, items=st.lists(items, max_size=3).map(tuple), losses=st.lists(losses, max_size=3).map(tuple),
    harms=st.lists(harms, max_size=2).map(tuple), delivered_any=st.booleans(),
    served_months=st.none() | st.integers(0, 40),
    faulty_months=st.sampled_from([(), ("2026-01",), ("2026-01", "2026-02")]),
)  # fmt: skip


@given(policies(), contracts(), services)
@settings(max_examples=400, deadline=None)
def test_never_negative_never_more_than_received_and_the_sum_of_its_ladder(
    terms: Terms, agreed: Agreed, service: Service
) -> None:
    ladder = reckon(terms, "r", agreed, service)
    assert 0 <= ladder.refund <= agreed.received - agreed.refunded
    assert ladder.refund == sum(line.amount for line in ladder.lines)
    assert ladder.receivable >= 0
    assert ladder.claim >= 0
    assert not (ladder.refund and ladder.receivable)
    assert ladder.receivable <= max(0, agreed.price - agreed.received)
    if ladder.claim:
        assert ladder.refund == agreed.received - agreed.refunded


@given(policies(), contracts(), services, st.integers(0, 39))
@settings(max_examples=400, deadline=None)
def test_more_delivered_months_never_give_more_back(
    terms: Terms, agreed: Agreed, service: Service, months: int
) -> None:
    fewer = reckon(terms, "r", agreed, msgspec.structs.replace(service, served_months=months))
    more = reckon(terms, "r", agreed, msgspec.structs.replace(service, served_months=months + 1))
    assert more.refund + more.claim - more.receivable <= fewer.refund + fewer.claim - fewer.receivable
    assert more.refund <= fewer.refund


def test_a_limit_below_zero_forgives_nothing() -> None:
    """Paid back before: more than the limit. What is still to be paid stays a receivable."""
    terms = Terms("政", "P", (), (Reason("r", "理", "R", "P6", most_percent=0),))
    agreed = Agreed(date(2024, 1, 1), date(2024, 3, 31), 3, 0, 12_000, 0, 10_000, 4_000, date(2024, 1, 1))
    ladder = reckon(terms, "r", agreed, Service(served_months=2))
    assert (ladder.refund, ladder.receivable) == (0, 2_000)


@given(policies(), contracts(), services, st.integers(1, 400))
@settings(max_examples=400, deadline=None)
def test_a_later_notice_never_gives_more_back(terms: Terms, agreed: Agreed, service: Service, later: int) -> None:
    by_dates = msgspec.structs.replace(service, served_months=None)
    after = msgspec.structs.replace(agreed, notice_on=agreed.notice_on + timedelta(days=later))
    assert reckon(terms, "r", after, by_dates).refund <= reckon(terms, "r", agreed, by_dates).refund


@given(policies(), contracts(), services, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_the_same_twice_and_in_any_order(terms: Terms, agreed: Agreed, service: Service, random: Random) -> None:
    first = reckon(terms, "r", agreed, service)
    assert reckon(terms, "r", agreed, service).store() == first.store()
    shuffled = {
        name: tuple(random.sample(getattr(service, name), len(getattr(service, name))))
        for name in ("items", "losses", "harms", "faulty_months")
    }
    again = reckon(terms, "r", agreed, msgspec.structs.replace(service, **shuffled))
    assert (again.refund, again.receivable, again.claim, again.credit) == (
        first.refund, first.receivable, first.claim, first.credit,
    )  # fmt: skip
