"""Errors put into right books: the rules see them, closings and balances follow. How a drill is scored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import polars as pl
import pytest

from saas.checks.run import check_ledger
from saas.demo.books import ERRORS
from saas.demo.tenant import books_of, load
from saas.ledgers.charts import build
from saas.ledgers.frame import BALANCES, LINES, Ledger
from saas.risks.drills.errors import KINDS, spoil
from saas.risks.drills.scoring import Hidden, Seen, by_member, score
from tests.checks.ledger_text import ledger_of
from tests.risks.drill_story import quarter

MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
SEED = 0  # a draw in which nothing hides something else
START = datetime(2026, 11, 22, 1, tzinfo=UTC)
BEN, LIN = uuid4(), uuid4()


@pytest.fixture(scope="module")
def year() -> Ledger:
    """Twelve months of a trading company without an error."""
    tenant = load()
    made = books_of(tenant.clients[0], tenant.staff, MONTHS, with_errors=False)
    rows = [{**dict.fromkeys(LINES), **line, "row": at} for at, line in enumerate(made.lines, 2)]
    lines = pl.DataFrame(rows, schema=LINES, orient="row", infer_schema_length=None)
    pairs = [(str(code), str(name)) for code, name in lines.select("account", "account_name").unique().iter_rows()]
    return Ledger(None, "stored", "small", build("small", pairs), lines, pl.DataFrame(schema=BALANCES))


def test_the_rules_see_every_kind_and_nothing_else_was_touched(year: Ledger) -> None:
    spoiled, done = spoil(year, dict.fromkeys(KINDS, 1), Random(SEED))
    assert {each.kind for each in done} == set(KINDS)
    usual = {(finding.rule, finding.object) for finding in check_ledger(year).findings}
    new = [f for f in check_ledger(spoiled).findings if (f.rule, f.object) not in usual]
    unseen = []
    for kind, mistake in ((each.kind, each.mistake) for each in done):
        there = [f for f in new if set(f.vouchers) & set(mistake.vouchers) or f.period == mistake.period]
        if not {f.rule for f in there} & set(KINDS[kind].rules):
            unseen.append(kind)
        assert mistake.right
    assert unseen == []
    sides = spoiled.lines.group_by("voucher").agg(net=pl.col("debit").sum() - pl.col("credit").sum())
    off = sides.filter(pl.col("net") != 0)["voucher"].to_list()
    assert off == list(next(each.mistake.vouchers for each in done if each.kind == "unbalanced"))
    assert spoiled.lines["row"].to_list() == list(range(2, spoiled.lines.height + 2))


def test_nothing_is_injected_where_there_is_no_place() -> None:
    ledger = ledger_of("2026-09-05 记-1 提现 | D 1001 5000.00 | C 1002 5000.00")
    spoiled, done = spoil(ledger, {"not_closed": 1, "slip_of_ten": 2, "missing_depreciation": 1}, Random(1))
    assert done == []
    assert spoiled.lines.drop("row").equals(ledger.lines.drop("row"))


def test_balances_and_closings_follow_what_was_changed() -> None:
    """A duplicate moves the bank and the expense of its month; the closing and later openings take it along."""
    closing = "\n".join(
        f"2026-{month:02d}-31 记-8 结转损益 | D 5001 80000.00 | C 3103 {69300 - 2 * month - 1}.30"
        f" | C 5602 {8560 + 2 * month}.70 | C 5601 2140.00"
        for month in (7, 8)
    )
    balance = """
        balance 2026-07 1002 0.00 500000.00 55000.00 445000.00
        balance 2026-08 1002 445000.00 31200.00 55000.00 421200.00
    """
    ledger = ledger_of(quarter() + "\n" + closing + balance)
    spoiled, (done,) = spoil(ledger, {"duplicate_voucher": 1}, Random(5))
    before, after = (
        book.balances.sort("period").select("opening", "debit", "credit", "closing").rows()
        for book in (ledger, spoiled)
    )
    moved = sum(line["credit"] for line in done.mistake.right if line["account"] == "1002")
    month = int(done.mistake.period[-2:]) - 7
    for at, (was, now) in enumerate(zip(before, after, strict=True)):
        late, here = at > month, at == month
        assert now[3] - was[3] == (moved if late or here else 0)
        assert now[0] - was[0] == (moved if late else 0)
        assert now[2] - was[2] == (-moved if here else 0)


def test_kinds_that_the_demo_has_too_are_seen_by_the_same_rules() -> None:
    both = set(KINDS) & set(ERRORS)
    assert len(both) >= 9
    assert {name: KINDS[name].rules for name in both} == {name: ERRORS[name].rules for name in both}


CLIENT = uuid4()
TWICE = Hidden("duplicate_voucher", CLIENT, "2026-08", ("2026-08 记-4", "2026-08 记-6"), ())
HOLE = Hidden("missing_number", CLIENT, "2026-09", ("2026-09 记-5",), ())


def sight(rule: str, *vouchers: str, period: str = "2026-08", by: UUID = BEN, after: int = 10, handled: int = 0,
          client: UUID = CLIENT, known: bool = False) -> Seen:  # fmt: skip
    done = START + timedelta(minutes=handled) if handled else None
    return Seen(client, rule, frozenset(vouchers), period, START + timedelta(minutes=after), by, done, known)


def test_the_first_to_see_an_error_found_it() -> None:
    late, early = sight("N25", "2026-08 记-6", after=30, handled=50), sight("N08", "2026-08 记-4", by=LIN, after=9)
    result = score([TWICE, HOLE], [late, early])
    assert (result.detected, result.handled, result.false_alarms) == (1, 1, [])
    assert (result.found[0].by, result.found[0].at) == (LIN, START + timedelta(minutes=9))
    assert result.found[0].handled_at == START + timedelta(minutes=50)
    assert by_member(result) == {LIN: (1, 0)}


def test_a_hole_is_found_by_its_month_and_rule() -> None:
    assert score([HOLE], [sight("N02", period="2026-09")]).detected == 1
    assert score([HOLE], [sight("N02", period="2026-08")]).detected == 0
    assert score([TWICE], [sight("N25", period="2026-08")]).detected == 0  # another duplicate of that month


def test_only_what_is_right_in_the_real_books_too_is_a_false_alarm() -> None:
    consequence, known = sight("N08", period="2026-09"), sight("N36", "2026-08 记-1", known=True)
    wrong = sight("N36", "2026-08 记-2", by=LIN)
    other_client = sight("N25", "2026-08 记-4", client=uuid4())
    result = score([TWICE], [consequence, known, wrong, other_client])
    assert result.detected == 0
    assert result.false_alarms == [wrong, other_client]
    assert by_member(result) == {LIN: (0, 1), BEN: (0, 1)}


def test_without_a_sight_there_is_no_score() -> None:
    result = score([TWICE, HOLE], [])
    assert (result.detected, result.handled, result.false_alarms) == (0, 0, [])
