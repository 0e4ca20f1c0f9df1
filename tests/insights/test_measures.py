"""Every measure counted again in plain Python from the trail and the rows, sharing no query, on a generated past."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from statistics import mean
from typing import Any

import pytest

from saas.cases.models import Case
from saas.clients.models import Client, Contract, Receipt
from saas.insights import facts
from saas.insights.dashboards.periods import period_of
from saas.insights.measures.catalogue import MEASURES
from saas.insights.measures.measure import BySpan, Figure, Measure, Scope
from saas.kernel import clock
from saas.kernel.config import Settings
from saas.refunds.models import Refund
from saas.surveys.models import Survey
from saas.training.exam_models import Attempt
from tests.cast import Cast, member_id
from tests.insights.again import Again, cont, days
from tests.insights.compact import compact_rows_agree
from tests.insights.past import Past, make_past
from tests.insights.trade_again import late_fees
from tests.insights.wider import widen
from tests.insights.wider_again import FEW, WIDER


def share(marks: Sequence[bool]) -> tuple[int, float | None]:
    return len(marks), (sum(marks) / len(marks) if len(marks) >= 5 else None)


def median(values: Sequence[float], per: float) -> tuple[int, float | None]:
    return len(values), (cont(values, 0.5) / per if len(values) >= 5 else None)


def money(refunds: Sequence[Refund], past: Past) -> tuple[int, float | None]:
    paid = [r for r in refunds if r.outcome == "refund"]
    under = {r.contract_id for r in paid}
    received = sum(x.amount.fen for x in past.of(Receipt) if x.contract_id in under)
    back = sum(r.amount.fen for r in paid if r.amount)
    return len(paid), (back / received if len(paid) >= 5 else None)


def nps(values: Sequence[float]) -> tuple[int, float | None]:
    score = 100 * (sum(v >= 9 for v in values) - sum(v <= 6 for v in values))
    return len(values), (score / len(values) if len(values) >= 5 else None)


def rework(again: Again) -> tuple[int, float | None]:
    cases = again.cases()
    n, hits = sum(map(again.submitted, cases)), sum(map(again.returned, cases))
    return n, (hits / n if n >= 5 else None)


def work(minutes: int) -> int:
    """Fen of working minutes at the firm's defaults: 80.00 an hour, a tenth of the time worked."""
    return int((Decimal(minutes) * 10 * 8000 / 6000).to_integral_value("ROUND_HALF_UP"))


def by_day(minutes: Iterable[tuple[date, int]]) -> int:
    sums: dict[date, int] = {}
    for day, each in minutes:
        sums[day] = sums.get(day, 0) + each
    return sum(work(each) for each in sums.values())


def refund_cost(again: Again) -> tuple[int, float | None]:
    refunds, minutes = again.refunds(), []
    for refund in refunds:
        trail = again.trails[refund.id]
        begin = next(i for i, (_f, t, _at) in enumerate(trail) if t == "submitted")
        end = ["paid"] if refund.paid_at else ["rejected", "refused", "cancelled", "converted"]
        minutes.append((days(refund.closed_at), again.minutes(trail[begin:], end, net=True) or 0))  # type: ignore[arg-type]
    back = sum(r.amount.fen for r in refunds if r.outcome == "refund" and r.amount)
    return len(refunds), back + by_day(minutes)


def quality_cost(again: Again) -> tuple[int, float | None]:
    redone = [(days(c.closed_at), m) for c in again.cases() if (m := again.rework_minutes(c))]  # type: ignore[arg-type]
    own = [r for r in again.refunds() if r.at_fault and r.outcome == "refund"]
    fees = [fee for case, fee in late_fees(again) if case.responsibility == "firm"]
    return len(redone) + len(own) + len(fees), by_day(redone) + sum(r.amount.fen for r in own if r.amount) + sum(fees)


def asked_contracts(again: Again) -> list[bool]:
    scope = again.scope
    asked = {r.contract_id for r in again.past.of(Refund) if again.within(r.submitted_at)}
    return [
        c.id in asked
        for c in again.past.of(Contract)
        if c.starts_on <= scope.until and c.ends_on >= scope.since and scope.client_id in (None, c.client_id)
    ]


