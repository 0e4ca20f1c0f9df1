"""Which line of the statement is which entry: exact, some days apart, as a sum; and what is left on either side."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from saas.checks.outside.bank_matching import Item, Matching, match


def item(key: str, day: int, yuan: int, party: str = "", text: str = "") -> Item:
    return Item(key, date(2026, 9, day), yuan * 100, party, text)


def told(found: Matching) -> list[tuple[str, str, str]]:
    keys = [("+".join(i.key for i in m.bank), "+".join(i.key for i in m.books), m.how) for m in found.matches]
    return sorted(keys)


def test_the_nearest_of_equal_amounts() -> None:
    bank = [item("b1", 3, 500), item("b2", 9, 500)]
    books = [item("v1", 10, 500), item("v2", 3, 500)]
    assert told(match(bank, books)) == [("b1", "v2", "exact"), ("b2", "v1", "days")]


def test_words_decide_between_equals() -> None:
    bank = [item("b1", 3, -500, "甲公司"), item("b2", 3, -500, "乙公司")]
    books = [item("v1", 3, -500, text="付乙公司货款"), item("v2", 3, -500, text="付甲公司货款")]
    assert told(match(bank, books)) == [("b1", "v2", "exact"), ("b2", "v1", "exact")]


def test_far_apart_they_are_two() -> None:
    found = match([item("b1", 1, 500)], [item("v1", 20, 500)])
    assert (found.matches, [i.key for i in found.bank], [i.key for i in found.books]) == ([], ["b1"], ["v1"])


def test_in_and_out_never_match() -> None:
    assert not match([item("b1", 1, 500)], [item("v1", 1, -500)]).matches


def test_one_payment_for_several_entries_and_the_other_way_round() -> None:
    bank = [item("b1", 5, -700), item("b2", 8, 100), item("b3", 8, 250)]
    books = [item("v1", 4, -300), item("v2", 5, -400), item("v3", 9, 350)]
    assert told(match(bank, books)) == [("b1", "v1+v2", "sum"), ("b2+b3", "v3", "sum")]


def test_an_ambiguous_sum_is_left_to_a_person() -> None:
    books = [item("v1", 5, 100), item("v2", 6, 200), item("v3", 7, 100), item("v4", 8, 200)]
    found = match([item("b1", 6, 300)], books)
    assert (found.matches, len(found.books)) == ([], 4)


def test_a_whole_day_is_one_payroll_run() -> None:
    wages = [item(f"b{n}", 10, -(3000 + n)) for n in range(30)]
    found = match(wages, [item("v1", 10, -sum(3000 + n for n in range(30)))])
    assert (len(found.matches), found.bank, found.books) == (1, [], [])


@given(
    st.lists(st.tuples(st.integers(1, 28), st.integers(-4, 4).filter(bool)), max_size=14),
    st.lists(st.tuples(st.integers(1, 28), st.integers(-4, 4).filter(bool)), max_size=14),
)
def test_every_line_stands_in_one_place_and_sums_agree(
    left: list[tuple[int, int]], right: list[tuple[int, int]]
) -> None:
    bank = [item(f"b{n}", day, yuan) for n, (day, yuan) in enumerate(left)]
    books = [item(f"v{n}", day, yuan) for n, (day, yuan) in enumerate(right)]
    found = match(bank, books)
    for side, whole in ((0, bank), (1, books)):
        placed = [i.key for m in found.matches for i in (m.bank, m.books)[side]]
        rest = [i.key for i in (found.bank, found.books)[side]]
        assert sorted(placed + rest) == sorted(i.key for i in whole)
    assert all(sum(i.fen for i in m.bank) == sum(i.fen for i in m.books) for m in found.matches)
