"""One error in many vouchers: one red and one blue voucher a month with a list, or a pair for each (§1.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

from openpyxl import load_workbook

from saas.adjustments import export, planning
from saas.adjustments.correction.drafting import draft
from saas.adjustments.correction.facts import Facts, Settings
from saas.adjustments.correction.method import choose
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.preflight import preflight
from saas.adjustments.correction.vouchers import Mistake, Voucher, totals
from saas.adjustments.execution import correction
from saas.adjustments.models import Adjustment
from saas.checks.effective import effective
from saas.kernel.money import Money
from tests.adjustments.worked_cases import books, lines
from tests.checks.ledger_text import ledger_of

# Advertising booked to administration: three times in March, once in April. Today 2026-05-12, last number 记-37.
WRONG = (
    (date(2026, 3, 5), 3, "1200.00"),
    (date(2026, 3, 15), 12, "800.00"),
    (date(2026, 3, 28), 30, "500.00"),
    (date(2026, 4, 9), 7, "300.00"),
)
BOOKS = books("E02", "small")
LEDGER = "\n".join(f"{day} 记-{number} 付广告费 | D 5602 {amount} | C 1002 {amount}" for day, number, amount in WRONG)


def mistakes() -> list[Mistake]:
    return [
        Mistake(
            Voucher(day, "记", number, "付广告费", lines(f"D 5602 {amount} | C 1002 {amount}", "small")),
            lines(f"D 5601 {amount} | C 1002 {amount}", "small"),
        )
        for day, number, amount in WRONG
    ]


def plan(*, by_month: bool) -> Plan:
    facts = Facts("posted", "same", "account", "small", settings=Settings(by_month=by_month))
    return draft(choose(facts), mistakes(), BOOKS)


def test_a_pair_a_month_with_a_list() -> None:
    made = plan(by_month=True)
    assert [(v.number, v.colour, v.summary, v.amount) for v in made.vouchers] == [
        (38, "red", "注销2026年3月记-3、12、30号凭证(共3张,见清单)", Money.of("2500.00")),
        (39, "blue", "订正2026年3月记-3、12、30号凭证(共3张,见清单)", Money.of("2500.00")),
        (40, "red", "注销2026年4月9日记-7号凭证", Money.of("300.00")),
        (41, "blue", "订正2026年4月9日记-7号凭证", Money.of("300.00")),
    ]
    red, blue = made.vouchers[:2]
    assert [(line.account, line.debit, line.credit) for line in red.lines] == [
        ("5602", -Money.of("2500"), Money(0)), ("1002", Money(0), -Money.of("2500")),
    ]  # fmt: skip
    assert [line.account for line in blue.lines] == ["5601", "1002"]
    assert red.refers_to == blue.refers_to == "2026-03 记-3、2026-03 记-12、2026-03 记-30"


def test_without_the_option_there_are_as_many_pairs_as_vouchers() -> None:
    assert [v.number for v in plan(by_month=False).vouchers] == list(range(38, 46))


def test_both_ways_lead_to_the_same_books() -> None:
    assert totals(plan(by_month=True).lines) == totals(plan(by_month=False).lines)


def test_many_numbers_are_written_from_first_to_last() -> None:
    many = [
        Mistake(
            Voucher(date(2026, 3, day), "记", day, "付广告费", lines("D 5602 1 | C 1002 1", "small")),
            lines("D 5601 1 | C 1002 1", "small"),
        )
        for day in range(1, 9)
    ]
    facts = Facts("posted", "same", "account", "small", settings=Settings(by_month=True))
    assert draft(choose(facts), many, BOOKS).vouchers[0].summary == "注销2026年3月记-1至8号凭证(共8张,见清单)"


def test_the_check_list_looks_at_all_of_them() -> None:
    made = plan(by_month=True)
    now = {m.wrong.key: m.wrong for m in mistakes() if m.wrong}
    assert [str(p) for check in preflight(made, BOOKS, now) for p in check.problems] == []
    red = replace(made.vouchers[0], lines=lines("D 5602 -2400 | C 1002 -2400", "small"))
    changed = replace(made, vouchers=(red, *made.vouchers[1:]))
    assert any("exact negative" in str(p.msgid) for check in preflight(changed, BOOKS, now) for p in check.problems)


def test_the_list_is_a_sheet_of_the_export() -> None:
    made = plan(by_month=True)
    adjustment = Adjustment(wrong=[planning.dump_mistake(m) for m in mistakes()])
    rows = [planning.planned(adjustment, i, v) for i, v in enumerate(made.vouchers)]
    book = load_workbook(BytesIO(export.workbook(rows, planning.listed(adjustment, rows))))
    assert book.sheetnames == ["凭证", "更正清单"]
    assert [row[1] for row in book["更正清单"].iter_rows(min_row=2, values_only=True)][::2] == [
        "记-3", "记-12", "记-30", "记-7",
    ]  # fmt: skip
    single = [planning.planned(adjustment, i, v) for i, v in enumerate(plan(by_month=False).vouchers)]
    assert planning.listed(adjustment, single) == []


def test_the_books_are_read_with_the_pair_folded_into_what_it_corrects() -> None:
    made = plan(by_month=True)
    adjustment = Adjustment(wrong=[])
    rows = [planning.planned(adjustment, i, v) for i, v in enumerate(made.vouchers)]
    for row in rows:
        row.posted_as = f"记-{row.number}"
    corrections = [correction(row) for row in rows]
    booked = "\n".join(
        f"{v.date} {v.word}-{v.number} {v.summary} | "
        + " | ".join(f"{'D' if line.on_debit else 'C'} {line.account} {line.amount.yuan}" for line in v.lines)
        for v in made.vouchers
    )
    after = ledger_of(f"{LEDGER}\n{booked.replace(',', '，')}")
    left = effective(after, corrections).lines
    assert set(left["account"].to_list()) == {"5601", "1002"}
    assert left.filter(left["account"] == "5601")["debit"].sum() == Money.of("2800").fen