def attempts(again: Again) -> list[bool]:
    scope = again.scope
    return [
        a.passed
        for a in again.past.of(Attempt)
        if a.number == 1 and again.within(a.handed_in_at) and scope.member_id in (None, a.member_id)
    ]


def backlog(again: Again) -> tuple[int, float | None]:
    scope = again.scope
    cases = [
        c for c in again.past.of(Case)
        if c.state not in ("closed", "dismissed") and c.source != "complaint" and again.mine(c, "owner_id")
        and scope.rule in ("", c.rule) and scope.cause in ("", c.cause_code)
    ]  # fmt: skip
    return len(cases), len(cases)


def renewed_money(again: Again) -> tuple[int, float | None]:
    def monthly(one: Contract) -> float:
        return one.price.fen / max(one.paid_months, 1)

    due = again.due()
    kept = 0.0
    for one, _renewed in due:
        later = [
            monthly(o) for o in again.past.of(Contract)
            if o.client_id == one.client_id and one.starts_on < o.starts_on <= one.ends_on + timedelta(days=30)
            and o.ends_on > one.ends_on
        ]  # fmt: skip
        kept += min(max(later, default=0.0), monthly(one))
    return len(due), (kept / sum(monthly(one) for one, _r in due) if len(due) >= 5 else None)


Expected = Callable[[Again], tuple[int, float | None]]
EXPECTED: dict[str, Expected] = {
    "first_response": lambda a: median(a.first(), 60),
    "sla_hit": lambda a: share([c.closed_at <= c.due_at for c in a.cases() if c.due_at and c.closed_at]),
    "resolution": lambda a: median(a.resolution(net=True), a.past.calendar.minutes_per_day),
    "resolution_gross": lambda a: median(a.resolution(net=False), a.past.calendar.minutes_per_day),
    "escape": lambda a: share([c.found_after_filing for c in a.confirmed()]),
    "detection_source": lambda a: share([c.source in ("client", "authority") for c in a.confirmed()]),
    "first_time_right": lambda a: share(a.right()),
    "rework": rework,
    "backlog_age": backlog,
    "notice_delivery": lambda a: share([a.arrived(n) for n in a.letters(asking=False)]),
    "acknowledged": lambda a: share(a.answered()),
    "acknowledgement_time": lambda a: median(
        [a.answer_minutes(n) for n in a.letters(asking=True) if a.said(n, "confirm")],
        a.past.calendar.minutes_per_day,
    ),
    "objected": lambda a: share([a.said(n, "object") for n in a.letters(asking=True)]),
    "refund_cycle": lambda a: median(a.cycles(), a.past.calendar.minutes_per_day),
    "refund_ratio": lambda a: money(a.refunds(), a.past),
    "refund_requests": lambda a: share(asked_contracts(a)),
    "approval": lambda a: share([bool(r.approved_at) for r in a.refunds() if r.approved_at or r.outcome == "rejected"]),
    "overturn": lambda a: share([r.state != "refused" for r in a.refunds() if r.appeal]),
    "override": lambda a: share(
        [
            r.amount != r.computed
            for r in a.refunds()
            if r.outcome in ("refund", "credit", "plan", "rejected") and None not in (r.amount, r.computed)
        ]
    ),
    "save_rate": lambda a: share(a.saved()),
    "still_client": lambda a: share(
        [a.here(r) for r in a.refunds() if days(r.closed_at) <= clock.today() - timedelta(days=90)]  # type: ignore[arg-type]
    ),
    "refund_cost": refund_cost,
    "quality_cost": quality_cost,
    "csat": lambda a: share([v >= 4 for v in a.scale("1-5")]),
    "nps": lambda a: nps(a.scale("0-10")),
    "ces": lambda a: (len(v := a.scale("1-7")), mean(v) if len(v) >= 5 else None),
    "response_rate": lambda a: share(
        [bool(s.answered_at) for s in a.past.of(Survey) if a.within(s.sent_at) and a.mine(s, "handler_id")]
    ),
    "exam_pass": lambda a: share(attempts(a)),
    "retention": lambda a: share([renewed for _one, renewed in a.due()]),
    "renewed_money": renewed_money,
    **WIDER,
}


