"""N01 and N05."""

from __future__ import annotations

from saas.kernel.money import Money
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import found, ledger_of


def test_a_voucher_off_by_a_fen_is_found_with_its_lines(ledger: Ledger) -> None:
    """
    2026-03-15 记-1 付广告费 | D 5601 1200.00 | C 1002 1200.00
    2026-03-16 记-2 付办公费 | D 5602 100.01 | C 1002 100.00
    2026-03-17 记-3 注销2026年3月15日记-1号凭证 | D 5601 -1200.00 | C 1002 -1200.00
    """
    [finding] = found("N01", ledger)
    assert (finding.vouchers, finding.rows, finding.period) == (["2026-03 记-2"], [4, 5], "2026-03")
    assert (finding.severity, finding.amount) == ("high", Money(1))
    assert finding.compared == {
        "debit": "100.01", "credit": "100.00", "difference": "0.01", "currencies": ["CNY"],
    }  # fmt: skip


def test_a_void_voucher_is_not_in_the_books(ledger: Ledger) -> None:
    """
    2026-03-15 记-1 作废 | D 5601 1200.00 | C 1002 0.00 {void}
    2026-03-16 记-2 付办公费 | D 5602 100.00 | C 1002 100.00
    """
    assert found("N01", ledger) == []


def test_a_voucher_in_two_currencies_names_both(ledger: Ledger) -> None:
    """
    2026-12-31 1001 Posting | D 5602 10.00 {currency=EUR}
    2026-12-31 1001 Posting | C 1002 13.00 {currency=USD}
    2026-12-31 1002 Other | D 5602 1.00 | C 1002 1.00
    """
    [finding] = found("N01", ledger)
    assert finding.amount == Money(300)
    assert finding.compared["currencies"] == ["EUR", "USD"]


def test_lines_that_name_no_voucher_are_judged_together(ledger: Ledger) -> None:
    """
    2026-03-15 记-1 付广告费 | D 5601 1200.00 | C 1002 1200.00
    """
    lines = ledger.lines.with_columns(voucher=None, credit=ledger.lines["credit"] // 2)
    lines = lines.cast(ledger.lines.schema)  # type: ignore[arg-type]
    [finding] = found("N01", Ledger(**{**_fields(ledger), "lines": lines}))
    assert (finding.vouchers, finding.rows, finding.amount) == ([], [2, 3], Money(600_00))


def test_an_export_without_its_counter_lines_is_one_finding_not_thousands() -> None:
    text = "\n".join(f"2026-03-15 记-{n} 付款 | C 1002 {n}.00" for n in range(1, 41))
    [finding] = found("N01", ledger_of(text))
    assert finding.object == "file"
    assert finding.compared["vouchers"] == 40
    assert finding.amount == Money(820_00)


def test_a_line_on_an_account_with_details_is_found(ledger: Ledger) -> None:
    """
    account 560201 管理费用-办公费
    account 560202 管理费用-差旅费
    2026-01-15 记-1 付办公费 | D 560201 100.00 | C 1002 100.00
    2026-02-15 记-1 付差旅费 | D 560202 100.00 | C 1002 100.00
    2026-03-15 记-1 付办公费 | D 5602 88.00 | C 1002 88.00
    """
    [finding] = found("N05", ledger)
    assert (finding.account, finding.vouchers, finding.rows) == ("5602", ["2026-03 记-1"], [6])
    assert (finding.period, finding.amount, finding.compared["kind"]) == ("2026-03", Money(88_00), "not_lowest")


def test_details_opened_during_the_year_and_the_move_to_them_are_right(ledger: Ledger) -> None:
    """
    account 100201 银行存款-工行
    2026-01-15 记-1 付办公费 | D 5602 100.00 | C 1002 100.00
    2026-02-28 记-1 转入明细 | D 100201 900.00 | C 1002 900.00
    2026-03-15 记-1 付办公费 | D 5602 100.00 | C 100201 100.00
    """
    assert found("N05", ledger) == []


def test_a_file_exported_at_level_one_is_right(ledger: Ledger) -> None:
    """
    account 100201 银行存款-工行
    balance 2026-01 100201 500.00 0.00 100.00 400.00
    2026-01-15 记-1 付办公费 | D 5602 100.00 | C 1002 100.00
    """
    assert found("N05", ledger) == []


def test_a_level_one_code_the_standard_lacks_is_a_slip_when_rare_and_a_question_when_not() -> None:
    rare = "2026-01-15 记-1 付办公费 | D 5699 100.00 | C 1002 100.00"
    [finding] = found("N05", ledger_of(rare))
    assert (finding.severity, finding.account, finding.rows) == ("high", "5699", [2])
    often = "\n".join(f"2026-01-15 记-{n} 付会费 | D 5699 100.00 | C 1002 100.00" for n in range(1, 6))
    [question] = found("N05", ledger_of(often))
    assert (question.severity, question.compared["kind"], question.rows) == ("info", "mapping", [])


def test_a_mistyped_detail_code_without_a_name_of_its_own_is_found(ledger: Ledger) -> None:
    """
    account 560201 管理费用-办公费
    account 560202 管理费用-差旅费
    account 560298 管理费用
    2026-01-15 记-1 付办公费 | D 560201 100.00 | C 1002 100.00
    2026-02-15 记-1 付差旅费 | D 560202 100.00 | C 1002 100.00
    2026-03-15 记-1 付办公费 | D 560298 88.00 | C 1002 88.00
    """
    [finding] = found("N05", ledger)
    assert (finding.account, finding.rows, finding.compared["kind"]) == ("560298", [6], "unknown")


def _fields(ledger: Ledger) -> dict[str, object]:
    return {name: getattr(ledger, name) for name in Ledger.__dataclass_fields__}
