"""The maker of books: right by default, wrong exactly where asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from saas.demo.books import ERRORS, Books, CannotInject, Company, ErrorSpec, books

YEAR = [f"2026-{month:02d}" for month in range(1, 13)]
ACROSS = [f"2025-{month:02d}" for month in (11, 12)] + [f"2026-{month:02d}" for month in range(1, 11)]
TRADER = Company(
    name="杭州半亩方塘商贸有限公司",
    uscc="91330106MA2HQX7K6L",
    industry="trading",
    taxpayer="general",
    standard="small",
    shareholders=("朱熙元", "王文斌"),
    revenue_yuan=5_400_000,
    headcount=6,
    second_bank="招行文晖支行",
    preparers=("陆予安", "林小满"),
)
COMPANIES = [
    replace(
        TRADER,
        industry=industry,
        taxpayer=taxpayer,
        standard=standard,
        revenue_yuan=2_400_000 if taxpayer == "small_scale" else 6_000_000,
        three_words=standard == "enterprise",
        month_end_dating=industry == "services",
        quarterly_rent=industry == "restaurant",
        code_shape="dotted" if industry == "technology" else "4-2-2",
        loan_yuan=500_000 if industry == "manufacturing" else 0,
        taken_over="2026-05" if industry == "trading" else "",
    )
    for industry in ("services", "trading", "manufacturing", "restaurant", "technology")
    for taxpayer in ("small_scale", "general")
    for standard in ("small", "enterprise")
]
# Errors whose books do not balance, roll forward or hold money, by their nature.
BREAKS_MONEY = {"negative_cash", "negative_bank", "negative_stock"}
BREAKS_ROLLING = {"opening_mismatch", "rollforward_broken"}


def name(company: Company) -> str:
    return f"{company.industry}-{company.taxpayer}-{company.standard}"


def unbalanced(made: Books) -> list[str]:
    sums: dict[str, int] = defaultdict(int)
    for line in made.lines:
        sums[line["voucher"]] += line["debit"] - line["credit"]
    return [voucher for voucher, fen in sums.items() if fen]


def least(made: Books, *accounts: str) -> int:
    """The lowest end-of-day balance of an account over the months, fen."""
    held = sum(row.opening for row in made.balances[made.months[0]] if row.account in accounts)
    by_day: dict[object, int] = defaultdict(int)
    for line in made.lines:
        if line["account"] in accounts:
            by_day[line["date"]] += line["debit"] - line["credit"]
    lowest = held
    for _, moved in sorted(by_day.items(), key=lambda each: str(each[0])):
        held += moved
        lowest = min(lowest, held)
    return lowest


def code_of(made: Books, role: str) -> str:
    return next((account.code for account in made.chart if account.role == role), "")


@pytest.mark.parametrize("months", [YEAR, ACROSS], ids=["calendar year", "across the year's end"])
@pytest.mark.parametrize("company", COMPANIES, ids=name)
def test_right_books_balance_roll_forward_and_never_run_short(company: Company, months: list[str]) -> None:
    made = books(company, months, seed=7)
    assert unbalanced(made) == []
    assert made.labels == []
    before: dict[tuple[str, str], int] = {}
    for period in months:
        rows = made.balances[period]
        assert sum(row.opening for row in rows) == sum(row.closing for row in rows) == 0
        for row in rows:
            assert row.closing == row.opening + row.debit - row.credit
            assert row.opening == before.get((row.account, row.aux), row.opening)
            assert row.closing == row.year_opening + row.year_debit - row.year_credit
        before = {(row.account, row.aux): row.closing for row in rows}
    for role in ("cash", "bank.main", "bank.second", "goods", "raw"):
        assert least(made, code_of(made, role)) >= 0, role


@pytest.mark.parametrize("company", COMPANIES, ids=name)
def test_profit_and_loss_is_closed_every_month_and_the_year_in_december(company: Company) -> None:
    made = books(company, YEAR, seed=3)
    pnl = {account.code for account in made.chart if account.code[0] == ("5" if company.standard == "small" else "6")}
    pnl = pnl - {"5001"} if company.standard == "enterprise" else pnl
    for period in YEAR:
        assert {row.account for row in made.balances[period] if row.account in pnl and row.closing} == set()
    december = {row.account: row.closing for row in made.balances["2026-12"]}
    assert december[code_of(made, "year_profit")] == 0


def test_lines_agree_with_the_balances() -> None:
    made = books(TRADER, YEAR, seed=5)
    moved: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for line in made.lines:
        sides = moved[line["period"], line["account"], line["aux"]]
        sides[0] += line["debit"]
        sides[1] += line["credit"]
    for period, rows in made.balances.items():
        for row in rows:
            assert moved.get((period, row.account, row.aux), [0, 0]) == [row.debit, row.credit]


@pytest.mark.parametrize("company", [TRADER, replace(TRADER, three_words=True)], ids=["记", "收付转"])
def test_numbers_run_from_one_without_gaps(company: Company) -> None:
    made = books(company, YEAR, seed=2)
    seen: dict[tuple[str, str], list[int]] = defaultdict(list)
    for line in made.lines:
        if line["line"] == 1:
            seen[line["period"], line["word"]].append(line["number"])
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in seen.values())


def test_the_same_seed_gives_the_same_books_and_another_seed_others() -> None:
    specs = [ErrorSpec("duplicate_voucher"), ErrorSpec("missing_rent")]
    assert books(TRADER, YEAR, 11, specs) == books(TRADER, YEAR, 11, specs)
    assert books(TRADER, YEAR, 11).lines != books(TRADER, YEAR, 12).lines


def test_innocent_controls_are_there() -> None:
    """Over a few seeds: estimates with their reversal, red–blue pairs as the law words them, returns, advances."""
    summaries = " ".join(line["summary"] for seed in range(6) for line in books(TRADER, YEAR, seed).lines)
    for words in ("暂估", "冲", "注销2026年", "订正2026年", "红字发票", "备用金", "年终奖", "汇算清缴"):
        assert words in summaries, words


def test_a_correction_names_a_voucher_that_exists_and_repeats_it_in_red() -> None:
    for seed in range(6):
        made = books(TRADER, YEAR, seed)
        lines: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        for line in made.lines:
            lines[line["summary"]].append((line["account"], line["debit"], line["credit"]))
        by_id: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        dates = {line["voucher"]: line["date"] for line in made.lines}
        for line in made.lines:
            by_id[line["voucher"]].append((line["account"], line["debit"], line["credit"]))
        cited = {f"注销{d.year}年{d.month}月{d.day}日{v.split()[1]}号凭证": v for v, d in dates.items()}
        for summary in [text for text in lines if text.startswith("注销")]:
            original = by_id[cited[summary]]
            assert lines[summary] == [(account, -debit, -credit) for account, debit, credit in original]


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_can_be_made_is_labelled_once_and_touches_nothing_else(kind: str) -> None:
    done = 0
    for company in COMPANIES:
        try:
            made = books(company, YEAR, 4, [ErrorSpec(kind)])
        except CannotInject:
            continue
        done += 1
        (label,) = made.labels
        assert label.kind == kind
        assert label.rules
        assert label.period in YEAR
        assert all(made.lines[row - 1]["voucher"] in label.vouchers for row in label.rows)
        assert bool(label.vouchers) == bool(label.rows)
        assert (unbalanced(made) != []) == (kind == "unbalanced")
        if kind not in BREAKS_MONEY:
            for role in ("cash", "bank.main", "bank.second", "goods", "raw"):
                assert least(made, code_of(made, role)) >= 0, (name(company), role)
        if kind not in BREAKS_ROLLING | {"unbalanced"}:
            assert all(sum(row.closing for row in rows) == 0 for rows in made.balances.values())
    assert done >= 4, f"{kind} fits almost nowhere"


@pytest.mark.parametrize("kind", sorted(set(ERRORS) - {"stale_receivable", "not_closed"} - BREAKS_ROLLING))
def test_an_error_changes_only_what_it_says(kind: str) -> None:
    """Compared by content, without numbers: one voucher more, less or otherwise, and the closings that follow."""
    right = books(TRADER, YEAR, 4)
    try:
        wrong = books(TRADER, YEAR, 4, [ErrorSpec(kind)])
    except CannotInject:
        pytest.skip("not for this company")
    changed = _contents(wrong) - _contents(right), _contents(right) - _contents(wrong)
    assert all(sum(side.values()) <= 2 for side in changed)
    assert sum(sum(side.values()) for side in changed) + (kind in ("duplicate_number", "odd_preparer", "odd_hour")) > 0


def _contents(made: Books) -> Counter[tuple[object, ...]]:
    """Vouchers as what they say, derived closings left out."""
    found: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for at, line in enumerate(made.lines):
        key = f"{line['voucher']}/{line['date']}/{line['line']}" if line["line"] == 1 else ""
        if line["line"] == 1:
            current = f"{at}{key}"
        if "结转本" not in line["summary"] and "期间损益" not in line["summary"]:
            cites = line["summary"][:2] in ("注销", "订正")  # the number it cites may have moved
            summary = "" if cites else line["summary"]
            found[current].append((summary, line["date"], line["account"], line["aux"], line["debit"], line["credit"]))
    return Counter(tuple(lines) for lines in found.values() if lines)


def test_a_dense_year_gives_a_file_to_measure_with() -> None:
    assert len(books(replace(TRADER, density=10, revenue_yuan=40_000_000), YEAR, 1).lines) > 10_000