def scopes(cast: Cast, past: Past) -> list[Scope]:
    """The whole past, a quarter, one client, one person, one rule, one reason, the future."""
    today = clock.today()
    whole = Scope(today - timedelta(days=800), today)
    quarter = Scope(today - timedelta(days=270), today - timedelta(days=180))
    client = past.of(Client)[3].id
    others = [Scope(whole.since, today, rule="N14"), Scope(whole.since, today, reason="cancel")]
    return [
        whole, quarter, Scope(whole.since, today, client_id=client),
        Scope(whole.since, today, member_id=member_id(cast.ben)), *others,
        Scope(today + timedelta(days=5), today + timedelta(days=40)),
    ]  # fmt: skip


def close(figure: Figure, expected: tuple[int, float | None]) -> bool:
    n, value = expected
    if figure.n != n:
        return False
    if value is None or figure.value is None:
        return figure.value is None and (value is None or n == 0)
    return abs(float(figure.value) - value) < 0.0006


async def test_every_figure_is_what_the_rows_and_the_trail_say(settings: Settings, cast: Cast) -> None:
    """In seven scopes; filters that a measure does not obey leave it as it is."""
    past = await make_past(settings, cast, widen)
    wrong = []
    async with cast.transaction() as session:
        await facts.rebuild(session)
        await compact_rows_agree(session)
        for place, scope in enumerate(scopes(cast, past)):
            again = Again(past, scope)
            for key, expected in EXPECTED.items():
                measure = MEASURES[key]
                if any(getattr(scope, name) and name not in measure.filters
                       for name in ("client_id", "member_id", "rule", "reason", "cause")):  # fmt: skip
                    continue
                figure = await measure.figure(session, scope)
                if not close(figure, expected(again)):
                    wrong.append((key, scope, figure, expected(again)))
                assert figure.n >= (1 if key in FEW else 5) or place, f"{key}: the past holds too little to count"
        await the_rows_agree(session, past)
        for measure in MEASURES.values():
            await measure.rows(session, scopes(cast, past)[0], 0, 5)
            if isinstance(measure.figure, BySpan):
                await a_trend_is_its_periods(session, measure)
    assert not wrong, "\n".join(map(str, wrong[:8]))


async def a_trend_is_its_periods(session: Any, measure: Measure) -> None:
    """What one query counts for six periods is what each of them alone says; of the last one the parts too."""
    period = period_of("90d", clock.today())
    assert period is not None
    scope = Scope(period.since, period.until)
    alone = [await measure.figure(session, Scope(*span)) for span in period.spans]
    together = await measure.over(session, scope, period.spans)
    assert together[-1] == alone[-1], measure.key
    assert [replace(one, parts=()) for one in together] == [replace(one, parts=()) for one in alone], measure.key


async def the_rows_agree(session: Any, past: Past) -> None:
    """What a figure counts can be opened: as many rows as n, page after page, for measures that count rows."""
    scope = scopes(past.cast, past)[0]
    counted = (
        "first_response", "sla_hit", "resolution", "escape", "notice_delivery", "acknowledged", "approval", "override",
        "save_rate", "csat", "response_rate", "retention", "backlog_age", "refund_cycle",
    )  # fmt: skip
    for key in counted:
        figure, rows = await MEASURES[key].figure(session, scope), await MEASURES[key].rows(session, scope, 0, 5)
        last = await MEASURES[key].rows(session, scope, rows.total - 1, 5)
        assert rows.total == figure.n, key
        assert len(rows.rows) == 5, key
        assert len(last.rows) == 1, key
        assert len(rows.rows[0].cells) == len(rows.columns), key


@pytest.mark.parametrize("key", sorted(MEASURES))
def test_a_measure_says_in_two_languages_what_it_is(key: str) -> None:
    measure = MEASURES[key]
    for words in (measure.name, measure.definition, measure.cohort, measure.source, measure.exclusions):
        assert words.to("en").strip()
        assert any("一" <= sign <= "鿿" for sign in words.to("zh")), f"{key}: no Chinese for {words.msgid!r}"
